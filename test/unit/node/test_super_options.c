// SPDX-License-Identifier: MIT
/*
 * test_super_options.c - the command line that create.c makes.
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>

#include "node/super.h"

#define UID "aaaa1111-0000-4000-8000-000000000001"
#define MAX 24

static struct super_options got;

static int parse(const char *const *words)
{
	char *argv[MAX];
	int argc = 0;

	for (; words[argc]; argc++)
		argv[argc] = (char *)(uintptr_t)words[argc];
	argv[argc] = NULL;
	return super_options_parse(argc, argv, &got);
}

#define PARSE(...) parse((const char *const[]){ "pod-supervisor", __VA_ARGS__, \
	NULL })
#define NEEDED "default/web", "--uid", UID, "--run", "/run/p", "--root", "/r"
#define FDS "--state-fd=3", "--lock-fd=4", "--reply-fd=5"

START_TEST(test_super_options__a_whole_command_line_is_understood)
{
	ck_assert_int_eq(PARSE(NEEDED, FDS, "--cgroup-parent", "/sys/fs/cgroup",
				 "--pod-cidr", "10.0.0.0/16", "--start",
				 "--rm"),
		0);
	ck_assert_str_eq(got.uid, UID);
	ck_assert_str_eq(got.run, "/run/p");
	ck_assert_str_eq(got.root, "/r");
	ck_assert_str_eq(got.cgroup_parent, "/sys/fs/cgroup");
	ck_assert_str_eq(got.pod_cidr, "10.0.0.0/16");
	ck_assert_int_eq(got.state_fd, 3);
	ck_assert_int_eq(got.lock_fd, 4);
	ck_assert_int_eq(got.reply_fd, 5);
	ck_assert(got.start && got.remove);
}
END_TEST

START_TEST(test_super_options__start_and_rm_are_off_by_default)
{
	ck_assert_int_eq(PARSE(NEEDED, FDS), 0);
	ck_assert(!got.start && !got.remove);
	ck_assert_ptr_null(got.cgroup_parent);
}
END_TEST

START_TEST(test_super_options__what_is_missing_or_odd_is_refused)
{
	ck_assert_int_eq(PARSE("x"), -EINVAL);
	ck_assert_int_eq(PARSE(NEEDED), -EINVAL);
	ck_assert_int_eq(PARSE(FDS), -EINVAL);
	ck_assert_int_eq(PARSE(NEEDED, FDS, "--nonsense"), -EINVAL);
	ck_assert_int_eq(PARSE(NEEDED, FDS, "--state-fd=x"), -EINVAL);
	ck_assert_int_eq(PARSE(NEEDED, FDS, "--state-fd=0"), -EINVAL);
	ck_assert_int_eq(PARSE(NEEDED, FDS, "--state-fd=-1"), -EINVAL);
	ck_assert_int_eq(PARSE(NEEDED, FDS, "--uid", "../x"), -EINVAL);
	ck_assert_int_eq(PARSE(NEEDED, FDS, "--uid"), -EINVAL);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("node/super_options");
	TCase *tc = tcase_create("super_options");
	SRunner *sr;
	int failed;

	tcase_add_test(
		tc, test_super_options__a_whole_command_line_is_understood);
	tcase_add_test(
		tc, test_super_options__start_and_rm_are_off_by_default);
	tcase_add_test(
		tc, test_super_options__what_is_missing_or_odd_is_refused);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
