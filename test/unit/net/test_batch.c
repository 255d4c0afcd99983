// SPDX-License-Identifier: MIT
/*
 * test_batch.c - which message of a batch failed. Questions only, so that no
 * privilege is needed.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/rtnetlink.h>

#include "net/batch.h"

static struct nl_sock *sk;

static void setup(void)
{
	ck_assert_int_eq(net_socket_open(&sk, NULL), 0);
}

static void teardown(void)
{
	net_socket_close(sk);
}

static void ask(struct net_batch *b, const char *operation, const char *name)
{
	const struct ifinfomsg info = { 0 };

	net_batch_add(b, operation, RTM_GETLINK, 0, &info, sizeof(info));
	net_batch_put(b, IFLA_IFNAME, name, strlen(name) + 1);
}

static void count(const struct nlmsghdr *nlh, void *data)
{
	ck_assert_int_eq(nlh->nlmsg_type, RTM_NEWLINK);
	++*(unsigned int *)data;
}

START_TEST(test_net_batch__names_the_first_failure_and_runs_the_rest)
{
	unsigned int replies = 0;
	_cleanup_batch_ struct net_batch b = {
		.subject = "thing", .reply = count, .data = &replies,
	};
	struct pod_error e = { 0 };

	ask(&b, "ask first", "lo");
	ask(&b, "ask second", "pod-not-there");
	ask(&b, "ask third", "pod-nor-this");
	ask(&b, "ask fourth", "lo");
	ck_assert_int_eq(net_batch_run(sk, &b, &e), -ENODEV);
	ck_assert_str_eq(e.operation, "ask second");
	ck_assert_str_eq(e.subject, "thing");
	ck_assert_uint_eq(b.failed, 1);
	ck_assert_uint_eq(replies, 2);
}
END_TEST

START_TEST(test_net_batch__a_failing_last_message_is_seen)
{
	_cleanup_batch_ struct net_batch b = { 0 };

	ask(&b, "ask", "lo");
	ask(&b, "ask", "pod-not-there");
	ck_assert_int_eq(net_batch_run(sk, &b, NULL), -ENODEV);
	ck_assert_uint_eq(b.failed, 1);
}
END_TEST

START_TEST(test_net_batch__a_tolerated_failure_is_none)
{
	_cleanup_batch_ struct net_batch b = { 0 }, again = { 0 };

	ask(&b, "ask", "pod-not-there");
	net_batch_tolerate(&b, ENODEV);
	ask(&b, "ask", "lo");
	ck_assert_int_eq(net_batch_run(sk, &b, NULL), 0);
	ck_assert_uint_eq(b.failed, b.count);
	ask(&again, "ask", "lo");
	ck_assert_int_eq(net_batch_run(sk, &again, NULL), 0);
}
END_TEST

START_TEST(test_net_batch__too_many_messages_are_refused_not_lost)
{
	_cleanup_batch_ struct net_batch b = { 0 };
	struct pod_error e = { 0 };
	int i;

	for (i = 0; i <= NET_BATCH_MAX; i++)
		ask(&b, "ask", "lo");
	ck_assert_int_eq(net_batch_run(sk, &b, &e), -ENOMEM);
	ck_assert_int_eq(e.code, -ENOMEM);
}
END_TEST

START_TEST(test_net_batch__too_long_an_attribute_is_refused_not_cut)
{
	_cleanup_batch_ struct net_batch b = { 0 };
	char big[4096] = { 0 };

	ask(&b, "ask", "lo");
	net_batch_put(&b, IFLA_IFALIAS, big, sizeof(big));
	ck_assert_int_eq(net_batch_run(sk, &b, NULL), -ENOMEM);
}
END_TEST

START_TEST(test_net_batch__an_empty_batch_sends_nothing)
{
	_cleanup_batch_ struct net_batch b = { 0 };

	ck_assert_int_eq(net_batch_run(sk, &b, NULL), 0);
}
END_TEST

START_TEST(test_net_socket__take_refuses_and_closes_what_is_no_netlink)
{
	struct pod_error e = { 0 };
	struct nl_sock *other = NULL;
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(net_socket_take(fd, &other, &e), -ENOTSOCK);
	ck_assert_ptr_null(other);
	ck_assert_int_eq(fcntl(fd, F_GETFD), -1);
	ck_assert_int_eq(errno, EBADF);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("net/batch");
	TCase *t = tcase_create("batch");
	SRunner *sr;
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t,
		test_net_batch__names_the_first_failure_and_runs_the_rest);
	tcase_add_test(t, test_net_batch__a_failing_last_message_is_seen);
	tcase_add_test(t, test_net_batch__a_tolerated_failure_is_none);
	tcase_add_test(t,
		test_net_batch__too_many_messages_are_refused_not_lost);
	tcase_add_test(t,
		test_net_batch__too_long_an_attribute_is_refused_not_cut);
	tcase_add_test(t, test_net_batch__an_empty_batch_sends_nothing);
	tcase_add_test(t,
		test_net_socket__take_refuses_and_closes_what_is_no_netlink);
	suite_add_tcase(s, t);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
