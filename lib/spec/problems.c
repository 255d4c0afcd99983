/* SPDX-License-Identifier: MIT */
/*
 * spec/problems.c - the list of findings that callers get.
 *
 * Knows how a finding is shown; knows nothing of how one is found.
 */
#include "spec/problems.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/str.h"

struct pod_problems *spec_problems_new(const char *source)
{
	struct pod_problems *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->list.arena = &p->arena;
	p->source = arena_strdup(&p->arena, source ? source : "");
	if (!p->source) {
		pod_problems_free(p);
		return NULL;
	}
	return p;
}

void pod_problems_free(struct pod_problems *list)
{
	if (!list)
		return;
	arena_done(&list->arena);
	free(list);
}

size_t pod_problems_count(const struct pod_problems *list)
{
	return list ? list->list.count : 0;
}

int pod_problems_get(const struct pod_problems *list, size_t index,
	struct pod_problem *ret)
{
	const struct spec_problem *p;

	if (!list || index >= list->list.count)
		return -ENOENT;
	p = &list->list.items[index];
	*ret = (struct pod_problem){
		.line = p->where.line == UINT32_MAX ? 0 : p->where.line,
		.column = p->where.column,
		.source = list->source,
		.field = p->field,
		.reason = p->reason,
		.warning = p->warning,
	};
	return 0;
}

/* "FILE:LINE:COLUMN", "FILE" or "" */
static void place(const struct pod_problem *p, struct strbuf *sb)
{
	sb_puts(sb, p->source ? p->source : "");
	if (p->line)
		sb_printf(sb, "%s%u:%u", sb->len ? ":" : "", p->line,
			p->column);
}

int pod_problem_format(const struct pod_problem *p, char *buf, size_t size)
{
	_cleanup_sb_ struct strbuf sb = { 0 };
	int r;

	place(p, &sb);
	if (p->field && *p->field)
		sb_printf(&sb, "%s%s", sb.len ? ": " : "", p->field);
	sb_printf(&sb, "%s%s", sb.len ? ": " : "", p->reason);
	r = sb_result(&sb);
	if (r < 0)
		return r;
	return (int)str_escape(buf, size, sb.data);
}

static bool is_after(const struct spec_where *a, const struct spec_where *b)
{
	return a->line != b->line ? a->line > b->line : a->column > b->column;
}

/* By insertion: stable, at most a thousand, and nearly in order already. */
void spec_problems_sort(struct spec_problems *list)
{
	size_t i, k;

	for (i = 1; i < list->count; i++) {
		struct spec_problem p = list->items[i];

		for (k = i; k > 0 && is_after(&list->items[k - 1].where,
			&p.where); k--)
			list->items[k] = list->items[k - 1];
		list->items[k] = p;
	}
}

int spec_problems_error(const struct pod_problems *problems, int r,
	enum pod_stage stage, struct pod_error *reterr)
{
	_cleanup_sb_ struct strbuf sb = { 0 };
	struct pod_problem p = { 0 };
	size_t i;

	for (i = 0; pod_problems_get(problems, i, &p) == 0; i++)
		if (!p.warning)
			break;
	if (!p.reason)
		return err_code(reterr, r, stage, problems->source, "check");
	place(&p, &sb);
	err_set(reterr, r, stage, sb.data, *p.field ? p.field : "parse", "%s",
		p.reason);
	if (problems->list.errors > 1)
		err_hint(reterr, "%zu more %s", problems->list.errors - 1,
			problems->list.errors == 2 ? "error" : "errors");
	return r;
}
