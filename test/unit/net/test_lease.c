// SPDX-License-Identifier: MIT
/*
 * test_lease.c - leases in a directory, one process and many.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "net/net.h"

#define UID_A "aaaaaaaa-0000-4000-8000-000000000001"
#define UID_B "bbbbbbbb-0000-4000-8000-000000000002"
#define RACERS 64

static char path[64];
static int dir;

static void setup(void)
{
	(void)snprintf(path, sizeof(path), "/tmp/pod-lease-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(path));
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(dir, 0);
}

static unsigned int count(bool and_remove)
{
	_cleanup_dir_ DIR *d = opendir(path);
	const struct dirent *e;
	unsigned int n = 0;

	ck_assert_ptr_nonnull(d);
	while ((e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		n++;
		if (and_remove)
			ck_assert_int_eq(unlinkat(dir, e->d_name, 0), 0);
	}
	return n;
}

static void teardown(void)
{
	(void)count(true);
	close_fd(dir);
	ck_assert_int_eq(rmdir(path), 0);
}

static uint64_t take(const char *uid, uint64_t capacity, uint64_t start)
{
	struct pod_error e = { 0 };
	uint64_t index = 0;

	ck_assert_int_eq(net_lease_take(dir, uid, capacity, start, &index, &e),
		0);
	return index;
}

START_TEST(test_net_lease__takes_the_start_then_the_next_and_wraps)
{
	struct pod_error e = { 0 };
	uint64_t index = 77;

	ck_assert_uint_eq(take(UID_A, 3, 1), 1);
	ck_assert_uint_eq(take(UID_B, 3, 1), 2);
	ck_assert_uint_eq(take(UID_B, 3, 1), 0);
	ck_assert_int_eq(net_lease_take(dir, UID_A, 3, 1, &index, &e),
		-EADDRNOTAVAIL);
	ck_assert_uint_eq(index, 77);
	ck_assert_int_ne(e.hint[0], 0);
	ck_assert_int_eq(net_lease_take(dir, UID_A, 0, 0, &index, NULL),
		-EADDRNOTAVAIL);
}
END_TEST

START_TEST(test_net_lease__start_beyond_the_capacity_wraps)
{
	ck_assert_uint_eq(take(UID_A, 3, 3), 0);
	ck_assert_uint_eq(take(UID_A, 3, UINT64_MAX), 1);
}
END_TEST

START_TEST(test_net_lease__is_a_symlink_from_index_to_uid)
{
	char target[64] = "";

	ck_assert_uint_eq(take(UID_A, 100, 17), 17);
	ck_assert_int_eq(readlinkat(dir, "000017", target, sizeof(target)),
		(int)strlen(UID_A));
	ck_assert_str_eq(target, UID_A);
}
END_TEST

START_TEST(test_net_lease__refuses_hostile_uids)
{
	static const char *const bad[] = {
		"", "../../etc/passwd", "a/b", "a b", "a\n", "xyz", ".", "..",
		"\x1b[31m",
		/* 64 digits, one too many */
		"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
	};
	struct pod_error e;
	uint64_t index;
	size_t i;

	for (i = 0; i < ARRAY_LEN(bad); i++) {
		memset(&e, 0, sizeof(e));
		ck_assert_int_eq(net_lease_take(dir, bad[i], 9, 0, &index, &e),
			-EINVAL);
		ck_assert_ptr_null(strchr(e.subject, '\x1b'));
		ck_assert_int_eq(net_lease_take_index(dir, bad[i], 0, NULL),
			-EINVAL);
		ck_assert_int_eq(net_lease_release(dir, bad[i], 0), -EINVAL);
	}
	ck_assert_uint_eq(count(false), 0);
}
END_TEST

START_TEST(test_net_lease__a_given_index_names_its_holder_when_taken)
{
	struct pod_error e = { 0 };

	ck_assert_int_eq(net_lease_take_index(dir, UID_A, 5, &e), 0);
	ck_assert_int_eq(net_lease_take_index(dir, UID_A, 5, &e), 0);
	ck_assert_int_eq(net_lease_take_index(dir, UID_B, 5, &e),
		-EADDRINUSE);
	ck_assert_ptr_nonnull(strstr(e.message, UID_A));
}
END_TEST

START_TEST(test_net_lease__only_the_holder_releases)
{
	ck_assert_uint_eq(take(UID_A, 9, 4), 4);
	ck_assert_int_eq(net_lease_release(dir, UID_B, 4), -EPERM);
	ck_assert_uint_eq(count(false), 1);
	ck_assert_int_eq(net_lease_release(dir, UID_A, 4), 0);
	ck_assert_int_eq(net_lease_release(dir, UID_A, 4), 0);
	ck_assert_uint_eq(count(false), 0);
	ck_assert_uint_eq(take(UID_B, 9, 4), 4);
}
END_TEST

START_TEST(test_net_lease__what_is_no_symlink_is_taken_by_nobody_we_know)
{
	struct pod_error e = { 0 };

	ck_assert_int_eq(mkdirat(dir, "000000", 0700), 0);
	ck_assert_uint_eq(take(UID_A, 9, 0), 1);
	ck_assert_int_eq(net_lease_take_index(dir, UID_A, 0, &e),
		-EADDRINUSE);
	ck_assert_int_eq(net_lease_release(dir, UID_A, 0), -EPERM);
	ck_assert_int_eq(unlinkat(dir, "000000", AT_REMOVEDIR), 0);
}
END_TEST

START_TEST(test_net_lease__start_is_stable_and_spread)
{
	char uid[64];
	unsigned int hits[16] = { 0 }, i;

	ck_assert_uint_eq(net_lease_start(UID_A, 0), 0);
	ck_assert_uint_eq(net_lease_start(UID_A, 65533),
		net_lease_start(UID_A, 65533));
	for (i = 0; i < 1600; i++) {
		(void)snprintf(uid, sizeof(uid), "%08x-0000-4000-8000", i);
		hits[net_lease_start(uid, 65533) / 4096]++;
	}
	for (i = 0; i < 16; i++)
		ck_assert_msg(hits[i] > 50 && hits[i] < 150, "%u", hits[i]);
}
END_TEST

/* One racer: writes the index it got; waits for the pipe to be closed. */
static void race(int gate, int out, unsigned int me, uint64_t capacity)
{
	char uid[64], c;
	uint64_t index;

	(void)snprintf(uid, sizeof(uid), "%08x-0000-4000-8000", me);
	if (read(gate, &c, 1) != 0 ||
	    net_lease_take(dir, uid, capacity, 0, &index, NULL) < 0 ||
	    write(out, &index, sizeof(index)) != sizeof(index))
		_exit(1);
	_exit(0);
}

START_TEST(test_net_lease__64_processes_share_64_addresses_and_none_is_lost)
{
	bool is_seen[RACERS] = { false };
	int gate[2], out[2], status;
	uint64_t index;
	unsigned int i;
	pid_t pid;

	ck_assert_int_eq(pipe2(gate, O_CLOEXEC), 0);
	ck_assert_int_eq(pipe2(out, O_CLOEXEC), 0);
	for (i = 0; i < RACERS; i++) {
		pid = fork();
		ck_assert_int_ge(pid, 0);
		if (pid == 0) {
			close_fd(gate[1]);
			race(gate[0], out[1], i, RACERS);
		}
	}
	close_fd(gate[1]);
	for (i = 0; i < RACERS; i++) {
		ck_assert_int_gt(wait(&status), 0);
		ck_assert_int_eq(status, 0);
		ck_assert_int_eq(read(out[0], &index, sizeof(index)),
			sizeof(index));
		ck_assert_uint_lt(index, RACERS);
		ck_assert(!is_seen[index]);
		is_seen[index] = true;
	}
	ck_assert_uint_eq(count(false), RACERS);
	close_fd(gate[0]);
	close_fd(out[0]);
	close_fd(out[1]);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("net/lease");
	TCase *t = tcase_create("lease");
	SRunner *sr;
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t,
		test_net_lease__takes_the_start_then_the_next_and_wraps);
	tcase_add_test(t, test_net_lease__start_beyond_the_capacity_wraps);
	tcase_add_test(t, test_net_lease__is_a_symlink_from_index_to_uid);
	tcase_add_test(t, test_net_lease__refuses_hostile_uids);
	tcase_add_test(t,
		test_net_lease__a_given_index_names_its_holder_when_taken);
	tcase_add_test(t, test_net_lease__only_the_holder_releases);
	tcase_add_test(t,
		test_net_lease__what_is_no_symlink_is_taken_by_nobody_we_know);
	tcase_add_test(t, test_net_lease__start_is_stable_and_spread);
	tcase_add_test(t,
		test_net_lease__64_processes_share_64_addresses_and_none_is_lost);
	suite_add_tcase(s, t);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
