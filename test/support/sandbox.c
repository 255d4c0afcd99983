/* SPDX-License-Identifier: MIT */
/*
 * support/sandbox.c - makes, enters and removes what a test runs in.
 *
 * Knows namespaces, the cgroup v2 hierarchy and rtnetlink, each by hand: it
 * shares no code with the library under test. Nothing it makes can outlive a
 * crash but an unlocked cgroup directory, which the next run removes, and an
 * empty directory in TMPDIR.
 *
 * The cgroup: pod-test-PID is the root of the test's cgroup namespace and
 * what is mounted on /sys/fs/cgroup there, so a test cannot reach any other.
 * Its processes are in runner/, because a group with processes of its own
 * cannot hand controllers down; pods go to pods/. Both are new for each run:
 * a child cloned into a group that has seen another number of cgroup.kill
 * writes than its parent's is killed at birth (Linux 6.18).
 */
#include <errno.h>
#include <fcntl.h>
#include <dirent.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "support/loopback.h"
#include "support/sandbox.h"

#define PREFIX "pod-test-"
#define KILL_TIMEOUT_MSEC 10000

static int complain(const char *what)
{
	int r = -errno;

	(void)fprintf(stderr, "pod-test-runner: %s: %s\n", what, strerror(-r));
	return r;
}

static int write_at(int dir, const char *file, const char *text)
{
	int fd = openat(dir, file, O_WRONLY | O_CLOEXEC);
	int r = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		r = -errno;
	(void)close(fd);
	return r;
}

static ssize_t read_at(int dir, const char *file, char *buf, size_t size)
{
	int fd = openat(dir, file, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = read(fd, buf, size - 1);
	if (n < 0)
		n = -errno;
	buf[n < 0 ? 0 : n] = '\0';
	(void)close(fd);
	return n;
}

/*
 * The hierarchy as a detached mount of our own: it is the same one wherever
 * the host has mounted it, even if it has not.
 */
static int open_hierarchy(void)
{
	int fs, fd, tree = -EBADF;

	fs = fsopen("cgroup2", FSOPEN_CLOEXEC);
	if (fs < 0)
		return -errno;
	if (fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		fd = -errno;
	else if ((tree = fsmount(fs, FSMOUNT_CLOEXEC, 0)) < 0)
		fd = -errno;
	else if ((fd = openat(tree, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) <
		0)
		fd = -errno; /* fsmount's is an O_PATH one: no lock on that */
	(void)close(fs);
	if (tree >= 0)
		(void)close(tree);
	return fd;
}

/* The event of cgroup.events comes late: looking is faster than waiting. */
static int wait_until_empty(int group)
{
	const struct timespec pause = { .tv_nsec = 2 * 1000000L };
	char events[128];
	int waited;

	for (waited = 0; waited < KILL_TIMEOUT_MSEC; waited += 2) {
		if (read_at(group, "cgroup.events", events, sizeof(events)) >
				0 && strstr(events, "populated 0"))
			return 0;
		(void)clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
	}
	return -ETIMEDOUT;
}

/* Remove parent/name and the groups below it, which have no processes. */
static int remove_groups(int parent, const char *name)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dirent *entry;
	DIR *dir;

	if (fd < 0)
		return -errno;
	dir = fdopendir(fd);
	if (!dir) {
		(void)close(fd);
		return -ENOMEM;
	}
	while ((entry = readdir(dir)))
		if (entry->d_type == DT_DIR && entry->d_name[0] != '.')
			(void)remove_groups(fd, entry->d_name);
	(void)closedir(dir);
	return unlinkat(parent, name, AT_REMOVEDIR) < 0 ? -errno : 0;
}

static int kill_and_remove(int top, int group, const char *name)
{
	int r = write_at(group, "cgroup.kill", "1");

	if (r == 0)
		r = wait_until_empty(group);
	if (r == 0)
		r = remove_groups(top, name);
	if (r < 0) {
		errno = -r;
		return complain(name);
	}
	return 0;
}

/* Groups of runs that were killed: nobody holds their lock. */
static void remove_stale(int top)
{
	int fd = openat(top, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	int group;

	while (dir && (entry = readdir(dir))) {
		if (strncmp(entry->d_name, PREFIX, strlen(PREFIX)) != 0)
			continue;
		group = openat(top, entry->d_name,
			O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (group < 0)
			continue;
		if (flock(group, LOCK_EX | LOCK_NB) == 0)
			(void)kill_and_remove(top, group, entry->d_name);
		(void)close(group);
	}
	if (dir)
		(void)closedir(dir);
}

static int create_group(struct sandbox *sandbox)
{
	/* held by whoever is between mkdir and flock, or removes stale ones */
	if (flock(sandbox->top, LOCK_EX) < 0)
		return complain("lock cgroup v2");
	remove_stale(sandbox->top);
	if (mkdirat(sandbox->top, sandbox->name, 0755) < 0)
		return -errno;
	sandbox->group = openat(sandbox->top, sandbox->name,
		O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (sandbox->group < 0 || flock(sandbox->group, LOCK_EX) < 0 ||
		mkdirat(sandbox->group, "runner", 0755) < 0 ||
		mkdirat(sandbox->group, "pods", 0755) < 0)
		return complain(sandbox->name);
	(void)flock(sandbox->top, LOCK_UN);
	return 0;
}

int sandbox_create(struct sandbox *sandbox)
{
	const char *tmp = getenv("TMPDIR");
	int r;

	*sandbox = (struct sandbox){ .top = -EBADF, .group = -EBADF };
	(void)snprintf(sandbox->name, sizeof(sandbox->name), PREFIX "%d",
		getpid());
	if ((size_t)snprintf(sandbox->tmp, sizeof(sandbox->tmp),
		    "%s/pod-test-XXXXXX", tmp && *tmp ? tmp : "/tmp") >=
		sizeof(sandbox->tmp)) {
		/* paths of sockets go below it: 107 bytes is all they have */
		errno = ENAMETOOLONG;
		return complain("TMPDIR");
	}
	if (!mkdtemp(sandbox->tmp))
		return complain(sandbox->tmp);
	sandbox->top = open_hierarchy();
	r = sandbox->top < 0 ? sandbox->top : create_group(sandbox);
	if (r < 0 && sandbox->group >= 0)
		return r;
	if (r < 0)
		(void)fprintf(stderr, "pod-test-runner: no cgroup v2 tree that "
			"can be written (%s): going on without\n",
			strerror(-r));
	return 0;
}

/* Hand down every controller there is, so that pods/ can do the same. */
static int enable_controllers(int group)
{
	char list[256], enable[64], *name, *save;
	int r;

	if (read_at(group, "cgroup.controllers", list, sizeof(list)) < 0)
		return complain("cgroup.controllers");
	for (name = strtok_r(list, " \n", &save); name;
		name = strtok_r(NULL, " \n", &save)) {
		(void)snprintf(enable, sizeof(enable), "+%s", name);
		r = write_at(group, "cgroup.subtree_control", enable);
		if (r < 0) {
			errno = -r;
			return complain(enable);
		}
	}
	return 0;
}

/* By way of the group itself, which becomes the namespace's root. */
static int enter_group(const struct sandbox *sandbox)
{
	if (sandbox->group < 0)
		return 0;
	if (write_at(sandbox->group, "cgroup.procs", "0") < 0 ||
		unshare(CLONE_NEWCGROUP) < 0 ||
		write_at(sandbox->group, "runner/cgroup.procs", "0") < 0)
		return complain("enter cgroup");
	return enable_controllers(sandbox->group);
}

/* Whatever the host has mounted there, of either version. */
static int mount_cgroup(void)
{
	static const char dir[] = "/sys/fs/cgroup";
	char line[4096], point[4096];
	int tries;
	FILE *file;

	for (tries = 0; tries < 64; tries++) {
		int found = 0;

		file = fopen("/proc/self/mountinfo", "re");
		if (!file)
			return complain("mountinfo");
		while (!found && fgets(line, sizeof(line), file))
			found = sscanf(line, "%*s %*s %*s %*s %4095s",
				point) == 1 &&
				strncmp(point, dir, strlen(dir)) == 0;
		(void)fclose(file);
		if (!found)
			break;
		if (umount2(point, MNT_DETACH) < 0)
			return complain(point);
	}
	if (mount("cgroup2", dir, "cgroup2",
		MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
		return complain(dir);
	return 0;
}

static int set_places(const struct sandbox *sandbox)
{
	static const struct {
		const char *variable;
		const char *dir;
	} places[] = {
		{ "POD_TEST_TMP", "" },
		{ "PODRUN_RUN", "/run" },
		{ "PODRUN_ROOT", "/root" },
		{ "TMPDIR", "/tmp" },
	};
	char path[128];
	size_t i;

	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s%s", sandbox->tmp,
			places[i].dir);
		if (mkdir(path, 0700) < 0 && errno != EEXIST)
			return complain(path);
		if (setenv(places[i].variable, path, 1) < 0)
			return complain("environment");
	}
	(void)unsetenv("PODRUN_POD_CIDR");
	(void)unsetenv("POD_TEST_CGROUP");
	(void)unsetenv("PODRUN_CGROUP_PARENT");
	if (sandbox->group >= 0 &&
		(setenv("POD_TEST_CGROUP", "/sys/fs/cgroup", 1) < 0 ||
			setenv("PODRUN_CGROUP_PARENT", "/sys/fs/cgroup/pods",
				1) < 0))
		return complain("environment");
	return 0;
}

static int make_mounts(const struct sandbox *sandbox)
{
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return complain("make mounts private");
	if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC,
		    NULL) < 0)
		return complain("/proc");
	/* the upper layer of an overlay cannot be on an overlay: a tmpfs can */
	if (mount("pod-test", sandbox->tmp, "tmpfs", MS_NOSUID | MS_NODEV,
		    "mode=0700") < 0)
		return complain(sandbox->tmp);
	if (access("/dev/mqueue", F_OK) == 0 &&
		mount("mqueue", "/dev/mqueue", "mqueue",
			MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
		return complain("/dev/mqueue");
	return sandbox->group < 0 ? 0 : mount_cgroup();
}

int sandbox_enter(const struct sandbox *sandbox)
{
	int r = enter_group(sandbox);

	if (r < 0)
		return r;
	if (unshare(CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC |
		    CLONE_NEWUTS) < 0)
		return complain("unshare");
	if (sethostname("pod-test", 8) < 0)
		return complain("set host name");
	r = make_mounts(sandbox);
	if (r == 0)
		r = loopback_prepare();
	if (r == 0)
		r = set_places(sandbox);
	return r;
}

int sandbox_destroy(struct sandbox *sandbox)
{
	int r = 0;

	if (sandbox->group >= 0)
		r = kill_and_remove(sandbox->top, sandbox->group,
			sandbox->name);
	/* what was below went with the mount namespace */
	if (rmdir(sandbox->tmp) < 0 && r == 0)
		r = complain(sandbox->tmp);
	if (sandbox->group >= 0)
		(void)close(sandbox->group);
	if (sandbox->top >= 0)
		(void)close(sandbox->top);
	return r;
}
