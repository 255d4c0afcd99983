/* SPDX-License-Identifier: MIT */
/* run/process.h - what pod.c, exec.c and container.c share. */
#ifndef RUN_PROCESS_H
#define RUN_PROCESS_H

#include "run/internal.h"

/* By name, or the first regular one; NULL and reterr. */
struct container *run_pod_container(struct pod *pod, const char *name,
	struct pod_error *reterr);
/* Launch into a running container and wait until it has exec'd. */
int exec_launch(struct container *c, const struct pod_exec_options *o,
	struct launch *l, struct pod_error *reterr);
/*
 * Kill and reap what pod_exec() has put into the pod; the handles stay their
 * owners'. A PID namespace is not gone before its last zombie. -EBUSY.
 */
int joined_end(struct pod *pod, uint64_t deadline_usec);
/* pod_create(), with or without a link; setup may change the containers'
 * entry and streams before they are built. */
int run_create(struct pod_engine *engine, const struct pod_spec *spec,
	const char *uid, bool link, void (*setup)(struct pod *pod),
	void *setup_context, struct pod **ret, struct pod_error *reterr);

#endif
