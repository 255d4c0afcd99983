/* SPDX-License-Identifier: MIT */
/*
 * child/sandbox.c - what the short-lived sandbox child does.
 *
 * It is born in the pod's new namespaces, sharing our memory and fd table,
 * opens those namespaces for us, moves the pod's mount trees into place and
 * is gone. Nothing of a container is in its reach, so host paths are safe
 * here until OP_PIVOT.
 */
#include <linux/magic.h>
#include <linux/mount.h>
#include <linux/netlink.h>
#include <linux/sched.h>
#include <linux/socket.h>

#include "child/internal.h"
#include "child/sys.h"

#define CHILD_AF_NETLINK 16
#define CHILD_SOCK_RAW 3
#define STATFS_WORDS 32

long child_private(struct child *c, const struct plan_op *op)
{
	(void)c;
	(void)op;
	return sys(mount, 0, "/", 0, MS_REC | MS_PRIVATE, 0);
}

long child_ns_open(struct child *c, const struct plan_op *op)
{
	const char *path;
	long fd;

	switch (op->x) {
	case CLONE_NEWNET:
		path = "/proc/self/ns/net";
		break;
	case CLONE_NEWIPC:
		path = "/proc/self/ns/ipc";
		break;
	case CLONE_NEWUTS:
		path = "/proc/self/ns/uts";
		break;
	case CLONE_NEWNS:
		path = "/proc/self/ns/mnt";
		break;
	default:
		return -CHILD_EINVAL;
	}
	fd = sys(openat, CHILD_AT_FDCWD, path,
		CHILD_O_RDONLY | CHILD_O_CLOEXEC, 0);
	if (fd < 0)
		return fd;
	c->job->report->fds[op->n] = (int32_t)fd;
	return 0;
}

/* Is this file on procfs, and not on something mounted over it (S19)? */
int child_is_procfs(int fd)
{
	long words[STATFS_WORDS];

	return sys(fstatfs, fd, words) >= 0 && words[0] == PROC_SUPER_MAGIC;
}

/* Write and read back: blanks may come back as tabs (rule 8). */
long child_sysctl(struct child *c, const struct plan_op *op)
{
	const char *value = child_text(c, op->b);
	size_t len = child_strlen(value), i;
	char back[256];
	long fd, r;

	fd = sys(openat, CHILD_AT_FDCWD, child_text(c, op->a),
		CHILD_O_RDWR | CHILD_O_CLOEXEC, 0);
	if (fd == -CHILD_ENOENT && op->flags & OPF_MAY_BE_ABSENT)
		return 0;
	if (fd < 0)
		return fd;
	r = child_is_procfs((int)fd) ? 0 : -CHILD_ESTALE;
	if (r >= 0)
		r = sys(write, fd, value, len);
	if (r >= 0)
		r = sys(pread64, fd, back, sizeof(back), 0);
	sys(close, fd);
	if (r < 0)
		return r;
	for (i = 0; i < len; i++) {
		char b = i < (size_t)r ? back[i] : '\0';

		if (b != value[i] && !(value[i] == ' ' && b == '\t'))
			return -CHILD_EIO;
	}
	return 0;
}

long child_hostname(struct child *c, const struct plan_op *op)
{
	const char *name = child_text(c, op->a);

	return sys(sethostname, name, child_strlen(name));
}

long child_netlink(struct child *c, const struct plan_op *op)
{
	struct sockaddr_nl addr = { .nl_family = CHILD_AF_NETLINK };
	long fd = sys(socket, CHILD_AF_NETLINK,
		CHILD_SOCK_RAW | CHILD_O_CLOEXEC, NETLINK_ROUTE), r;

	if (fd < 0)
		return fd;
	r = sys(bind, fd, &addr, sizeof(addr));
	if (r < 0) {
		sys(close, fd);
		return r;
	}
	c->job->report->fds[op->n] = (int32_t)fd;
	return 0;
}

long child_cradle_root(struct child *c, const struct plan_op *op)
{
	int tree = c->job->slots[op->slot];
	long r = sys(move_mount, tree, "", CHILD_AT_FDCWD, "/",
		MOVE_MOUNT_F_EMPTY_PATH);

	return r < 0 ? r : sys(fchdir, tree);
}

long child_cradle_mount(struct child *c, const struct plan_op *op)
{
	/* a is relative: the current directory is the cradle */
	return sys(move_mount, c->job->slots[op->slot], "", CHILD_AT_FDCWD,
		child_text(c, op->a), MOVE_MOUNT_F_EMPTY_PATH);
}
