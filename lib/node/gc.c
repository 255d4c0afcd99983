/* SPDX-License-Identifier: MIT */
/*
 * node/gc.c - finding and removing what dead pods left behind.
 *
 * Knows two kinds of leftovers. A state directory whose lock is free has a
 * dead owner, and its plan names all it had: run_undo() does the rest. An
 * object that names a UID without a state directory is an orphan, because
 * the state directory is made first and removed last. That order is also why
 * each check below asks for the state first and for the object again after.
 *
 * Touches only names of our own making: a UID in our directories is evidence
 * that it was ours. A cgroup alone is none, for a kubelet names its pods'
 * cgroups exactly as we do. Neither is anything of a UID whose cgroup is
 * populated: it lives under another RUN directory, and is reported as busy.
 */
#include <fcntl.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/str.h"
#include "cg/cg.h"
#include "net/net.h"
#include "node/node.h"
#include "sys/path.h"

struct gc {
	struct run_dirs *dirs;
	bool check;
	void (*each)(const struct pod_gc_item *item, void *context);
	void *context;
	int count;
	int first_error;
	struct pod_error *reterr;
};

static void report_item(const struct pod_gc_item *item, void *context)
{
	struct gc *gc = context;

	gc->count++;
	if (gc->each)
		gc->each(item, gc->context);
}

static void report(struct gc *gc, const char *kind, const char *object,
	const char *uid, int result)
{
	const struct pod_gc_item item = {
		.kind = kind, .object = object, .uid = uid, .result = result
	};

	if (result < 0 && !gc->first_error)
		gc->first_error = err_code(gc->reterr, result, POD_STAGE_STATE,
			object, "remove what is left");
	report_item(&item, gc);
}

/* For each entry of a directory; entries that cannot be ours are the
 * visitor's to pass over. A directory that is not there has none. */
static int for_each(struct gc *gc, int at, const char *name,
	void (*visit)(struct gc *gc, int dir, const char *parent,
		const char *entry))
{
	_cleanup_dir_ DIR *dir = NULL;
	struct dirent *entry;
	int fd;

	if (at < 0)
		return 0;
	fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : -errno;
	dir = fdopendir(fd);
	if (!dir) {
		close_fd(fd);
		return -errno;
	}
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			visit(gc, fd, name, entry->d_name);
	return 0;
}

static bool exists(int dir, const char *name)
{
	return faccessat(dir, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static bool has_state(const struct gc *gc, const char *uid)
{
	return exists(gc->dirs->pods_fd, uid);
}

/* What a link of ours leads to; false if it is not one of ours. */
static bool read_link(int dir, const char *name, char *uid, size_t size)
{
	ssize_t n = readlinkat(dir, name, uid, size);

	if (n <= 0 || (size_t)n >= size)
		return false;
	uid[n] = '\0';
	return run_uid_valid(uid);
}

/* Is this link an orphan, also when looked at a second time? */
static bool is_orphan_link(const struct gc *gc, int dir, const char *name,
	char *uid, size_t size)
{
	char again[64];

	return read_link(dir, name, uid, size) && !has_state(gc, uid) &&
		read_link(dir, name, again, sizeof(again)) &&
		str_eq(uid, again);
}

/* A creator was killed before it had claimed anything. */
static void visit_fresh(struct gc *gc, int dir, const char *name)
{
	_cleanup_fd_ int state = openat(dir, name,
		O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int r = 0;

	if (state < 0 || run_state_alive(state, NULL))
		return;
	if (!gc->check)
		r = sys_remove_tree(dir, name);
	report(gc, "state", name, name + strlen(RUN_FRESH), r);
}

static void visit_state(struct gc *gc, int dir, const char *parent,
	const char *uid)
{
	_cleanup_fd_ int state = -EBADF, lock = -EBADF;
	int r;

	(void)parent;
	if (str_has_prefix(uid, RUN_FRESH))
		return visit_fresh(gc, dir, uid);
	if (!run_uid_valid(uid))
		return;
	state = openat(dir, uid,
		O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (state < 0 || run_state_alive(state, &lock))
		return;
	/* removed between the two: then there is nothing of it any more */
	if (!has_state(gc, uid))
		return;
	r = run_undo(gc->dirs, uid, gc->check, report_item, gc,
		gc->first_error ? NULL : gc->reterr);
	if (r < 0 && !gc->first_error)
		gc->first_error = r;
}

/* Then what else is left of it was told and removed with that, or it is
 * another RUN directory's and not ours to touch. */
static bool has_disk(const struct gc *gc, const char *uid)
{
	return exists(gc->dirs->root_pods_fd, uid) ||
		exists(gc->dirs->root_logs_fd, uid);
}

static void visit_name(struct gc *gc, int dir, const char *namespace_,
	const char *name)
{
	char uid[64], object[400];
	int r = 0;

	if (!is_orphan_link(gc, dir, name, uid, sizeof(uid)) ||
		has_disk(gc, uid))
		return;
	(void)snprintf(object, sizeof(object), "%s/names/%s/%s",
		gc->dirs->run_path, namespace_, name);
	if (!gc->check && unlinkat(dir, name, 0) < 0 && errno != ENOENT)
		r = -errno;
	report(gc, "name", object, uid, r);
}

static void visit_namespace(struct gc *gc, int dir, const char *parent,
	const char *namespace_)
{
	int r;

	(void)parent;
	r = for_each(gc, dir, namespace_, visit_name);
	if (r < 0)
		report(gc, "name", namespace_, "", r);
}

static void visit_lease(struct gc *gc, int dir, const char *parent,
	const char *name)
{
	char uid[64], object[400], *end;
	unsigned long long index;
	int r = 0;

	(void)parent;
	errno = 0;
	index = strtoull(name, &end, 10);
	if (errno || end == name || *end ||
		!is_orphan_link(gc, dir, name, uid, sizeof(uid)) ||
		has_disk(gc, uid))
		return;
	(void)snprintf(object, sizeof(object), "%s/leases/%s",
		gc->dirs->run_path, name);
	if (!gc->check)
		r = net_lease_release(gc->dirs->leases_fd, uid, index);
	report(gc, "lease", object, uid, r);
}

/* Do processes live in the pod's cgroup, wherever its QoS class put it? */
static bool is_busy(struct gc *gc, const char *uid)
{
	static const char *const parents[] = { "kubepods", "kubepods/burstable",
		"kubepods/besteffort" };
	char path[128], object[400];
	size_t i;

	for (i = 0; gc->dirs->cgroup_fd >= 0 && i < ARRAY_LEN(parents); i++) {
		_cleanup_fd_ int dir = -EBADF;

		(void)snprintf(path, sizeof(path), "%s/pod%s", parents[i], uid);
		dir = openat(gc->dirs->cgroup_fd, path,
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (dir < 0 || cg_populated(dir) != 1)
			continue;
		(void)snprintf(object, sizeof(object), "%s/%s",
			gc->dirs->cgroup_path, path);
		report(gc, "cgroup", object, uid, -EBUSY);
		return true;
	}
	return false;
}

/* ROOT/pods/UID or ROOT/logs/UID. */
static void visit_disk(struct gc *gc, int dir, const char *parent,
	const char *uid)
{
	int r;

	(void)parent;
	if (!run_uid_valid(uid) || has_state(gc, uid) || !exists(dir, uid) ||
		is_busy(gc, uid))
		return;
	r = run_undo(gc->dirs, uid, gc->check, report_item, gc,
		gc->first_error ? NULL : gc->reterr);
	if (r < 0 && !gc->first_error)
		gc->first_error = r;
}

static void visit_logs(struct gc *gc, int dir, const char *parent,
	const char *uid)
{
	/* with layers it was visited before, logs and all */
	if (!exists(gc->dirs->root_pods_fd, uid))
		visit_disk(gc, dir, parent, uid);
}

static int collect(struct gc *gc)
{
	const struct run_dirs *d = gc->dirs;
	int r, first;

	first = for_each(gc, d->pods_fd, ".", visit_state);
	r = for_each(gc, d->root_pods_fd, ".", visit_disk);
	first = first ? first : r;
	r = for_each(gc, d->root_logs_fd, ".", visit_logs);
	first = first ? first : r;
	r = for_each(gc, d->leases_fd, ".", visit_lease);
	first = first ? first : r;
	r = for_each(gc, d->names_fd, ".", visit_namespace);
	return first ? first : r;
}

int pod_node_gc(struct pod_node *node, unsigned int flags,
	void (*each)(const struct pod_gc_item *item, void *context),
	void *context, struct pod_error *reterr)
{
	struct gc gc = {
		.check = flags & POD_GC_CHECK,
		.each = each,
		.context = context,
		.reterr = reterr,
	};
	int r;

	r = node_dirs(node, false, &gc.dirs, reterr);
	if (r < 0)
		return r;
	r = collect(&gc);
	if (r < 0)
		return err_code(reterr, r, POD_STAGE_STATE,
			gc.dirs->run_path, "look for leftovers");
	/* each item told its own result; a failure must not hide the count
	 * of a check, but is the result of a repair */
	return gc.first_error && !gc.check ? gc.first_error : gc.count;
}
