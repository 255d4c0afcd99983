/* SPDX-License-Identifier: MIT */
/*
 * run/dirs.c - where everything is, opened once.
 *
 * Knows the directories below ROOT and RUN and their modes; knows nothing of
 * what a pod keeps in them.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/str.h"
#include "cg/cg.h"
#include "run/run.h"
#include "sys/path.h"

#define DEFAULT_ROOT "/var/lib/podrun"
#define DEFAULT_RUN "/run/podrun"
#define DEFAULT_CIDR "10.245.0.0/16,fd00:10:245::/64"

/* Empty, or with nothing but what we make there. */
static bool is_ours(int fd)
{
	static const char *const names[] = { ".", "..", "pods", "logs",
		"cache", "names", "leases" };
	_cleanup_dir_ DIR *d = NULL;
	struct dirent *e;
	int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	size_t i;

	d = copy < 0 ? NULL : fdopendir(copy);
	if (!d) {
		close_fd(copy);
		return false;
	}
	while ((e = readdir(d))) {
		for (i = 0; i < ARRAY_LEN(names); i++)
			if (str_eq(e->d_name, names[i]))
				break;
		if (i == ARRAY_LEN(names))
			return false;
	}
	return true;
}

/* Others must not be able to put things there (rule 26, S48). */
static int check_private(int fd, const char *path, struct pod_error *reterr)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_errno(reterr, POD_STAGE_STATE, path, "stat");
	if (st.st_uid != geteuid())
		return err_set(reterr, -EPERM, POD_STAGE_STATE, path,
			"check the directory", "it belongs to uid %u",
			st.st_uid);
	if (!(st.st_mode & 077))
		return 0;
	if (!is_ours(fd)) {
		int r = err_set(reterr, -EPERM, POD_STAGE_STATE, path,
			"check the directory", "others may enter it (mode "
			"%04o), and it holds things that are not podrun's",
			st.st_mode & 07777);

		err_hint(reterr, "name a directory of its own");
		return r;
	}
	if (fchmod(fd, 0700) < 0)
		return err_errno(reterr, POD_STAGE_STATE, path,
			"restrict the directory to its owner");
	return 0;
}

static int open_top(const char *path, bool create, int *ret,
	struct pod_error *reterr)
{
	int fd;

	if (create)
		fd = sys_mkdir_path(path, 0700);
	else
		fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && !create) {
		if (errno == ENOENT)
			return 0;
		return err_errno(reterr, POD_STAGE_STATE, path,
			"open the directory");
	}
	if (fd < 0)
		return err_code(reterr, fd, POD_STAGE_STATE, path,
			"make the directory");
	*ret = fd;
	return create ? check_private(fd, path, reterr) : 0;
}

static int open_sub(int dir, const char *name, bool create, int *ret,
	struct pod_error *reterr)
{
	int fd;

	if (dir < 0)
		return 0;
	if (create) {
		fd = sys_mkdir_open(dir, name, 0700);
	} else {
		fd = openat(dir, name,
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0 && errno == ENOENT)
			return 0;
		if (fd < 0)
			fd = -errno;
	}
	if (fd < 0)
		return err_code(reterr, fd, POD_STAGE_STATE, name,
			"open the directory");
	*ret = fd;
	return 0;
}

static char *absolute(const char *path)
{
	char cwd[PATH_MAX], *r = NULL;

	if (path[0] == '/')
		return strdup(path);
	if (!getcwd(cwd, sizeof(cwd)) ||
		asprintf(&r, "%s/%s", cwd, path) < 0)
		return NULL;
	return r;
}

static int open_all(struct run_dirs *d, bool create, struct pod_error *reterr)
{
	int r = open_top(d->root_path, create, &d->root_fd, reterr);

	if (r >= 0)
		r = open_top(d->run_path, create, &d->run_fd, reterr);
	if (r >= 0)
		r = open_sub(d->root_fd, "pods", create, &d->root_pods_fd,
			reterr);
	if (r >= 0)
		r = open_sub(d->root_fd, "logs", create, &d->root_logs_fd,
			reterr);
	if (r >= 0)
		r = open_sub(d->root_fd, "cache", create, &d->root_cache_fd,
			reterr);
	if (r >= 0)
		r = open_sub(d->run_fd, "pods", create, &d->pods_fd, reterr);
	if (r >= 0)
		r = open_sub(d->run_fd, "names", create, &d->names_fd, reterr);
	if (r >= 0)
		r = open_sub(d->run_fd, "leases", create, &d->leases_fd,
			reterr);
	return r;
}

int run_dirs_open(struct run_dirs *d, const char *root, const char *run,
	const char *cgroup_parent, const char *pod_cidr, bool create,
	struct pod_error *reterr)
{
	int r;

	memset(d, 0, sizeof(*d));
	d->root_fd = d->run_fd = d->cgroup_fd = -EBADF;
	d->root_pods_fd = d->root_logs_fd = d->root_cache_fd = -EBADF;
	d->pods_fd = d->names_fd = d->leases_fd = -EBADF;
	d->root_path = absolute(root ? root : DEFAULT_ROOT);
	d->run_path = absolute(run ? run : DEFAULT_RUN);
	if (cgroup_parent)
		d->cgroup_wanted = strdup(cgroup_parent);
	if (!d->root_path || !d->run_path ||
		(cgroup_parent && !d->cgroup_wanted))
		r = err_code(reterr, -ENOMEM, POD_STAGE_STATE, root,
			"open the directories");
	else
		r = net_cidr_pair_parse(pod_cidr ? pod_cidr : DEFAULT_CIDR,
			&d->cidr4, &d->cidr6, reterr);
	if (r >= 0)
		r = open_all(d, create, reterr);
	if (r < 0) {
		run_dirs_close(d);
		return r;
	}
	/* Without a hierarchy there are still plans, lists and doctor. */
	r = cg_root_open(cgroup_parent, &d->cgroup_fd, &d->cgroup_path,
		&d->controllers, &d->cgroup_error);
	if (r < 0) {
		d->cgroup_fd = -EBADF;
		d->controllers = 0;
	}
	return 0;
}

void run_dirs_close(struct run_dirs *d)
{
	const int fds[] = { d->root_fd, d->root_pods_fd, d->root_logs_fd,
		d->root_cache_fd, d->run_fd, d->pods_fd, d->names_fd,
		d->leases_fd, d->cgroup_fd };
	size_t i;

	for (i = 0; i < ARRAY_LEN(fds); i++)
		close_fd(fds[i]);
	free(d->root_path);
	free(d->run_path);
	free(d->cgroup_path);
	free(d->cgroup_wanted);
	memset(d, 0, sizeof(*d));
	d->root_fd = d->run_fd = d->cgroup_fd = -EBADF;
	d->root_pods_fd = d->root_logs_fd = d->root_cache_fd = -EBADF;
	d->pods_fd = d->names_fd = d->leases_fd = -EBADF;
}
