/* SPDX-License-Identifier: MIT */
/*
 * plan/plan.h - what will be done, as one flat relocatable block.
 *
 * A struct plan is the start of a block of plan->size bytes. Strings and
 * arrays are offsets from its start, 0 means none, so the block may be
 * written to a file, mapped elsewhere and read by the child after clone
 * without any allocation. plan_check() must have accepted a block that came
 * from a file before anything else reads it.
 *
 * The plan is also the pod's journal: it is in the state directory before the
 * first object is made, and names every object that outlives its processes.
 */
#ifndef PLAN_PLAN_H
#define PLAN_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pod/error.h>

#include "net/net.h"
#include "plan/op.h"
#include "spec/spec.h"

#define PLAN_MAGIC "PODPLAN"
#define PLAN_VERSION 1u

typedef uint32_t plan_str;

struct plan_range {
	uint32_t first, count;
};

enum plan_flag {
	PLAN_HOST_NETWORK = 1u << 0,
	PLAN_HOST_PID = 1u << 1,
	PLAN_HOST_IPC = 1u << 2,
	PLAN_SHARE_PID = 1u << 3,
	PLAN_LINK = 1u << 4,	/* has a veth link and a lease */
	PLAN_CGROUP = 1u << 5,
};

struct plan_container {
	plan_str name, image;
	uint32_t kind;		/* enum spec_container_kind */
	uint32_t restart;	/* enum spec_restart, effective */
	/* indexes into the operation table */
	struct plan_range host;		/* the parent's, before each launch */
	struct plan_range build;	/* the child's, up to the root */
	struct plan_range enter;	/* the child's, from limits to exec */
	/* offset and count of plan_str arrays */
	struct plan_range argv, env, paths;	/* paths: exec candidates */
	plan_str cwd;
	plan_str cgroup;	/* leaf's name */
	plan_str termination_file;	/* in the cradle, or 0 */
	uint64_t clone_flags;
	uint64_t cap_bounding, cap_effective;
	uint32_t uid, gid;
	uint32_t privileged;
	uint32_t pad;
};

struct plan {
	char magic[8];
	uint32_t version, size;
	uint64_t checksum;	/* of everything after this field */
	uint32_t flags;
	plan_str uid, name, namespace_, hostname, node_name, manifest;
	plan_str cgroup;	/* relative to the cgroup root; removed with the pod */
	plan_str disk;		/* relative to root_dir: layers and emptyDirs */
	plan_str logs;		/* relative to root_dir */
	plan_str empty;		/* directory of the cradle: pod-init's root */
	uint64_t cgroup_controllers;	/* to enable on the way down */
	int64_t grace_seconds;
	uint64_t lease;		/* address index, if PLAN_LINK */
	struct net_link link;
	struct plan_range ops;		/* all: struct plan_op at offset first */
	struct plan_range host;		/* op indexes: the parent's, for the pod */
	struct plan_range sandbox;	/* op indexes: the sandbox child's */
	struct plan_range network;	/* op indexes: the parent's, afterwards */
	struct plan_range containers;	/* struct plan_container at first */
	uint64_t sandbox_flags;		/* clone flags of the sandbox */
	uint32_t slots;			/* mount tree slots of the sandbox */
	uint32_t pad;
};

static inline const char *plan_text(const struct plan *p, plan_str s)
{
	return s ? (const char *)p + s : "";
}

static inline const struct plan_op *plan_op_at(const struct plan *p,
	uint32_t index)
{
	return (const struct plan_op *)(const void *)((const char *)p +
		       p->ops.first) + index;
}

static inline const struct plan_container *plan_container_at(
	const struct plan *p, uint32_t index)
{
	return (const struct plan_container *)(const void *)((const char *)p +
		       p->containers.first) + index;
}

/* A compiled filter for one set of parameters. */
struct plan_filter {
	uint64_t capabilities;
	bool docker_compat;
	const char *localhost;	/* or the profile's path */
	const void *bpf;
	size_t len;		/* bytes */
};

/* A device node of the host, for privileged containers. */
struct plan_device {
	const char *path;	/* "/dev/..." */
	uint32_t mode;
	uint32_t major, minor;
};

/* Everything about the host that the plan depends on. */
struct plan_facts {
	const char *uid;
	const char *node_name;
	const char *root_dir, *run_dir;	/* hidden from `host` images */
	const char *resolv_conf;	/* text of the node's, may be "" */
	const char *hosts;		/* text of the node's, for hostNetwork */
	uint32_t controllers;		/* CG_* bits that can be used */
	bool has_cgroup;
	uint64_t cap_available;
	uint64_t memory_total_bytes;
	uint32_t thermal_cpus;	/* CPUs with a thermal_throttle directory */
	uint64_t lease;
	struct net_addr v4, v6;	/* the pod's; AF_UNSPEC none */
	const struct plan_device *devices;
	size_t n_devices;
	const struct plan_filter *filters;
	size_t n_filters;
};

/* The capability set container i ends up with; what its filter depends on. */
int plan_capabilities(const struct pod_spec *spec, size_t i,
	uint64_t available, uint64_t *ret, struct pod_error *reterr);
/* Does container i need the default filter (1), a Localhost one (2: then
 * *ret_localhost), or none (0)? */
int plan_wants_filter(const struct pod_spec *spec, size_t i,
	const char **ret_localhost);

/*
 * Compile. Pure: the same spec and facts give the same bytes. *ret is
 * malloc'ed. -ENODEV: a limit needs a controller that is not there (named);
 * -EINVAL, -E2BIG, -ENOMEM.
 */
int plan_make(const struct pod_spec *spec, const struct plan_facts *facts,
	struct plan **ret, struct pod_error *reterr);

/* Is this block a whole, undamaged plan whose every offset is inside? */
int plan_check(const void *block, size_t size, struct pod_error *reterr);

/* One operation as a sentence; as snprintf. */
int plan_describe(const struct plan *p, uint32_t index, char *buf,
	size_t size);
/* Its short name ("mount proc on /proc") for errors. */
int plan_op_title(const struct plan *p, const struct plan_op *op, char *buf,
	size_t size);

#endif
