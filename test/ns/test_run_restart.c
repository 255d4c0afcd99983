/* SPDX-License-Identifier: MIT */
/*
 * Restarts, order and termination by a clock that only the test moves.
 */
#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "run_fixture.h"
#include "support/fixture.h"

#define SECONDS(n) ((uint64_t)(n) * USEC_PER_SEC)

static unsigned int wanted_restarts;

static bool has_restarts(struct pod *pod)
{
	return run_status(pod, "main")->restart_count >= wanted_restarts;
}

static bool main_waits(struct pod *pod)
{
	const struct pod_container_status *s = run_status(pod, "main");

	return s->state == POD_WAITING && !strcmp(s->reason,
		"CrashLoopBackOff");
}

static bool main_runs(struct pod *pod)
{
	return run_status(pod, "main")->state == POD_CONTAINER_RUNNING;
}

static struct pod_spec *policy(const char *policy_, const char *script)
{
	struct pod_spec *spec = run_spec("", "", script);

	ck_assert_int_eq(pod_spec_set_restart_policy(spec, policy_), 0);
	return spec;
}

static void dispatch(void)
{
	run_ok(pod_engine_dispatch(world.engine, &world.err));
}

START_TEST(test_run_restart__backoff_is_0_10_20_40_to_300_seconds)
{
	static const unsigned int delays[] = { 10, 20, 40, 80, 160, 300, 300 };
	struct pod *pod = run_create_pod(policy("Always", "exit 3"));
	size_t i;

	run_ok(pod_start(pod, &world.err));
	/* the first restart is at once */
	wanted_restarts = 1;
	run_until(pod, has_restarts);
	for (i = 0; i < sizeof(delays) / sizeof(delays[0]); i++) {
		const struct pod_container_status *s;
		char text[64];

		run_until(pod, main_waits);
		ck_assert_int_eq(pod_engine_timeout_ms(world.engine),
			(int)delays[i] * 1000);
		s = run_status(pod, "main");
		(void)snprintf(text, sizeof(text), "back-off %us", delays[i]);
		ck_assert_ptr_nonnull(strstr(s->message, text));
		ck_assert_int_eq(s->has_last, 1);
		ck_assert_int_eq(s->last_termination.exit_code, 3);
		/* one microsecond before: nothing */
		world.now += SECONDS(delays[i]) - 1;
		dispatch();
		ck_assert_uint_eq(run_status(pod, "main")->restart_count,
			wanted_restarts);
		world.now++;
		dispatch();
		wanted_restarts++;
		run_until(pod, has_restarts);
	}
	run_free_pod(pod);
}
END_TEST

START_TEST(test_run_restart__ten_quiet_minutes_forgive)
{
	struct pod *pod = run_create_pod(policy("Always",
		"trap 'exit 3' USR1; while :; do sleep 1000 & wait; done"));
	int round;

	run_ok(pod_start(pod, &world.err));
	for (round = 0; round < 3; round++) {
		run_until(pod, main_runs);
		world.now += SECONDS(600);
		wanted_restarts = (unsigned int)round + 1;
		run_ok(pod_kill(pod, "main", SIGKILL, &world.err));
		/* at once every time: no back-off is left over */
		run_until(pod, has_restarts);
	}
	run_free_pod(pod);
}
END_TEST

START_TEST(test_run_restart__on_failure_restarts_failures_only)
{
	struct pod *pod = run_create_pod(policy("OnFailure", "exit 0"));
	const struct pod_container_status *s;

	run_ok(pod_start(pod, &world.err));
	run_until(pod, run_is_over);
	s = run_status(pod, "main");
	ck_assert_uint_eq(s->restart_count, 0);
	ck_assert_str_eq(s->termination.reason, "Completed");
	run_free_pod(pod);
	pod = run_create_pod(policy("OnFailure", "exit 1"));
	run_ok(pod_start(pod, &world.err));
	wanted_restarts = 1;
	run_until(pod, has_restarts);
	run_until(pod, main_waits);
	run_free_pod(pod);
}
END_TEST

START_TEST(test_run_restart__never_ends_the_pod_as_failed)
{
	struct pod *pod = run_create_pod(policy("Never", "exit 1"));
	const struct pod_container_status *s;

	run_ok(pod_start(pod, &world.err));
	ck_assert_int_eq(pod_wait(pod, &world.err), POD_FAILED);
	s = run_status(pod, "main");
	ck_assert_int_eq(s->state, POD_TERMINATED);
	ck_assert_int_eq(s->termination.exit_code, 1);
	ck_assert_str_eq(s->termination.reason, "Error");
	/* its namespaces are let go a moment later, then nothing is due */
	world.now += SECONDS(1);
	dispatch();
	ck_assert_int_eq(pod_engine_timeout_ms(world.engine), -1);
	run_free_pod(pod);
}
END_TEST

START_TEST(test_run_restart__a_restart_finds_a_fresh_layer)
{
	struct pod *pod = run_create_pod(policy("OnFailure",
		"test -e /marker && exit 0; echo x >/marker; "
		"echo run; exit 1"));
	char *log;

	run_ok(pod_start(pod, &world.err));
	wanted_restarts = 1;
	run_until(pod, has_restarts);
	run_until(pod, main_waits);
	log = run_log(pod, "main", 1);
	ck_assert_ptr_nonnull(log);
	ck_assert_ptr_nonnull(strstr(log, " stdout F run\n"));
	free(log);
	run_free_pod(pod);
}
END_TEST


static bool main_said(struct pod *pod, const char *what)
{
	char *log = run_log(pod, "main", 0);
	bool is = log && strstr(log, what);

	free(log);
	return is;
}

static bool is_ready(struct pod *pod)
{
	return main_said(pod, "ready");
}

static bool got_term(struct pod *pod)
{
	return main_said(pod, "term");
}

#define STUBBORN "trap 'echo term' TERM; echo ready; " \
	"while :; do sleep 1000 & wait; done"

START_TEST(test_run_restart__term_then_grace_then_kill)
{
	struct pod_spec *spec = run_spec(
		"  terminationGracePeriodSeconds: 30\n", "", STUBBORN);
	struct pod *pod = run_create_pod(spec);
	char *events;

	run_ok(pod_start(pod, &world.err));
	run_until(pod, is_ready);
	run_ok(pod_stop(pod, -1, &world.err));
	run_until(pod, got_term);
	ck_assert_int_eq(pod_engine_timeout_ms(world.engine), 30000);
	world.now += SECONDS(30) - 1;
	dispatch();
	ck_assert(main_runs(pod));
	world.now++;
	dispatch();
	run_until(pod, run_is_over);
	ck_assert_int_eq(run_status(pod, "main")->termination.signal, SIGKILL);
	ck_assert_int_eq(run_status(pod, "main")->termination.exit_code, 137);
	events = run_events_text();
	ck_assert_ptr_nonnull(strstr(events, "main Killing\n"));
	ck_assert_ptr_nonnull(strstr(events, "main ExceededGracePeriod\n"));
	free(events);
	run_free_pod(pod);
}
END_TEST

START_TEST(test_run_restart__a_second_stop_only_shortens)
{
	struct pod *pod = run_create_pod(run_spec("", "", STUBBORN));

	run_ok(pod_start(pod, &world.err));
	run_until(pod, is_ready);
	run_ok(pod_stop(pod, 100, &world.err));
	run_ok(pod_stop(pod, 500, &world.err));
	ck_assert_int_eq(pod_engine_timeout_ms(world.engine), 100000);
	run_ok(pod_stop(pod, 20, &world.err));
	ck_assert_int_eq(pod_engine_timeout_ms(world.engine), 20000);
	/* nobody gets less than two seconds after TERM */
	run_ok(pod_stop(pod, 0, &world.err));
	ck_assert_int_eq(pod_engine_timeout_ms(world.engine), 2000);
	world.now += SECONDS(2);
	dispatch();
	run_until(pod, run_is_over);
	run_free_pod(pod);
}
END_TEST

START_TEST(test_run_restart__who_heeds_term_is_not_killed)
{
	struct pod *pod = run_create_pod(run_spec("", "",
		"trap 'exit 0' TERM; echo ready; "
		"while :; do sleep 1000 & wait; done"));

	run_ok(pod_start(pod, &world.err));
	run_until(pod, is_ready);
	run_ok(pod_stop(pod, -1, &world.err));
	run_until(pod, run_is_over);
	ck_assert_int_eq(run_status(pod, "main")->termination.exit_code, 0);
	ck_assert_int_eq(pod_start(pod, NULL), -EALREADY);
	run_free_pod(pod);
}
END_TEST

static const char in_order[] =
	"apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n"
	"  restartPolicy: Never\n  terminationGracePeriodSeconds: 30\n"
	"  volumes: [{name: v, hostPath: {path: %s/shared, "
	"type: DirectoryOrCreate}}]\n"
	"  initContainers:\n"
	"  - name: first\n    image: host\n"
	"    volumeMounts: [{name: v, mountPath: /v}]\n"
	"    command: [sh, -c, 'echo first >>/v/o']\n"
	"  - name: side1\n    image: host\n    restartPolicy: Always\n"
	"    volumeMounts: [{name: v, mountPath: /v}]\n"
	"    command: [sh, -c, 'trap \"echo side1-term >>/v/o; exit 0\" TERM; "
	"echo side1 >>/v/o; while :; do sleep 1000 & wait; done']\n"
	"  - name: second\n    image: host\n"
	"    volumeMounts: [{name: v, mountPath: /v}]\n"
	"    command: [sh, -c, 'until grep -q side1 /v/o; do :; done; "
	"echo second >>/v/o']\n"
	"  - name: side2\n    image: host\n    restartPolicy: Always\n"
	"    volumeMounts: [{name: v, mountPath: /v}]\n"
	"    command: [sh, -c, 'trap \"echo side2-term >>/v/o; exit 0\" TERM; "
	"echo side2 >>/v/o; while :; do sleep 1000 & wait; done']\n"
	"  containers:\n"
	"  - name: main\n    image: host\n"
	"    volumeMounts: [{name: v, mountPath: /v}]\n"
	"    command: [sh, -c, 'until grep -q side2 /v/o; do :; done; "
	"echo main >>/v/o']\n";

START_TEST(test_run_restart__inits_in_order_and_sidecars_stop_last)
{
	char path[512], yaml[4096], *order;
	struct pod *pod;

	(void)snprintf(yaml, sizeof(yaml), in_order, world.dir);
	pod = run_create_pod(run_load(yaml));
	run_ok(pod_start(pod, &world.err));
	run_until(pod, run_is_over);
	(void)snprintf(path, sizeof(path), "%s/shared/o", world.dir);
	order = support_read_file(path);
	ck_assert_str_eq(order, "first\nside1\nsecond\nside2\nmain\n"
		"side2-term\nside1-term\n");
	free(order);
	ck_assert_int_eq(pod_wait(pod, &world.err), POD_SUCCEEDED);
	run_free_pod(pod);
}
END_TEST

static const char bad_init[] =
	"apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n"
	"  restartPolicy: Never\n"
	"  initContainers:\n"
	"  - {name: init, image: host, command: [sh, -c, 'exit 5']}\n"
	"  containers:\n"
	"  - {name: main, image: host, command: [sh, -c, 'exit 0']}\n";

START_TEST(test_run_restart__a_failed_init_fails_the_pod)
{
	struct pod *pod = run_create_pod(run_load(bad_init));

	run_ok(pod_start(pod, &world.err));
	ck_assert_int_eq(pod_wait(pod, &world.err), POD_FAILED);
	ck_assert_int_eq(run_status(pod, "init")->termination.exit_code, 5);
	ck_assert_int_ne(run_status(pod, "main")->state, POD_TERMINATED);
	ck_assert_uint_eq((uint64_t)run_status(pod, "main")->started_usec, 0);
	run_free_pod(pod);
}
END_TEST

START_TEST(test_run_restart__a_sidecar_is_restarted_while_the_rest_runs)
{
	struct pod *pod = run_create_pod(run_load(
		"apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n"
		"  restartPolicy: Never\n"
		"  initContainers:\n"
		"  - {name: main, image: host, restartPolicy: Always, "
		"command: [sh, -c, 'exit 1']}\n"
		"  containers:\n"
		"  - {name: work, image: host, command: [sleep, '1000']}\n"));

	run_ok(pod_start(pod, &world.err));
	wanted_restarts = 1;
	run_until(pod, has_restarts);
	run_until(pod, main_waits);
	ck_assert_int_eq(run_status(pod, "work")->state,
		POD_CONTAINER_RUNNING);
	run_free_pod(pod);
}
END_TEST

START_TEST(test_run_restart__a_program_that_vanishes_is_a_start_error)
{
	struct pod *pod = run_create_pod(run_load(
		"apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n"
		"  containers:\n"
		"  - {name: main, image: host, command: [/no/such]}\n"));
	const struct pod_container_status *s;

	ck_assert_int_eq(pod_start(pod, &world.err), -ENOENT);
	ck_assert_int_eq(world.err.stage, POD_STAGE_EXEC);
	ck_assert_str_eq(world.err.container, "main");
	s = run_status(pod, "main");
	ck_assert_str_eq(s->termination.reason, "StartError");
	ck_assert_int_eq(s->termination.exit_code, 128);
	run_until(pod, run_is_over);
	run_free_pod(pod);
}
END_TEST

static void add_tests(TCase *t)
{
	tcase_add_test(t,
		test_run_restart__backoff_is_0_10_20_40_to_300_seconds);
	tcase_add_test(t, test_run_restart__ten_quiet_minutes_forgive);
	tcase_add_test(t, test_run_restart__on_failure_restarts_failures_only);
	tcase_add_test(t, test_run_restart__never_ends_the_pod_as_failed);
	tcase_add_test(t, test_run_restart__a_restart_finds_a_fresh_layer);
	tcase_add_test(t, test_run_restart__term_then_grace_then_kill);
	tcase_add_test(t, test_run_restart__a_second_stop_only_shortens);
	tcase_add_test(t, test_run_restart__who_heeds_term_is_not_killed);
	tcase_add_test(t,
		test_run_restart__inits_in_order_and_sidecars_stop_last);
	tcase_add_test(t, test_run_restart__a_failed_init_fails_the_pod);
	tcase_add_test(t,
		test_run_restart__a_sidecar_is_restarted_while_the_rest_runs);
	tcase_add_test(t,
		test_run_restart__a_program_that_vanishes_is_a_start_error);
}

int main(void)
{
	Suite *s = suite_create("run/restart");
	TCase *t = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, fixture_leak_setup,
		fixture_leak_teardown);
	tcase_add_checked_fixture(t, run_setup_clock, run_teardown);
	add_tests(t);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
