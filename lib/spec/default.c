/* SPDX-License-Identifier: MIT */
/*
 * spec/default.c - what a pod means where it says nothing.
 *
 * Knows the defaults of the Kubernetes API and of the restricted profile;
 * knows nothing of the host's: those are the plan's. Running it twice
 * changes nothing more.
 */
#include "spec/spec.h"

static void default_tri(enum spec_tri *field, enum spec_tri value)
{
	if (*field == SPEC_MAYBE)
		*field = value;
}

/* Kubernetes: a request that is not given equals the limit. */
static void default_resources(struct spec_resources *r)
{
	if (r->cpu_request_milli == SPEC_UNSET)
		r->cpu_request_milli = r->cpu_limit_milli;
	if (r->memory_request_bytes == SPEC_UNSET)
		r->memory_request_bytes = r->memory_limit_bytes;
}

static void default_env(struct spec_env *env)
{
	if (!env->value && !env->field_path && !env->resource)
		env->value = "";
	if (env->resource && env->resource_divisor_milli == 0)
		env->resource_divisor_milli = SPEC_UNSET;
}

static void default_container(const struct pod_spec *spec,
	struct spec_container *c)
{
	size_t i;

	if (!c->termination_message_path)
		c->termination_message_path = "/dev/termination-log";
	default_resources(&c->resources);
	for (i = 0; i < c->n_env; i++)
		default_env(&c->env[i]);
	if (spec->profile != SPEC_PROFILE_RESTRICTED)
		return;
	default_tri(&c->security.allow_privilege_escalation, SPEC_NO);
	default_tri(&c->security.read_only_root_filesystem, SPEC_YES);
}

int spec_default(struct pod_spec *spec)
{
	size_t i;

	if (!spec->namespace_)
		spec->namespace_ = "default";
	if (!spec->service_account_name)
		spec->service_account_name = "default";
	if (spec->restart_policy == SPEC_RESTART_UNSET)
		spec->restart_policy = SPEC_RESTART_ALWAYS;
	if (spec->grace_seconds == SPEC_UNSET)
		spec->grace_seconds = 30;
	if (spec->profile == SPEC_PROFILE_RESTRICTED)
		default_tri(&spec->security.run_as_non_root, SPEC_YES);
	for (i = 0; i < spec->n_containers; i++)
		default_container(spec, &spec->containers[i]);
	return 0;
}
