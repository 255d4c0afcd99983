/* SPDX-License-Identifier: MIT */
/*
 * cg/kill.c - killing everything in a cgroup and below it.
 *
 * Knows cgroup.kill and what to do without it. Does not wait for the
 * processes' end and does not reap: exits are seen by pidfd.
 */
#include "cg/cg.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "cg/internal.h"

#define ROUNDS 128
#define BATCH 128
#define DEPTH_MAX 24		/* open directories; deeper ones are refused */
#define PAUSE_NSEC 1000000

/*
 * The first processes of a group; -errno or how many. None in a threaded
 * group: its processes are listed where its domain begins.
 */
static int list_pids(int dir, pid_t pids[BATCH])
{
	int fd = openat(dir, "cgroup.procs", O_RDONLY | O_CLOEXEC);
	_cleanup_file_ FILE *f = fd < 0 ? NULL : fdopen(fd, "r");
	char line[32];
	int n = 0;
	long pid;

	if (!f) {
		close_fd(fd);
		return -errno;
	}
	while (n < BATCH && fgets(line, sizeof(line), f)) {
		pid = strtol(line, NULL, 10);
		/* 0: a process of another PID namespace */
		if (pid > 0 && pid <= INT_MAX)
			pids[n++] = (pid_t)pid;
	}
	return n;
}

static bool contains(const pid_t *pids, int n, pid_t pid)
{
	while (n-- > 0)
		if (pids[n] == pid)
			return true;
	return false;
}

/*
 * A number read from cgroup.procs may belong to somebody else by the time of
 * the kill: pin it by a pidfd, then see that it is still listed.
 */
static int kill_group(int dir)
{
	pid_t before[BATCH], after[BATCH];
	int fds[BATCH], i, n, m;

	n = list_pids(dir, before);
	for (i = 0; i < n; i++)
		fds[i] = (int)syscall(SYS_pidfd_open, before[i], 0);
	m = n > 0 ? list_pids(dir, after) : 0;
	for (i = 0; i < n; i++) {
		if (fds[i] >= 0 && contains(after, m, before[i]))
			(void)syscall(SYS_pidfd_send_signal, fds[i], SIGKILL,
				NULL, 0);
		close_fd(fds[i]);
	}
	return n;
}

/* Cap forks and kill in dir and below; how many were seen, or -errno. */
static int kill_tree(int dir, int depth)
{
	_cleanup_dir_ DIR *d = NULL;
	const struct dirent *entry;
	int fd, n, seen;

	if (depth >= DEPTH_MAX)
		return -ELOOP;
	/* Without the pids controller the rounds have to do alone. */
	n = cg_write(dir, "pids.max", "0");
	if (n < 0 && n != -ENOENT)
		return n;
	seen = kill_group(dir);
	if (seen < 0)
		return seen;
	fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	d = fd < 0 ? NULL : fdopendir(fd);
	if (!d) {
		close_fd(fd);
		return -errno;
	}
	while ((entry = readdir(d))) {
		_cleanup_fd_ int child = -EBADF;

		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		child = openat(dir, entry->d_name,
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (child < 0)
			continue;	/* removed meanwhile */
		n = kill_tree(child, depth + 1);
		if (n < 0)
			return n;
		seen += n;
	}
	return seen;
}

int cg_kill_rounds(int dir)
{
	const struct timespec pause = { .tv_nsec = PAUSE_NSEC };
	int round, n;

	for (round = 0; round < ROUNDS; round++) {
		n = kill_tree(dir, 0);
		if (n <= 0)
			return n;
		(void)nanosleep(&pause, NULL);
	}
	return -EBUSY;
}

int cg_kill(int dir)
{
	int r = cg_write(dir, "cgroup.kill", "1");

	return r == -ENOENT ? cg_kill_rounds(dir) : r;
}
