/* SPDX-License-Identifier: MIT */
/*
 * bench/noop.c - the program that every subject runs: as little as possible.
 *
 * Without arguments it exits at once; with any it sleeps until TERM and exits
 * 0 then. No libc: starting glibc costs up to half a millisecond on virtual
 * machines that trap CPUID, which would drown what is being compared.
 * Knows nothing of who started it.
 */
#include <linux/signal.h>
#include <linux/unistd.h>

#if defined(__x86_64__)
__asm__(".globl _start\n"
	"_start:\n"
	"	mov (%rsp), %rdi\n"
	"	and $-16, %rsp\n"
	"	call noop_main\n");

static long call4(long nr, long a, long b, long c, long d)
{
	register long r10 __asm__("r10") = d;
	long r;

	__asm__ volatile("syscall"
			 : "=a"(r)
			 : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10)
			 : "rcx", "r11", "memory");
	return r;
}
#elif defined(__aarch64__)
__asm__(".globl _start\n"
	"_start:\n"
	"	ldr x0, [sp]\n"
	"	bl noop_main\n");

static long call4(long nr, long a, long b, long c, long d)
{
	register long x8 __asm__("x8") = nr;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;

	__asm__ volatile("svc 0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3)
			 : "memory");
	return x0;
}
#else
#error "bench/noop.c knows x86-64 and arm64"
#endif

__attribute__((noreturn)) void noop_main(long argc);

void noop_main(long argc)
{
	/*
	 * Blocked, not handled: PID 1 of a namespace ignores a TERM whose
	 * action is the default, but a blocked signal stays pending.
	 */
	const unsigned long term = 1UL << (SIGTERM - 1);
	long r = 0;

	if (argc > 1) {
		r = call4(__NR_rt_sigprocmask, SIG_BLOCK, (long)&term, 0,
			sizeof(term));
		if (r == 0)
			r = call4(__NR_rt_sigtimedwait, (long)&term, 0, 0,
				sizeof(term));
		r = r == SIGTERM ? 0 : 1;
	}
	for (;;)
		(void)call4(__NR_exit_group, r, 0, 0, 0);
}
