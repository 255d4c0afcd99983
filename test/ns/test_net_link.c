/* SPDX-License-Identifier: MIT */
/*
 * test_net_link.c - pod links with real packets, host, pod and pod.
 */
#include <check.h>
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "net_fixture.h"

static unsigned int fd_count(void)
{
	_cleanup_dir_ DIR *d = opendir("/proc/self/fd");
	unsigned int n = 0;

	while (readdir(d))
		n++;
	return n;
}

START_TEST(test_net_link__host_and_pod_talk_though_the_host_has_only_lo)
{
	struct net_addr h4, h6;
	struct net_pod a;

	net_addr(NET_HOST_V4, &h4);
	net_addr(NET_HOST_V6, &h6);
	net_start(&a, 0);
	net_await_ready(&a.link);
	ck_assert_int_eq(net_talk(host.ns, a.ns, &a.link.v4), 0);
	ck_assert_int_eq(net_talk(host.ns, a.ns, &a.link.v6), 0);
	ck_assert_int_eq(net_talk(a.ns, host.ns, &h4), 0);
	ck_assert_int_eq(net_talk(a.ns, host.ns, &h6), 0);
	net_close(&a);
}
END_TEST

/* As if the host had a node address; lo, since it has no other link. */
static void give_host(const struct net_addr *a)
{
	struct sockaddr_storage sa;
	struct ifreq ifr = { .ifr_name = "lo:0" };
	_cleanup_fd_ int fd = net_socket_in(host.ns, AF_INET, SOCK_DGRAM);

	(void)net_sockaddr(a, &sa);
	memcpy(&ifr.ifr_addr, &sa, sizeof(ifr.ifr_addr));
	ck_assert_int_eq(ioctl(fd, SIOCSIFADDR, &ifr), 0);
}

START_TEST(test_net_link__a_node_address_and_strict_rp_filter_do_no_harm)
{
	struct net_addr node;
	struct net_pod a;

	net_sysctl_set("/proc/sys/net/ipv4/conf/all/rp_filter", "1");
	net_sysctl_set("/proc/sys/net/ipv4/conf/default/rp_filter", "1");
	net_addr("192.0.2.1", &node);
	give_host(&node);
	net_start(&a, 0);
	net_await_ready(&a.link);
	ck_assert_int_eq(net_talk(a.ns, host.ns, &node), 0);
	ck_assert_int_eq(net_talk(host.ns, a.ns, &a.link.v4), 0);
	net_close(&a);
}
END_TEST

START_TEST(test_net_link__pods_talk_to_each_other_and_to_themselves)
{
	struct net_addr lo4, lo6;
	struct net_pod a, b;

	net_addr("127.0.0.1", &lo4);
	net_addr("::1", &lo6);
	net_ok(net_forwarding_enable(true, true, NULL, &host.err));
	net_start(&a, 0);
	net_start(&b, 1);
	net_await_ready(&a.link);
	net_await_ready(&b.link);
	ck_assert_int_eq(net_talk(a.ns, b.ns, &b.link.v4), 0);
	ck_assert_int_eq(net_talk(b.ns, a.ns, &a.link.v4), 0);
	ck_assert_int_eq(net_talk(a.ns, b.ns, &b.link.v6), 0);
	ck_assert_int_eq(net_talk(b.ns, a.ns, &a.link.v6), 0);
	ck_assert_int_eq(net_talk(a.ns, a.ns, &a.link.v4), 0);
	ck_assert_int_eq(net_talk(a.ns, a.ns, &a.link.v6), 0);
	ck_assert_int_eq(net_talk(a.ns, a.ns, &lo4), 0);
	ck_assert_int_eq(net_talk(a.ns, a.ns, &lo6), 0);
	net_close(&a);
	net_close(&b);
}
END_TEST

START_TEST(test_net_link__a_pod_of_one_family_works)
{
	struct net_pod a, b;

	net_plan(&a, 0);
	a.link.v6.family = AF_UNSPEC;
	net_plan(&b, 1);
	b.link.v4.family = AF_UNSPEC;
	b.link.mtu = 1400;
	net_ok(net_host_add(host.sk, &a.link, a.ns, &host.err));
	net_ok(net_host_add(host.sk, &b.link, b.ns, &host.err));
	net_ok(net_pod_setup(a.sk, &a.link, &host.err));
	net_ok(net_pod_setup(b.sk, &b.link, &host.err));
	net_await_ready(&a.link);
	net_await_ready(&b.link);
	ck_assert_int_eq(net_talk(host.ns, a.ns, &a.link.v4), 0);
	ck_assert_int_eq(net_talk(host.ns, b.ns, &b.link.v6), 0);
	net_close(&a);
	net_close(&b);
}
END_TEST

START_TEST(test_net_link__a_taken_name_is_eexist_and_leaves_nothing)
{
	struct net_pod a, b;
	unsigned int fds;
	char text[1024];

	net_start(&a, 0);
	net_plan(&b, 1);
	strcpy(b.link.host_name, a.link.host_name);
	fds = fd_count();
	ck_assert_int_eq(net_host_add(host.sk, &b.link, b.ns, &host.err),
		-EEXIST);
	ck_assert_uint_eq(fd_count(), fds);
	pod_error_format(&host.err, text, sizeof(text));
	ck_assert_str_eq(text, "pod0: create veth: File exists (EEXIST)");
	net_enter(b.ns);
	ck_assert_int_eq(net_link_exists("eth0"), 0);
	net_enter(host.ns);
	net_await_ready(&a.link);
	ck_assert_int_eq(net_talk(host.ns, a.ns, &a.link.v4), 0);
	net_close(&a);
	net_close(&b);
}
END_TEST

START_TEST(test_net_link__a_taken_address_is_eexist_and_leaves_no_link)
{
	struct net_pod a, b;

	net_start(&a, 0);
	net_plan(&b, 0);
	strcpy(b.link.host_name, "podother");
	ck_assert_int_eq(net_host_add(host.sk, &b.link, b.ns, &host.err),
		-EEXIST);
	ck_assert_str_eq(host.err.operation, "add IPv4 route");
	ck_assert_int_eq(net_link_exists("podother"), 0);
	net_close(&a);
	net_close(&b);
}
END_TEST

START_TEST(test_net_link__the_host_drops_what_a_pod_sends_as_another)
{
	struct net_addr h4;
	struct sockaddr_storage to, from;
	struct net_pod a, b;
	int server, liar, honest, on = 1;
	socklen_t len;
	char c;

	net_start(&a, 0);
	net_start(&b, 1);
	net_addr(NET_HOST_V4, &h4);
	server = net_bound_in(host.ns, &h4, SOCK_DGRAM);
	honest = net_bound_in(a.ns, &a.link.v4, SOCK_DGRAM);
	liar = net_socket_in(a.ns, AF_INET, SOCK_DGRAM);
	ck_assert_int_eq(setsockopt(liar, IPPROTO_IP, IP_TRANSPARENT, &on,
		sizeof(on)), 0);
	len = net_sockaddr(&b.link.v4, &from);
	ck_assert_int_eq(bind(liar, (struct sockaddr *)&from, len), 0);
	len = net_sockaddr(&h4, &to);
	ck_assert_int_eq(sendto(liar, "L", 1, 0, (struct sockaddr *)&to, len),
		1);
	ck_assert_int_eq(sendto(honest, "H", 1, 0, (struct sockaddr *)&to,
		len), 1);
	ck_assert_int_eq(recv(server, &c, 1, 0), 1);
	ck_assert_int_eq(c, 'H');
	close_fd(server);
	close_fd(liar);
	close_fd(honest);
	net_close(&a);
	net_close(&b);
}
END_TEST

START_TEST(test_net_link__the_host_believes_no_router_advertisement_of_a_pod)
{
	struct net_pod a, b;

	net_start(&a, 0);
	ck_assert_int_eq(net_sysctl("/proc/sys/net/ipv6/conf/pod0/forwarding"),
		'0');
	ck_assert_int_eq(net_sysctl("/proc/sys/net/ipv6/conf/pod0/accept_ra"),
		'0');
	net_ok(net_forwarding_enable(false, true, NULL, &host.err));
	net_start(&b, 1);
	ck_assert_int_eq(net_sysctl("/proc/sys/net/ipv6/conf/pod0/accept_ra"),
		'0');
	ck_assert_int_eq(net_sysctl("/proc/sys/net/ipv6/conf/pod1/forwarding"),
		'1');
	net_close(&a);
	net_close(&b);
}
END_TEST

START_TEST(test_net_link__without_ipv6_says_so_and_ipv4_alone_works)
{
	struct net_pod a;

	net_sysctl_set("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1");
	net_sysctl_set("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");
	net_plan(&a, 0);
	ck_assert_int_eq(net_host_add(host.sk, &a.link, a.ns, &host.err),
		-EAFNOSUPPORT);
	ck_assert_int_eq(host.err.code, -EAFNOSUPPORT);
	ck_assert_int_ne(host.err.hint[0], 0);
	ck_assert_int_eq(net_link_exists(a.link.host_name), 0);
	a.link.v6.family = AF_UNSPEC;
	memset(&host.err, 0, sizeof(host.err));
	net_ok(net_host_add(host.sk, &a.link, a.ns, &host.err));
	net_ok(net_pod_setup(a.sk, &a.link, &host.err));
	net_await_ready(&a.link);
	ck_assert_int_eq(net_talk(host.ns, a.ns, &a.link.v4), 0);
	net_close(&a);
}
END_TEST

START_TEST(test_net_link__too_small_an_mtu_for_ipv6_is_named)
{
	struct net_pod a;

	net_plan(&a, 0);
	a.link.mtu = 1000;
	ck_assert_int_eq(net_host_add(host.sk, &a.link, a.ns, &host.err),
		-EAFNOSUPPORT);
	ck_assert_ptr_nonnull(strstr(host.err.message, "1280"));
	net_close(&a);
}
END_TEST

START_TEST(test_net_link__1100_links_fit_on_a_host_and_no_fd_leaks)
{
	unsigned int i, fds;
	struct net_pod a;

	net_plan(&a, 0);
	a.link.v6.family = AF_UNSPEC;
	fds = fd_count();
	for (i = 0; i < 1100; i++) {
		(void)snprintf(a.link.host_name, sizeof(a.link.host_name),
			"pod%x", i);
		(void)snprintf(a.link.pod_name, sizeof(a.link.pod_name),
			"eth%u", i);
		net_ok(net_cidr_nth(&host.cidr4, i, &a.link.v4));
		net_link_macs(&a.link);
		net_ok(net_host_add(host.sk, &a.link, a.ns, &host.err));
	}
	ck_assert_uint_eq(fd_count(), fds);
	net_ok(net_pod_setup(a.sk, &a.link, &host.err));
	net_await_ready(&a.link);
	ck_assert_int_eq(net_talk(host.ns, a.ns, &a.link.v4), 0);
	net_close(&a);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("ns/net_link");
	TCase *t = tcase_create("link");

	tcase_add_checked_fixture(t, net_setup, net_teardown);
	tcase_set_timeout(t, 60);
	suite_add_tcase(s, t);
#define T(name) tcase_add_test(t, name)
	T(test_net_link__host_and_pod_talk_though_the_host_has_only_lo);
	T(test_net_link__a_node_address_and_strict_rp_filter_do_no_harm);
	T(test_net_link__pods_talk_to_each_other_and_to_themselves);
	T(test_net_link__a_pod_of_one_family_works);
	T(test_net_link__a_taken_name_is_eexist_and_leaves_nothing);
	T(test_net_link__a_taken_address_is_eexist_and_leaves_no_link);
	T(test_net_link__the_host_drops_what_a_pod_sends_as_another);
	T(test_net_link__the_host_believes_no_router_advertisement_of_a_pod);
	T(test_net_link__without_ipv6_says_so_and_ipv4_alone_works);
	T(test_net_link__too_small_an_mtu_for_ipv6_is_named);
	T(test_net_link__1100_links_fit_on_a_host_and_no_fd_leaks);
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
