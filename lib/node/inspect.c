/* SPDX-License-Identifier: MIT */
/*
 * node/inspect.c - the engine's own record of a pod, as JSON.
 *
 * Puts together what we noted (names, times, directories) and what the kernel
 * says about each process now; the two are kept apart under each container.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/str.h"
#include "node/inspect.h"
#include "node/node.h"
#include "node/status.h"

static const char *kind_name(int kind)
{
	if (kind == POD_KIND_INIT)
		return "init";
	return kind == POD_KIND_SIDECAR ? "sidecar" : "container";
}

static const char *state_name(int state)
{
	if (state == POD_CONTAINER_RUNNING)
		return "running";
	return state == POD_TERMINATED ? "terminated" : "waiting";
}

/* What the kernel says; null for a process that is no more. */
static json_t *process_object(const struct pod_container_status *c)
{
	_cleanup_fd_ int proc = -EBADF;
	json_t *o;

	if (c->pid <= 0)
		return json_null();
	proc = inspect_open(c->pid, c->start_ticks);
	if (proc < 0)
		return json_null();
	o = json_object();
	inspect_status(o, proc);
	(void)json_object_set_new(o, "namespaces", inspect_namespaces(proc));
	(void)json_object_set_new(o, "cgroup", inspect_cgroup(proc));
	(void)json_object_set_new(o, "limits", inspect_limits(proc));
	(void)json_object_set_new(o, "mounts", inspect_mounts(proc));
	(void)json_object_set_new(
		o, "oomScoreAdj", inspect_oom_score_adj(proc));
	return o;
}

static json_t *container_object(const struct run_dirs *d,
	const struct pod_status *s, const struct pod_container_status *c)
{
	char logs[4096 + 160];

	(void)snprintf(logs, sizeof(logs), "%s/logs/%s/%s", d->root_path,
		s->uid, c->name);
	return json_pack("{s:s, s:s, s:s, s:s, s:i, s:I, s:I, s:s, s:o}",
		"name", c->name, "kind", kind_name(c->kind), "image", c->image,
		"state", state_name(c->state), "pid", c->pid, "startTicks",
		(json_int_t)c->start_ticks, "restartCount",
		(json_int_t)c->restart_count, "logDir", logs, "kernel",
		process_object(c));
}

static json_t *supervisor_object(const struct pod_status *s)
{
	_cleanup_fd_ int proc = -EBADF;
	json_t *o = json_pack("{s:i, s:b}", "pid", s->owner_pid, "alive",
		s->owner_alive);

	if (s->owner_alive && s->owner_pid > 0)
		proc = inspect_open(s->owner_pid, 0);
	if (proc >= 0)
		(void)json_object_set_new(o, "memory", inspect_memory(proc));
	return o;
}

static json_t *pod_object(const struct run_dirs *d, const struct node_pod *pod,
	const struct pod_status *s)
{
	char state[4096 + 80];
	struct stat st = { 0 };
	json_t *list = json_array();
	uint32_t i;

	for (i = 0; i < s->count; i++)
		(void)json_array_append_new(
			list, container_object(d, s, &s->containers[i]));
	(void)snprintf(state, sizeof(state), "%s/pods/%s", d->run_path,
		pod->uid);
	/* no plan: it is being made, or damaged; its size is 0 then */
	(void)fstatat(pod->state, "plan", &st, AT_SYMLINK_NOFOLLOW);
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:s, "
			 "s:{s:I, s:I, s:I}, s:o, s:o}",
		"uid", s->uid, "name", s->name, "namespace", s->namespace_,
		"phase", pod_phase_name(s->phase), "hostname", s->hostname,
		"ip4", s->ip4, "ip6", s->ip6, "stateDir", state, "planBytes",
		(json_int_t)st.st_size, "cgroup", s->cgroup, "namespaces",
		"net", (json_int_t)s->ns_net, "ipc", (json_int_t)s->ns_ipc,
		"uts", (json_int_t)s->ns_uts, "supervisor",
		supervisor_object(s), "containers", list);
}

int pod_node_inspect(struct pod_node *node, const char *ref, char **ret,
	struct pod_error *reterr)
{
	_cleanup_node_pod_ struct node_pod pod = NODE_POD_NONE;
	struct pod_status *s = NULL;
	struct run_dirs *d;
	json_t *o;
	int r;

	r = node_find(node, ref, &pod, reterr);
	if (!r)
		r = node_dirs(node, false, &d, reterr);
	if (!r)
		r = node_status_read(&pod, &s, reterr);
	if (r)
		return r;
	o = pod_object(d, &pod, s);
	pod_status_free(s);
	*ret = o ? json_dumps(o, JSON_INDENT(2)) : NULL;
	json_decref(o);
	if (!*ret)
		return err_code(reterr, -ENOMEM, POD_STAGE_STATE, pod.uid,
			"write JSON");
	return 0;
}
