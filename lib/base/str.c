/* SPDX-License-Identifier: MIT */
/*
 * base/str.c - strings: bounded copies, a growing buffer, escaping.
 *
 * Knows bytes and UTF-8; knows nothing of locales.
 */
#include "base/str.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool str_copy(char *dst, size_t size, const char *src)
{
	size_t n = strlen(src);
	size_t k = n < size ? n : size - 1;

	memcpy(dst, src, k);
	dst[k] = '\0';
	return n < size;
}

bool str_has_prefix(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool str_has_control(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return true;
	return false;
}

/* Length of the valid UTF-8 sequence at s, its code point; 0 if invalid. */
static size_t utf8_next(const unsigned char *s, uint32_t *ret_cp)
{
	static const uint32_t lowest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint32_t cp;
	size_t n, i;

	if (s[0] < 0x80) {
		*ret_cp = s[0];
		return 1;
	}
	if ((s[0] & 0xe0) == 0xc0)
		n = 2;
	else if ((s[0] & 0xf0) == 0xe0)
		n = 3;
	else if ((s[0] & 0xf8) == 0xf0)
		n = 4;
	else
		return 0;
	cp = s[0] & (0x7fu >> n);
	for (i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		cp = cp << 6 | (s[i] & 0x3f);
	}
	if (cp < lowest[n] || cp > 0x10ffff || (cp >= 0xd800 && cp < 0xe000))
		return 0;
	*ret_cp = cp;
	return n;
}

static bool is_harmless(uint32_t cp)
{
	if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0))
		return false;
	if (cp == 0x061c || cp == 0x200e || cp == 0x200f)
		return false;
	if ((cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069))
		return false;
	return cp != 0x2028 && cp != 0x2029;
}

static void put(char *buf, size_t size, size_t *at, const char *s, size_t n)
{
	if (*at < size) {
		size_t room = size - *at;

		memcpy(buf + *at, s, n < room ? n : room);
	}
	*at += n;
}

size_t str_escape(char *buf, size_t size, const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t at = 0;

	while (*s) {
		uint32_t cp = 0;
		size_t n = utf8_next(s, &cp), i;

		if (n && is_harmless(cp)) {
			put(buf, size, &at, (const char *)s, n);
			s += n;
			continue;
		}
		for (i = 0; i < (n ? n : 1); i++, s++) {
			char hex[8];

			(void)snprintf(hex, sizeof(hex), "\\x%02x", *s);
			put(buf, size, &at, hex, 4);
		}
	}
	if (size)
		buf[at < size ? at : size - 1] = '\0';
	return at;
}

static bool reserve(struct strbuf *sb, size_t more)
{
	size_t need, cap;
	char *p;

	if (sb->failed)
		return false;
	if (__builtin_add_overflow(sb->len, more, &need) ||
		__builtin_add_overflow(need, (size_t)1, &need)) {
		sb->failed = 1;
		return false;
	}
	if (need <= sb->cap)
		return true;
	cap = sb->cap ? sb->cap : 256;
	while (cap < need)
		cap = cap > SIZE_MAX / 2 ? need : cap * 2;
	p = realloc(sb->data, cap);
	if (!p) {
		sb->failed = 1;
		return false;
	}
	sb->data = p;
	sb->cap = cap;
	return true;
}

void sb_add(struct strbuf *sb, const char *bytes, size_t len)
{
	if (!reserve(sb, len))
		return;
	memcpy(sb->data + sb->len, bytes, len);
	sb->len += len;
	sb->data[sb->len] = '\0';
}

void sb_puts(struct strbuf *sb, const char *s)
{
	sb_add(sb, s, strlen(s));
}

void sb_printf(struct strbuf *sb, const char *format, ...)
{
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(NULL, 0, format, ap);
	va_end(ap);
	if (n < 0 || !reserve(sb, (size_t)n)) {
		sb->failed = 1;
		return;
	}
	va_start(ap, format);
	(void)vsnprintf(sb->data + sb->len, (size_t)n + 1, format, ap);
	va_end(ap);
	sb->len += (size_t)n;
}

void sb_json(struct strbuf *sb, const char *s)
{
	const unsigned char *p = (const unsigned char *)s;

	sb_add(sb, "\"", 1);
	while (*p) {
		uint32_t cp = 0;
		size_t n = utf8_next(p, &cp);

		if (!n) {
			sb_puts(sb, "\\ufffd");
			p++;
		} else if (cp == '"' || cp == '\\') {
			sb_printf(sb, "\\%c", (char)cp);
			p += n;
		} else if (cp < 0x20 || cp == 0x7f) {
			sb_printf(sb, "\\u%04x", cp);
			p += n;
		} else {
			sb_add(sb, (const char *)p, n);
			p += n;
		}
	}
	sb_add(sb, "\"", 1);
}

int sb_result(const struct strbuf *sb)
{
	return sb->failed ? -ENOMEM : 0;
}

void sb_done(struct strbuf *sb)
{
	free(sb->data);
	memset(sb, 0, sizeof(*sb));
}
