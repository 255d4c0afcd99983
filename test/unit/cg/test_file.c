/* SPDX-License-Identifier: MIT */
/* On an ordinary directory: the functions know only files. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cg/cg.h"

static char path[] = "/tmp/pod-unit-cg-file-XXXXXX";
static int dir;

static void setup(void)
{
	ck_assert_ptr_nonnull(mkdtemp(path));
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(dir, 0);
}

static void teardown(void)
{
	static const char *const files[] = { "memory.events", "f", "pids.max",
		"cgroup.events", "cgroup.freeze", "cgroup.controllers" };
	size_t i;

	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		(void)unlinkat(dir, files[i], 0);
	(void)close(dir);
	ck_assert_int_eq(rmdir(path), 0);
}

static void put(const char *name, const char *text)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
		0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (int)strlen(text));
	(void)close(fd);
}

START_TEST(test_cg_file__get_reads_without_the_last_newline)
{
	char buf[16];

	put("f", "max 100000\n");
	ck_assert_int_eq(cg_get(dir, "f", buf, sizeof(buf)), 0);
	ck_assert_str_eq(buf, "max 100000");
	put("f", "");
	ck_assert_int_eq(cg_get(dir, "f", buf, sizeof(buf)), 0);
	ck_assert_str_eq(buf, "");
	ck_assert_int_eq(cg_get(dir, "none", buf, sizeof(buf)), -ENOENT);
}
END_TEST

START_TEST(test_cg_file__get_refuses_what_does_not_fit)
{
	char buf[8];

	put("f", "1234567");
	ck_assert_int_eq(cg_get(dir, "f", buf, sizeof(buf)), 0);
	put("f", "12345678");
	ck_assert_int_eq(cg_get(dir, "f", buf, sizeof(buf)), -EMSGSIZE);
}
END_TEST

START_TEST(test_cg_file__get_key_finds_whole_keys_only)
{
	uint64_t value = 77;

	put("memory.events", "low 0\noom 3\noom_kill 18446744073709551615\n"
		"bad x\n");
	ck_assert_int_eq(cg_get_key(dir, "memory.events", "oom", &value), 0);
	ck_assert_uint_eq(value, 3);
	ck_assert_int_eq(cg_get_key(dir, "memory.events", "oom_kill", &value),
		0);
	ck_assert_uint_eq(value, UINT64_MAX);
	ck_assert_int_eq(cg_get_key(dir, "memory.events", "oom_ki", &value),
		-ENOENT);
	ck_assert_int_eq(cg_get_key(dir, "memory.events", "kill", &value),
		-ENOENT);
	ck_assert_int_eq(cg_get_key(dir, "memory.events", "bad", &value),
		-EBADMSG);
	ck_assert_uint_eq(value, UINT64_MAX);
}
END_TEST

START_TEST(test_cg_file__set_writes_and_reads_back)
{
	struct pod_error err = { 0 };
	char buf[16];

	put("pids.max", "");
	ck_assert_int_eq(cg_set(dir, "pids.max", "12", &err), 0);
	ck_assert_int_eq(cg_get(dir, "pids.max", buf, sizeof(buf)), 0);
	ck_assert_str_eq(buf, "12");
	ck_assert_int_eq(err.code, 0);
}
END_TEST

START_TEST(test_cg_file__set_names_both_values_when_the_kernel_differs)
{
	struct pod_error err = { 0 };

	/* An ordinary file keeps the tail of what was longer. */
	put("pids.max", "max99");
	ck_assert_int_eq(cg_set(dir, "pids.max", "12", &err), -EREMOTEIO);
	ck_assert_int_eq(err.stage, POD_STAGE_CGROUP);
	ck_assert_str_eq(err.subject, "pids.max");
	ck_assert_str_eq(err.message, "wrote \"12\", the kernel has \"12x99\"");
}
END_TEST

START_TEST(test_cg_file__set_names_the_controller_that_is_missing)
{
	struct pod_error err = { 0 };
	char text[256];

	put("cgroup.controllers", "cpu pids\n");
	ck_assert_int_eq(cg_set(dir, "memory.max", "1", &err), -ENODEV);
	(void)snprintf(text, sizeof(text),
		"controller memory is not available below %s", path);
	ck_assert_str_eq(err.message, text);
	ck_assert_str_ne(err.hint, "");
}
END_TEST

START_TEST(test_cg_file__set_tells_an_old_kernel_from_no_controller)
{
	struct pod_error err = { 0 };

	put("cgroup.controllers", "cpu memory\n");
	ck_assert_int_eq(cg_set(dir, "memory.zswap.max", "1", &err), -ENOENT);
	ck_assert_str_eq(err.message, "this kernel has no memory.zswap.max");
	memset(&err, 0, sizeof(err));
	ck_assert_int_eq(cg_set(dir, "cgroup.nothing", "1", &err), -ENOENT);
}
END_TEST

START_TEST(test_cg_file__populated_and_freeze_use_the_kernels_files)
{
	char buf[8];

	ck_assert_int_eq(cg_populated(dir), -ENOENT);
	put("cgroup.events", "populated 1\nfrozen 0\n");
	ck_assert_int_eq(cg_populated(dir), 1);
	put("cgroup.events", "populated 0\nfrozen 0\n");
	ck_assert_int_eq(cg_populated(dir), 0);
	ck_assert_int_eq(cg_freeze(dir, true), -ENOENT);
	put("cgroup.freeze", "0");
	ck_assert_int_eq(cg_freeze(dir, true), 0);
	ck_assert_int_eq(cg_get(dir, "cgroup.freeze", buf, sizeof(buf)), 0);
	ck_assert_str_eq(buf, "1");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cg/file");
	TCase *t = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, test_cg_file__get_reads_without_the_last_newline);
	tcase_add_test(t, test_cg_file__get_refuses_what_does_not_fit);
	tcase_add_test(t, test_cg_file__get_key_finds_whole_keys_only);
	tcase_add_test(t, test_cg_file__set_writes_and_reads_back);
	tcase_add_test(t,
		test_cg_file__set_names_both_values_when_the_kernel_differs);
	tcase_add_test(t,
		test_cg_file__set_names_the_controller_that_is_missing);
	tcase_add_test(t,
		test_cg_file__set_tells_an_old_kernel_from_no_controller);
	tcase_add_test(t,
		test_cg_file__populated_and_freeze_use_the_kernels_files);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
