/* SPDX-License-Identifier: MIT */
/*
 * bench/floor_prepare.c - what of a pod does not need its namespaces.
 *
 * Cgroups, the shared directory, the identity files and /dev/shm, made by a
 * helper while the parent waits for the kernel to make the namespaces. Runs
 * as a thread without a libc of its own: raw system calls only. Undoes
 * nothing, and does not know what the parent is at.
 */
#include <fcntl.h>
#include <linux/mount.h>
#include <stdbool.h>

#include "floor.h"
#include "raw.h"

const char *const floor_files[FLOOR_FILES] = { FLOOR_IDENTITY "/hosts",
	FLOOR_IDENTITY "/hostname", FLOOR_IDENTITY "/resolv.conf" };
const char *const floor_container[FLOOR_CONTAINERS] = { "a", "b" };

static const struct {
	const char *text;
	size_t length;
} contents[FLOOR_FILES] = {
#define TEXT(t) { (t), sizeof(t) - 1 }
	TEXT("127.0.0.1\tlocalhost\n::1\tlocalhost\n"),
	TEXT("floor\n"),
	TEXT("nameserver 10.96.0.10\noptions ndots:5\n"),
#undef TEXT
};

static bool do_step(struct floor_prepare *p, const char *step, long result)
{
	if (result >= 0)
		return true;
	p->step = step;
	p->error = (int)result;
	return false;
}

static bool make_fd(struct floor_prepare *p, const char *step, long fd,
	int *ret)
{
	if (!do_step(p, step, fd))
		return false;
	*ret = (int)fd;
	return true;
}

static bool make_cgroup(struct floor_prepare *p, int parent, const char *name,
	int *ret)
{
	return do_step(p, "mkdir cgroup", raw(SYS_mkdirat, parent, name,
		0755)) &&
		make_fd(p, "open cgroup", raw(SYS_openat, parent, name,
			O_DIRECTORY | O_CLOEXEC), ret);
}

static bool make_cgroups(struct floor_prepare *p)
{
	if (!make_cgroup(p, p->config->cgroup_fd, p->name, &p->cgroup))
		return false;
	for (int i = 0; i < FLOOR_CONTAINERS; i++)
		if (!make_cgroup(p, p->cgroup, floor_container[i],
				&p->leaf[i]))
			return false;
	return true;
}

static bool make_files(struct floor_prepare *p)
{
	int fd;

	for (int i = 0; i < FLOOR_FILES; i++) {
		if (!make_fd(p, floor_files[i], raw(SYS_openat, AT_FDCWD,
				floor_files[i], O_CREAT | O_EXCL | O_WRONLY |
				O_CLOEXEC, 0644), &fd))
			return false;
		/* a tmpfs writes all of it or says why not */
		if (!do_step(p, floor_files[i], raw(SYS_write, fd,
				contents[i].text, contents[i].length)))
			return false;
		(void)raw(SYS_close, fd);
	}
	return true;
}

/*
 * One tmpfs, seen by both. The second view is made here: a detached tree can
 * be cloned only in the mount namespace that made it.
 */
static bool make_shm(struct floor_prepare *p)
{
	int fs;
	bool ok;

	if (!make_fd(p, "fsopen tmpfs", raw(SYS_fsopen, "tmpfs",
			FSOPEN_CLOEXEC), &fs))
		return false;
	ok = do_step(p, "shm size", raw(SYS_fsconfig, fs,
		FSCONFIG_SET_STRING, "size", "64m", 0)) &&
		do_step(p, "shm mode", raw(SYS_fsconfig, fs,
			FSCONFIG_SET_STRING, "mode", "1777", 0)) &&
		do_step(p, "create shm", raw(SYS_fsconfig, fs,
			FSCONFIG_CMD_CREATE, 0, 0, 0)) &&
		make_fd(p, "mount shm", raw(SYS_fsmount, fs, FSMOUNT_CLOEXEC,
			MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
			MOUNT_ATTR_NOEXEC), &p->shm[0]) &&
		make_fd(p, "clone shm", raw(SYS_open_tree, p->shm[0], "",
			OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH),
			&p->shm[1]);
	(void)raw(SYS_close, fs);
	return ok;
}

void floor_prepare_main(void *prepare)
{
	struct floor_prepare *p = prepare;

	if (make_cgroups(p) &&
		do_step(p, FLOOR_POD_DIR, raw(SYS_mkdirat, p->config->work_fd,
			FLOOR_POD_DIR, 0700)) &&
		do_step(p, FLOOR_SHARED, raw(SYS_mkdirat, p->config->work_fd,
			FLOOR_SHARED, 0777)) &&
		make_files(p))
		(void)make_shm(p);
	for (;;)
		(void)raw(SYS_exit, 0);
}
