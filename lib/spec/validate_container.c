/* SPDX-License-Identifier: MIT */
/*
 * spec/validate_container.c - checks of one container but its mounts, ports
 * and security.
 *
 * Knows this release's two kinds of image; knows nothing of what is in one.
 */
#include "spec/validate.h"

#include <errno.h>
#include <string.h>

#include "base/str.h"

#define LABEL_RULE "must be lower-case letters, digits and '-', at most 63"

/* The smallest page: less cannot hold even one, so it is a slip of units. */
#define MIN_MEMORY 4096

void vld_container_name(struct validation *v)
{
	const struct pod_spec *s = v->spec;
	const struct spec_container *c = v->container;
	const struct spec_container *other;

	if (!c->name || !*c->name) {
		vld_error(v, vld_in(v, "name"), "required");
		return;
	}
	if (!spec_is_dns_label(c->name))
		vld_error(v, vld_in(v, "name"), VLD_TEXT ": " LABEL_RULE,
			c->name);
	for (other = s->containers; other < c; other++) {
		if (!other->name || strcmp(other->name, c->name) != 0)
			continue;
		vld_error(v, vld_in(v, "name"),
			VLD_TEXT ": duplicate, names are unique across "
			"containers and initContainers", c->name);
		break;
	}
}

void vld_image(struct validation *v)
{
	const char *image = v->container->image;

	if (!image || !*image)
		vld_error(v, vld_in(v, "image"),
			"required: host, or dir:/PATH");
	else if (strcmp(image, "host") == 0)
		return;
	else if (!str_has_prefix(image, "dir:"))
		vld_error(v, vld_in(v, "image"),
			VLD_TEXT ": this release runs host (the host's own "
			"files) and dir:/PATH (a directory)", image);
	else if (!spec_is_absolute_path(image + 4))
		vld_error(v, vld_in(v, "image"),
			VLD_TEXT ": dir: takes an absolute path without '..' "
			"or control characters", image);
}

void vld_restart(struct validation *v)
{
	const struct spec_container *c = v->container;

	if (c->kind == SPEC_REGULAR &&
		c->restart_policy != SPEC_RESTART_UNSET)
		vld_error(v, vld_in(v, "restartPolicy"),
			"only an init container may have its own");
	if (c->kind == SPEC_INIT && c->restart_policy == SPEC_RESTART_ALWAYS)
		vld_error(v, vld_in(v, "restartPolicy"),
			"Always makes it a sidecar, not an init container");
}

static void strings(struct validation *v, const char *field,
	const char *const *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strlen(list[i]) >= SPEC_MAX_ENV_BYTES)
			vld_too_big(v, vld_in(v, "%s[%zu]", field, i),
				"the limit is %d bytes for one argument",
				SPEC_MAX_ENV_BYTES);
	if (n && !*list[0] && field[0] == 'c')
		vld_error(v, vld_in(v, "%s[0]", field),
			"required: the program to run");
}

void vld_command(struct validation *v)
{
	const struct spec_container *c = v->container;

	strings(v, "command", (const char *const *)c->command, c->n_command);
	strings(v, "args", (const char *const *)c->args, c->n_args);
}

void vld_paths(struct validation *v)
{
	const struct spec_container *c = v->container;

	if (c->working_dir && *c->working_dir &&
		!spec_is_absolute_path(c->working_dir))
		vld_error(v, vld_in(v, "workingDir"),
			VLD_TEXT ": must be an absolute path without '..' or "
			"control characters", c->working_dir);
	if (c->termination_message_path &&
		!spec_is_absolute_path(c->termination_message_path))
		vld_error(v, vld_in(v, "terminationMessagePath"),
			VLD_TEXT ": must be an absolute path without '..' or "
			"control characters", c->termination_message_path);
}

static bool is_field_path(const char *s)
{
	static const char *const known[] = { "metadata.name",
		"metadata.namespace", "metadata.uid", "spec.nodeName",
		"spec.serviceAccountName", "status.hostIP", "status.hostIPs",
		"status.podIP", "status.podIPs" };
	size_t i, n = strlen(s);

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(s, known[i]) == 0)
			return true;
	if (!str_has_prefix(s, "metadata.labels['") &&
		!str_has_prefix(s, "metadata.annotations['"))
		return false;
	return n > 2 && strcmp(s + n - 2, "']") == 0 && !str_has_control(s);
}

static bool has_container(const struct pod_spec *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->n_containers; i++)
		if (s->containers[i].name &&
			strcmp(s->containers[i].name, name) == 0)
			return true;
	return false;
}

static void env_source(struct validation *v, size_t i,
	const struct spec_env *e)
{
	static const char *const resources[] = { "limits.cpu",
		"limits.memory", "requests.cpu", "requests.memory" };
	size_t k;

	if (e->value && *e->value)
		vld_error(v, vld_in(v, "env[%zu].value", i),
			"may not be given together with valueFrom");
	if (e->field_path && e->resource)
		vld_error(v, vld_in(v, "env[%zu].valueFrom", i),
			"may have only one source");
	if (e->field_path && !is_field_path(e->field_path))
		vld_error(v,
			vld_in(v, "env[%zu].valueFrom.fieldRef.fieldPath", i),
			VLD_TEXT ": is no field that env can take",
			e->field_path);
	if (!e->resource)
		return;
	for (k = 0; k < sizeof(resources) / sizeof(resources[0]); k++)
		if (strcmp(e->resource, resources[k]) == 0)
			break;
	if (k == sizeof(resources) / sizeof(resources[0]))
		vld_error(v,
			vld_in(v, "env[%zu].valueFrom.resourceFieldRef"
				".resource", i),
			VLD_TEXT ": must be limits.cpu, limits.memory, "
			"requests.cpu or requests.memory", e->resource);
	if (e->resource_container &&
		!has_container(v->spec, e->resource_container))
		vld_error(v,
			vld_in(v, "env[%zu].valueFrom.resourceFieldRef"
				".containerName", i),
			VLD_TEXT ": no such container",
			e->resource_container);
}

void vld_env(struct validation *v)
{
	size_t i;

	for (i = 0; i < v->container->n_env; i++) {
		const struct spec_env *e = &v->container->env[i];

		if (!e->name || !*e->name)
			vld_error(v, vld_in(v, "env[%zu].name", i),
				"required");
		else if (!spec_is_env_name(e->name))
			vld_error(v, vld_in(v, "env[%zu].name", i),
				VLD_TEXT ": must be printable ASCII without "
				"'='", e->name);
		/* The kernel's limit is for NAME=VALUE in one string. */
		if (e->value && e->name &&
			strlen(e->name) + strlen(e->value) + 2 >
				SPEC_MAX_ENV_BYTES)
			vld_too_big(v, vld_in(v, "env[%zu].value", i),
				"the limit is %d bytes for one variable",
				SPEC_MAX_ENV_BYTES);
		if (e->field_path || e->resource)
			env_source(v, i, e);
	}
}

static void request_fits(struct validation *v, const char *name,
	int64_t request, int64_t limit)
{
	if (request != SPEC_UNSET && limit != SPEC_UNSET && request > limit)
		vld_error(v, vld_in(v, "resources.requests.%s", name),
			"must not be more than the limit");
}

void vld_resources(struct validation *v)
{
	const struct spec_resources *r = &v->container->resources;

	if (r->cpu_limit_milli != SPEC_UNSET && r->cpu_limit_milli < 1)
		vld_error(v, vld_in(v, "resources.limits.cpu"),
			"must be at least 1m");
	if (r->memory_limit_bytes != SPEC_UNSET &&
		r->memory_limit_bytes < MIN_MEMORY)
		vld_error(v, vld_in(v, "resources.limits.memory"),
			"%lld bytes: must be at least %d (m means "
			"thousandths, Mi means mebibytes)",
			(long long)r->memory_limit_bytes, MIN_MEMORY);
	request_fits(v, "cpu", r->cpu_request_milli, r->cpu_limit_milli);
	request_fits(v, "memory", r->memory_request_bytes,
		r->memory_limit_bytes);
}
