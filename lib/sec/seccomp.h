/* SPDX-License-Identifier: MIT */
/*
 * sec/seccomp.h - what the files of the seccomp part share; not for others.
 *
 * seccomp_table.c has the policy as data, syscalls.c the numbers,
 * seccomp_args.c turns argument rules into BPF, seccomp.c has the whole
 * compiled, seccomp_cache.c keeps it, seccomp_json.c does foreign profiles.
 */
#ifndef SEC_SECCOMP_H
#define SEC_SECCOMP_H

#include <linux/filter.h>
#include <stddef.h>
#include <stdint.h>

#include <pod/error.h>

#include "sec/sec.h"

/* seccomp(2) takes no more instructions than this. */
#define SEC_BPF_MAX 4096u

/* syscalls.c: the native numbers; -ENOENT, NULL: not on this architecture. */
int sec_syscall_number(const char *name);
const char *sec_syscall_name(int number);
/* AUDIT_ARCH_*, and its name for the key of the cache. */
extern const uint32_t sec_audit_arch;
extern const char sec_arch_name[];

/*
 * Calls of one verdict. With any capability of opened_by the calls are
 * allowed whatever the verdict says. The table ends with names == NULL.
 */
struct sec_group {
	const char *title;
	enum sec_verdict verdict;	/* never SEC_ARGS */
	uint64_t opened_by;
	const char *const *names;	/* NULL-terminated */
};
extern const struct sec_group sec_groups[];

/*
 * Rules of one call stand together and are tried in order, the first whose
 * tests all hold decides. A test looks at the low 32 bits of an argument:
 * the kernel takes these arguments as int, so a filter that compared 64 bits
 * could be slipped past (CVE-2019-10063, CVE-2019-7303). The last rule of a
 * call has no test. The table ends with name == NULL.
 */
struct sec_arg_test {
	uint32_t mask;
	uint32_t value;
	uint8_t index;
};
enum sec_arg_when { SEC_ALWAYS, SEC_IF_COMPAT, SEC_UNLESS_COMPAT };
struct sec_arg_rule {
	const char *name;
	uint64_t if_cap;	/* only with one of these capabilities */
	uint64_t unless_cap;	/* only without all of these */
	enum sec_arg_when when;
	uint16_t error;		/* 0: allow */
	uint8_t n_tests;
	struct sec_arg_test tests[2];
};
extern const struct sec_arg_rule sec_arg_rules[];

/* Is any capability or word in the rule against these parameters? */
bool sec_arg_rule_applies(const struct sec_arg_rule *rule,
	const struct sec_seccomp_params *params);
/* The first rule of the call that applies; NULL: it has none. */
const struct sec_arg_rule *sec_arg_rule_first(const char *name,
	const struct sec_seccomp_params *params);

/*
 * seccomp_args.c: the argument rules as a program that falls through to what
 * follows it for every other call. -E2BIG: more than max instructions.
 */
int sec_args_emit(const struct sec_seccomp_params *params,
	struct sock_filter *out, size_t max, size_t *ret_len);

/* seccomp.c: prefix (may be NULL) + what ctx exports; malloc'ed. */
int sec_export(void *ctx, const struct sock_filter *prefix, size_t n_prefix,
	void **ret_bpf, size_t *ret_len, struct pod_error *reterr);
/* seccomp.c: a context of our attributes; NULL: out of memory. */
void *sec_context_new(uint32_t default_action);
void sec_context_free(void **ctx);
#define _cleanup_scmp_ __attribute__((cleanup(sec_context_free)))

/* seccomp_table.c: changes whenever the policy does; capabilities in it. */
uint64_t sec_table_digest(void);
uint64_t sec_table_capabilities(void);

/* FNV-1a, 64 bits; start with SEC_FNV_INIT. */
#define SEC_FNV_INIT UINT64_C(0xcbf29ce484222325)
static inline uint64_t sec_fnv(uint64_t hash, const void *data, size_t len)
{
	const unsigned char *p = (const unsigned char *)data;

	while (len--) {
		hash ^= *p++;
		hash *= UINT64_C(0x100000001b3);
	}
	return hash;
}

#endif
