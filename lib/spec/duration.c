/* SPDX-License-Identifier: MIT */
/*
 * spec/duration.c - durations as Go and kubectl write them.
 *
 * Knows "1h30m", "2.5s", "100ms"; knows nothing of clocks.
 */
#include "spec/spec.h"

#include <errno.h>
#include <string.h>

/* Longest text first: "ms" must not be read as "m" and a stray "s". */
static const struct unit {
	const char *text;
	int64_t nsec;
} units[] = {
	{ "ns", 1 },
	{ "us", 1000 },
	{ "\xc2\xb5s", 1000 },	/* U+00B5 micro sign */
	{ "\xce\xbcs", 1000 },	/* U+03BC Greek mu */
	{ "ms", 1000000 },
	{ "s", 1000000000 },
	{ "m", 60 * 1000000000LL },
	{ "h", 3600 * 1000000000LL },
};

static const struct unit *find_unit(const char **s)
{
	size_t i;

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		size_t n = strlen(units[i].text);

		if (strncmp(*s, units[i].text, n) == 0) {
			*s += n;
			return &units[i];
		}
	}
	return NULL;
}

/* A number: whole + fraction / scale. Digits past nanoseconds are dropped. */
static int parse_number(const char **s, int64_t *whole, int64_t *fraction,
	int64_t *scale)
{
	const char *p = *s;
	bool any = false;

	*whole = 0;
	*fraction = 0;
	*scale = 1;
	for (; *p >= '0' && *p <= '9'; p++, any = true)
		if (__builtin_mul_overflow(*whole, 10, whole) ||
			__builtin_add_overflow(*whole, *p - '0', whole))
			return -ERANGE;
	if (*p == '.')
		for (p++; *p >= '0' && *p <= '9'; p++, any = true)
			if (*scale < 1000000000) {
				*fraction = *fraction * 10 + (*p - '0');
				*scale *= 10;
			}
	*s = p;
	return any ? 0 : -EINVAL;
}

static int64_t part_of(int64_t fraction, int64_t scale, int64_t nsec)
{
	return (int64_t)((__int128)fraction * nsec / scale);
}

int spec_parse_duration(const char *s, int64_t *ret_usec)
{
	int64_t total = 0, whole, fraction, scale;

	if (strcmp(s, "0") == 0) {
		*ret_usec = 0;
		return 0;
	}
	if (*s == '-')
		return -ERANGE;
	if (*s == '+')
		s++;
	if (!*s)
		return -EINVAL;
	while (*s) {
		const struct unit *u;
		int r = parse_number(&s, &whole, &fraction, &scale);

		if (r < 0)
			return r;
		u = find_unit(&s);
		if (!u)
			return -EINVAL;
		if (__builtin_mul_overflow(whole, u->nsec, &whole) ||
			__builtin_add_overflow(total, whole, &total) ||
			__builtin_add_overflow(total,
				part_of(fraction, scale, u->nsec), &total))
			return -ERANGE;
	}
	*ret_usec = total / 1000;
	return 0;
}
