/* SPDX-License-Identifier: MIT */
/*
 * run/undo.c - remove everything a pod has on this host.
 *
 * Reads the journal (the plan) and undoes it; what the plan cannot tell,
 * because it was never written or is damaged, is found by the UID that every
 * object carries. Goes on after a failure and returns the first; the state
 * directory goes last, so an interrupted undo is done again.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"
#include "cg/cg.h"
#include "run/run.h"
#include "sys/clone.h"
#include "sys/path.h"

#define REMOVE_USEC (10 * (uint64_t)USEC_PER_SEC)

struct undo {
	struct run_dirs *d;
	const char *uid;
	bool check;
	void (*each)(const struct pod_gc_item *item, void *context);
	void *context;
	struct pod_error *reterr;
	int first;	/* first failure */
};

static void report(struct undo *u, const char *kind, const char *object,
	int result)
{
	struct pod_gc_item item = { kind, object, u->uid, result };

	if (u->each)
		u->each(&item, u->context);
	if (result < 0 && !u->first)
		u->first = err_code(u->reterr, result, POD_STAGE_STATE,
			object, "remove");
}

static bool exists(int dir, const char *path)
{
	return dir >= 0 && faccessat(dir, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Kill what is in there and wait until the kernel has let go of it. */
static int end_processes(int fd)
{
	const struct timespec pause = { .tv_nsec = 500000 };
	uint64_t end = clock_monotonic_usec() + REMOVE_USEC;
	int r = cg_populated(fd);

	if (r <= 0)
		return r;
	r = cg_kill(fd);
	/* no event would come sooner: cgroup.events is 6-12 ms late */
	while (r >= 0 && cg_populated(fd) == 1) {
		if (clock_monotonic_usec() > end)
			return -EBUSY;
		(void)nanosleep(&pause, NULL);
	}
	return r;
}

static void undo_cgroup(struct undo *u, const char *path)
{
	_cleanup_fd_ int fd = -EBADF;
	int r;

	if (!exists(u->d->cgroup_fd, path))
		return;
	if (u->check) {
		report(u, "cgroup", path, 0);
		return;
	}
	fd = sys_open_beneath(u->d->cgroup_fd, path, O_RDONLY | O_DIRECTORY);
	r = fd < 0 ? fd : end_processes(fd);
	if (r >= 0 || r == -ENOENT)
		r = cg_remove_path(u->d->cgroup_fd, path,
			clock_monotonic_usec() + REMOVE_USEC);
	report(u, "cgroup", path, r);
}

/*
 * Without a cgroup the last status names the processes: pid and start time
 * together are one process until the next boot.
 */
static void undo_processes(struct undo *u, int state)
{
	struct pod_status *status = NULL;
	uint32_t i;

	if (state < 0 || run_status_read(state, &status, NULL) < 0)
		return;
	for (i = 0; i < status->count; i++) {
		const struct pod_container_status *c = &status->containers[i];
		_cleanup_fd_ int pidfd = -EBADF;
		uint64_t ticks = 0;
		int r;

		if (c->pid <= 0 || !c->start_ticks)
			continue;
		pidfd = sys_pidfd_open(c->pid);
		if (pidfd < 0 || sys_start_ticks(c->pid, &ticks) < 0 ||
			ticks != c->start_ticks || sys_pidfd_ended(pidfd, 0))
			continue;
		r = u->check ? 0 : sys_pidfd_signal(pidfd, SIGKILL);
		if (!u->check && r >= 0 &&
			!sys_pidfd_ended(pidfd, REMOVE_USEC / 1000))
			r = -EBUSY;
		report(u, "process", c->name, r);
	}
	free(status);
}

/* Without a plan: the pod's directory in each class. */
static void undo_cgroup_search(struct undo *u)
{
	static const char *const parents[] = { "kubepods",
		"kubepods/burstable", "kubepods/besteffort" };
	char path[256];
	size_t i;

	for (i = 0; i < ARRAY_LEN(parents); i++) {
		(void)snprintf(path, sizeof(path), "%s/pod%s", parents[i],
			u->uid);
		undo_cgroup(u, path);
	}
}

static void undo_tree(struct undo *u, int dir, const char *kind)
{
	if (!exists(dir, u->uid))
		return;
	report(u, kind, u->uid,
		u->check ? 0 : sys_remove_tree(dir, u->uid));
}

static void undo_lease(struct undo *u, uint64_t index)
{
	char name[32];

	int r = net_lease_held(u->d->leases_fd, u->uid, index);

	(void)snprintf(name, sizeof(name), "%llu", (unsigned long long)index);
	/* given back by an undo that was interrupted, maybe leased again */
	if (r == 0)
		return;
	if (r > 0 && !u->check)
		r = net_lease_release(u->d->leases_fd, u->uid, index);
	report(u, "lease", name, r < 0 && r != -EPERM ? r : 0);
}

/* Links in dir that point to this UID. */
static void search_links(struct undo *u, int dir, const char *kind)
{
	_cleanup_dir_ DIR *d = NULL;
	struct dirent *e;
	int fd = dir < 0 ? -1 : openat(dir, ".", O_RDONLY | O_DIRECTORY |
			O_CLOEXEC);

	if (fd < 0)
		return;
	d = fdopendir(fd);
	if (!d) {
		close_fd(fd);
		return;
	}
	while ((e = readdir(d))) {
		char target[64];
		ssize_t n = readlinkat(dir, e->d_name, target,
			sizeof(target) - 1);

		if (n < 0)
			continue;
		target[n] = '\0';
		if (!str_eq(target, u->uid))
			continue;
		report(u, kind, e->d_name,
			u->check || unlinkat(dir, e->d_name, 0) == 0 ?
				0 : -errno);
	}
}

static void search_names(struct undo *u)
{
	_cleanup_dir_ DIR *d = NULL;
	struct dirent *e;
	int fd = u->d->names_fd < 0 ? -1 : openat(u->d->names_fd, ".",
		O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	d = fdopendir(fd);
	if (!d) {
		close_fd(fd);
		return;
	}
	while ((e = readdir(d))) {
		_cleanup_fd_ int sub = -EBADF;

		if (e->d_name[0] == '.')
			continue;
		sub = openat(u->d->names_fd, e->d_name,
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (sub < 0)
			continue;
		search_links(u, sub, "name");
		if (!u->check)
			(void)unlinkat(u->d->names_fd, e->d_name,
				AT_REMOVEDIR);
	}
}

static void undo_name(struct undo *u, const char *namespace_,
	const char *name)
{
	_cleanup_fd_ int dir = openat(u->d->names_fd, namespace_,
		O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	char target[64];
	ssize_t n;

	if (dir < 0)
		return;
	/* looked at and removed while nobody else changes it */
	(void)flock(dir, LOCK_EX);
	n = readlinkat(dir, name, target, sizeof(target) - 1);
	if (n < 0)
		return;
	target[n] = '\0';
	/* after a force delete the name may be somebody else's */
	if (!str_eq(target, u->uid))
		return;
	report(u, "name", name,
		u->check || unlinkat(dir, name, 0) == 0 ? 0 : -errno);
	/* the directory of the default namespace stays */
	if (!u->check && !str_eq(namespace_, "default"))
		(void)unlinkat(u->d->names_fd, namespace_, AT_REMOVEDIR);
}

static void undo_all(struct undo *u, const struct plan *plan)
{
	struct run_dirs *d = u->d;

	if (plan && plan->cgroup)
		undo_cgroup(u, plan_text(plan, plan->cgroup));
	else if (!plan)
		undo_cgroup_search(u);
	undo_tree(u, d->root_pods_fd, "layers and volumes");
	undo_tree(u, d->root_logs_fd, "logs");
	if (plan) {
		if (plan->flags & PLAN_LINK)
			undo_lease(u, plan->lease);
		undo_name(u, plan_text(plan, plan->namespace_),
			plan_text(plan, plan->name));
	} else {
		search_links(u, d->leases_fd, "lease");
		search_names(u);
	}
	/* kept after a failure: gc finds the pod by it */
	if (!u->first)
		undo_tree(u, d->pods_fd, "state");
}

int run_undo_plan(struct run_dirs *d, const struct plan *plan,
	struct pod_error *reterr)
{
	struct undo u = { d, plan_text(plan, plan->uid), false, NULL, NULL,
		reterr, 0 };

	undo_all(&u, plan);
	return u.first;
}

int run_undo(struct run_dirs *d, const char *uid, bool check,
	void (*each)(const struct pod_gc_item *item, void *context),
	void *context, struct pod_error *reterr)
{
	struct undo u = { d, uid, check, each, context, reterr, 0 };
	const struct plan *plan = NULL;
	_cleanup_fd_ int state = -EBADF;

	if (!run_uid_valid(uid))
		return err_set(reterr, -EINVAL, POD_STAGE_STATE, uid, "undo",
			"no valid UID");
	if (d->pods_fd >= 0)
		state = run_state_open(d, uid, NULL);
	if (state >= 0 && run_plan_load(state, &plan, NULL) < 0)
		plan = NULL;
	undo_processes(&u, state);
	undo_all(&u, plan);
	if (plan) {
		union {
			const struct plan *in;
			void *out;
		} map = { .in = plan };

		(void)munmap(map.out, plan->size);
	}
	return u.first;
}
