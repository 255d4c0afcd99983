/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "spec/spec.h"

#define A63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct row {
	bool (*rule)(const char *s);
	const char *text;
	bool good;
} rows[] = {
	{ spec_is_dns_label, "a", true },
	{ spec_is_dns_label, "0", true },
	{ spec_is_dns_label, "a-b", true },
	{ spec_is_dns_label, A63, true },
	{ spec_is_dns_label, A63 "a", false },
	{ spec_is_dns_label, "", false },
	{ spec_is_dns_label, "-a", false },
	{ spec_is_dns_label, "a-", false },
	{ spec_is_dns_label, "A", false },
	{ spec_is_dns_label, "a.b", false },
	{ spec_is_dns_label, "a\n", false },
	{ spec_is_dns_label, "..", false },
	{ spec_is_dns_subdomain, "a.b-c.d0", true },
	{ spec_is_dns_subdomain, A63 "." A63 "." A63 "." A63, false },
	{ spec_is_dns_subdomain, A63 "." A63 "." A63 "." "a", true },
	{ spec_is_dns_subdomain, "", false },
	{ spec_is_dns_subdomain, ".", false },
	{ spec_is_dns_subdomain, "..", false },
	{ spec_is_dns_subdomain, "a..b", false },
	{ spec_is_dns_subdomain, "a.", false },
	{ spec_is_dns_subdomain, ".a", false },
	{ spec_is_dns_subdomain, "a/b", false },
	{ spec_is_port_name, "http", true },
	{ spec_is_port_name, "a-1", true },
	{ spec_is_port_name, "abcdefghijklmno", true },
	{ spec_is_port_name, "abcdefghijklmnop", false },
	{ spec_is_port_name, "80", false },
	{ spec_is_port_name, "a--b", false },
	{ spec_is_port_name, "", false },
	{ spec_is_env_name, "PATH", true },
	{ spec_is_env_name, "my.var-1", true },
	{ spec_is_env_name, "1", true },
	{ spec_is_env_name, "", false },
	{ spec_is_env_name, "A=B", false },
	{ spec_is_env_name, "A\nB", false },
	{ spec_is_env_name, "\xc3\xa9", false },
	{ spec_is_label_key, "app", true },
	{ spec_is_label_key, "app.kubernetes.io/name", true },
	{ spec_is_label_key, "A_b.c", true },
	{ spec_is_label_key, "/a", false },
	{ spec_is_label_key, "a/", false },
	{ spec_is_label_key, "a/b/c", false },
	{ spec_is_label_key, "Example.com/a", false },
	{ spec_is_label_key, "", false },
	{ spec_is_label_key, A63 "a", false },
	{ spec_is_label_value, "", true },
	{ spec_is_label_value, "v1.2_x-y", true },
	{ spec_is_label_value, "a b", false },
	{ spec_is_label_value, "-a", false },
	{ spec_is_label_value, A63 "a", false },
	{ spec_is_capability, "NET_ADMIN", true },
	{ spec_is_capability, "ALL", true },
	{ spec_is_capability, "net_admin", false },
	{ spec_is_capability, "", false },
	{ spec_is_capability, "_A", false },
	{ spec_is_absolute_path, "/", true },
	{ spec_is_absolute_path, "/a/..b/c..", true },
	{ spec_is_absolute_path, "/a/../b", false },
	{ spec_is_absolute_path, "/..", false },
	{ spec_is_absolute_path, "a", false },
	{ spec_is_absolute_path, "", false },
	{ spec_is_absolute_path, "/a\tb", false },
	{ spec_is_absolute_path, "/a\x7f", false },
	{ spec_has_dotdot, "a/..", true },
	{ spec_has_dotdot, "..", true },
	{ spec_has_dotdot, "a//../b", true },
	{ spec_has_dotdot, "...", false },
	{ spec_has_dotdot, "a..b", false },
	{ spec_is_plain_key, "volumeMounts", true },
	{ spec_is_plain_key, "a.b", false },
	{ spec_is_plain_key, "", false },
};

START_TEST(test_spec_name__follows_the_rule)
{
	const struct row *row = &rows[_i];

	ck_assert_msg(row->rule(row->text) == row->good, "row %d: \"%s\"", _i,
		row->text);
}
END_TEST

/* A small generator, so that the corpus is the same everywhere. */
static unsigned int next_random(unsigned int *state)
{
	*state = *state * 1103515245u + 12345u;
	return *state >> 16 & 0x7fff;
}

/* A label with one byte in it that no name may hold. */
static void spoil(char *buf, size_t size, unsigned int *state)
{
	static const char bad[] = "ABZ_/\\:;,!?*~\"'`$%&()[]{}<>|^+=@# \t\n\r"
				  "\x01\x1b\x7f\x80\xc3\xff";
	size_t len = next_random(state) % (size - 2) + 1, i;

	for (i = 0; i < len; i++)
		buf[i] = "abcdefghijklmnopqrstuvwxyz0123456789"
			[next_random(state) % 36];
	buf[len] = '\0';
	buf[next_random(state) % len] =
		bad[next_random(state) % (sizeof(bad) - 1)];
}

START_TEST(test_spec_name__refuses_ten_thousand_bad_names)
{
	unsigned int state = 1;
	char buf[300];
	int i;

	for (i = 0; i < 10000; i++) {
		spoil(buf, sizeof(buf), &state);
		ck_assert_msg(!spec_is_dns_label(buf), "label \"%s\"", buf);
		ck_assert_msg(!spec_is_dns_subdomain(buf), "name \"%s\"", buf);
		ck_assert_msg(!spec_is_port_name(buf), "port \"%s\"", buf);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("spec/name");
	TCase *t = tcase_create("all");
	SRunner *sr;
	int failed;

	tcase_add_loop_test(t, test_spec_name__follows_the_rule, 0,
		(int)(sizeof(rows) / sizeof(rows[0])));
	tcase_add_test(t, test_spec_name__refuses_ten_thousand_bad_names);
	suite_add_tcase(s, t);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
