/* SPDX-License-Identifier: MIT */
/*
 * unit/sec/bpf.h - the kernel's classic BPF for seccomp, interpreted.
 *
 * Knows the instructions that seccomp allows and libseccomp emits; anything
 * else ends the program with BPF_BROKEN, which no filter returns.
 */
#ifndef UNIT_SEC_BPF_H
#define UNIT_SEC_BPF_H

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define BPF_BROKEN UINT32_C(0xdeadbeef)

static inline uint32_t bpf_run(const struct sock_filter *prog, size_t n,
	const struct seccomp_data *data)
{
	uint32_t a = 0, scratch[BPF_MEMWORDS] = { 0 };
	size_t pc;

	for (pc = 0; pc < n; pc++) {
		const struct sock_filter *f = &prog[pc];
		int yes;

		switch (f->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			if (f->k % 4 || f->k > sizeof(*data) - 4)
				return BPF_BROKEN;
			memcpy(&a, (const char *)data + f->k, 4);
			continue;
		case BPF_LD | BPF_MEM:
			a = scratch[f->k % BPF_MEMWORDS];
			continue;
		case BPF_ST:
			scratch[f->k % BPF_MEMWORDS] = a;
			continue;
		case BPF_ALU | BPF_AND | BPF_K:
			a &= f->k;
			continue;
		case BPF_RET | BPF_K:
			return f->k;
		case BPF_JMP | BPF_JA:
			pc += f->k;
			continue;
		case BPF_JMP | BPF_JEQ | BPF_K:
			yes = a == f->k;
			break;
		case BPF_JMP | BPF_JGT | BPF_K:
			yes = a > f->k;
			break;
		case BPF_JMP | BPF_JGE | BPF_K:
			yes = a >= f->k;
			break;
		case BPF_JMP | BPF_JSET | BPF_K:
			yes = (a & f->k) != 0;
			break;
		default:
			return BPF_BROKEN;
		}
		pc += yes ? f->jt : f->jf;
	}
	return BPF_BROKEN;
}

#if defined(__x86_64__)
#define BPF_NATIVE_ARCH AUDIT_ARCH_X86_64
#else
#define BPF_NATIVE_ARCH AUDIT_ARCH_AARCH64
#endif

/* One call with up to three arguments on the native architecture. */
static inline uint32_t bpf_call(const void *prog, size_t len, int number,
	uint64_t a0, uint64_t a1, uint64_t a2)
{
	struct seccomp_data data = { .nr = number, .arch = BPF_NATIVE_ARCH,
		.args = { a0, a1, a2 } };

	return bpf_run((const struct sock_filter *)prog,
		len / sizeof(struct sock_filter), &data);
}

#endif
