/* SPDX-License-Identifier: MIT */
/*
 * common/yaml.c - JSON values written as YAML.
 *
 * Knows which strings may stand unquoted in YAML 1.1 and 1.2 alike, and
 * quotes the rest; reads no YAML and folds no lines.
 */
#include "common/yaml.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

/* Recursion is bounded by jansson's parser: 2,048 levels. */
static void print_value(FILE *f, const json_t *value, int indent);

/* Words that some reader takes for a boolean, a null or a number. */
static bool is_word_of_yaml(const char *s)
{
	static const char *const words[] = { "y", "n", "yes", "no", "on",
		"off", "true", "false", "null", "inf", "nan" };
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcasecmp(s, words[i]) == 0)
			return true;
	return false;
}

/*
 * Plain: starts with a letter, '/', '_' or as an option, goes on with
 * characters that no reader gives a meaning to. Everything else is quoted, needlessly at times.
 */
static bool is_plain(const char *s)
{
	const char *p = s + (*s == '-');

	if (!isalpha((unsigned char)*p) && *p != '/' && *p != '_')
		return false;
	for (; *p; p++) {
		if (isalnum((unsigned char)*p) || strchr("/_.-+@", *p))
			continue;
		if (*p == ':' && p[1] && p[1] != ' ')
			continue;
		return false;
	}
	return !is_word_of_yaml(s);
}

/* One code point at s, which jansson has checked to be valid UTF-8. */
static size_t take_point(const unsigned char *s, uint32_t *ret)
{
	size_t n = s[0] < 0x80 ? 1 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	size_t i;

	*ret = n == 1 ? s[0] : s[0] & (0x7fu >> n);
	for (i = 1; i < n && s[i]; i++)
		*ret = *ret << 6 | (s[i] & 0x3f);
	return i;
}

static bool needs_escape(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x061c ||
		(c >= 0x200e && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
		(c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

static void print_quoted(FILE *f, const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	uint32_t c;
	size_t n;

	(void)fputc('"', f);
	for (; *s; s += n) {
		n = take_point(s, &c);
		if (c == '"' || c == '\\')
			(void)fprintf(f, "\\%c", (char)c);
		else if (c == '\n')
			(void)fputs("\\n", f);
		else if (c == '\t')
			(void)fputs("\\t", f);
		else if (needs_escape(c) && c < 0x100)
			(void)fprintf(f, "\\x%02X", c);
		else if (needs_escape(c))
			(void)fprintf(f, "\\u%04X", c);
		else
			(void)fwrite(s, 1, n, f);
	}
	(void)fputc('"', f);
}

static void print_string(FILE *f, const char *text)
{
	if (is_plain(text))
		(void)fputs(text, f);
	else
		print_quoted(f, text);
}

static bool is_block(const json_t *value)
{
	return (json_is_object(value) && json_object_size(value)) ||
		(json_is_array(value) && json_array_size(value));
}

static void print_scalar(FILE *f, const json_t *value)
{
	if (json_is_string(value))
		print_string(f, json_string_value(value));
	else if (json_is_integer(value))
		(void)fprintf(f, "%lld", (long long)json_integer_value(value));
	else if (json_is_real(value))
		(void)json_dumpf(value, f, JSON_ENCODE_ANY);
	else if (json_is_boolean(value))
		(void)fputs(json_is_true(value) ? "true" : "false", f);
	else if (json_is_object(value))
		(void)fputs("{}", f);
	else if (json_is_array(value))
		(void)fputs("[]", f);
	else
		(void)fputs("null", f);
	(void)fputc('\n', f);
}

/* The first member goes where the caller has indented to already. */
static void print_object(FILE *f, const json_t *object, int indent)
{
	/* jansson's iteration takes a non-const object, and changes nothing */
	json_t *o = json_incref((json_t *)(uintptr_t)object);
	const char *key;
	json_t *value;
	bool first = true;

	json_object_foreach(o, key, value) {
		if (!first)
			(void)fprintf(f, "%*s", indent, "");
		first = false;
		print_string(f, key);
		(void)fputc(':', f);
		if (is_block(value)) {
			/* kubectl's way: lists are not indented again */
			int inner = indent + (json_is_object(value) ? 2 : 0);

			(void)fprintf(f, "\n%*s", inner, "");
			print_value(f, value, inner);
		} else {
			(void)fputc(' ', f);
			print_scalar(f, value);
		}
	}
	json_decref(o);
}

static void print_array(FILE *f, const json_t *array, int indent)
{
	size_t i;

	for (i = 0; i < json_array_size(array); i++) {
		if (i)
			(void)fprintf(f, "%*s", indent, "");
		(void)fputs("- ", f);
		print_value(f, json_array_get(array, i), indent + 2);
	}
}

static void print_value(FILE *f, const json_t *value, int indent)
{
	if (!is_block(value))
		print_scalar(f, value);
	else if (json_is_object(value))
		print_object(f, value, indent);
	else
		print_array(f, value, indent);
}

void yaml_print(FILE *f, const json_t *value)
{
	print_value(f, value, 0);
}
