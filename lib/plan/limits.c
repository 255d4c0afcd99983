/* SPDX-License-Identifier: MIT */
/*
 * plan/limits.c - resources into cgroup files.
 *
 * Knows Kubernetes' quality of service classes and which value goes where;
 * the arithmetic is cg/quota.c's. A limit whose controller is not there is
 * refused here, before anything is made.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "cg/cg.h"
#include "plan/block.h"

/* The security baseline's: nothing in a container forks without end. */
#define PIDS_DEFAULT 2048

enum qos { GUARANTEED, BURSTABLE, BEST_EFFORT };

static enum qos qos_class(const struct pod_spec *s)
{
	bool any = false, equal = true;
	size_t i;

	for (i = 0; i < s->n_containers; i++) {
		const struct spec_resources *r = &s->containers[i].resources;

		if (r->cpu_request_milli != SPEC_UNSET ||
			r->cpu_limit_milli != SPEC_UNSET ||
			r->memory_request_bytes != SPEC_UNSET ||
			r->memory_limit_bytes != SPEC_UNSET)
			any = true;
		if (r->cpu_limit_milli == SPEC_UNSET ||
			r->memory_limit_bytes == SPEC_UNSET ||
			(r->cpu_request_milli != SPEC_UNSET &&
				r->cpu_request_milli != r->cpu_limit_milli) ||
			(r->memory_request_bytes != SPEC_UNSET &&
				r->memory_request_bytes !=
					r->memory_limit_bytes))
			equal = false;
	}
	return !any ? BEST_EFFORT : equal ? GUARANTEED : BURSTABLE;
}

const char *limits_cgroup(struct block *b)
{
	static const char *const parents[] = {
		[GUARANTEED] = "kubepods",
		[BURSTABLE] = "kubepods/burstable",
		[BEST_EFFORT] = "kubepods/besteffort",
	};

	return arena_printf(&b->scratch, "%s/pod%s",
		parents[qos_class(b->spec)], b->facts->uid);
}

static void set(struct block *b, const char *file, const char *value,
	uint16_t flags)
{
	plan_str f = block_str(b, file), v = block_str(b, value);
	struct plan_op *op = block_op(b, OP_CGROUP_SET);

	op->a = f;
	op->b = v;
	op->flags = flags;
}

static void set_number(struct block *b, const char *file, uint64_t value)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "%" PRIu64, value);
	set(b, file, text, 0);
}

static int need(struct block *b, uint32_t controller, const char *container,
	const char *field, struct pod_error *reterr)
{
	int r;

	if (b->facts->controllers & controller)
		return 0;
	r = err_set(reterr, -ENODEV, POD_STAGE_CGROUP, field,
		"apply the limit",
		"the cgroup v2 controller \"%s\" is not available",
		cg_controller_name((enum cg_controller)controller));
	if (container)
		err_container(reterr, container);
	err_hint(reterr, "remove the limit, or give a --cgroup-parent with "
			 "that controller; see podrun doctor");
	return r;
}

static int64_t or_zero(int64_t v)
{
	return v == SPEC_UNSET ? 0 : v;
}

/* request, or the limit where only that is given */
static int64_t cpu_request(const struct spec_resources *r)
{
	return r->cpu_request_milli != SPEC_UNSET ? r->cpu_request_milli :
						    r->cpu_limit_milli;
}

static void cpu(struct block *b, int64_t request, int64_t limit)
{
	char text[64];

	if (b->facts->controllers & CG_CPU)
		set_number(b, "cpu.weight",
			cg_weight_from_shares(cg_shares_from_milli(
				or_zero(request))));
	if (limit == SPEC_UNSET)
		return;
	(void)snprintf(text, sizeof(text), "%" PRIu64 " %u",
		cg_quota_from_milli(limit), CG_PERIOD_USEC);
	set(b, "cpu.max", text, 0);
}

static void memory(struct block *b, int64_t limit)
{
	if (limit == SPEC_UNSET)
		return;
	set_number(b, "memory.max", (uint64_t)limit);
	/* a kernel without swap accounting has no such file */
	set(b, "memory.swap.max", "0", OPF_MAY_BE_ABSENT);
}

int limits_container(struct block *b, const struct spec_container *c,
	struct pod_error *reterr)
{
	const struct spec_resources *res = &c->resources;
	int r = 0;

	if (res->cpu_limit_milli != SPEC_UNSET)
		r = need(b, CG_CPU, c->name, "resources.limits.cpu", reterr);
	if (r >= 0 && res->memory_limit_bytes != SPEC_UNSET)
		r = need(b, CG_MEMORY, c->name, "resources.limits.memory",
			reterr);
	if (r >= 0 && res->pids_limit != SPEC_UNSET)
		r = need(b, CG_PIDS, c->name, "the pids limit", reterr);
	if (r < 0)
		return r;
	if (b->facts->controllers & CG_CPU)
		cpu(b, cpu_request(res), res->cpu_limit_milli);
	if (b->facts->controllers & CG_MEMORY) {
		memory(b, res->memory_limit_bytes);
		set(b, "memory.oom.group", "1", 0);
	}
	if (b->facts->controllers & CG_PIDS)
		set_number(b, "pids.max",
			res->pids_limit == SPEC_UNSET ?
				PIDS_DEFAULT : (uint64_t)res->pids_limit);
	return 0;
}

/*
 * What the pod as a whole needs (section 3.6 of the semantics): regular
 * containers and sidecars together, or an init container with the sidecars
 * before it, whichever is more. Limits only if every container has one.
 */
struct totals {
	int64_t cpu_request, cpu_limit, memory_limit;
	bool all_cpu, all_memory;
};

static void add_totals(struct totals *t, const struct spec_resources *r)
{
	t->cpu_request += or_zero(cpu_request(r));
	t->cpu_limit += or_zero(r->cpu_limit_milli);
	t->memory_limit += or_zero(r->memory_limit_bytes);
}

static int64_t max64(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static struct totals pod_totals(const struct pod_spec *s)
{
	struct totals run = { 0 }, side = { 0 }, peak = { 0 };
	size_t i;

	run.all_cpu = run.all_memory = true;
	for (i = 0; i < s->n_containers; i++) {
		const struct spec_container *c = &s->containers[i];
		struct totals here = side;

		if (c->resources.cpu_limit_milli == SPEC_UNSET)
			run.all_cpu = false;
		if (c->resources.memory_limit_bytes == SPEC_UNSET)
			run.all_memory = false;
		add_totals(&here, &c->resources);
		peak.cpu_request = max64(peak.cpu_request, here.cpu_request);
		peak.cpu_limit = max64(peak.cpu_limit, here.cpu_limit);
		peak.memory_limit =
			max64(peak.memory_limit, here.memory_limit);
		if (c->kind != SPEC_INIT)
			add_totals(&side, &c->resources);
	}
	run.cpu_request = max64(side.cpu_request, peak.cpu_request);
	run.cpu_limit = max64(side.cpu_limit, peak.cpu_limit);
	run.memory_limit = max64(side.memory_limit, peak.memory_limit);
	return run;
}

int limits_pod(struct block *b, struct pod_error *reterr)
{
	struct totals t = pod_totals(b->spec);
	uint32_t have = b->facts->controllers;

	(void)reterr;
	if (have & CG_CPU)
		cpu(b, t.cpu_request, t.all_cpu ? t.cpu_limit : SPEC_UNSET);
	if (have & CG_MEMORY && t.all_memory)
		memory(b, t.memory_limit);
	return 0;
}
