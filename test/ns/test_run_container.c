/* SPDX-License-Identifier: MIT */
/*
 * Level 1: one process, launched, started, waited for.
 */
#include <check.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run_fixture.h"
#include "support/fixture.h"

static int answer(void *argument)
{
	return *(int *)argument;
}

static struct pod_container *launch(struct pod_spec *take)
{
	struct pod_container *c = NULL;
	int r = pod_container_launch(world.engine, take, NULL, &c,
		&world.err);

	pod_spec_free(take);
	run_ok(r);
	return c;
}

START_TEST(test_run_container__a_function_runs_and_its_result_is_the_exit_code)
{
	static const int codes[] = { 0, 1, 42, 255, 256, -1 };
	size_t i;

	for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		int code = codes[i], status;
		char *out;

		status = run_capture(run_spec("", "", "false"), answer, &code,
			&out);
		ck_assert(WIFEXITED(status));
		ck_assert_int_eq(WEXITSTATUS(status), code & 0xff);
		ck_assert_str_eq(out, "");
		free(out);
	}
}
END_TEST

START_TEST(test_run_container__a_program_runs_and_its_exit_code_is_known)
{
	char *out;
	int status = run_capture(run_spec("", "", "echo hello; exit 7"), NULL,
		NULL, &out);

	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 7);
	ck_assert_str_eq(out, "hello\n");
	free(out);
}
END_TEST

START_TEST(test_run_container__a_signal_is_told_from_an_exit)
{
	struct pod_container *c = launch(run_spec("", "", "sleep 1000"));
	int status = 0, again = 0;

	run_ok(pod_container_start(c, &world.err));
	ck_assert_int_eq(pod_container_start(c, NULL), -EALREADY);
	ck_assert_int_gt(pod_container_pid(c), 1);
	run_ok(pod_container_kill(c, SIGKILL, &world.err));
	run_ok(pod_container_wait(c, &status, &world.err));
	ck_assert(WIFSIGNALED(status));
	ck_assert_int_eq(WTERMSIG(status), SIGKILL);
	run_ok(pod_container_wait(c, &again, &world.err));
	ck_assert_int_eq(status, again);
	ck_assert_int_eq(pod_container_kill(c, SIGTERM, NULL), -ESRCH);
	pod_container_free(c);
}
END_TEST

START_TEST(test_run_container__the_pidfd_is_readable_at_the_end)
{
	struct pod_container *c = launch(run_spec("", "", "read x; exit 3"));
	struct pollfd p = { .fd = pod_container_pidfd(c), .events = POLLIN };

	ck_assert_int_ge(p.fd, 0);
	ck_assert_int_eq(poll(&p, 1, 0), 0);
	/* stdin is /dev/null: read ends at once */
	run_ok(pod_container_start(c, &world.err));
	ck_assert_int_eq(poll(&p, 1, 20000), 1);
	pod_container_free(c);
}
END_TEST

static void expect_exec_error(struct pod_spec *take, int code)
{
	struct pod_container *c = launch(take);
	char text[1200];

	ck_assert_int_eq(pod_container_start(c, &world.err), code);
	ck_assert_int_eq(world.err.code, code);
	ck_assert_int_eq(world.err.stage, POD_STAGE_EXEC);
	ck_assert_str_eq(world.err.container, "main");
	(void)pod_error_format(&world.err, text, sizeof(text));
	ck_assert_ptr_nonnull(strstr(text, "main: execute "));
	ck_assert_ptr_nonnull(strstr(text, pod_errno_name(code)));
	ck_assert_int_lt(pod_container_wait(c, NULL, NULL), 0);
	ck_assert_int_lt(pod_container_kill(c, SIGTERM, NULL), 0);
	pod_container_free(c);
}

static struct pod_spec *spec_of_program(const char *program)
{
	char yaml[512];

	(void)snprintf(yaml, sizeof(yaml),
		"apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n"
		"spec:\n  containers:\n  - name: main\n    image: host\n"
		"    command: [\"%s\"]\n", program);
	return run_load(yaml);
}

START_TEST(test_run_container__a_missing_program_is_enoent_at_exec)
{
	expect_exec_error(spec_of_program("/no/such/program"), -ENOENT);
	ck_assert_ptr_nonnull(strstr(world.err.operation,
		"/no/such/program"));
	ck_assert_str_ne(world.err.hint, "");
	memset(&world.err, 0, sizeof(world.err));
	expect_exec_error(spec_of_program("no-such-program"), -ENOENT);
}
END_TEST

START_TEST(test_run_container__a_file_that_is_no_program_is_eacces_at_exec)
{
	expect_exec_error(spec_of_program("/etc/passwd"), -EACCES);
	memset(&world.err, 0, sizeof(world.err));
	expect_exec_error(spec_of_program("/etc"), -EACCES);
}
END_TEST

START_TEST(test_run_container__an_unstarted_one_is_freed_without_a_trace)
{
	struct pod_container *c = launch(run_spec("", "", "exit 0"));
	pid_t pid = pod_container_pid(c);

	ck_assert_int_eq(kill(pid, 0), 0);
	pod_container_free(c);
	ck_assert_int_eq(kill(pid, 0), -1);
	ck_assert_int_eq(errno, ESRCH);
	/* and nothing for an engine that is freed with containers in it */
	c = launch(run_spec("", "", "exit 0"));
	pod_container_free(c);
	pod_container_free(NULL);
}
END_TEST

START_TEST(test_run_container__free_kills_what_runs)
{
	struct pod_container *c =
		launch(run_spec("", "", "trap '' TERM; sleep 1000 & wait"));
	pid_t pid = pod_container_pid(c);

	run_ok(pod_container_start(c, &world.err));
	pod_container_free(c);
	ck_assert_int_eq(kill(pid, 0), -1);
}
END_TEST

START_TEST(test_run_container__more_than_one_container_is_refused)
{
	struct pod_container *c = NULL;
	struct pod_spec *spec = run_load("apiVersion: v1\nkind: Pod\n"
		"metadata: {name: p}\nspec:\n  containers:\n"
		"  - {name: a, image: host}\n  - {name: b, image: host}\n");

	ck_assert_int_eq(pod_container_launch(world.engine, spec, NULL, &c,
		&world.err), -EINVAL);
	ck_assert_ptr_null(c);
	pod_spec_free(spec);
}
END_TEST

START_TEST(test_run_container__options_of_a_newer_version_are_refused)
{
	struct pod_container_options o = { .size = sizeof(o) + 8 };
	struct pod_container *c = NULL;
	struct pod_spec *spec = run_spec("", "", "true");

	ck_assert_int_eq(pod_container_launch(world.engine, spec, &o, &c,
		NULL), -E2BIG);
	pod_spec_free(spec);
}
END_TEST

START_TEST(test_run_container__stdin_is_the_callers_when_given)
{
	struct pod_container_options o = { .size = sizeof(o),
		.stdout_fd = -1, .stderr_fd = -1 };
	struct pod_container *c = NULL;
	struct pod_spec *spec = run_spec("", "",
		"read x; test \"$x\" = secret");
	int ends[2], status = -1;

	ck_assert_int_eq(pipe(ends), 0);
	o.stdin_fd = ends[0];
	run_ok(pod_container_launch(world.engine, spec, &o, &c, &world.err));
	pod_spec_free(spec);
	run_ok(pod_container_start(c, &world.err));
	ck_assert_int_eq(write(ends[1], "secret\n", 7), 7);
	run_ok(pod_container_wait(c, &status, &world.err));
	ck_assert_int_eq(status, 0);
	pod_container_free(c);
	(void)close(ends[0]);
	(void)close(ends[1]);
}
END_TEST

START_TEST(test_run_container__after_fork_the_engine_says_echild)
{
	struct pod_container *c = launch(run_spec("", "", "exit 5"));
	struct pod *pod = NULL;
	struct pod_spec *spec = run_spec("", "", "true");
	int status = 0;
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		struct pod_container *d = NULL;
		int bad = 0;

		bad |= (pod_engine_dispatch(world.engine, NULL) != -ECHILD);
		bad |= (pod_create(world.engine, spec, NULL, &pod, NULL) !=
			-ECHILD) << 1;
		bad |= (pod_container_launch(world.engine, spec, NULL, &d,
			NULL) != -ECHILD) << 2;
		bad |= (pod_container_start(c, NULL) != -ECHILD) << 3;
		bad |= (pod_container_kill(c, SIGKILL, NULL) != -ECHILD) << 4;
		bad |= (pod_container_wait(c, NULL, NULL) != -ECHILD) << 5;
		pod_container_free(c);
		pod_engine_free(world.engine);
		_exit(bad);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(status == 0, "calls that went through: %x",
		WEXITSTATUS(status));
	pod_spec_free(spec);
	/* the copy has taken nothing from us */
	run_ok(pod_container_start(c, &world.err));
	run_ok(pod_container_wait(c, &status, &world.err));
	ck_assert_int_eq(WEXITSTATUS(status), 5);
	pod_container_free(c);
}
END_TEST

static volatile sig_atomic_t chld_count;

static void on_chld(int signal)
{
	(void)signal;
	chld_count++;
}

START_TEST(test_run_container__sigchld_of_the_program_is_its_own)
{
	struct sigaction mine = { .sa_handler = on_chld }, now;
	int status = 0;
	char *out;
	pid_t pid;

	ck_assert_int_eq(sigaction(SIGCHLD, &mine, NULL), 0);
	/* the kernel sends it for any child that has exec'd; its waiting and
	 * its handler are untouched */
	out = run_script("", "", "true");
	free(out);
	ck_assert_int_eq(sigaction(SIGCHLD, NULL, &now), 0);
	ck_assert(now.sa_handler == on_chld);
	pid = fork();
	if (pid == 0)
		_exit(9);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(WEXITSTATUS(status), 9);
	ck_assert_int_ge(chld_count, 1);
}
END_TEST

START_TEST(test_run_container__the_caller_keeps_its_own_state)
{
	char before[256], after[256], *out;
	sigset_t mask, now;
	mode_t old = umask(027);
	int i;

	(void)sigemptyset(&mask);
	(void)sigaddset(&mask, SIGUSR1);
	(void)sigprocmask(SIG_SETMASK, &mask, NULL);
	ck_assert_ptr_nonnull(getcwd(before, sizeof(before)));
	out = run_script("", "", "umask; cat /proc/self/status");
	ck_assert_int_eq(strncmp(out, "0022\n", 5), 0);
	ck_assert_ptr_nonnull(strstr(out, "SigBlk:\t0000000000000000"));
	ck_assert_ptr_nonnull(strstr(out, "SigIgn:\t0000000000000000"));
	free(out);
	ck_assert_ptr_nonnull(getcwd(after, sizeof(after)));
	ck_assert_str_eq(before, after);
	ck_assert_uint_eq(umask(old), 027);
	(void)sigprocmask(SIG_SETMASK, NULL, &now);
	for (i = 1; i < 32; i++)
		ck_assert_int_eq(sigismember(&now, i), i == SIGUSR1);
}
END_TEST

START_TEST(test_run_container__ignored_sigchld_loses_the_code_not_the_end)
{
	struct pod_container *c = launch(run_spec("", "", "exit 4"));
	struct pollfd p = { .fd = pod_container_pidfd(c), .events = POLLIN };
	int status = 0, r;

	/* the kernel reaps for us: the end is seen, its code perhaps not */
	(void)signal(SIGCHLD, SIG_IGN);
	run_ok(pod_container_start(c, &world.err));
	ck_assert_int_eq(poll(&p, 1, 20000), 1);
	r = pod_container_wait(c, &status, NULL);
	ck_assert(r == -ECHILD || WEXITSTATUS(status) == 4);
	pod_container_free(c);
}
END_TEST

static void add_tests(TCase *t)
{
	tcase_add_test(t,
		test_run_container__a_function_runs_and_its_result_is_the_exit_code);
	tcase_add_test(t,
		test_run_container__a_program_runs_and_its_exit_code_is_known);
	tcase_add_test(t, test_run_container__a_signal_is_told_from_an_exit);
	tcase_add_test(t, test_run_container__the_pidfd_is_readable_at_the_end);
	tcase_add_test(t,
		test_run_container__a_missing_program_is_enoent_at_exec);
	tcase_add_test(t,
		test_run_container__a_file_that_is_no_program_is_eacces_at_exec);
	tcase_add_test(t,
		test_run_container__an_unstarted_one_is_freed_without_a_trace);
	tcase_add_test(t, test_run_container__free_kills_what_runs);
	tcase_add_test(t,
		test_run_container__more_than_one_container_is_refused);
	tcase_add_test(t,
		test_run_container__options_of_a_newer_version_are_refused);
	tcase_add_test(t,
		test_run_container__stdin_is_the_callers_when_given);
	tcase_add_test(t,
		test_run_container__after_fork_the_engine_says_echild);
	tcase_add_test(t,
		test_run_container__sigchld_of_the_program_is_its_own);
	tcase_add_test(t,
		test_run_container__ignored_sigchld_loses_the_code_not_the_end);
	tcase_add_test(t, test_run_container__the_caller_keeps_its_own_state);
}

int main(void)
{
	Suite *s = suite_create("run/container");
	TCase *t = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_set_timeout(t, 60);
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
