/* SPDX-License-Identifier: MIT */
/*
 * spec/build_container.c - the builder's part for containers.
 *
 * Knows how to add a container and things to it, by name; knows no more
 * rules than spec/build.c does.
 */
#include <errno.h>
#include <string.h>

#include <pod/spec.h>

#include "base/str.h"
#include "spec/spec.h"

static struct spec_container *find(const struct pod_spec *spec,
	const char *name)
{
	size_t i;

	for (i = 0; i < spec->n_containers; i++)
		if (spec->containers[i].name &&
			str_eq(spec->containers[i].name, name))
			return &spec->containers[i];
	return NULL;
}

static int parse_kind(const char *kind, enum spec_container_kind *ret)
{
	if (str_eq(kind, "container"))
		*ret = SPEC_REGULAR;
	else if (str_eq(kind, "init"))
		*ret = SPEC_INIT;
	else if (str_eq(kind, "sidecar"))
		*ret = SPEC_SIDECAR;
	else
		return -EINVAL;
	return 0;
}

static int copy_argv(struct arena *a, const char *const *argv,
	struct spec_container *c)
{
	size_t n = 0, i;

	while (argv[n])
		n++;
	c->command = spec_array(a, n, sizeof(*c->command));
	if (!c->command)
		return -ENOMEM;
	for (i = 0; i < n; i++) {
		int r = spec_copy(a, argv[i], &c->command[i]);

		if (r < 0)
			return r;
	}
	c->n_command = n;
	return 0;
}

/* Init containers and sidecars stand before the regular ones. */
static int insert(struct pod_spec *spec, const struct spec_container *c)
{
	size_t at = spec->n_containers;

	if (!arena_append(&spec->arena, &spec->containers,
		&spec->n_containers, sizeof(*c)))
		return -ENOMEM;
	if (c->kind != SPEC_REGULAR)
		while (at > 0 && spec->containers[at - 1].kind == SPEC_REGULAR)
			at--;
	memmove(&spec->containers[at + 1], &spec->containers[at],
		(spec->n_containers - 1 - at) * sizeof(*c));
	spec->containers[at] = *c;
	spec->manifest_json = NULL;
	return 0;
}

int pod_spec_add_container(struct pod_spec *spec, const char *kind,
	const char *name, const char *image, const char *const *argv)
{
	struct spec_container c;
	int r;

	spec_container_init(&c);
	r = parse_kind(kind, &c.kind);
	if (r < 0)
		return r;
	if (!spec_is_dns_label(name) || !image)
		return -EINVAL;
	if (find(spec, name))
		return -EEXIST;
	if (c.kind == SPEC_SIDECAR)
		c.restart_policy = SPEC_RESTART_ALWAYS;
	r = spec_copy(&spec->arena, name, &c.name);
	if (r == 0)
		r = spec_copy(&spec->arena, image, &c.image);
	if (r == 0 && argv)
		r = copy_argv(&spec->arena, argv, &c);
	return r < 0 ? r : insert(spec, &c);
}

int pod_spec_add_env(struct pod_spec *spec, const char *container,
	const char *name, const char *value)
{
	struct spec_container *c = find(spec, container);
	struct spec_env *e;
	int r;

	if (!c)
		return -ENOENT;
	if (!spec_is_env_name(name))
		return -EINVAL;
	r = spec_copy(&spec->arena, name, &name);
	if (r == 0)
		r = spec_copy(&spec->arena, value, &value);
	if (r < 0)
		return r;
	e = arena_append(&spec->arena, &c->env, &c->n_env, sizeof(*e));
	if (!e)
		return -ENOMEM;
	e->name = name;
	e->value = value;
	e->resource_divisor_milli = SPEC_UNSET;
	spec->manifest_json = NULL;
	return 0;
}

static int parse_protocol(const char *s, enum spec_protocol *ret)
{
	if (!s || str_eq(s, "TCP"))
		*ret = SPEC_TCP;
	else if (str_eq(s, "UDP"))
		*ret = SPEC_UDP;
	else if (str_eq(s, "SCTP"))
		*ret = SPEC_SCTP;
	else
		return -EINVAL;
	return 0;
}

int pod_spec_add_port(struct pod_spec *spec, const char *container,
	const char *name, unsigned int port, const char *protocol)
{
	struct spec_container *c = find(spec, container);
	enum spec_protocol proto;
	struct spec_port *p;
	int r;

	if (!c)
		return -ENOENT;
	r = parse_protocol(protocol, &proto);
	if (r < 0)
		return r;
	if (port < 1 || port > 65535 || (name && !spec_is_port_name(name)))
		return -EINVAL;
	if (name) {
		name = arena_strdup(&spec->arena, name);
		if (!name)
			return -ENOMEM;
	}
	p = arena_append(&spec->arena, &c->ports, &c->n_ports, sizeof(*p));
	if (!p)
		return -ENOMEM;
	p->name = name;
	p->container_port = port;
	p->host_port = SPEC_UNSET;
	p->protocol = proto;
	spec->manifest_json = NULL;
	return 0;
}

int pod_spec_add_mount(struct pod_spec *spec, const char *container,
	const char *volume, const char *path, int read_only)
{
	struct spec_container *c = find(spec, container);
	struct spec_mount *m;
	int r;

	if (!c)
		return -ENOENT;
	if (!spec_is_absolute_path(path))
		return -EINVAL;
	r = spec_copy(&spec->arena, volume, &volume);
	if (r == 0)
		r = spec_copy(&spec->arena, path, &path);
	if (r < 0)
		return r;
	m = arena_append(&spec->arena, &c->mounts, &c->n_mounts, sizeof(*m));
	if (!m)
		return -ENOMEM;
	m->name = volume;
	m->mount_path = path;
	m->read_only = read_only != 0;
	spec->manifest_json = NULL;
	return 0;
}

int pod_spec_set_user(struct pod_spec *spec, const char *container,
	long long uid, long long gid)
{
	struct spec_container *c = find(spec, container);

	if (!c)
		return -ENOENT;
	/* 4294967295 means "no change" to the kernel. */
	if (uid < 0 || uid >= 4294967295LL || gid < 0 || gid >= 4294967295LL)
		return -EINVAL;
	c->security.run_as_user = uid;
	c->security.run_as_group = gid;
	spec->manifest_json = NULL;
	return 0;
}

int pod_spec_set_limits(struct pod_spec *spec, const char *container,
	const char *cpu, const char *memory)
{
	struct spec_container *c = find(spec, container);
	int64_t milli = SPEC_UNSET, bytes = SPEC_UNSET;

	if (!c)
		return -ENOENT;
	if ((cpu && spec_parse_quantity(cpu, 3, &milli) < 0) ||
		(memory && spec_parse_quantity(memory, 0, &bytes) < 0))
		return -EINVAL;
	if (cpu)
		c->resources.cpu_limit_milli = milli;
	if (memory)
		c->resources.memory_limit_bytes = bytes;
	spec->manifest_json = NULL;
	return 0;
}
