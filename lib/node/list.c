/* SPDX-License-Identifier: MIT */
/*
 * node/list.c - reading pods: one, all, as JSON, their logs and events.
 *
 * Knows the state directories and reads them without asking a supervisor, so
 * that it works whatever state that is in. Changes nothing.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

#include <jansson.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/str.h"
#include "node/node.h"
#include "node/status.h"

static void plan_unmap(const struct plan *plan)
{
	(void)munmap((void *)(uintptr_t)plan, plan->size);
}

static enum pod_container_kind kind_of(uint32_t spec_kind)
{
	if (spec_kind == SPEC_INIT)
		return POD_KIND_INIT;
	return spec_kind == SPEC_SIDECAR ? POD_KIND_SIDECAR : POD_KIND_REGULAR;
}

static struct pod_status *status_of_plan(const struct plan *plan)
{
	uint32_t i, n = plan->containers.count;
	size_t size = sizeof(struct pod_status) +
		n * sizeof(struct pod_container_status);
	struct pod_status *s = calloc(1, size);

	if (!s)
		return NULL;
	s->size = (uint32_t)size;
	s->count = n;
	(void)str_copy(s->uid, sizeof(s->uid), plan_text(plan, plan->uid));
	(void)str_copy(s->name, sizeof(s->name), plan_text(plan, plan->name));
	(void)str_copy(s->namespace_, sizeof(s->namespace_),
		plan_text(plan, plan->namespace_));
	(void)str_copy(s->node, sizeof(s->node),
		plan_text(plan, plan->node_name));
	for (i = 0; i < n; i++) {
		const struct plan_container *from = plan_container_at(plan, i);
		struct pod_container_status *c = &s->containers[i];

		(void)str_copy(c->name, sizeof(c->name),
			plan_text(plan, from->name));
		(void)str_copy(c->image, sizeof(c->image),
			plan_text(plan, from->image));
		(void)str_copy(c->reason, sizeof(c->reason),
			"ContainerCreating");
		c->kind = (int32_t)kind_of(from->kind);
	}
	return s;
}

/* What the plan alone tells: a pod that is being built, or never was. */
static int read_plan_status(int state, struct pod_status **ret)
{
	const struct plan *plan;
	int r;

	r = run_plan_load(state, &plan, NULL);
	if (r < 0)
		return r == -ENOENT ? -ENODATA : r;
	*ret = status_of_plan(plan);
	plan_unmap(plan);
	return *ret ? 0 : -ENOMEM;
}

int node_status_read(const struct node_pod *pod, struct pod_status **ret,
	struct pod_error *reterr)
{
	struct pod_status *s = NULL;
	int r;

	r = run_status_read(pod->state, &s, NULL);
	if (r == -ENODATA || r == -ENOENT || r == -EBADMSG)
		r = read_plan_status(pod->state, &s);
	if (r < 0)
		return err_code(
			reterr, r, POD_STAGE_STATE, pod->uid, "read status");
	s->owner_alive = run_state_alive(pod->state, NULL) == 1;
	*ret = s;
	return 0;
}

int pod_node_get(struct pod_node *node, const char *ref,
	struct pod_status **ret, struct pod_error *reterr)
{
	_cleanup_node_pod_ struct node_pod pod = NODE_POD_NONE;
	int r;

	r = node_find(node, ref, &pod, reterr);
	return r < 0 ? r : node_status_read(&pod, ret, reterr);
}

struct list {
	struct pod_status **items;
	size_t count;
};

static int add(struct list *list, struct pod_status *s)
{
	struct pod_status **items = reallocarray(
		list->items, list->count + 1, sizeof(*items));

	if (!items)
		return -ENOMEM;
	list->items = items;
	items[list->count++] = s;
	return 0;
}

static int by_name(const void *a, const void *b)
{
	const struct pod_status *x = *(struct pod_status *const *)a;
	const struct pod_status *y = *(struct pod_status *const *)b;
	int r = strcmp(x->namespace_, y->namespace_);

	if (!r)
		r = strcmp(x->name, y->name);
	return r ? r : strcmp(x->uid, y->uid);
}

/* One state directory; a pod that is removed meanwhile is none. */
static int list_one(struct list *list, int pods_fd, const char *uid,
	const char *namespace_)
{
	_cleanup_node_pod_ struct node_pod pod = NODE_POD_NONE;
	struct pod_status *s = NULL;
	int r;

	(void)str_copy(pod.uid, sizeof(pod.uid), uid);
	pod.state = openat(pods_fd, uid,
		O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (pod.state < 0)
		return errno == ENOENT ? 0 : -errno;
	r = node_status_read(&pod, &s, NULL);
	if (r == -ENOMEM)
		return r;
	/* without plan and status it has no name yet: gc knows such */
	if (r < 0)
		return 0;
	if (!namespace_ || str_eq(s->namespace_, namespace_))
		r = add(list, s);
	if (r < 0 || !list->count || list->items[list->count - 1] != s)
		pod_status_free(s);
	return r;
}

static int list_all(struct list *list, int pods_fd, const char *namespace_)
{
	_cleanup_dir_ DIR *dir = NULL;
	struct dirent *entry;
	int fd, r = 0;

	fd = openat(pods_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	dir = fdopendir(fd);
	if (!dir) {
		close_fd(fd);
		return -errno;
	}
	while (!r && (entry = readdir(dir)))
		if (run_uid_valid(entry->d_name))
			r = list_one(list, pods_fd, entry->d_name, namespace_);
	return r;
}

int pod_node_list(struct pod_node *node, const char *namespace_,
	struct pod_status ***ret, size_t *ret_count, struct pod_error *reterr)
{
	struct list list = { 0 };
	struct run_dirs *d;
	size_t i;
	int r;

	r = node_dirs(node, false, &d, reterr);
	if (r < 0)
		return r;
	if (d->pods_fd >= 0)
		r = list_all(&list, d->pods_fd, namespace_);
	if (r < 0) {
		for (i = 0; i < list.count; i++)
			pod_status_free(list.items[i]);
		free(list.items);
		return err_code(
			reterr, r, POD_STAGE_STATE, d->run_path, "list pods");
	}
	if (list.count)
		qsort(list.items, list.count, sizeof(*list.items), by_name);
	*ret = list.items;
	*ret_count = list.count;
	return 0;
}

static void set_time(json_t *o, const char *key, int64_t usec)
{
	char text[NODE_TIME_TEXT];

	if (usec > 0)
		(void)json_object_set_new(o, key,
			json_string(node_time_text(usec, text)));
}

/* What the API server would have added to the metadata. */
static void set_metadata(json_t *object, const struct pod_status *s)
{
	json_t *meta = json_object_get(object, "metadata");

	if (!json_is_object(meta)) {
		meta = json_object();
		(void)json_object_set_new(object, "metadata", meta);
	}
	(void)json_object_set_new(meta, "name", json_string(s->name));
	(void)json_object_set_new(
		meta, "namespace", json_string(s->namespace_));
	(void)json_object_set_new(meta, "uid", json_string(s->uid));
	set_time(meta, "creationTimestamp", s->created_usec);
	if (!s->deletion_usec)
		return;
	set_time(meta, "deletionTimestamp", s->deletion_usec);
	(void)json_object_set_new(meta, "deletionGracePeriodSeconds",
		json_integer(s->deletion_grace_seconds));
}

/* A pod made by calls has no document: what the plan tells of it. */
static json_t *object_of_status(const struct pod_status *s)
{
	json_t *init = json_array(), *regular = json_array(), *spec;
	uint32_t i;

	for (i = 0; i < s->count; i++) {
		const struct pod_container_status *c = &s->containers[i];

		(void)json_array_append_new(
			c->kind == POD_KIND_REGULAR ? regular : init,
			json_pack("{s:s, s:s}", "name", c->name, "image",
				c->image));
	}
	spec = json_pack("{s:o}", "containers", regular);
	if (json_array_size(init))
		(void)json_object_set(spec, "initContainers", init);
	json_decref(init);
	return json_pack("{s:s, s:s, s:o}", "apiVersion", "v1", "kind", "Pod",
		"spec", spec);
}

static json_t *object_of(const struct plan *plan, const struct pod_status *s)
{
	const char *manifest = plan_text(plan, plan->manifest);

	return manifest[0] ? json_loads(manifest, 0, NULL)
			   : object_of_status(s);
}

static int make_object(const struct node_pod *pod, char **ret,
	struct pod_error *reterr)
{
	const struct plan *plan;
	struct pod_status *s = NULL;
	json_t *object = NULL;
	int r;

	r = node_status_read(pod, &s, reterr);
	if (r < 0)
		return r;
	r = run_plan_load(pod->state, &plan, reterr);
	if (!r) {
		object = object_of(plan, s);
		plan_unmap(plan);
		if (!json_is_object(object))
			r = err_set(reterr, -EBADMSG, POD_STAGE_STATE,
				pod->uid, "read manifest",
				"the one in its plan is damaged");
	}
	if (!r) {
		set_metadata(object, s);
		(void)json_object_set_new(
			object, "status", node_status_json(s));
		*ret = json_dumps(object, JSON_COMPACT);
		if (!*ret)
			r = err_code(reterr, -ENOMEM, POD_STAGE_STATE,
				pod->uid, "write JSON");
	}
	json_decref(object);
	pod_status_free(s);
	return r;
}

int pod_node_get_json(struct pod_node *node, const char *ref, char **ret,
	struct pod_error *reterr)
{
	_cleanup_node_pod_ struct node_pod pod = NODE_POD_NONE;
	int r;

	r = node_find(node, ref, &pod, reterr);
	return r < 0 ? r : make_object(&pod, ret, reterr);
}

int pod_node_events(struct pod_node *node, const char *ref, uint64_t *offset,
	int (*each)(const struct pod_event *event, void *context),
	void *context, struct pod_error *reterr)
{
	_cleanup_node_pod_ struct node_pod pod = NODE_POD_NONE;
	int r;

	r = node_find(node, ref, &pod, reterr);
	if (r < 0)
		return r;
	return run_events_read(pod.state, offset, each, context, reterr);
}
