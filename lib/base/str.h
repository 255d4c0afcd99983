/* SPDX-License-Identifier: MIT */
/*
 * base/str.h - strings: bounded copies, a growing buffer, escaping.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* Copy and always terminate; true if it fitted whole. */
bool str_copy(char *dst, size_t size, const char *src);

static inline bool str_eq(const char *a, const char *b)
{
	return __builtin_strcmp(a, b) == 0;
}

bool str_has_prefix(const char *s, const char *prefix);

/*
 * The one escaping function for untrusted text on a terminal: C0, DEL, C1,
 * bidi controls and invalid UTF-8 become \xNN. Returns the length needed,
 * without the terminator; buf is always terminated when size > 0.
 * (security rule 22; S24)
 */
size_t str_escape(char *buf, size_t size, const char *text);

/* True if s has a byte below 0x20 or 0x7f. */
bool str_has_control(const char *s);

/*
 * A growing buffer. Zero-initialise, sb_done() when finished. A failed
 * allocation is remembered and reported once by sb_result(): -ENOMEM.
 */
struct strbuf {
	char *data;	/* terminated whenever len > 0 */
	size_t len;
	size_t cap;
	int failed;
};

void sb_add(struct strbuf *sb, const char *bytes, size_t len);
void sb_puts(struct strbuf *sb, const char *s);
void sb_printf(struct strbuf *sb, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* s as a JSON string with its quotes. */
void sb_json(struct strbuf *sb, const char *s);
int sb_result(const struct strbuf *sb);
void sb_done(struct strbuf *sb);
#define _cleanup_sb_ __attribute__((cleanup(sb_done)))

#endif
