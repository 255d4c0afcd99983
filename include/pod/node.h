/* SPDX-License-Identifier: MIT */
/*
 * <pod/node.h> - level 3: named pods on this machine that outlive the caller.
 *
 * Each pod has one small supervisor process, exec'd, that runs <pod/pod.h>
 * for it and serves a socket. A ref is NAME, NAMESPACE/NAME, a UID, or a
 * unique prefix (at least 4 characters) of one.
 * All calls block until done; a dead supervisor is -EPIPE and named.
 */
#ifndef POD_NODE_H
#define POD_NODE_H

#include <pod/engine.h>
#include <pod/container.h>
#include <pod/spec.h>
#include <pod/status.h>

#ifdef __cplusplus
extern "C" {
#endif

struct pod_node;

struct pod_node_options {
	size_t size;			/* sizeof(struct pod_node_options) */
	const char *root_dir, *run_dir, *cgroup_parent, *pod_cidr;
	const char *namespace_;		/* of refs without one; "default" */
	/* NULL: installed in libexec, or beside the caller in a build tree */
	const char *supervisor_path;
};

/* Open what is there; creates nothing until a pod is created. Root is only
 * needed by the calls that change something. */
POD_API int pod_node_open(const struct pod_node_options *options,
	struct pod_node **ret, struct pod_error *reterr);
POD_API void pod_node_free(struct pod_node *node);

#define POD_NODE_START 1u	/* start it, too */
#define POD_NODE_REMOVE 2u	/* remove everything when it has ended (--rm) */
/*
 * Make a named pod: returns when its supervisor has built it (and, with
 * POD_NODE_START, let it go). ret_uid (may be NULL) has 64 bytes.
 * -EEXIST: the name is taken. On failure nothing is left behind.
 */
POD_API int pod_node_create(struct pod_node *node,
	const struct pod_spec *spec, unsigned int flags, char *ret_uid,
	struct pod_error *reterr);
POD_API int pod_node_start(struct pod_node *node, const char *ref,
	struct pod_error *reterr);
/* container NULL: every running one */
POD_API int pod_node_kill(struct pod_node *node, const char *ref,
	const char *container, int signal, struct pod_error *reterr);
/* Full termination; keeps record and logs. grace < 0: the pod's own. */
POD_API int pod_node_stop(struct pod_node *node, const char *ref,
	long grace_seconds, struct pod_error *reterr);

#define POD_NODE_FORCE 1u	/* free the name at once */
#define POD_NODE_NO_WAIT 2u	/* return when the termination has begun */
/*
 * Terminate and remove. Works on a pod whose supervisor is dead, too.
 * -ENOENT: no such pod; -EBUSY: an unkillable process (named).
 */
POD_API int pod_node_delete(struct pod_node *node, const char *ref,
	long grace_seconds, unsigned int flags, struct pod_error *reterr);

/* One pod; free with pod_status_free(). */
POD_API int pod_node_get(struct pod_node *node, const char *ref,
	struct pod_status **ret, struct pod_error *reterr);
/* All pods (of a namespace, or NULL: of all), by namespace and name. The
 * array is free()d by the caller after each status in it. */
POD_API int pod_node_list(struct pod_node *node, const char *namespace_,
	struct pod_status ***ret, size_t *ret_count,
	struct pod_error *reterr);
/* The Kubernetes object with its status, as JSON; free(). */
POD_API int pod_node_get_json(struct pod_node *node, const char *ref,
	char **ret, struct pod_error *reterr);
/* The engine's own record, read back from the kernel, as JSON; free(). */
POD_API int pod_node_inspect(struct pod_node *node, const char *ref,
	char **ret, struct pod_error *reterr);

/*
 * Wait until the pod has ended (Succeeded or Failed) or is gone.
 * *ret_exit_code: of the first regular container that failed, else of the
 * init container that failed, else 1 for a pod that failed as a whole, else
 * 0. A pod made with POD_NODE_REMOVE by this same handle is never missed,
 * however soon it ends.
 * -EINTR: a signal handler of the caller's has run; ask again.
 */
POD_API int pod_node_wait(struct pod_node *node, const char *ref,
	int *ret_exit_code, struct pod_error *reterr);
/*
 * Wait until something about the pod may have changed since the last call for
 * it with this handle, or timeout_ms (-1: for ever) passed: 1, or 0. A first
 * call returns 1 at once. -ENOENT: the pod is gone.
 */
POD_API int pod_node_watch(struct pod_node *node, const char *ref,
	int timeout_ms, struct pod_error *reterr);

/* Run a process in a container (NULL: the first regular one) and wait for
 * it. *ret_exit_code: its status, 128+n for signal n; set also when the error
 * is of stage EXEC: 127 not found, 126 not executable. The caller's death or
 * interruption sends the process SIGHUP. */
POD_API int pod_node_exec(struct pod_node *node, const char *ref,
	const char *container, const struct pod_exec_options *options,
	int *ret_exit_code, struct pod_error *reterr);

/* Path of the log file of a container's run (restart < 0: the newest). The
 * file is made at the first byte: a run that wrote nothing has none.
 * -ENOENT: the container has not run (so often). */
POD_API int pod_node_log_path(struct pod_node *node, const char *ref,
	const char *container, long restart, char *buf, size_t size,
	struct pod_error *reterr);

/*
 * Read recorded events of one pod (ref), oldest first: each call of each()
 * gets one; a non-zero return stops. *offset (start with 0) tells where to
 * go on.
 */
POD_API int pod_node_events(struct pod_node *node, const char *ref,
	uint64_t *offset,
	int (*each)(const struct pod_event *event, void *context),
	void *context, struct pod_error *reterr);

/* One thing that is left behind, or was removed. */
struct pod_gc_item {
	const char *kind;	/* "cgroup", "lease", "layer", "state"... */
	const char *object;	/* path or name */
	const char *uid;	/* "" unknown */
	int result;		/* 0 removed (or would be), or -errno */
};
#define POD_GC_CHECK 1u		/* only report */
/* Repair after a crash. Returns the number of items reported, or -errno. */
POD_API int pod_node_gc(struct pod_node *node, unsigned int flags,
	void (*each)(const struct pod_gc_item *item, void *context),
	void *context, struct pod_error *reterr);

enum pod_fact_state { POD_FACT_OK, POD_FACT_DEGRADED, POD_FACT_MISSING };
/* One fact of `doctor`; strings are valid during the call. */
struct pod_fact {
	const char *name;	/* "cgroup v2 controller memory" */
	enum pod_fact_state state;
	const char *found;	/* what is there */
	const char *effect;	/* what works less, "" */
	const char *fix;	/* a command, "" */
};
/* Every kernel and host fact that matters. Needs no root. */
POD_API int pod_node_doctor(struct pod_node *node,
	void (*each)(const struct pod_fact *fact, void *context),
	void *context, struct pod_error *reterr);

struct pod_supervisor_options {
	size_t size;	/* sizeof(struct pod_supervisor_options) */
	int argc;
	char **argv;
};
/*
 * The whole of the pod-supervisor program: serves one pod until it is
 * removed. Takes over the process (signals, fds): not for other programs.
 * Returns the exit status.
 */
POD_API int pod_supervisor_main(const struct pod_supervisor_options *options);

#ifdef __cplusplus
}
#endif
#endif
