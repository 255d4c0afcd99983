/* SPDX-License-Identifier: MIT */
/*
 * <pod/spec.h> - what is wanted: a pod, read from a manifest or built by
 * calls. A spec touches neither kernel nor files (but pod_spec_load_file()).
 */
#ifndef POD_SPEC_H
#define POD_SPEC_H

#include <pod/error.h>

#ifdef __cplusplus
extern "C" {
#endif

struct pod_spec;

/* Flags of the loaders. */
#define POD_SPEC_LENIENT 1u	/* unsupported fields warn instead of fail */

/* One finding, valid as long as the list. */
struct pod_problem {
	unsigned int line, column;	/* 0: not from a document */
	const char *source;		/* file name, "-", or "" */
	const char *field;		/* "spec.containers[0].image" */
	const char *reason;
	int warning;
};

/* All findings of one load or validation; opaque, one owner. */
struct pod_problems;
POD_API size_t pod_problems_count(const struct pod_problems *list);
POD_API int pod_problems_get(const struct pod_problems *list, size_t index,
	struct pod_problem *ret);
/* "FILE:LINE:COLUMN: FIELD.PATH: reason", escaped; length as snprintf. */
POD_API int pod_problem_format(const struct pod_problem *p, char *buf,
	size_t size);
POD_API void pod_problems_free(struct pod_problems *list);

/*
 * Read every document of a Kubernetes manifest (YAML or JSON), apply the
 * defaults and validate. source names the input in messages. On success
 * *ret_specs is an array of *ret_count specs that the caller frees one by
 * one with pod_spec_free(), and the array with free(). *ret_problems (may be
 * NULL) receives warnings, and all errors when the load fails; free it in
 * both cases. At most 1 MiB, 256 containers, 1,024 mounts a pod.
 * -EINVAL: the manifest has errors; -E2BIG: a cap was exceeded; -ENOMEM.
 */
POD_API int pod_spec_load(const char *source, const char *data, size_t size,
	unsigned int flags, struct pod_spec ***ret_specs, size_t *ret_count,
	struct pod_problems **ret_problems, struct pod_error *reterr);

/* The same from a file; "-" reads standard input. Blocks on reading. */
POD_API int pod_spec_load_file(const char *path, unsigned int flags,
	struct pod_spec ***ret_specs, size_t *ret_count,
	struct pod_problems **ret_problems, struct pod_error *reterr);

/* An empty pod with a name (RFC 1123 subdomain). Strings are copied. */
POD_API int pod_spec_new(const char *name, struct pod_spec **ret,
	struct pod_error *reterr);
POD_API void pod_spec_free(struct pod_spec *spec);

POD_API const char *pod_spec_name(const struct pod_spec *spec);
POD_API const char *pod_spec_namespace(const struct pod_spec *spec);
POD_API int pod_spec_set_namespace(struct pod_spec *spec, const char *ns);
/* "Always", "OnFailure" or "Never"; -EINVAL otherwise. */
POD_API int pod_spec_set_restart_policy(struct pod_spec *spec,
	const char *policy);
/* Seconds between TERM and KILL; negative: -EINVAL. */
POD_API int pod_spec_set_grace(struct pod_spec *spec, long seconds);
POD_API int pod_spec_set_host_network(struct pod_spec *spec, int on);
POD_API int pod_spec_add_label(struct pod_spec *spec, const char *key,
	const char *value);
/* An emptyDir; memory != 0: tmpfs; size_bytes 0: no limit. */
POD_API int pod_spec_add_empty_dir(struct pod_spec *spec, const char *name,
	int memory, unsigned long long size_bytes);
/* A hostPath; type as in Kubernetes ("Directory", "File"...), NULL: any. */
POD_API int pod_spec_add_host_path(struct pod_spec *spec, const char *name,
	const char *path, const char *type);

/*
 * Containers are addressed by name. kind: "container", "init" or "sidecar".
 * image: "host" or "dir:/path". argv is NULL-terminated and copied; NULL
 * takes the image's default. All return -EEXIST for a second of that name,
 * -ENOENT for an unknown container, -EINVAL, -ENOMEM.
 */
POD_API int pod_spec_add_container(struct pod_spec *spec, const char *kind,
	const char *name, const char *image, const char *const *argv);
POD_API int pod_spec_add_env(struct pod_spec *spec, const char *container,
	const char *name, const char *value);
POD_API int pod_spec_add_port(struct pod_spec *spec, const char *container,
	const char *name, unsigned int port, const char *protocol);
POD_API int pod_spec_add_mount(struct pod_spec *spec, const char *container,
	const char *volume, const char *path, int read_only);
POD_API int pod_spec_set_user(struct pod_spec *spec, const char *container,
	long long uid, long long gid);
/* Quantities as in Kubernetes: "100m", "64Mi"; NULL leaves one unset. */
POD_API int pod_spec_set_limits(struct pod_spec *spec, const char *container,
	const char *cpu, const char *memory);

/*
 * Default and validate a spec made by calls (the loaders have done both).
 * -EINVAL: *ret_problems (may be NULL) lists every error; free it.
 */
POD_API int pod_spec_validate(struct pod_spec *spec,
	struct pod_problems **ret_problems, struct pod_error *reterr);

/* The spec as a Kubernetes v1 Pod, compact JSON; free() it. */
POD_API int pod_spec_to_json(const struct pod_spec *spec, char **ret_json,
	struct pod_error *reterr);

#ifdef __cplusplus
}
#endif
#endif
