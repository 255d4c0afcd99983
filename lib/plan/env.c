/* SPDX-License-Identifier: MIT */
/*
 * plan/env.c - a container's environment.
 *
 * Knows $(VAR) as Kubernetes expands it (unresolvable references stay, $$ is
 * $) and the downward API's fields; knows nothing of how the environment
 * reaches the process.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/str.h"
#include "plan/block.h"

#define DEFAULT_PATH \
	"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

const char *env_get(const struct env_list *list, const char *name)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (str_eq(list->items[i].key, name))
			return list->items[i].value;
	return NULL;
}

int env_set(struct arena *a, struct env_list *list, const char *name,
	const char *value)
{
	struct spec_pair *p;
	size_t i;

	for (i = 0; i < list->count; i++)
		if (str_eq(list->items[i].key, name)) {
			list->items[i].value = value;
			return 0;
		}
	p = arena_append(a, &list->items, &list->count, sizeof(*p));
	if (!p)
		return -ENOMEM;
	p->key = name;
	p->value = value;
	return 0;
}

const char *env_expand(struct arena *a, const struct env_list *list,
	const char *text)
{
	_cleanup_sb_ struct strbuf sb = { 0 };
	const char *p = text;

	if (!strchr(text, '$'))
		return text;
	while (*p) {
		const char *end, *value;
		char name[256];

		if (p[0] == '$' && p[1] == '$') {
			sb_add(&sb, "$", 1);
			p += 2;
			continue;
		}
		end = p[0] == '$' && p[1] == '(' ? strchr(p + 2, ')') : NULL;
		if (!end || (size_t)(end - p - 2) >= sizeof(name)) {
			sb_add(&sb, p++, 1);
			continue;
		}
		memcpy(name, p + 2, (size_t)(end - p - 2));
		name[end - p - 2] = '\0';
		value = env_get(list, name);
		if (value)
			sb_puts(&sb, value);
		else
			sb_add(&sb, p, (size_t)(end + 1 - p));
		p = end + 1;
	}
	if (sb_result(&sb) < 0)
		return NULL;
	return arena_strndup(a, sb.data ? sb.data : "", sb.len);
}

/* "metadata.labels['k']" -> the value of k in a list; NULL: not that form */
static const char *subscript(struct arena *a, const char *path,
	const char *prefix, const struct spec_pair *pairs, size_t count)
{
	size_t n = strlen(prefix), len = strlen(path), i;
	char *key;

	if (!str_has_prefix(path, prefix) || len < n + 4 ||
		path[n] != '[' || path[n + 1] != '\'' ||
		!str_eq(path + len - 2, "']"))
		return NULL;
	key = arena_strndup(a, path + n + 2, len - n - 4);
	if (!key)
		return NULL;
	for (i = 0; i < count; i++)
		if (str_eq(pairs[i].key, key))
			return pairs[i].value;
	return "";
}

static const char *field(struct block *b, const char *path)
{
	const struct pod_spec *s = b->spec;
	const struct plan_facts *f = b->facts;
	char text[NET_ADDR_TEXT];
	char *both;

	if (str_eq(path, "metadata.name"))
		return s->name;
	if (str_eq(path, "metadata.namespace"))
		return s->namespace_;
	if (str_eq(path, "metadata.uid"))
		return f->uid;
	if (str_eq(path, "spec.nodeName"))
		return f->node_name;
	if (str_eq(path, "spec.serviceAccountName"))
		return s->service_account_name ? s->service_account_name :
						 "default";
	if (str_eq(path, "status.podIP") || str_eq(path, "status.hostIP") ||
		str_eq(path, "status.hostIPs"))
		return arena_strdup(&b->scratch, net_addr_text(&f->v4, text));
	if (str_eq(path, "status.podIPs")) {
		both = arena_strdup(&b->scratch, net_addr_text(&f->v4, text));
		if (both && f->v6.family)
			both = arena_printf(&b->scratch, "%s,%s", both,
				net_addr_text(&f->v6, text));
		return both;
	}
	if (str_has_prefix(path, "metadata.labels"))
		return subscript(&b->scratch, path, "metadata.labels",
			s->labels, s->n_labels);
	return subscript(&b->scratch, path, "metadata.annotations",
		s->annotations, s->n_annotations);
}

static const char *resource(struct block *b, const struct spec_container *self,
	const struct spec_env *e)
{
	const struct spec_container *c = self;
	int64_t value, divisor;
	size_t i;

	for (i = 0; e->resource_container && i < b->spec->n_containers; i++)
		if (str_eq(b->spec->containers[i].name, e->resource_container))
			c = &b->spec->containers[i];
	divisor = e->resource_divisor_milli == SPEC_UNSET ?
		1000 : e->resource_divisor_milli;
	if (divisor <= 0)
		return NULL;
	if (str_eq(e->resource, "limits.cpu"))
		value = c->resources.cpu_limit_milli;
	else if (str_eq(e->resource, "requests.cpu"))
		value = c->resources.cpu_request_milli;
	else if (str_eq(e->resource, "limits.memory"))
		value = c->resources.memory_limit_bytes;
	else if (str_eq(e->resource, "requests.memory"))
		value = c->resources.memory_request_bytes;
	else
		return NULL;
	if (strstr(e->resource, "cpu")) {
		/* in units of the divisor, rounded up */
		if (value == SPEC_UNSET)
			value = e->resource[0] == 'l' ? 1000 : 0;
		return arena_printf(&b->scratch, "%" PRId64,
			value / divisor + (value % divisor != 0));
	}
	if (value == SPEC_UNSET)
		value = e->resource[0] == 'l' ?
			(int64_t)b->facts->memory_total_bytes : 0;
	divisor = divisor / 1000 ? divisor / 1000 : 1;
	return arena_printf(&b->scratch, "%" PRId64,
		value / divisor + (value % divisor != 0));
}

int env_build(struct block *b, const struct spec_container *c,
	const char *hostname, struct env_list *list, struct pod_error *reterr)
{
	struct spec_security sec = plan_security(b->spec, c);
	size_t i;
	int r;

	r = env_set(&b->scratch, list, "PATH", DEFAULT_PATH);
	if (r >= 0)
		r = env_set(&b->scratch, list, "HOSTNAME", hostname);
	if (r >= 0)
		r = env_set(&b->scratch, list, "HOME",
			sec.run_as_user == SPEC_UNSET || !sec.run_as_user ?
				"/root" : "/");
	for (i = 0; i < c->n_env && r >= 0; i++) {
		const struct spec_env *e = &c->env[i];
		const char *value;

		if (e->field_path)
			value = field(b, e->field_path);
		else if (e->resource)
			value = resource(b, c, e);
		else
			value = env_expand(&b->scratch, list,
				e->value ? e->value : "");
		if (!value)
			return err_set(reterr, -EINVAL, POD_STAGE_PLAN,
				e->name, "resolve valueFrom",
				"%s cannot be resolved",
				e->field_path ? e->field_path :
					e->resource ? e->resource : "the value");
		r = env_set(&b->scratch, list, e->name, value);
	}
	return r < 0 ? err_code(reterr, r, POD_STAGE_PLAN, c->name,
			       "build the environment") : 0;
}
