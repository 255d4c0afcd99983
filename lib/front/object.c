/* SPDX-License-Identifier: MIT */
/*
 * front/object.c - one object against its table.
 *
 * Knows support levels, unknown names and where a value goes; knows no field
 * by name.
 */
#include "front/decode.h"

#include <errno.h>
#include <string.h>

#include "base/str.h"

static const struct front_field *find(const struct front_type *type,
	const char *name)
{
	size_t i;

	for (i = 0; i < type->n_fields; i++)
		if (str_eq(type->fields[i].name, name))
			return &type->fields[i];
	return NULL;
}

static void unknown(struct front_decode *d, struct front_node *n,
	const struct front_type *type)
{
	const char *near = front_nearest(n->key, type->fields, type->n_fields);

	if (near)
		front_error_key(d, n, "unknown field, did you mean \"%s\"?",
			near);
	else
		front_error_key(d, n, "unknown field");
}

/* Says nothing: null, false, "", and what holds only such values. */
static bool is_empty(const struct front_node *n)
{
	const struct front_node *c;

	switch (n->type) {
	case FRONT_NULL:
		return true;
	case FRONT_BOOLEAN:
		return n->integer == 0;
	case FRONT_STRING:
		return !*n->text;
	case FRONT_SEQUENCE:
		return n->count == 0;
	case FRONT_MAP:
		for (c = n->first; c; c = c->next)
			if (!is_empty(c))
				return false;
		return true;
	case FRONT_INTEGER:
	case FRONT_FLOAT:
		break;
	}
	return false;
}

static bool is_neutral(const struct front_field *f, const struct front_node *n)
{
	if (!f->neutral)
		return is_empty(n);
	return n->text && str_eq(n->text, f->neutral);
}

static int read_tri(struct front_decode *d, struct front_node *n, void *at)
{
	enum spec_tri tri;
	bool b;

	if (front_read_bool(d, n, &b) < 0)
		return 0;
	tri = b ? SPEC_YES : SPEC_NO;
	if (at)
		memcpy(at, &tri, sizeof(tri));
	return 0;
}

static int read_named(struct front_decode *d, const struct front_field *f,
	struct front_node *n, void *at)
{
	unsigned int value;
	bool flag;

	if (n->type == FRONT_STRING && !*n->text)
		return 0;	/* as if the field were not there */
	if (front_read_choice(d, n, f->choices, &value) < 0 || !at)
		return 0;
	flag = value != 0;
	if (f->kind == FRONT_KIND_FLAG)
		memcpy(at, &flag, sizeof(flag));
	else
		memcpy(at, &value, sizeof(value));
	return 0;
}

static int read_plain(struct front_decode *d, const struct front_field *f,
	struct front_node *n, void *at)
{
	int64_t i;
	bool b;

	switch (f->kind) {
	case FRONT_KIND_STRING:
		/* An empty string in a field means the field is not there. */
		return front_string(d, n, n->text && *n->text ? at : NULL);
	case FRONT_KIND_BOOL:
		if (front_read_bool(d, n, &b) == 0 && at)
			memcpy(at, &b, sizeof(b));
		return 0;
	case FRONT_KIND_TRI:
		return read_tri(d, n, at);
	case FRONT_KIND_INT_OR_STRING:
		if (n->type == FRONT_STRING)
			return front_string(d, n, NULL);
		__attribute__((fallthrough));
	case FRONT_KIND_INT:
		if (front_read_int(d, n, &i) == 0 && at)
			memcpy(at, &i, sizeof(i));
		return 0;
	case FRONT_KIND_CHOICE:
	case FRONT_KIND_FLAG:
		return read_named(d, f, n, at);
	case FRONT_KIND_MILLI:
		return front_quantity(d, n, 3, at);
	case FRONT_KIND_UNITS:
		return front_quantity(d, n, 0, at);
	case FRONT_KIND_ANY:
	case FRONT_KIND_STRINGS:
	case FRONT_KIND_INTS:
	case FRONT_KIND_STRING_MAP:
	case FRONT_KIND_OBJECT:
	case FRONT_KIND_LIST:
	case FRONT_KIND_CUSTOM:
		break;
	}
	return 0;
}

static int read_field(struct front_decode *d, const struct front_field *f,
	struct front_node *n, char *base)
{
	void *at = base ? base + f->offset : NULL;
	size_t *count = NULL;

	if (base)
		count = (size_t *)(void *)(base + f->count_offset);
	switch (f->kind) {
	case FRONT_KIND_STRINGS:
		return front_strings(d, n, at, count);
	case FRONT_KIND_INTS:
		return front_read_ints(d, n, at, count);
	case FRONT_KIND_STRING_MAP:
		return front_read_pairs(d, n, at, count);
	case FRONT_KIND_OBJECT:
		return front_object(d, n, f->type, at);
	case FRONT_KIND_LIST:
		return front_list(d, n, f->type, at, count);
	case FRONT_KIND_CUSTOM:
		return f->custom(d, n, base);
	case FRONT_KIND_ANY:
	case FRONT_KIND_STRING:
	case FRONT_KIND_BOOL:
	case FRONT_KIND_TRI:
	case FRONT_KIND_INT:
	case FRONT_KIND_INT_OR_STRING:
	case FRONT_KIND_CHOICE:
	case FRONT_KIND_FLAG:
	case FRONT_KIND_MILLI:
	case FRONT_KIND_UNITS:
		break;
	}
	return read_plain(d, f, n, at);
}

static int member(struct front_decode *d, const struct front_field *f,
	struct front_node *n, char *base)
{
	if (f->support == FRONT_SUPPORTED)
		return read_field(d, f, n, base);
	/* Inside something unsupported, that was said once, further up. */
	if (f->support == FRONT_UNSUPPORTED && base && !is_neutral(f, n))
		front_unsupported(d, n, f->note);
	return read_field(d, f, n, NULL);
}

int front_object(struct front_decode *d, struct front_node *node,
	const struct front_type *type, void *base)
{
	struct front_node *n;
	int r;

	if (node->type != FRONT_MAP) {
		front_wrong_type(d, node, "object", "");
		return 0;
	}
	for (n = node->first; n; n = n->next) {
		const struct front_field *f;

		if (n->bad)
			continue;
		f = find(type, n->key);
		if (!f) {
			unknown(d, n, type);
			continue;
		}
		if (front_is_absent(n))
			continue;
		r = member(d, f, n, base);
		if (r < 0)
			return r;
	}
	return base && type->finish ? type->finish(d, node, base) : 0;
}
