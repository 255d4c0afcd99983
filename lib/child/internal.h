/* SPDX-License-Identifier: MIT */
/* child/internal.h - shared between the files of child/ only. */
#ifndef CHILD_INTERNAL_H
#define CHILD_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

#include "child/child.h"

/* What one child knows while it runs; lives on its stack. */
struct child {
	const struct child_job *job;
	int root;		/* overlay mount before OP_ROOT */
	int empty_dir;		/* the first masked directory's mount */
	int null;		/* O_PATH of our /dev/null, once proven */
	int32_t slots[CHILD_SLOTS];
};

#define CHILD_PATH_MAX 4096
#define CHILD_AT_FDCWD (-100)
#define CHILD_O_RDONLY 00
#define CHILD_O_WRONLY 01
#define CHILD_O_RDWR 02
#define CHILD_O_CREAT 0100
#define CHILD_O_EXCL 0200
#define CHILD_O_CLOEXEC 02000000
#define CHILD_O_PATH 010000000
#if defined(__aarch64__)
#define CHILD_O_DIRECTORY 040000
#define CHILD_O_NOFOLLOW 0100000
#else
#define CHILD_O_DIRECTORY 0200000
#define CHILD_O_NOFOLLOW 0400000
#endif
#define CHILD_AT_EMPTY_PATH 0x1000
#define CHILD_AT_RECURSIVE 0x8000
#define CHILD_ENOENT 2
#define CHILD_EINTR 4
#define CHILD_EIO 5
#define CHILD_EACCES 13
#define CHILD_EEXIST 17
#define CHILD_ENOTDIR 20
#define CHILD_EINVAL 22
#define CHILD_EPERM 1
#define CHILD_EAGAIN 11
#define CHILD_ENODEV 19
#define CHILD_ENAMETOOLONG 36
#define CHILD_ENOSYS 38
#define CHILD_ELOOP 40
#define CHILD_EOPNOTSUPP 95
#define CHILD_ESTALE 116
#define CHILD_ECANCELED 125

/* child/path.c: all below the current directory taken as the root */
size_t child_strlen(const char *s);
/* Open path as O_PATH; resolve is RESOLVE_* (IN_ROOT is added). */
long child_open_in_root(const char *path, int flags, uint64_t resolve);
/* The same, making missing directories (0755), or a file at the end. */
long child_open_making(const char *path, int want_file, uint64_t resolve,
	uint32_t mode);
/* st_mode and, if not NULL, st_rdev (major << 32 | minor) of an fd. */
long child_mode(int fd, uint64_t *ret_rdev);

/* child/mount.c */
long child_layer(struct child *c, const struct plan_op *op);
long child_overlay(struct child *c, const struct plan_op *op);
long child_tree(struct child *c, const struct plan_op *op);
long child_enter_root(struct child *c, const struct plan_op *op);
long child_mount(struct child *c, const struct plan_op *op);
long child_attach(struct child *c, const struct plan_op *op);
long child_mask(struct child *c, const struct plan_op *op);
long child_read_only(struct child *c, const struct plan_op *op);
long child_root_read_only(struct child *c, const struct plan_op *op);

/* child/sandbox.c */
/* Is this file on procfs? 1, 0; an fd that cannot say counts as not. */
int child_is_procfs(int fd);
long child_private(struct child *c, const struct plan_op *op);
long child_ns_open(struct child *c, const struct plan_op *op);
long child_sysctl(struct child *c, const struct plan_op *op);
long child_hostname(struct child *c, const struct plan_op *op);
long child_netlink(struct child *c, const struct plan_op *op);
long child_cradle_root(struct child *c, const struct plan_op *op);
long child_cradle_mount(struct child *c, const struct plan_op *op);
long child_pivot(struct child *c, const struct plan_op *op);

/* child/cred.c */
long child_rlimit(struct child *c, const struct plan_op *op);
long child_keyring(struct child *c, const struct plan_op *op);
long child_bounding(struct child *c, const struct plan_op *op);
long child_groups(struct child *c, const struct plan_op *op);
long child_gid(struct child *c, const struct plan_op *op);
long child_uid(struct child *c, const struct plan_op *op);
long child_caps(struct child *c, const struct plan_op *op);
long child_no_new_privs(struct child *c, const struct plan_op *op);
long child_seccomp(struct child *c, const struct plan_op *op);
long child_signals(struct child *c, const struct plan_op *op);

static inline const char *child_text(const struct child *c, uint32_t offset)
{
	return (const char *)c->job->plan + offset;
}

#endif
