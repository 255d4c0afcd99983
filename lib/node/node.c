/* SPDX-License-Identifier: MIT */
/*
 * node/node.c - the handle of level 3.
 *
 * Knows what a caller configured; opens directories when they are needed, so
 * that asking about pods on a machine without any creates nothing.
 */
#include "node/node.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/str.h"

/* Copy an option that may be NULL. */
static int copy(char **ret, const char *text)
{
	if (!text)
		return 0;
	*ret = strdup(text);
	return *ret ? 0 : -ENOMEM;
}

/* A field is there if the caller's struct reaches behind it. */
#define HAS(o, field)                                          \
	((o) && (o)->size >= offsetof(__typeof__(*(o)), field) + \
			sizeof((o)->field) && (o)->field)

int pod_node_open(const struct pod_node_options *options,
	struct pod_node **ret, struct pod_error *reterr)
{
	const struct pod_node_options *o = options;
	struct pod_node *node = calloc(1, sizeof(*node));
	int r;

	if (!node)
		return err_errno(reterr, POD_STAGE_STATE, NULL, "open node");
	node->line_fd = -EBADF;
	r = copy(&node->root, HAS(o, root_dir) ? o->root_dir : NULL);
	if (!r)
		r = copy(&node->run, HAS(o, run_dir) ? o->run_dir : NULL);
	if (!r)
		r = copy(&node->cgroup_parent,
			HAS(o, cgroup_parent) ? o->cgroup_parent : NULL);
	if (!r)
		r = copy(&node->pod_cidr,
			HAS(o, pod_cidr) ? o->pod_cidr : NULL);
	if (!r)
		r = copy(&node->namespace_,
			HAS(o, namespace_) ? o->namespace_ : "default");
	if (!r)
		r = copy(&node->supervisor,
			HAS(o, supervisor_path) ? o->supervisor_path : NULL);
	if (r < 0) {
		pod_node_free(node);
		return err_code(reterr, r, POD_STAGE_STATE, NULL, "open node");
	}
	*ret = node;
	return 0;
}

void pod_node_free(struct pod_node *node)
{
	if (!node)
		return;
	if (node->opened)
		run_dirs_close(&node->dirs);
	close_fd(node->line_fd);
	free(node->root);
	free(node->run);
	free(node->cgroup_parent);
	free(node->pod_cidr);
	free(node->namespace_);
	free(node->supervisor);
	free(node->seen);
	free(node);
}

int node_dirs(struct pod_node *node, bool create, struct run_dirs **ret,
	struct pod_error *reterr)
{
	int r;

	/* what was not there may have been made since, by somebody else */
	if (node->opened && !node->made &&
		(create || node->dirs.pods_fd < 0)) {
		run_dirs_close(&node->dirs);
		node->opened = false;
	}
	if (!node->opened) {
		r = run_dirs_open(&node->dirs, node->root, node->run,
			node->cgroup_parent, node->pod_cidr, create, reterr);
		if (r < 0)
			return r;
		node->opened = true;
		node->made = create;
	}
	*ret = &node->dirs;
	return 0;
}

void node_pod_done(struct node_pod *p)
{
	close_fd(p->state);
	p->state = -EBADF;
}
