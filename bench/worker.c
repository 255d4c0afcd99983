/* SPDX-License-Identifier: MIT */
/*
 * bench/worker.c - a program that measures one thing again and again.
 *
 * Knows the dialogue with podbench and the summary; nothing of the thing.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "stats.h"
#include "worker.h"

double worker_now_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

void worker_hold_signals(void)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGTERM);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
}

bool worker_interrupted(void)
{
	sigset_t set;

	return sigpending(&set) == 0 && (sigismember(&set, SIGINT) == 1 ||
		sigismember(&set, SIGTERM) == 1);
}

static int serve(const struct worker *w)
{
	double ready, cycle;
	char line[16];

	(void)puts("ready");
	while (fflush(stdout) == 0 && fgets(line, sizeof(line), stdin)) {
		if (w->once(w->context, &ready, &cycle) < 0)
			return EXIT_FAILURE;
		(void)printf("%.1f %.1f\n", ready, cycle);
	}
	return ferror(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}

static void print(const struct worker *w, size_t count,
	const struct stats_summary *ready, const struct stats_summary *cycle)
{
	if (!w->json) {
		(void)printf("%s, %zu times: median (min, p99) in us\n"
			     "  running after %.0f (%.0f, %.0f)\n"
			     "  whole cycle   %.0f (%.0f, %.0f)\n",
			w->subject, count, ready->median, ready->min,
			ready->p99, cycle->median, cycle->min, cycle->p99);
		return;
	}
	(void)printf("{\"subject\":\"%s\",\"n\":%zu,\"ready_us\":", w->subject,
		count);
	stats_print_json(stdout, ready);
	(void)printf(",\"cycle_us\":");
	stats_print_json(stdout, cycle);
	(void)printf("}\n");
}

static int repeat(const struct worker *w, struct stats *readies,
	struct stats *cycles)
{
	double ready, cycle;

	/* One that does not count: caches, lazily bound symbols, modules. */
	for (size_t i = 0; i <= w->count && !worker_interrupted(); i++) {
		if (w->once(w->context, &ready, &cycle) < 0)
			return EXIT_FAILURE;
		if (i > 0 && (stats_add(readies, ready) < 0 ||
				stats_add(cycles, cycle) < 0)) {
			(void)fprintf(stderr, "%s: out of memory\n",
				w->subject);
			return EXIT_FAILURE;
		}
	}
	return EXIT_SUCCESS;
}

int worker_run(const struct worker *w)
{
	struct stats readies = { .us = NULL }, cycles = { .us = NULL };
	struct stats_summary ready, cycle;
	int status;

	if (w->serve)
		return serve(w);
	worker_hold_signals();
	status = repeat(w, &readies, &cycles);
	if (status == EXIT_SUCCESS) {
		ready = stats_summarise(&readies);
		cycle = stats_summarise(&cycles);
		print(w, cycles.count, &ready, &cycle);
	}
	stats_done(&readies);
	stats_done(&cycles);
	return status;
}
