/* SPDX-License-Identifier: MIT */
/*
 * cg/remove.c - removing a cgroup with everything a container made below.
 *
 * Knows that containers nest groups as deep as they like: the walk holds
 * three descriptors whatever the depth, going down by name and up by "..",
 * which in a cgroup file system nobody can rename. Never kills.
 */
#include "cg/cg.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "cg/internal.h"

#define STEPS_FREE 65536	/* beyond the deadline; then it is a fight */
#define PAUSE_MIN_NSEC 20000
#define PAUSE_MAX_NSEC 2000000

struct walk {
	int top;		/* borrowed: the directory that has name */
	const char *name;
	struct strbuf below;	/* "/a/b": where we are below name */
	uint64_t deadline_usec;
	long pause_nsec;
	unsigned int steps;
};

static int open_dir(int dir, const char *name)
{
	return openat(dir, name,
		O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static uint64_t now_usec(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/*
 * The group has no child and yet is busy. With a process listed that is
 * final; without, the last one is only just dead (kernels from 6.19 unlink
 * it after its parent has reaped it), so pause, longer each time.
 */
static int wait_until_empty(struct walk *w, int dir)
{
	struct timespec pause = { .tv_nsec = w->pause_nsec };
	char one;
	int r;

	r = cg_get(dir, "cgroup.procs", &one, sizeof(one));
	if (r == -EOPNOTSUPP)	/* a threaded group has only threads */
		r = cg_get(dir, "cgroup.threads", &one, sizeof(one));
	if (r == -EMSGSIZE)
		return -EBUSY;
	if (r < 0 && r != -ENODEV)
		return r;
	if (now_usec() >= w->deadline_usec)
		return -EBUSY;
	(void)nanosleep(&pause, NULL);
	if (w->pause_nsec < PAUSE_MAX_NSEC)
		w->pause_nsec *= 2;
	return 0;
}

/*
 * Remove every child of dir that goes at once. 1: name one that does not in
 * `left`; 0: none is left.
 */
static int remove_children(int dir, char left[NAME_MAX + 1])
{
	int fd = open_dir(dir, ".");
	_cleanup_dir_ DIR *d = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	if (!d) {
		close_fd(fd);
		return -errno;
	}
	while ((entry = readdir(d))) {
		if (entry->d_type != DT_DIR || str_eq(entry->d_name, ".") ||
			str_eq(entry->d_name, ".."))
			continue;
		if (unlinkat(dir, entry->d_name, AT_REMOVEDIR) == 0 ||
			errno == ENOENT)
			continue;
		if (errno != EBUSY && errno != ENOTEMPTY)
			return -errno;
		(void)str_copy(left, NAME_MAX + 1, entry->d_name);
		return 1;
	}
	return 0;
}

static int go_down(struct walk *w, int *dir, const char *name)
{
	_cleanup_fd_ int child = open_dir(*dir, name);
	int r;

	/* Gone meanwhile is what we wanted: look at the parent again. */
	if (child < 0)
		return errno == ENOENT ? 0 : -errno;
	if (cg_check_magic(child) < 0)
		return -EXDEV;
	sb_puts(&w->below, "/");
	sb_puts(&w->below, name);
	r = sb_result(&w->below);
	if (r < 0)
		return r;
	close_fd(*dir);
	*dir = take_fd(&child);
	return 0;
}

/* Remove where we are and go to its parent; stay if it is still busy. */
static int go_up(struct walk *w, int *dir)
{
	_cleanup_fd_ int parent = open_dir(*dir, "..");
	char *name = strrchr(w->below.data, '/');

	if (parent < 0)
		return -errno;
	if (unlinkat(parent, name + 1, AT_REMOVEDIR) < 0 && errno != ENOENT) {
		if (errno != EBUSY && errno != ENOTEMPTY)
			return -errno;
		return wait_until_empty(w, *dir);
	}
	*name = '\0';
	w->below.len = (size_t)(name - w->below.data);
	close_fd(*dir);
	*dir = take_fd(&parent);
	return 0;
}

/* One look at where we are; 1: all is removed. */
static int step(struct walk *w, int *dir)
{
	char left[NAME_MAX + 1];
	int r = remove_children(*dir, left);

	if (r > 0)
		return go_down(w, dir, left);
	/* ENOENT, ENODEV: somebody else removed the group under us. */
	if (r < 0 && r != -ENOENT && r != -ENODEV)
		return r;
	if (w->below.len)
		return go_up(w, dir);
	if (unlinkat(w->top, w->name, AT_REMOVEDIR) == 0 || errno == ENOENT)
		return 1;
	if (errno != EBUSY && errno != ENOTEMPTY)
		return -errno;
	return wait_until_empty(w, *dir);
}

static int remove_tree(int top, const char *name, uint64_t deadline_usec)
{
	struct walk w = { .top = top, .name = name,
		.deadline_usec = deadline_usec,
		.pause_nsec = PAUSE_MIN_NSEC };
	_cleanup_fd_ int dir = -EBADF;
	int r = 0;

	if (unlinkat(top, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
		return 0;
	if (errno != EBUSY && errno != ENOTEMPTY)
		return -errno;
	dir = open_dir(top, name);
	if (dir < 0)
		return errno == ENOENT ? 0 : -errno;
	r = cg_check_magic(dir);
	while (r == 0) {
		/* Somebody makes groups as fast as we remove them. */
		if (++w.steps > STEPS_FREE && now_usec() >= deadline_usec)
			r = -EBUSY;
		else
			r = step(&w, &dir);
	}
	sb_done(&w.below);
	return r < 0 ? r : 0;
}

int cg_remove(int dir, const char *name, uint64_t deadline_usec)
{
	int r = cg_check_path(name);

	if (r < 0 || strchr(name, '/'))
		return -EINVAL;
	return remove_tree(dir, name, deadline_usec);
}

int cg_remove_path(int root, const char *path, uint64_t deadline_usec)
{
	char copy[PATH_MAX], *slash;
	int r;

	r = cg_check_path(path);
	if (r < 0)
		return r;
	r = remove_tree(root, path, deadline_usec);
	if (r < 0)
		return r;
	(void)str_copy(copy, sizeof(copy), path);
	while ((slash = strrchr(copy, '/'))) {
		*slash = '\0';
		if (unlinkat(root, copy, AT_REMOVEDIR) == 0 ||
			errno == ENOENT)
			continue;
		/* Others' groups or processes are in it. */
		return errno == EBUSY || errno == ENOTEMPTY ? 0 : -errno;
	}
	return 0;
}
