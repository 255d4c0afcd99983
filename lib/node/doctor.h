/* SPDX-License-Identifier: MIT */
/*
 * node/doctor.h - what doctor's groups of facts share.
 */
#ifndef NODE_DOCTOR_H
#define NODE_DOCTOR_H

#include <pod/node.h>

#include "run/run.h"

struct doctor {
	const struct run_dirs *dirs;	/* NULL: could not be opened */
	void (*each)(const struct pod_fact *fact, void *context);
	void *context;
};

/* Tell one fact. effect and fix are dropped from one that is OK. */
void doctor_fact(struct doctor *d, const char *name,
	enum pod_fact_state state, const char *found, const char *effect,
	const char *fix);

void doctor_kernel(struct doctor *d);		/* doctor_kernel.c */
void doctor_privilege(struct doctor *d);	/* doctor_kernel.c */
void doctor_cgroup(struct doctor *d);		/* doctor_host.c */
void doctor_network(struct doctor *d);		/* doctor_host.c */
void doctor_directories(struct doctor *d);	/* doctor_host.c */

#endif
