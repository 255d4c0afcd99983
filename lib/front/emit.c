/* SPDX-License-Identifier: MIT */
/*
 * front/emit.c - a tree as compact JSON.
 *
 * Knows JSON's spelling of scalars; knows nothing of fields. Nesting is at
 * most FRONT_MAX_DEPTH, so recursion is bounded.
 */
#include "front/tree.h"

#include <string.h>

#include "base/str.h"

/*
 * YAML writes numbers in ways that JSON does not have: .5, 1., +1, 01.5, .inf.
 * By hand, because strtod and printf follow the caller's locale.
 */
static void emit_float(struct strbuf *sb, const char *text)
{
	size_t n;

	if (strpbrk(text, "iInN")) {
		sb_json(sb, text);
		return;
	}
	if (*text == '-')
		sb_puts(sb, "-");
	text += *text == '-' || *text == '+';
	text += strspn(text, "0");
	n = strspn(text, "0123456789");
	if (n)
		sb_add(sb, text, n);
	else
		sb_puts(sb, "0");
	text += n;
	if (*text == '.') {
		n = strspn(text + 1, "0123456789");
		if (n)
			sb_add(sb, text, n + 1);
		text += n + 1;
	}
	sb_puts(sb, text);
}

static void emit_scalar(struct strbuf *sb, const struct front_node *node)
{
	switch (node->type) {
	case FRONT_NULL:
		sb_puts(sb, "null");
		break;
	case FRONT_BOOLEAN:
		sb_puts(sb, node->integer ? "true" : "false");
		break;
	case FRONT_INTEGER:
		if (node->out_of_range)
			sb_json(sb, node->text);
		else
			sb_printf(sb, "%lld", (long long)node->integer);
		break;
	case FRONT_FLOAT:
		emit_float(sb, node->text);
		break;
	case FRONT_STRING:
	case FRONT_MAP:
	case FRONT_SEQUENCE:
		sb_json(sb, node->text);
		break;
	}
}

void front_tree_emit(struct strbuf *sb, const struct front_node *node)
{
	bool map = node->type == FRONT_MAP;
	const struct front_node *n;

	if (!map && node->type != FRONT_SEQUENCE) {
		emit_scalar(sb, node);
		return;
	}
	sb_puts(sb, map ? "{" : "[");
	for (n = node->first; n; n = n->next) {
		if (n != node->first)
			sb_puts(sb, ",");
		if (map) {
			sb_json(sb, n->key);
			sb_puts(sb, ":");
		}
		front_tree_emit(sb, n);
	}
	sb_puts(sb, map ? "}" : "]");
}
