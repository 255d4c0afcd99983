/* SPDX-License-Identifier: MIT */
/*
 * front/nearest.c - "did you mean".
 *
 * Knows the distance between two words; knows nothing of what they mean.
 */
#include "front/decode.h"

#include <ctype.h>
#include <string.h>

#define LONGEST 48

static size_t min3(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;

	return m < c ? m : c;
}

/*
 * Edits from a to b, ignoring case: the commonest slip is hostnetwork for
 * hostNetwork. Swapped neighbours (nmae) count as one.
 */
static size_t distance(const char *a, size_t n, const char *b, size_t m)
{
	size_t rows[3][LONGEST + 1];
	size_t *old = rows[0], *prev = rows[1], *row = rows[2];
	size_t i, k;

	for (k = 0; k <= m; k++)
		prev[k] = k;
	for (i = 1; i <= n; i++) {
		size_t *spare = old;

		row[0] = i;
		for (k = 1; k <= m; k++) {
			int x = tolower((unsigned char)a[i - 1]);
			int y = tolower((unsigned char)b[k - 1]);

			row[k] = min3(prev[k] + 1, row[k - 1] + 1,
				prev[k - 1] + (x != y));
			if (i > 1 && k > 1 && x != y &&
				x == tolower((unsigned char)b[k - 2]) &&
				y == tolower((unsigned char)a[i - 2]) &&
				old[k - 2] + 1 < row[k])
				row[k] = old[k - 2] + 1;
		}
		old = prev;
		prev = row;
		row = spare;
	}
	return prev[m];
}

const char *front_nearest(const char *name, const struct front_field *fields,
	size_t n_fields)
{
	size_t n = strnlen(name, LONGEST + 1), best = n / 3 + 1, i;
	const char *found = NULL;

	if (n > LONGEST)
		return NULL;
	for (i = 0; i < n_fields; i++) {
		size_t m = strlen(fields[i].name), d;

		if (m > LONGEST)
			continue;
		d = distance(name, n, fields[i].name, m);
		if (d < best) {
			best = d;
			found = fields[i].name;
		}
	}
	return found;
}
