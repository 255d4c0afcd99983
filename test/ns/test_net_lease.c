// SPDX-License-Identifier: MIT
/*
 * test_net_lease.c - leases against real links: an address comes back only
 * after its link is gone, and killed creators lose nothing.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "net/net.h"

#define UID_OLD "aaaaaaaa-0000-4000-8000-000000000001"
#define UID_NEW "bbbbbbbb-0000-4000-8000-000000000002"
#define CREATORS 8
#define KILLED_AFTER 20

static char path[64];
static int dir, host_ns;
static struct nl_sock *host;

static int ns_open(void)
{
	int fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	return fd;
}

static void setup(void)
{
	(void)snprintf(path, sizeof(path), "/tmp/pod-lease-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(path));
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(dir, 0);
	ck_assert_int_eq(unshare(CLONE_NEWNET), 0);
	host_ns = ns_open();
	ck_assert_int_eq(net_socket_open(&host, NULL), 0);
	ck_assert_int_eq(net_lo_up(host, NULL), 0);
}

static void teardown(void)
{
	DIR *d = opendir(path);
	const struct dirent *e;

	ck_assert_ptr_nonnull(d);
	while ((e = readdir(d)))
		if (e->d_name[0] != '.')
			ck_assert_int_eq(unlinkat(dir, e->d_name, 0), 0);
	(void)closedir(d);
	net_socket_close(host);
	close_fd(host_ns);
	close_fd(dir);
	ck_assert_int_eq(rmdir(path), 0);
}

/* The link of the index-th address; its name follows from the address. */
static int add(uint64_t index, int pod_ns)
{
	struct net_link link = { .pod_name = "eth0" };
	struct net_cidr c;

	ck_assert_int_eq(net_cidr_parse("10.99.0.0/24", &c), 0);
	ck_assert_int_eq(net_cidr_nth(&c, index, &link.v4), 0);
	(void)snprintf(link.host_name, sizeof(link.host_name), "pod%x",
		ntohl(link.v4.v4.s_addr));
	net_link_macs(&link);
	return net_host_add(host, &link, pod_ns, NULL);
}

START_TEST(test_net_lease__an_address_of_a_dying_pod_is_passed_over)
{
	int old_ns, new_ns;
	uint64_t index;

	ck_assert_int_eq(unshare(CLONE_NEWNET), 0);
	old_ns = ns_open();
	ck_assert_int_eq(unshare(CLONE_NEWNET), 0);
	new_ns = ns_open();
	ck_assert_int_eq(setns(host_ns, CLONE_NEWNET), 0);

	ck_assert_int_eq(net_lease_take(dir, UID_OLD, 253, 7, &index, NULL),
		0);
	ck_assert_int_eq(add(index, old_ns), 0);
	/* Deleted, and the lease released, but its namespace lives on. */
	ck_assert_int_eq(net_lease_release(dir, UID_OLD, index), 0);

	ck_assert_int_eq(net_lease_take(dir, UID_NEW, 253, 7, &index, NULL),
		0);
	ck_assert_uint_eq(index, 7);
	ck_assert_int_eq(add(index, new_ns), -EEXIST);
	ck_assert_int_eq(net_lease_release(dir, UID_NEW, index), 0);
	ck_assert_int_eq(net_lease_take(dir, UID_NEW, 253, index + 1, &index,
		NULL), 0);
	ck_assert_uint_eq(index, 8);
	ck_assert_int_eq(add(index, new_ns), 0);
	close_fd(old_ns);
	close_fd(new_ns);
}
END_TEST

/* Takes leases until it is killed; tells of each after it has it. */
static void create_forever(unsigned int me, int out)
{
	uint64_t index;
	char uid[64];

	(void)snprintf(uid, sizeof(uid), "%08x-0000-4000-8000", me);
	for (;;)
		if (net_lease_take(dir, uid, 1 << 20, 0, &index, NULL) < 0 ||
		    write(out, &index, sizeof(index)) != sizeof(index))
			_exit(1);
}

START_TEST(test_net_lease__killed_creators_keep_every_lease_they_were_given)
{
	_cleanup_free_ bool *is_seen = calloc(1 << 20, sizeof(*is_seen));
	pid_t pid[CREATORS];
	int out[2], status;
	char target[64], name[24];
	uint64_t index;
	unsigned int i;
	ssize_t n;

	ck_assert_ptr_nonnull(is_seen);
	ck_assert_int_eq(pipe2(out, O_CLOEXEC), 0);
	for (i = 0; i < CREATORS; i++) {
		pid[i] = fork();
		ck_assert_int_ge(pid[i], 0);
		if (pid[i] == 0)
			create_forever(i, out[1]);
	}
	close_fd(out[1]);
	for (i = 0; (n = read(out[0], &index, sizeof(index))) > 0; i++) {
		ck_assert_int_eq(n, sizeof(index));
		ck_assert_uint_lt(index, 1 << 20);
		ck_assert(!is_seen[index]);
		is_seen[index] = true;
		(void)snprintf(name, sizeof(name), "%06u",
			(unsigned int)index);
		ck_assert_int_gt(readlinkat(dir, name, target,
			sizeof(target)), 0);
		if (i % KILLED_AFTER == 0 && i / KILLED_AFTER < CREATORS)
			ck_assert_int_eq(kill(pid[i / KILLED_AFTER], SIGKILL),
				0);
	}
	for (i = 0; i < CREATORS; i++)
		ck_assert_int_eq(waitpid(pid[i], &status, 0), pid[i]);
	close_fd(out[0]);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("ns/net_lease");
	TCase *t = tcase_create("lease");
	SRunner *sr;
	int failed;

	if (geteuid() != 0) {
		puts("skipped: needs root for network namespaces");
		return 77;
	}
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t,
		test_net_lease__an_address_of_a_dying_pod_is_passed_over);
	tcase_add_test(t,
		test_net_lease__killed_creators_keep_every_lease_they_were_given);
	suite_add_tcase(s, t);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
