// SPDX-License-Identifier: MIT
/*
 * test_node_crash.c - creators and supervisors killed, names raced for.
 *
 * After every one of these the same name must work again, and gc must find
 * nothing once it has run.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "node_fixture.h"
#include "support/fixture.h"

#define RACERS 64
#define CRASHES 40

static char uid[64];

/* A child that makes a pod of that name when the gate opens. */
static pid_t racer(const char *name, const int gate[2])
{
	struct pod_spec *spec;
	struct pod_node *own;
	pid_t pid = fork();
	char byte;
	int r;

	ck_assert_int_ge(pid, 0);
	if (pid)
		return pid;
	(void)close(gate[1]);
	own = node_open();
	spec = spec_of(name, FOREVER);
	if (read(gate[0], &byte, 1) < 0)
		_exit(3);
	r = pod_node_create(own, spec, POD_NODE_START, NULL, &error);
	if (r < 0 && r != -EEXIST)
		fprintf(stderr, "racer: %s: %s\n", error.operation,
			error.message);
	_exit(r == 0 ? 0 : r == -EEXIST ? 1 : 2);
}

START_TEST(test_node__of_many_creators_of_a_name_one_wins)
{
	pid_t pids[RACERS];
	int gate[2], i, status, won = 0, lost = 0;

	ck_assert_int_eq(pipe(gate), 0);
	for (i = 0; i < RACERS; i++)
		pids[i] = racer("race", gate);
	(void)close(gate[1]);
	(void)close(gate[0]);
	for (i = 0; i < RACERS; i++) {
		ck_assert_int_eq(waitpid(pids[i], &status, 0), pids[i]);
		won += WIFEXITED(status) && WEXITSTATUS(status) == 0;
		lost += WIFEXITED(status) && WEXITSTATUS(status) == 1;
	}
	ck_assert_int_eq(won, 1);
	ck_assert_int_eq(lost, RACERS - 1);
	ck_assert_str_eq(word_of("race"), "Running");
	ok(pod_node_delete(node, "race", -1, 0, &error));
}
END_TEST

START_TEST(test_node__a_dead_supervisor_is_named_and_its_pod_deleted)
{
	int pid;

	make_pod("crash", FOREVER, POD_NODE_START, uid);
	pid = supervisor_of("crash");
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	await_end(pid);
	ck_assert_int_eq(pod_node_start(node, "crash", &error), -EPIPE);
	ck_assert_ptr_nonnull(strstr(error.message, "supervisor"));
	memset(&error, 0, sizeof(error));
	ck_assert_int_gt(gc_count(POD_GC_CHECK), 0);
	ok(pod_node_delete(node, "crash", -1, 0, &error));
	ck_assert_str_eq(word_of("crash"), "gone");
}
END_TEST

START_TEST(test_node__gc_removes_what_a_dead_supervisor_left)
{
	int pid;

	make_pod("crash", FOREVER, POD_NODE_START, uid);
	pid = supervisor_of("crash");
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	await_end(pid);
	ck_assert_int_gt(gc_count(0), 0);
	ck_assert_int_eq(gc_count(POD_GC_CHECK), 0);
	ck_assert_str_eq(word_of("crash"), "gone");
}
END_TEST

START_TEST(test_node__the_name_of_a_dead_supervisor_can_be_taken)
{
	int pid;

	make_pod("crash", FOREVER, POD_NODE_START, uid);
	pid = supervisor_of("crash");
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	await_end(pid);
	make_pod("crash", FOREVER, POD_NODE_START, NULL);
	ck_assert_str_eq(word_of("crash"), "Running");
	ok(pod_node_delete(node, "crash", -1, 0, &error));
}
END_TEST

START_TEST(test_node__gc_leaves_living_pods_alone)
{
	make_pod("crash", FOREVER, POD_NODE_START, uid);
	ck_assert_int_eq(gc_count(0), 0);
	ck_assert_str_eq(word_of("crash"), "Running");
	ok(pod_node_delete(node, "crash", -1, 0, &error));
}
END_TEST

/* No supervisor of this test is left: each dies of its creator's death. */
static bool nobody_owns(void *context)
{
	struct pod_status **list = NULL;
	size_t n = 0, i, alive = 0;

	(void)context;
	if (pod_node_list(node, NULL, &list, &n, NULL) < 0)
		return false;
	for (i = 0; i < n; i++) {
		alive += list[i]->owner_alive != 0;
		pod_status_free(list[i]);
	}
	free(list);
	return alive == 0;
}

/* The points are those that the clock hits: from before the claim to after
 * the answer, in steps a fraction of a creation apart. */
START_TEST(test_node__a_creator_killed_at_any_moment_leaves_what_gc_removes)
{
	struct timespec delay = { .tv_nsec = (long)_i * 200000 };
	int gate[2], status;
	pid_t pid;

	ck_assert_int_eq(pipe(gate), 0);
	pid = racer("crash", gate);
	(void)close(gate[0]);
	(void)close(gate[1]);
	(void)nanosleep(&delay, NULL);
	(void)kill(pid, SIGKILL);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		ok(pod_node_delete(node, "crash", 0, 0, &error));
		return;
	}
	/*
	 * Killed between its word to the supervisor and its end, the creator
	 * has made a pod that lives: then delete works.
	 */
	if (!support_wait_for(nobody_owns, NULL, 2000))
		ok(pod_node_delete(node, "crash", 0, 0, &error));
	(void)gc_count(0);
	ck_assert_int_eq(gc_count(POD_GC_CHECK), 0);
	make_pod("crash", FOREVER, POD_NODE_START, NULL);
	ok(pod_node_delete(node, "crash", 0, 0, &error));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("ns/node_crash");
	TCase *tc = tcase_create("crash");
	SRunner *sr;
	int failed;

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, node_setup, node_teardown);
	tcase_add_test(tc, test_node__of_many_creators_of_a_name_one_wins);
	tcase_add_test(
		tc, test_node__a_dead_supervisor_is_named_and_its_pod_deleted);
	tcase_add_test(
		tc, test_node__gc_removes_what_a_dead_supervisor_left);
	tcase_add_test(
		tc, test_node__the_name_of_a_dead_supervisor_can_be_taken);
	tcase_add_test(tc, test_node__gc_leaves_living_pods_alone);
	tcase_add_loop_test(tc,
		test_node__a_creator_killed_at_any_moment_leaves_what_gc_removes,
		0, CRASHES);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
