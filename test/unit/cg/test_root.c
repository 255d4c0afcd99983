/* SPDX-License-Identifier: MIT */
/* Errors; finding the real one is in test/ns/test_cg_tree.c. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cg/cg.h"

static struct pod_error err;

static int try(const char *wanted)
{
	uint32_t controllers = 99;
	char *path = NULL;
	int fd = -1, r;

	memset(&err, 0, sizeof(err));
	r = cg_root_open(wanted, &fd, &path, &controllers, &err);
	ck_assert_int_lt(r, 0);
	ck_assert_int_eq(err.code, r);
	ck_assert_int_eq(err.stage, POD_STAGE_CGROUP);
	ck_assert_str_eq(err.subject, wanted);
	ck_assert_int_eq(fd, -1);
	ck_assert_ptr_null(path);
	ck_assert_uint_eq(controllers, 99);
	return r;
}

START_TEST(test_cg_root__refuses_what_is_no_cgroup_v2_directory)
{
	ck_assert_int_eq(try("/tmp"), -EMEDIUMTYPE);
	ck_assert_str_eq(err.message, "not a cgroup v2 directory");
	ck_assert_str_ne(err.hint, "");
	ck_assert_int_eq(try("/proc/self/status"), -ENOTDIR);
	ck_assert_int_eq(try("/proc/self/nothing"), -ENOENT);
}
END_TEST

START_TEST(test_cg_root__refuses_a_relative_path)
{
	ck_assert_int_eq(try("sys/fs/cgroup"), -EINVAL);
	ck_assert_int_eq(try(""), -EINVAL);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cg/root");
	TCase *t = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_add_test(t, test_cg_root__refuses_what_is_no_cgroup_v2_directory);
	tcase_add_test(t, test_cg_root__refuses_a_relative_path);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
