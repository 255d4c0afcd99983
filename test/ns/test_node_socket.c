// SPDX-License-Identifier: MIT
/*
 * test_node_socket.c - a supervisor and its worst clients.
 *
 * Whatever comes in, the next honest request must be answered.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "node/proto.h"
#include "node/super.h"
#include "node_fixture.h"
#include "support/fixture.h"

static char uid[64];
static unsigned char message[NODE_MAX_MESSAGE + 64];

static void setup(void)
{
	node_setup();
	make_pod("sock", FOREVER, POD_NODE_START, uid);
}

static void teardown(void)
{
	ok(pod_node_delete(node, "sock", -1, 0, &error));
	node_teardown();
}

static int dial(void)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	ck_assert_int_ge(fd, 0);
	(void)snprintf(sa.sun_path, sizeof(sa.sun_path), "%s/pods/%s/sock",
		getenv("PODRUN_RUN"), uid);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	return fd;
}

static void still_there(void)
{
	const struct node_request q = { .verb = NODE_PING };
	struct node_reply reply;
	int fd = dial(), n = node_encode(&q, message);

	ck_assert_int_eq(send(fd, message, (size_t)n, 0), n);
	ck_assert_int_eq(recv(fd, &reply, sizeof(reply), 0),
		(int)sizeof(reply));
	ck_assert_int_eq(reply.code, 0);
	(void)close(fd);
}

static int answer_to(size_t size)
{
	struct node_reply reply = { 0 };
	int fd = dial();
	ssize_t n;

	ck_assert_int_eq(send(fd, message, size, 0), (ssize_t)size);
	n = recv(fd, &reply, sizeof(reply), 0);
	(void)close(fd);
	return n > 0 ? reply.code : 0;
}

START_TEST(test_node_socket__garbage_is_refused)
{
	memset(message, 0xff, sizeof(message));
	ck_assert_int_eq(answer_to(1), -EBADMSG);
	ck_assert_int_eq(answer_to(sizeof(struct node_head)), -EBADMSG);
	ck_assert_int_eq(answer_to(sizeof(message)), -EBADMSG);
	still_there();
}
END_TEST

START_TEST(test_node_socket__silent_and_vanishing_clients_hold_up_nobody)
{
	const struct node_request q = { .verb = NODE_WAIT };
	int silent[8], i, n;

	for (i = 0; i < 8; i++)
		silent[i] = dial();
	still_there();
	for (i = 0; i < 200; i++) {
		int fd = dial();

		n = node_encode(&q, message);
		(void)send(fd, message, (size_t)n, MSG_NOSIGNAL);
		(void)close(fd);
	}
	still_there();
	for (i = 0; i < 8; i++)
		(void)close(silent[i]);
	still_there();
}
END_TEST

START_TEST(test_node_socket__too_many_clients_are_refused_and_recover)
{
	int fds[SUPER_MAX_CLIENTS], i;
	struct node_reply reply;
	int late;

	for (i = 0; i < SUPER_MAX_CLIENTS; i++)
		fds[i] = dial();
	late = dial();
	ck_assert_int_eq(recv(late, &reply, sizeof(reply), 0),
		(int)sizeof(reply));
	ck_assert_int_eq(reply.code, -EAGAIN);
	(void)close(late);
	ck_assert_int_eq(pod_node_start(node, "sock", &error), -EAGAIN);
	memset(&error, 0, sizeof(error));
	(void)close(fds[0]);
	for (i = 1; i < SUPER_MAX_CLIENTS; i++)
		(void)close(fds[i]);
	still_there();
}
END_TEST

static size_t count_fds(int pid)
{
	char command[64];
	const char *argv[] = { "/bin/sh", "-c", command, NULL };
	char *out = NULL;
	size_t n;

	(void)snprintf(command, sizeof(command), "ls /proc/%d/fd | wc -l", pid);
	ck_assert_int_eq(support_run(argv, &out, NULL), 0);
	n = strtoul(out, NULL, 10);
	free(out);
	return n;
}

START_TEST(test_node_socket__fds_that_come_uninvited_are_closed)
{
	const struct node_request q = { .verb = NODE_PING };
	union {
		char bytes[CMSG_SPACE(sizeof(int) * 8)];
		struct cmsghdr align;
	} control = { 0 };
	int pid = supervisor_of("sock"), i, k;
	size_t before = count_fds(pid);

	for (i = 0; i < 16; i++) {
		struct iovec iov = { .iov_base = message,
			.iov_len = (size_t)node_encode(&q, message) };
		struct msghdr mh = { .msg_iov = &iov, .msg_iovlen = 1,
			.msg_control = control.bytes };
		size_t n = (size_t)i % 8 + 1;
		struct node_reply reply;
		int fds[8], fd = dial();
		struct cmsghdr *c;

		for (k = 0; k < 8; k++)
			fds[k] = STDERR_FILENO;
		mh.msg_controllen = CMSG_SPACE(sizeof(int) * n);
		c = CMSG_FIRSTHDR(&mh);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int) * n);
		memcpy(CMSG_DATA(c), fds, sizeof(int) * n);
		ck_assert_int_gt(sendmsg(fd, &mh, 0), 0);
		ck_assert_int_gt(recv(fd, &reply, sizeof(reply), 0), 0);
		ck_assert_int_eq(reply.code, n > 3 ? -EBADMSG : 0);
		(void)close(fd);
	}
	still_there();
	ck_assert_uint_eq(count_fds(pid), before);
}
END_TEST

START_TEST(test_node_socket__no_abstract_name_is_ours)
{
	char *text = support_read_file("/proc/net/unix");

	ck_assert_ptr_null(strstr(text, "@pod"));
	ck_assert_ptr_null(strstr(text, uid) ? strstr(text, "@/") : NULL);
	free(text);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("ns/node_socket");
	TCase *tc = tcase_create("socket");
	SRunner *sr;
	int failed;

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_node_socket__garbage_is_refused);
	tcase_add_test(
		tc, test_node_socket__silent_and_vanishing_clients_hold_up_nobody);
	tcase_add_test(
		tc, test_node_socket__too_many_clients_are_refused_and_recover);
	tcase_add_test(
		tc, test_node_socket__fds_that_come_uninvited_are_closed);
	tcase_add_test(tc, test_node_socket__no_abstract_name_is_ours);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
