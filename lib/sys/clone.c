/* SPDX-License-Identifier: MIT */
/*
 * sys/clone.c - clone3 onto a stack of its own, and waiting by pidfd.
 *
 * Knows the calling convention of the two architectures we run on; knows
 * nothing of what the child does.
 */
#include "sys/clone.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

#if defined(__x86_64__)
static long raw_clone(struct clone_args *args, void (*fn)(void *),
	void *argument)
{
	register void (*keep_fn)(void *) __asm__("r12") = fn;
	register void *keep_arg __asm__("r13") = argument;
	long ret;

	/* The child has an empty stack: what it needs is in registers. */
	__asm__ volatile("syscall\n\t"
			 "test %%rax, %%rax\n\t"
			 "jnz 1f\n\t"
			 "xor %%ebp, %%ebp\n\t"
			 "and $-16, %%rsp\n\t"
			 "mov %%r13, %%rdi\n\t"
			 "call *%%r12\n\t"
			 "ud2\n"
			 "1:"
			 : "=a"(ret)
			 : "a"((long)SYS_clone3), "D"(args),
			 "S"((long)sizeof(*args)), "r"(keep_fn), "r"(keep_arg)
			 : "rcx", "r11", "memory");
	return ret;
}
#elif defined(__aarch64__)
static long raw_clone(struct clone_args *args, void (*fn)(void *),
	void *argument)
{
	register long x8 __asm__("x8") = SYS_clone3;
	register long x0 __asm__("x0") = (long)args;
	register long x1 __asm__("x1") = (long)sizeof(*args);
	register void (*keep_fn)(void *) __asm__("x10") = fn;
	register void *keep_arg __asm__("x11") = argument;

	__asm__ volatile("svc 0\n\t"
			 "cbnz x0, 1f\n\t"
			 "mov x29, xzr\n\t"
			 "mov x0, x11\n\t"
			 "blr x10\n\t"
			 "brk 0\n"
			 "1:"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(keep_fn), "r"(keep_arg)
			 : "x30", "memory");
	return x0;
}
#else
#error "libpod-core runs on x86-64 and arm64"
#endif

long sys_clone(struct clone_args *args, void (*fn)(void *), void *argument)
{
	return raw_clone(args, fn, argument);
}

int sys_futex_wait(uint32_t *word, uint32_t value, uint64_t deadline_usec)
{
	struct timespec at = {
		.tv_sec = (time_t)(deadline_usec / 1000000),
		.tv_nsec = (long)(deadline_usec % 1000000) * 1000,
	};

	while (__atomic_load_n(word, __ATOMIC_SEQ_CST) == value) {
		/* WAIT_BITSET takes an absolute CLOCK_MONOTONIC time */
		if (syscall(SYS_futex, word, FUTEX_WAIT_BITSET, value, &at,
			    NULL, FUTEX_BITSET_MATCH_ANY) < 0 &&
			errno == ETIMEDOUT)
			return -ETIMEDOUT;
	}
	return 0;
}

void sys_futex_wake(uint32_t *word)
{
	(void)syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

int sys_pidfd_open(pid_t pid)
{
	long r = syscall(SYS_pidfd_open, pid, 0);

	return r < 0 ? -errno : (int)r;
}

int sys_pidfd_signal(int pidfd, int signal)
{
	return syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0) < 0 ?
		-errno : 0;
}

int sys_pidfd_reap(int pidfd, int nohang, int *ret_status)
{
	siginfo_t info;
	int r;

	memset(&info, 0, sizeof(info));
	do {
		/* __WALL: children without an exit signal count, too */
		r = waitid((idtype_t)P_PIDFD, (id_t)pidfd, &info,
			WEXITED | __WALL | (nohang ? WNOHANG : 0));
	} while (r < 0 && errno == EINTR);
	if (r < 0)
		return -errno;
	if (info.si_pid == 0)
		return 0;
	if (ret_status)
		*ret_status = info.si_code == CLD_EXITED ?
			(info.si_status & 0xff) << 8 : info.si_status & 0x7f;
	return 1;
}

int sys_pidfd_ended(int pidfd, int timeout_ms)
{
	struct pollfd p = { .fd = pidfd, .events = POLLIN };

	return poll(&p, 1, timeout_ms) > 0;
}

int sys_start_ticks(pid_t pid, uint64_t *ret)
{
	_cleanup_fd_ int fd = -EBADF;
	char path[64], buf[1024], *p;
	ssize_t n;
	int i;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = read(fd, buf, sizeof(buf) - 1);
	if (n < 0)
		return -errno;
	buf[n] = '\0';
	/* the command in field 2 may hold anything: go on after its ')' */
	p = strrchr(buf, ')');
	for (i = 2; p && i < 22; i++)
		p = strchr(p + 1, ' ');
	if (!p)
		return -EBADMSG;
	*ret = strtoull(p + 1, NULL, 10);
	return 0;
}
