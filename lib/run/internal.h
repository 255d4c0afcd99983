/* SPDX-License-Identifier: MIT */
/*
 * run/internal.h - the objects of level 1 and 2. Inside run/ only.
 *
 * Who owns what: the engine owns its pods, a pod its containers and execs, a
 * container its launch. fds belong to the struct that names them. Watches
 * are embedded in what they watch.
 */
#ifndef RUN_INTERNAL_H
#define RUN_INTERNAL_H

#include "child/child.h"
#include "run/run.h"

#define EVENT_RING 256
#define LOG_LINE_MAX 16384
#define NEVER UINT64_MAX

#define container_of(ptr, type, member) \
	((type *)(void *)((char *)(ptr) - offsetof(type, member)))

struct pod_engine {
	struct run_dirs dirs;
	const struct pod_clock *clock;	/* NULL: the kernel's */
	int epoll, timer;
	struct run_watch timer_watch;
	uint64_t timer_armed;	/* deadline set in the kernel, or NEVER */
	pid_t owner;		/* who made it: -ECHILD for anybody else */
	struct pod *pods;
	struct pod_event events[EVENT_RING];
	unsigned int event_first, event_count, event_lost;
	/* dispatch in progress: watches removed meanwhile are cleared */
	struct run_watch **ready;
	int n_ready;
	char *io;		/* one read of a stream, shared */
};

struct launch_request {
	struct pod_engine *engine;
	const struct plan *plan;
	const struct plan_container *container;
	uint64_t clone_flags;	/* NEWPID or none */
	int cgroup;		/* leaf, or -EBADF */
	int pid_ns_of;		/* pidfd whose PID namespace to be born in */
	const int *ns_fds;	/* 4: mnt net ipc uts */
	int join;		/* pidfd to join (exec), or -EBADF */
	/*
	 * The child gets a copy of our memory: see launch_needs_copy().
	 */
	bool copy;
	bool build;		/* run the build range */
	bool no_gate;
	bool as_init;		/* pod-init */
	int stdio[3];
	int exec_fd;
	const char *const *argv, *const *env;	/* exec: instead, added */
	const char *cwd;
	int (*entry)(void *argument);
	void *argument;
};

/* A child between clone and exec; what it reads lives in one mapping. */
struct launch {
	struct child_report *report;	/* start of the mapping */
	size_t mapped;
	struct child_job *job;
	const char **vectors;		/* argv, env, paths */
	struct arena scratch;		/* candidates of an exec */
	int pid, pidfd;
	bool shares_memory;
	/* of a copy: end of file at exec or death; our end and the child's */
	int exec_pipe, exec_pipe_theirs;
	int given[3];			/* req.stdio, lifted above 2 */
	/* borrowed until the launch is released: the child may still share
	 * our fd table, and a start may have to be repeated */
	struct launch_request req;
	bool repeated;
};

/* run/launch.c */
/*
 * Must this container's child not share our memory? So it is where others see
 * it in their PID namespace and may look into it in spite of dumpable
 * (CAP_SYS_PTRACE), and where it has a memory limit: who is killed for that
 * takes everybody with him who shares his memory.
 */
bool launch_needs_copy(const struct plan *plan,
	const struct plan_container *c, bool visible);
int launch_begin(const struct launch_request *req, struct launch *l,
	struct pod_error *reterr);
/* Until the child waits at its gate (deadline 10 s). */
int launch_wait_gate(struct launch *l, struct pod_error *reterr);
void launch_open_gate(struct launch *l);
/* Until it has exec'd. -ENOENT, -EACCES...: stage EXEC. */
int launch_wait_exec(struct launch *l, struct pod_error *reterr);
/* Release the mapping and vectors; the pidfd stays in l. */
void launch_release(struct launch *l);
/* Kill it, reap it, release. */
void launch_abort(struct launch *l);

/* One stream of a container on its way to the log. */
struct stream {
	struct run_watch watch;
	struct container *container;
	const char *name;	/* "stdout" */
	char *line;		/* LOG_LINE_MAX, made at the first byte */
	size_t len;
};

enum container_phase {
	CONTAINER_NEW,		/* not built (or built and gone) */
	CONTAINER_READY,	/* at its gate */
	CONTAINER_LIVE,
	CONTAINER_BACKOFF,	/* to be started again at restart_at */
	CONTAINER_OVER,		/* will not run again */
};

struct container {
	struct pod *pod;
	uint32_t index;
	const struct plan_container *plan;
	enum container_phase phase;
	struct launch launch;
	struct run_watch exit_watch;	/* fd: the pidfd */
	int leaf;			/* cgroup of this run, or -EBADF */
	struct stream streams[2];
	int log;			/* file of this run, or -EBADF */
	uint64_t log_dropped;
	uint64_t restart_at;		/* CONTAINER_BACKOFF */
	uint64_t live_since;		/* monotonic */
	unsigned int backoff;		/* restarts in a row */
	uint64_t term_at;		/* TERM sent; 0 not yet */
	int stdio[3];			/* level 1: the caller's, or -1 */
	int (*entry)(void *argument);
	void *argument;
};

struct exec {
	struct exec *next;
	struct pod *pod;
	struct run_watch watch;		/* fd: the pidfd */
	struct launch launch;
	void (*reply)(void *context, int exit_code);
	void *context;
};

enum sandbox_fd { SANDBOX_MNT, SANDBOX_NET, SANDBOX_IPC, SANDBOX_UTS,
	SANDBOX_NETLINK, SANDBOX_FDS };

struct pod {
	struct pod *next;
	struct pod_engine *engine;
	const struct plan *plan;
	bool plan_mapped;
	int state, lock;
	int cradle;
	int ns[SANDBOX_FDS];
	int cgroup;
	struct launch init;		/* shareProcessNamespace */
	bool has_init;
	struct container *containers;
	uint32_t n_containers;
	struct exec *execs;
	struct pod_container *joined;	/* handles of pod_exec(), borrowed */
	bool started, stopping, ended;
	bool failed;			/* an init container has */
	uint64_t kill_at;		/* end of grace; ended: of the sandbox */
	uint64_t grace_usec;
	int events_fd, status_fd;
	uint64_t generation;
	void *status_buffer;
	size_t status_room;
	struct pod_status *status;
	bool dirty;
	void (*on_change)(struct pod *pod, void *context);
	void *on_change_context;
	/* before the containers are built: level 1 sets entry and streams */
	void (*setup)(struct pod *pod);
	void *setup_context;
};

/* run/engine.c */
uint64_t engine_now(const struct pod_engine *e);
int64_t engine_realtime(const struct pod_engine *e);
void engine_event(struct pod *pod, enum pod_event_type type,
	const char *container, const char *reason, const char *format, ...)
	__attribute__((format(printf, 5, 6)));
/* Children share our memory from now on: nobody may look at it (rule 6). */
void engine_hide(void);
void engine_unhide(void);
/* After any call that changed something: deadlines, status on disk. */
void engine_settle(struct pod_engine *e);
int engine_check(const struct pod_engine *e, struct pod_error *reterr);

/* run/sandbox.c */
int sandbox_open(struct pod *pod, struct pod_error *reterr);
int sandbox_network(struct pod *pod, struct pod_error *reterr);
/* End pod-init; the cgroup can be removed then. */
void sandbox_end_init(struct pod *pod);
void sandbox_close(struct pod *pod);

/* run/prepare.c: the parent's operations before a launch */
int prepare_container(struct container *c, struct pod_error *reterr);
int prepare_cgroup_pod(struct pod *pod, struct pod_error *reterr);
/* set the values of a range's OP_CGROUP_SET on dir */
int prepare_directory(struct pod *pod, const struct plan_op *op,
	struct pod_error *reterr);

/* run/container_run.c */
int container_build(struct container *c, struct pod_error *reterr);
int container_gate(struct container *c, struct pod_error *reterr);
/* Open its gate without waiting; container_go() does the rest. */
void container_let_go(struct container *c);
int container_go(struct container *c, struct pod_error *reterr);
void container_signal(struct container *c, int signal);
void container_discard(struct container *c);
void container_exited(struct run_watch *w, uint32_t events);

/* run/lifecycle.c */
/* The first container that cannot be started is the error. */
int lifecycle_start(struct pod *pod, struct pod_error *reterr);
int lifecycle_phase(const struct pod *pod);
void lifecycle_advance(struct pod *pod);
uint64_t lifecycle_deadline(const struct pod *pod);
void lifecycle_timeout(struct pod *pod, uint64_t now);
void lifecycle_stop(struct pod *pod, uint64_t grace_usec);
void lifecycle_after_exit(struct container *c, int status);
void pod_changed(struct pod *pod);
void pod_flush(struct pod *pod);
struct pod_container_status *container_status(struct container *c);

/* run/logs.c */
int logs_open(struct container *c, struct pod_error *reterr);
void logs_drain(struct container *c);	/* at exit: everything, P tail */
void logs_close(struct container *c);
void logs_next_run(struct container *c);

#endif
