/* SPDX-License-Identifier: MIT */
/*
 * child/sys.h - raw system calls for code that must not touch libc.
 *
 * Every call returns the kernel's value: negative is -errno. No errno, no
 * cancellation point, no lock.
 */
#ifndef CHILD_SYS_H
#define CHILD_SYS_H

#include <asm/unistd.h>

#if defined(__x86_64__)
static inline long sys_call6(long n, long a, long b, long c, long d, long e,
	long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8),
			 "r"(r9)
			 : "rcx", "r11", "memory");
	return ret;
}
#elif defined(__aarch64__)
static inline long sys_call6(long n, long a, long b, long c, long d, long e,
	long f)
{
	register long x8 __asm__("x8") = n;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;
	register long x5 __asm__("x5") = f;

	__asm__ volatile("svc 0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4),
			 "r"(x5)
			 : "memory");
	return x0;
}
#else
#error "libpod-core runs on x86-64 and arm64"
#endif

#define SYS_ARG(x) ((long)(x))
#define SYS_PICK(a, b, c, d, e, f, g, name, ...) name
#define sys(n, ...) \
	SYS_PICK(_, ##__VA_ARGS__, SYS_6, SYS_5, SYS_4, SYS_3, SYS_2, SYS_1, \
		SYS_0)(__NR_##n, ##__VA_ARGS__)
#define SYS_0(n) sys_call6(n, 0, 0, 0, 0, 0, 0)
#define SYS_1(n, a) sys_call6(n, SYS_ARG(a), 0, 0, 0, 0, 0)
#define SYS_2(n, a, b) sys_call6(n, SYS_ARG(a), SYS_ARG(b), 0, 0, 0, 0)
#define SYS_3(n, a, b, c) \
	sys_call6(n, SYS_ARG(a), SYS_ARG(b), SYS_ARG(c), 0, 0, 0)
#define SYS_4(n, a, b, c, d) \
	sys_call6(n, SYS_ARG(a), SYS_ARG(b), SYS_ARG(c), SYS_ARG(d), 0, 0)
#define SYS_5(n, a, b, c, d, e) \
	sys_call6(n, SYS_ARG(a), SYS_ARG(b), SYS_ARG(c), SYS_ARG(d), \
		SYS_ARG(e), 0)
#define SYS_6(n, a, b, c, d, e, f) \
	sys_call6(n, SYS_ARG(a), SYS_ARG(b), SYS_ARG(c), SYS_ARG(d), \
		SYS_ARG(e), SYS_ARG(f))

#endif
