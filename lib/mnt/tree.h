/* SPDX-License-Identifier: MIT */
/*
 * mnt/tree.h - mounts held as file descriptors.
 *
 * A tree stays detached until somebody attaches it, so failing halfway leaves
 * no trace in any namespace.
 */
#ifndef MNT_TREE_H
#define MNT_TREE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <pod/error.h>

/* What a bind source must be; the order is hostPath.type's. */
enum mnt_source {
	MNT_ANY = 0,
	MNT_DIRECTORY_OR_CREATE,
	MNT_DIRECTORY,
	MNT_FILE_OR_CREATE,
	MNT_FILE,
	MNT_SOCKET,
	MNT_CHAR_DEVICE,
	MNT_BLOCK_DEVICE,
};

#define MNT_READ_ONLY 1u
#define MNT_RECURSIVE 2u
#define MNT_NOEXEC 4u
#define MNT_DEVICES 16u	/* keep device nodes usable */
#define MNT_SUID 8u	/* keep set-user-ID programs: image trees */

/* A detached tmpfs; inodes 0: the kernel's default. */
int mnt_tmpfs(uint64_t bytes, uint64_t inodes, mode_t mode, unsigned int flags,
	int *ret_fd, struct pod_error *reterr);

/*
 * A detached clone of path, nosuid and nodev, links followed (the host's
 * owner wrote the path), magic links not. *ret_dir tells whether it is a
 * directory. -ENOENT, -ENOTDIR...: with the type that was wanted.
 */
int mnt_bind_path(const char *path, enum mnt_source want, unsigned int flags,
	int *ret_fd, bool *ret_dir, struct pod_error *reterr);

/* The same of an open directory or O_PATH fd. */
int mnt_bind_fd(int fd, const char *subject, unsigned int flags, int *ret_fd,
	struct pod_error *reterr);

#endif
