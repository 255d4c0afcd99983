// SPDX-License-Identifier: MIT
/*
 * test_addr.c - addresses, CIDRs and MACs as values.
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "net/net.h"

static struct net_cidr cidr(const char *text)
{
	struct net_cidr c = { 0 };

	ck_assert_msg(net_cidr_parse(text, &c) == 0, "%s", text);
	return c;
}

static void check_nth(const char *text, uint64_t index, const char *want)
{
	struct net_cidr c = cidr(text);
	struct net_addr a;
	char buf[NET_ADDR_TEXT];

	ck_assert_int_eq(net_cidr_nth(&c, index, &a), 0);
	ck_assert_str_eq(net_addr_text(&a, buf), want);
}

START_TEST(test_net_addr__reads_and_writes_both_families)
{
	struct net_addr a;
	char buf[NET_ADDR_TEXT];

	ck_assert_int_eq(net_addr_parse("10.1.2.3", &a), 0);
	ck_assert_int_eq(a.family, AF_INET);
	ck_assert_str_eq(net_addr_text(&a, buf), "10.1.2.3");
	ck_assert_int_eq(net_addr_parse("fd00:0::1", &a), 0);
	ck_assert_int_eq(a.family, AF_INET6);
	ck_assert_str_eq(net_addr_text(&a, buf), "fd00::1");
	a.family = AF_UNSPEC;
	ck_assert_str_eq(net_addr_text(&a, buf), "");
}
END_TEST

START_TEST(test_net_addr__refuses_what_is_not_an_address_and_keeps_ret)
{
	static const char *const bad[] = {
		"", "10.1.2", "10.1.2.3.4", "10.1.2.256", "0x7f.0.0.1",
		" 10.1.2.3", "10.1.2.3 ", "10.1.2.3/8", "fe80::1%eth0", ":::",
		"localhost", "[::1]",
	};
	struct net_addr a = { .family = 77 };
	size_t i;

	for (i = 0; i < ARRAY_LEN(bad); i++)
		ck_assert_msg(net_addr_parse(bad[i], &a) == -EINVAL, "%s",
			bad[i]);
	ck_assert_int_eq(a.family, 77);
}
END_TEST

START_TEST(test_net_cidr__refuses_host_bits_and_bad_prefixes)
{
	static const char *const bad[] = {
		"10.0.0.1/24", "10.128.0.0/8", "10.0.0.0/33", "10.0.0.0/",
		"10.0.0.0", "10.0.0.0/08", "10.0.0.0/+8", "10.0.0.0/-1",
		"10.0.0.0/8 ", "/8", "fd00::1/64", "fd00::/129", "fd00::/0064",
		"fd00::/999999999999999999999999999999999999999999999999999",
		"10.0.0.0/24/24",
	};
	struct net_cidr c = { .prefix = 77 };
	size_t i;

	for (i = 0; i < ARRAY_LEN(bad); i++)
		ck_assert_msg(net_cidr_parse(bad[i], &c) == -EINVAL, "%s",
			bad[i]);
	ck_assert_uint_eq(c.prefix, 77);
	ck_assert_uint_eq(cidr("10.64.0.0/10").prefix, 10);
	ck_assert_uint_eq(cidr("0.0.0.0/0").prefix, 0);
	ck_assert_uint_eq(cidr("fd00::1/128").prefix, 128);
}
END_TEST

START_TEST(test_net_cidr__gives_out_all_but_network_first_and_broadcast)
{
	struct net_cidr c = cidr("10.9.8.0/24");
	struct net_addr a;

	ck_assert_uint_eq(net_cidr_capacity(&c), 253);
	check_nth("10.9.8.0/24", 0, "10.9.8.2");
	check_nth("10.9.8.0/24", 252, "10.9.8.254");
	ck_assert_int_eq(net_cidr_nth(&c, 253, &a), -ERANGE);
	check_nth("10.245.0.0/16", 254, "10.245.1.0");
	check_nth("10.245.0.0/16", 65532, "10.245.255.254");
	check_nth("fd00:1::/64", 0xffff, "fd00:1::1:1");
}
END_TEST

START_TEST(test_net_cidr__capacity_is_zero_when_small_and_capped_when_large)
{
	static const struct {
		const char *text;
		uint64_t want;
	} cases[] = {
		{ "10.0.0.0/32", 0 }, { "10.0.0.0/31", 0 },
		{ "10.0.0.0/30", 1 }, { "10.0.0.0/29", 5 },
		{ "10.0.0.0/8", (1 << 24) - 3 }, { "0.0.0.0/0", 1 << 24 },
		{ "fd00::/128", 0 }, { "fd00::/64", 1 << 24 },
		{ "::/0", 1 << 24 },
	};
	struct net_cidr c;
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		c = cidr(cases[i].text);
		ck_assert_uint_eq(net_cidr_capacity(&c), cases[i].want);
	}
	c = (struct net_cidr){ 0 };
	ck_assert_uint_eq(net_cidr_capacity(&c), 0);
}
END_TEST

START_TEST(test_net_cidr__overlap_is_by_the_shorter_prefix)
{
	static const struct {
		const char *a, *b;
		bool want;
	} cases[] = {
		{ "10.0.0.0/8", "10.245.0.0/16", true },
		{ "10.245.0.0/16", "10.245.7.0/24", true },
		{ "10.244.0.0/16", "10.245.0.0/16", false },
		{ "10.244.0.0/15", "10.245.0.0/16", true },
		{ "0.0.0.0/0", "10.245.0.0/16", true },
		{ "0.0.0.0/0", "fd00::/64", false },
		{ "fd00::/64", "fd00::42/128", true },
		{ "fd00::/64", "fd00:0:0:1::/64", false },
	};
	struct net_cidr a, b;
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		a = cidr(cases[i].a);
		b = cidr(cases[i].b);
		ck_assert(net_cidr_overlaps(&a, &b) == cases[i].want);
		ck_assert(net_cidr_overlaps(&b, &a) == cases[i].want);
	}
}
END_TEST

START_TEST(test_net_cidr__pair_comes_in_either_order)
{
	struct net_cidr v4, v6;
	struct pod_error e = { 0 };

	ck_assert_int_eq(net_cidr_pair_parse("fd00::/64,10.1.0.0/16", &v4,
		&v6, &e), 0);
	ck_assert_int_eq(v4.addr.family, AF_INET);
	ck_assert_int_eq(v6.addr.family, AF_INET6);
	ck_assert_int_eq(net_cidr_pair_parse("10.1.0.0/16", &v4, &v6, &e), 0);
	ck_assert_int_eq(v4.addr.family, AF_INET);
	ck_assert_int_eq(v6.addr.family, AF_UNSPEC);
	ck_assert_int_eq(e.code, 0);
}
END_TEST

START_TEST(test_net_cidr__pair_refuses_and_says_why)
{
	static const char *const bad[] = {
		"", ",", "10.1.0.0/16,", "10.1.0.0/16,10.2.0.0/16",
		"10.1.0.0/16,fd00::/64,fd01::/64", "169.254.0.0/17",
		"127.1.0.0/16", "0.0.0.0/0", "fe80::/64", "::/0",
		"fd70:6f64::/64", "10.0.0.0/31", "224.1.0.0/16",
	};
	struct net_cidr v4, v6;
	struct pod_error e;
	size_t i;

	for (i = 0; i < ARRAY_LEN(bad); i++) {
		memset(&e, 0, sizeof(e));
		ck_assert_msg(net_cidr_pair_parse(bad[i], &v4, &v6, &e) ==
			-EINVAL, "%s", bad[i]);
		ck_assert_int_eq(e.code, -EINVAL);
		ck_assert_int_ne(e.message[0], 0);
		ck_assert_int_eq(e.stage, POD_STAGE_NETWORK);
	}
}
END_TEST

START_TEST(test_net_link__macs_are_local_unicast_and_follow_the_address)
{
	struct net_link a = { 0 }, b = { 0 };

	ck_assert_int_eq(net_addr_parse("10.245.0.2", &a.v4), 0);
	ck_assert_int_eq(net_addr_parse("10.245.0.3", &b.v4), 0);
	net_link_macs(&a);
	net_link_macs(&b);
	ck_assert_int_eq(a.pod_mac[0] & 3, 2);
	ck_assert_int_eq(a.host_mac[0] & 3, 2);
	ck_assert_int_ne(memcmp(a.pod_mac, a.host_mac, 6), 0);
	ck_assert_int_ne(memcmp(a.pod_mac, b.pod_mac, 6), 0);
	ck_assert_mem_eq(a.pod_mac, "\x02\x70\x0a\xf5\x00\x02", 6);
}
END_TEST

START_TEST(test_net_link__macs_of_an_ipv6_only_pod_differ_too)
{
	struct net_link a = { 0 }, b = { 0 };

	ck_assert_int_eq(net_addr_parse("fd00::2", &a.v6), 0);
	ck_assert_int_eq(net_addr_parse("fd00::3", &b.v6), 0);
	net_link_macs(&a);
	net_link_macs(&b);
	ck_assert_int_ne(memcmp(a.pod_mac, b.pod_mac, 6), 0);
	ck_assert_int_eq(a.pod_mac[0] & 3, 2);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("net/addr");
	TCase *t = tcase_create("addr");
	SRunner *sr;
	int failed;

	tcase_add_test(t, test_net_addr__reads_and_writes_both_families);
	tcase_add_test(t,
		test_net_addr__refuses_what_is_not_an_address_and_keeps_ret);
	tcase_add_test(t, test_net_cidr__refuses_host_bits_and_bad_prefixes);
	tcase_add_test(t,
		test_net_cidr__gives_out_all_but_network_first_and_broadcast);
	tcase_add_test(t,
		test_net_cidr__capacity_is_zero_when_small_and_capped_when_large);
	tcase_add_test(t, test_net_cidr__overlap_is_by_the_shorter_prefix);
	tcase_add_test(t, test_net_cidr__pair_comes_in_either_order);
	tcase_add_test(t, test_net_cidr__pair_refuses_and_says_why);
	tcase_add_test(t,
		test_net_link__macs_are_local_unicast_and_follow_the_address);
	tcase_add_test(t, test_net_link__macs_of_an_ipv6_only_pod_differ_too);
	suite_add_tcase(s, t);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
