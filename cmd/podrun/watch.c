/* SPDX-License-Identifier: MIT */
/*
 * podrun/watch.c - waiting until something about any pod may have changed.
 *
 * Knows that what changes is below the run directory, not what the files are
 * called; the caller compares what it gets from the node. A second is the
 * longest time between two looks.
 */
#include "podrun/watch.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#define LONGEST_MS 1000
#define DEPTH 3
#define EVENTS (IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_DELETE | \
	IN_MODIFY | IN_ONLYDIR | IN_DONT_FOLLOW)

/* Adding a directory twice changes nothing, so all are added again. */
static void add_tree(int fd, const char *path, int depth)
{
	struct dirent *entry;
	char below[4096];
	DIR *dir;
	int n;

	if (inotify_add_watch(fd, path, EVENTS) < 0 || depth == 0)
		return;
	dir = opendir(path);
	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		n = snprintf(below, sizeof(below), "%s/%s", path,
			entry->d_name);
		if (n > 0 && (size_t)n < sizeof(below))
			add_tree(fd, below, depth - 1);
	}
	(void)closedir(dir);
}

static const char *run_dir(const struct cli *cli)
{
	return cli->node_options.run_dir ? cli->node_options.run_dir
					 : "/run/podrun";
}

int watch_open(const struct cli *cli)
{
	int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

	if (fd < 0)
		return -errno;
	/* The directory may not be there before the first pod: no matter. */
	add_tree(fd, run_dir(cli), DEPTH);
	return fd;
}

void watch_wait(const struct cli *cli, int fd, int timeout_ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	bool is_short = timeout_ms >= 0 && timeout_ms < LONGEST_MS;
	char events[4096];

	(void)poll(&p, 1, is_short ? timeout_ms : LONGEST_MS);
	while (read(fd, events, sizeof(events)) > 0)
		;
	add_tree(fd, run_dir(cli), DEPTH);
}
