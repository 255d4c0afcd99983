/* SPDX-License-Identifier: MIT */
/*
 * sys/mount.h - the mount API by fd; glibc 2.36 has some of it, musl none.
 * All return an fd or 0, or -errno.
 */
#ifndef SYS_MOUNT_H
#define SYS_MOUNT_H

#include <stdbool.h>
#include <stdint.h>

int sys_fsopen(const char *type);
int sys_fs_string(int fs, const char *key, const char *value);
int sys_fs_flag(int fs, const char *key);
int sys_fs_create(int fs);
int sys_fsmount(int fs, uint64_t attributes);
/* A detached clone of what fd names (O_PATH or a mount). */
int sys_tree_clone(int fd, bool recursive);
int sys_mount_setattr(int fd, bool recursive, uint64_t set);

#endif
