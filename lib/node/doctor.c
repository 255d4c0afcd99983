/* SPDX-License-Identifier: MIT */
/*
 * node/doctor.c - every fact about this machine that pods depend on.
 *
 * Knows the order in which they are told; each probe is harmless and leaves
 * nothing. A fact is OK, DEGRADED (pods run, something works less) or MISSING
 * (no pod can run).
 */
#include "node/doctor.h"

#include <errno.h>

#include "base/err.h"
#include "node/node.h"

void doctor_fact(struct doctor *d, const char *name,
	enum pod_fact_state state, const char *found, const char *effect,
	const char *fix)
{
	const struct pod_fact fact = {
		.name = name,
		.state = state,
		.found = found,
		.effect = state == POD_FACT_OK ? "" : effect,
		.fix = state == POD_FACT_OK ? "" : fix,
	};

	d->each(&fact, d->context);
}

int pod_node_doctor(struct pod_node *node,
	void (*each)(const struct pod_fact *fact, void *context),
	void *context, struct pod_error *reterr)
{
	struct doctor d = { .each = each, .context = context };
	struct pod_error error = { 0 };
	struct run_dirs *dirs;
	int r;

	if (!each)
		return err_set(reterr, -EINVAL, POD_STAGE_HOST, NULL, "doctor",
			"nobody to tell the facts to");
	r = node_dirs(node, false, &dirs, &error);
	if (!r)
		d.dirs = dirs;
	doctor_kernel(&d);
	doctor_privilege(&d);
	if (r < 0)
		doctor_fact(&d, "directories", POD_FACT_MISSING, error.message,
			"pods cannot be kept", error.hint);
	else
		doctor_directories(&d);
	doctor_cgroup(&d);
	doctor_network(&d);
	return 0;
}
