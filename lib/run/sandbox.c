/* SPDX-License-Identifier: MIT */
/*
 * run/sandbox.c - the pod's namespaces and its small root, the cradle.
 *
 * Trees are cloned here, in the caller's mount namespace, and stay detached;
 * a short-lived child born in the new namespaces attaches them, hands the
 * namespaces over through the shared fd table and is gone. From then on fds
 * hold everything: no process, no bind mount, nothing in the host's mount
 * namespace.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"
#include "mnt/tree.h"
#include "run/internal.h"
#include "sys/clone.h"
#include "sys/path.h"

#ifndef CLONE_CLEAR_SIGHAND
#define CLONE_CLEAR_SIGHAND 0x100000000ULL
#endif

static int op_error(const struct pod *pod, const struct plan_op *op, int r,
	enum pod_stage stage, struct pod_error *reterr)
{
	char title[512];

	(void)plan_op_title(pod->plan, op, title, sizeof(title));
	return err_code(reterr, r, stage, NULL, title);
}

static int cradle_file(struct pod *pod, const struct plan_op *op,
	struct pod_error *reterr)
{
	const char *path = plan_text(pod->plan, op->a);
	_cleanup_fd_ int fd = openat(pod->cradle, path,
		O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		(mode_t)op->x);
	int r;

	if (fd < 0)
		return op_error(pod, op, -errno, POD_STAGE_MOUNT, reterr);
	r = op->n ? sys_write_all(fd, (const char *)pod->plan + op->b, op->n) :
		    0;
	if (r >= 0 && fchmod(fd, (mode_t)op->x) < 0)
		r = -errno;
	return r < 0 ? op_error(pod, op, r, POD_STAGE_MOUNT, reterr) : 0;
}

/* The place in the cradle where the sandbox child will attach a tree. */
static int mount_point(struct pod *pod, const struct plan_op *op, bool dir,
	struct pod_error *reterr)
{
	const char *path = plan_text(pod->plan, op->b);
	int fd;

	if (dir) {
		if (mkdirat(pod->cradle, path, 0755) < 0)
			return op_error(pod, op, -errno, POD_STAGE_MOUNT,
				reterr);
		return 0;
	}
	fd = openat(pod->cradle, path,
		O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return op_error(pod, op, -errno, POD_STAGE_MOUNT, reterr);
	close_fd(fd);
	return 0;
}

static int bind_tree(struct pod *pod, const struct plan_op *op, int *slot,
	struct pod_error *reterr)
{
	const char *source = plan_text(pod->plan, op->a);
	_cleanup_fd_ int fd = -EBADF;
	unsigned int flags = 0;
	bool dir = true;
	int r;

	if (op->flags & OPF_READ_ONLY)
		flags |= MNT_READ_ONLY;
	if (op->flags & OPF_RECURSIVE)
		flags |= MNT_RECURSIVE;
	if (op->flags & OPF_NOEXEC)
		flags |= MNT_NOEXEC;
	if (op->flags & OPF_DEVICES)
		flags |= MNT_DEVICES;
	if (op->flags & OPF_NO_SUBMOUNTS)
		flags |= MNT_SUID;	/* an image */
	if (op->flags & (OPF_BASE_ROOT | OPF_BASE_STATE)) {
		fd = sys_open_beneath(op->flags & OPF_BASE_ROOT ?
				pod->engine->dirs.root_fd : pod->state,
			source, O_PATH | O_DIRECTORY);
		if (fd < 0)
			return op_error(pod, op, fd, POD_STAGE_MOUNT, reterr);
		r = mnt_bind_fd(fd, source, flags, slot, reterr);
	} else {
		r = mnt_bind_path(source, op->x ? (enum mnt_source)(op->x - 1)
				: MNT_DIRECTORY, flags, slot, &dir, reterr);
	}
	if (r >= 0 && op->x == 0 && !dir)
		r = -ENOTDIR;
	return r < 0 ? r : mount_point(pod, op, dir, reterr);
}

static int tmpfs_tree(struct pod *pod, const struct plan_op *op, int *slot,
	struct pod_error *reterr)
{
	int r = mnt_tmpfs(op->x, 0, (mode_t)op->y,
		op->flags & OPF_NOEXEC ? MNT_NOEXEC : 0, slot, reterr);

	if (r < 0)
		return r;
	if (op->n) {
		/* the mount's own fd is an O_PATH one */
		_cleanup_fd_ int root = openat(*slot, ".",
			O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		if (root < 0 || fchown(root, (uid_t)-1, op->n - 1) < 0 ||
			fchmod(root, (mode_t)op->y) < 0)
			return op_error(pod, op, -errno, POD_STAGE_MOUNT,
				reterr);
	}
	return mount_point(pod, op, true, reterr);
}

/* The pod's host operations but the cgroup's; slots receive the trees. */
static int host_ops(struct pod *pod, int *slots, struct pod_error *reterr)
{
	const struct plan *p = pod->plan;
	uint32_t i;
	int r = 0;

	for (i = 0; i < p->host.count && r >= 0; i++) {
		const struct plan_op *op = plan_op_at(p, p->host.first + i);

		switch (op->kind) {
		case OP_DIR:
			r = prepare_directory(pod, op, reterr);
			break;
		case OP_CRADLE:
			r = mnt_tmpfs(op->x, op->y, 0755, 0, &pod->cradle,
				reterr);
			slots[op->slot] = pod->cradle;
			break;
		case OP_CRADLE_DIR:
			if (mkdirat(pod->cradle, plan_text(p, op->a),
				    (mode_t)op->x) < 0)
				r = op_error(pod, op, -errno, POD_STAGE_MOUNT,
					reterr);
			break;
		case OP_CRADLE_FILE:
			r = cradle_file(pod, op, reterr);
			break;
		case OP_TREE_BIND:
			r = bind_tree(pod, op, &slots[op->slot], reterr);
			break;
		case OP_TREE_TMPFS:
			r = tmpfs_tree(pod, op, &slots[op->slot], reterr);
			break;
		default:
			break;
		}
	}
	return r;
}

/* The sandbox child's report, job and stack. */
struct nursery {
	struct child_report report;
	struct child_job job;
	int pidfd;
};

#define NURSERY_MAP (4096 + CHILD_STACK)
#define SANDBOX_USEC (10 * (uint64_t)USEC_PER_SEC)

/*
 * Start the child. It shares our memory (so nothing is copied) and our fd
 * table (so what it opens is ours), and makes the namespaces, which is slow,
 * while we make directories and trees; then it waits for those.
 */
static int begin_child(struct pod *pod, const int *slots, struct nursery **ret,
	struct pod_error *reterr)
{
	const struct plan *p = pod->plan;
	struct nursery *m = mmap(NULL, NURSERY_MAP, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	struct clone_args args;
	sigset_t all, before;
	long pid;
	int i;

	if (m == MAP_FAILED)
		return err_errno(reterr, POD_STAGE_NAMESPACE, NULL,
			"map a stack");
	m->report.state = CHILD_BUILDING;
	m->report.op = CHILD_OP_NONE;
	for (i = 0; i < CHILD_FDS; i++)
		m->report.fds[i] = -EBADF;
	m->job.plan = p;
	m->job.ops = plan_op_at(p, 0);
	m->job.report = &m->report;
	m->job.first[0] = p->sandbox.first;
	m->job.count[0] = p->sandbox.count;
	m->job.slots = slots;
	m->job.exec_fd = m->job.keep_fd = -1;
	m->job.parent = getpid();
	m->pidfd = -EBADF;
	memset(&args, 0, sizeof(args));
	args.flags = CLONE_VM | CLONE_FILES | CLONE_PIDFD |
		CLONE_CHILD_CLEARTID | CLONE_CLEAR_SIGHAND;
	args.pidfd = (uint64_t)(uintptr_t)&m->pidfd;
	args.child_tid = (uint64_t)(uintptr_t)&m->report.state;
	args.stack = (uint64_t)(uintptr_t)m + 4096;
	args.stack_size = CHILD_STACK;
	engine_hide();
	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, &before);
	pid = sys_clone(&args, child_main, &m->job);
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	if (pid < 0) {
		engine_unhide();
		(void)munmap(m, NURSERY_MAP);
		return err_code(reterr, (int)pid, POD_STAGE_NAMESPACE, NULL,
			"make the sandbox");
	}
	*ret = m;
	return 0;
}

static int collect(struct pod *pod, const struct child_report *rep,
	struct pod_error *reterr)
{
	int i;

	for (i = 0; i < SANDBOX_FDS; i++)
		pod->ns[i] = rep->fds[i];
	if (rep->error)
		return op_error(pod, plan_op_at(pod->plan, rep->failed_op),
			rep->error, POD_STAGE_NAMESPACE, reterr);
	if (rep->op != pod->plan->sandbox.first + pod->plan->sandbox.count - 1)
		return err_set(reterr, -ECANCELED, POD_STAGE_NAMESPACE, NULL,
			"make the sandbox", "its process was killed");
	return 0;
}

/*
 * Open its gate and wait for its end. Without `go` it ends itself there: a
 * child that is killed would leave in our fd table what it had open.
 */
static int end_child(struct pod *pod, struct nursery *m, bool go,
	struct pod_error *reterr)
{
	uint64_t end = clock_monotonic_usec() + SANDBOX_USEC;
	uint32_t state;
	int r;

	__atomic_store_n(&m->report.gate,
		go ? CHILD_GATE_OPEN : CHILD_GATE_ABORT, __ATOMIC_SEQ_CST);
	sys_futex_wake(&m->report.gate);
	while ((state = __atomic_load_n(&m->report.state, __ATOMIC_SEQ_CST)) !=
			CHILD_GONE &&
		sys_futex_wait(&m->report.state, state, end) == 0)
		;
	if (m->report.state != CHILD_GONE)
		(void)sys_pidfd_signal(m->pidfd, SIGKILL);
	(void)sys_pidfd_reap(m->pidfd, 0, NULL);
	close_fd(m->pidfd);
	engine_unhide();
	r = collect(pod, &m->report, reterr);
	(void)munmap(m, NURSERY_MAP);
	return r;
}

extern const unsigned char pod_init_blob[], pod_init_blob_end[];

/* PID 1 of a shared PID namespace, from a sealed memfd (rule 5, S01). */
static int start_init(struct pod *pod, struct pod_error *reterr)
{
	static const char *const argv[] = { "pod-init", NULL };
	_cleanup_fd_ int fd = memfd_create("pod-init",
		MFD_CLOEXEC | MFD_ALLOW_SEALING);
	struct launch_request req;
	int r;

	if (fd < 0)
		return err_errno(reterr, POD_STAGE_LAUNCH, "pod-init",
			"make a memfd");
	r = sys_write_all(fd, pod_init_blob,
		(uintptr_t)pod_init_blob_end - (uintptr_t)pod_init_blob);
	if (r >= 0 && (fchmod(fd, 0111) < 0 ||
			      fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL |
				      F_SEAL_SHRINK | F_SEAL_GROW |
				      F_SEAL_WRITE) < 0))
		r = -errno;
	if (r < 0)
		return err_code(reterr, r, POD_STAGE_LAUNCH, "pod-init",
			"seal the memfd");
	memset(&req, 0, sizeof(req));
	req.engine = pod->engine;
	req.plan = pod->plan;
	req.clone_flags = CLONE_NEWPID;
	req.cgroup = req.pid_ns_of = req.join = -EBADF;
	req.ns_fds = pod->ns;
	req.no_gate = req.as_init = true;
	req.stdio[0] = req.stdio[1] = req.stdio[2] = -1;
	req.exec_fd = fd;
	req.argv = argv;
	if (pod->cgroup >= 0) {
		/* a leaf that no container's name can be */
		if (mkdirat(pod->cgroup, "_init", 0755) < 0)
			return err_errno(reterr, POD_STAGE_CGROUP, "_init",
				"make cgroup");
		req.cgroup = openat(pod->cgroup, "_init",
			O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	r = launch_begin(&req, &pod->init, reterr);
	if (r >= 0) {
		r = launch_wait_exec(&pod->init, reterr);
		if (r < 0)
			launch_abort(&pod->init);
		else
			launch_release(&pod->init);
	}
	close_fd(req.cgroup);
	pod->has_init = r >= 0;
	return r;
}

int sandbox_open(struct pod *pod, struct pod_error *reterr)
{
	uint32_t count = pod->plan->slots, i;
	int *slots = calloc(count + 1, sizeof(*slots)), r, ended;
	struct nursery *child = NULL;

	if (!slots)
		return err_code(reterr, -ENOMEM, POD_STAGE_NAMESPACE, NULL,
			"make the sandbox");
	for (i = 0; i < count; i++)
		slots[i] = -EBADF;
	r = begin_child(pod, slots, &child, reterr);
	if (r >= 0) {
		r = host_ops(pod, slots, reterr);
		ended = end_child(pod, child, r >= 0, reterr);
		r = r < 0 ? r : ended;
	}
	/* attached or not, the fds of the trees have served; slot 0 stays */
	for (i = 1; i < count; i++)
		close_fd(slots[i]);
	free(slots);
	if (r >= 0 && pod->plan->flags & PLAN_SHARE_PID)
		r = start_init(pod, reterr);
	return r;
}

static int cover(struct pod *pod, struct nl_sock *sk,
	struct pod_error *reterr)
{
	struct run_dirs *d = &pod->engine->dirs;
	int r = net_cover_add(sk, &d->cidr4, reterr);
	bool changed;

	if (r >= 0 && pod->plan->link.v6.family)
		r = net_cover_add(sk, &d->cidr6, reterr);
	if (r >= 0)
		r = net_forwarding_enable(d->cidr4.addr.family != 0,
			pod->plan->link.v6.family != 0, &changed, reterr);
	return r;
}

int sandbox_network(struct pod *pod, struct pod_error *reterr)
{
	const struct plan *p = pod->plan;
	struct nl_sock *host = NULL, *inside = NULL;
	int r = 0;
	uint32_t i;

	if (!p->network.count)
		return 0;
	r = net_socket_take(take_fd(&pod->ns[SANDBOX_NETLINK]), &inside,
		reterr);
	for (i = 0; i < p->network.count && r >= 0; i++) {
		const struct plan_op *op =
			plan_op_at(p, p->network.first + i);

		switch (op->kind) {
		case OP_NET_LINK:
			r = net_socket_open(&host, reterr);
			if (r >= 0)
				r = cover(pod, host, reterr);
			if (r >= 0)
				r = net_host_add(host, &p->link,
					pod->ns[SANDBOX_NET], reterr);
			break;
		case OP_NET_POD:
			r = net_pod_setup(inside, &p->link, reterr);
			break;
		case OP_NET_LO:
			r = net_lo_up(inside, reterr);
			break;
		default:
			break;
		}
	}
	net_socket_close(host);
	net_socket_close(inside);
	return r;
}

void sandbox_end_init(struct pod *pod)
{
	if (!pod->has_init)
		return;
	(void)sys_pidfd_signal(pod->init.pidfd, SIGKILL);
	(void)sys_pidfd_reap(pod->init.pidfd, 0, NULL);
	close_fd(take_fd(&pod->init.pidfd));
	pod->has_init = false;
}

void sandbox_close(struct pod *pod)
{
	int i;

	sandbox_end_init(pod);
	for (i = 0; i < SANDBOX_FDS; i++)
		close_fd(take_fd(&pod->ns[i]));
	close_fd(take_fd(&pod->cradle));
}
