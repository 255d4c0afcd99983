/* SPDX-License-Identifier: MIT */
/*
 * bench/floor_pod.c - one pod of the floor, the parent's side.
 *
 * The shared namespaces, while a helper makes everything that has a name; then
 * both containers at once on the parent's memory while the parent builds the
 * network; a gate lets them exec together. Afterwards kill, reap, remove. The
 * parent itself stands in the pod's namespaces meanwhile, so that nobody has
 * to join them.
 * Knows nothing of specs, errors to be told to users, or a second pod.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/sched.h>

#include "floor.h"
#include "raw.h"
#include "worker.h"

struct floor_pod {
	struct floor_config *config;
	unsigned int serial;
	char name[32];		/* of the pod's cgroup */
	struct floor_prepare made;
	int net_ns, nl;
	int pidfd[FLOOR_CONTAINERS];
	struct floor_child child[FLOOR_CONTAINERS];
	int gate;
};

static int fail(const char *step)
{
	const int error = errno;

	(void)fprintf(stderr, "floor: %s: %s\n", step, strerror(error));
	return -error;
}

static int make_namespaces(struct floor_pod *p)
{
	if (unshare(CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS) < 0)
		return fail("unshare");
	p->net_ns = openat(p->config->ns_fd, "net", O_RDONLY | O_CLOEXEC);
	if (p->net_ns < 0)
		return fail("open net namespace");
	if (sethostname("floor", 5) < 0)
		return fail("sethostname");
	p->nl = nl_open();
	return p->nl < 0 ? fail("netlink socket") : 0;
}

/* clone3 with an own stack: the child must not return into this frame. */
static long clone_on_stack(struct clone_args *args,
	void (*entry)(void *argument), void *argument)
{
#if defined(__x86_64__)
	long r;

	__asm__ volatile("syscall\n\t"
			 "test %%rax, %%rax\n\t"
			 "jnz 1f\n\t"
			 "xor %%ebp, %%ebp\n\t"
			 "mov %[argument], %%rdi\n\t"
			 "call *%[entry]\n\t"
			 "hlt\n"
			 "1:"
			 : "=a"(r)
			 : "a"(SYS_clone3), "D"(args), "S"(sizeof(*args)),
			 [entry] "d"(entry), [argument] "b"(argument)
			 : "rcx", "r11", "memory");
	return r;
#else
	register long x8 __asm__("x8") = SYS_clone3;
	register long x0 __asm__("x0") = (long)args;
	register long x1 __asm__("x1") = sizeof(*args);
	register long x2 __asm__("x2") = (long)entry;
	register long x3 __asm__("x3") = (long)argument;

	__asm__ volatile("svc 0\n\t"
			 "cbnz x0, 1f\n\t"
			 "mov x29, 0\n\t"
			 "mov x0, x3\n\t"
			 "blr x2\n"
			 "1:"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3)
			 : "memory");
	return x0;
#endif
}

/* The kernel clears it when that task leaves our memory: exec or exit. */
static void await_left(int *task)
{
	int tid;

	while ((tid = __atomic_load_n(task, __ATOMIC_ACQUIRE)) != 0)
		(void)syscall(SYS_futex, task, FUTEX_WAIT, tid, NULL);
}

/* A thread: it takes no waiting for but the futex, and shares our fds. */
static int begin_prepare(struct floor_pod *p)
{
	struct clone_args args = {
		.flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND |
			CLONE_THREAD | CLONE_SYSVSEM | CLONE_CHILD_CLEARTID,
		.child_tid = (uint64_t)(uintptr_t)&p->made.tid,
		.stack = (uint64_t)(uintptr_t)
			p->config->stacks[FLOOR_CONTAINERS],
		.stack_size = FLOOR_STACK,
	};
	long r;

	p->made.tid = 1;
	r = clone_on_stack(&args, floor_prepare_main, &p->made);
	if (r >= 0)
		return 0;
	p->made.tid = 0;
	errno = (int)-r;
	return fail("clone3 of the helper");
}

static int end_prepare(struct floor_pod *p)
{
	await_left(&p->made.tid);
	if (p->made.error == 0)
		return 0;
	errno = -p->made.error;
	return fail(p->made.step);
}

static int launch(struct floor_pod *p, int i)
{
	struct clone_args args = {
		.flags = CLONE_VM | CLONE_PIDFD | CLONE_CHILD_CLEARTID |
			CLONE_INTO_CGROUP | CLONE_NEWPID | CLONE_NEWNS,
		.pidfd = (uint64_t)(uintptr_t)&p->pidfd[i],
		.child_tid = (uint64_t)(uintptr_t)&p->child[i].tid,
		.stack = (uint64_t)(uintptr_t)p->config->stacks[i],
		.stack_size = FLOOR_STACK,
		.exit_signal = SIGCHLD,
		.cgroup = (uint64_t)(unsigned int)p->made.leaf[i],
	};
	long r;

	p->child[i].config = p->config;
	p->child[i].gate = &p->gate;
	p->child[i].shm_fd = p->made.shm[i];
	p->child[i].tid = 1;
	r = clone_on_stack(&args, floor_child_main, &p->child[i]);
	if (r >= 0)
		return 0;
	p->child[i].tid = 0;
	errno = (int)-r;
	return fail("clone3");
}

static void open_gate(struct floor_pod *p)
{
	__atomic_store_n(&p->gate, 1, __ATOMIC_RELEASE);
	(void)syscall(SYS_futex, &p->gate, FUTEX_WAKE_PRIVATE, 2);
}

static int check_running(struct floor_pod *p, int i)
{
	siginfo_t info = { .si_pid = 0 };

	await_left(&p->child[i].tid);
	if (p->child[i].error < 0) {
		errno = -p->child[i].error;
		return fail(p->child[i].step);
	}
	if (waitid(P_PIDFD, (id_t)p->pidfd[i], &info,
			WEXITED | WNOHANG | WNOWAIT) < 0)
		return fail("waitid");
	if (info.si_pid == 0)
		return 0;
	errno = ECHILD;
	return fail("a container ended before its program ran");
}

/* Until both have exec'd. */
static int run(struct floor_pod *p)
{
	int r = begin_prepare(p), prepared;

	if (r == 0) {
		r = make_namespaces(p);
		prepared = end_prepare(p);
		r = r < 0 ? r : prepared;
	}
	for (int i = 0; r == 0 && i < FLOOR_CONTAINERS; i++)
		r = launch(p, i);
	if (r == 0) {
		r = floor_net_create(p->config, p->nl, p->net_ns, p->serial);
		if (r < 0) {
			errno = -r;
			r = fail("netlink");
		}
	}
	if (r < 0)
		return r;
	open_gate(p);
	for (int i = 0; r == 0 && i < FLOOR_CONTAINERS; i++)
		r = check_running(p, i);
	return r;
}

static int kill_and_reap(struct floor_pod *p)
{
	siginfo_t info;
	int r = 0, fd;

	fd = openat(p->made.cgroup, "cgroup.kill", O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "1", 1) != 1)
		r = fail("cgroup.kill");
	if (fd >= 0)
		(void)close(fd);
	for (int i = 0; r == 0 && i < FLOOR_CONTAINERS; i++) {
		if (p->pidfd[i] < 0)
			continue;
		await_left(&p->child[i].tid);
		if (waitid(P_PIDFD, (id_t)p->pidfd[i], &info, WEXITED) < 0)
			r = fail("waitid");
	}
	return r;
}

static void close_all(struct floor_pod *p)
{
	const int fds[] = { p->pidfd[0], p->pidfd[1], p->made.leaf[0],
		p->made.leaf[1], p->made.shm[0], p->made.shm[1],
		p->made.cgroup, p->nl, p->net_ns };

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		if (fds[i] >= 0)
			(void)close(fds[i]);
}

/*
 * Layers, and all else that a container mounted, died with it. Everything is
 * tried; the first failure is returned.
 */
static int remove_pod(struct floor_pod *p)
{
	const struct floor_config *c = p->config;
	int r = 0;

	if (p->made.cgroup >= 0)
		r = kill_and_reap(p);
	for (int i = 0; i < FLOOR_CONTAINERS; i++)
		if (p->made.leaf[i] >= 0 && unlinkat(p->made.cgroup,
				floor_container[i], AT_REMOVEDIR) < 0 &&
			r == 0)
			r = fail("rmdir container cgroup");
	if (p->made.cgroup >= 0 && unlinkat(c->cgroup_fd, p->name,
			AT_REMOVEDIR) < 0 && r == 0)
		r = fail("rmdir pod cgroup");
	for (int i = 0; i < FLOOR_FILES; i++)
		if (unlink(floor_files[i]) < 0 && r == 0)
			r = fail(floor_files[i]);
	if (unlinkat(c->work_fd, FLOOR_SHARED, AT_REMOVEDIR) < 0 && r == 0)
		r = fail(FLOOR_SHARED);
	if (unlinkat(c->work_fd, FLOOR_POD_DIR, AT_REMOVEDIR) < 0 && r == 0)
		r = fail(FLOOR_POD_DIR);
	if ((setns(c->home_net, CLONE_NEWNET) < 0 ||
			setns(c->home_ipc, CLONE_NEWIPC) < 0 ||
			setns(c->home_uts, CLONE_NEWUTS) < 0) && r == 0)
		r = fail("setns");
	close_all(p);
	return r;
}

int floor_pod_cycle(struct floor_config *config, unsigned int serial,
	double *ret_ready_us, double *ret_cycle_us)
{
	const double begun = worker_now_us();
	struct floor_pod p = { .config = config, .serial = serial,
		.made = { .config = config, .cgroup = -1, .leaf = { -1, -1 },
			.shm = { -1, -1 } },
		.net_ns = -1, .nl = -1, .pidfd = { -1, -1 } };
	int r, undone;

	(void)snprintf(p.name, sizeof(p.name), "floor-%u", serial);
	p.made.name = p.name;
	r = run(&p);
	*ret_ready_us = worker_now_us() - begun;
	undone = remove_pod(&p);
	*ret_cycle_us = worker_now_us() - begun;
	return r < 0 ? r : undone;
}
