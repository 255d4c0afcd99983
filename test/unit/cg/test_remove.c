/* SPDX-License-Identifier: MIT */
/* What needs no cgroup; the rest is in test/ns/test_cg_tree.c. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cg/cg.h"

static char path[] = "/tmp/pod-unit-cg-remove-XXXXXX";
static int dir;

static void setup(void)
{
	ck_assert_ptr_nonnull(mkdtemp(path));
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(dir, 0);
}

static void teardown(void)
{
	(void)close(dir);
	ck_assert_int_eq(rmdir(path), 0);
}

START_TEST(test_cg_remove__is_done_when_nothing_is_there)
{
	ck_assert_int_eq(cg_remove(dir, "none", 0), 0);
	ck_assert_int_eq(cg_remove_path(dir, "none/at/all", 0), 0);
}
END_TEST

START_TEST(test_cg_remove__walks_only_cgroup_file_systems)
{
	ck_assert_int_eq(mkdirat(dir, "a", 0700), 0);
	ck_assert_int_eq(mkdirat(dir, "a/b", 0700), 0);
	ck_assert_int_eq(cg_remove(dir, "a", 0), -EMEDIUMTYPE);
	ck_assert_int_eq(faccessat(dir, "a/b", F_OK, 0), 0);
	ck_assert_int_eq(unlinkat(dir, "a/b", AT_REMOVEDIR), 0);
	ck_assert_int_eq(unlinkat(dir, "a", AT_REMOVEDIR), 0);
}
END_TEST

START_TEST(test_cg_remove__follows_no_link)
{
	ck_assert_int_eq(symlinkat("/tmp", dir, "link"), 0);
	ck_assert_int_eq(cg_remove(dir, "link", 0), -ENOTDIR);
	ck_assert_int_eq(unlinkat(dir, "link", 0), 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cg/remove");
	TCase *t = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, test_cg_remove__is_done_when_nothing_is_there);
	tcase_add_test(t, test_cg_remove__walks_only_cgroup_file_systems);
	tcase_add_test(t, test_cg_remove__follows_no_link);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
