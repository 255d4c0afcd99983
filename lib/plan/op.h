/* SPDX-License-Identifier: MIT */
/*
 * plan/op.h - the operations, as data that needs no libc to be read.
 *
 * a, b, c are offsets of strings or arrays in the plan; x, y are numbers;
 * slot numbers a mount tree that one operation opens and another attaches.
 * "cradle": the pod's own small tmpfs that is the root of its mount
 * namespace until a container enters its root.
 */
#ifndef PLAN_OP_H
#define PLAN_OP_H

#include <stdint.h>

#define PLAN_SLOTS 1100	/* mount trees one child may hold */
#define PLAN_FDS 8	/* namespaces and sockets handed over */

enum plan_op_kind {
	OP_NONE = 0,
	/* the parent's, once per pod */
	OP_CGROUP_POD,	/* make a */
	OP_CGROUP_SET,	/* file a := b; container -1: the pod's */
	OP_DIR,		/* make directory a below root_dir, mode x, gid y-1 */
	OP_CRADLE,	/* tmpfs of x bytes, y inodes */
	OP_CRADLE_DIR,	/* make directory a, mode x */
	OP_CRADLE_FILE,	/* write b (n bytes) to a, mode x */
	OP_TREE_BIND,	/* slot := clone of a (c: base), nosuid,nodev; x type */
	OP_TREE_TMPFS,	/* slot := tmpfs of x bytes, mode y, gid n-1 */
	OP_SANDBOX,	/* clone the sandbox child; it unshares x */
	OP_NET_LINK,	/* host side of the link */
	OP_NET_POD,	/* pod side of the link */
	OP_NET_LO,	/* lo up only */
	/* the parent's, before each launch of a container */
	OP_CGROUP_LEAF,	/* make a */
	OP_LAYER,	/* fresh upper a and work b below root_dir */
	OP_FIFO,	/* named FIFO a in the state directory */
	OP_LAUNCH,	/* clone, flags x */
	/* the sandbox child's */
	OP_PRIVATE,	/* / recursively private */
	OP_NS_OPEN,	/* hand namespace x to the parent as fd n */
	OP_SYSCTL,	/* a := b below /proc/sys of the new namespaces */
	OP_HOSTNAME,	/* a */
	OP_NETLINK,	/* hand a NETLINK_ROUTE socket to the parent as fd n */
	OP_CRADLE_ROOT,	/* attach the cradle over / and enter it */
	OP_CRADLE_MOUNT,	/* attach slot at a */
	OP_PIVOT,	/* pivot_root(".", "."), detach the old root */
	/* a container child's */
	OP_SETNS,	/* join namespace x by fd n of the launch */
	OP_UNSHARE,	/* x */
	OP_FDS_PRIVATE,	/* own fd table, nothing above 2 */
	OP_SESSION,	/* setsid */
	OP_STREAM,	/* fd x := a of the cradle, or the caller's */
	OP_LAYER_MEMORY,	/* a tmpfs at a with directories upper and work */
	OP_OVERLAY,	/* rootfs of lower a, upper b, work c */
	OP_TREE,	/* slot := clone of a, of b below it */
	OP_ROOT,	/* enter the rootfs; detach the cradle */
	OP_CHROOT,	/* a */
	OP_MOUNT,	/* file system a on b with options c, attributes x */
	OP_ATTACH,	/* slot on a */
	OP_MKNOD,	/* a, mode x, device y */
	OP_MKDIR,	/* a, mode x */
	OP_SYMLINK,	/* b -> a */
	OP_MASK,	/* a */
	OP_READONLY,	/* a */
	OP_ROOT_READONLY,
	/* entering: also for exec */
	OP_RLIMIT,	/* resource n: soft x, hard y (no higher than ours) */
	OP_UMASK,	/* x */
	OP_KEYRING,
	OP_BOUNDING,	/* x */
	OP_CWD,		/* a */
	OP_FDS_CLOSE,	/* above 2, at exec */
	OP_GROUPS,	/* n gids (uint32) at a */
	OP_GID,		/* x */
	OP_UID,		/* x, keeping capabilities until OP_CAPS */
	OP_CAPS,	/* permitted = effective = x; flag FILTER: see child */
	OP_NO_NEW_PRIVS,
	OP_SECCOMP,	/* n instructions at a */
	OP_SIGNALS,	/* default dispositions, empty mask */
	OP_GATE,	/* wait until the parent lets go */
	OP_EXEC,
	OP_KINDS
};

enum plan_op_flag {
	OPF_READ_ONLY = 1u << 0,
	OPF_RECURSIVE = 1u << 1,
	OPF_VOLATILE = 1u << 2,
	OPF_MAY_BE_ABSENT = 1u << 3,	/* ENOENT is no error */
	OPF_FOR_FILTER = 1u << 4,	/* OP_CAPS: keep SYS_ADMIN for it */
	OPF_BASE_ROOT = 1u << 5,	/* OP_TREE_BIND: a below root_dir */
	OPF_BASE_STATE = 1u << 6,	/* OP_TREE_BIND: a below state dir */
	OPF_OPTIONAL = 1u << 7,		/* recorded, not fatal */
	OPF_MAKE = 1u << 8,		/* OP_TREE: make b if missing */
	OPF_NOEXEC = 1u << 9,
	OPF_DEVICES = 1u << 10,		/* keep device nodes usable */
	OPF_NO_SUBMOUNTS = 1u << 11,	/* image trees: only this mount */
};

struct plan_op {
	uint16_t kind;
	uint16_t flags;
	int16_t container;	/* index, -1: the pod */
	uint16_t slot;
	uint32_t a, b, c, n;
	uint64_t x, y;
};

#endif
