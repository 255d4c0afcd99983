/* SPDX-License-Identifier: MIT */
/*
 * front/security.c - tables of securityContext.
 *
 * Knows the fields of pod and container; knows nothing of what they do.
 */
#include "front/table.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/str.h"

static const struct front_choice seccomp_types[] = {
	{ "RuntimeDefault", SPEC_SECCOMP_DEFAULT },
	{ "Unconfined", SPEC_SECCOMP_UNCONFINED },
	{ "Localhost", SPEC_SECCOMP_LOCALHOST },
	{ NULL, 0 },
};

static const struct front_choice proc_mounts[] = {
	{ "Default", 0 }, { "Unmasked", 1 }, { NULL, 0 },
};

static const struct front_choice change_policies[] = {
	{ "Always", 0 }, { "OnRootMismatch", 0 }, { NULL, 0 },
};

static const struct front_choice group_policies[] = {
	{ "Merge", 0 }, { "Strict", 0 }, { NULL, 0 },
};

/*
 * An empty name of a confinement must not read as "none asked for": that is
 * how a container ends up unconfined (CVE-2023-2431).
 */
static int seccomp_done(struct front_decode *d, struct front_node *node,
	void *base)
{
	const struct spec_security *s = base;
	struct front_node *type = front_child(node, "type");

	if (s->seccomp == SPEC_SECCOMP_UNSET && !(type && type->bad))
		front_error(d, node, "type is required: RuntimeDefault, "
			"Unconfined or Localhost");
	return 0;
}

static const struct front_field seccomp_fields[] = {
	F_CHOICE("type", struct spec_security, seccomp, seccomp_types),
	F_STRING("localhostProfile", struct spec_security,
		seccomp_localhost_profile),
};
static const struct front_type seccomp_type = {
	FRONT_TYPE_FIELDS(seccomp_fields),
	.finish = seccomp_done,
};

static const struct front_field app_armor_fields[] = {
	F_CHECK("type", STRING),
	F_CHECK("localhostProfile", STRING),
};
static const struct front_type app_armor_type = {
	FRONT_TYPE_FIELDS(app_armor_fields),
};

static const struct front_field se_linux_fields[] = {
	F_CHECK("user", STRING),
	F_CHECK("role", STRING),
	F_CHECK("type", STRING),
	F_CHECK("level", STRING),
};
static const struct front_type se_linux_type = {
	FRONT_TYPE_FIELDS(se_linux_fields),
};

static const struct front_field windows_fields[] = {
	F_CHECK("gmsaCredentialSpecName", STRING),
	F_CHECK("gmsaCredentialSpec", STRING),
	F_CHECK("runAsUserName", STRING),
	F_CHECK("hostProcess", BOOL),
};
static const struct front_type windows_type = {
	FRONT_TYPE_FIELDS(windows_fields),
};

/* CAP_NET_ADMIN is NET_ADMIN, and "all" is ALL. */
static int read_capabilities(struct front_decode *d, struct front_node *node,
	const char ***ret, size_t *ret_count)
{
	size_t i;
	int r;

	r = front_strings(d, node, ret, ret_count);
	if (r < 0 || !ret)
		return r;
	for (i = 0; i < *ret_count; i++) {
		if (str_has_prefix((*ret)[i], "CAP_"))
			(*ret)[i] += 4;
		if (str_eq((*ret)[i], "all"))
			(*ret)[i] = "ALL";
	}
	return 0;
}

static int read_add(struct front_decode *d, struct front_node *node,
	void *base)
{
	struct spec_security *s = base;

	return read_capabilities(d, node, s ? &s->cap_add : NULL,
		s ? &s->n_cap_add : NULL);
}

static int read_drop(struct front_decode *d, struct front_node *node,
	void *base)
{
	struct spec_security *s = base;

	return read_capabilities(d, node, s ? &s->cap_drop : NULL,
		s ? &s->n_cap_drop : NULL);
}

static const struct front_field capabilities_fields[] = {
	F_CUSTOM("add", read_add),
	F_CUSTOM("drop", read_drop),
};
static const struct front_type capabilities_type = {
	FRONT_TYPE_FIELDS(capabilities_fields),
};

#define SEC struct spec_security
static const struct front_field container_fields[] = {
	F_INT("runAsUser", SEC, run_as_user),
	F_INT("runAsGroup", SEC, run_as_group),
	F_TRI("runAsNonRoot", SEC, run_as_non_root),
	F_TRI("privileged", SEC, privileged),
	F_TRI("allowPrivilegeEscalation", SEC, allow_privilege_escalation),
	F_TRI("readOnlyRootFilesystem", SEC, read_only_root_filesystem),
	F_INLINE("capabilities", &capabilities_type),
	F_INLINE("seccompProfile", &seccomp_type),
	F_FLAG("procMount", SEC, proc_mount_unmasked, proc_mounts),
	F_LATER("appArmorProfile", OBJECT, .type = &app_armor_type),
	F_LATER("seLinuxOptions", OBJECT, .type = &se_linux_type),
	F_LATER("windowsOptions", OBJECT, .type = &windows_type),
};
const struct front_type front_container_security_type = {
	FRONT_TYPE_FIELDS(container_fields),
};

static const struct front_field sysctl_fields[] = {
	F_STRING("name", struct spec_pair, key),
	F_STRING("value", struct spec_pair, value),
};
static const struct front_type sysctl_type = {
	FRONT_TYPE_FIELDS(sysctl_fields),
	.size = sizeof(struct spec_pair),
};

#define POD struct pod_spec
static const struct front_field pod_fields[] = {
	F_INT("runAsUser", POD, security.run_as_user),
	F_INT("runAsGroup", POD, security.run_as_group),
	F_TRI("runAsNonRoot", POD, security.run_as_non_root),
	F_INTS("supplementalGroups", POD, supplemental_groups,
		n_supplemental_groups),
	/* No image brings groups of its own: both policies are the same. */
	F_ACCEPT("supplementalGroupsPolicy", CHOICE,
		.choices = group_policies),
	F_INT("fsGroup", POD, fs_group),
	/* Without effect on emptyDir, and hostPath never changes owner. */
	F_ACCEPT("fsGroupChangePolicy", CHOICE, .choices = change_policies),
	F_OBJECT("seccompProfile", POD, security, &seccomp_type),
	F_LIST("sysctls", POD, sysctls, n_sysctls, &sysctl_type),
	F_LATER("appArmorProfile", OBJECT, .type = &app_armor_type),
	F_LATER("seLinuxOptions", OBJECT, .type = &se_linux_type),
	F_LATER("seLinuxChangePolicy", STRING),
	F_LATER("windowsOptions", OBJECT, .type = &windows_type),
};
const struct front_type front_pod_security_type = {
	FRONT_TYPE_FIELDS(pod_fields),
};
