/* SPDX-License-Identifier: MIT */
/* What needs no cgroup; the rest is in test/ns/test_cg_tree.c. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cg/cg.h"
#include "cg/internal.h"

START_TEST(test_cg_make__refuses_paths_that_could_leave_the_root)
{
	static const char *const bad[] = { "", "/", "/a", "a/", "a//b", ".",
		"..", "a/..", "../a", "a/../b", "a/./b", "a\nb", "a\x7f" };
	struct pod_error err;
	size_t i;
	int fd = -1;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		memset(&err, 0, sizeof(err));
		ck_assert_int_eq(cg_make(AT_FDCWD, bad[i], 0, &fd, &err),
			-EINVAL);
		ck_assert_int_eq(err.code, -EINVAL);
		ck_assert_int_eq(cg_remove(AT_FDCWD, bad[i], 0), -EINVAL);
		ck_assert_int_eq(cg_remove_path(AT_FDCWD, bad[i], 0),
			-EINVAL);
	}
	ck_assert_int_eq(fd, -1);
}
END_TEST

START_TEST(test_cg_make__takes_plain_paths)
{
	static const char *const good[] = { "a", "a/b", "...", "a/...",
		".hidden", "kubepods/burstable/pod0-1", "..a" };
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		ck_assert_int_eq(cg_check_path(good[i]), 0);
}
END_TEST

START_TEST(test_cg_make__refuses_what_is_too_long)
{
	static char name[NAME_MAX + 2], path[PATH_MAX + 1];
	size_t i;

	memset(name, 'a', NAME_MAX + 1);
	ck_assert_int_eq(cg_check_path(name), -EINVAL);
	name[NAME_MAX] = '\0';
	ck_assert_int_eq(cg_check_path(name), 0);
	for (i = 0; i < PATH_MAX; i++)
		path[i] = i % 2 ? '/' : 'a';
	path[PATH_MAX - 1] = 'a';
	ck_assert_int_eq(cg_check_path(path), -EINVAL);
	path[PATH_MAX - 1] = '\0';
	path[PATH_MAX - 2] = 'a';
	ck_assert_int_eq(cg_check_path(path), 0);
}
END_TEST

START_TEST(test_cg_make__a_leaf_is_one_component)
{
	int fd = -1;

	ck_assert_int_eq(cg_make_leaf(AT_FDCWD, "a/b", &fd, NULL), -EINVAL);
	ck_assert_int_eq(cg_make_leaf(AT_FDCWD, "..", &fd, NULL), -EINVAL);
	ck_assert_int_eq(cg_remove(AT_FDCWD, "a/b", 0), -EINVAL);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cg/make");
	TCase *t = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_add_test(t,
		test_cg_make__refuses_paths_that_could_leave_the_root);
	tcase_add_test(t, test_cg_make__takes_plain_paths);
	tcase_add_test(t, test_cg_make__refuses_what_is_too_long);
	tcase_add_test(t, test_cg_make__a_leaf_is_one_component);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
