/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>

#include "sec/seccomp.h"

static const struct row {
	const char *name;
	int number;
} known[] = {
#include "sec/syscalls_x86_64.inc"
#include "sec/syscalls_aarch64.inc"
	{ "riscv_hwprobe", 258 },
};
#define N_KNOWN (sizeof(known) / sizeof(known[0]))

static size_t times_in_groups(const char *name)
{
	const struct sec_group *group;
	size_t n = 0, i;

	for (group = sec_groups; group->names; group++)
		for (i = 0; group->names[i]; i++)
			n += strcmp(group->names[i], name) == 0;
	return n;
}

static bool has_rule(const char *name)
{
	const struct sec_arg_rule *rule;

	for (rule = sec_arg_rules; rule->name; rule++)
		if (strcmp(rule->name, name) == 0)
			return true;
	return false;
}

START_TEST(test_sec_seccomp_table__every_known_call_is_judged_once)
{
	size_t i;

	for (i = 0; i < N_KNOWN; i++)
		ck_assert_msg(times_in_groups(known[i].name) +
			has_rule(known[i].name) == 1, "%s stands %zu times",
			known[i].name, times_in_groups(known[i].name) +
			has_rule(known[i].name));
}
END_TEST

START_TEST(test_sec_seccomp_table__names_no_call_that_does_not_exist)
{
	const struct sec_group *group;
	size_t i, k;

	for (group = sec_groups; group->names; group++)
		for (i = 0; group->names[i]; i++) {
			for (k = 0; k < N_KNOWN; k++)
				if (strcmp(known[k].name, group->names[i]) ==
					0)
					break;
			ck_assert_msg(k < N_KNOWN, "%s in %s",
				group->names[i], group->title);
		}
}
END_TEST

START_TEST(test_sec_seccomp_table__rules_of_a_call_end_without_a_test)
{
	const struct sec_arg_rule *rule;

	for (rule = sec_arg_rules; rule->name; rule++) {
		ck_assert_uint_le(rule->n_tests, 2);
		if (rule[1].name && strcmp(rule[1].name, rule->name) == 0)
			continue;
		ck_assert_uint_eq(rule->n_tests, 0);
		ck_assert_uint_eq(rule->if_cap | rule->unless_cap, 0);
		ck_assert_int_eq(rule->when, SEC_ALWAYS);
	}
}
END_TEST

START_TEST(test_sec_seccomp_table__rules_apply_by_capability_and_word)
{
	struct sec_seccomp_params p = { 0, false };
	struct sec_arg_rule rule = { .name = "x", .if_cap = 6 };

	ck_assert(!sec_arg_rule_applies(&rule, &p));
	p.capabilities = 4;
	ck_assert(sec_arg_rule_applies(&rule, &p));
	rule = (struct sec_arg_rule){ .name = "x", .unless_cap = 4 };
	ck_assert(!sec_arg_rule_applies(&rule, &p));
	p.capabilities = 2;
	ck_assert(sec_arg_rule_applies(&rule, &p));
	rule.when = SEC_IF_COMPAT;
	ck_assert(!sec_arg_rule_applies(&rule, &p));
	rule.when = SEC_UNLESS_COMPAT;
	ck_assert(sec_arg_rule_applies(&rule, &p));
	p.docker_compat = true;
	ck_assert(!sec_arg_rule_applies(&rule, &p));
	ck_assert_ptr_null(sec_arg_rule_first("read", &p));
	ck_assert_str_eq(sec_arg_rule_first("ioctl", &p)->name, "ioctl");
}
END_TEST

START_TEST(test_sec_seccomp_table__knows_the_capabilities_it_asks_for)
{
	uint64_t caps = sec_table_capabilities();

	ck_assert(caps & UINT64_C(1) << CAP_SYS_ADMIN);
	ck_assert(caps & UINT64_C(1) << CAP_NET_RAW);
	ck_assert(caps & UINT64_C(1) << CAP_AUDIT_WRITE);
	ck_assert(!(caps & UINT64_C(1) << CAP_CHOWN));
	ck_assert_uint_eq(sec_table_digest(), sec_table_digest());
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sec/seccomp_table");
	TCase *t = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_add_test(t,
		test_sec_seccomp_table__every_known_call_is_judged_once);
	tcase_add_test(t,
		test_sec_seccomp_table__names_no_call_that_does_not_exist);
	tcase_add_test(t,
		test_sec_seccomp_table__rules_of_a_call_end_without_a_test);
	tcase_add_test(t,
		test_sec_seccomp_table__rules_apply_by_capability_and_word);
	tcase_add_test(t,
		test_sec_seccomp_table__knows_the_capabilities_it_asks_for);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
