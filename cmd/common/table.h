/* SPDX-License-Identifier: MIT */
/*
 * common/table.h - columns aligned as kubectl aligns them.
 *
 * A column is as wide as its widest cell and three spaces, at least six.
 * Widths are remembered between prints, so that rows printed later (-w) stay
 * below their headings as long as they fit.
 */
#ifndef COMMON_TABLE_H
#define COMMON_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define TABLE_COLUMNS 10

struct table {
	size_t columns;
	char **cells;
	size_t count, capacity;	/* of cells */
	size_t width[TABLE_COLUMNS];
	bool failed;		/* out of memory */
};

/* headings: NULL-terminated; printed as the first row. */
void table_init(struct table *t, const char *const *headings);
/* The same without a heading row. */
void table_init_plain(struct table *t, size_t columns);
/* The next cell, left to right, row by row; escaped. "" shows as it is. */
void table_cell(struct table *t, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Write the rows and forget them. -ENOMEM if a cell was lost. */
int table_print(struct table *t, FILE *f);
void table_done(struct table *t);
#define _cleanup_table_ __attribute__((cleanup(table_done)))

#endif
