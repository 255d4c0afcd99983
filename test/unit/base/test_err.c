/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

START_TEST(test_base_err__the_first_cause_wins)
{
	struct pod_error e = { 0 };

	ck_assert_int_eq(err_code(&e, -EPERM, POD_STAGE_MOUNT, "/proc",
		"mount proc"), -EPERM);
	ck_assert_int_eq(err_set(&e, -EIO, POD_STAGE_CGROUP, "x", "undo",
		"later"), -EIO);
	errno = ENOENT;
	ck_assert_int_eq(err_errno(&e, POD_STAGE_EXEC, NULL, "y"), -ENOENT);
	ck_assert_int_eq(e.code, -EPERM);
	ck_assert_int_eq(e.stage, POD_STAGE_MOUNT);
	ck_assert_str_eq(e.operation, "mount proc");
	ck_assert_str_eq(e.subject, "/proc");
	err_container(&e, "web");
	err_container(&e, "other");
	ck_assert_str_eq(e.container, "web");
	err_hint(&e, "first %d", 1);
	err_hint(&e, "second");
	ck_assert_str_eq(e.hint, "first 1");
	err_clear(&e);
	ck_assert_int_eq(e.code, 0);
}
END_TEST

START_TEST(test_base_err__nobody_has_to_want_it)
{
	errno = EBUSY;
	ck_assert_int_eq(err_errno(NULL, POD_STAGE_EXEC, "a", "b"), -EBUSY);
	ck_assert_int_eq(err_set(NULL, -EIO, POD_STAGE_EXEC, "a", "b", "c"),
		-EIO);
	err_container(NULL, "x");
	err_hint(NULL, "x");
	err_clear(NULL);
}
END_TEST

START_TEST(test_base_err__one_line_names_container_operation_and_errno)
{
	struct pod_error e = { 0 };
	char text[1200];

	err_code(&e, -EPERM, POD_STAGE_MOUNT, NULL, "mount proc on /proc");
	err_container(&e, "web");
	ck_assert_int_eq(pod_error_format(&e, text, sizeof(text)),
		(int)strlen(text));
	ck_assert_str_eq(text, "web: mount proc on /proc: Operation not "
			       "permitted (EPERM)");
	err_clear(&e);
	err_code(&e, -ENOENT, POD_STAGE_MANIFEST, "pod.yaml", "read");
	(void)pod_error_format(&e, text, sizeof(text));
	ck_assert_str_eq(text,
		"pod.yaml: read: No such file or directory (ENOENT)");
}
END_TEST

START_TEST(test_base_err__hostile_names_cannot_move_the_cursor)
{
	struct pod_error e = { 0 };
	char text[4096];

	err_set(&e, -EINVAL, POD_STAGE_SPEC, "a\nb\033[2J", "open",
		"reason\r%s", "\xe2\x80\xae" "txt");
	(void)pod_error_format(&e, text, sizeof(text));
	ck_assert_str_eq(text, "a\\x0ab\\x1b[2J: open: "
		"reason\\x0d\\xe2\\x80\\xaetxt (EINVAL)");
}
END_TEST

START_TEST(test_base_err__texts_that_do_not_fit_are_cut_and_terminated)
{
	struct pod_error e = { 0 };
	char big[4096], text[64];

	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	err_set(&e, -EINVAL, POD_STAGE_SPEC, big, big, "%s", big);
	err_container(&e, big);
	err_hint(&e, "%s", big);
	ck_assert_uint_eq(strlen(e.subject), sizeof(e.subject) - 1);
	ck_assert_uint_eq(strlen(e.operation), sizeof(e.operation) - 1);
	ck_assert_uint_eq(strlen(e.message), sizeof(e.message) - 1);
	ck_assert_uint_eq(strlen(e.container), sizeof(e.container) - 1);
	ck_assert_uint_eq(strlen(e.hint), sizeof(e.hint) - 1);
	ck_assert_int_gt(pod_error_format(&e, text, sizeof(text)), 64);
	ck_assert_uint_eq(strlen(text), sizeof(text) - 1);
}
END_TEST

START_TEST(test_base_err__names_are_never_null)
{
	int i;

	for (i = -1; i < 64; i++)
		ck_assert_ptr_nonnull(pod_stage_name((enum pod_stage)i));
	for (i = -200; i < 200; i++)
		ck_assert_ptr_nonnull(pod_errno_name(i));
	ck_assert_str_eq(pod_errno_name(-EPERM), "EPERM");
	ck_assert_str_eq(pod_errno_name(EPERM), "EPERM");
	ck_assert_str_eq(pod_stage_name(POD_STAGE_EXEC), "exec");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("base/err");
	TCase *t = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_add_test(t, test_base_err__the_first_cause_wins);
	tcase_add_test(t, test_base_err__nobody_has_to_want_it);
	tcase_add_test(t,
		test_base_err__one_line_names_container_operation_and_errno);
	tcase_add_test(t,
		test_base_err__hostile_names_cannot_move_the_cursor);
	tcase_add_test(t,
		test_base_err__texts_that_do_not_fit_are_cut_and_terminated);
	tcase_add_test(t, test_base_err__names_are_never_null);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
