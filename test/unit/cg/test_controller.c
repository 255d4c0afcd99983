/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdlib.h>

#include "cg/cg.h"

START_TEST(test_cg_controller__parses_the_list_of_the_kernel)
{
	ck_assert_uint_eq(cg_controllers_parse(
		"cpuset cpu io memory hugetlb pids rdma misc\n"),
		CG_CPUSET | CG_CPU | CG_IO | CG_MEMORY | CG_HUGETLB | CG_PIDS |
		CG_RDMA | CG_MISC);
	ck_assert_uint_eq(cg_controllers_parse("memory"), CG_MEMORY);
	ck_assert_uint_eq(cg_controllers_parse(" cpu\t\npids "),
		CG_CPU | CG_PIDS);
	ck_assert_uint_eq(cg_controllers_parse(""), 0);
	ck_assert_uint_eq(cg_controllers_parse("\n"), 0);
}
END_TEST

START_TEST(test_cg_controller__passes_over_unknown_names_and_prefixes)
{
	ck_assert_uint_eq(cg_controllers_parse("dmem cpu cpus cp mem"),
		CG_CPU);
}
END_TEST

START_TEST(test_cg_controller__has_a_name_for_each_bit)
{
	uint32_t bit;

	for (bit = CG_CPU; bit <= CG_MISC; bit <<= 1)
		ck_assert_uint_eq(cg_controllers_parse(
			cg_controller_name((enum cg_controller)bit)), bit);
	ck_assert_ptr_null(cg_controller_name((enum cg_controller)0));
	ck_assert_ptr_null(cg_controller_name(
		(enum cg_controller)(CG_MISC << 1)));
}
END_TEST

START_TEST(test_cg_controller__is_the_prefix_of_a_file)
{
	ck_assert_uint_eq(cg_controller_of_file("memory.max"), CG_MEMORY);
	ck_assert_uint_eq(cg_controller_of_file("memory.swap.max"), CG_MEMORY);
	ck_assert_uint_eq(cg_controller_of_file("cpu.weight"), CG_CPU);
	ck_assert_uint_eq(cg_controller_of_file("cpuset.cpus"), CG_CPUSET);
	ck_assert_uint_eq(cg_controller_of_file("hugetlb.2MB.max"),
		CG_HUGETLB);
	ck_assert_uint_eq(cg_controller_of_file("cgroup.procs"), 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cg/controller");
	TCase *t = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_add_test(t, test_cg_controller__parses_the_list_of_the_kernel);
	tcase_add_test(t,
		test_cg_controller__passes_over_unknown_names_and_prefixes);
	tcase_add_test(t, test_cg_controller__has_a_name_for_each_bit);
	tcase_add_test(t, test_cg_controller__is_the_prefix_of_a_file);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
