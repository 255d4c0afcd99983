/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "sys/kernel.h"

static void expect(const char *text, unsigned int first, unsigned int second)
{
	struct sys_version version;

	ck_assert_msg(sys_version_parse(text, &version) == 0, "%s", text);
	ck_assert_uint_eq(version.first, first);
	ck_assert_uint_eq(version.second, second);
}

START_TEST(test_sys_kernel__reads_the_first_two_numbers_of_a_release)
{
	expect("6.1.0-13-amd64", 6, 1);
	expect("6.18", 6, 18);
	expect("7.0-rc1", 7, 0);
	expect("4.8+", 4, 8);
}
END_TEST

START_TEST(test_sys_kernel__a_version_of_one_number_has_a_zero_behind_it)
{
	expect("5", 5, 0);
	expect("5-local", 5, 0);
}
END_TEST

START_TEST(test_sys_kernel__refuses_other_text_and_leaves_the_result)
{
	static const char *const bad[] = { "", "linux", " 5.1", "-5.1", "+5.1",
		".1", "5.", "5.x", "5.-1", "5. 1", "4294967296.1",
		"5.99999999999999999999999" };
	struct sys_version version = { 1, 2 };
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(sys_version_parse(bad[i], &version) == -EINVAL,
			"\"%s\"", bad[i]);
	ck_assert_uint_eq(version.first, 1);
	ck_assert_uint_eq(version.second, 2);
}
END_TEST

START_TEST(test_sys_kernel__the_first_number_counts_more_than_the_second)
{
	ck_assert(sys_kernel_at_least((struct sys_version){ 0, 0 }));
	ck_assert(sys_kernel_at_least((struct sys_version){ 1, UINT_MAX }));
	ck_assert(!sys_kernel_at_least((struct sys_version){ UINT_MAX, 0 }));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sys/kernel");
	TCase *t = tcase_create("kernel");
	SRunner *runner;
	int failed;

	tcase_add_test(t,
		test_sys_kernel__reads_the_first_two_numbers_of_a_release);
	tcase_add_test(t,
		test_sys_kernel__a_version_of_one_number_has_a_zero_behind_it);
	tcase_add_test(t,
		test_sys_kernel__refuses_other_text_and_leaves_the_result);
	tcase_add_test(t,
		test_sys_kernel__the_first_number_counts_more_than_the_second);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
