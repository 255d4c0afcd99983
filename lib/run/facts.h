/* SPDX-License-Identifier: MIT */
/* run/facts.h - compiling for this host; run_plan() is in run.h. */
#ifndef RUN_FACTS_H
#define RUN_FACTS_H

#include "run/run.h"

/* run_plan(), with or without a network link and its lease. */
int run_plan_linked(struct run_dirs *d, const struct pod_spec *spec,
	const char *uid, int state, bool link, struct plan **ret,
	struct pod_error *reterr);

#endif
