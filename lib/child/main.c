/* SPDX-License-Identifier: MIT */
/*
 * child/main.c - executes operations after clone.
 *
 * Knows the order of a job (its own operations, then two ranges of the
 * plan), the gate and the report. An operation's number is in the report
 * before it is begun, so the failing step is known even if we are killed.
 */
#include <linux/futex.h>
#include <linux/openat2.h>
#include <linux/prctl.h>
#include <linux/signal.h>
#include <linux/stat.h>

#include "child/internal.h"
#include "child/sys.h"

#define CLOSE_RANGE_UNSHARE_FLAG 2
#define CLOSE_RANGE_CLOEXEC_FLAG 4
#define RDEV_NULL ((uint64_t)1 << 32 | 3)

static void set_state(struct child_report *report, uint32_t state)
{
	__atomic_store_n(&report->state, state, __ATOMIC_SEQ_CST);
	sys(futex, &report->state, FUTEX_WAKE, 0x7fffffff, 0, 0, 0);
}

static void leave(struct child_report *report, uint32_t op, long error)
	__attribute__((noreturn));

static void leave(struct child_report *report, uint32_t op, long error)
{
	report->failed_op = op;
	report->error = (int32_t)error;
	set_state(report, CHILD_FAILED);
	for (;;)
		sys(exit_group, 127);
}

/*
 * A table of our own with nothing above the highest fd that is still needed.
 * close_range(UNSHARE) copies only what is below, so the price does not
 * depend on how many files the caller has open.
 */
static long own_fds(struct child *c, const struct plan_op *op)
{
	long keep = 3;
	int i;

	(void)op;
	for (i = 0; i < 3; i++)
		if (c->job->stdio[i] >= keep)
			keep = c->job->stdio[i] + 1;
	if (c->job->exec_fd >= keep)
		keep = c->job->exec_fd + 1;
	if (c->job->keep_fd >= keep)
		keep = c->job->keep_fd + 1;
	return sys(close_range, keep, ~0u, CLOSE_RANGE_UNSHARE_FLAG);
}

static long open_null(const char *path)
{
	long fd = sys(openat, CHILD_AT_FDCWD, path,
		CHILD_O_RDWR | CHILD_O_NOFOLLOW | CHILD_O_CLOEXEC, 0), r;
	uint64_t rdev = 0;

	if (fd < 0)
		return fd;
	r = child_mode((int)fd, &rdev);
	if (r >= 0 && ((r & S_IFMT) != S_IFCHR || rdev != RDEV_NULL))
		r = -CHILD_ESTALE;	/* planted by the container (S04) */
	if (r < 0) {
		sys(close, fd);
		return r;
	}
	return fd;
}

/* Everything above 2 but what exec itself needs (rule 4, S02). */
static long close_others(const struct child *c)
{
	long keep[2] = { c->job->exec_fd, c->job->keep_fd }, from = 3, r = 0;
	int i;

	if (keep[0] > keep[1]) {
		keep[0] = c->job->keep_fd;
		keep[1] = c->job->exec_fd;
	}
	for (i = 0; i < 2 && r >= 0; i++) {
		if (keep[i] > from)
			r = sys(close_range, from, keep[i] - 1, 0);
		if (keep[i] >= from)
			from = keep[i] + 1;
	}
	return r < 0 ? r : sys(close_range, from, ~0u, 0);
}

/*
 * Standard fd x. The caller's own fd wins; without a path (a == 0) only that
 * counts; "/dev/null" must be the null device; the rest are our FIFOs,
 * opened for reading and writing, so that a dead supervisor is no SIGPIPE.
 */
static long stream(struct child *c, const struct plan_op *op)
{
	int given = c->job->stdio[op->x];
	long fd, r;

	if (given >= 0) {
		if (op->a && op->flags & OPF_OPTIONAL)
			return 0;
		r = sys(dup3, given, op->x, 0);
		return r < 0 || op->x < 2 ? r : close_others(c);
	}
	if (!op->a)
		return 0;
	if (op->flags & OPF_DEVICES)
		fd = open_null(child_text(c, op->a));
	else
		fd = sys(openat, CHILD_AT_FDCWD, child_text(c, op->a),
			CHILD_O_RDWR | CHILD_O_NOFOLLOW | CHILD_O_CLOEXEC, 0);
	if (fd < 0)
		return fd;
	if (fd == (long)op->x)
		return sys(fcntl, fd, 2 /* F_SETFD */, 0);
	r = sys(dup3, fd, op->x, 0);
	sys(close, fd);
	return r;
}

/* A function would go on with what was kept for the streams: none of it. */
static long close_fds(struct child *c, const struct plan_op *op)
{
	(void)op;
	return sys(close_range, 3, ~0u,
		c->job->entry ? 0 : CLOSE_RANGE_CLOEXEC_FLAG);
}

static long set_cwd(struct child *c, const struct plan_op *op)
{
	char where[CHILD_PATH_MAX];
	long fd, r;

	/* absolute: taken from the root, whatever the directory is now */
	r = sys(chdir, "/");
	if (r < 0)
		return r;
	fd = child_open_making(
		c->job->cwd ? c->job->cwd : child_text(c, op->a), 0, 0, 0755);
	if (fd < 0)
		return fd;
	r = sys(fchdir, fd);
	sys(close, fd);
	if (r < 0)
		return r;
	/* A directory outside the root reads "(unreachable)..." (S02). */
	r = sys(getcwd, where, sizeof(where));
	if (r < 0)
		return r;
	return where[0] == '/' ? 0 : -CHILD_EPERM;
}

static long wait_at_gate(struct child *c, const struct plan_op *op)
{
	struct child_report *report = c->job->report;
	uint32_t word;
	long r;

	(void)op;
	if (c->job->no_gate)
		return 0;
	set_state(report, CHILD_AT_GATE);
	while (!(word = __atomic_load_n(&report->gate, __ATOMIC_SEQ_CST))) {
		r = sys(futex, &report->gate, FUTEX_WAIT, 0, 0, 0, 0);
		if (r < 0 && r != -CHILD_EAGAIN && r != -CHILD_EINTR)
			return r;	/* a filter that forbids waiting */
	}
	if (word == CHILD_GATE_ABORT)
		return -CHILD_ECANCELED;
	__atomic_store_n(&report->gate, 0, __ATOMIC_SEQ_CST);
	__atomic_store_n(&report->state, CHILD_BUILDING, __ATOMIC_SEQ_CST);
	return 0;
}

static long execute(struct child *c, const struct plan_op *op)
{
	const struct child_job *job = c->job;
	long r, first = 0;
	size_t i;

	(void)op;
	job->report->executing = 1;
	if (job->entry) {
		set_state(job->report, CHILD_ENTERED);
		r = job->entry(job->argument);
		for (;;)
			sys(exit_group, r & 0xff);
	}
	set_state(job->report, CHILD_EXECUTING);
	if (job->exec_fd >= 0)
		return sys(execveat, job->exec_fd, "", job->argv, job->envp,
			CHILD_AT_EMPTY_PATH);
	/* As execvp: go on past what is not there, remember what is. */
	for (i = 0; job->paths[i]; i++) {
		r = sys(execve, job->paths[i], job->argv, job->envp);
		if (r != -CHILD_ENOENT && r != -CHILD_ENOTDIR &&
			r != -CHILD_EACCES)
			return r;
		if (r == -CHILD_EACCES || !first)
			first = r;
	}
	return first ? first : -CHILD_ENOENT;
}

static long change_root(struct child *c, const struct plan_op *op)
{
	long r = sys(chroot, child_text(c, op->a));

	return r < 0 ? r : sys(chdir, "/");
}

/* One system call each. */

static long join_namespace(struct child *c, const struct plan_op *op)
{
	return sys(setns, c->job->ns_fds[op->n], op->x);
}

static long unshare_namespaces(struct child *c, const struct plan_op *op)
{
	(void)c;
	return sys(unshare, op->x);
}

static long start_session(struct child *c, const struct plan_op *op)
{
	(void)c;
	(void)op;
	return sys(setsid);
}

static long make_device(struct child *c, const struct plan_op *op)
{
	return sys(mknodat, CHILD_AT_FDCWD, child_text(c, op->a), op->x,
		op->y);
}

static long make_directory(struct child *c, const struct plan_op *op)
{
	return sys(mkdirat, CHILD_AT_FDCWD, child_text(c, op->a), op->x);
}

static long make_link(struct child *c, const struct plan_op *op)
{
	return sys(symlinkat, child_text(c, op->a), CHILD_AT_FDCWD,
		child_text(c, op->b));
}

static long set_umask(struct child *c, const struct plan_op *op)
{
	(void)c;
	sys(umask, op->x);	/* never fails */
	return 0;
}

typedef long (*handler)(struct child *c, const struct plan_op *op);

/* The parent's operations have none: a plan that sends them is broken. */
static const handler handlers[OP_KINDS] = {
	[OP_PRIVATE] = child_private,
	[OP_NS_OPEN] = child_ns_open,
	[OP_SYSCTL] = child_sysctl,
	[OP_HOSTNAME] = child_hostname,
	[OP_NETLINK] = child_netlink,
	[OP_CRADLE_ROOT] = child_cradle_root,
	[OP_CRADLE_MOUNT] = child_cradle_mount,
	[OP_PIVOT] = child_pivot,
	[OP_SETNS] = join_namespace,
	[OP_UNSHARE] = unshare_namespaces,
	[OP_FDS_PRIVATE] = own_fds,
	[OP_SESSION] = start_session,
	[OP_STREAM] = stream,
	[OP_LAYER_MEMORY] = child_layer,
	[OP_OVERLAY] = child_overlay,
	[OP_TREE] = child_tree,
	[OP_ROOT] = child_enter_root,
	[OP_CHROOT] = change_root,
	[OP_MOUNT] = child_mount,
	[OP_ATTACH] = child_attach,
	[OP_MKNOD] = make_device,
	[OP_MKDIR] = make_directory,
	[OP_SYMLINK] = make_link,
	[OP_MASK] = child_mask,
	[OP_READONLY] = child_read_only,
	[OP_ROOT_READONLY] = child_root_read_only,
	[OP_RLIMIT] = child_rlimit,
	[OP_UMASK] = set_umask,
	[OP_KEYRING] = child_keyring,
	[OP_BOUNDING] = child_bounding,
	[OP_CWD] = set_cwd,
	[OP_FDS_CLOSE] = close_fds,
	[OP_GATE] = wait_at_gate,
	[OP_GROUPS] = child_groups,
	[OP_GID] = child_gid,
	[OP_UID] = child_uid,
	[OP_CAPS] = child_caps,
	[OP_NO_NEW_PRIVS] = child_no_new_privs,
	[OP_SECCOMP] = child_seccomp,
	[OP_SIGNALS] = child_signals,
	[OP_EXEC] = execute,
};

static long run(struct child *c, const struct plan_op *op)
{
	if (op->kind >= OP_KINDS || !handlers[op->kind])
		return -CHILD_ENOSYS;
	return handlers[op->kind](c, op);
}

static void run_range(struct child *c, const struct plan_op *ops,
	uint32_t first, uint32_t count, uint32_t mark)
{
	struct child_report *report = c->job->report;
	uint32_t i;

	for (i = first; i < first + count; i++) {
		long r;

		report->op = i | mark;
		r = run(c, &ops[i]);
		if (r < 0)
			leave(report, i | mark, r);
	}
}

void child_main(void *argument)
{
	struct child c;
	int i;

	c.job = argument;
	if (c.job->parent) {
		sys(prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		/* it died before we said so */
		while (sys(getppid) != c.job->parent)
			sys(exit_group, 0);
	}
	c.root = -1;
	c.empty_dir = -1;
	c.null = -1;
	run_range(&c, c.job->own, 0, c.job->n_own, CHILD_OP_OWN);
	for (i = 0; i < 2; i++)
		run_range(&c, c.job->ops, c.job->first[i], c.job->count[i], 0);
	for (;;)
		sys(exit_group, 0);
}
