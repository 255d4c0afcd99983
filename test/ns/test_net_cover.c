/* SPDX-License-Identifier: MIT */
/*
 * test_net_cover.c - what the host does about its pods' addresses as a whole:
 * those of no pod are dead, and between pods it forwards.
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "net_fixture.h"

START_TEST(test_net_cover__a_dead_pod_takes_its_link_and_its_address_is_dead)
{
	struct net_link dead;
	struct net_pod a, b;

	net_ok(net_forwarding_enable(true, true, NULL, &host.err));
	net_ok(net_cover_add(host.sk, &host.cidr4, &host.err));
	net_ok(net_cover_add(host.sk, &host.cidr6, &host.err));
	net_start(&a, 0);
	net_start(&b, 1);
	net_await_ready(&b.link);
	dead = a.link;
	ck_assert_int_eq(net_link_exists(dead.host_name), 1);
	net_close(&a);
	net_await_gone(&dead);
	ck_assert_int_eq(net_connect(host.ns, &dead.v4), -EHOSTUNREACH);
	ck_assert_int_eq(net_connect(host.ns, &dead.v6), -EHOSTUNREACH);
	ck_assert_int_eq(net_connect(b.ns, &dead.v4), -EHOSTUNREACH);
	/* ICMPv6 knows only "no route" for it. */
	ck_assert_int_eq(net_connect(b.ns, &dead.v6), -ENETUNREACH);
	net_start(&a, 0);
	net_await_ready(&a.link);
	ck_assert_int_eq(net_talk(b.ns, a.ns, &a.link.v4), 0);
	net_close(&a);
	net_close(&b);
}
END_TEST

START_TEST(test_net_cover__is_idempotent_and_removable_in_both_families)
{
	const struct net_cidr *both[] = { &host.cidr4, &host.cidr6 };
	struct net_cidr none = { 0 };
	struct net_addr a;
	size_t i;

	for (i = 0; i < ARRAY_LEN(both); i++) {
		net_ok(net_cidr_nth(both[i], 5, &a));
		ck_assert_int_eq(net_connect(host.ns, &a), -ENETUNREACH);
		net_ok(net_cover_add(host.sk, both[i], &host.err));
		net_ok(net_cover_add(host.sk, both[i], &host.err));
		ck_assert_int_eq(net_connect(host.ns, &a), -EHOSTUNREACH);
		ck_assert_int_eq(net_cover_remove(host.sk, both[i]), 0);
		ck_assert_int_eq(net_cover_remove(host.sk, both[i]), 0);
		ck_assert_int_eq(net_connect(host.ns, &a), -ENETUNREACH);
	}
	ck_assert_int_eq(net_cover_add(host.sk, &none, &host.err), 0);
	ck_assert_int_eq(net_cover_remove(host.sk, &none), 0);
}
END_TEST

START_TEST(test_net_cover__finds_a_foreign_route_but_not_our_own)
{
	struct net_cidr loop, link_local;
	struct net_pod a;
	char text[80] = "";

	net_start(&a, 0);
	net_ok(net_cover_add(host.sk, &host.cidr4, &host.err));
	ck_assert_int_eq(net_cover_conflict(host.sk, &host.cidr4, text,
		sizeof(text)), 0);
	ck_assert_int_eq(net_cover_conflict(host.sk, &host.cidr6, text,
		sizeof(text)), 0);
	net_ok(net_cidr_parse("127.0.0.0/16", &loop));
	ck_assert_int_eq(net_cover_conflict(host.sk, &loop, text, sizeof(text)),
		1);
	ck_assert_str_eq(text, "127.0.0.0/8 dev lo");
	net_ok(net_cidr_parse("169.254.0.0/16", &link_local));
	ck_assert_int_eq(net_cover_conflict(host.sk, &link_local, text,
		sizeof(text)), 1);
	net_ok(net_host_remove(host.sk, &host.err));
	net_ok(net_host_remove(host.sk, &host.err));
	ck_assert_int_eq(net_cover_conflict(host.sk, &link_local, text,
		sizeof(text)), 0);
	net_close(&a);
}
END_TEST

START_TEST(test_net_forward__changes_only_what_is_off)
{
	bool changed = false;

	net_sysctl_set("/proc/sys/net/ipv4/ip_forward", "0");
	net_ok(net_forwarding_enable(true, true, &changed, &host.err));
	ck_assert(changed);
	ck_assert_int_eq(net_sysctl("/proc/sys/net/ipv4/ip_forward"), '1');
	ck_assert_int_eq(net_sysctl("/proc/sys/net/ipv6/conf/all/forwarding"),
		'1');
	net_ok(net_forwarding_enable(true, true, &changed, &host.err));
	ck_assert(!changed);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("ns/net_cover");
	TCase *t = tcase_create("cover");

	tcase_add_checked_fixture(t, net_setup, net_teardown);
	tcase_set_timeout(t, 60);
	suite_add_tcase(s, t);
#define T(name) tcase_add_test(t, name)
	T(test_net_cover__a_dead_pod_takes_its_link_and_its_address_is_dead);
	T(test_net_cover__is_idempotent_and_removable_in_both_families);
	T(test_net_cover__finds_a_foreign_route_but_not_our_own);
	T(test_net_forward__changes_only_what_is_off);
#undef T
	return s;
}

int main(void)
{
	SRunner *sr;
	int failed;

	if (geteuid() != 0) {
		puts("skipped: needs root for network namespaces");
		return 77;
	}
	sr = srunner_create(suite());
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
