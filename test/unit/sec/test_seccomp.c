/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <errno.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <asm/ioctls.h>
#include <linux/capability.h>

#include "base/str.h"
#include "bpf.h"
#include "sec/seccomp.h"

#ifndef TEST_DATA_DIR
#define TEST_DATA_DIR "test/unit/sec"
#endif
#define NUMBERS 1024
#define BIT(cap) (UINT64_C(1) << (cap))
#define ERRNO(e) (SECCOMP_RET_ERRNO | (uint32_t)(e))
#define HIGH32 (UINT64_C(1) << 32)
#define HIGH63 (UINT64_C(1) << 63)

static const uint64_t highs[] = { 0, HIGH32, HIGH63, HIGH32 | HIGH63,
	UINT64_C(0xffffffff00000000) };
#define N_HIGHS (sizeof(highs) / sizeof(highs[0]))

struct filter {
	void *bpf;
	size_t len;
};

static struct filter compile(uint64_t capabilities, bool docker)
{
	struct sec_seccomp_params params = { .capabilities = capabilities,
		.docker_compat = docker };
	struct filter f;

	ck_assert_int_eq(sec_seccomp_compile(&params, &f.bpf, &f.len, NULL),
		0);
	return f;
}

static uint32_t call(const struct filter *f, int number, uint64_t a0,
	uint64_t a1, uint64_t a2)
{
	return bpf_call(f->bpf, f->len, number, a0, a1, a2);
}

static const char *verdict_name(enum sec_verdict verdict)
{
	static const char *const names[] = { [SEC_ALLOW] = "allow",
		[SEC_ARGS] = "args", [SEC_EPERM] = "EPERM",
		[SEC_ENOSYS] = "ENOSYS" };

	return names[verdict];
}

/* The whole table without capabilities, then what each one changes. */
static void describe(struct strbuf *sb)
{
	struct sec_seccomp_params none = { .capabilities = 0 };
	struct sec_seccomp_params one;
	enum sec_verdict verdict;
	unsigned int cap;
	int i;

	for (i = 0; i < NUMBERS; i++) {
		const char *name = sec_syscall_name(i);

		sb_printf(sb, "%d %s %s\n", i, name ? name : "-",
			verdict_name(sec_seccomp_verdict(i, &none)));
	}
	for (cap = 0; cap < 64; cap++) {
		one = (struct sec_seccomp_params){ .capabilities = BIT(cap) };
		for (i = 0; i < NUMBERS; i++) {
			verdict = sec_seccomp_verdict(i, &one);
			if (verdict == sec_seccomp_verdict(i, &none))
				continue;
			sb_printf(sb, "+%s %s %s\n", sec_cap_name(cap),
				sec_syscall_name(i), verdict_name(verdict));
		}
	}
	ck_assert_int_eq(sb_result(sb), 0);
}

START_TEST(test_sec_seccomp__verdicts_equal_the_golden_table)
{
	static const char path[] = TEST_DATA_DIR "/seccomp-x86_64.golden";
	struct strbuf sb = { 0 };
	char line[128];
	const char *at;
	FILE *f;

	if (!str_eq(sec_arch_name, "x86_64"))
		return;
	describe(&sb);
	if (getenv("POD_GOLDEN_UPDATE")) {
		f = fopen(path, "we");
		ck_assert_ptr_nonnull(f);
		ck_assert_uint_eq(fwrite(sb.data, 1, sb.len, f), sb.len);
		ck_assert_int_eq(fclose(f), 0);
	}
	f = fopen(path, "re");
	ck_assert_msg(f != NULL, "%s: %s", path, strerror(errno));
	at = sb.data;
	while (fgets(line, sizeof(line), f)) {
		ck_assert_msg(str_has_prefix(at, line),
			"golden %sis now %.40s", line, at);
		at += strlen(line);
	}
	(void)fclose(f);
	ck_assert_msg(*at == '\0', "not in the golden table: %.40s", at);
	sb_done(&sb);
}
END_TEST

/* What the filter must answer to a number that has no argument rule. */
static uint32_t expected(enum sec_verdict verdict)
{
	switch (verdict) {
	case SEC_ALLOW:
		return SECCOMP_RET_ALLOW;
	case SEC_EPERM:
		return ERRNO(EPERM);
	case SEC_ENOSYS:
	case SEC_ARGS:
		break;
	}
	return ERRNO(ENOSYS);
}

static void check_numbers(uint64_t capabilities, bool docker)
{
	struct sec_seccomp_params params = { .capabilities = capabilities,
		.docker_compat = docker };
	struct filter f = compile(capabilities, docker);
	int i;

	for (i = 0; i < NUMBERS; i++) {
		enum sec_verdict verdict = sec_seccomp_verdict(i, &params);
		uint32_t got = call(&f, i, 0, 0, 0);

		if (verdict != SEC_ARGS)
			ck_assert_msg(got == expected(verdict),
				"%d (caps %llx): %s but %#x", i,
				(unsigned long long)capabilities,
				verdict_name(verdict), got);
		ck_assert_uint_ne(got, BPF_BROKEN);
	}
	free(f.bpf);
}

START_TEST(test_sec_seccomp__filter_equals_the_verdict_for_every_number)
{
	unsigned int cap;

	check_numbers(0, false);
	check_numbers(0, true);
	check_numbers(UINT64_MAX, false);
	check_numbers(sec_cap_preset(SEC_PRESET_DEFAULT), false);
	check_numbers(sec_cap_preset(SEC_PRESET_DOCKER), true);
	for (cap = 0; cap < 41; cap++)
		if (BIT(cap) & sec_table_capabilities())
			check_numbers(BIT(cap), false);
}
END_TEST

START_TEST(test_sec_seccomp__is_small_and_within_the_kernels_limit)
{
	struct filter f = compile(sec_cap_preset(SEC_PRESET_DEFAULT), false);

	ck_assert_uint_eq(f.len % sizeof(struct sock_filter), 0);
	ck_assert_uint_lt(f.len / sizeof(struct sock_filter), 768);
	free(f.bpf);
}
END_TEST

START_TEST(test_sec_seccomp__allows_what_the_launch_needs_after_it)
{
	static const int needed[] = { SYS_capset, SYS_prctl, SYS_execve,
		SYS_execveat, SYS_write, SYS_exit_group, SYS_futex,
		SYS_close_range };
	struct filter f = compile(0, false);
	size_t i;

	for (i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		ck_assert_uint_eq(call(&f, needed[i], 1, 2, 3),
			SECCOMP_RET_ALLOW);
	free(f.bpf);
}
END_TEST

START_TEST(test_sec_seccomp__kills_foreign_architectures_and_x32)
{
	static const uint32_t foreign[] = { AUDIT_ARCH_I386, AUDIT_ARCH_ARM,
		AUDIT_ARCH_S390X, 0 };
	struct filter f = compile(UINT64_MAX, false);
	struct seccomp_data data = { 0 };
	size_t i;
	int nr;

	for (i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++)
		for (nr = 0; nr < 512; nr++) {
			data.arch = foreign[i];
			data.nr = nr;
			ck_assert_uint_eq(bpf_run(f.bpf,
				f.len / sizeof(struct sock_filter), &data),
				SECCOMP_RET_KILL_PROCESS);
		}
#if defined(__x86_64__)
	for (nr = 0; nr < NUMBERS; nr++)
		ck_assert_uint_eq(call(&f, nr | 0x40000000, 0, 0, 0),
			SECCOMP_RET_KILL_PROCESS);
#endif
	ck_assert_uint_eq(call(&f, -1, 0, 0, 0), ERRNO(ENOSYS));
	free(f.bpf);
}
END_TEST

START_TEST(test_sec_seccomp__terminal_injection_is_refused_with_any_high_bit)
{
	struct filter f = compile(UINT64_MAX, true);
	size_t i;

	for (i = 0; i < N_HIGHS; i++) {
		ck_assert_uint_eq(call(&f, SYS_ioctl, 0, TIOCSTI | highs[i],
			0), ERRNO(EPERM));
		ck_assert_uint_eq(call(&f, SYS_ioctl, 0, TIOCLINUX | highs[i],
			0), ERRNO(EPERM));
		ck_assert_uint_eq(call(&f, SYS_ioctl, TIOCSTI,
			TCGETS | highs[i], TIOCSTI), SECCOMP_RET_ALLOW);
	}
	free(f.bpf);
}
END_TEST

START_TEST(test_sec_seccomp__clone_makes_no_namespace_without_sys_admin)
{
	struct filter f = compile(~BIT(CAP_SYS_ADMIN), false);
	struct filter admin = compile(BIT(CAP_SYS_ADMIN), false);
	uint64_t flag;
	size_t i;

	for (flag = 1; flag; flag <<= 1) {
		bool refused = (flag & 0x7e020000) != 0;

		for (i = 0; i < N_HIGHS; i++)
			ck_assert_uint_eq(call(&f, SYS_clone,
				flag | 0x11 | highs[i], 0, 0),
				refused ? ERRNO(EPERM) : SECCOMP_RET_ALLOW);
		ck_assert_uint_eq(call(&admin, SYS_clone, flag, 0, 0),
			SECCOMP_RET_ALLOW);
	}
	ck_assert_uint_eq(call(&f, SYS_clone3, 0, 0, 0), ERRNO(ENOSYS));
	ck_assert_uint_eq(call(&admin, SYS_clone3, 0, 0, 0),
		SECCOMP_RET_ALLOW);
	free(f.bpf);
	free(admin.bpf);
}
END_TEST

START_TEST(test_sec_seccomp__personality_takes_five_values)
{
	static const uint64_t good[] = { 0, 8, 0x20000, 0x20008, 0xffffffff };
	static const uint64_t bad[] = { 1, 2, 4, 9, 0x40000, 0x40008,
		0x0400000, 0x20009, 0x7fffffff, 0xfffffffe };
	struct filter f = compile(UINT64_MAX, false);
	size_t i, h;

	for (h = 0; h < N_HIGHS; h++) {
		for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
			ck_assert_uint_eq(call(&f, SYS_personality,
				good[i] | highs[h], 0, 0), SECCOMP_RET_ALLOW);
		for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
			ck_assert_uint_eq(call(&f, SYS_personality,
				bad[i] | highs[h], 0, 0), ERRNO(EPERM));
	}
	free(f.bpf);
}
END_TEST

static void check_families(uint64_t capabilities, bool docker,
	const char *allowed)
{
	struct filter f = compile(capabilities, docker);
	const int calls[] = { SYS_socket, SYS_socketpair };
	uint32_t family;
	size_t c, h;

	for (c = 0; c < 2; c++)
		for (h = 0; h < N_HIGHS; h++)
			for (family = 0; family < 64; family++)
				ck_assert_msg(call(&f, calls[c],
					family | highs[h], SOCK_RAW, 0) ==
					(allowed[family] == '+' ?
					SECCOMP_RET_ALLOW :
					ERRNO(EAFNOSUPPORT)),
					"family %u, high bits %llx", family,
					(unsigned long long)highs[h]);
	free(f.bpf);
}

START_TEST(test_sec_seccomp__socket_families_equal_the_golden_table)
{
	/*                    0         1         2         3 ...          */
	static const char plain[] = "-++-------+-----+-----------------------"
		"------------------------";
	static const char raw[] = "-++-------+-----++----------------------"
		"------------------------";
	static const char docker[] = "++++++++++++++++++++++++++++++++++++++-+"
		"-+++++++++++++++++++++++";

	check_families(0, false, plain);
	check_families(UINT64_MAX & ~BIT(CAP_NET_RAW), false, plain);
	check_families(BIT(CAP_NET_RAW), false, raw);
	check_families(sec_cap_preset(SEC_PRESET_DOCKER), true, docker);
}
END_TEST

START_TEST(test_sec_seccomp__audit_netlink_needs_audit_write)
{
	struct filter without = compile(0, false);
	struct filter with = compile(BIT(CAP_AUDIT_WRITE), false);
	size_t h, k;

	for (h = 0; h < N_HIGHS; h++) {
		for (k = 0; k < N_HIGHS; k++)
			ck_assert_uint_eq(call(&without, SYS_socket,
				AF_NETLINK | highs[h], SOCK_RAW,
				NETLINK_AUDIT | highs[k]),
				ERRNO(EAFNOSUPPORT));
		ck_assert_uint_eq(call(&without, SYS_socket,
			AF_INET | highs[h], SOCK_RAW, NETLINK_AUDIT),
			SECCOMP_RET_ALLOW);
		ck_assert_uint_eq(call(&with, SYS_socket,
			AF_NETLINK | highs[h], SOCK_RAW, NETLINK_AUDIT),
			SECCOMP_RET_ALLOW);
	}
	free(without.bpf);
	free(with.bpf);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sec/seccomp");
	TCase *t = tcase_create("filter");
	SRunner *runner;
	int failed;

	tcase_set_timeout(t, 60);
	tcase_add_test(t, test_sec_seccomp__verdicts_equal_the_golden_table);
	tcase_add_test(t,
		test_sec_seccomp__filter_equals_the_verdict_for_every_number);
	tcase_add_test(t,
		test_sec_seccomp__is_small_and_within_the_kernels_limit);
	tcase_add_test(t,
		test_sec_seccomp__allows_what_the_launch_needs_after_it);
	tcase_add_test(t,
		test_sec_seccomp__kills_foreign_architectures_and_x32);
	tcase_add_test(t,
	test_sec_seccomp__terminal_injection_is_refused_with_any_high_bit);
	tcase_add_test(t,
		test_sec_seccomp__clone_makes_no_namespace_without_sys_admin);
	tcase_add_test(t, test_sec_seccomp__personality_takes_five_values);
	tcase_add_test(t,
		test_sec_seccomp__socket_families_equal_the_golden_table);
	tcase_add_test(t, test_sec_seccomp__audit_netlink_needs_audit_write);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
