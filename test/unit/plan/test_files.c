/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pod/spec.h>

#include "plan/block.h"

static struct block block;
static struct plan_facts facts;
static struct pod_spec *spec;

static void load(const char *lines)
{
	struct pod_spec **specs = NULL;
	struct pod_error err = { 0 };
	size_t count;
	char *yaml;

	ck_assert_int_gt(asprintf(&yaml, "apiVersion: v1\nkind: Pod\n"
		"metadata: {name: web, namespace: n}\nspec:\n%s"
		"  containers:\n  - {name: c, image: host}\n", lines), 0);
	ck_assert_msg(pod_spec_load("t", yaml, strlen(yaml), 0, &specs,
		&count, NULL, &err) == 0, "%s", err.message);
	free(yaml);
	spec = specs[0];
	free(specs);
	memset(&facts, 0, sizeof(facts));
	memset(&block, 0, sizeof(block));
	facts.uid = "1234";
	(void)net_addr_parse("10.0.0.9", &facts.v4);
	block.spec = spec;
	block.facts = &facts;
}

static void teardown(void)
{
	block_done(&block);
	pod_spec_free(spec);
	spec = NULL;
}

static void setup(void)
{
	spec = NULL;
}

START_TEST(test_plan_files__hosts_has_localhost_the_pod_and_its_aliases)
{
	load("  hostAliases:\n  - {ip: 192.0.2.1, hostnames: [a, b.c]}\n"
	     "  - {ip: 192.0.2.2, hostnames: [d]}\n");
	(void)net_addr_parse("fd00::9", &facts.v6);
	ck_assert_str_eq(files_hosts(&block, "web"),
		"# managed by libpod-core\n"
		"127.0.0.1\tlocalhost\n"
		"::1\tlocalhost ip6-localhost ip6-loopback\n"
		"fe00::0\tip6-localnet\n"
		"fe00::0\tip6-mcastprefix\n"
		"fe00::1\tip6-allnodes\n"
		"fe00::2\tip6-allrouters\n"
		"10.0.0.9\tweb\n"
		"fd00::9\tweb\n"
		"\n# Entries added by HostAliases.\n"
		"192.0.2.1\ta\tb.c\n"
		"192.0.2.2\td\n");
}
END_TEST

START_TEST(test_plan_files__hosts_has_the_full_name_with_a_subdomain)
{
	load("  hostname: h\n  subdomain: s\n");
	ck_assert_ptr_nonnull(strstr(files_hosts(&block, "h"),
		"10.0.0.9\th.s.n.svc.cluster.local\th\n"));
}
END_TEST

START_TEST(test_plan_files__hosts_is_the_nodes_with_host_network)
{
	load("  hostNetwork: true\n"
	     "  hostAliases: [{ip: 192.0.2.1, hostnames: [a]}]\n");
	facts.hosts = "127.0.0.1\tnode\n";
	ck_assert_str_eq(files_hosts(&block, "node"), "127.0.0.1\tnode\n"
		"\n# Entries added by HostAliases.\n192.0.2.1\ta\n");
	facts.hosts = NULL;
	ck_assert_str_eq(files_hosts(&block, "node"),
		"\n# Entries added by HostAliases.\n192.0.2.1\ta\n");
}
END_TEST

START_TEST(test_plan_files__hostname_is_the_pods_cut_to_a_label)
{
	char long_name[100];
	struct arena a = { 0 };
	const char *got;

	load("");
	ck_assert_str_eq(files_hostname(spec, &a), "web");
	spec->hostname = "other";
	ck_assert_str_eq(files_hostname(spec, &a), "other");
	/* cut at 63, and no label ends with - or . */
	memset(long_name, 'x', sizeof(long_name) - 1);
	long_name[sizeof(long_name) - 1] = '\0';
	long_name[61] = '.';
	long_name[62] = '-';
	spec->hostname = long_name;
	got = files_hostname(spec, &a);
	ck_assert_uint_eq(strlen(got), 61);
	arena_done(&a);
}
END_TEST

START_TEST(test_plan_files__resolv_conf_is_the_nodes_and_the_pods)
{
	load("  dnsConfig:\n    nameservers: [192.0.2.53]\n"
	     "    searches: [x.test, y.test]\n"
	     "    options: [{name: ndots, value: \"2\"}, {name: edns0}]\n");
	facts.resolv_conf = "# comment\n; another\nnameserver 127.0.0.53\n"
		"domain old.test\nsearch y.test z.test\n"
		"options ndots:5 timeout:1\nnameserver\t127.0.0.54\r\n"
		"sortlist 1.2.3.4\n";
	ck_assert_str_eq(files_resolv_conf(&block),
		"nameserver 127.0.0.53\nnameserver 127.0.0.54\n"
		"nameserver 192.0.2.53\n"
		"search y.test z.test x.test\n"
		"options ndots:2 timeout:1 edns0\n");
}
END_TEST

START_TEST(test_plan_files__dns_policy_none_takes_the_pods_alone)
{
	load("  dnsPolicy: None\n"
	     "  dnsConfig: {nameservers: [192.0.2.53]}\n");
	facts.resolv_conf = "nameserver 127.0.0.53\nsearch z.test\n";
	ck_assert_str_eq(files_resolv_conf(&block),
		"nameserver 192.0.2.53\n");
}
END_TEST

START_TEST(test_plan_files__no_more_than_the_resolver_reads)
{
	static const char five[] = "nameserver 1.1.1.1\nnameserver 2.2.2.2\n"
		"nameserver 1.1.1.1\nnameserver 3.3.3.3\nnameserver 4.4.4.4\n";
	char many[4096];
	const char *got;
	size_t n = 0, spaces = 0;
	int i;

	load("");
	facts.resolv_conf = five;
	ck_assert_str_eq(files_resolv_conf(&block), "nameserver 1.1.1.1\n"
		"nameserver 2.2.2.2\nnameserver 3.3.3.3\n");
	n += (size_t)snprintf(many, sizeof(many), "search");
	for (i = 0; i < 60; i++)
		n += (size_t)snprintf(many + n, sizeof(many) - n, " d%d.test",
			i);
	facts.resolv_conf = many;
	for (got = files_resolv_conf(&block); *got; got++)
		spaces += *got == ' ';
	ck_assert_uint_eq(spaces, 32);
	facts.resolv_conf = NULL;
	ck_assert_str_eq(files_resolv_conf(&block), "");
}
END_TEST

static void add_tests(TCase *t)
{
	tcase_add_test(t,
		test_plan_files__hosts_has_localhost_the_pod_and_its_aliases);
	tcase_add_test(t,
		test_plan_files__hosts_has_the_full_name_with_a_subdomain);
	tcase_add_test(t,
		test_plan_files__hosts_is_the_nodes_with_host_network);
	tcase_add_test(t, test_plan_files__hostname_is_the_pods_cut_to_a_label);
	tcase_add_test(t,
		test_plan_files__resolv_conf_is_the_nodes_and_the_pods);
	tcase_add_test(t,
		test_plan_files__dns_policy_none_takes_the_pods_alone);
	tcase_add_test(t, test_plan_files__no_more_than_the_resolver_reads);
}

int main(void)
{
	Suite *s = suite_create("plan/files");
	TCase *t = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, teardown);
	add_tests(t);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
