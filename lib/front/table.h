/* SPDX-License-Identifier: MIT */
/*
 * front/table.h - rows of the tables.
 *
 * F_x: supported, stored in member m of struct s. F_ACCEPT: no effect on one
 * node. F_LATER: known, not done yet. F_CHECK: a row of a table that is only
 * used below one of the last two, so never has a target.
 */
#ifndef FRONT_TABLE_H
#define FRONT_TABLE_H

#include <stddef.h>

#include "front/decode.h"

#define F_STRING(n, s, m) \
	{ .name = n, .kind = FRONT_KIND_STRING, .offset = offsetof(s, m) }
#define F_BOOL(n, s, m) \
	{ .name = n, .kind = FRONT_KIND_BOOL, .offset = offsetof(s, m) }
#define F_TRI(n, s, m) \
	{ .name = n, .kind = FRONT_KIND_TRI, .offset = offsetof(s, m) }
#define F_INT(n, s, m) \
	{ .name = n, .kind = FRONT_KIND_INT, .offset = offsetof(s, m) }
#define F_MILLI(n, s, m) \
	{ .name = n, .kind = FRONT_KIND_MILLI, .offset = offsetof(s, m) }
#define F_UNITS(n, s, m) \
	{ .name = n, .kind = FRONT_KIND_UNITS, .offset = offsetof(s, m) }
#define F_CHOICE(n, s, m, c) \
	{ .name = n, .kind = FRONT_KIND_CHOICE, .offset = offsetof(s, m), \
		.choices = c }
#define F_FLAG(n, s, m, c) \
	{ .name = n, .kind = FRONT_KIND_FLAG, .offset = offsetof(s, m), \
		.choices = c }
#define F_STRINGS(n, s, m, count) \
	{ .name = n, .kind = FRONT_KIND_STRINGS, .offset = offsetof(s, m), \
		.count_offset = offsetof(s, count) }
#define F_INTS(n, s, m, count) \
	{ .name = n, .kind = FRONT_KIND_INTS, .offset = offsetof(s, m), \
		.count_offset = offsetof(s, count) }
#define F_MAP(n, s, m, count) \
	{ .name = n, .kind = FRONT_KIND_STRING_MAP, \
		.offset = offsetof(s, m), .count_offset = offsetof(s, count) }
#define F_LIST(n, s, m, count, t) \
	{ .name = n, .kind = FRONT_KIND_LIST, .offset = offsetof(s, m), \
		.count_offset = offsetof(s, count), .type = t }
/* An object whose members live in a member, or in the same struct. */
#define F_OBJECT(n, s, m, t) \
	{ .name = n, .kind = FRONT_KIND_OBJECT, .offset = offsetof(s, m), \
		.type = t }
#define F_INLINE(n, t) { .name = n, .kind = FRONT_KIND_OBJECT, .type = t }
#define F_CUSTOM(n, f) { .name = n, .kind = FRONT_KIND_CUSTOM, .custom = f }

#define F_ACCEPT(n, k, ...) \
	{ .name = n, .kind = FRONT_KIND_##k, .support = FRONT_IGNORED, \
		##__VA_ARGS__ }
#define F_LATER(n, k, ...) \
	{ .name = n, .kind = FRONT_KIND_##k, .support = FRONT_UNSUPPORTED, \
		##__VA_ARGS__ }
#define F_CHECK(n, k, ...) \
	{ .name = n, .kind = FRONT_KIND_##k, ##__VA_ARGS__ }

#endif
