/* SPDX-License-Identifier: MIT */
/*
 * spec/build.c - the builder of <pod/spec.h>.
 *
 * Knows how to add one thing to a spec; knows no rule but those whose breach
 * would leave nothing to add to: the rest is for pod_spec_validate(), which
 * tells everything at once.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <pod/spec.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/str.h"
#include "spec/problems.h"
#include "spec/spec.h"

/* A changed spec is no longer the document it was read from. */
static void changed(struct pod_spec *spec)
{
	spec->manifest_json = NULL;
}

static int set_string(struct pod_spec *spec, const char **field,
	const char *value)
{
	int r = spec_copy(&spec->arena, value, field);

	if (r == 0)
		changed(spec);
	return r;
}

static void cleanup_spec(struct pod_spec **spec)
{
	pod_spec_free(*spec);
}

int pod_spec_new(const char *name, struct pod_spec **ret,
	struct pod_error *reterr)
{
	_cleanup_(cleanup_spec) struct pod_spec *spec = NULL;

	if (!name || !spec_is_dns_subdomain(name))
		return err_set(reterr, -EINVAL, POD_STAGE_SPEC,
			name ? name : "", "name a pod", "must be lower-case "
			"letters, digits, '-' and '.', at most 253");
	spec = spec_new();
	if (!spec || set_string(spec, &spec->name, name) < 0)
		return err_code(reterr, -ENOMEM, POD_STAGE_SPEC, name,
			"name a pod");
	*ret = take_ptr(spec);
	return 0;
}

const char *pod_spec_name(const struct pod_spec *spec)
{
	return spec->name;
}

const char *pod_spec_namespace(const struct pod_spec *spec)
{
	return spec->namespace_ ? spec->namespace_ : "default";
}

int pod_spec_set_namespace(struct pod_spec *spec, const char *ns)
{
	if (!spec_is_dns_label(ns))
		return -EINVAL;
	return set_string(spec, &spec->namespace_, ns);
}

int pod_spec_set_restart_policy(struct pod_spec *spec, const char *policy)
{
	if (str_eq(policy, "Always"))
		spec->restart_policy = SPEC_RESTART_ALWAYS;
	else if (str_eq(policy, "OnFailure"))
		spec->restart_policy = SPEC_RESTART_ON_FAILURE;
	else if (str_eq(policy, "Never"))
		spec->restart_policy = SPEC_RESTART_NEVER;
	else
		return -EINVAL;
	changed(spec);
	return 0;
}

int pod_spec_set_grace(struct pod_spec *spec, long seconds)
{
	if (seconds < 0 || seconds > INT_MAX)
		return -EINVAL;
	spec->grace_seconds = seconds;
	changed(spec);
	return 0;
}

int pod_spec_set_host_network(struct pod_spec *spec, int on)
{
	spec->host_network = on != 0;
	changed(spec);
	return 0;
}

int pod_spec_add_label(struct pod_spec *spec, const char *key,
	const char *value)
{
	struct spec_pair *p;
	size_t i;

	if (!spec_is_label_key(key) || !spec_is_label_value(value))
		return -EINVAL;
	for (i = 0; i < spec->n_labels; i++)
		if (str_eq(spec->labels[i].key, key))
			return -EEXIST;
	key = arena_strdup(&spec->arena, key);
	value = arena_strdup(&spec->arena, value);
	if (!key || !value)
		return -ENOMEM;
	p = arena_append(&spec->arena, &spec->labels, &spec->n_labels,
		sizeof(*p));
	if (!p)
		return -ENOMEM;
	p->key = key;
	p->value = value;
	changed(spec);
	return 0;
}

/* A new volume of a name that is free. */
static int add_volume(struct pod_spec *spec, const char *name,
	struct spec_volume **ret)
{
	struct spec_volume *v;
	size_t i;

	if (!spec_is_dns_label(name))
		return -EINVAL;
	for (i = 0; i < spec->n_volumes; i++)
		if (spec->volumes[i].name &&
			str_eq(spec->volumes[i].name, name))
			return -EEXIST;
	name = arena_strdup(&spec->arena, name);
	if (!name)
		return -ENOMEM;
	v = arena_append(&spec->arena, &spec->volumes, &spec->n_volumes,
		sizeof(*v));
	if (!v)
		return -ENOMEM;
	v->name = name;
	v->size_limit_bytes = SPEC_UNSET;
	changed(spec);
	*ret = v;
	return 0;
}

int pod_spec_add_empty_dir(struct pod_spec *spec, const char *name, int memory,
	unsigned long long size_bytes)
{
	struct spec_volume *v;
	int r;

	if (size_bytes > INT64_MAX)
		return -EINVAL;
	r = add_volume(spec, name, &v);
	if (r < 0)
		return r;
	v->type = SPEC_VOLUME_EMPTY_DIR;
	v->memory_medium = memory != 0;
	if (size_bytes)
		v->size_limit_bytes = (int64_t)size_bytes;
	return 0;
}

int pod_spec_add_host_path(struct pod_spec *spec, const char *name,
	const char *path, const char *type)
{
	static const char *const types[] = { "", "DirectoryOrCreate",
		"Directory", "FileOrCreate", "File", "Socket", "CharDevice",
		"BlockDevice" };
	struct spec_volume *v;
	size_t i;
	int r;

	if (!spec_is_absolute_path(path))
		return -EINVAL;
	for (i = 0; i < ARRAY_LEN(types); i++)
		if (str_eq(type ? type : "", types[i]))
			break;
	if (i == ARRAY_LEN(types))
		return -EINVAL;
	r = spec_copy(&spec->arena, path, &path);
	if (r < 0)
		return r;
	r = add_volume(spec, name, &v);
	if (r < 0)
		return r;
	v->type = SPEC_VOLUME_HOST_PATH;
	v->host_path = path;
	v->host_type = (enum spec_host_type)i;
	return 0;
}

int pod_spec_validate(struct pod_spec *spec,
	struct pod_problems **ret_problems, struct pod_error *reterr)
{
	_cleanup_problems_ struct pod_problems *problems = NULL;
	int r;

	if (ret_problems)
		*ret_problems = NULL;
	problems = spec_problems_new(spec->source);
	r = problems ? spec_default(spec) : -ENOMEM;
	if (r == 0)
		r = spec_validate(spec, &problems->list);
	if (r == -ENOMEM)
		return err_code(reterr, r, POD_STAGE_SPEC, spec->name,
			"validate");
	if (r < 0)
		(void)spec_problems_error(problems, r, POD_STAGE_SPEC, reterr);
	if (ret_problems)
		*ret_problems = take_ptr(problems);
	return r;
}

int pod_spec_to_json(const struct pod_spec *spec, char **ret_json,
	struct pod_error *reterr)
{
	char *json = spec_to_json(spec);

	if (!json)
		return err_code(reterr, -ENOMEM, POD_STAGE_SPEC, spec->name,
			"format as JSON");
	*ret_json = json;
	return 0;
}
