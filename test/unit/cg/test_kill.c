/* SPDX-License-Identifier: MIT */
/* Killing itself is in test/ns/test_cg_tree.c. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "cg/cg.h"

START_TEST(test_cg_kill__says_that_a_directory_is_no_cgroup)
{
	int dir = open("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	ck_assert_int_ge(dir, 0);
	ck_assert_int_eq(cg_kill(dir), -ENOENT);
	(void)close(dir);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cg/kill");
	TCase *t = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_add_test(t, test_cg_kill__says_that_a_directory_is_no_cgroup);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
