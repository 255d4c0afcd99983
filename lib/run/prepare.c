/* SPDX-License-Identifier: MIT */
/*
 * run/prepare.c - the parent's operations: cgroups, directories, FIFOs.
 *
 * Each is undone by run_undo() from the plan; nothing here undoes itself.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "cg/cg.h"
#include "run/internal.h"
#include "sys/path.h"

#define LEAF_REMOVE_USEC (2 * (uint64_t)USEC_PER_SEC)

static int title_error(struct pod *pod, const struct plan_op *op, int r,
	struct pod_error *reterr)
{
	char title[512];

	(void)plan_op_title(pod->plan, op, title, sizeof(title));
	r = err_code(reterr, r, POD_STAGE_STATE, NULL, title);
	if (r == -ENOSPC || r == -EDQUOT)
		err_hint(reterr, "the file system of %s is full",
			pod->engine->dirs.root_path);
	return r;
}

static int set_value(const struct pod *pod, int dir,
	const struct plan_op *op, struct pod_error *reterr)
{
	const char *file = plan_text(pod->plan, op->a);

	if (op->flags & OPF_MAY_BE_ABSENT &&
		faccessat(dir, file, F_OK, 0) < 0)
		return 0;
	return cg_set(dir, file, plan_text(pod->plan, op->b), reterr);
}

int prepare_cgroup_pod(struct pod *pod, struct pod_error *reterr)
{
	const struct plan *p = pod->plan;
	struct run_dirs *d = &pod->engine->dirs;
	uint32_t i;
	int r;

	if (!(p->flags & PLAN_CGROUP))
		return 0;
	if (d->cgroup_fd < 0) {
		if (reterr && !reterr->code)
			*reterr = d->cgroup_error;
		return d->cgroup_error.code ? d->cgroup_error.code : -ENOENT;
	}
	r = cg_make(d->cgroup_fd, plan_text(p, p->cgroup),
		(uint32_t)p->cgroup_controllers, &pod->cgroup, reterr);
	if (r >= 0)
		r = cg_enable(pod->cgroup, (uint32_t)p->cgroup_controllers,
			reterr);
	for (i = 0; r >= 0 && i < p->host.count; i++) {
		const struct plan_op *op = plan_op_at(p, p->host.first + i);

		if (op->kind == OP_CGROUP_SET)
			r = set_value(pod, pod->cgroup, op, reterr);
	}
	return r;
}

int prepare_directory(struct pod *pod, const struct plan_op *op,
	struct pod_error *reterr)
{
	int root = pod->engine->dirs.root_fd;
	const char *path = plan_text(pod->plan, op->a);
	_cleanup_fd_ int fd = -EBADF;

	if (mkdirat(root, path, (mode_t)op->x) < 0)
		return title_error(pod, op, -errno, reterr);
	/* 0700 is what mkdir gives under any sane umask; the rest is set */
	if (op->x == 0700 && !op->y)
		return 0;
	fd = sys_open_beneath(root, path, O_RDONLY | O_DIRECTORY);
	if (fd < 0)
		return title_error(pod, op, fd, reterr);
	if (op->y && fchown(fd, (uid_t)-1, (gid_t)(op->y - 1)) < 0)
		return title_error(pod, op, -errno, reterr);
	if (fchmod(fd, (mode_t)op->x) < 0)
		return title_error(pod, op, -errno, reterr);
	return 0;
}

/* A fresh leaf for every start: trap of CLONE_INTO_CGROUP and clean counters */
static int make_leaf(struct container *c, const struct plan_op *op,
	struct pod_error *reterr)
{
	const char *name = plan_text(c->pod->plan, op->a);
	int r;

	close_fd(take_fd(&c->leaf));
	r = cg_make_leaf(c->pod->cgroup, name, &c->leaf, NULL);
	if (r == -EEXIST) {
		r = cg_remove(c->pod->cgroup, name,
			clock_monotonic_usec() + LEAF_REMOVE_USEC);
		if (r < 0)
			return err_code(reterr, r, POD_STAGE_CGROUP, name,
				"remove the last run's cgroup");
	} else if (r >= 0) {
		return r;
	}
	return cg_make_leaf(c->pod->cgroup, name, &c->leaf, reterr);
}

/* One directory of a layer; of an earlier run nothing stays. */
static int make_fresh(int root, const char *path, mode_t mode)
{
	if (mkdirat(root, path, mode) < 0) {
		int r;

		if (errno != EEXIST)
			return -errno;
		r = sys_remove_tree(root, path);
		if (r < 0)
			return r;
		if (mkdirat(root, path, mode) < 0)
			return -errno;
	}
	return 0;
}

static int make_layer(struct container *c, const struct plan_op *op,
	struct pod_error *reterr)
{
	int root = c->pod->engine->dirs.root_fd;
	const char *upper = plan_text(c->pod->plan, op->a);
	int r = make_fresh(root, upper, 0755);

	/* the root directory's mode is the upper's: any umask */
	if (r >= 0 && fchmodat(root, upper, 0755, 0) < 0)
		r = -errno;
	if (r >= 0)
		r = make_fresh(root, plan_text(c->pod->plan, op->b), 0700);
	return r < 0 ? title_error(c->pod, op, r, reterr) : 0;
}

int prepare_container(struct container *c, struct pod_error *reterr)
{
	const struct plan *p = c->pod->plan;
	uint32_t i;
	int r = 0;

	for (i = 0; i < c->plan->host.count && r >= 0; i++) {
		const struct plan_op *op =
			plan_op_at(p, c->plan->host.first + i);

		switch (op->kind) {
		case OP_CGROUP_LEAF:
			r = make_leaf(c, op, reterr);
			break;
		case OP_CGROUP_SET:
			r = set_value(c->pod, c->leaf, op, reterr);
			break;
		case OP_LAYER:
			r = make_layer(c, op, reterr);
			break;
		case OP_FIFO:
			if (mkfifoat(c->pod->state, plan_text(p, op->a),
				    0600) < 0 && errno != EEXIST)
				r = title_error(c->pod, op, -errno, reterr);
			break;
		default:
			break;
		}
	}
	if (r < 0)
		err_container(reterr, plan_text(p, c->plan->name));
	return r;
}
