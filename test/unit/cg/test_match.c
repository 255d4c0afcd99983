/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdlib.h>

#include "cg/cg.h"

static bool same(const char *file, const char *wanted, const char *got)
{
	return cg_value_matches(file, wanted, got);
}

START_TEST(test_cg_match__takes_what_is_read_back_as_written)
{
	ck_assert(same("pids.max", "7", "7"));
	ck_assert(same("pids.max", "max", "max"));
	ck_assert(same("cpu.max", "50000 100000", "50000 100000"));
	ck_assert(!same("pids.max", "7", "8"));
	ck_assert(!same("pids.max", "7", "70"));
	ck_assert(!same("pids.max", "7", ""));
	ck_assert(!same("cpu.max", "50000 100000", "50000 10000"));
	ck_assert(!same("cpu.max", "100000 100000", "100000 200000"));
}
END_TEST

START_TEST(test_cg_match__takes_a_period_that_the_kernel_adds)
{
	ck_assert(same("cpu.max", "max", "max 100000"));
	ck_assert(same("cpu.max", "50000", "50000 100000"));
	ck_assert(!same("cpu.max", "50000 100000", "50000"));
}
END_TEST

START_TEST(test_cg_match__takes_memory_rounded_down_to_a_page)
{
	ck_assert(same("memory.max", "67108864", "67108864"));
	ck_assert(same("memory.max", "67108865", "67108864"));
	ck_assert(same("memory.max", "67112959", "67108864"));
	ck_assert(same("memory.max", "max", "max"));
	ck_assert(same("memory.max", "9223372036854775807", "max"));
	ck_assert(!same("memory.max", "67108864", "67104768"));
	ck_assert(!same("memory.max", "67108864", "max"));
	ck_assert(!same("memory.max", "max", "67108864"));
	ck_assert(!same("memory.max", "4095", "4096"));
	/* Rounding is memory's alone. */
	ck_assert(!same("pids.max", "4097", "4096"));
}
END_TEST

START_TEST(test_cg_match__takes_a_list_of_processors_in_any_form)
{
	ck_assert(same("cpuset.cpus", "0,1", "0-1"));
	ck_assert(same("cpuset.cpus", "3,0-1", "0-1,3"));
	ck_assert(!same("cpuset.cpus", "0,1", "0"));
	ck_assert(!same("cpuset.cpus", "0", "0,1"));
	ck_assert(!same("cpuset.cpus", "0", ""));
	ck_assert(!same("cpuset.cpus", "1-0", "0-1"));
	ck_assert(!same("cpuset.cpus", "0-99999999", "0"));
	ck_assert(!same("cpuset.cpus", "x", "0"));
	ck_assert(same("cpuset.cpus", "", ""));
	ck_assert(!same("cpuset.cpus", "", "0"));
}
END_TEST

START_TEST(test_cg_match__finds_the_line_of_a_device)
{
	static const char got[] = "8:0 rbps=1 wbps=max riops=max wiops=max\n"
		"8:16 rbps=max wbps=2 riops=max wiops=max";

	ck_assert(same("io.max", "8:16 wbps=2", got));
	ck_assert(same("io.max", "8:0 rbps=1", got));
	ck_assert(same("io.max", "8:0 wiops=max rbps=1", got));
	ck_assert(!same("io.max", "8:0 rbps=2", got));
	ck_assert(!same("io.max", "8:1 rbps=1", got));
	ck_assert(!same("io.max", "8:16 wbps=2", ""));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cg/match");
	TCase *t = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_add_test(t, test_cg_match__takes_what_is_read_back_as_written);
	tcase_add_test(t, test_cg_match__takes_a_period_that_the_kernel_adds);
	tcase_add_test(t, test_cg_match__takes_memory_rounded_down_to_a_page);
	tcase_add_test(t,
		test_cg_match__takes_a_list_of_processors_in_any_form);
	tcase_add_test(t, test_cg_match__finds_the_line_of_a_device);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
