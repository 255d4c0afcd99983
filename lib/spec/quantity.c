/* SPDX-License-Identifier: MIT */
/*
 * spec/quantity.c - Kubernetes quantities, exactly.
 *
 * Knows the suffixes and rounding up; knows nothing of resources. No floating
 * point: 0.1 has no exact double, and "rounded up" would not mean much.
 */
#include "spec/spec.h"

#include <errno.h>
#include <string.h>

typedef unsigned __int128 wide;

/* A number as mantissa * 10^exp10 * 2^exp2. */
struct decimal {
	uint64_t mantissa;
	int exp10;
	unsigned int exp2;
};

static const struct suffix {
	const char *text;
	int exp10;
	unsigned int exp2;
} suffixes[] = {
	{ "", 0, 0 },	 { "n", -9, 0 },  { "u", -6, 0 },  { "m", -3, 0 },
	{ "k", 3, 0 },	 { "M", 6, 0 },	  { "G", 9, 0 },   { "T", 12, 0 },
	{ "P", 15, 0 },	 { "E", 18, 0 },  { "Ki", 0, 10 }, { "Mi", 0, 20 },
	{ "Gi", 0, 30 }, { "Ti", 0, 40 }, { "Pi", 0, 50 }, { "Ei", 0, 60 },
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/*
 * Digits with at most one point. Zeros at the end of the mantissa are held
 * back, so that only significant digits count against the 18 that fit.
 */
static int parse_digits(const char **s, struct decimal *d)
{
	int held = 0, significant = 0, digits = 0;
	bool point = false;
	const char *p;

	for (p = *s; is_digit(*p) || (*p == '.' && !point); p++) {
		if (*p == '.') {
			point = true;
			continue;
		}
		digits++;
		d->exp10 -= point;
		if (*p == '0') {
			held += d->mantissa > 0;
			if (!d->mantissa)
				continue;
			if (held > 1000)
				return -ERANGE;
			continue;
		}
		if (significant + held + 1 > 18)
			return -ERANGE;
		for (significant += held + 1; held > 0; held--)
			d->mantissa *= 10;
		d->mantissa = d->mantissa * 10 + (uint64_t)(*p - '0');
	}
	d->exp10 += held;
	*s = p;
	return digits ? 0 : -EINVAL;
}

static int parse_exponent(const char *s, struct decimal *d)
{
	bool negative = *s == '-';
	int value = 0;

	if (*s == '-' || *s == '+')
		s++;
	if (!*s)
		return -EINVAL;
	for (; *s; s++) {
		if (!is_digit(*s))
			return -EINVAL;
		if (value < 10000)
			value = value * 10 + (*s - '0');
	}
	d->exp10 += negative ? -value : value;
	return 0;
}

static int parse_suffix(const char *s, struct decimal *d)
{
	size_t i;

	for (i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		if (strcmp(s, suffixes[i].text) != 0)
			continue;
		d->exp10 += suffixes[i].exp10;
		d->exp2 = suffixes[i].exp2;
		return 0;
	}
	if (*s == 'e' || *s == 'E')
		return parse_exponent(s + 1, d);
	return -EINVAL;
}

/* 18 digits times 2^60 is below 2^120: the first product cannot overflow. */
static int scale_up(const struct decimal *d, int64_t *ret)
{
	wide v = (wide)d->mantissa << d->exp2;
	int e = d->exp10;
	bool inexact = false;

	if (!v) {
		*ret = 0;
		return 0;
	}
	for (; e > 0; e--) {
		if (v > INT64_MAX)
			return -ERANGE;
		v *= 10;
	}
	for (; e < 0 && v; e++) {
		inexact |= v % 10 != 0;
		v /= 10;
	}
	v += inexact;
	if (v > INT64_MAX)
		return -ERANGE;
	*ret = (int64_t)v;
	return 0;
}

int spec_parse_quantity(const char *s, unsigned int digits, int64_t *ret)
{
	struct decimal d = { 0 };
	bool negative = *s == '-';
	int r;

	if (*s == '-' || *s == '+')
		s++;
	r = parse_digits(&s, &d);
	if (r < 0)
		return r;
	r = parse_suffix(s, &d);
	if (r < 0)
		return r;
	if (negative && d.mantissa)
		return -ERANGE;
	d.exp10 += (int)digits;
	return scale_up(&d, ret);
}
