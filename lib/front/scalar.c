/* SPDX-License-Identifier: MIT */
/*
 * front/scalar.c - what an unquoted scalar is.
 *
 * Knows YAML 1.2's core schema; knows nothing of fields. Under YAML 1.1 yes,
 * no, on and off are booleans and 0644 is octal: here the first are strings,
 * and the decoder refuses the second rather than guess.
 */
#include "front/tree.h"

#include <string.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool one_of(const char *s, const char *a, const char *b, const char *c)
{
	return strcmp(s, a) == 0 || strcmp(s, b) == 0 || strcmp(s, c) == 0;
}

static int digit_value(char c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 99;
}

/* Digits only, to the end; too large is still an integer. */
static bool parse_integer(const char *s, int base, bool negative,
	struct front_node *node)
{
	bool over = false;
	int64_t v = 0;

	if (!*s)
		return false;
	for (; *s; s++) {
		int d = digit_value(*s);

		if (d >= base)
			return false;
		over |= __builtin_mul_overflow(v, base, &v);
		over |= __builtin_add_overflow(v, negative ? -d : d, &v);
	}
	node->integer = over ? 0 : v;
	node->out_of_range = over;
	return true;
}

static bool is_integer(const char *s, struct front_node *node)
{
	bool negative = *s == '-';

	if (s[0] == '0' && s[1] == 'o')
		return parse_integer(s + 2, 8, false, node);
	if (s[0] == '0' && s[1] == 'x')
		return parse_integer(s + 2, 16, false, node);
	if (*s == '-' || *s == '+')
		s++;
	return parse_integer(s, 10, negative, node);
}

static bool is_float(const char *s)
{
	size_t digits = 0;

	if (one_of(s, ".nan", ".NaN", ".NAN"))
		return true;
	if (*s == '-' || *s == '+')
		s++;
	if (one_of(s, ".inf", ".Inf", ".INF"))
		return true;
	for (; is_digit(*s); s++)
		digits++;
	if (*s == '.')
		for (s++; is_digit(*s); s++)
			digits++;
	if (!digits)
		return false;
	if (*s == 'e' || *s == 'E') {
		s++;
		if (*s == '-' || *s == '+')
			s++;
		if (!is_digit(*s))
			return false;
		while (is_digit(*s))
			s++;
	}
	return !*s;
}

enum front_node_type front_scalar_type(const char *text,
	struct front_node *node)
{
	char c = *text;

	if (!c || strcmp(text, "~") == 0 || one_of(text, "null", "Null",
		"NULL"))
		return FRONT_NULL;
	if (one_of(text, "true", "True", "TRUE")) {
		node->integer = 1;
		return FRONT_BOOLEAN;
	}
	if (one_of(text, "false", "False", "FALSE"))
		return FRONT_BOOLEAN;
	if (!is_digit(c) && c != '-' && c != '+' && c != '.')
		return FRONT_STRING;
	if (is_integer(text, node))
		return FRONT_INTEGER;
	return is_float(text) ? FRONT_FLOAT : FRONT_STRING;
}

const char *front_type_name(enum front_node_type type)
{
	static const char *const names[] = {
		[FRONT_NULL] = "null",
		[FRONT_BOOLEAN] = "boolean",
		[FRONT_INTEGER] = "integer",
		[FRONT_FLOAT] = "number",
		[FRONT_STRING] = "string",
		[FRONT_MAP] = "object",
		[FRONT_SEQUENCE] = "list",
	};

	return names[type];
}
