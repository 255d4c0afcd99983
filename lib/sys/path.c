/* SPDX-License-Identifier: MIT */
/*
 * sys/path.c - the one module that turns path strings into fds.
 *
 * Knows openat2 and careful removal; knows nothing of whose paths they are.
 */
#include "sys/path.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"

#define RETRIES 64

int sys_openat2(int dir, const char *path, int flags, mode_t mode,
	uint64_t resolve)
{
	struct open_how how = {
		.flags = (uint64_t)(unsigned int)flags | O_CLOEXEC,
		.mode = mode,
		.resolve = resolve,
	};
	long fd = -1;
	int i;

	for (i = 0; i < RETRIES; i++) {
		fd = syscall(SYS_openat2, dir, path, &how, sizeof(how));
		if (fd >= 0 || errno != EAGAIN)
			break;
	}
	return fd < 0 ? -errno : (int)fd;
}

int sys_open_beneath(int dir, const char *path, int flags)
{
	return sys_openat2(dir, path, flags, 0,
		RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
}

int sys_mkdir_open(int dir, const char *name, mode_t mode)
{
	int made = mkdirat(dir, name, mode) == 0, fd;

	if (!made && errno != EEXIST)
		return -errno;
	fd = openat(dir, name,
		O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	/* explicit, whatever the umask is (rule 26) */
	if (made && fchmod(fd, mode) < 0) {
		int r = -errno;

		close_fd(fd);
		return r;
	}
	return fd;
}

int sys_mkdir_path(const char *path, mode_t mode)
{
	char part[PATH_MAX];
	size_t len = strlen(path), i;
	int fd;

	if (path[0] != '/')
		return -EINVAL;
	if (len >= sizeof(part))
		return -ENAMETOOLONG;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0 || errno != ENOENT)
		return fd < 0 ? -errno : fd;
	for (i = 1; i <= len; i++) {
		if (path[i] != '/' && path[i] != '\0')
			continue;
		memcpy(part, path, i);
		part[i] = '\0';
		if (mkdir(part, i == len ? mode : 0755) < 0 && errno != EEXIST)
			return -errno;
	}
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fchmod(fd, mode) < 0) {
		int r = -errno;

		close_fd(fd);
		return r;
	}
	return fd;
}

int sys_read_file(int dir, const char *path, size_t max, char **ret,
	size_t *ret_len)
{
	_cleanup_fd_ int fd = -EBADF;
	_cleanup_free_ char *buf = NULL;
	struct stat st;
	size_t len = 0, cap;

	fd = openat(dir, path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	/* files of procfs say 0 */
	cap = st.st_size > 0 && (size_t)st.st_size < max ?
		(size_t)st.st_size + 1 : 4096;
	if (cap > max)
		cap = max;
	buf = malloc(cap + 1);
	if (!buf)
		return -ENOMEM;
	for (;;) {
		ssize_t n = read(fd, buf + len, cap - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		len += (size_t)n;
		if (len == cap) {
			char *more;

			if (cap >= max)
				return -EFBIG;
			cap = cap * 2 < max ? cap * 2 : max;
			more = realloc(buf, cap + 1);
			if (!more)
				return -ENOMEM;
			buf = more;
		}
	}
	buf[len] = '\0';
	*ret = take_ptr(buf);
	if (ret_len)
		*ret_len = len;
	return 0;
}

int sys_write_all(int fd, const void *data, size_t len)
{
	const char *p = data;

	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return -EIO;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

static bool is_dots(const char *name)
{
	return name[0] == '.' &&
		(!name[1] || (name[1] == '.' && !name[2]));
}

static DIR *open_dir(int dir, const char *name)
{
	int fd = openat(dir, name,
		O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *d;

	if (fd < 0)
		return NULL;
	d = fdopendir(fd);
	if (!d)
		close_fd(fd);
	return d;
}

/* Deeper than this, directories are moved up instead of descended into. */
#define DESCENT 16

struct removal {
	int top;		/* the tree's root */
	dev_t dev;
	unsigned int serial;	/* of fresh names in top */
	unsigned int moved;	/* directories that were moved there */
};

static int move_up(struct removal *r, int dir, const char *name)
{
	char fresh[32];

	do {
		(void)snprintf(fresh, sizeof(fresh), ".rm-%u", r->serial++);
		if (renameat2(dir, name, r->top, fresh, RENAME_NOREPLACE) == 0) {
			r->moved++;
			return 0;
		}
	} while (errno == EEXIST);
	return -errno;
}

static int remove_entry(struct removal *r, int dir, const char *name,
	unsigned char type, int depth);

/* Remove what is in the open directory d. */
static int empty_dir(struct removal *r, DIR *d, int depth)
{
	struct dirent *e;
	struct stat st;
	int k;

	if (fstat(dirfd(d), &st) < 0)
		return -errno;
	if (st.st_dev != r->dev)
		return -EXDEV;	/* a mount: not ours to cross */
	while ((errno = 0, e = readdir(d))) {
		if (is_dots(e->d_name))
			continue;
		k = remove_entry(r, dirfd(d), e->d_name, e->d_type, depth);
		if (k < 0)
			return k;
	}
	return -errno;
}

static int remove_entry(struct removal *r, int dir, const char *name,
	unsigned char type, int depth)
{
	DIR *d;
	int k;

	if (type != DT_DIR) {
		if (unlinkat(dir, name, 0) == 0 || errno == ENOENT)
			return 0;
		if (errno != EISDIR && errno != EPERM)
			return -errno;
	}
	if (unlinkat(dir, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
		return 0;
	if (errno != ENOTEMPTY && errno != EEXIST)
		return -errno;
	if (depth == DESCENT)
		return move_up(r, dir, name);
	d = open_dir(dir, name);
	if (!d)
		return -errno;
	k = empty_dir(r, d, depth + 1);
	(void)closedir(d);
	if (k < 0)
		return k;
	return unlinkat(dir, name, AT_REMOVEDIR) < 0 && errno != ENOENT ?
		-errno : 0;
}

int sys_remove_tree(int dir, const char *name)
{
	struct removal r = { .top = -1 };
	struct stat st;
	DIR *d;
	int k;

	if (unlinkat(dir, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
		return 0;
	if (errno == ENOTDIR)
		return unlinkat(dir, name, 0) < 0 ? -errno : 0;
	if (errno != ENOTEMPTY && errno != EEXIST)
		return -errno;
	do {
		d = open_dir(dir, name);
		if (!d)
			return -errno;
		r.top = dirfd(d);
		r.moved = 0;
		k = fstat(r.top, &st) < 0 ? -errno : 0;
		r.dev = st.st_dev;
		if (k >= 0)
			k = empty_dir(&r, d, 0);
		(void)closedir(d);
	} while (k >= 0 && r.moved);
	if (k < 0)
		return k;
	return unlinkat(dir, name, AT_REMOVEDIR) < 0 && errno != ENOENT ?
		-errno : 0;
}
