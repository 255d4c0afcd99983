/* SPDX-License-Identifier: MIT */
/*
 * support/ledger.h - what exists now, as a list that can be compared.
 *
 * Shares no code with the library, so that a fault there cannot hide a leak.
 */
#ifndef SUPPORT_LEDGER_H
#define SUPPORT_LEDGER_H

#include <stddef.h>
#include <stdio.h>

enum ledger_kind {
	LEDGER_FD = 1u << 0,		/* of this process */
	LEDGER_MOUNT = 1u << 1,		/* of this mount namespace */
	LEDGER_LINK = 1u << 2,		/* of this network namespace */
	LEDGER_ROUTE = 1u << 3,
	LEDGER_CHILD = 1u << 4,		/* zombies too */
	LEDGER_PROCESS = 1u << 5,	/* all in this PID namespace but this one */
	LEDGER_CGROUP = 1u << 6,	/* below POD_TEST_CGROUP */
	LEDGER_IPC = 1u << 7,		/* System V, message queues */
	LEDGER_FILE = 1u << 8,		/* below PODRUN_RUN, PODRUN_ROOT */
};

struct ledger {
	char **entries;	/* sorted sentences */
	size_t count;
	size_t cap;
};

/* Fill an empty ledger; ends the process when memory or /proc fails. */
void ledger_take(struct ledger *ledger, unsigned int kinds);
void ledger_done(struct ledger *ledger);

/*
 * Write one line for each difference to out (NULL: only count):
 * "left behind: ENTRY" or "gone: ENTRY". Returns their number.
 */
size_t ledger_compare(const struct ledger *before, const struct ledger *after,
	FILE *out);

/*
 * Take ledgers until there is no difference from `before` or timeout_msec
 * have passed: the kernel frees a network namespace, and with it a link,
 * some time after its last process. Differences of the last one go to out.
 */
size_t ledger_settle(const struct ledger *before, unsigned int kinds,
	unsigned int timeout_msec, FILE *out);

#endif
