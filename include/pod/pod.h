/* SPDX-License-Identifier: MIT */
/*
 * <pod/pod.h> - level 2: pods in the caller's process. Includes the rest.
 *
 * A pod here ends with its owner: free it, or exit, and a later
 * pod_node_gc() removes what is left. Pods that outlive the caller are
 * <pod/node.h>.
 */
#ifndef POD_POD_H
#define POD_POD_H

#include <sys/types.h>

#include <pod/error.h>
#include <pod/engine.h>
#include <pod/spec.h>
#include <pod/plan.h>
#include <pod/container.h>
#include <pod/status.h>
#include <pod/node.h>

#ifdef __cplusplus
extern "C" {
#endif

struct pod;

/*
 * Build the sandbox and every container up to, not including, its program.
 * The spec is not needed afterwards. uid NULL: a random one. On failure
 * nothing is left behind. Blocks until every container waits at its gate.
 * -EEXIST: a pod of that name is alive (or uid is taken).
 */
POD_API int pod_create(struct pod_engine *engine, const struct pod_spec *spec,
	const char *uid, struct pod **ret, struct pod_error *reterr);

/*
 * Let the containers run, init containers first, each to its end. Returns
 * when the first container has been let go and, if there are no init
 * containers, when all have exec'd; the rest happens in dispatch. A program
 * that cannot be executed is an error, and the pod is ended.
 * -EALREADY: started before.
 */
POD_API int pod_start(struct pod *pod, struct pod_error *reterr);

/* Signal the main process of one container, or of every running one (NULL).
 * -ENOENT: no such container; -ESRCH: it does not run. */
POD_API int pod_kill(struct pod *pod, const char *container, int signal,
	struct pod_error *reterr);

/*
 * Begin the termination: TERM, grace, KILL. grace_seconds < 0: the spec's.
 * Returns at once; the pod reaches its end in dispatch. Asked again, a
 * shorter grace shortens, a longer one changes nothing.
 */
POD_API int pod_stop(struct pod *pod, long grace_seconds,
	struct pod_error *reterr);

/*
 * KILL what is left, reap it, and remove everything the pod had: cgroups,
 * address, layers, emptyDirs, state. Blocks a short time (at most 10 s on an
 * unkillable process: -EBUSY, and the state stays for pod_node_gc()). The
 * handle is gone in every case. NULL is fine.
 */
POD_API int pod_free(struct pod *pod, struct pod_error *reterr);

/* Blocking convenience: dispatch until the pod has ended; phase or -errno. */
POD_API int pod_wait(struct pod *pod, struct pod_error *reterr);

POD_API const char *pod_uid(const struct pod *pod);
POD_API const char *pod_name(const struct pod *pod);

/* Snapshot; *ret belongs to the caller: pod_status_free(). */
POD_API int pod_get_status(const struct pod *pod, struct pod_status **ret,
	struct pod_error *reterr);

/*
 * A process in a running container; see <pod/container.h>. The engine reaps
 * it in dispatch (the container cannot end before), the handle keeps its
 * status; pod_free() kills it. Free the handle with pod_container_free().
 */
POD_API int pod_exec(struct pod *pod, const char *container,
	const struct pod_exec_options *options,
	struct pod_container **ret, struct pod_error *reterr);

#ifdef __cplusplus
}
#endif
#endif
