/* SPDX-License-Identifier: MIT */
/*
 * spec/validate_security.c - checks of ids, privileges and host namespaces.
 *
 * Knows which wishes contradict each other and what the restricted profile
 * forbids; knows nothing of how any of it is enforced. Where two fields
 * disagree the pod is refused, never the weaker one taken.
 */
#include "spec/validate.h"

#include <string.h>

#include "base/str.h"

#define MAX_ID 4294967294LL	/* 4294967295 is "no change" to the kernel */

static bool id_ok(int64_t id)
{
	return id == SPEC_UNSET || (id >= 0 && id <= MAX_ID);
}

#define ID_RULE "must be from 0 to 4294967294"

void vld_namespaces(struct validation *v)
{
	const struct pod_spec *s = v->spec;

	if (s->host_pid && s->share_process_namespace)
		vld_error(v, "spec.shareProcessNamespace",
			"may not be true together with hostPID");
	if (s->host_users == SPEC_NO &&
		(s->host_network || s->host_pid || s->host_ipc))
		vld_error(v, "spec.hostUsers",
			"may not be false with hostNetwork, hostPID or "
			"hostIPC");
}

void vld_ids(struct validation *v)
{
	const struct pod_spec *s = v->spec;
	const char *base = "spec.securityContext";
	size_t i;

	if (!id_ok(s->security.run_as_user))
		vld_error(v, vld_at(v, "%s.runAsUser", base), ID_RULE);
	if (!id_ok(s->security.run_as_group))
		vld_error(v, vld_at(v, "%s.runAsGroup", base), ID_RULE);
	if (!id_ok(s->fs_group))
		vld_error(v, vld_at(v, "%s.fsGroup", base), ID_RULE);
	if (s->n_supplemental_groups > SPEC_MAX_GROUPS)
		vld_too_big(v, vld_at(v, "%s.supplementalGroups", base),
			"%zu groups: the limit is %d",
			s->n_supplemental_groups, SPEC_MAX_GROUPS);
	for (i = 0; i < s->n_supplemental_groups; i++)
		if (s->supplemental_groups[i] < 0 ||
			!id_ok(s->supplemental_groups[i]))
			vld_error(v,
				vld_at(v, "%s.supplementalGroups[%zu]", base,
					i),
				ID_RULE);
	if (s->security.run_as_non_root == SPEC_YES &&
		s->security.run_as_user == 0)
		vld_error(v, vld_at(v, "%s.runAsUser", base),
			"0 contradicts runAsNonRoot: true");
}

void vld_container_ids(struct validation *v)
{
	const struct spec_security *c = &v->container->security;

	if (!id_ok(c->run_as_user))
		vld_error(v, vld_in(v, "securityContext.runAsUser"), ID_RULE);
	if (!id_ok(c->run_as_group))
		vld_error(v, vld_in(v, "securityContext.runAsGroup"),
			ID_RULE);
	if (vld_pick(v, run_as_non_root, SPEC_MAYBE) != SPEC_YES ||
		vld_pick(v, run_as_user, SPEC_UNSET) != 0)
		return;
	/* Both at pod level: vld_ids() has said so, once. */
	if (c->run_as_user == 0)
		vld_error(v, vld_in(v, "securityContext.runAsUser"),
			"0 contradicts runAsNonRoot: true");
	else if (c->run_as_non_root == SPEC_YES &&
		v->spec->security.run_as_non_root != SPEC_YES)
		vld_error(v, vld_in(v, "securityContext.runAsNonRoot"),
			"contradicts the pod's runAsUser: 0");
}

static bool adds(const struct spec_security *c, const char *name)
{
	size_t i;

	for (i = 0; i < c->n_cap_add; i++)
		if (strcmp(c->cap_add[i], name) == 0)
			return true;
	return false;
}

void vld_privilege(struct validation *v)
{
	const struct spec_security *c = &v->container->security;

	if (c->allow_privilege_escalation == SPEC_NO) {
		const char *field = vld_in(v,
			"securityContext.allowPrivilegeEscalation");

		if (c->privileged == SPEC_YES)
			vld_error(v, field,
				"may not be false with privileged: true");
		else if (adds(c, "SYS_ADMIN") || adds(c, "ALL"))
			vld_error(v, field,
				"may not be false when SYS_ADMIN is added");
	}
	if (c->proc_mount_unmasked && v->spec->host_users != SPEC_NO)
		vld_error(v, vld_in(v, "securityContext.procMount"),
			"Unmasked needs hostUsers: false");
}

static void capability_list(struct validation *v, const char *field,
	const char *const *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!spec_is_capability(list[i]))
			vld_error(v,
				vld_in(v, "securityContext.capabilities"
					".%s[%zu]", field, i),
				VLD_TEXT ": must be a name such as "
				"NET_ADMIN, or ALL", list[i]);
}

void vld_capabilities(struct validation *v)
{
	const struct spec_security *c = &v->container->security;

	capability_list(v, "add", (const char *const *)c->cap_add,
		c->n_cap_add);
	capability_list(v, "drop", (const char *const *)c->cap_drop,
		c->n_cap_drop);
}

static void localhost_profile(struct validation *v, const char *field,
	const struct spec_security *s)
{
	const char *p = s->seccomp_localhost_profile;

	if (s->seccomp != SPEC_SECCOMP_LOCALHOST) {
		if (p)
			vld_error(v, field,
				"only with seccompProfile type Localhost");
	} else if (!p || !*p) {
		vld_error(v, field,
			"required with seccompProfile type Localhost");
	} else if (*p == '/' ? !spec_is_absolute_path(p) :
			       spec_has_dotdot(p) || str_has_control(p)) {
		vld_error(v, field, VLD_TEXT ": must be a path without '..' "
			"or control characters", p);
	}
}

void vld_seccomp(struct validation *v)
{
	/* The pod's own is checked once, with the first container. */
	if (v->container == v->spec->containers)
		localhost_profile(v,
			"spec.securityContext.seccompProfile.localhostProfile",
			&v->spec->security);
	localhost_profile(v,
		vld_in(v, "securityContext.seccompProfile.localhostProfile"),
		&v->container->security);
}

void vld_restricted_pod(struct validation *v)
{
	const struct pod_spec *s = v->spec;
	static const char why[] = "the restricted profile forbids it";
	size_t i;

	if (s->profile != SPEC_PROFILE_RESTRICTED)
		return;
	if (s->host_network)
		vld_error(v, "spec.hostNetwork", "%s", why);
	if (s->host_pid)
		vld_error(v, "spec.hostPID", "%s", why);
	if (s->host_ipc)
		vld_error(v, "spec.hostIPC", "%s", why);
	for (i = 0; i < s->n_volumes; i++)
		if (s->volumes[i].type == SPEC_VOLUME_HOST_PATH)
			vld_error(v,
				vld_at(v, "spec.volumes[%zu].hostPath", i),
				"%s", why);
	if (s->security.run_as_non_root == SPEC_NO)
		vld_error(v, "spec.securityContext.runAsNonRoot", "%s", why);
	if (s->security.seccomp == SPEC_SECCOMP_UNCONFINED)
		vld_error(v, "spec.securityContext.seccompProfile.type", "%s",
			why);
}

void vld_restricted_container(struct validation *v)
{
	const struct spec_security *c = &v->container->security;
	static const char why[] = "the restricted profile forbids it";

	if (v->spec->profile != SPEC_PROFILE_RESTRICTED)
		return;
	if (c->privileged == SPEC_YES)
		vld_error(v, vld_in(v, "securityContext.privileged"), "%s",
			why);
	if (c->allow_privilege_escalation == SPEC_YES)
		vld_error(v,
			vld_in(v, "securityContext.allowPrivilegeEscalation"),
			"%s", why);
	if (c->read_only_root_filesystem == SPEC_NO)
		vld_error(v,
			vld_in(v, "securityContext.readOnlyRootFilesystem"),
			"%s", why);
	if (c->run_as_non_root == SPEC_NO)
		vld_error(v, vld_in(v, "securityContext.runAsNonRoot"), "%s",
			why);
	if (c->n_cap_add)
		vld_error(v, vld_in(v, "securityContext.capabilities.add"),
			"%s", why);
	if (c->seccomp == SPEC_SECCOMP_UNCONFINED)
		vld_error(v, vld_in(v, "securityContext.seccompProfile.type"),
			"%s", why);
	/* host and dir: images name no user, so the pod has to. */
	if (vld_pick(v, run_as_user, SPEC_UNSET) == SPEC_UNSET)
		vld_error(v, vld_in(v, "securityContext.runAsUser"),
			"required by the restricted profile");
}
