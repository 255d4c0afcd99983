/* SPDX-License-Identifier: MIT */
/* The verdicts are in test_seccomp.c; here, the form of the program. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>

#include "bpf.h"
#include "sec/seccomp.h"

#define MAX 256u

START_TEST(test_sec_seccomp_args__falls_through_for_every_other_call)
{
	const struct sec_seccomp_params params = { 0, false };
	struct sock_filter prog[MAX + 1];
	size_t len;
	int nr;

	ck_assert_int_eq(sec_args_emit(&params, prog, MAX, &len), 0);
	prog[len] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, 42);
	for (nr = -1; nr < 1024; nr++) {
		struct seccomp_data data = { .nr = nr,
			.arch = BPF_NATIVE_ARCH };
		bool ruled = nr == SYS_ioctl || nr == SYS_clone ||
			nr == SYS_personality || nr == SYS_socket ||
			nr == SYS_socketpair;

		ck_assert_int_eq(bpf_run(prog, len + 1, &data) == 42, !ruled);
	}
}
END_TEST

START_TEST(test_sec_seccomp_args__says_when_it_does_not_fit)
{
	const struct sec_seccomp_params params = { 0, true };
	struct sock_filter prog[MAX];
	size_t len, needed, max;

	ck_assert_int_eq(sec_args_emit(&params, prog, MAX, &needed), 0);
	for (max = 0; max < needed; max++)
		ck_assert_int_eq(sec_args_emit(&params, prog, max, &len),
			-E2BIG);
	ck_assert_int_eq(sec_args_emit(&params, prog, needed, &len), 0);
	ck_assert_uint_eq(len, needed);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sec/seccomp_args");
	TCase *t = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_add_test(t,
		test_sec_seccomp_args__falls_through_for_every_other_call);
	tcase_add_test(t, test_sec_seccomp_args__says_when_it_does_not_fit);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
