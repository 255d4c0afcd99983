/* SPDX-License-Identifier: MIT */
/*
 * common/table.c - columns aligned as kubectl aligns them.
 *
 * Knows cells and widths (those of Go's tabwriter with padding 3 and minimum
 * width 6); knows nothing of what is in them.
 */
#include "common/table.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "common/term.h"

#define PADDING 3
#define MINIMUM 6

void table_init_plain(struct table *t, size_t columns)
{
	memset(t, 0, sizeof(*t));
	t->columns = columns < TABLE_COLUMNS ? columns : TABLE_COLUMNS;
}

void table_init(struct table *t, const char *const *headings)
{
	size_t n = 0, i;

	while (headings[n])
		n++;
	table_init_plain(t, n);
	for (i = 0; i < t->columns; i++)
		table_cell(t, "%s", headings[i]);
}

static bool reserve(struct table *t)
{
	size_t capacity = t->capacity ? t->capacity * 2 : 64;
	char **cells;

	if (t->count < t->capacity)
		return true;
	cells = reallocarray(t->cells, capacity, sizeof(*cells));
	if (!cells)
		return false;
	t->cells = cells;
	t->capacity = capacity;
	return true;
}

void table_cell(struct table *t, const char *format, ...)
{
	char *raw = NULL, *cell;
	va_list ap;
	int n;

	va_start(ap, format);
	n = vasprintf(&raw, format, ap);
	va_end(ap);
	if (n < 0) {
		t->failed = true;
		return;
	}
	cell = term_escaped(raw);
	free(raw);
	if (!cell || t->failed || !reserve(t)) {
		free(cell);
		t->failed = true;
		return;
	}
	t->cells[t->count++] = cell;
}

static void measure(struct table *t)
{
	size_t i, column, need;

	for (i = 0; i < t->count; i++) {
		column = i % t->columns;
		need = term_width(t->cells[i]) + PADDING;
		if (need < MINIMUM)
			need = MINIMUM;
		if (t->width[column] < need)
			t->width[column] = need;
	}
}

static void forget(struct table *t)
{
	size_t i;

	for (i = 0; i < t->count; i++)
		free(t->cells[i]);
	t->count = 0;
}

int table_print(struct table *t, FILE *f)
{
	size_t i, column, pad;

	if (t->failed)
		return -ENOMEM;
	measure(t);
	for (i = 0; i < t->count; i++) {
		column = i % t->columns;
		(void)fputs(t->cells[i], f);
		if (column + 1 == t->columns) {
			(void)fputc('\n', f);
			continue;
		}
		pad = t->width[column] - term_width(t->cells[i]);
		while (pad--)
			(void)fputc(' ', f);
	}
	forget(t);
	return 0;
}

void table_done(struct table *t)
{
	forget(t);
	free(t->cells);
	t->cells = NULL;
	t->capacity = 0;
}
