/* SPDX-License-Identifier: MIT */
/*
 * support/test_fixture.c - the leak fixture sees each kind of leak.
 *
 * Runs tests that leak on purpose in a suite of its own and counts that all
 * of them fail, and that one which leaks nothing does not.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/fixture.h"

START_TEST(test_seed__nothing)
{
	const char *const argv[] = { "echo", "hello", NULL };
	char *out, *err, *dir = support_tmpdir();

	ck_assert_int_eq(support_run(argv, &out, &err), 0);
	ck_assert_str_eq(out, "hello\n");
	ck_assert_str_eq(err, "");
	support_remove_tree(dir);
	free(dir);
	free(out);
	free(err);
}
END_TEST

START_TEST(test_seed__fd)
{
	ck_assert_int_ge(open("/dev/null", O_RDONLY | O_CLOEXEC), 0);
}
END_TEST

START_TEST(test_seed__mount)
{
	ck_assert_int_eq(mount("x", "/mnt", "tmpfs", 0, NULL), 0);
}
END_TEST

START_TEST(test_seed__zombie)
{
	siginfo_t info;
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		_exit(0);
	/* ended, but not reaped */
	ck_assert_int_eq(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT),
		0);
}
END_TEST

START_TEST(test_seed__link)
{
	const char *const argv[] = { "ip", "link", "add", "name", "seeded",
		"type", "veth", "peer", "name", "other", NULL };

	ck_assert_int_eq(support_run(argv, NULL, NULL), 0);
}
END_TEST

START_TEST(test_seed__cgroup)
{
	ck_assert_ptr_nonnull(getenv("POD_TEST_CGROUP"));
	ck_assert_int_eq(mkdir("/sys/fs/cgroup/pods/seeded", 0755), 0);
}
END_TEST

static int run_seeds(int *ret_tests)
{
	Suite *suite = suite_create("seeds");
	TCase *tcase = tcase_create("seeds");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tcase, fixture_leak_setup,
		fixture_leak_teardown);
	tcase_add_test(tcase, test_seed__nothing);
	tcase_add_test(tcase, test_seed__fd);
	tcase_add_test(tcase, test_seed__mount);
	tcase_add_test(tcase, test_seed__zombie);
	tcase_add_test(tcase, test_seed__link);
	tcase_add_test(tcase, test_seed__cgroup);
	tcase_set_timeout(tcase, 60);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_SILENT);
	failed = srunner_ntests_failed(runner);
	*ret_tests = srunner_ntests_run(runner);
	if (failed != *ret_tests - 1)
		srunner_print(runner, CK_VERBOSE);
	srunner_free(runner);
	return failed;
}

static int check_failed(const char *what)
{
	(void)fprintf(stderr, "%s: %s\n", what, strerror(errno));
	return EXIT_FAILURE;
}

/* Remove what was leaked on purpose: the runner counts it as well. */
static int remove_seeds(void)
{
	const char *const argv[] = { "ip", "link", "del", "seeded", NULL };

	if (umount("/mnt") < 0)
		return check_failed("umount");
	if (rmdir("/sys/fs/cgroup/pods/seeded") < 0)
		return check_failed("rmdir");
	if (support_run(argv, NULL, NULL) != 0)
		return check_failed("ip link del");
	return EXIT_SUCCESS;
}

int main(void)
{
	int tests, failed = run_seeds(&tests);

	(void)printf("%d of %d seeded tests failed\n", failed, tests);
	if (remove_seeds() != EXIT_SUCCESS)
		return EXIT_FAILURE;
	return failed == tests - 1 ? EXIT_SUCCESS : EXIT_FAILURE;
}
