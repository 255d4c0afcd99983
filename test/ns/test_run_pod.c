/* SPDX-License-Identifier: MIT */
/*
 * Level 2: pods in this process.
 */
#include <check.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run_fixture.h"
#include "support/fixture.h"

START_TEST(test_run_pod__two_containers_meet_on_localhost_and_share_a_volume)
{
	struct pod *pod = run_create_pod(run_load(
		"apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n"
		"  restartPolicy: Never\n"
		"  volumes: [{name: v, emptyDir: {}}]\n"
		"  containers:\n"
		"  - name: server\n    image: host\n"
		"    volumeMounts: [{name: v, mountPath: /data}]\n"
		"    command: [python3, -c, \"import socket\\ns=socket.socket()"
		"\\ns.bind(('127.0.0.1',8080))\\ns.listen()\\n"
		"open('/data/up','w').close()\\nc=s.accept()[0]\\n"
		"c.sendall(b'hello from server')\\nc.close()\"]\n"
		"  - name: client\n    image: host\n"
		"    volumeMounts: [{name: v, mountPath: /other}]\n"
		"    command: [python3, -c, \"import socket,os\\n"
		"while not os.path.exists('/other/up'): pass\\n"
		"print(socket.create_connection(('localhost',8080)).recv(99)"
		".decode())\"]\n"));
	char *log;

	if (access("/usr/bin/python3", X_OK) < 0) {
		run_free_pod(pod);
		return;
	}
	run_ok(pod_start(pod, &world.err));
	run_until(pod, run_is_over);
	log = run_log(pod, "client", 0);
	ck_assert_ptr_nonnull(log);
	ck_assert_ptr_nonnull(strstr(log, "hello from server"));
	free(log);
	ck_assert_int_eq(pod_wait(pod, &world.err), POD_SUCCEEDED);
	run_free_pod(pod);
}
END_TEST

START_TEST(test_run_pod__a_created_pod_waits_for_its_start)
{
	struct pod *pod = run_create_pod(run_spec("", "", "echo hi"));
	struct pod_status *s = NULL;

	run_ok(pod_get_status(pod, &s, &world.err));
	ck_assert_int_eq(s->phase, POD_PENDING);
	ck_assert_int_eq(s->created, 1);
	ck_assert_int_eq(s->owner_pid, getpid());
	ck_assert_uint_eq(s->count, 1);
	ck_assert_int_eq(s->containers[0].state, POD_WAITING);
	ck_assert_str_eq(s->name, "p");
	ck_assert_str_eq(s->uid, pod_uid(pod));
	ck_assert_str_eq(pod_name(pod), "p");
	ck_assert_uint_ne(s->ns_net, 0);
	ck_assert_str_ne(s->ip4, "");
	pod_status_free(s);
	ck_assert_int_eq(pod_kill(pod, NULL, SIGTERM, NULL), -ESRCH);
	run_ok(pod_start(pod, &world.err));
	ck_assert_int_eq(pod_start(pod, NULL), -EALREADY);
	ck_assert_int_eq(pod_wait(pod, &world.err), POD_SUCCEEDED);
	run_free_pod(pod);
	ck_assert_int_eq(pod_free(NULL, NULL), 0);
}
END_TEST

START_TEST(test_run_pod__a_name_is_taken_until_its_pod_is_freed)
{
	struct pod *pod = run_create_pod(run_spec("", "", "true")), *b = NULL;
	struct pod_spec *spec = run_spec("", "", "true");

	ck_assert_int_eq(pod_create(world.engine, spec, NULL, &b,
		&world.err), -EEXIST);
	ck_assert_ptr_null(b);
	ck_assert_int_eq(world.err.stage, POD_STAGE_STATE);
	ck_assert_ptr_nonnull(strstr(world.err.message, "already exists"));
	run_free_pod(pod);
	memset(&world.err, 0, sizeof(world.err));
	run_ok(pod_create(world.engine, spec, "1234-abcd", &b, &world.err));
	ck_assert_str_eq(pod_uid(b), "1234-abcd");
	run_free_pod(b);
	memset(&world.err, 0, sizeof(world.err));
	b = NULL;
	ck_assert_int_eq(pod_create(world.engine, spec, "../../etc", &b,
		&world.err), -EINVAL);
	pod_spec_free(spec);
}
END_TEST

START_TEST(test_run_pod__kill_reaches_one_container_or_all)
{
	struct pod *pod = run_create_pod(run_load(
		"apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n"
		"  restartPolicy: Never\n  containers:\n"
		"  - {name: a, image: host, command: [sleep, '1000']}\n"
		"  - {name: b, image: host, command: [sleep, '1000']}\n"));

	run_ok(pod_start(pod, &world.err));
	ck_assert_int_eq(pod_kill(pod, "c", SIGTERM, NULL), -ENOENT);
	ck_assert_int_eq(pod_kill(pod, "a", 0, NULL), -EINVAL);
	ck_assert_int_eq(pod_kill(pod, "a", 999, NULL), -EINVAL);
	run_ok(pod_kill(pod, "a", SIGKILL, &world.err));
	while (run_status(pod, "a")->state != POD_TERMINATED)
		run_ok(pod_engine_dispatch(world.engine, &world.err));
	ck_assert_int_eq(run_status(pod, "b")->state, POD_CONTAINER_RUNNING);
	ck_assert_int_eq(pod_kill(pod, "a", SIGKILL, NULL), -ESRCH);
	run_ok(pod_kill(pod, NULL, SIGKILL, &world.err));
	run_until(pod, run_is_over);
	ck_assert_int_eq(run_status(pod, "b")->termination.signal, SIGKILL);
	ck_assert_int_eq(pod_kill(pod, NULL, SIGKILL, NULL), -ESRCH);
	run_free_pod(pod);
}
END_TEST

START_TEST(test_run_pod__events_tell_its_life)
{
	struct pod *pod = run_create_pod(run_spec("", "", "sleep 1000"));
	struct pod_event e;
	char *text;

	run_ok(pod_start(pod, &world.err));
	ck_assert_int_eq(pod_engine_next_event(world.engine, &e), 1);
	ck_assert_str_eq(e.reason, "Created");
	ck_assert_str_eq(e.uid, pod_uid(pod));
	ck_assert_int_gt(e.time_usec, 1500000000 * INT64_C(1000000));
	run_ok(pod_stop(pod, 1, &world.err));
	run_until(pod, run_is_over);
	text = run_events_text();
	ck_assert_ptr_nonnull(strstr(text, "main Started\n"));
	ck_assert_ptr_nonnull(strstr(text, "main Killing\n"));
	free(text);
	run_free_pod(pod);
}
END_TEST

START_TEST(test_run_pod__free_kills_everything_that_was_forked)
{
	struct pod *pod = run_create_pod(run_spec("", "",
		"trap '' TERM HUP INT; for i in 1 2 3 4 5; do "
		"(setsid sh -c 'trap \"\" TERM HUP; sleep 1000') & done; "
		"sleep 1000"));

	run_ok(pod_start(pod, &world.err));
	run_free_pod(pod);
}
END_TEST

START_TEST(test_run_pod__an_engine_that_is_freed_ends_its_pods)
{
	struct pod_engine *other = run_engine();
	struct pod_spec *spec = run_spec("", "", "sleep 1000");
	struct pod *pod = NULL;
	pid_t pid;

	run_ok(pod_create(other, spec, NULL, &pod, &world.err));
	run_ok(pod_start(pod, &world.err));
	pid = run_status(pod, "main")->pid;
	ck_assert_int_eq(kill(pid, 0), 0);
	pod_engine_free(other);
	ck_assert_int_eq(kill(pid, 0), -1);
	/* its name is free again */
	pod = NULL;
	run_ok(pod_create(world.engine, spec, NULL, &pod, &world.err));
	pod_spec_free(spec);
	run_free_pod(pod);
}
END_TEST

START_TEST(test_run_pod__a_stopped_pod_cannot_be_started)
{
	struct pod *pod = run_create_pod(run_spec("", "", "true"));

	run_ok(pod_stop(pod, 0, &world.err));
	ck_assert_int_eq(pod_start(pod, NULL), -EINVAL);
	run_until(pod, run_is_over);
	run_free_pod(pod);
}
END_TEST

START_TEST(test_run_pod__the_engines_fd_tells_when_to_dispatch)
{
	struct pod *pod = run_create_pod(run_spec("", "", "exit 0"));
	struct pollfd p = { .fd = pod_engine_fd(world.engine),
		.events = POLLIN };

	ck_assert_int_eq(poll(&p, 1, 0), 0);
	run_ok(pod_start(pod, &world.err));
	ck_assert_int_eq(poll(&p, 1, 20000), 1);
	run_until(pod, run_is_over);
	ck_assert_int_eq(poll(&p, 1, 0), 0);
	run_free_pod(pod);
}
END_TEST

START_TEST(test_run_pod__ten_pods_live_beside_each_other)
{
	struct pod *pods[10];
	struct pod_status *s = NULL;
	char addresses[10][46];
	int i, k;

	for (i = 0; i < 10; i++) {
		char yaml[256];

		(void)snprintf(yaml, sizeof(yaml), "apiVersion: v1\nkind: Pod"
			"\nmetadata: {name: p%d}\nspec:\n  containers:\n"
			"  - {name: a, image: host, command: [sleep, '999']}\n",
			i);
		pods[i] = run_create_pod(run_load(yaml));
		run_ok(pod_start(pods[i], &world.err));
		run_ok(pod_get_status(pods[i], &s, &world.err));
		strcpy(addresses[i], s->ip4);
		pod_status_free(s);
		for (k = 0; k < i; k++)
			ck_assert_str_ne(addresses[i], addresses[k]);
	}
	for (i = 0; i < 10; i++)
		run_free_pod(pods[(i * 7) % 10]);
}
END_TEST

static void add_tests(TCase *t)
{
	tcase_add_test(t,
		test_run_pod__two_containers_meet_on_localhost_and_share_a_volume);
	tcase_add_test(t, test_run_pod__a_created_pod_waits_for_its_start);
	tcase_add_test(t, test_run_pod__a_name_is_taken_until_its_pod_is_freed);
	tcase_add_test(t, test_run_pod__kill_reaches_one_container_or_all);
	tcase_add_test(t, test_run_pod__events_tell_its_life);
	tcase_add_test(t, test_run_pod__free_kills_everything_that_was_forked);
	tcase_add_test(t, test_run_pod__an_engine_that_is_freed_ends_its_pods);
	tcase_add_test(t, test_run_pod__a_stopped_pod_cannot_be_started);
	tcase_add_test(t, test_run_pod__the_engines_fd_tells_when_to_dispatch);
	tcase_add_test(t, test_run_pod__ten_pods_live_beside_each_other);
}

int main(void)
{
	Suite *s = suite_create("run/pod");
	TCase *t = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, fixture_leak_setup,
		fixture_leak_teardown);
	tcase_add_checked_fixture(t, run_setup, run_teardown);
	add_tests(t);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
