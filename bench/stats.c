/* SPDX-License-Identifier: MIT */
/*
 * bench/stats.c - samples in microseconds: median, minimum, 99th percentile.
 *
 * Knows nothing of what was measured. No mean: one wait for RCU would make it
 * a statement about luck.
 */
#include <errno.h>
#include <stdlib.h>

#include "stats.h"

int stats_add(struct stats *s, double us)
{
	const size_t room = s->room ? 2 * s->room : 64;
	double *grown;

	if (s->count == s->room) {
		grown = reallocarray(s->us, room, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		s->us = grown;
		s->room = room;
	}
	s->us[s->count++] = us;
	return 0;
}

static int compare(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The smallest sample that at least percent of all do not exceed. */
static double nearest_rank(const struct stats *s, size_t percent)
{
	const size_t rank = (s->count * percent + 99) / 100;

	return s->us[rank ? rank - 1 : 0];
}

struct stats_summary stats_summarise(struct stats *s)
{
	if (s->count == 0)
		return (struct stats_summary){ .median = 0 };
	qsort(s->us, s->count, sizeof(s->us[0]), compare);
	return (struct stats_summary){ .median = nearest_rank(s, 50),
		.min = s->us[0], .p99 = nearest_rank(s, 99) };
}

void stats_print_json(FILE *out, const struct stats_summary *summary)
{
	(void)fprintf(out, "{\"median\":%.1f,\"min\":%.1f,\"p99\":%.1f}",
		summary->median, summary->min, summary->p99);
}

void stats_done(struct stats *s)
{
	free(s->us);
	*s = (struct stats){ .us = NULL };
}
