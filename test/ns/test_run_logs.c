/* SPDX-License-Identifier: MIT */
/*
 * Container output in log files, in the CRI's format.
 */
#include <check.h>
#include <errno.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run_fixture.h"
#include "support/fixture.h"

#define LINE_MAX_BYTES 16384

/* Run to the end; the log of the only run. */
static char *log_of(const char *script)
{
	struct pod *pod = run_create_pod(run_spec("", "", script));
	char *log;

	run_ok(pod_start(pod, &world.err));
	run_until(pod, run_is_over);
	log = run_log(pod, "main", 0);
	run_free_pod(pod);
	return log;
}

START_TEST(test_run_logs__each_line_has_time_stream_and_tag)
{
	char *log = log_of("echo out; echo err >&2"), *line, *save = NULL;
	regex_t re;
	int n = 0;

	ck_assert_int_eq(regcomp(&re, "^[0-9]{4}-[0-9]{2}-[0-9]{2}T"
		"[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{9}Z (stdout|stderr) "
		"F (out|err)$", REG_EXTENDED | REG_NOSUB), 0);
	ck_assert_ptr_nonnull(log);
	ck_assert_ptr_nonnull(strstr(log, " stdout F out\n"));
	ck_assert_ptr_nonnull(strstr(log, " stderr F err\n"));
	for (line = strtok_r(log, "\n", &save); line;
		line = strtok_r(NULL, "\n", &save), n++)
		ck_assert_msg(regexec(&re, line, 0, NULL, 0) == 0, "%s", line);
	ck_assert_int_eq(n, 2);
	regfree(&re);
	free(log);
}
END_TEST

START_TEST(test_run_logs__what_has_no_newline_is_a_part)
{
	char *log = log_of("printf 'no end'");

	ck_assert_ptr_nonnull(log);
	ck_assert_ptr_nonnull(strstr(log, " stdout P no end\n"));
	free(log);
	log = log_of("printf '\\n\\nx\\n'");
	ck_assert_ptr_nonnull(strstr(log, " stdout F \n"));
	ck_assert_ptr_nonnull(strstr(log, " stdout F x\n"));
	free(log);
}
END_TEST

START_TEST(test_run_logs__a_silent_container_has_no_file)
{
	ck_assert_ptr_null(log_of("true"));
}
END_TEST

/* Put the parts together again; tags in order into tags. */
static size_t reassemble(char *log, char *text, char *tags)
{
	char *line, *save = NULL;
	size_t len = 0, n = 0;

	for (line = strtok_r(log, "\n", &save); line;
		line = strtok_r(NULL, "\n", &save)) {
		char *tag = strstr(line, " stdout ");
		size_t k;

		ck_assert_ptr_nonnull(tag);
		k = strlen(tag + 10);
		ck_assert_uint_le(k, LINE_MAX_BYTES);
		tags[n++] = tag[8];
		memcpy(text + len, tag + 10, k);
		len += k;
		if (tag[8] == 'F')
			text[len++] = '\n';
	}
	text[len] = tags[n] = '\0';
	return len;
}

START_TEST(test_run_logs__a_line_of_a_megabyte_comes_in_parts)
{
	const size_t size = 1 << 20;
	char *log = log_of("head -c 1048576 /dev/zero | tr '\\0' x; echo; "
			   "echo after");
	char *text = malloc(strlen(log) + 1), tags[256];
	size_t i, len = reassemble(log, text, tags);

	ck_assert_uint_eq(len, size + 1 + 6);
	for (i = 0; i < size; i++)
		ck_assert_int_eq(text[i], 'x');
	ck_assert_str_eq(text + size, "\nafter\n");
	ck_assert_uint_ge(strlen(tags), size / LINE_MAX_BYTES + 1);
	ck_assert_str_eq(tags + strlen(tags) - 2, "FF");
	free(text);
	free(log);
}
END_TEST

START_TEST(test_run_logs__lines_around_the_longest_keep_every_byte)
{
	int size;

	for (size = LINE_MAX_BYTES - 1; size <= LINE_MAX_BYTES + 1; size++) {
		char script[128], *log, *text, tags[16];
		size_t len;

		(void)snprintf(script, sizeof(script),
			"head -c %d /dev/zero | tr '\\0' x; echo; echo y",
			size);
		log = log_of(script);
		text = malloc(strlen(log) + 1);
		len = reassemble(log, text, tags);
		ck_assert_uint_eq(len, (size_t)size + 3);
		ck_assert_str_eq(text + size, "\ny\n");
		free(text);
		free(log);
	}
}
END_TEST

START_TEST(test_run_logs__a_flood_loses_nothing)
{
	char *log = log_of("i=0; while [ $i -lt 20000 ]; do echo line $i; "
			   "i=$((i+1)); done");
	const char *p = log;
	char want[64];
	int i;

	for (i = 0; i < 20000; i++) {
		(void)snprintf(want, sizeof(want), " stdout F line %d\n", i);
		p = strstr(p, want);
		ck_assert_msg(p != NULL, "line %d is not there", i);
	}
	free(log);
}
END_TEST

START_TEST(test_run_logs__binary_bytes_are_kept)
{
	char *log = log_of("printf 'a\\033[31m\\377\\001b\\n'");

	ck_assert_ptr_nonnull(strstr(log, " F a\033[31m\377\001b\n"));
	free(log);
}
END_TEST

static void add_tests(TCase *t)
{
	tcase_add_test(t, test_run_logs__each_line_has_time_stream_and_tag);
	tcase_add_test(t, test_run_logs__what_has_no_newline_is_a_part);
	tcase_add_test(t, test_run_logs__a_silent_container_has_no_file);
	tcase_add_test(t, test_run_logs__a_line_of_a_megabyte_comes_in_parts);
	tcase_add_test(t,
		test_run_logs__lines_around_the_longest_keep_every_byte);
	tcase_add_test(t, test_run_logs__a_flood_loses_nothing);
	tcase_add_test(t, test_run_logs__binary_bytes_are_kept);
}

int main(void)
{
	Suite *s = suite_create("run/logs");
	TCase *t = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, fixture_leak_setup,
		fixture_leak_teardown);
	tcase_add_checked_fixture(t, run_setup, run_teardown);
	add_tests(t);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
