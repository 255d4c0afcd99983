/* SPDX-License-Identifier: MIT */
/*
 * podrun/launch.h - making pods from specs, for create and run.
 */
#ifndef PODRUN_LAUNCH_H
#define PODRUN_LAUNCH_H

#include "podrun/cli.h"

/* The pods that were made, for what follows (run --wait). */
struct launched_pod {
	char uid[64];
	struct pod_node *node;	/* a handle waits for one --rm pod at most */
};
struct launched {
	struct launched_pod *pods;
	size_t count;
};

/*
 * Make every pod of m in order and say so. As kubectl does it, a failure is
 * reported and the others are made all the same. exec_status: tell 125, 126
 * and 127 apart. launched may be NULL. A CLI status: the first failure's, or
 * 128 + n when signal n came in between: the pod it met is taken back, the
 * rest not made.
 */
int launch_all(const struct cli *cli, const struct manifest *m,
	unsigned int flags, bool exec_status, struct launched *launched);
void launched_done(struct launched *launched);
#define _cleanup_launched_ __attribute__((cleanup(launched_done)))

#endif
