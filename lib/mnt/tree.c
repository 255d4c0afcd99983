/* SPDX-License-Identifier: MIT */
/*
 * mnt/tree.c - mounts held as file descriptors.
 *
 * Knows fsopen, open_tree and hostPath's types; knows nothing of a pod's
 * layout.
 */
#include "mnt/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "sys/mount.h"
#include "sys/path.h"

int mnt_tmpfs(uint64_t bytes, uint64_t inodes, mode_t mode, unsigned int flags,
	int *ret_fd, struct pod_error *reterr)
{
	_cleanup_fd_ int fs = sys_fsopen("tmpfs");
	uint64_t attributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
	char text[32];
	int r = fs;

	if (r >= 0) {
		(void)snprintf(text, sizeof(text), "%" PRIu64, bytes);
		r = sys_fs_string(fs, "size", text);
	}
	if (r >= 0 && inodes) {
		(void)snprintf(text, sizeof(text), "%" PRIu64, inodes);
		r = sys_fs_string(fs, "nr_inodes", text);
	}
	if (r >= 0) {
		(void)snprintf(text, sizeof(text), "%04o", mode);
		r = sys_fs_string(fs, "mode", text);
	}
	if (r >= 0)
		r = sys_fs_create(fs);
	if (flags & MNT_NOEXEC)
		attributes |= MOUNT_ATTR_NOEXEC;
	if (r >= 0)
		r = sys_fsmount(fs, attributes);
	if (r < 0)
		return err_code(reterr, r, POD_STAGE_MOUNT, "tmpfs",
			"make a tmpfs");
	*ret_fd = r;
	return 0;
}

int mnt_bind_fd(int fd, const char *subject, unsigned int flags, int *ret_fd,
	struct pod_error *reterr)
{
	_cleanup_fd_ int tree = sys_tree_clone(fd, flags & MNT_RECURSIVE);
	uint64_t set = flags & MNT_DEVICES ? 0 : MOUNT_ATTR_NODEV;
	int r;

	if (tree < 0)
		return err_code(reterr, tree, POD_STAGE_MOUNT, subject,
			"bind");
	if (!(flags & MNT_SUID))
		set |= MOUNT_ATTR_NOSUID;
	if (flags & MNT_READ_ONLY)
		set |= MOUNT_ATTR_RDONLY;
	if (flags & MNT_NOEXEC)
		set |= MOUNT_ATTR_NOEXEC;
	r = sys_mount_setattr(tree, flags & MNT_RECURSIVE, set);
	if (r < 0)
		return err_code(reterr, r, POD_STAGE_MOUNT, subject,
			"set mount attributes");
	*ret_fd = take_fd(&tree);
	return 0;
}

static int open_source(const char *path)
{
	return sys_openat2(
		AT_FDCWD, path, O_PATH, 0, RESOLVE_NO_MAGICLINKS);
}

static int create_source(const char *path, enum mnt_source want)
{
	int fd;

	if (want == MNT_DIRECTORY_OR_CREATE) {
		fd = sys_mkdir_path(path, 0755);
		if (fd < 0)
			return fd;
		close_fd(fd);
	} else {
		fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644);
		if (fd < 0)
			return -errno;
		close_fd(fd);
	}
	return open_source(path);
}

static int check_type(mode_t mode, enum mnt_source want, const char **ret)
{
	static const struct {
		const char *name;
		mode_t type;
	} wanted[] = {
		[MNT_ANY] = { "", 0 },
		[MNT_DIRECTORY_OR_CREATE] = { "directory", S_IFDIR },
		[MNT_DIRECTORY] = { "directory", S_IFDIR },
		[MNT_FILE_OR_CREATE] = { "file", S_IFREG },
		[MNT_FILE] = { "file", S_IFREG },
		[MNT_SOCKET] = { "socket", S_IFSOCK },
		[MNT_CHAR_DEVICE] = { "character device", S_IFCHR },
		[MNT_BLOCK_DEVICE] = { "block device", S_IFBLK },
	};

	*ret = wanted[want].name;
	if (want == MNT_ANY || (mode & S_IFMT) == wanted[want].type)
		return 0;
	return wanted[want].type == S_IFDIR ? -ENOTDIR : -EINVAL;
}

int mnt_bind_path(const char *path, enum mnt_source want, unsigned int flags,
	int *ret_fd, bool *ret_dir, struct pod_error *reterr)
{
	_cleanup_fd_ int fd = open_source(path);
	const char *type;
	struct stat st;
	int r;

	if (fd == -ENOENT && (want == MNT_DIRECTORY_OR_CREATE ||
				     want == MNT_FILE_OR_CREATE))
		fd = create_source(path, want);
	if (fd < 0) {
		r = err_code(reterr, fd, POD_STAGE_MOUNT, path,
			"open the source");
		if (fd == -ENOENT && !(flags & MNT_SUID))
			err_hint(reterr, "create it, or use hostPath.type "
					 "DirectoryOrCreate or FileOrCreate");
		return r;
	}
	if (fstat(fd, &st) < 0)
		return err_errno(reterr, POD_STAGE_MOUNT, path, "stat");
	r = check_type(st.st_mode, want, &type);
	if (r < 0)
		return err_set(reterr, r, POD_STAGE_MOUNT, path,
			"check the source", "it is no %s", type);
	*ret_dir = S_ISDIR(st.st_mode);
	return mnt_bind_fd(fd, path, flags, ret_fd, reterr);
}
