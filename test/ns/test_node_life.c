// SPDX-License-Identifier: MIT
/*
 * test_node_life.c - named pods from create to delete, with real supervisors.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "node_fixture.h"
#include "support/fixture.h"

static char uid[64];

START_TEST(test_node__create_start_stop_delete)
{
	make_pod("life", FOREVER, 0, uid);
	ck_assert_str_eq(word_of("life"), "ContainerCreating");
	ok(pod_node_start(node, "life", &error));
	await_output("life");
	ck_assert_str_eq(word_of("pod/life"), "Running");
	ck_assert_str_eq(word_of(uid), "Running");
	ok(pod_node_stop(node, "life", -1, &error));
	ck_assert_str_eq(word_of("default/life"), "Completed");
	ok(pod_node_delete(node, "life", -1, 0, &error));
	ck_assert_str_eq(word_of("life"), "gone");
	ck_assert_int_eq(
		pod_node_delete(node, "life", -1, 0, NULL), -ENOENT);
}
END_TEST

START_TEST(test_node__a_pod_that_was_never_started_is_deleted)
{
	make_pod("life", FOREVER, 0, uid);
	ok(pod_node_delete(node, "life", 1, 0, &error));
	ck_assert_str_eq(word_of("life"), "gone");
}
END_TEST

START_TEST(test_node__an_ended_pod_keeps_its_record_until_deleted)
{
	int code = -1;

	make_pod("life", "exit 3", POD_NODE_START, uid);
	ok(pod_node_wait(node, "life", &code, &error));
	ck_assert_int_eq(code, 3);
	ok(pod_node_wait(node, uid, &code, &error));
	ck_assert_str_eq(word_of("life"), "Error");
	ok(pod_node_stop(node, "life", -1, &error));
	ok(pod_node_delete(node, "life", -1, 0, &error));
}
END_TEST

START_TEST(test_node__one_that_removes_itself_still_tells_its_exit_code)
{
	int code = -1;

	make_pod("life", "exit 7", POD_NODE_START | POD_NODE_REMOVE, uid);
	ok(pod_node_wait(node, "life", &code, &error));
	ck_assert_int_eq(code, 7);
	ck_assert_str_eq(word_of(uid), "gone");
}
END_TEST

START_TEST(test_node__a_signal_reaches_the_main_process)
{
	int code = -1;

	make_pod("life", "trap 'exit 42' USR1; echo up; "
			 "while :; do sleep 1000 & wait; done",
		POD_NODE_START, uid);
	ck_assert_int_eq(
		pod_node_kill(node, "life", "nosuch", SIGUSR1, NULL), -ENOENT);
	ck_assert_int_eq(pod_node_kill(node, "life", NULL, 999, NULL), -EINVAL);
	await_output("life");
	ok(pod_node_kill(node, "life", "main", SIGUSR1, &error));
	ok(pod_node_wait(node, "life", &code, &error));
	ck_assert_int_eq(code, 42);
	ok(pod_node_delete(node, "life", -1, 0, &error));
}
END_TEST

START_TEST(test_node__the_name_of_a_living_pod_is_taken)
{
	struct pod_spec *spec;

	make_pod("life", FOREVER, 0, uid);
	spec = spec_of("life", "true");
	ck_assert_int_eq(
		pod_node_create(node, spec, 0, NULL, &error), -EEXIST);
	pod_spec_free(spec);
	memset(&error, 0, sizeof(error));
	ok(pod_node_delete(node, "life", 0, 0, &error));
}
END_TEST

START_TEST(test_node__a_program_that_is_not_there_leaves_nothing)
{
	const char *argv[] = { "/nonexistent", NULL };
	struct pod_spec *spec = NULL;
	struct pod_problems *problems = NULL;

	ok(pod_spec_new("life", &spec, &error));
	ok(pod_spec_set_host_network(spec, 1));
	ok(pod_spec_add_container(spec, "container", "main", "host", argv));
	ok(pod_spec_validate(spec, &problems, &error));
	ck_assert_int_eq(pod_node_create(node, spec, POD_NODE_START, NULL,
				 &error), -ENOENT);
	ck_assert_str_eq(error.container, "main");
	pod_spec_free(spec);
	pod_problems_free(problems);
	ck_assert_str_eq(word_of("life"), "gone");
}
END_TEST

static int exec_in(const char *script, int out, int *ret_code)
{
	const char *argv[] = { "/bin/sh", "-c", script, NULL };
	const char *env[] = { "ADDED=yes", NULL };
	const struct pod_exec_options o = {
		.size = sizeof(o),
		.argv = argv,
		.env = env,
		.cwd = "/tmp",
		.stdin_fd = -1,
		.stdout_fd = out,
		.stderr_fd = -1,
	};

	memset(&error, 0, sizeof(error));
	return pod_node_exec(node, "life", NULL, &o, ret_code, &error);
}

START_TEST(test_node__exec_runs_inside_and_tells_its_end)
{
	int pipe_fd[2], code = -1;
	char text[64] = "";
	const char *argv[] = { "/nonexistent", NULL };
	struct pod_exec_options o = { .size = sizeof(o), .argv = argv,
		.stdin_fd = -1, .stdout_fd = -1, .stderr_fd = -1 };

	make_pod("life", FOREVER, POD_NODE_START, uid);
	ck_assert_int_eq(pipe2(pipe_fd, O_CLOEXEC), 0);
	ok(exec_in("echo $ADDED $PWD; exit 5", pipe_fd[1], &code));
	ck_assert_int_eq(code, 5);
	ck_assert_int_gt(read(pipe_fd[0], text, sizeof(text) - 1), 0);
	ck_assert_str_eq(text, "yes /tmp\n");
	ok(exec_in("kill -9 $$", -1, &code));
	ck_assert_int_eq(code, 137);
	ck_assert_int_eq(
		pod_node_exec(node, "life", "main", &o, &code, &error), -ENOENT);
	ck_assert_int_eq(code, 127);
	memset(&error, 0, sizeof(error));
	ok(pod_node_delete(node, "life", -1, 0, &error));
	(void)close(pipe_fd[0]);
	(void)close(pipe_fd[1]);
}
END_TEST

START_TEST(test_node__force_delete_frees_the_name_at_once)
{
	char second[64];

	/* TERM is ignored by PID 1, so it lives through the short window */
	make_pod("life", "trap '' TERM; echo up; while :; do sleep 1000; done",
		POD_NODE_START, uid);
	await_output("life");
	ok(pod_node_delete(node, "life", 0, POD_NODE_FORCE, &error));
	ck_assert_str_eq(word_of("life"), "gone");
	make_pod("life", FOREVER, POD_NODE_START, second);
	ck_assert_str_ne(uid, second);
	ck_assert_str_eq(word_of(uid), "Terminating");
	ck_assert_str_eq(word_of("life"), "Running");
	/* the second one's delete may not be the first one's */
	(void)pod_node_delete(node, uid, 0, POD_NODE_FORCE, NULL);
	await_end(supervisor_of(uid));
	ck_assert_str_eq(word_of(uid), "gone");
	ck_assert_str_eq(word_of("life"), "Running");
	ok(pod_node_delete(node, "life", -1, 0, &error));
}
END_TEST

START_TEST(test_node__no_wait_returns_while_it_ends)
{
	int pid;

	make_pod("life", FOREVER, POD_NODE_START, uid);
	pid = supervisor_of("life");
	ok(pod_node_delete(node, "life", -1, POD_NODE_NO_WAIT, &error));
	await_end(pid);
	ck_assert_str_eq(word_of("life"), "gone");
}
END_TEST

START_TEST(test_node__watch_misses_no_change)
{
	int r;

	make_pod("life", "exit 0", 0, uid);
	ck_assert_int_eq(pod_node_watch(node, "life", 10000, &error), 1);
	ck_assert_int_eq(pod_node_watch(node, "life", 0, &error), 0);
	ok(pod_node_start(node, "life", &error));
	while (strcmp(word_of("life"), "Completed")) {
		r = pod_node_watch(node, "life", 10000, &error);
		ck_assert_int_eq(r, 1);
	}
	ok(pod_node_delete(node, "life", -1, 0, &error));
	ck_assert_int_eq(pod_node_watch(node, "life", 0, NULL), -ENOENT);
}
END_TEST

START_TEST(test_node__sigterm_to_the_supervisor_stops_the_pod)
{
	int code = -1, pid;

	make_pod("life", FOREVER, POD_NODE_START, uid);
	pid = supervisor_of("life");
	ck_assert_int_eq(kill(pid, SIGTERM), 0);
	ok(pod_node_wait(node, "life", &code, &error));
	ck_assert_int_eq(code, 0);
	ck_assert_int_eq(kill(pid, 0), 0);
	ok(pod_node_delete(node, "life", -1, 0, &error));
}
END_TEST

START_TEST(test_node__its_files_are_private)
{
	char path[512];
	struct stat st;

	(void)umask(0);
	make_pod("life", FOREVER, POD_NODE_START, uid);
	(void)snprintf(path, sizeof(path), "%s/pods/%s/sock",
		getenv("PODRUN_RUN"), uid);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	(void)snprintf(path, sizeof(path), "%s/pods/%s", getenv("PODRUN_RUN"),
		uid);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0700);
	ok(pod_node_delete(node, "life", -1, 0, &error));
}
END_TEST

START_TEST(test_node__list_get_json_and_inspect_agree)
{
	struct pod_status **list = NULL;
	char *json = NULL, *record = NULL, log[512];
	size_t n = 0, i;

	make_pod("life-b", FOREVER, POD_NODE_START, uid);
	make_pod("life-a", FOREVER, 0, NULL);
	ok(pod_node_list(node, NULL, &list, &n, &error));
	ck_assert_uint_eq(n, 2);
	ck_assert_str_eq(list[0]->name, "life-a");
	ck_assert_int_eq(list[1]->owner_alive, 1);
	for (i = 0; i < n; i++)
		pod_status_free(list[i]);
	free(list);
	ok(pod_node_list(node, "elsewhere", &list, &n, &error));
	ck_assert_uint_eq(n, 0);
	free(list);
	ok(pod_node_get_json(node, "life-b", &json, &error));
	ck_assert_ptr_nonnull(strstr(json, uid));
	ck_assert_ptr_nonnull(strstr(json, "\"phase\":\"Running\""));
	free(json);
	ok(pod_node_inspect(node, "life-b", &record, &error));
	ck_assert_ptr_nonnull(strstr(record, "\"seccomp\": \"filter\""));
	ck_assert_ptr_nonnull(strstr(record, "\"bounding\""));
	ck_assert_ptr_nonnull(strstr(record, "\"/proc/sys\""));
	free(record);
	ok(pod_node_log_path(node, "life-b", "main", -1, log, sizeof(log),
		&error));
	ck_assert_int_eq(access(log, R_OK), 0);
	ck_assert_int_eq(pod_node_log_path(node, "life-b", "nosuch", -1, log,
				 sizeof(log), NULL), -ENOENT);
	ok(pod_node_delete(node, "life-a", 0, 0, &error));
	ok(pod_node_delete(node, "life-b", 0, 0, &error));
}
END_TEST

static void count_fact(const struct pod_fact *fact, void *context)
{
	ck_assert(fact->name[0] && fact->found);
	ck_assert(fact->state == POD_FACT_OK || fact->effect[0]);
	++*(int *)context;
}

START_TEST(test_node__doctor_tells_facts_and_changes_nothing)
{
	int n = 0;

	ok(pod_node_doctor(node, count_fact, &n, &error));
	ck_assert_int_gt(n, 20);
	ck_assert_int_eq(waitpid(-1, NULL, __WALL | WNOHANG), -1);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("ns/node_life");
	TCase *tc = tcase_create("life");
	SRunner *sr;
	int failed;

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, node_setup, node_teardown);
	tcase_add_test(tc, test_node__create_start_stop_delete);
	tcase_add_test(tc, test_node__a_pod_that_was_never_started_is_deleted);
	tcase_add_test(
		tc, test_node__an_ended_pod_keeps_its_record_until_deleted);
	tcase_add_test(tc,
		test_node__one_that_removes_itself_still_tells_its_exit_code);
	tcase_add_test(tc, test_node__a_signal_reaches_the_main_process);
	tcase_add_test(tc, test_node__the_name_of_a_living_pod_is_taken);
	tcase_add_test(
		tc, test_node__a_program_that_is_not_there_leaves_nothing);
	tcase_add_test(tc, test_node__exec_runs_inside_and_tells_its_end);
	tcase_add_test(tc, test_node__force_delete_frees_the_name_at_once);
	tcase_add_test(tc, test_node__no_wait_returns_while_it_ends);
	tcase_add_test(tc, test_node__watch_misses_no_change);
	tcase_add_test(
		tc, test_node__sigterm_to_the_supervisor_stops_the_pod);
	tcase_add_test(tc, test_node__its_files_are_private);
	tcase_add_test(tc, test_node__list_get_json_and_inspect_agree);
	tcase_add_test(
		tc, test_node__doctor_tells_facts_and_changes_nothing);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
