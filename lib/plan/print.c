/* SPDX-License-Identifier: MIT */
/*
 * plan/print.c - the public face of a plan: preview, sentences, JSON.
 *
 * The reference host has every controller and the first address, so the
 * output depends on the spec alone.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <pod/plan.h>

#include "base/err.h"
#include "base/str.h"
#include "cg/cg.h"
#include "plan/plan.h"
#include "sec/sec.h"

#define REFERENCE_UID "00000000-0000-0000-0000-000000000000"

struct pod_plan {
	struct plan *plan;
};

static void reference_facts(struct plan_facts *f)
{
	memset(f, 0, sizeof(*f));
	f->uid = REFERENCE_UID;
	f->node_name = "node";
	f->root_dir = "/var/lib/podrun";
	f->run_dir = "/run/podrun";
	f->resolv_conf = "nameserver 192.0.2.53\n";
	f->hosts = "127.0.0.1\tlocalhost\n";
	f->controllers = CG_CPU | CG_MEMORY | CG_PIDS | CG_IO | CG_CPUSET;
	f->has_cgroup = true;
	f->cap_available = ((uint64_t)1 << 41) - 1;
	f->memory_total_bytes = (uint64_t)8 << 30;
	f->v4.family = AF_INET;
	(void)inet_pton(AF_INET, "10.245.0.2", &f->v4.v4);
	f->v6.family = AF_INET6;
	(void)inet_pton(AF_INET6, "fd00:10:245::2", &f->v6.v6);
}

/* One filter per container; they are what the plan would carry. */
static int reference_filters(const struct pod_spec *spec,
	struct plan_facts *f, struct plan_filter *filters,
	struct pod_error *reterr)
{
	/* stands for a profile file that is not read here */
	static const uint64_t allow_all = 0x7fff000000000006u;
	size_t i;
	int r;

	for (i = 0; i < spec->n_containers; i++) {
		struct plan_filter *p = &filters[f->n_filters];
		struct sec_seccomp_params params = { 0 };
		const char *localhost;
		void *bpf = NULL;
		int wants = plan_wants_filter(spec, i, &localhost);

		if (!wants)
			continue;
		r = plan_capabilities(spec, i, f->cap_available,
			&p->capabilities, reterr);
		if (r < 0)
			return r;
		p->docker_compat = spec->profile == SPEC_PROFILE_DOCKER;
		p->localhost = localhost;
		if (wants == 2) {
			bpf = malloc(sizeof(allow_all));
			if (bpf)
				memcpy(bpf, &allow_all, sizeof(allow_all));
			p->len = sizeof(allow_all);
			r = bpf ? 0 : -ENOMEM;
		} else {
			params.capabilities = p->capabilities;
			params.docker_compat = p->docker_compat;
			r = sec_seccomp_compile(&params, &bpf, &p->len,
				reterr);
		}
		if (r < 0)
			return r;
		p->bpf = bpf;
		f->n_filters++;
	}
	return 0;
}

int pod_plan_preview(const struct pod_spec *spec, struct pod_plan **ret,
	struct pod_error *reterr)
{
	struct plan_facts facts;
	struct plan_filter *filters;
	struct pod_plan *p;
	size_t i;
	int r;

	reference_facts(&facts);
	filters = calloc(spec->n_containers + 1, sizeof(*filters));
	p = calloc(1, sizeof(*p));
	if (!filters || !p) {
		free(filters);
		free(p);
		return err_code(reterr, -ENOMEM, POD_STAGE_PLAN, spec->name,
			"compile the plan");
	}
	facts.filters = filters;
	r = reference_filters(spec, &facts, filters, reterr);
	if (r >= 0)
		r = plan_make(spec, &facts, &p->plan, reterr);
	for (i = 0; i < facts.n_filters; i++) {
		union {
			const void *in;
			void *out;
		} owned = { .in = filters[i].bpf };

		free(owned.out);
	}
	free(filters);
	if (r < 0) {
		free(p);
		return r;
	}
	*ret = p;
	return 0;
}

void pod_plan_free(struct pod_plan *plan)
{
	if (!plan)
		return;
	free(plan->plan);
	free(plan);
}

size_t pod_plan_count(const struct pod_plan *plan)
{
	return plan->plan->ops.count;
}

static const char *container_name(const struct plan *p,
	const struct plan_op *op)
{
	return op->container < 0 ? "" :
		plan_text(p, plan_container_at(p,
				     (uint32_t)op->container)->name);
}

int pod_plan_describe(const struct pod_plan *plan, size_t index, char *buf,
	size_t size, const char **ret_container)
{
	if (index >= plan->plan->ops.count)
		return -ERANGE;
	if (ret_container)
		*ret_container = container_name(plan->plan,
			plan_op_at(plan->plan, (uint32_t)index));
	return plan_describe(plan->plan, (uint32_t)index, buf, size);
}

int pod_plan_to_json(const struct pod_plan *plan, char **ret,
	struct pod_error *reterr)
{
	_cleanup_sb_ struct strbuf sb = { 0 };
	const struct plan *p = plan->plan;
	char text[4096];
	uint32_t i;

	sb_printf(&sb, "{\"version\":%u,\"pod\":{\"name\":", p->version);
	sb_json(&sb, plan_text(p, p->name));
	sb_puts(&sb, ",\"namespace\":");
	sb_json(&sb, plan_text(p, p->namespace_));
	sb_puts(&sb, ",\"uid\":");
	sb_json(&sb, plan_text(p, p->uid));
	sb_printf(&sb, "},\"size\":%u,\"operations\":[", p->size);
	for (i = 0; i < p->ops.count; i++) {
		const struct plan_op *op = plan_op_at(p, i);

		(void)plan_describe(p, i, text, sizeof(text));
		sb_printf(&sb, "%s{\"index\":%u,\"container\":", i ? "," : "",
			i);
		sb_json(&sb, container_name(p, op));
		sb_puts(&sb, ",\"what\":");
		sb_json(&sb, text);
		sb_puts(&sb, "}");
	}
	sb_puts(&sb, "]}");
	if (sb_result(&sb) < 0)
		return err_code(reterr, -ENOMEM, POD_STAGE_PLAN,
			plan_text(p, p->name), "print the plan");
	*ret = sb.data;
	memset(&sb, 0, sizeof(sb));
	return 0;
}
