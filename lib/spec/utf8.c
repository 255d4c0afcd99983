/* SPDX-License-Identifier: MIT */
/*
 * spec/utf8.c - text is UTF-8.
 *
 * Knows the encoding, strictly: no overlong forms, no surrogates. What is not
 * UTF-8 could not be written as JSON, so it may not enter a spec at all.
 */
#include "spec/spec.h"

#include <errno.h>
#include <string.h>

size_t spec_utf8_next(const char *text, size_t left)
{
	static const uint32_t lowest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *s = (const unsigned char *)text;
	size_t n, i;
	uint32_t cp;

	if (!left || s[0] < 0x80)
		return left ? 1 : 0;
	n = (s[0] & 0xe0) == 0xc0 ? 2 : (s[0] & 0xf0) == 0xe0 ? 3 :
		(s[0] & 0xf8) == 0xf0 ? 4 : 0;
	if (n == 0 || n > left)
		return 0;
	cp = s[0] & (0x7fu >> n);
	for (i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		cp = cp << 6 | (s[i] & 0x3fu);
	}
	if (cp < lowest[n] || cp > 0x10ffff || (cp >= 0xd800 && cp < 0xe000))
		return 0;
	return n;
}

int spec_copy(struct arena *a, const char *s, const char **ret)
{
	size_t len = strlen(s), at = 0, n;
	char *copy;

	for (; at < len; at += n) {
		n = spec_utf8_next(s + at, len - at);
		if (!n)
			return -EINVAL;
	}
	copy = arena_strndup(a, s, len);
	if (!copy)
		return -ENOMEM;
	*ret = copy;
	return 0;
}
