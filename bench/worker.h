/* SPDX-License-Identifier: MIT */
/*
 * bench/worker.h - a program that measures one thing again and again.
 *
 * By itself it does so N times and prints a summary. As podbench's worker
 * (serve) it says "ready" and then, for each line it reads, does it once and
 * answers "READY_US CYCLE_US": so podbench can take turns between subjects
 * without starting this program anew each time.
 */
#ifndef BENCH_WORKER_H
#define BENCH_WORKER_H

#include <stdbool.h>
#include <stddef.h>

struct worker {
	const char *subject;
	size_t count;
	bool json, serve;
	/* Do it once; negative errno, having said why on standard error. */
	int (*once)(void *context, double *ret_ready_us,
		double *ret_cycle_us);
	void *context;
};

/* Microseconds on CLOCK_MONOTONIC. */
double worker_now_us(void);
/* Hold back INT and TERM; worker_interrupted() then tells whether one came. */
void worker_hold_signals(void);
bool worker_interrupted(void);
/* Returns the exit status. Ends early, between two turns, when interrupted. */
int worker_run(const struct worker *w);

#endif
