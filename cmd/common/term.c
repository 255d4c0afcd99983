/* SPDX-License-Identifier: MIT */
/*
 * common/term.c - untrusted text on its way to a terminal.
 *
 * Knows UTF-8 and which code points a terminal acts upon; knows nothing of
 * locales (output is UTF-8) and nothing of double-width characters.
 */
#include "common/term.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Length of the valid UTF-8 sequence at s, its code point; 0 if invalid. */
static size_t next_point(const unsigned char *s, size_t len, uint32_t *ret)
{
	static const uint32_t lowest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint32_t point;
	size_t n, i;

	if (s[0] < 0x80) {
		*ret = s[0];
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
	if (n > len)
		return 0;
	point = s[0] & (0x7fu >> n);
	for (i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		point = point << 6 | (s[i] & 0x3f);
	}
	if (point < lowest[n] || point > 0x10ffff ||
		(point >= 0xd800 && point < 0xe000))
		return 0;
	*ret = point;
	return n;
}

/* C0, DEL, C1, and what turns the direction or breaks a line. */
static bool is_active(uint32_t point)
{
	if (point < 0x20 || (point >= 0x7f && point < 0xa0))
		return true;
	if (point == 0x061c || point == 0x200e || point == 0x200f)
		return true;
	if ((point >= 0x202a && point <= 0x202e) ||
		(point >= 0x2066 && point <= 0x2069))
		return true;
	return point == 0x2028 || point == 0x2029;
}

/* Bytes at s that may go out as they are; 0: the first one may not. */
static size_t harmless(const unsigned char *s, size_t len)
{
	uint32_t point = 0;
	size_t n = next_point(s, len, &point);

	return n && !is_active(point) ? n : 0;
}

size_t term_escape(char *buf, size_t size, const char *text, size_t len)
{
	static const char hex[] = "0123456789abcdef";
	const unsigned char *s = (const unsigned char *)text;
	size_t at = 0, i = 0, k;

	while (i < len) {
		char piece[4] = { '\\', 'x', hex[s[i] >> 4], hex[s[i] & 15] };
		size_t n = harmless(s + i, len - i);
		const char *from = n ? text + i : piece;
		size_t count = n ? n : sizeof(piece);

		for (k = 0; k < count; k++, at++)
			if (at < size)
				buf[at] = from[k];
		i += n ? n : 1;
	}
	if (size)
		buf[at < size ? at : size - 1] = '\0';
	return at;
}

char *term_escaped(const char *text)
{
	size_t len = strlen(text);
	size_t need = term_escape(NULL, 0, text, len);
	char *copy = malloc(need + 1);

	if (copy)
		(void)term_escape(copy, need + 1, text, len);
	return copy;
}

static void print_escaped(FILE *f, const char *bytes, size_t len)
{
	size_t i = 0, n;

	while (i < len) {
		n = harmless((const unsigned char *)bytes + i, len - i);
		if (n)
			(void)fwrite(bytes + i, 1, n, f);
		else
			(void)fprintf(f, "\\x%02x", (unsigned char)bytes[i]);
		i += n ? n : 1;
	}
}

void term_print(FILE *f, const char *text)
{
	print_escaped(f, text, strlen(text));
}

/* Length of "ESC [ digits and semicolons m" at s, 0 if it is not that. */
static size_t colour(const char *s, size_t len)
{
	size_t i;

	if (len < 3 || s[0] != '\033' || s[1] != '[')
		return 0;
	for (i = 2; i < len && i < 24; i++) {
		if (s[i] == 'm')
			return i + 1;
		if ((s[i] < '0' || s[i] > '9') && s[i] != ';')
			return 0;
	}
	return 0;
}

void term_output(FILE *f, bool tty, const char *bytes, size_t len)
{
	size_t i = 0, n;

	if (!tty) {
		(void)fwrite(bytes, 1, len, f);
		return;
	}
	while (i < len) {
		n = bytes[i] == '\t' ? 1 : colour(bytes + i, len - i);
		if (!n)
			n = harmless((const unsigned char *)bytes + i,
				len - i);
		if (n)
			(void)fwrite(bytes + i, 1, n, f);
		else
			print_escaped(f, bytes + i, 1);
		i += n ? n : 1;
	}
}

size_t term_width(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		if (((unsigned char)*text & 0xc0) != 0x80)
			n++;
	return n;
}
