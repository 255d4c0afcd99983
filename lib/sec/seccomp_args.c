/* SPDX-License-Identifier: MIT */
/*
 * sec/seccomp_args.c - argument rules as classic BPF.
 *
 * Written by hand because libseccomp has no "otherwise": rules of one call
 * with different actions are evaluated in an order that it does not promise,
 * and the complement of "family is one of these" would be some thirty masked
 * comparisons. The program comes first and falls through to libseccomp's for
 * every other call, which also judges foreign architectures by itself.
 *
 * Knows the rules' form, not their content.
 */
#include "sec/seccomp.h"

#include <endian.h>
#include <errno.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <string.h>

struct emitter {
	struct sock_filter *out;
	size_t max;
	size_t len;
	bool full;
};

static void emit(struct emitter *e, unsigned int code, uint32_t k)
{
	if (e->len >= e->max) {
		e->full = true;
		return;
	}
	e->out[e->len++] = (struct sock_filter){ .code = (uint16_t)code,
		.k = k };
}

/* Where the low half of an argument is in struct seccomp_data. */
static uint32_t low_half(uint8_t index)
{
	size_t at = offsetof(struct seccomp_data, args) + 8u * index;

	if (__BYTE_ORDER == __BIG_ENDIAN)
		at += 4;
	return (uint32_t)at;
}

/* Make the jump at `from` go to the end of the program if it fails. */
static void fail_to_here(struct emitter *e, size_t from)
{
	size_t distance = e->len - from - 1;

	if (e->full || distance > UINT8_MAX) {
		e->full = true;
		return;
	}
	e->out[from].jf = (uint8_t)distance;
}

/*
 * Load what the test looks at, unless the accumulator has it: loaded is the
 * test that was loaded last.
 */
static void load(struct emitter *e, const struct sec_arg_test *test,
	const struct sec_arg_test **loaded)
{
	const struct sec_arg_test *old = *loaded;

	if (old && old->index == test->index && old->mask == test->mask)
		return;
	emit(e, BPF_LD | BPF_W | BPF_ABS, low_half(test->index));
	if (test->mask != UINT32_MAX)
		emit(e, BPF_ALU | BPF_AND | BPF_K, test->mask);
	*loaded = test;
}

static void emit_rule(struct emitter *e, const struct sec_arg_rule *rule,
	const struct sec_arg_test **loaded)
{
	size_t failing[2] = { 0, 0 };
	uint8_t i;

	for (i = 0; i < rule->n_tests; i++) {
		load(e, &rule->tests[i], loaded);
		failing[i] = e->len;
		emit(e, BPF_JMP | BPF_JEQ | BPF_K, rule->tests[i].value);
	}
	emit(e, BPF_RET | BPF_K, rule->error ?
		SECCOMP_RET_ERRNO | rule->error : SECCOMP_RET_ALLOW);
	for (i = 0; i < rule->n_tests; i++)
		fail_to_here(e, failing[i]);
	/* The next rule is reached from either test: nothing is known. */
	if (rule->n_tests > 1)
		*loaded = NULL;
}

/* The rules from `first` on that are about the same call. */
static void emit_call(struct emitter *e, int number,
	const struct sec_arg_rule *first,
	const struct sec_seccomp_params *params)
{
	const struct sec_arg_test *loaded = NULL;
	const struct sec_arg_rule *rule;
	size_t guard = e->len;

	emit(e, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)number);
	for (rule = first; rule->name &&
		strcmp(rule->name, first->name) == 0; rule++) {
		if (!sec_arg_rule_applies(rule, params))
			continue;
		emit_rule(e, rule, &loaded);
		if (!rule->n_tests)
			break;
	}
	fail_to_here(e, guard);
}

int sec_args_emit(const struct sec_seccomp_params *params,
	struct sock_filter *out, size_t max, size_t *ret_len)
{
	struct emitter e = { .out = out, .max = max };
	const struct sec_arg_rule *rule;
	const char *last = "";

	emit(&e, BPF_LD | BPF_W | BPF_ABS,
		offsetof(struct seccomp_data, arch));
	emit(&e, BPF_JMP | BPF_JEQ | BPF_K, sec_audit_arch);
	emit(&e, BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
	if (!e.full) {
		e.out[1].jt = 1;
		e.out[1].jf = 0;
	}
	emit(&e, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
	for (rule = sec_arg_rules; rule->name; rule++) {
		int number = sec_syscall_number(rule->name);

		if (strcmp(rule->name, last) == 0)
			continue;
		last = rule->name;
		if (number >= 0)
			emit_call(&e, number, rule, params);
	}
	if (e.full)
		return -E2BIG;
	*ret_len = e.len;
	return 0;
}
