/* SPDX-License-Identifier: MIT */
/*
 * node/logs.c - where the output of a container is.
 *
 * Knows the layout ROOT/logs/UID/CONTAINER/N.log; reads no log.
 */
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/str.h"
#include "node/node.h"

#define OPERATION "find log"

/* The container meant: by name, or the first regular one. */
static const struct pod_container_status *pick(const struct pod_status *s,
	const char *container)
{
	uint32_t i;

	for (i = 0; i < s->count; i++) {
		const struct pod_container_status *c = &s->containers[i];

		if (container ? str_eq(c->name, container)
			      : c->kind == POD_KIND_REGULAR)
			return c;
	}
	return NULL;
}

static int find(const struct run_dirs *d, const struct node_pod *pod,
	const struct pod_container_status *c, long restart, char *buf,
	size_t size, struct pod_error *reterr)
{
	int n;

	if (c->state == POD_WAITING && !c->has_last)
		return err_set(reterr, -ENOENT, POD_STAGE_STATE, c->name,
			OPERATION, "the container has not run yet");
	if (restart > (long)c->restart_count)
		return err_set(reterr, -ENOENT, POD_STAGE_STATE, c->name,
			OPERATION, "it has been restarted %u times",
			c->restart_count);
	/* the file is made at the first byte: a silent run has none */
	n = snprintf(buf, size, "%s/logs/%s/%s/%ld.log", d->root_path,
		pod->uid, c->name,
		restart < 0 ? (long)c->restart_count : restart);
	if (n < 0 || (size_t)n >= size)
		return err_code(reterr, -ENAMETOOLONG, POD_STAGE_STATE,
			c->name, OPERATION);
	return 0;
}

int pod_node_log_path(struct pod_node *node, const char *ref,
	const char *container, long restart, char *buf, size_t size,
	struct pod_error *reterr)
{
	_cleanup_node_pod_ struct node_pod pod = NODE_POD_NONE;
	const struct pod_container_status *c;
	struct pod_status *s = NULL;
	struct run_dirs *d;
	int r;

	r = node_find(node, ref, &pod, reterr);
	if (!r)
		r = node_dirs(node, false, &d, reterr);
	if (!r)
		r = node_status_read(&pod, &s, reterr);
	if (r)
		return r;
	c = pick(s, container);
	if (c)
		r = find(d, &pod, c, restart, buf, size, reterr);
	else
		r = err_set(reterr, -ENOENT, POD_STAGE_STATE, container,
			OPERATION, "no such container in pod %s", s->name);
	pod_status_free(s);
	return r;
}
