/* SPDX-License-Identifier: MIT */
/*
 * front/decode.c - the decoder that reads the tables.
 *
 * Knows kinds and support levels; knows no field by name. It never stops at
 * an error: what is wrong is marked, left out of the target and reported, so
 * that one reading of a manifest finds everything in it.
 */
#include "front/decode.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"

static void report(struct front_decode *d, struct front_node *node,
	struct spec_where where, bool warning, const char *reason)
{
	char path[512];

	/* A check that misses what could not be read must stay silent. */
	if (!warning)
		node->bad = true;
	spec_problem(d->list, where,
		front_path_of(node, NULL, path, sizeof(path)), warning, "%s",
		reason);
}

void front_error(struct front_decode *d, struct front_node *node,
	const char *format, ...)
{
	char reason[400];
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(reason, sizeof(reason), format, ap);
	va_end(ap);
	report(d, node, node->where, false, reason);
}

void front_error_key(struct front_decode *d, struct front_node *node,
	const char *format, ...)
{
	char reason[400];
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(reason, sizeof(reason), format, ap);
	va_end(ap);
	report(d, node, node->key ? node->key_where : node->where, false,
		reason);
}

void front_unsupported(struct front_decode *d, struct front_node *node,
	const char *note)
{
	struct spec_where where = node->key ? node->key_where : node->where;
	char reason[256];

	if (!d->lenient) {
		report(d, node, where, false, "not supported yet");
		return;
	}
	(void)snprintf(reason, sizeof(reason), "not supported yet: %s",
		note ? note : "ignored");
	report(d, node, where, true, reason);
}

static bool is_scalar(const struct front_node *n)
{
	return n->type != FRONT_MAP && n->type != FRONT_SEQUENCE;
}

/* "expected integer, found string: remove the quotes" */
void front_wrong_type(struct front_decode *d, struct front_node *n,
	const char *expected, const char *advice)
{
	front_error(d, n, "expected %s, found %s%s", expected,
		front_type_name(n->type), advice);
}

/* Null in a field means the field is not there. */
bool front_is_absent(const struct front_node *n)
{
	return n->type == FRONT_NULL && n->key;
}

int front_string(struct front_decode *d, struct front_node *n,
	const char **ret)
{
	if (n->type != FRONT_STRING) {
		front_wrong_type(d, n, "string", is_scalar(n) &&
			n->type != FRONT_NULL ? ": quote it" : "");
		return 0;
	}
	if (!ret)
		return 0;
	*ret = arena_strdup(d->arena, n->text);
	return *ret ? 0 : -ENOMEM;
}

int front_read_bool(struct front_decode *d, struct front_node *n, bool *ret)
{
	if (n->type != FRONT_BOOLEAN) {
		front_wrong_type(d, n, "boolean", n->type == FRONT_STRING ?
			": write true or false, without quotes" : "");
		return -EINVAL;
	}
	*ret = n->integer != 0;
	return 0;
}

static bool looks_integer(const char *s)
{
	struct front_node probe = { 0 };

	return front_scalar_type(s, &probe) == FRONT_INTEGER;
}

int front_read_int(struct front_decode *d, struct front_node *n, int64_t *ret)
{
	const char *t = n->text;

	if (n->type != FRONT_INTEGER) {
		front_wrong_type(d, n, "integer", n->type == FRONT_STRING &&
			looks_integer(t) ? ": remove the quotes" : "");
		return -EINVAL;
	}
	if (n->out_of_range) {
		front_error(d, n, "%.64s: out of range", t);
		return -EINVAL;
	}
	t += *t == '-' || *t == '+';
	if (t[0] == '0' && t[1] >= '0' && t[1] <= '9') {
		front_error(d, n, "%.64s: octal in YAML 1.1, decimal in 1.2: "
			"write 0o%.32s or a decimal number", n->text, t + 1);
		return -EINVAL;
	}
	*ret = n->integer;
	return 0;
}

static void wrong_choice(struct front_decode *d, struct front_node *n,
	const struct front_choice *choices)
{
	_cleanup_sb_ struct strbuf sb = { 0 };
	const struct front_choice *c;

	for (c = choices; c->name; c++) {
		if (!*c->name)
			continue;
		if (sb.len)
			sb_puts(&sb, ", ");
		sb_puts(&sb, c->name);
	}
	front_error(d, n, "\"%.64s\": must be one of %s", n->text,
		sb.data ? sb.data : "");
}

int front_read_choice(struct front_decode *d, struct front_node *n,
	const struct front_choice *choices, unsigned int *ret)
{
	const struct front_choice *c;

	if (n->type != FRONT_STRING) {
		front_wrong_type(d, n, "string", "");
		return -EINVAL;
	}
	for (c = choices; c->name; c++) {
		if (!str_eq(c->name, n->text))
			continue;
		*ret = c->value;
		return 0;
	}
	wrong_choice(d, n, choices);
	return -EINVAL;
}

int front_quantity(struct front_decode *d, struct front_node *n,
	unsigned int digits, int64_t *ret)
{
	int64_t v;
	int r;

	if (n->type != FRONT_STRING && n->type != FRONT_INTEGER &&
		n->type != FRONT_FLOAT) {
		front_wrong_type(d, n, "quantity", "");
		return 0;
	}
	r = spec_parse_quantity(n->text, digits, &v);
	if (r == -ERANGE)
		front_error(d, n, "\"%.64s\": %s", n->text,
			*n->text == '-' ? "must not be negative" :
					  "out of range");
	else if (r < 0)
		front_error(d, n, "\"%.64s\": not a quantity such as 100m, "
			"0.5, 64Mi or 1e3", n->text);
	else if (ret)
		*ret = v;
	return 0;
}

int front_strings(struct front_decode *d, struct front_node *n,
	const char ***ret, size_t *ret_count)
{
	const char **list = NULL;
	struct front_node *c;
	size_t count = 0;
	int r;

	if (n->type != FRONT_SEQUENCE) {
		front_wrong_type(d, n, "list", "");
		return 0;
	}
	if (ret && n->count) {
		list = spec_array(d->arena, n->count, sizeof(*list));
		if (!list)
			return -ENOMEM;
	}
	for (c = n->first; c; c = c->next) {
		const char *s = NULL;

		r = c->bad ? 0 : front_string(d, c, list ? &s : NULL);
		if (r < 0)
			return r;
		/* A bad one keeps its place: the indices of the rest hold. */
		if (list)
			list[count++] = s ? s : "";
	}
	if (ret) {
		*ret = list;
		*ret_count = count;
	}
	return 0;
}

int front_read_ints(struct front_decode *d, struct front_node *n,
	int64_t **ret, size_t *ret_count)
{
	struct front_node *c;
	int64_t *list = NULL;
	size_t count = 0;

	if (n->type != FRONT_SEQUENCE) {
		front_wrong_type(d, n, "list", "");
		return 0;
	}
	if (ret && n->count) {
		list = spec_array(d->arena, n->count, sizeof(*list));
		if (!list)
			return -ENOMEM;
	}
	for (c = n->first; c; c = c->next) {
		int64_t v = 0;

		if (!c->bad)
			(void)front_read_int(d, c, &v);
		if (list)
			list[count++] = v;
	}
	if (ret) {
		*ret = list;
		*ret_count = count;
	}
	return 0;
}

int front_read_pairs(struct front_decode *d, struct front_node *n,
	struct spec_pair **ret, size_t *ret_count)
{
	struct spec_pair *list = NULL;
	struct front_node *c;
	size_t count = 0;

	if (n->type != FRONT_MAP) {
		front_wrong_type(d, n, "object", "");
		return 0;
	}
	if (ret && n->count) {
		list = spec_array(d->arena, n->count, sizeof(*list));
		if (!list)
			return -ENOMEM;
	}
	for (c = n->first; c; c = c->next) {
		const char *value = "";
		int r;

		if (c->bad || front_is_absent(c))
			continue;
		r = front_string(d, c, list ? &value : NULL);
		if (r < 0)
			return r;
		if (!list)
			continue;
		list[count].value = value;
		list[count].key = arena_strdup(d->arena, c->key);
		if (!list[count++].key)
			return -ENOMEM;
	}
	if (ret) {
		*ret = list;
		*ret_count = count;
	}
	return 0;
}

int front_list(struct front_decode *d, struct front_node *n,
	const struct front_type *type, void *array, size_t *count)
{
	struct front_node *c;
	char *list = NULL;
	int r;

	if (n->type != FRONT_SEQUENCE) {
		front_wrong_type(d, n, "list", "");
		return 0;
	}
	if (array && n->count) {
		list = spec_array(d->arena, n->count, type->size);
		if (!list)
			return -ENOMEM;
		memcpy(array, &list, sizeof(list));
		*count = n->count;
	}
	for (c = n->first; c; c = c->next) {
		char *item = list ? list + c->index * type->size : NULL;

		if (item && type->init)
			type->init(item);
		if (item && type->where_offset)
			memcpy(item + type->where_offset, &c->where,
				sizeof(c->where));
		if (c->bad)
			continue;
		r = front_object(d, c, type, item);
		if (r < 0)
			return r;
	}
	return 0;
}
