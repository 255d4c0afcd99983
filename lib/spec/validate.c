/* SPDX-License-Identifier: MIT */
/*
 * spec/validate.c - the tables of named checks, and running them.
 *
 * Knows which checks there are and that all of them run; knows no rule but
 * the two about lists of containers. Nothing is read from the host: whether
 * a path exists is a question for the launch.
 */
#include "spec/validate.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct check {
	const char *name;
	void (*run)(struct validation *v);
};

static void container_count(struct validation *v)
{
	const struct pod_spec *spec = v->spec;
	size_t i, regular = 0;

	for (i = 0; i < spec->n_containers; i++)
		regular += spec->containers[i].kind == SPEC_REGULAR;
	if (!regular)
		vld_error(v, "spec.containers",
			"required: at least one container");
	if (spec->n_containers > SPEC_MAX_CONTAINERS)
		vld_too_big(v, "spec.containers",
			"%zu containers: the limit is %d in a pod",
			spec->n_containers, SPEC_MAX_CONTAINERS);
}

static void lifetime(struct validation *v)
{
	if (v->spec->grace_seconds != SPEC_UNSET &&
		(v->spec->grace_seconds < 0 ||
			v->spec->grace_seconds > INT32_MAX))
		vld_error(v, "spec.terminationGracePeriodSeconds",
			"must be from 0 to 2147483647");
	if (v->spec->active_deadline_seconds != SPEC_UNSET &&
		v->spec->active_deadline_seconds < 1)
		vld_error(v, "spec.activeDeadlineSeconds",
			"must be at least 1");
}

/* Checks of the pod as a whole. */
static const struct check pod_checks[] = {
	{ "metadata", vld_metadata },
	{ "labels", vld_labels },
	{ "annotations", vld_annotations },
	{ "hostnames", vld_hostnames },
	{ "lifetime", lifetime },
	{ "container-count", container_count },
	{ "namespaces", vld_namespaces },
	{ "ids", vld_ids },
	{ "sysctls", vld_sysctls },
	{ "dns", vld_dns },
	{ "host-aliases", vld_host_aliases },
	{ "volumes", vld_volumes },
	{ "mount-count", vld_mount_count },
	{ "port-names", vld_port_names },
	{ "restricted-pod", vld_restricted_pod },
};

/* Checks of each container. */
static const struct check container_checks[] = {
	{ "container-name", vld_container_name },
	{ "image", vld_image },
	{ "restart-policy", vld_restart },
	{ "command", vld_command },
	{ "paths", vld_paths },
	{ "env", vld_env },
	{ "ports", vld_ports },
	{ "resources", vld_resources },
	{ "mounts", vld_mounts },
	{ "mount-paths", vld_mount_paths },
	{ "container-ids", vld_container_ids },
	{ "privilege", vld_privilege },
	{ "capabilities", vld_capabilities },
	{ "seccomp", vld_seccomp },
	{ "restricted-container", vld_restricted_container },
};

const char *vld_at(struct validation *v, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(v->path, sizeof(v->path), format, ap);
	va_end(ap);
	return v->path;
}

const char *vld_in(struct validation *v, const char *format, ...)
{
	const char *list = v->container->kind == SPEC_REGULAR ?
		"containers" : "initContainers";
	va_list ap;
	int n;

	n = snprintf(v->path, sizeof(v->path), "spec.%s[%zu]", list, v->index);
	if (*format && *format != '[')
		v->path[n++] = '.';
	va_start(ap, format);
	(void)vsnprintf(v->path + n, sizeof(v->path) - (size_t)n, format, ap);
	va_end(ap);
	return v->path;
}

const char *vld_key(struct validation *v, const char *map, const char *key)
{
	return spec_is_plain_key(key) ? vld_at(v, "%s.%s", map, key) :
		vld_at(v, "%s[%s]", map, key);
}

static void check_container(struct validation *v,
	const struct spec_container *c, size_t index)
{
	size_t i;

	v->container = c;
	v->index = index;
	for (i = 0; i < sizeof(container_checks) / sizeof(container_checks[0]);
		i++)
		container_checks[i].run(v);
	v->container = NULL;
}

int spec_validate(const struct pod_spec *spec, struct spec_problems *list)
{
	struct validation v = { .spec = spec, .list = list };
	size_t before = list->errors;
	size_t i, init = 0, regular = 0;

	for (i = 0; i < sizeof(pod_checks) / sizeof(pod_checks[0]); i++)
		pod_checks[i].run(&v);
	for (i = 0; i < spec->n_containers; i++) {
		const struct spec_container *c = &spec->containers[i];

		check_container(&v, c,
			c->kind == SPEC_REGULAR ? regular++ : init++);
	}
	if (list->failed)
		return -ENOMEM;
	if (list->capped)
		return -E2BIG;
	return list->errors > before ? -EINVAL : 0;
}
