/* SPDX-License-Identifier: MIT */
/*
 * cg/root.c - where on this host pods' cgroups may be made.
 *
 * Knows mountinfo, the caller's own cgroup and delegation. Never looks into
 * a cgroup v1 hierarchy and never moves a process.
 */
#include "cg/cg.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/str.h"
#include "cg/internal.h"

int cg_check_magic(int fd)
{
	struct statfs fs;

	if (fstatfs(fd, &fs) < 0)
		return -errno;
	return fs.f_type == CGROUP2_SUPER_MAGIC ? 0 : -EMEDIUMTYPE;
}

static int open_v2(const char *path, int *ret_fd)
{
	_cleanup_fd_ int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r;

	if (fd < 0)
		return -errno;
	r = cg_check_magic(fd);
	if (r < 0)
		return r;
	*ret_fd = take_fd(&fd);
	return 0;
}

/* mountinfo writes space, tab, newline and backslash as \ooo. */
static void unescape(char *s)
{
	char *to = s;

	while (*s) {
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' &&
			s[2] >= '0' && s[2] <= '7' && s[3] >= '0' &&
			s[3] <= '7') {
			*to++ = (char)((s[1] - '0') << 6 |
				(s[2] - '0') << 3 | (s[3] - '0'));
			s += 4;
		} else {
			*to++ = *s++;
		}
	}
	*to = '\0';
}

/* The mount point in a line of mountinfo if it is a whole v2 hierarchy. */
static char *v2_mount_point(char *line)
{
	char *type = strstr(line, " - "), *field = line;
	int i;

	if (!type || !str_has_prefix(type + 3, "cgroup2 "))
		return NULL;
	/* ID PARENT MAJOR:MINOR ROOT MOUNT-POINT ... */
	for (i = 0; i < 4; i++) {
		field = strchr(field, ' ');
		if (!field)
			return NULL;
		field++;
	}
	field[strcspn(field, " ")] = '\0';
	unescape(field);
	return field;
}

static int find_in_mountinfo(char **ret_path)
{
	_cleanup_file_ FILE *f = fopen("/proc/self/mountinfo", "re");
	_cleanup_free_ char *line = NULL;
	const char *found;
	size_t size = 0;

	if (!f)
		return -errno;
	while (getline(&line, &size, f) > 0) {
		found = v2_mount_point(line);
		if (!found)
			continue;
		*ret_path = strdup(found);
		return *ret_path ? 0 : -ENOMEM;
	}
	return -ENOENT;
}

static int find_mount(int *ret_fd, char **ret_path)
{
	static const char *const usual[] = { "/sys/fs/cgroup",
		"/sys/fs/cgroup/unified" };
	_cleanup_free_ char *path = NULL;
	size_t i;
	int r;

	for (i = 0; i < ARRAY_LEN(usual); i++) {
		_cleanup_fd_ int fd = -EBADF;

		if (open_v2(usual[i], &fd) < 0)
			continue;
		*ret_path = strdup(usual[i]);
		if (!*ret_path)
			return -ENOMEM;
		*ret_fd = take_fd(&fd);
		return 0;
	}
	r = find_in_mountinfo(&path);
	if (r == 0)
		r = open_v2(path, ret_fd);
	if (r < 0)
		return r;
	*ret_path = take_ptr(path);
	return 0;
}

/* The caller's own cgroup below the mount point: "/a/b", "/" is "". */
static int own_group(char *buf, size_t size)
{
	_cleanup_file_ FILE *f = fopen("/proc/self/cgroup", "re");
	_cleanup_free_ char *line = NULL;
	size_t alloc = 0;

	if (!f)
		return -errno;
	while (getline(&line, &alloc, f) > 0) {
		if (!str_has_prefix(line, "0::/"))
			continue;
		line[strcspn(line, "\n")] = '\0';
		/* "/../x": outside of our cgroup namespace. */
		if (strstr(line, "/.."))
			return -ENOENT;
		if (!str_copy(buf, size, line[4] ? line + 3 : ""))
			return -ENAMETOOLONG;
		return 0;
	}
	return -ENOENT;
}

static bool is_delegated(int fd)
{
	struct stat st;
	char value[8];
	ssize_t n = fgetxattr(fd, "user.delegate", value, sizeof(value));

	if (n == 1 && value[0] == '1')
		return true;
	return geteuid() != 0 && fstat(fd, &st) == 0 &&
		st.st_uid == geteuid();
}

/*
 * The nearest delegated group from the caller's own upwards: a service with
 * Delegate=yes keeps itself in a child of the delegated group, because a
 * group with controllers enabled may not have processes.
 */
static int find_delegated(const char *mount_point, int *ret_fd,
	char **ret_path)
{
	char own[PATH_MAX], path[2 * PATH_MAX];
	char *slash;
	int r;

	r = own_group(own, sizeof(own));
	if (r < 0)
		return r;
	while (own[0]) {
		_cleanup_fd_ int fd = -EBADF;

		(void)snprintf(path, sizeof(path), "%s%s", mount_point, own);
		if (open_v2(path, &fd) == 0 && is_delegated(fd)) {
			*ret_path = strdup(path);
			if (!*ret_path)
				return -ENOMEM;
			*ret_fd = take_fd(&fd);
			return 0;
		}
		slash = strrchr(own, '/');
		*slash = '\0';
	}
	return -ENOENT;
}

static int open_wanted(const char *wanted, int *ret_fd, char **ret_path,
	struct pod_error *reterr)
{
	_cleanup_fd_ int fd = -EBADF;
	int r;

	if (wanted[0] != '/')
		return err_set(reterr, -EINVAL, POD_STAGE_CGROUP, wanted,
			"open cgroup root", "not an absolute path");
	r = open_v2(wanted, &fd);
	if (r == -EMEDIUMTYPE) {
		(void)err_set(reterr, r, POD_STAGE_CGROUP, wanted,
			"open cgroup root", "not a cgroup v2 directory");
		err_hint(reterr, "give a directory of the hierarchy that "
			"/proc/self/mountinfo lists as cgroup2");
		return r;
	}
	if (r < 0)
		return err_code(reterr, r, POD_STAGE_CGROUP, wanted,
			"open cgroup root");
	*ret_path = strdup(wanted);
	if (!*ret_path)
		return err_code(reterr, -ENOMEM, POD_STAGE_CGROUP, wanted,
			"open cgroup root");
	*ret_fd = take_fd(&fd);
	return 0;
}

static int open_found(int *ret_fd, char **ret_path, struct pod_error *reterr)
{
	_cleanup_free_ char *mount_point = NULL;
	_cleanup_fd_ int fd = -EBADF;
	int r;

	r = find_mount(&fd, &mount_point);
	if (r == -ENOENT) {
		(void)err_set(reterr, r, POD_STAGE_CGROUP, "/sys/fs/cgroup",
			"find cgroup root",
			"no cgroup v2 hierarchy is mounted");
		err_hint(reterr, "mount -t cgroup2 none /sys/fs/cgroup, or "
			"name one with the cgroup root option");
		return r;
	}
	if (r < 0)
		return err_code(reterr, r, POD_STAGE_CGROUP, NULL,
			"find cgroup root");
	if (find_delegated(mount_point, ret_fd, ret_path) == 0)
		return 0;
	*ret_fd = take_fd(&fd);
	*ret_path = take_ptr(mount_point);
	return 0;
}

int cg_root_open(const char *wanted, int *ret_fd, char **ret_path,
	uint32_t *ret_controllers, struct pod_error *reterr)
{
	_cleanup_free_ char *path = NULL;
	_cleanup_fd_ int fd = -EBADF;
	char list[1024];
	int r;

	r = wanted ? open_wanted(wanted, &fd, &path, reterr) :
		open_found(&fd, &path, reterr);
	if (r < 0)
		return r;
	if (faccessat(fd, ".", W_OK, AT_EACCESS) < 0) {
		r = err_errno(reterr, POD_STAGE_CGROUP, path,
			"write to cgroup root");
		err_hint(reterr, "run as root, or from a unit with "
			"Delegate=yes");
		return r;
	}
	r = cg_get(fd, "cgroup.controllers", list, sizeof(list));
	if (r < 0)
		return err_code(reterr, r, POD_STAGE_CGROUP, path,
			"read cgroup.controllers");
	*ret_controllers = cg_controllers_parse(list);
	*ret_fd = take_fd(&fd);
	*ret_path = take_ptr(path);
	return 0;
}
