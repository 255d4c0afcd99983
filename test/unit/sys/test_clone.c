/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "support/fixture.h"
#include "sys/clone.h"

/* A child that tells when it is named, and stays until its stdin closes. */
static pid_t named_child(const char *name, int *ret_end)
{
	int ready[2], end[2];
	char c;
	pid_t pid;

	ck_assert_int_eq(pipe(ready), 0);
	ck_assert_int_eq(pipe(end), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		(void)close(end[1]);
		(void)prctl(PR_SET_NAME, name);
		if (write(ready[1], "x", 1) == 1)
			(void)!read(end[0], &c, 1);
		_exit(0);
	}
	(void)close(ready[1]);
	(void)close(end[0]);
	ck_assert_int_eq(read(ready[0], &c, 1), 1);
	(void)close(ready[0]);
	*ret_end = end[1];
	return pid;
}

/* What the kernel says without the name in the way: PID 1's form is known. */
static uint64_t expected_ticks(pid_t pid)
{
	char path[64], *text, *p;
	uint64_t ticks = 0;
	int field;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	text = support_read_file(path);
	p = strrchr(text, ')');
	ck_assert_ptr_nonnull(p);
	p = strtok(p + 2, " ");
	for (field = 3; p && field < 22; field++)
		p = strtok(NULL, " ");
	ck_assert_ptr_nonnull(p);
	ticks = strtoull(p, NULL, 10);
	free(text);
	return ticks;
}

START_TEST(test_sys_clone__start_ticks_are_not_fooled_by_a_process_name)
{
	static const char *const names[] = { "plain", "a) R 1", ") R 1 1 1",
		"((((", "a b c d e f g", "))))))))", "\n) Z 0" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		uint64_t ticks = 0, mine = 0;
		int end, status;
		pid_t pid = named_child(names[i], &end);

		ck_assert_int_eq(sys_start_ticks(pid, &ticks), 0);
		ck_assert_uint_eq(ticks, expected_ticks(pid));
		ck_assert_int_eq(sys_start_ticks(getpid(), &mine), 0);
		/* born after us, by less than the machine's age */
		ck_assert_uint_ge(ticks, mine);
		ck_assert_uint_gt(mine, 1);
		(void)close(end);
		ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	}
}
END_TEST

START_TEST(test_sys_clone__start_ticks_of_nobody_is_an_error)
{
	uint64_t ticks = 7;

	ck_assert_int_eq(sys_start_ticks(0x7ffffff0, &ticks), -ENOENT);
	ck_assert_uint_eq(ticks, 7);
}
END_TEST

START_TEST(test_sys_clone__futex_wait_returns_at_once_when_it_differs)
{
	uint32_t word = 3;

	ck_assert_int_eq(sys_futex_wait(&word, 4, 0), 0);
}
END_TEST

START_TEST(test_sys_clone__futex_wait_ends_at_its_deadline)
{
	uint32_t word = 3;

	ck_assert_int_eq(sys_futex_wait(&word, 3, 0), -ETIMEDOUT);
	ck_assert_int_eq(sys_futex_wait(&word, 3,
		clock_monotonic_usec() + 1000), -ETIMEDOUT);
}
END_TEST

static void *change(void *argument)
{
	uint32_t *word = argument;

	/* a wake without a change must not end the wait */
	sys_futex_wake(word);
	__atomic_store_n(word, 4, __ATOMIC_SEQ_CST);
	sys_futex_wake(word);
	return NULL;
}

START_TEST(test_sys_clone__futex_wait_sees_a_change_by_another_thread)
{
	int round;

	for (round = 0; round < 100; round++) {
		uint32_t word = 3;
		pthread_t thread;

		ck_assert_int_eq(pthread_create(&thread, NULL, change, &word),
			0);
		ck_assert_int_eq(sys_futex_wait(&word, 3,
			clock_monotonic_usec() + 10 * USEC_PER_SEC), 0);
		ck_assert_int_eq(pthread_join(thread, NULL), 0);
	}
}
END_TEST

START_TEST(test_sys_clone__pidfd_tells_exits_and_signals_apart)
{
	int status = 0, end, fd;
	pid_t pid = named_child("exits", &end);

	fd = sys_pidfd_open(pid);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(sys_pidfd_reap(fd, 1, &status), 0);
	ck_assert_int_eq(sys_pidfd_ended(fd, 0), 0);
	ck_assert_int_eq(sys_pidfd_signal(fd, SIGKILL), 0);
	ck_assert_int_eq(sys_pidfd_ended(fd, 10000), 1);
	ck_assert_int_eq(sys_pidfd_reap(fd, 0, &status), 1);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	ck_assert_int_eq(sys_pidfd_reap(fd, 0, &status), -ECHILD);
	ck_assert_int_eq(sys_pidfd_signal(fd, 0), -ESRCH);
	(void)close(fd);
	(void)close(end);
	pid = fork();
	if (pid == 0)
		_exit(42);
	fd = sys_pidfd_open(pid);
	ck_assert_int_eq(sys_pidfd_reap(fd, 0, &status), 1);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 42);
	(void)close(fd);
	ck_assert_int_lt(sys_pidfd_open(0x7ffffff0), 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sys/clone");
	TCase *t = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_set_timeout(t, 60);
	tcase_add_test(t,
		test_sys_clone__start_ticks_are_not_fooled_by_a_process_name);
	tcase_add_test(t, test_sys_clone__start_ticks_of_nobody_is_an_error);
	tcase_add_test(t,
		test_sys_clone__futex_wait_returns_at_once_when_it_differs);
	tcase_add_test(t, test_sys_clone__futex_wait_ends_at_its_deadline);
	tcase_add_test(t,
		test_sys_clone__futex_wait_sees_a_change_by_another_thread);
	tcase_add_test(t,
		test_sys_clone__pidfd_tells_exits_and_signals_apart);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
