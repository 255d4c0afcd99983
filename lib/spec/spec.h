/* SPDX-License-Identifier: MIT */
/*
 * spec/spec.h - what is wanted: one pod, typed.
 *
 * Everything a struct pod_spec points to lives in its arena. Unset strings
 * are NULL, unset numbers are SPEC_UNSET, unset tri-states SPEC_MAYBE.
 * Front ends fill it, spec_default() completes it, spec_validate() judges it,
 * the plan reads it. No kernel, no files.
 */
#ifndef SPEC_SPEC_H
#define SPEC_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pod/error.h>

#include "base/arena.h"

#define SPEC_UNSET INT64_MIN

enum spec_tri { SPEC_MAYBE = 0, SPEC_NO, SPEC_YES };
enum spec_restart { SPEC_RESTART_UNSET = 0, SPEC_RESTART_ALWAYS,
	SPEC_RESTART_ON_FAILURE, SPEC_RESTART_NEVER };
enum spec_protocol { SPEC_TCP = 0, SPEC_UDP, SPEC_SCTP };
enum spec_dns_policy { SPEC_DNS_CLUSTER_FIRST = 0,
	SPEC_DNS_CLUSTER_FIRST_HOST_NET, SPEC_DNS_DEFAULT, SPEC_DNS_NONE };
enum spec_seccomp { SPEC_SECCOMP_UNSET = 0, SPEC_SECCOMP_DEFAULT,
	SPEC_SECCOMP_UNCONFINED, SPEC_SECCOMP_LOCALHOST };
enum spec_profile { SPEC_PROFILE_DEFAULT = 0, SPEC_PROFILE_DOCKER,
	SPEC_PROFILE_RESTRICTED };
/* where what a container writes to its root goes */
enum spec_layer { SPEC_LAYER_MEMORY = 0, SPEC_LAYER_DISK };
enum spec_volume_type { SPEC_VOLUME_EMPTY_DIR = 0, SPEC_VOLUME_HOST_PATH };
/* hostPath.type; the order is the API's. */
enum spec_host_type { SPEC_HOST_ANY = 0, SPEC_HOST_DIRECTORY_OR_CREATE,
	SPEC_HOST_DIRECTORY, SPEC_HOST_FILE_OR_CREATE, SPEC_HOST_FILE,
	SPEC_HOST_SOCKET, SPEC_HOST_CHAR_DEVICE, SPEC_HOST_BLOCK_DEVICE };
enum spec_recursive_ro { SPEC_RRO_UNSET = 0, SPEC_RRO_DISABLED,
	SPEC_RRO_IF_POSSIBLE, SPEC_RRO_ENABLED };
enum spec_propagation { SPEC_PROPAGATION_NONE = 0,
	SPEC_PROPAGATION_HOST_TO_CONTAINER, SPEC_PROPAGATION_BIDIRECTIONAL };
enum spec_container_kind { SPEC_REGULAR = 0, SPEC_INIT, SPEC_SIDECAR };

/* Where a value was written, for messages; line 0: not from a document. */
struct spec_where {
	uint32_t line, column;
};

struct spec_pair {
	const char *key;
	const char *value;
};

struct spec_env {
	const char *name;
	const char *value;	/* raw, $(VAR) not expanded; NULL if a field */
	const char *field_path;	/* valueFrom.fieldRef.fieldPath */
	const char *resource;	/* valueFrom.resourceFieldRef.resource */
	const char *resource_container;	/* NULL: this container */
	int64_t resource_divisor_milli;	/* SPEC_UNSET: 1 */
	struct spec_where where;
};

struct spec_port {
	const char *name;
	const char *host_ip;
	int64_t container_port;
	int64_t host_port;	/* SPEC_UNSET: none */
	enum spec_protocol protocol;
	struct spec_where where;
};

struct spec_mount {
	const char *name;
	const char *mount_path;
	const char *sub_path;
	const char *sub_path_expr;
	bool read_only;
	enum spec_recursive_ro recursive_read_only;
	enum spec_propagation propagation;
	struct spec_where where;
};

struct spec_resources {
	int64_t cpu_request_milli, cpu_limit_milli;	/* milli-CPUs */
	int64_t memory_request_bytes, memory_limit_bytes;
	int64_t pids_limit;	/* SPEC_UNSET: the baseline's 2048 */
};

/* securityContext of a container, or the pod's where a field exists there. */
struct spec_security {
	int64_t run_as_user, run_as_group;
	enum spec_tri run_as_non_root;
	enum spec_tri privileged;
	enum spec_tri allow_privilege_escalation;
	enum spec_tri read_only_root_filesystem;
	enum spec_seccomp seccomp;
	const char *seccomp_localhost_profile;
	bool proc_mount_unmasked;
	const char **cap_add;	/* without CAP_, upper case, or ALL */
	size_t n_cap_add;
	const char **cap_drop;
	size_t n_cap_drop;
};

struct spec_container {
	const char *name;
	enum spec_container_kind kind;
	enum spec_restart restart_policy;	/* own, or UNSET */
	const char *image;
	const char **command;
	size_t n_command;
	const char **args;
	size_t n_args;
	const char *working_dir;
	struct spec_env *env;
	size_t n_env;
	struct spec_port *ports;
	size_t n_ports;
	struct spec_mount *mounts;
	size_t n_mounts;
	struct spec_resources resources;
	struct spec_security security;
	const char *termination_message_path;
	bool termination_message_from_logs;	/* FallbackToLogsOnError */
	struct spec_where where;
};

struct spec_volume {
	const char *name;
	enum spec_volume_type type;
	bool memory_medium;		/* emptyDir */
	int64_t size_limit_bytes;	/* emptyDir, SPEC_UNSET: none */
	const char *host_path;
	enum spec_host_type host_type;
	struct spec_where where;
};

struct spec_host_alias {
	const char *ip;
	const char **hostnames;
	size_t n_hostnames;
};

struct spec_dns_option {
	const char *name;
	const char *value;	/* may be NULL */
};

struct pod_spec {
	struct arena arena;
	const char *source;	/* file name for messages, or NULL */

	const char *name;
	const char *namespace_;
	const char *uid;	/* given by the document, else NULL */
	struct spec_pair *labels;
	size_t n_labels;
	struct spec_pair *annotations;
	size_t n_annotations;
	const char *hostname, *subdomain;
	const char *node_name;
	const char *service_account_name;

	enum spec_restart restart_policy;
	int64_t grace_seconds;		/* terminationGracePeriodSeconds */
	int64_t active_deadline_seconds;	/* SPEC_UNSET: none */
	bool host_network, host_pid, host_ipc;
	enum spec_tri host_users;
	bool share_process_namespace;
	bool set_hostname_as_fqdn;
	enum spec_dns_policy dns_policy;
	const char **nameservers;
	size_t n_nameservers;
	const char **searches;
	size_t n_searches;
	struct spec_dns_option *dns_options;
	size_t n_dns_options;
	struct spec_host_alias *host_aliases;
	size_t n_host_aliases;
	struct spec_pair *sysctls;
	size_t n_sysctls;

	struct spec_security security;	/* the pod's; capabilities unused */
	int64_t *supplemental_groups;
	size_t n_supplemental_groups;
	int64_t fs_group;		/* SPEC_UNSET: none */
	enum spec_profile profile;
	enum spec_layer layer;

	/* init containers and sidecars first, in order, then the regular */
	struct spec_container *containers;
	size_t n_containers;
	struct spec_volume *volumes;
	size_t n_volumes;

	/*
	 * The document as compact JSON, normalised by the front end (defaults
	 * not added); what `get -o json` shows as the object. NULL when the
	 * spec was built by calls: spec_to_json() then makes one.
	 */
	const char *manifest_json;
};

/* One finding of the front end or of validation. */
struct spec_problem {
	struct spec_where where;
	const char *field;	/* "spec.containers[0].image" */
	const char *reason;
	bool warning;		/* --lenient made it one */
};

struct spec_problems {
	struct arena *arena;	/* strings live here; the caller's */
	struct spec_problem *items;
	size_t count;
	size_t errors;		/* items that are not warnings */
	bool failed;		/* out of memory */
	bool capped;		/* a size limit was exceeded: -E2BIG */
};

/* More findings than this are counted, but no longer listed. */
#define SPEC_MAX_PROBLEMS 1000

/* Limits of one pod (kept here so that messages and checks agree). */
#define SPEC_MAX_CONTAINERS 256
#define SPEC_MAX_MOUNTS 1024
#define SPEC_MAX_VOLUMES 1024
#define SPEC_MAX_GROUPS 1024
#define SPEC_MAX_PORTS 1024
#define SPEC_MAX_ENV_BYTES (128 * 1024)		/* the kernel's, per string */
#define SPEC_MAX_ANNOTATION_BYTES (256 * 1024)
#define SPEC_MAX_NAMESERVERS 3
#define SPEC_MAX_SEARCHES 32

void spec_problem(struct spec_problems *list, struct spec_where where,
	const char *field, bool warning, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/* spec/spec.c: an empty spec with every number SPEC_UNSET; NULL: no memory */
struct pod_spec *spec_new(void);
void spec_container_init(struct spec_container *c);

/* spec/default.c: fill what kubernetes-semantics section 2 defaults. */
int spec_default(struct pod_spec *spec);

/*
 * spec/validate.c: run every check; findings are appended, all of them, with
 * line 0: who has the document finds the line by the field's path. Returns 0
 * if no error was found, -EINVAL otherwise, -E2BIG over a limit, -ENOMEM.
 */
int spec_validate(const struct pod_spec *spec, struct spec_problems *list);

/* spec/name.c: the name rules, each pure. */
bool spec_is_dns_label(const char *s);		/* RFC 1123, <= 63 */
bool spec_is_dns_subdomain(const char *s);	/* <= 253 */
bool spec_is_port_name(const char *s);		/* <= 15, has a letter */
bool spec_is_env_name(const char *s);
bool spec_is_label_key(const char *s);
bool spec_is_label_value(const char *s);
bool spec_is_capability(const char *s);		/* [A-Z][A-Z0-9_]* */
/* Absolute, no control character, no ".." component. */
bool spec_is_absolute_path(const char *s);
/* True if a component of the path is "..". */
bool spec_has_dotdot(const char *s);
/* May stand in a field path as ".key"; otherwise it is written "[key]". */
bool spec_is_plain_key(const char *s);

/*
 * spec/quantity.c: a Kubernetes Quantity ("100m", "64Mi", "1e3") in units of
 * 10^-digits (cpu: 3, memory: 0), rounded up. -EINVAL: not one; -ERANGE: does
 * not fit, or negative.
 */
int spec_parse_quantity(const char *s, unsigned int digits, int64_t *ret);

/* spec/duration.c: "1h30m", "2.5s", "100ms", "0". -EINVAL, -ERANGE. */
int spec_parse_duration(const char *s, int64_t *ret_usec);

/* spec/utf8.c: length of the sequence at s, 0 if it is not valid UTF-8. */
size_t spec_utf8_next(const char *s, size_t left);
/* A copy in the arena. -EINVAL: not UTF-8; -ENOMEM. */
int spec_copy(struct arena *a, const char *s, const char **ret);

/*
 * Room for n elements such that arena_append() can grow it later (it takes
 * the capacity to be the next power of two). NULL: no memory.
 */
void *spec_array(struct arena *a, size_t n, size_t size);

/* The effective value of a field the container overrides. */
#define spec_pick(container, pod, unset) \
	((container) != (unset) ? (container) : (pod))

/* Effective restart policy of a container (own, sidecar, pod). */
enum spec_restart spec_restart_of(const struct pod_spec *spec,
	const struct spec_container *c);

/* A Kubernetes v1 Pod as compact JSON, malloc'ed; NULL: no memory. */
char *spec_to_json(const struct pod_spec *spec);

#endif
