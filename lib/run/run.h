/* SPDX-License-Identifier: MIT */
/*
 * run/run.h - doing it, and keeping it: inside view of level 1 and 2.
 *
 * State of one pod on disk, RUN/pods/UID/ (0700):
 *   .       the directory itself is flock'ed by the owner (supervisor or
 *           engine) while it lives; lockable means: the owner is dead
 *   plan    the journal: written before any object is made
 *   status  two slots, see run/status.c
 *   events  one line per event, see run/events.c
 *   CONTAINER.out, CONTAINER.err    named FIFOs
 *   sock    the supervisor's socket (made by lib/node)
 * RUN/names/NAMESPACE/NAME -> UID, RUN/leases/INDEX -> UID.
 * ROOT/pods/UID/ layers and emptyDirs; ROOT/logs/UID/CONTAINER/N.log.
 */
#ifndef RUN_RUN_H
#define RUN_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include <pod/pod.h>

#include "net/net.h"
#include "plan/plan.h"

/* Where everything is; opened once. All fds are owned by the struct. */
struct run_dirs {
	char *root_path, *run_path;	/* absolute */
	char *cgroup_wanted;		/* as the caller gave it, or NULL */
	int root_fd;			/* ROOT */
	int root_pods_fd, root_logs_fd, root_cache_fd;
	int run_fd;			/* RUN */
	int pods_fd, names_fd, leases_fd;
	int cgroup_fd;			/* -EBADF: no usable hierarchy */
	char *cgroup_path;
	uint32_t controllers;
	struct net_cidr cidr4, cidr6;
	struct pod_error cgroup_error;	/* why cgroup_fd is -EBADF */
};

/* run/dirs.c. create: make what is missing (0700, checked owner and mode).
 * Without create, a missing directory leaves its fd -EBADF. */
int run_dirs_open(struct run_dirs *d, const char *root, const char *run,
	const char *cgroup_parent, const char *pod_cidr, bool create,
	struct pod_error *reterr);
void run_dirs_close(struct run_dirs *d);

/* run/state.c */
#define RUN_UID_SIZE 37
/* A state directory's name until it is locked: RUN/pods/new-UID. */
#define RUN_FRESH "new-"
void run_uid_random(char uid[RUN_UID_SIZE]);
bool run_uid_valid(const char *uid);	/* [0-9a-f-]{1,63}, no leading '-' */
/*
 * Claim a UID and a name: the state directory, its lock (held by
 * *ret_lock), the link from the name. A holder of the name whose owner is
 * dead is cleaned up first (run_undo). -EEXIST names the living holder.
 */
int run_state_claim(struct run_dirs *d, const char *namespace_,
	const char *name, const char *uid, int *ret_state, int *ret_lock,
	struct pod_error *reterr);
/* Open the state directory of uid: fd or -errno (-ENOENT). */
int run_state_open(const struct run_dirs *d, const char *uid,
	struct pod_error *reterr);
/* Is the owner alive? 1/0. *ret_lock (may be NULL): the lock taken when 0. */
int run_state_alive(int state, int *ret_lock);
/* UID a name points to: 0, -ENOENT. */
int run_state_lookup(const struct run_dirs *d, const char *namespace_,
	const char *name, char *uid, size_t size);

/* run/facts.c: was this spec defaulted and validated? -EINVAL, and a hint */
int run_spec_check(const struct pod_spec *spec, struct pod_error *reterr);
/* run/facts.c: lease an address, gather facts, compile, write state/plan. */
int run_plan(struct run_dirs *d, const struct pod_spec *spec,
	const char *uid, int state, struct plan **ret,
	struct pod_error *reterr);
/* Map a plan from a state directory read-only and check it; the caller
 * munmap()s plan->size bytes. */
int run_plan_load(int state, const struct plan **ret,
	struct pod_error *reterr);

/*
 * run/undo.c: remove everything a pod (uid) has on this host; its owner must
 * be dead or be us. Idempotent, works with any part missing, goes on after a
 * failure and returns the first. check: only report what is there.
 */
int run_undo(struct run_dirs *d, const char *uid, bool check,
	void (*each)(const struct pod_gc_item *item, void *context),
	void *context, struct pod_error *reterr);

/* The same by its owner, who has the plan and has reaped every process. */
int run_undo_plan(struct run_dirs *d, const struct plan *plan,
	struct pod_error *reterr);

/* run/engine.c */
int run_engine_new(struct run_dirs *take, const struct pod_clock *clock,
	struct pod_engine **ret, struct pod_error *reterr);
struct run_dirs *run_engine_dirs(struct pod_engine *engine);
/*
 * Watch a foreign fd with the engine's epoll (the supervisor's sockets).
 * handler(context, epoll events) is called from pod_engine_dispatch().
 */
struct run_watch {
	int fd;
	void (*handler)(struct run_watch *w, uint32_t events);
};
int run_watch_add(struct pod_engine *engine, struct run_watch *w,
	uint32_t events);
void run_watch_remove(struct pod_engine *engine, struct run_watch *w);

/*
 * run/pod.c: build the pod of a plan whose state is claimed. Takes the plan
 * (malloc'ed or mapped: `mapped`), the state fd and the lock fd, also on
 * failure, after which nothing is left.
 */
int run_build(struct pod_engine *engine, const struct plan *plan, bool mapped,
	int state, int lock, struct pod **ret, struct pod_error *reterr);
/* Has the pod reached its end (every container down, or Succeeded/Failed)? */
bool run_pod_ended(const struct pod *pod);
/* Called in dispatch after each change of the pod's status. */
void run_pod_on_change(struct pod *pod,
	void (*handler)(struct pod *pod, void *context), void *context);
/* Show the pod as Terminating from now on; deletionTimestamp is now + grace,
 * and may only come nearer. */
void run_pod_deleting(struct pod *pod, int64_t grace_seconds);
/* Exit code of the pod: that of its first failed regular container, or 0. */
int run_pod_exit_code(const struct pod *pod);
/* Begin an exec: reply() is called once from dispatch with the exit code
 * (128+n for a signal) when the process has ended. A failure to start is
 * returned here; -ENOENT/-EACCES of the program in stage EXEC. */
int run_pod_exec(struct pod *pod, const char *container,
	const struct pod_exec_options *options,
	void (*reply)(void *context, int exit_code), void *context,
	pid_t *ret_pid, struct pod_error *reterr);

/* run/status.c: read the newest valid slot; owner_alive is not filled.
 * -ENODATA: nothing written yet; -EBADMSG: damaged. */
int run_status_read(int state, struct pod_status **ret,
	struct pod_error *reterr);

/* run/events.c: see pod_node_events() */
int run_events_read(int state, uint64_t *offset,
	int (*each)(const struct pod_event *event, void *context),
	void *context, struct pod_error *reterr);

#endif
