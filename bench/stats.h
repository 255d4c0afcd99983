/* SPDX-License-Identifier: MIT */
/*
 * bench/stats.h - samples in microseconds: median, minimum, 99th percentile.
 */
#ifndef BENCH_STATS_H
#define BENCH_STATS_H

#include <stddef.h>
#include <stdio.h>

/* Zero-initialise; stats_done() when finished. */
struct stats {
	double *us;
	size_t count, room;
};

struct stats_summary {
	double median, min, p99;	/* of the nearest rank; 0 without samples */
};

int stats_add(struct stats *s, double us);
/* Sorts the samples in place. */
struct stats_summary stats_summarise(struct stats *s);
/* {"median":M,"min":N,"p99":P} */
void stats_print_json(FILE *out, const struct stats_summary *summary);
void stats_done(struct stats *s);

#endif
