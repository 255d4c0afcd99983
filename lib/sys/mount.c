/* SPDX-License-Identifier: MIT */
/*
 * sys/mount.c - the mount API by fd, one call at a time.
 */
#include "sys/mount.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

static int result(long r)
{
	return r < 0 ? -errno : (int)r;
}

int sys_fsopen(const char *type)
{
	return result(syscall(SYS_fsopen, type, FSOPEN_CLOEXEC));
}

int sys_fs_string(int fs, const char *key, const char *value)
{
	return result(syscall(
		SYS_fsconfig, fs, FSCONFIG_SET_STRING, key, value, 0));
}

int sys_fs_flag(int fs, const char *key)
{
	return result(
		syscall(SYS_fsconfig, fs, FSCONFIG_SET_FLAG, key, NULL, 0));
}

int sys_fs_create(int fs)
{
	return result(
		syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
}

int sys_fsmount(int fs, uint64_t attributes)
{
	return result(syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, attributes));
}

int sys_tree_clone(int fd, bool recursive)
{
	return result(syscall(SYS_open_tree, fd, "",
		OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH |
			(recursive ? AT_RECURSIVE : 0)));
}

int sys_mount_setattr(int fd, bool recursive, uint64_t set)
{
	struct mount_attr attr = { .attr_set = set };

	return result(syscall(SYS_mount_setattr, fd, "",
		AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0), &attr,
		sizeof(attr)));
}
