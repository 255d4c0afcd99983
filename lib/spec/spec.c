/* SPDX-License-Identifier: MIT */
/*
 * spec/spec.c - an empty spec, and the list of findings about one.
 *
 * Knows what "unset" is for every field; knows nothing of defaults, rules or
 * documents.
 */
#include "spec/spec.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <pod/spec.h>

static void security_init(struct spec_security *s)
{
	s->run_as_user = SPEC_UNSET;
	s->run_as_group = SPEC_UNSET;
}

void spec_container_init(struct spec_container *c)
{
	*c = (struct spec_container){ 0 };
	c->resources.cpu_request_milli = SPEC_UNSET;
	c->resources.cpu_limit_milli = SPEC_UNSET;
	c->resources.memory_request_bytes = SPEC_UNSET;
	c->resources.memory_limit_bytes = SPEC_UNSET;
	c->resources.pids_limit = SPEC_UNSET;
	security_init(&c->security);
}

struct pod_spec *spec_new(void)
{
	struct pod_spec *spec = calloc(1, sizeof(*spec));

	if (!spec)
		return NULL;
	spec->grace_seconds = SPEC_UNSET;
	spec->active_deadline_seconds = SPEC_UNSET;
	spec->fs_group = SPEC_UNSET;
	security_init(&spec->security);
	return spec;
}

void pod_spec_free(struct pod_spec *spec)
{
	if (!spec)
		return;
	arena_done(&spec->arena);
	free(spec);
}

enum spec_restart spec_restart_of(const struct pod_spec *spec,
	const struct spec_container *c)
{
	if (c->kind == SPEC_SIDECAR)
		return SPEC_RESTART_ALWAYS;
	if (c->restart_policy != SPEC_RESTART_UNSET)
		return c->restart_policy;
	/* An init container that succeeded is done: Always means until then. */
	if (c->kind == SPEC_INIT &&
		spec->restart_policy == SPEC_RESTART_ALWAYS)
		return SPEC_RESTART_ON_FAILURE;
	return spec->restart_policy;
}

void *spec_array(struct arena *a, size_t n, size_t size)
{
	size_t cap = 1;

	while (cap < n) {
		if (__builtin_mul_overflow(cap, (size_t)2, &cap))
			return NULL;
	}
	return arena_array(a, cap, size);
}

void spec_problem(struct spec_problems *list, struct spec_where where,
	const char *field, bool warning, const char *format, ...)
{
	struct spec_problem *p;
	char reason[512];
	va_list ap;

	if (!warning)
		list->errors++;
	if (list->count > SPEC_MAX_PROBLEMS)
		return;
	p = arena_append(list->arena, &list->items, &list->count, sizeof(*p));
	if (!p) {
		list->failed = true;
		return;
	}
	p->where = where;
	p->warning = warning;
	if (list->count > SPEC_MAX_PROBLEMS) {
		/* At the end, wherever the list is sorted by place. */
		p->where = (struct spec_where){ UINT32_MAX, 0 };
		p->field = "";
		p->reason = "too many findings, the rest is not listed";
		p->warning = false;
		return;
	}
	p->field = arena_strdup(list->arena, field);
	va_start(ap, format);
	(void)vsnprintf(reason, sizeof(reason), format, ap);
	va_end(ap);
	p->reason = arena_strdup(list->arena, reason);
	if (!p->field || !p->reason) {
		list->count--;
		list->failed = true;
	}
}
