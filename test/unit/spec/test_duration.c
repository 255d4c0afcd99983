/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <errno.h>
#include <stdlib.h>

#include "spec/spec.h"

static const struct row {
	const char *text;
	int code;
	int64_t usec;
} rows[] = {
	{ "0", 0, 0 },
	{ "30s", 0, 30000000 },
	{ "1h30m", 0, 5400000000 },
	{ "2.5s", 0, 2500000 },
	{ ".5m", 0, 30000000 },
	{ "100ms", 0, 100000 },
	{ "10us", 0, 10 },
	{ "10\xc2\xb5s", 0, 10 },
	{ "1500ns", 0, 1 },
	{ "1m1s1ms", 0, 61001000 },
	{ "+1s", 0, 1000000 },
	{ "", -EINVAL, 0 },
	{ "+", -EINVAL, 0 },
	{ "30", -EINVAL, 0 },
	{ "s", -EINVAL, 0 },
	{ "1 s", -EINVAL, 0 },
	{ "1d", -EINVAL, 0 },
	{ "1s2", -EINVAL, 0 },
	{ "-1s", -ERANGE, 0 },
	{ "9999999999999h", -ERANGE, 0 },
	{ "99999999999999999999s", -ERANGE, 0 },
};

START_TEST(test_spec_duration__reads_what_go_writes)
{
	const struct row *row = &rows[_i];
	int64_t v = -1;
	int r = spec_parse_duration(row->text, &v);

	ck_assert_msg(r == row->code, "\"%s\": %d", row->text, r);
	ck_assert_int_eq(v, r == 0 ? row->usec : -1);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("spec/duration");
	TCase *t = tcase_create("all");
	SRunner *sr;
	int failed;

	tcase_add_loop_test(t, test_spec_duration__reads_what_go_writes, 0,
		(int)(sizeof(rows) / sizeof(rows[0])));
	suite_add_tcase(s, t);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
