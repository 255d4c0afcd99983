/* SPDX-License-Identifier: MIT */
/*
 * cg/match.c - does what the kernel reads back mean what was written?
 *
 * Knows how the kernel normalises values: page rounding, "max" with a
 * period, sorted CPU lists, keyed lines. Pure; opens nothing.
 */
#include "cg/cg.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"

#define SPACE " \t"
#define CPUS_MAX 8192u
#define WORD_BITS 64u

/* The word at *s and its length, *s moved behind it; 0: no more. */
static size_t next_word(const char **s, const char *end, const char **ret)
{
	const char *p = *s, *start;

	while (p < end && strchr(SPACE, *p))
		p++;
	start = p;
	while (p < end && !strchr(SPACE, *p))
		p++;
	*ret = start;
	*s = p;
	return (size_t)(p - start);
}

/* Every word of wanted, in order, at the beginning of the line. */
static bool is_prefix(const char *wanted, const char *line, const char *end)
{
	const char *w_end = wanted + strlen(wanted), *w, *g;
	size_t n;

	while ((n = next_word(&wanted, w_end, &w)))
		if (next_word(&line, end, &g) != n || memcmp(w, g, n) != 0)
			return false;
	return true;
}

static bool has_word(const char *line, const char *end, const char *word,
	size_t len)
{
	const char *g;
	size_t n;

	while ((n = next_word(&line, end, &g)))
		if (n == len && memcmp(word, g, n) == 0)
			return true;
	return false;
}

/* "8:0 rbps=1" is in "8:0 rbps=1 wbps=max": same key, all of the pairs. */
static bool is_keyed_line(const char *wanted, const char *line,
	const char *end)
{
	const char *w_end = wanted + strlen(wanted), *w, *g;
	size_t n = next_word(&wanted, w_end, &w);

	if (!n || next_word(&line, end, &g) != n || memcmp(w, g, n) != 0)
		return false;
	while ((n = next_word(&wanted, w_end, &w)))
		if (!has_word(line, end, w, n))
			return false;
	return true;
}

static bool matches_any_line(const char *wanted, const char *got)
{
	for (;;) {
		size_t n = strcspn(got, "\n");

		if (is_keyed_line(wanted, got, got + n))
			return true;
		if (!got[n])
			return false;
		got += n + 1;
	}
}

static bool parse_bytes(const char *s, uint64_t *ret)
{
	char *end;

	if (*s < '0' || *s > '9')
		return false;
	errno = 0;
	*ret = strtoull(s, &end, 10);
	return errno == 0 && *end == '\0';
}

/* Rounded down to a page; so much that it means "max". */
static bool is_rounded(const char *wanted, const char *got)
{
	long size = sysconf(_SC_PAGESIZE);
	uint64_t want, have, page = size > 0 ? (uint64_t)size : 4096;

	if (!parse_bytes(wanted, &want))
		return false;
	if (str_eq(got, "max"))
		return want / page >= LONG_MAX / page;
	return parse_bytes(got, &have) && have == want / page * page;
}

/* "0-2,5" as bits; false: not a list. */
static bool parse_list(const char *s, uint64_t *bits)
{
	unsigned long first, last;
	char *end;

	while (*s) {
		if (*s < '0' || *s > '9')
			return false;
		last = first = strtoul(s, &end, 10);
		if (*end == '-') {
			s = end + 1;
			if (*s < '0' || *s > '9')
				return false;
			last = strtoul(s, &end, 10);
		}
		if (last >= CPUS_MAX || last < first)
			return false;
		for (; first <= last; first++)
			bits[first / WORD_BITS] |=
				UINT64_C(1) << first % WORD_BITS;
		s = *end == ',' ? end + 1 : end;
		if (*end && *end != ',')
			return false;
	}
	return true;
}

static bool is_same_list(const char *wanted, const char *got)
{
	uint64_t a[CPUS_MAX / WORD_BITS] = { 0 };
	uint64_t b[CPUS_MAX / WORD_BITS] = { 0 };

	return parse_list(wanted, a) && parse_list(got, b) &&
		memcmp(a, b, sizeof(a)) == 0;
}

bool cg_value_matches(const char *file, const char *wanted, const char *got)
{
	uint32_t controller = cg_controller_of_file(file);

	/* An empty line, as of an unset cpuset, is only what is empty. */
	if (!wanted[strspn(wanted, SPACE)])
		return !got[strspn(got, SPACE)];
	if (is_prefix(wanted, got, got + strcspn(got, "\n")))
		return true;
	if (controller == CG_MEMORY)
		return is_rounded(wanted, got);
	if (controller == CG_CPUSET)
		return is_same_list(wanted, got);
	if (controller == CG_IO || controller == CG_RDMA ||
		controller == CG_MISC)
		return matches_any_line(wanted, got);
	return false;
}
