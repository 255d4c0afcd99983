/* SPDX-License-Identifier: MIT */
/*
 * <pod/plan.h> - what will be done: the operations that make a pod.
 *
 * A plan is one flat, relocatable block made by a pure function of a spec and
 * facts about the host. It can be printed without root and without doing it.
 */
#ifndef POD_PLAN_H
#define POD_PLAN_H

#include <pod/spec.h>

#ifdef __cplusplus
extern "C" {
#endif

struct pod_plan;

/*
 * Compile spec for printing: with the facts of a reference host (all cgroup
 * controllers, the first address of the default CIDR, a zero UID), so the
 * result depends on the spec alone. Needs no privilege. -EINVAL, -ENOMEM,
 * -E2BIG.
 */
POD_API int pod_plan_preview(const struct pod_spec *spec,
	struct pod_plan **ret, struct pod_error *reterr);
POD_API void pod_plan_free(struct pod_plan *plan);

/* Number of operations, in the order in which they are begun. */
POD_API size_t pod_plan_count(const struct pod_plan *plan);
/* One operation as a sentence ("mount proc on /proc, nosuid,nodev,noexec").
 * *ret_container (may be NULL): whose, "" for the pod. As snprintf. */
POD_API int pod_plan_describe(const struct pod_plan *plan, size_t index,
	char *buf, size_t size, const char **ret_container);
/* The whole plan as JSON text; free() it. */
POD_API int pod_plan_to_json(const struct pod_plan *plan, char **ret,
	struct pod_error *reterr);

#ifdef __cplusplus
}
#endif
#endif
