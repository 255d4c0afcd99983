/* SPDX-License-Identifier: MIT */
/*
 * child/child.h - the child's side of a launch.
 *
 * child_main() runs between clone and exec, in the parent's memory (CLONE_VM)
 * on a stack of its own. It reads a plan and a job, makes raw system calls
 * and reports through one shared struct; it allocates nothing, takes no lock
 * and calls nothing of libc.
 */
#ifndef CHILD_CHILD_H
#define CHILD_CHILD_H

#include <stdint.h>

#include "plan/op.h"

struct plan;

/*
 * Values of child_report.state, a futex word. The kernel stores CHILD_GONE
 * and wakes it when the child leaves our memory, by exec or by death
 * (CLONE_CHILD_CLEARTID).
 */
enum child_state {
	CHILD_GONE = 0,
	CHILD_BUILDING = 1,
	CHILD_AT_GATE = 2,
	CHILD_EXECUTING = 3,	/* about to exec, no failure so far */
	CHILD_ENTERED = 4,	/* the C function is being called */
	CHILD_FAILED = 5,
};

/* child_report.gate: the first lets the child go, once */
#define CHILD_GATE_OPEN 1u
#define CHILD_GATE_ABORT 2u

#define CHILD_FDS PLAN_FDS	/* results of OP_NS_OPEN and OP_NETLINK */
#define CHILD_SLOTS PLAN_SLOTS
#define CHILD_STACK (64 * 1024)
/* child_report.op of an operation that is the job's own, not the plan's */
#define CHILD_OP_OWN 0x80000000u
#define CHILD_OP_NONE 0xffffffffu

struct child_report {
	uint32_t state;		/* futex */
	uint32_t gate;		/* futex: CHILD_GATE_* */
	/* being executed: index in the plan; CHILD_OP_NONE before the first */
	uint32_t op;
	int32_t error;		/* negative errno, if CHILD_FAILED */
	uint32_t failed_op;
	uint32_t executing;	/* was about to exec */
	int32_t fds[CHILD_FDS];
};

struct child_job {
	const struct plan *plan;	/* offsets are relative to it */
	const struct plan_op *ops;	/* the plan's table */
	struct child_report *report;
	const struct plan_op *own;	/* executed first */
	uint32_t n_own;
	uint32_t no_gate;
	uint32_t first[2], count[2];	/* then these ranges of the plan */
	int32_t ns_fds[PLAN_FDS];	/* OP_SETNS: by plan_op.n */
	int32_t stdio[3];	/* given by the caller (>= 3), or -1 */
	int32_t exec_fd;	/* execveat() this instead of paths, or -1 */
	int32_t keep_fd;	/* to be closed by exec, not before, or -1 */
	const int32_t *slots;	/* OP_CRADLE_MOUNT: mount fds */
	const char *const *argv, *const *envp;
	const char *const *paths;	/* candidates for exec, NULL-ended */
	const char *cwd;	/* instead of OP_CWD's, or NULL */
	/*
	 * Who made us, if we must not outlive it: we hold its fds, its lock
	 * among them. 0: may outlive it.
	 */
	int32_t parent;
	int (*entry)(void *argument);	/* instead of exec */
	void *argument;
};

/* Never returns. */
void child_main(void *job) __attribute__((noreturn));

#endif
