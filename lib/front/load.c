/* SPDX-License-Identifier: MIT */
/*
 * front/load.c - a manifest into specs: pod_spec_load().
 *
 * Knows documents, kinds and lists of them, and puts the findings of
 * decoding and of validation into one list with lines and columns; knows no
 * field of a pod.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/str.h"
#include "front/decode.h"
#include "spec/problems.h"

#define MAX_PODS 1024

struct load {
	struct arena tree;
	struct pod_problems *problems;
	unsigned int flags;
	struct pod_spec **specs;
	size_t count;
};

static void load_done(struct load *l)
{
	size_t i;

	for (i = 0; i < l->count; i++)
		pod_spec_free(l->specs[i]);
	free(l->specs);
	arena_done(&l->tree);
}

static void cleanup_spec(struct pod_spec **spec)
{
	pod_spec_free(*spec);
}

static void error_at(struct load *l, struct front_node *top, const char *field,
	const char *reason)
{
	char path[512];
	bool exact;
	struct front_node *n = front_path_find(top, field, &exact);
	size_t len;

	front_path_of(top, NULL, path, sizeof(path));
	len = strlen(path);
	(void)snprintf(path + len, sizeof(path) - len, "%s%s",
		len && *field ? "." : "", field);
	n->bad = true;
	spec_problem(&l->problems->list, n->where, path, false, "%s", reason);
}

/* Something here or above could not be read: then this is no news. */
static bool is_consequence(const struct front_node *n)
{
	for (; n; n = n->parent)
		if (n->bad)
			return true;
	return false;
}

/* Findings of validation have a path only; the tree knows the place. */
static void place_findings(struct load *l, struct front_node *top,
	const struct spec_problems *found)
{
	struct spec_problems *list = &l->problems->list;
	char path[512];
	size_t i, len;

	front_path_of(top, NULL, path, sizeof(path));
	len = strlen(path);
	for (i = 0; i < found->count; i++) {
		const struct spec_problem *p = &found->items[i];
		bool exact;
		struct front_node *n = front_path_find(top, p->field, &exact);

		if (is_consequence(n))
			continue;
		(void)snprintf(path + len, sizeof(path) - len, "%s%s",
			len ? "." : "", p->field);
		spec_problem(list, n->where, path, p->warning, "%s",
			p->reason);
	}
	list->capped |= found->capped;
}

static int keep_json(struct pod_spec *spec, const struct front_node *node)
{
	_cleanup_sb_ struct strbuf body = { 0 }, sb = { 0 };
	int r;

	front_tree_emit(&body, node);
	r = sb_result(&body);
	if (r < 0)
		return r;
	/* An item of a PodList may leave out what the list says. */
	sb_puts(&sb, "{");
	if (!front_child(node, "apiVersion"))
		sb_puts(&sb, "\"apiVersion\":\"v1\",");
	if (!front_child(node, "kind"))
		sb_puts(&sb, "\"kind\":\"Pod\",");
	sb_puts(&sb, body.data + 1);
	r = sb_result(&sb);
	if (r < 0)
		return r;
	spec->manifest_json = arena_strndup(&spec->arena, sb.data, sb.len);
	return spec->manifest_json ? 0 : -ENOMEM;
}

static int validate(struct load *l, struct front_node *node,
	const struct pod_spec *spec)
{
	struct spec_problems found = { .arena = &l->problems->arena };
	int r;

	r = spec_validate(spec, &found);
	if (r == -ENOMEM)
		return r;
	place_findings(l, node, &found);
	return 0;
}

static bool same_pod(const struct pod_spec *a, const struct pod_spec *b)
{
	return a->name && b->name && str_eq(a->name, b->name) &&
		str_eq(a->namespace_, b->namespace_);
}

static int keep_spec(struct load *l, struct front_node *node,
	struct pod_spec **spec)
{
	struct pod_spec **grown;
	size_t i;

	for (i = 0; i < l->count; i++)
		if (same_pod(l->specs[i], *spec)) {
			error_at(l, node, "metadata.name",
				"duplicate: an earlier pod has this name and "
				"namespace");
			break;
		}
	grown = realloc(l->specs, (l->count + 1) * sizeof(struct pod_spec *));
	if (!grown)
		return -ENOMEM;
	l->specs = grown;
	l->specs[l->count++] = take_ptr(*spec);
	return 0;
}

static int load_pod(struct load *l, struct front_node *node)
{
	_cleanup_(cleanup_spec) struct pod_spec *spec = spec_new();
	struct front_decode d = { 0 };
	int r;

	if (!spec)
		return -ENOMEM;
	if (l->count == MAX_PODS) {
		l->problems->list.capped = true;
		error_at(l, node, "", "the limit is 1024 pods in a manifest");
		return -E2BIG;
	}
	d.arena = &spec->arena;
	d.list = &l->problems->list;
	d.lenient = l->flags & POD_SPEC_LENIENT;
	d.spec = spec;
	spec->source = arena_strdup(&spec->arena, l->problems->source);
	if (!spec->source)
		return -ENOMEM;
	r = front_pod(&d, node);
	if (r == 0)
		r = spec_default(spec);
	if (r == 0)
		r = validate(l, node, spec);
	if (r == 0)
		r = keep_json(spec, node);
	return r < 0 ? r : keep_spec(l, node, &spec);
}

static const char *text_of(const struct front_node *map, const char *key)
{
	const struct front_node *n = front_child(map, key);

	return n && n->type == FRONT_STRING ? n->text : NULL;
}

static int wrong_kind(struct load *l, struct front_node *node,
	const char *version, const char *kind)
{
	char reason[256];

	(void)snprintf(reason, sizeof(reason), "%.64s of %.64s is not "
		"supported: only Pod of v1, and List of pods", kind, version);
	error_at(l, node, "kind", reason);
	return 0;
}

/* One object; within a list, kind and apiVersion may be left to the list. */
static int load_object(struct load *l, struct front_node *node, bool in_list)
{
	const char *version, *kind;
	struct front_node *n;
	int r;

	if (node->bad)
		return 0;
	if (node->type != FRONT_MAP) {
		error_at(l, node, "", "expected a Pod");
		return 0;
	}
	version = text_of(node, "apiVersion");
	kind = text_of(node, "kind");
	if (!kind && !in_list)
		error_at(l, node, "kind", "required: Pod");
	if (!version && !in_list)
		error_at(l, node, "apiVersion", "required: v1");
	if ((!kind || !version) && !in_list)
		return 0;
	if (in_list && (!kind || str_eq(kind, "Pod")) &&
		(!version || str_eq(version, "v1")))
		return load_pod(l, node);
	if (!kind || !version || !str_eq(version, "v1"))
		return wrong_kind(l, node, version ? version : "v1",
			kind ? kind : "object");
	if (str_eq(kind, "Pod"))
		return load_pod(l, node);
	if (in_list || (!str_eq(kind, "List") && !str_eq(kind, "PodList")))
		return wrong_kind(l, node, version, kind);
	n = front_child(node, "items");
	if (!n || n->type != FRONT_SEQUENCE) {
		error_at(l, node, "items", "required: a list of pods");
		return 0;
	}
	for (n = n->first; n; n = n->next) {
		r = load_object(l, n, true);
		if (r < 0)
			return r;
	}
	return 0;
}

static int load_documents(struct load *l, const char *data, size_t size)
{
	struct front_document *documents;
	struct spec_problems *list = &l->problems->list;
	size_t i, count;
	int r;

	r = front_tree_parse(&l->tree, data, size, &documents, &count, list);
	for (i = 0; r == 0 && i < count; i++)
		if (documents[i].root &&
			documents[i].root->type != FRONT_NULL)
			r = load_object(l, documents[i].root, false);
	if (r < 0 && r != -E2BIG)
		return r;
	if (list->failed)
		return -ENOMEM;
	if (!l->count && !list->errors)
		spec_problem(list, (struct spec_where){ 1, 1 }, "", false,
			"no pod in it");
	spec_problems_sort(list);
	if (list->failed)
		return -ENOMEM;
	if (list->capped)
		return -E2BIG;
	return list->errors ? -EINVAL : 0;
}

int pod_spec_load(const char *source, const char *data, size_t size,
	unsigned int flags, struct pod_spec ***ret_specs, size_t *ret_count,
	struct pod_problems **ret_problems, struct pod_error *reterr)
{
	_cleanup_problems_ struct pod_problems *problems = NULL;
	_cleanup_(load_done) struct load l = { .flags = flags };
	int r;

	if (ret_problems)
		*ret_problems = NULL;
	if (flags & ~POD_SPEC_LENIENT)
		return err_set(reterr, -EINVAL, POD_STAGE_MANIFEST, source,
			"load", "unknown flags 0x%x", flags);
	problems = spec_problems_new(source);
	if (!problems)
		return err_code(reterr, -ENOMEM, POD_STAGE_MANIFEST, source,
			"load");
	l.problems = problems;
	r = load_documents(&l, data, size);
	if (r == -ENOMEM)
		return err_code(reterr, r, POD_STAGE_MANIFEST, source, "load");
	if (r < 0)
		(void)spec_problems_error(problems, r, POD_STAGE_MANIFEST,
			reterr);
	if (ret_problems)
		*ret_problems = take_ptr(problems);
	if (r < 0)
		return r;
	*ret_specs = take_ptr(l.specs);
	*ret_count = l.count;
	l.count = 0;
	return 0;
}
