/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdlib.h>

#include "cg/cg.h"

/* The table of the Kubernetes semantics, every column. */
static const struct {
	int64_t milli;
	uint64_t shares;
	uint64_t weight;
	uint64_t old_weight;	/* KEP-2254, which we do not use */
} golden[] = {
	{ 0, 2, 1, 1 },		  { 10, 10, 4, 1 },
	{ 100, 102, 17, 4 },	  { 250, 256, 35, 10 },
	{ 500, 512, 59, 20 },	  { 1000, 1024, 100, 39 },
	{ 2000, 2048, 174, 79 },  { 4000, 4096, 303, 157 },
	{ 8000, 8192, 532, 313 },
};
#define N_GOLDEN (sizeof(golden) / sizeof(golden[0]))

START_TEST(test_cg_quota__shares_equal_the_table_of_requests)
{
	size_t i;

	for (i = 0; i < N_GOLDEN; i++)
		ck_assert_uint_eq(cg_shares_from_milli(golden[i].milli),
			golden[i].shares);
}
END_TEST

START_TEST(test_cg_quota__weight_equals_the_table_of_the_new_formula)
{
	size_t i;

	for (i = 0; i < N_GOLDEN; i++) {
		uint64_t shares = golden[i].shares;

		ck_assert_uint_eq(cg_weight_from_shares(shares),
			golden[i].weight);
		/* The column of the old one, so that the table is whole. */
		ck_assert_uint_eq(1 + (shares - 2) * 9999 / 262142,
			golden[i].old_weight);
	}
}
END_TEST

START_TEST(test_cg_quota__shares_stay_within_the_kernels_bounds)
{
	ck_assert_uint_eq(cg_shares_from_milli(-1), 2);
	ck_assert_uint_eq(cg_shares_from_milli(INT64_MIN), 2);
	ck_assert_uint_eq(cg_shares_from_milli(1), 2);
	ck_assert_uint_eq(cg_shares_from_milli(2), 2);
	ck_assert_uint_eq(cg_shares_from_milli(3), 3);
	ck_assert_uint_eq(cg_shares_from_milli(256000), 262144);
	ck_assert_uint_eq(cg_shares_from_milli(256001), 262144);
	ck_assert_uint_eq(cg_shares_from_milli(INT64_MAX), 262144);
}
END_TEST

START_TEST(test_cg_quota__weight_runs_from_1_to_10000_and_never_falls)
{
	uint64_t shares, last = 0;

	ck_assert_uint_eq(cg_weight_from_shares(0), 1);
	ck_assert_uint_eq(cg_weight_from_shares(2), 1);
	ck_assert_uint_eq(cg_weight_from_shares(262143), 10000);
	ck_assert_uint_eq(cg_weight_from_shares(262144), 10000);
	ck_assert_uint_eq(cg_weight_from_shares(UINT64_MAX), 10000);
	for (shares = 0; shares <= 262144; shares++) {
		uint64_t weight = cg_weight_from_shares(shares);

		ck_assert_uint_ge(weight, last);
		ck_assert_uint_ge(weight, 1);
		ck_assert_uint_le(weight, 10000);
		last = weight;
	}
}
END_TEST

START_TEST(test_cg_quota__quota_is_a_tenth_of_a_millisecond_per_milli)
{
	ck_assert_uint_eq(cg_quota_from_milli(1000), CG_PERIOD_USEC);
	ck_assert_uint_eq(cg_quota_from_milli(500), 50000);
	ck_assert_uint_eq(cg_quota_from_milli(2500), 250000);
	ck_assert_uint_eq(cg_quota_from_milli(11), 1100);
}
END_TEST

START_TEST(test_cg_quota__quota_is_at_least_what_the_kernel_takes)
{
	ck_assert_uint_eq(cg_quota_from_milli(10), 1000);
	ck_assert_uint_eq(cg_quota_from_milli(1), 1000);
	ck_assert_uint_eq(cg_quota_from_milli(0), 1000);
	ck_assert_uint_eq(cg_quota_from_milli(-5), 1000);
	ck_assert_uint_gt(cg_quota_from_milli(INT64_MAX), 1000);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cg/quota");
	TCase *t = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_add_test(t, test_cg_quota__shares_equal_the_table_of_requests);
	tcase_add_test(t,
		test_cg_quota__weight_equals_the_table_of_the_new_formula);
	tcase_add_test(t, test_cg_quota__shares_stay_within_the_kernels_bounds);
	tcase_add_test(t,
		test_cg_quota__weight_runs_from_1_to_10000_and_never_falls);
	tcase_add_test(t,
		test_cg_quota__quota_is_a_tenth_of_a_millisecond_per_milli);
	tcase_add_test(t,
		test_cg_quota__quota_is_at_least_what_the_kernel_takes);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
