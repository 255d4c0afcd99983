/* SPDX-License-Identifier: MIT */
/*
 * sys/path.h - the one module that turns path strings into fds.
 *
 * Everything outside works on fds and on single names below them (rule 1).
 */
#ifndef SYS_PATH_H
#define SYS_PATH_H

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

/*
 * openat2(dir, path, flags | O_CLOEXEC, resolve), EAGAIN retried at most 64
 * times. fd or -errno.
 */
int sys_openat2(int dir, const char *path, int flags, mode_t mode,
	uint64_t resolve);
/* Below dir, no links, no magic links: our own trees and volume sources. */
int sys_open_beneath(int dir, const char *path, int flags);
/*
 * Open directory name below dir, making it with exactly mode if it is not
 * there. It must be a directory; owner and mode are checked by the caller.
 */
int sys_mkdir_open(int dir, const char *name, mode_t mode);
/* Make and open each missing component of an absolute path (host policy's:
 * links are followed), the last with mode. */
int sys_mkdir_path(const char *path, mode_t mode);
/* Read a small regular file whole, NUL-terminated, malloc'ed; -EFBIG over
 * max, -EINVAL not regular. */
int sys_read_file(int dir, const char *path, size_t max, char **ret,
	size_t *ret_len);
/* Write all of it; -EIO on a short write without errno. */
int sys_write_all(int fd, const void *data, size_t len);
/*
 * Remove name and everything below it: fd-relative, no links, no crossing of
 * mounts, iterative, at most 64 fds (rule 11, S54). 0 if it was not there.
 */
int sys_remove_tree(int dir, const char *name);

#endif
