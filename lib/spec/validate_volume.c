/* SPDX-License-Identifier: MIT */
/*
 * spec/validate_volume.c - checks of volumes and of where they are mounted.
 *
 * Knows what a path may look like; knows nothing of what is there. A path
 * that passes is still walked with openat2 at launch: text alone cannot say
 * whether it escapes.
 */
#include "spec/validate.h"

#include <string.h>

#include "base/str.h"

#define LABEL_RULE "must be lower-case letters, digits and '-', at most 63"

static void volume(struct validation *v, size_t i)
{
	const struct spec_volume *vol = &v->spec->volumes[i];

	if (!vol->name)
		vld_error(v, vld_at(v, "spec.volumes[%zu].name", i),
			"required");
	else if (!spec_is_dns_label(vol->name))
		vld_error(v, vld_at(v, "spec.volumes[%zu].name", i),
			VLD_TEXT ": " LABEL_RULE, vol->name);
	if (vol->type == SPEC_VOLUME_HOST_PATH &&
		(!vol->host_path || !spec_is_absolute_path(vol->host_path)))
		vld_error(v, vld_at(v, "spec.volumes[%zu].hostPath.path", i),
			VLD_TEXT ": must be an absolute path without '..' or "
			"control characters",
			vol->host_path ? vol->host_path : "");
	if (vol->type == SPEC_VOLUME_EMPTY_DIR &&
		vol->size_limit_bytes != SPEC_UNSET &&
		vol->size_limit_bytes <= 0)
		vld_error(v,
			vld_at(v, "spec.volumes[%zu].emptyDir.sizeLimit", i),
			"must be greater than 0");
}

void vld_volumes(struct validation *v)
{
	const struct pod_spec *s = v->spec;
	size_t i, k;

	if (s->n_volumes > SPEC_MAX_VOLUMES) {
		vld_too_big(v, "spec.volumes", "%zu volumes: the limit is %d",
			s->n_volumes, SPEC_MAX_VOLUMES);
		return;
	}
	for (i = 0; i < s->n_volumes; i++) {
		const char *name = s->volumes[i].name;

		volume(v, i);
		for (k = 0; name && k < i; k++) {
			if (!s->volumes[k].name ||
				strcmp(s->volumes[k].name, name) != 0)
				continue;
			vld_error(v, vld_at(v, "spec.volumes[%zu].name", i),
				VLD_TEXT ": duplicate of spec.volumes[%zu]",
				name, k);
			break;
		}
	}
}

void vld_mount_count(struct validation *v)
{
	size_t i, total = 0;

	for (i = 0; i < v->spec->n_containers; i++)
		total += v->spec->containers[i].n_mounts;
	if (total > SPEC_MAX_MOUNTS)
		vld_too_big(v, "spec.containers",
			"%zu volumeMounts: the limit is %d in a pod", total,
			SPEC_MAX_MOUNTS);
}

static const struct spec_volume *find_volume(const struct pod_spec *s,
	const char *name)
{
	size_t i;

	for (i = 0; i < s->n_volumes; i++)
		if (s->volumes[i].name &&
			strcmp(s->volumes[i].name, name) == 0)
			return &s->volumes[i];
	return NULL;
}

static void sub_path(struct validation *v, size_t i, const char *sub)
{
	if (*sub == '/' || spec_has_dotdot(sub) || str_has_control(sub))
		vld_error(v, vld_in(v, "volumeMounts[%zu].subPath", i),
			VLD_TEXT ": must be relative, without '..' or control "
			"characters", sub);
}

static void mount_point(struct validation *v, size_t i, const char *path)
{
	const char *field = vld_in(v, "volumeMounts[%zu].mountPath", i);

	if (!path || !*path)
		vld_error(v, field, "required");
	else if (!spec_is_absolute_path(path) || strchr(path, ':'))
		vld_error(v, field, VLD_TEXT ": must be an absolute path "
			"without ':', '..' or control characters", path);
	else if (path[strspn(path, "/.")] == '\0')
		vld_error(v, field,
			"the root directory itself cannot be a mount point");
}

void vld_mounts(struct validation *v)
{
	const struct spec_container *c = v->container;
	size_t i;

	for (i = 0; i < c->n_mounts && i < SPEC_MAX_MOUNTS; i++) {
		const struct spec_mount *m = &c->mounts[i];

		if (!m->name || !*m->name)
			vld_error(v, vld_in(v, "volumeMounts[%zu].name", i),
				"required");
		else if (!find_volume(v->spec, m->name))
			vld_error(v, vld_in(v, "volumeMounts[%zu].name", i),
				VLD_TEXT ": no such volume in spec.volumes",
				m->name);
		mount_point(v, i, m->mount_path);
		if (m->sub_path)
			sub_path(v, i, m->sub_path);
		if (m->recursive_read_only > SPEC_RRO_DISABLED &&
			!m->read_only)
			vld_error(v,
				vld_in(v, "volumeMounts[%zu]"
					".recursiveReadOnly", i),
				"needs readOnly: true");
	}
}

/* "/a//b/" is "/a/b"; step over one component. */
static size_t component(const char **s)
{
	for (;;) {
		*s += strspn(*s, "/");
		if ((*s)[0] != '.' || ((*s)[1] != '/' && (*s)[1] != '\0'))
			return strcspn(*s, "/");
		(*s)++;
	}
}

static bool same_path(const char *a, const char *b)
{
	for (;;) {
		size_t n = component(&a), m = component(&b);

		if (n != m || strncmp(a, b, n) != 0)
			return false;
		if (n == 0)
			return true;
		a += n;
		b += n;
	}
}

void vld_mount_paths(struct validation *v)
{
	const struct spec_container *c = v->container;
	size_t i, k;

	if (c->n_mounts > SPEC_MAX_MOUNTS)
		return;	/* vld_mount_count() has said so */
	for (i = 0; i < c->n_mounts; i++) {
		const char *path = c->mounts[i].mount_path;

		for (k = 0; path && k < i; k++) {
			if (!c->mounts[k].mount_path ||
				!same_path(path, c->mounts[k].mount_path))
				continue;
			vld_error(v,
				vld_in(v, "volumeMounts[%zu].mountPath", i),
				VLD_TEXT ": duplicate of volumeMounts[%zu]",
				path, k);
			break;
		}
	}
}
