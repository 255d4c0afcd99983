/* SPDX-License-Identifier: MIT */
/*
 * <pod/engine.h> - the engine: where pods live in this process.
 *
 * One epoll fd stands for everything an engine waits for. Poll it, call
 * pod_engine_dispatch(), then pod_engine_next_event() until it returns 0.
 * The engine starts no thread, installs no handler, reads no environment
 * variable and reaps only its own children (by pidfd).
 * One thread per engine at a time; different engines are independent.
 * After fork() every call on an inherited engine returns -ECHILD.
 */
#ifndef POD_ENGINE_H
#define POD_ENGINE_H

#include <pod/error.h>

#ifdef __cplusplus
extern "C" {
#endif

struct pod_engine;

/* A clock the caller may put in the place of CLOCK_MONOTONIC/REALTIME. */
struct pod_clock {
	void *context;
	/* microseconds, never going back */
	uint64_t (*monotonic_usec)(void *context);
	/* microseconds since 1970 */
	int64_t (*realtime_usec)(void *context);
};

struct pod_engine_options {
	size_t size;			/* sizeof(struct pod_engine_options) */
	const char *root_dir;		/* NULL: /var/lib/podrun */
	const char *run_dir;		/* NULL: /run/podrun */
	const char *cgroup_parent;	/* NULL: found, see pod_engine_new() */
	/* "CIDR[,CIDR6]"; NULL: 10.245.0.0/16,fd00:10:245::/64 */
	const char *pod_cidr;
	const struct pod_clock *clock;	/* NULL: the kernel's; borrowed */
};

/*
 * Open the directories (made 0700 if missing), find the cgroup v2 directory
 * (the caller's delegated subtree, else the hierarchy's root) and probe the
 * kernel. Needs root. -EPERM, -ENOENT (no cgroup v2), -EROFS, -ENOMEM.
 */
POD_API int pod_engine_new(const struct pod_engine_options *options,
	struct pod_engine **ret, struct pod_error *reterr);

/* Ends every pod that is left as pod_free() does. NULL is fine. */
POD_API void pod_engine_free(struct pod_engine *engine);

/* The epoll fd: readable when pod_engine_dispatch() has work. Borrowed. */
POD_API int pod_engine_fd(const struct pod_engine *engine);

/*
 * Milliseconds until the next deadline by the engine's clock, -1: none.
 * Only needed with a clock of your own; the kernel's clock wakes the fd.
 */
POD_API int pod_engine_timeout_ms(struct pod_engine *engine);

/* Handle what is ready; never blocks on a container. 0, or -errno. */
POD_API int pod_engine_dispatch(struct pod_engine *engine,
	struct pod_error *reterr);

enum pod_event_type {
	POD_EVENT_NORMAL = 1,
	POD_EVENT_WARNING,
};

/* Reasons are Kubernetes' names: "Started", "Killing", "BackOff"... */
struct pod_event {
	enum pod_event_type type;
	int64_t time_usec;	/* realtime */
	char uid[64];
	char container[64];	/* "" for the pod */
	char reason[32];
	char message[256];
};

/*
 * Take the oldest event: 1 and *ret, or 0. At most 256 wait; when they are
 * not taken the oldest is dropped and the next one's message tells how many.
 */
POD_API int pod_engine_next_event(struct pod_engine *engine,
	struct pod_event *ret);

#ifdef __cplusplus
}
#endif
#endif
