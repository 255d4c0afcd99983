/* SPDX-License-Identifier: MIT */
/*
 * spec/validate.h - what the files of checks share.
 *
 * A check looks at one thing, reports everything wrong with it and stops
 * nothing. The tables in validate.c name them all.
 */
#ifndef SPEC_VALIDATE_H
#define SPEC_VALIDATE_H

#include "spec/spec.h"

struct validation {
	const struct pod_spec *spec;
	struct spec_problems *list;
	const struct spec_container *container;	/* in container checks */
	size_t index;		/* of the container in its list */
	char path[512];		/* the last vld_at() */
};

/* The field path of a finding; valid until the next call. */
const char *vld_at(struct validation *v, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* The same, below the current container. */
const char *vld_in(struct validation *v, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* An entry of a string map: "metadata.labels.app", "…[a.b/c]". */
const char *vld_key(struct validation *v, const char *map, const char *key);

#define vld_error(v, field, ...) \
	spec_problem((v)->list, (struct spec_where){ 0 }, field, false, \
		__VA_ARGS__)
/* The same for a limit of size: the whole becomes -E2BIG. */
#define vld_too_big(v, field, ...) \
	do { \
		(v)->list->capped = true; \
		vld_error(v, field, __VA_ARGS__); \
	} while (0)

/* Effective value of a security field of the current container. */
#define vld_pick(v, field, unset) \
	spec_pick((v)->container->security.field, \
		(v)->spec->security.field, unset)

/* Untrusted text in a reason: enough to recognise it. */
#define VLD_TEXT "\"%.64s\""

/* validate_meta.c */
void vld_metadata(struct validation *v);
void vld_labels(struct validation *v);
void vld_annotations(struct validation *v);
void vld_hostnames(struct validation *v);

/* validate_network.c */
void vld_dns(struct validation *v);
void vld_host_aliases(struct validation *v);
void vld_port_names(struct validation *v);
void vld_sysctls(struct validation *v);
void vld_ports(struct validation *v);

/* validate_volume.c */
void vld_volumes(struct validation *v);
void vld_mount_count(struct validation *v);
void vld_mounts(struct validation *v);
void vld_mount_paths(struct validation *v);

/* validate_container.c */
void vld_container_name(struct validation *v);
void vld_image(struct validation *v);
void vld_restart(struct validation *v);
void vld_command(struct validation *v);
void vld_paths(struct validation *v);
void vld_env(struct validation *v);
void vld_resources(struct validation *v);

/* validate_security.c */
void vld_ids(struct validation *v);
void vld_namespaces(struct validation *v);
void vld_restricted_pod(struct validation *v);
void vld_container_ids(struct validation *v);
void vld_privilege(struct validation *v);
void vld_capabilities(struct validation *v);
void vld_seccomp(struct validation *v);
void vld_restricted_container(struct validation *v);

#endif
