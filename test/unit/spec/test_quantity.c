/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <errno.h>
#include <stdlib.h>

#include "spec/spec.h"

static const struct good {
	const char *text;
	unsigned int digits;
	int64_t value;
} good[] = {
	{ "0", 0, 0 },
	{ "1", 0, 1 },
	{ "+1", 0, 1 },
	{ "-0", 0, 0 },
	{ "100m", 3, 100 },
	{ "0.1", 3, 100 },
	{ ".5", 3, 500 },
	{ "1.", 3, 1000 },
	{ "2", 3, 2000 },
	{ "1.5", 3, 1500 },
	{ "0.0001", 3, 1 },	/* rounded up */
	{ "1.0001", 3, 1001 },
	{ "100u", 3, 1 },
	{ "1n", 3, 1 },
	{ "100m", 0, 1 },
	{ "64Mi", 0, 67108864 },
	{ "1Ki", 0, 1024 },
	{ "1k", 0, 1000 },
	{ "1.5Gi", 0, 1610612736 },
	{ "0.1Ki", 0, 103 },
	{ "1e3", 0, 1000 },
	{ "1E3", 0, 1000 },
	{ "1.25e2", 0, 125 },
	{ "1e-1", 0, 1 },
	{ "5e-99999", 0, 1 },
	{ "0e99999", 0, 0 },
	{ "1E", 0, 1000000000000000000 },
	{ "7Ei", 0, 8070450532247928832 },
	{ "9223372036854775807m", 3, 0 },	/* more than 18 digits */
	{ "9.22e18", 0, 9220000000000000000 },
	{ "000000000000000000000000001", 0, 1 },
	{ "1.000000000000000000000000", 0, 1 },
	{ "129e6", 0, 129000000 },
	{ "129M", 0, 129000000 },
	{ "128974848000m", 0, 128974848 },
};

START_TEST(test_spec_quantity__is_exact_and_rounds_up)
{
	const struct good *g = &good[_i];
	int64_t v = -1;
	int r = spec_parse_quantity(g->text, g->digits, &v);

	if (g->value == 0 && g->text[0] == '9') {
		ck_assert_msg(r == -ERANGE, "%s: %d", g->text, r);
		return;
	}
	ck_assert_msg(r == 0 && v == g->value, "%s: %d, %lld", g->text, r,
		(long long)v);
}
END_TEST

static const struct bad {
	const char *text;
	int code;
} bad[] = {
	{ "", -EINVAL }, { ".", -EINVAL }, { "m", -EINVAL }, { "1mi", -EINVAL },
	{ "1 Mi", -EINVAL }, { "1MiB", -EINVAL }, { "1K", -EINVAL },
	{ "1e", -EINVAL }, { "1e+", -EINVAL }, { "1e3Mi", -EINVAL },
	{ "1.2.3", -EINVAL }, { "0x10", -EINVAL }, { "abc", -EINVAL },
	{ "1,5", -EINVAL }, { "--1", -EINVAL }, { " 1", -EINVAL },
	{ "-1", -ERANGE }, { "-0.001", -ERANGE }, { "8Ei", -ERANGE },
	{ "10E", -ERANGE }, { "1e19", -ERANGE }, { "1e99999", -ERANGE },
	{ "9999999999999999999", -ERANGE },
};

START_TEST(test_spec_quantity__refuses_what_is_none_or_does_not_fit)
{
	int64_t v = 42;
	int r = spec_parse_quantity(bad[_i].text, 0, &v);

	ck_assert_msg(r == bad[_i].code, "\"%s\": %d", bad[_i].text, r);
	ck_assert_int_eq(v, 42);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("spec/quantity");
	TCase *t = tcase_create("all");
	SRunner *sr;
	int failed;

	tcase_add_loop_test(t, test_spec_quantity__is_exact_and_rounds_up, 0,
		(int)(sizeof(good) / sizeof(good[0])));
	tcase_add_loop_test(t,
		test_spec_quantity__refuses_what_is_none_or_does_not_fit, 0,
		(int)(sizeof(bad) / sizeof(bad[0])));
	suite_add_tcase(s, t);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
