/* SPDX-License-Identifier: MIT */
/*
 * podrun/interrupt.h - Ctrl-C in the middle of create and run.
 */
#ifndef PODRUN_INTERRUPT_H
#define PODRUN_INTERRUPT_H

#include "podrun/launch.h"

/*
 * From here on SIGINT and SIGTERM only interrupt what blocks. While a pod is
 * being made that closes the request, and its supervisor takes back what it
 * has built.
 */
void interrupt_catch(void);
/* The signal that came, 0: none. */
int interrupt_signal(void);

/* End the pods: what a signal does. */
void interrupt_end_pods(const struct cli *cli, const struct launched *pods,
	bool remove);

#endif
