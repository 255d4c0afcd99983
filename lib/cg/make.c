/* SPDX-License-Identifier: MIT */
/*
 * cg/make.c - making a pod's cgroup and its containers'.
 *
 * Knows that empty parents may be removed by other pods at any moment, and
 * that controllers are enabled top-down. Knows nothing of limits.
 *
 * The common case (parents there, controllers on) is one mkdir, one open and
 * one read; nothing is rewritten, because enabling takes a global lock.
 */
#include "cg/cg.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/str.h"
#include "cg/internal.h"

#define ATTEMPTS 64
#define LIST_SIZE 1024

int cg_check_path(const char *path)
{
	size_t total = strlen(path), len;

	if (!total || total >= PATH_MAX || str_has_control(path))
		return -EINVAL;
	for (;;) {
		len = strcspn(path, "/");
		if (len == 0 || len > NAME_MAX || (len == 1 && *path == '.') ||
			(len == 2 && memcmp(path, "..", 2) == 0))
			return -EINVAL;
		if (!path[len])
			return 0;
		path += len + 1;
	}
}

/* Where the parent's path ends; NULL: the parent is root. */
static char *parent_end(char *path)
{
	return strrchr(path, '/');
}

/* A directory that is being removed says the one or the other. */
static bool is_gone(int r)
{
	return r == -ENOENT || r == -ENODEV;
}

/*
 * Make the parents of path that are missing. *first_made is lowered to the
 * length of the shallowest that we made. Gone: one vanished again.
 */
static int make_parents(int root, char *path, size_t *first_made)
{
	char *slash = path;

	while ((slash = strchr(slash, '/'))) {
		int r = 0;

		*slash = '\0';
		if (mkdirat(root, path, 0755) < 0)
			r = -errno;
		*slash = '/';
		if (r == 0 && (size_t)(slash - path) < *first_made)
			*first_made = (size_t)(slash - path);
		if (r < 0 && r != -EEXIST)
			return r;
		slash++;
	}
	return 0;
}

static int make_all(int root, char *path, size_t *first_made)
{
	int attempt, r = -ENOENT;

	for (attempt = 0; attempt < ATTEMPTS; attempt++) {
		if (mkdirat(root, path, 0755) == 0)
			return 0;
		r = -errno;
		if (!is_gone(r) || !parent_end(path))
			return r;
		r = make_parents(root, path, first_made);
		if (r < 0 && !is_gone(r))
			return r;
	}
	return r < 0 ? r : -ENOENT;
}

/* Take back path and the parents from first_made on. */
static void unmake(int root, char *path, size_t first_made)
{
	char *slash;

	while (unlinkat(root, path, AT_REMOVEDIR) == 0 || errno == ENOENT) {
		slash = parent_end(path);
		if (!slash || (size_t)(slash - path) < first_made)
			return;
		*slash = '\0';
	}
}

static int read_controllers(int dir, const char *file, uint32_t *ret)
{
	char list[LIST_SIZE];
	int r = cg_get(dir, file, list, sizeof(list));

	if (r == 0)
		*ret = cg_controllers_parse(list);
	return r;
}

/* The words "+cpu +memory" for the controllers. */
static void format_enable(uint32_t controllers, char *buf, size_t size)
{
	size_t at = 0;
	uint32_t bit;

	buf[0] = '\0';
	for (bit = 1; bit && at < size; bit <<= 1) {
		const char *name =
			cg_controller_name((enum cg_controller)bit);

		if (name && (controllers & bit))
			at += (size_t)snprintf(buf + at, size - at, "%s+%s",
				at ? " " : "", name);
	}
}

/* Enable in one directory what its parent gives and it does not yet pass. */
int cg_enable(int dir, uint32_t controllers, struct pod_error *reterr)
{
	uint32_t given = 0, passed = 0;
	char words[128], path[256], operation[64];
	int r;

	if (!controllers)
		return 0;
	r = read_controllers(dir, "cgroup.controllers", &given);
	if (r == 0)
		r = read_controllers(dir, "cgroup.subtree_control", &passed);
	cg_path(dir, "", path, sizeof(path));
	if (r < 0)
		return err_code(reterr, r, POD_STAGE_CGROUP, path,
			"read controllers");
	controllers &= given & ~passed;
	if (!controllers)
		return 0;
	format_enable(controllers, words, sizeof(words));
	r = cg_write(dir, "cgroup.subtree_control", words);
	if (r == 0)
		return 0;
	(void)snprintf(operation, sizeof(operation), "enable %.40s", words);
	if (r != -EBUSY)
		return err_code(reterr, r, POD_STAGE_CGROUP, path, operation);
	(void)err_set(reterr, r, POD_STAGE_CGROUP, path, operation,
		"the group has processes of its own, and cgroup v2 allows "
		"them only in groups without enabled controllers");
	err_hint(reterr, "move the processes listed in its cgroup.procs to a "
		"child group first, or choose another cgroup root");
	return r;
}

/* Top-down from root to the parent of path. */
static int enable_all(int root, char *path, uint32_t controllers,
	struct pod_error *reterr)
{
	char *slash = path;
	int r;

	r = cg_enable(root, controllers, reterr);
	while (r == 0 && (slash = strchr(slash, '/'))) {
		_cleanup_fd_ int dir = -EBADF;

		*slash = '\0';
		dir = openat(root, path,
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		r = dir < 0 ? err_errno(reterr, POD_STAGE_CGROUP, path,
			"open") : cg_enable(dir, controllers, reterr);
		*slash++ = '/';
	}
	return r;
}

/* Open what was made and see that the controllers reach it. */
static int open_made(int root, char *path, uint32_t controllers, int *ret_fd,
	struct pod_error *reterr)
{
	_cleanup_fd_ int fd = openat(root, path,
		O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	uint32_t have = 0;
	int r = 0;

	if (fd < 0)
		return err_errno(reterr, POD_STAGE_CGROUP, path, "open");
	if (controllers)
		r = read_controllers(fd, "cgroup.controllers", &have);
	if (r < 0)
		return err_code(reterr, r, POD_STAGE_CGROUP, path,
			"read cgroup.controllers");
	if (controllers & ~have)
		r = enable_all(root, path, controllers, reterr);
	if (r < 0)
		return r;
	*ret_fd = take_fd(&fd);
	return 0;
}

int cg_make(int root, const char *path, uint32_t controllers, int *ret_fd,
	struct pod_error *reterr)
{
	char copy[PATH_MAX];
	size_t first_made;
	int r;

	r = cg_check_path(path);
	if (r < 0)
		return err_set(reterr, r, POD_STAGE_CGROUP, path,
			"make cgroup", "not a plain relative path");
	(void)str_copy(copy, sizeof(copy), path);
	first_made = strlen(path);
	r = make_all(root, copy, &first_made);
	if (r < 0) {
		(void)err_code(reterr, r, POD_STAGE_CGROUP, path,
			"make cgroup");
		if (r == -EAGAIN)
			err_hint(reterr, "cgroup.max.descendants or "
				"cgroup.max.depth of a parent is reached");
		/* Only parents can be there that are ours. */
		if (first_made < strlen(path)) {
			*parent_end(copy) = '\0';
			unmake(root, copy, first_made);
		}
		return r;
	}
	r = open_made(root, copy, controllers, ret_fd, reterr);
	if (r < 0)
		unmake(root, copy, first_made);
	return r;
}

int cg_make_leaf(int dir, const char *name, int *ret_fd,
	struct pod_error *reterr)
{
	if (strchr(name, '/'))
		return err_set(reterr, -EINVAL, POD_STAGE_CGROUP, name,
			"make cgroup", "not a plain name");
	return cg_make(dir, name, 0, ret_fd, reterr);
}
