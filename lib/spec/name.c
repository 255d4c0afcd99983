/* SPDX-License-Identifier: MIT */
/*
 * spec/name.c - the name rules of Kubernetes, each pure.
 *
 * Knows which characters may stand where; knows nothing of uniqueness or of
 * which field has which rule.
 */
#include "spec/spec.h"

#include <string.h>

static bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
	return is_lower(c) || is_digit(c) || (c >= 'A' && c <= 'Z');
}

static bool is_label(const char *s, size_t len, size_t max)
{
	size_t i;

	if (len == 0 || len > max || s[0] == '-' || s[len - 1] == '-')
		return false;
	for (i = 0; i < len; i++)
		if (!is_lower(s[i]) && !is_digit(s[i]) && s[i] != '-')
			return false;
	return true;
}

bool spec_is_dns_label(const char *s)
{
	return is_label(s, strnlen(s, 64), 63);
}

static bool is_subdomain(const char *s, size_t len)
{
	if (len == 0 || len > 253)
		return false;
	for (;;) {
		const char *dot = memchr(s, '.', len);
		size_t part = dot ? (size_t)(dot - s) : len;

		if (!is_label(s, part, 253))
			return false;
		if (!dot)
			return true;
		s += part + 1;
		len -= part + 1;
	}
}

bool spec_is_dns_subdomain(const char *s)
{
	return is_subdomain(s, strnlen(s, 254));
}

bool spec_is_port_name(const char *s)
{
	size_t len = strnlen(s, 16);
	size_t i;

	if (!is_label(s, len, 15) || strstr(s, "--"))
		return false;
	for (i = 0; i < len; i++)
		if (is_lower(s[i]))
			return true;
	return false;
}

bool spec_is_env_name(const char *s)
{
	if (!*s)
		return false;
	for (; *s; s++)
		if (*s < 0x20 || *s > 0x7e || *s == '=')
			return false;
	return true;
}

/* [A-Za-z0-9] at both ends, and [-_.] too in between, at most 63. */
static bool is_qualified(const char *s, size_t len)
{
	size_t i;

	if (len == 0 || len > 63 || !is_alnum(s[0]) || !is_alnum(s[len - 1]))
		return false;
	for (i = 0; i < len; i++)
		if (!is_alnum(s[i]) && !strchr("-_.", s[i]))
			return false;
	return true;
}

bool spec_is_label_key(const char *s)
{
	const char *slash = strchr(s, '/');

	if (slash && !is_subdomain(s, (size_t)(slash - s)))
		return false;
	if (slash)
		s = slash + 1;
	return is_qualified(s, strnlen(s, 64));
}

bool spec_is_label_value(const char *s)
{
	return !*s || is_qualified(s, strnlen(s, 64));
}

bool spec_is_capability(const char *s)
{
	size_t len = strnlen(s, 64);
	size_t i;

	if (len == 0 || len > 63 || s[0] < 'A' || s[0] > 'Z')
		return false;
	for (i = 0; i < len; i++)
		if (!(s[i] >= 'A' && s[i] <= 'Z') && !is_digit(s[i]) &&
			s[i] != '_')
			return false;
	return true;
}

bool spec_has_dotdot(const char *s)
{
	while (*s) {
		size_t n = strcspn(s, "/");

		if (n == 2 && s[0] == '.' && s[1] == '.')
			return true;
		s += n;
		s += *s == '/';
	}
	return false;
}

bool spec_is_absolute_path(const char *s)
{
	const char *p;

	if (*s != '/' || spec_has_dotdot(s))
		return false;
	for (p = s; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			return false;
	return p - s < 4096;
}

bool spec_is_plain_key(const char *s)
{
	if (!*s)
		return false;
	for (; *s; s++)
		if (!is_alnum(*s) && *s != '_' && *s != '-' && *s != '$')
			return false;
	return true;
}
