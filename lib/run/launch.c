/* SPDX-License-Identifier: MIT */
/*
 * run/launch.c - the parent's side of one launch.
 *
 * The child shares our memory on a stack of its own, so its start costs the
 * same whatever the caller's size; it is watched through one futex word that
 * the kernel itself clears when the child leaves our memory, by exec or by
 * death. Only a C function as entry point gets a copy of the memory.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"
#include "ns/pid.h"
#include "run/internal.h"
#include "sys/clone.h"
#include "sys/path.h"

#ifndef CLONE_CLEAR_SIGHAND
#define CLONE_CLEAR_SIGHAND 0x100000000ULL
#endif
#ifndef CLONE_INTO_CGROUP
#define CLONE_INTO_CGROUP 0x200000000ULL
#endif

#define DEADLINE_USEC (10 * (uint64_t)USEC_PER_SEC)
#define SLICE_USEC 20000
#define OWN_OPS 20
#define PAGE 4096

/* Everything the child reads, in front of its stack. */
struct arrangement {
	struct child_report report;
	struct child_job job;
	struct plan_op own[OWN_OPS];
};

static const char **text_vector(const struct plan *p, struct plan_range r,
	const char *const *more, size_t n_more)
{
	const char **v = calloc(r.count + n_more + 1, sizeof(*v));
	const plan_str *s =
		(const plan_str *)(const void *)((const char *)p + r.first);
	uint32_t i;

	for (i = 0; v && i < r.count; i++)
		v[i] = plan_text(p, s[i]);
	for (i = 0; v && more && i < n_more; i++)
		v[r.count + i] = more[i];
	return v;
}

static size_t vector_length(const char *const *v)
{
	size_t n = 0;

	while (v && v[n])
		n++;
	return n;
}

#define CANDIDATES 64

/* What execvp would try for a program that the plan does not know. */
static const char **candidates(struct launch *l, const char *program,
	const char **env)
{
	const char **v = calloc(CANDIDATES + 1, sizeof(*v));
	const char *path = NULL;
	size_t i, n = 0;

	/* the last one counts: what the caller gave comes after the plan's */
	for (i = 0; env[i]; i++)
		if (str_has_prefix(env[i], "PATH="))
			path = env[i] + 5;
	if (!v || strchr(program, '/') || !path || !*path) {
		if (v)
			v[0] = program;
		return v;
	}
	while (n < CANDIDATES) {
		size_t len = strcspn(path, ":");

		v[n] = arena_printf(&l->scratch, "%.*s%s%s", (int)len, path,
			len ? "/" : "", program);
		if (!v[n]) {
			free(v);
			return NULL;
		}
		n++;
		if (!path[len])
			break;
		path += len + 1;
	}
	return v;
}

/* Three vectors in one allocation's clothes: kept to be freed together. */
static int make_vectors(const struct launch_request *req, struct launch *l)
{
	const struct plan_container *c = req->container;
	const char **argv, **env, **paths;
	static const struct plan_range none;

	l->vectors = calloc(3, sizeof(*l->vectors));
	if (!l->vectors)
		return -ENOMEM;
	if (req->as_init) {
		l->job->argv = l->job->envp = req->argv;
		return 0;
	}
	argv = text_vector(req->plan, req->argv ? none : c->argv, req->argv,
		vector_length(req->argv));
	env = text_vector(req->plan, c->env, req->env,
		vector_length(req->env));
	paths = req->argv && env ? candidates(l, req->argv[0], env) :
		text_vector(req->plan, c->paths, NULL, 0);
	l->vectors[0] = (const char *)argv;
	l->vectors[1] = (const char *)env;
	l->vectors[2] = (const char *)paths;
	if (!argv || !env || !paths)
		return -ENOMEM;
	l->job->argv = argv;
	l->job->envp = env;
	l->job->paths = paths;
	return 0;
}

static void add(struct child_job *job, struct plan_op *own,
	enum plan_op_kind kind, uint64_t x, uint32_t n)
{
	struct plan_op *op = &own[job->n_own++];

	memset(op, 0, sizeof(*op));
	op->kind = (uint16_t)kind;
	op->container = -1;
	op->x = x;
	op->n = n;
}

/* Into a running container: its namespaces, then the way its own went. */
static void join_ops(const struct launch_request *req, struct child_job *job,
	struct plan_op *own)
{
	uint64_t flags = CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS |
		CLONE_NEWNET | CLONE_NEWCGROUP;
	uint64_t i;

	job->ns_fds[0] = req->join;
	add(job, own, OP_SETNS, flags, 0);
	add(job, own, OP_UMASK, 0, 0);
	add(job, own, OP_FDS_PRIVATE, 0, 0);
	add(job, own, OP_SESSION, 0, 0);
	for (i = 0; i < 3; i++)
		add(job, own, OP_STREAM, i, 0);
}

/* pod-init: an empty root, no capability, then a sealed program by fd. */
static void init_ops(const struct launch_request *req, struct child_job *job,
	struct plan_op *own)
{
	uint64_t i;

	for (i = 0; i < 4; i++)
		job->ns_fds[i] = req->ns_fds[i];
	add(job, own, OP_SETNS, CLONE_NEWNS, 0);
	if (req->ns_fds[SANDBOX_NET] >= 0)
		add(job, own, OP_SETNS, CLONE_NEWNET, SANDBOX_NET);
	if (req->ns_fds[SANDBOX_IPC] >= 0)
		add(job, own, OP_SETNS, CLONE_NEWIPC, SANDBOX_IPC);
	if (req->ns_fds[SANDBOX_UTS] >= 0)
		add(job, own, OP_SETNS, CLONE_NEWUTS, SANDBOX_UTS);
	/* nothing of the pod is to be seen behind /proc/1/root */
	add(job, own, OP_CHROOT, 0, 0);
	own[job->n_own - 1].a = req->plan->empty;
	add(job, own, OP_FDS_PRIVATE, 0, 0);
	add(job, own, OP_SESSION, 0, 0);
	for (i = 0; i < 3; i++)
		add(job, own, OP_STREAM, i, 0);
	add(job, own, OP_KEYRING, 0, 0);
	add(job, own, OP_BOUNDING, 0, 0);
	add(job, own, OP_CAPS, 0, 0);
	add(job, own, OP_NO_NEW_PRIVS, 0, 0);
	add(job, own, OP_FDS_CLOSE, 0, 0);
	add(job, own, OP_EXEC, 0, 0);
}

static void fill_job(const struct launch_request *req, struct launch *l,
	struct arrangement *a)
{
	struct child_job *job = &a->job;
	int i;

	job->plan = req->plan;
	job->ops = plan_op_at(req->plan, 0);
	job->report = &a->report;
	job->own = a->own;
	job->no_gate = req->no_gate;
	job->exec_fd = req->exec_fd;
	job->keep_fd = l->exec_pipe_theirs;
	job->cwd = req->cwd;
	job->entry = req->entry;
	job->argument = req->argument;
	for (i = 0; i < 3; i++)
		job->stdio[i] = l->given[i];
	if (req->as_init) {
		init_ops(req, job, a->own);
	} else if (req->join >= 0) {
		join_ops(req, job, a->own);
	} else {
		for (i = 0; i < 4; i++)
			job->ns_fds[i] = req->ns_fds[i];
	}
	if (req->build) {
		job->first[0] = req->container->build.first;
		job->count[0] = req->container->build.count;
	}
	if (!req->as_init) {
		job->first[1] = req->container->enter.first;
		job->count[1] = req->container->enter.count;
	}
	a->report.state = CHILD_BUILDING;
	a->report.op = CHILD_OP_NONE;
	l->report = &a->report;
	l->job = job;
}

/* The child dup's these over 0, 1, 2: they must not be among them. */
static int lift_stdio(const int in[3], int out[3])
{
	int i;

	memcpy(out, in, 3 * sizeof(in[0]));
	for (i = 0; i < 3; i++) {
		if (in[i] < 0 || in[i] > 2)
			continue;
		out[i] = fcntl(in[i], F_DUPFD_CLOEXEC, 3);
		if (out[i] < 0)
			return -errno;
	}
	return 0;
}

static void drop_lifted(const int in[3], const int out[3])
{
	int i;

	for (i = 0; i < 3; i++)
		if (out[i] != in[i])
			close_fd(out[i]);
}

static long clone_child(const struct launch_request *req, struct launch *l,
	bool into_cgroup)
{
	struct clone_args args;
	sigset_t all, before;
	int pidfd = -EBADF;
	long pid;

	memset(&args, 0, sizeof(args));
	args.flags = req->clone_flags | CLONE_PIDFD | CLONE_CLEAR_SIGHAND;
	args.pidfd = (uint64_t)(uintptr_t)&pidfd;
	if (l->shares_memory) {
		args.flags |= CLONE_VM | CLONE_FILES | CLONE_CHILD_CLEARTID;
		args.stack = (uint64_t)(uintptr_t)l->report + PAGE;
		args.stack_size = l->mapped - PAGE;
		args.child_tid = (uint64_t)(uintptr_t)&l->report->state;
	}
	if (into_cgroup) {
		args.flags |= CLONE_INTO_CGROUP;
		args.cgroup = (uint64_t)(unsigned int)req->cgroup;
	}
	/* no handler of the caller's may run in the child */
	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, &before);
	pid = sys_clone(&args, child_main, l->job);
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	if (pid < 0)
		return pid;
	l->pid = (int)pid;
	l->pidfd = pidfd;
	return 0;
}

/*
 * Wait until the state word is no longer `value`. A child with a copy of our
 * memory does not clear it when it dies, so the pidfd is looked at, too.
 */
static int wait_state(struct launch *l, uint32_t value)
{
	uint64_t end = clock_monotonic_usec() + DEADLINE_USEC;

	for (;;) {
		uint64_t now = clock_monotonic_usec();
		uint64_t slice = l->shares_memory ? end : now + SLICE_USEC;

		if (sys_futex_wait(&l->report->state, value,
			    slice < end ? slice : end) == 0)
			return 0;
		if (sys_pidfd_ended(l->pidfd, 0))
			return 0;
		if (now >= end)
			return -ETIMEDOUT;
	}
}

/* Dead before its first instruction: see move_and_restart(). */
static bool never_ran(struct launch *l)
{
	return __atomic_load_n(&l->report->state, __ATOMIC_SEQ_CST) ==
		CHILD_GONE && l->report->op == CHILD_OP_NONE;
}

/*
 * On some kernels a child cloned into a cgroup is killed at once when our
 * own cgroup has seen another number of cgroup.kill writes than the target.
 * Clone it where we are, held at a gate of its own, and move it.
 */
static int move_and_restart(const struct launch_request *req,
	struct launch *l, struct pod_error *reterr)
{
	struct arrangement *a = container_of(l->job, struct arrangement, job);
	_cleanup_fd_ int procs = -EBADF;
	char text[16];
	int n, r;

	if (l->repeated)
		return err_set(reterr, -ECANCELED, POD_STAGE_LAUNCH, NULL,
			"launch", "the process is killed before it runs");
	l->repeated = true;
	(void)sys_pidfd_reap(l->pidfd, 0, NULL);
	close_fd(take_fd(&l->pidfd));
	memmove(&a->own[1], &a->own[0], sizeof(a->own[0]) * a->job.n_own);
	memset(&a->own[0], 0, sizeof(a->own[0]));
	a->own[0].kind = OP_GATE;
	a->own[0].container = -1;
	a->job.n_own++;
	a->job.no_gate = 0;
	a->report.state = CHILD_BUILDING;
	a->report.op = CHILD_OP_NONE;
	r = (int)clone_child(req, l, false);
	if (r >= 0)
		r = wait_state(l, CHILD_BUILDING);
	if (r < 0)
		return err_code(reterr, r, POD_STAGE_LAUNCH, NULL, "clone");
	procs = openat(req->cgroup, "cgroup.procs", O_WRONLY | O_CLOEXEC);
	n = snprintf(text, sizeof(text), "%d", l->pid);
	if (procs < 0 || write(procs, text, (size_t)n) != n)
		return err_errno(reterr, POD_STAGE_CGROUP, "cgroup.procs",
			"move the process");
	/* the child has read the gate's op; the next one is the job's own */
	a->job.no_gate = req->no_gate;
	l->report->state = CHILD_BUILDING;
	launch_open_gate(l);
	return 0;
}

static int start(struct launch *l, bool again, struct pod_error *reterr)
{
	const struct launch_request *req = &l->req;
	int saved = -EBADF, r = 0;

	if (req->pid_ns_of >= 0)
		r = ns_pid_enter(req->pid_ns_of, &saved, reterr);
	if (r < 0)
		return r;
	if (again) {
		r = move_and_restart(req, l, reterr);
	} else {
		r = (int)clone_child(req, l, req->cgroup >= 0);
		if (r < 0)
			err_code(reterr, r, POD_STAGE_LAUNCH, NULL, "clone");
	}
	if (saved >= 0 && ns_pid_leave(saved, reterr) < 0 && r >= 0)
		r = -EIO;
	return r;
}

static bool limits_memory(const struct plan *plan, struct plan_range ops)
{
	uint32_t i;

	for (i = 0; i < ops.count; i++) {
		const struct plan_op *op = plan_op_at(plan, ops.first + i);

		if (op->kind == OP_CGROUP_SET &&
			str_eq(plan_text(plan, op->a), "memory.max"))
			return true;
	}
	return false;
}

bool launch_needs_copy(const struct plan *plan,
	const struct plan_container *c, bool visible)
{
	uint32_t i;

	for (i = 0; visible && i < plan->containers.count; i++)
		if (plan_container_at(plan, i)->cap_bounding >> CAP_SYS_PTRACE &
			1)
			return true;
	return limits_memory(plan, plan->host) ||
		limits_memory(plan, c->host);
}

/*
 * The kernel clears the futex word of a child that shares our memory; a copy
 * tells its exec by a pipe that exec closes.
 */
static int open_exec_pipe(struct launch *l)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	l->exec_pipe = ends[0];
	/* above the streams, where the child keeps it */
	l->exec_pipe_theirs = fcntl(ends[1], F_DUPFD_CLOEXEC, 3);
	close_fd(ends[1]);
	return l->exec_pipe_theirs < 0 ? -errno : 0;
}

int launch_begin(const struct launch_request *req, struct launch *l,
	struct pod_error *reterr)
{
	struct arrangement *a;
	int r;

	memset(l, 0, sizeof(*l));
	l->pidfd = -EBADF;
	l->req = *req;
	l->shares_memory = !req->entry && !req->copy;
	l->exec_pipe = l->exec_pipe_theirs = -EBADF;
	l->mapped = PAGE + CHILD_STACK;
	/* a copy of our memory needs the report shared, not the rest */
	a = mmap(NULL, l->mapped, PROT_READ | PROT_WRITE,
		(l->shares_memory ? MAP_PRIVATE : MAP_SHARED) |
			MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (a == MAP_FAILED)
		return err_errno(reterr, POD_STAGE_LAUNCH, NULL,
			"map a stack");
	engine_hide();
	r = lift_stdio(req->stdio, l->given);
	if (r >= 0 && !l->shares_memory && !req->entry)
		r = open_exec_pipe(l);
	fill_job(req, l, a);
	if (r >= 0)
		r = make_vectors(req, l);
	if (r < 0)
		err_code(reterr, r, POD_STAGE_LAUNCH, NULL,
			"prepare the launch");
	else
		r = start(l, false, reterr);
	if (r < 0)
		launch_abort(l);
	return r;
}

/* What went wrong, in the words of the plan. */
static int failure(struct launch *l, struct pod_error *reterr)
{
	const struct child_report *rep = l->report;
	const struct plan_op *op;
	enum pod_stage stage = POD_STAGE_LAUNCH;
	char title[512];
	int r;

	if (!rep->error)
		return err_set(reterr, -ECANCELED, POD_STAGE_LAUNCH, NULL,
			"launch", "the process was killed while it was set up");
	op = rep->failed_op & CHILD_OP_OWN ?
		&l->job->own[rep->failed_op & ~CHILD_OP_OWN] :
		plan_op_at(l->req.plan, rep->failed_op);
	(void)plan_op_title(l->req.plan, op, title, sizeof(title));
	if (op->kind == OP_EXEC)
		stage = POD_STAGE_EXEC;
	else if (op->kind >= OP_OVERLAY && op->kind <= OP_ROOT_READONLY)
		stage = POD_STAGE_MOUNT;
	else if (op->kind >= OP_KEYRING && op->kind <= OP_SECCOMP)
		stage = POD_STAGE_SECURITY;
	if (op->kind == OP_EXEC && l->job->argv && l->job->argv[0])
		(void)snprintf(title, sizeof(title), "execute %s",
			l->job->argv[0]);
	r = err_code(reterr, rep->error, stage, NULL, title);
	if (op->kind == OP_EXEC && r == -ENOENT)
		err_hint(reterr, "the image has no such program (or not the "
				 "interpreter that it names)");
	else if (op->kind == OP_EXEC && r == -EACCES)
		err_hint(reterr, "it is not executable for this user, or on a "
				 "noexec mount");
	return r;
}

int launch_wait_gate(struct launch *l, struct pod_error *reterr)
{
	int r = wait_state(l, CHILD_BUILDING);

	if (r >= 0 && l->req.cgroup >= 0 && never_ran(l)) {
		r = start(l, true, reterr);
		if (r < 0)
			return r;
		r = wait_state(l, CHILD_BUILDING);
	}
	if (r < 0)
		return err_code(reterr, r, POD_STAGE_LAUNCH, NULL,
			"wait for the container to be set up");
	if (__atomic_load_n(&l->report->state, __ATOMIC_SEQ_CST) ==
		CHILD_AT_GATE)
		return 0;
	return failure(l, reterr);
}

void launch_open_gate(struct launch *l)
{
	__atomic_store_n(&l->report->gate, CHILD_GATE_OPEN, __ATOMIC_SEQ_CST);
	sys_futex_wake(&l->report->gate);
}

/* Until the child's end of the pipe is closed, by exec or by its death. */
static int wait_pipe(struct launch *l)
{
	struct pollfd p = { .fd = l->exec_pipe, .events = POLLIN };

	close_fd(take_fd(&l->exec_pipe_theirs));
	return poll(&p, 1, (int)(DEADLINE_USEC / 1000)) > 0 ? 0 : -ETIMEDOUT;
}

int launch_wait_exec(struct launch *l, struct pod_error *reterr)
{
	uint32_t state;
	int r = 0;

	for (;;) {
		state = __atomic_load_n(&l->report->state, __ATOMIC_SEQ_CST);
		if (l->req.no_gate && l->req.cgroup >= 0 && never_ran(l)) {
			r = start(l, true, reterr);
			if (r < 0)
				return r;
			continue;
		}
		if (state == CHILD_GONE || state == CHILD_FAILED ||
			state == CHILD_ENTERED)
			break;
		if (l->exec_pipe >= 0) {
			r = wait_pipe(l);
			if (r < 0)
				return err_code(reterr, r, POD_STAGE_LAUNCH,
					NULL, "wait for the program to start");
			break;
		}
		r = wait_state(l, state);
		if (r < 0)
			return err_code(reterr, r, POD_STAGE_LAUNCH, NULL,
				"wait for the program to start");
		if (!l->shares_memory && sys_pidfd_ended(l->pidfd, 0))
			break;
	}
	if (l->report->error || !l->report->executing)
		return failure(l, reterr);
	return 0;
}

void launch_release(struct launch *l)
{
	int i;

	if (!l->report)
		return;
	/* a child that failed is still on that stack until it is gone */
	if (l->shares_memory && l->pidfd >= 0)
		while (l->report->state != CHILD_GONE &&
			!sys_pidfd_ended(l->pidfd, 0))
			(void)sys_futex_wait(&l->report->state,
				l->report->state,
				clock_monotonic_usec() + SLICE_USEC);
	for (i = 0; l->vectors && i < 3; i++) {
		union {
			const char *in;
			void *out;
		} owned = { .in = l->vectors[i] };

		free(owned.out);
	}
	free(l->vectors);
	l->vectors = NULL;
	arena_done(&l->scratch);
	drop_lifted(l->req.stdio, l->given);
	close_fd(take_fd(&l->exec_pipe));
	close_fd(take_fd(&l->exec_pipe_theirs));
	(void)munmap(l->report, l->mapped);
	l->report = NULL;
	l->job = NULL;
	engine_unhide();
}

void launch_abort(struct launch *l)
{
	if (l->pidfd >= 0) {
		(void)sys_pidfd_signal(l->pidfd, SIGKILL);
		(void)sys_pidfd_reap(l->pidfd, 0, NULL);
	}
	launch_release(l);
	close_fd(take_fd(&l->pidfd));
}
