/* SPDX-License-Identifier: MIT */
/*
 * A process that joins a running container.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run_fixture.h"
#include "support/fixture.h"

static struct pod *start(const char *pod_lines, const char *container_lines)
{
	struct pod *pod = run_create_pod(run_spec(pod_lines, container_lines,
		"sleep 1000"));

	run_ok(pod_start(pod, &world.err));
	return pod;
}

/* The waitpid status; output in *ret_out. */
static int exec(struct pod *pod, struct pod_exec_options *o, char **ret_out)
{
	struct pod_container *c = NULL;
	int status = -1, out = memfd_create("output", MFD_CLOEXEC);
	off_t size;

	o->size = sizeof(*o);
	o->stdout_fd = o->stderr_fd = out;
	run_ok(pod_exec(pod, NULL, o, &c, &world.err));
	ck_assert_int_gt(pod_container_pid(c), 1);
	run_ok(pod_container_wait(c, &status, &world.err));
	pod_container_free(c);
	size = lseek(out, 0, SEEK_END);
	*ret_out = calloc(1, (size_t)size + 1);
	ck_assert_int_eq(pread(out, *ret_out, (size_t)size, 0), size);
	(void)close(out);
	return status;
}

static char *exec_shell(struct pod *pod, const char *script)
{
	const char *argv[] = { "/bin/sh", "-c", script, NULL };
	struct pod_exec_options o = { .argv = argv, .stdin_fd = -1 };
	char *out;
	int status = exec(pod, &o, &out);

	ck_assert_msg(status == 0, "%x: %s", status, out);
	return out;
}

static const char confined[] =
	"    securityContext: {runAsUser: 1000, runAsGroup: 3000, "
	"allowPrivilegeEscalation: false}\n"
	"    workingDir: /tmp\n"
	"    env: [{name: A, value: one}]\n";

START_TEST(test_run_exec__has_ids_capabilities_and_filter_of_the_container)
{
	struct pod *pod = start("", confined);
	char *mine = exec_shell(pod, "grep -E '^(Uid|Gid|Groups|Cap...|Seccomp"
		"|NoNewPrivs):' /proc/self/status");
	char *its = exec_shell(pod, "grep -E '^(Uid|Gid|Groups|Cap...|Seccomp"
		"|NoNewPrivs):' /proc/1/status");

	ck_assert_str_eq(mine, its);
	ck_assert_ptr_nonnull(strstr(mine, "Uid:\t1000\t1000"));
	ck_assert_ptr_nonnull(strstr(mine, "Seccomp:\t2"));
	free(mine);
	free(its);
	run_free_pod(pod);
}
END_TEST

START_TEST(test_run_exec__is_in_every_namespace_and_the_cgroup)
{
	struct pod *pod = start("", "");
	char *out = exec_shell(pod, "for n in net ipc uts pid mnt cgroup; do "
		"[ $(readlink /proc/self/ns/$n) = $(readlink /proc/1/ns/$n) ] "
		"|| echo other $n; done; "
		"[ \"$(cat /proc/self/cgroup)\" = \"$(cat /proc/1/cgroup)\" ] "
		"|| echo other group; umask; "
		"[ $(readlink /proc/self/root) = / ] && echo end");

	ck_assert_str_eq(out, "0022\nend\n");
	free(out);
	run_free_pod(pod);
}
END_TEST

START_TEST(test_run_exec__environment_is_added_and_the_directory_chosen)
{
	const char *argv[] = { "sh", "-c", "echo $A $B; pwd", NULL };
	const char *env[] = { "B=two", NULL };
	struct pod_exec_options o = { .argv = argv, .env = env,
		.stdin_fd = -1 };
	struct pod *pod = start("", confined);
	char *out;

	ck_assert_int_eq(exec(pod, &o, &out), 0);
	ck_assert_str_eq(out, "one two\n/tmp\n");
	free(out);
	o.cwd = "/usr";
	ck_assert_int_eq(exec(pod, &o, &out), 0);
	ck_assert_str_eq(out, "one two\n/usr\n");
	free(out);
	run_free_pod(pod);
}
END_TEST

START_TEST(test_run_exec__stdin_is_passed_and_nothing_else)
{
	const char *argv[] = { "sh", "-c", "cat; ls /proc/self/fd | wc -l",
		NULL };
	struct pod_exec_options o = { .argv = argv };
	struct pod *pod = start("", "");
	int ends[2], leak = open("/etc/passwd", O_RDONLY);
	char *out;

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(write(ends[1], "hello\n", 6), 6);
	(void)close(ends[1]);
	o.stdin_fd = ends[0];
	ck_assert_int_eq(exec(pod, &o, &out), 0);
	ck_assert_str_eq(out, "hello\n4\n");
	free(out);
	(void)close(ends[0]);
	(void)close(leak);
	run_free_pod(pod);
}
END_TEST

START_TEST(test_run_exec__exit_codes_and_signals_are_told)
{
	const char *exits[] = { "sh", "-c", "exit 7", NULL };
	const char *dies[] = { "sh", "-c", "kill -9 $$", NULL };
	struct pod_exec_options o = { .argv = exits, .stdin_fd = -1 };
	struct pod *pod = start("", "");
	int status;
	char *out;

	status = exec(pod, &o, &out);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 7);
	free(out);
	o.argv = dies;
	status = exec(pod, &o, &out);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	free(out);
	run_free_pod(pod);
}
END_TEST

START_TEST(test_run_exec__failures_name_the_program_and_leave_nothing)
{
	const char *missing[] = { "/no/such", NULL };
	const char *plain[] = { "/etc/passwd", NULL };
	const char *none[] = { NULL };
	struct pod_exec_options o = { .size = sizeof(o), .argv = missing,
		.stdin_fd = -1, .stdout_fd = -1, .stderr_fd = -1 };
	struct pod *pod = start("", "");
	struct pod_container *c = NULL;

	ck_assert_int_eq(pod_exec(pod, NULL, &o, &c, &world.err), -ENOENT);
	ck_assert_int_eq(world.err.stage, POD_STAGE_EXEC);
	ck_assert_str_eq(world.err.operation, "execute /no/such");
	ck_assert_str_eq(world.err.container, "main");
	memset(&world.err, 0, sizeof(world.err));
	o.argv = plain;
	ck_assert_int_eq(pod_exec(pod, NULL, &o, &c, NULL), -EACCES);
	o.argv = none;
	ck_assert_int_eq(pod_exec(pod, NULL, &o, &c, NULL), -EINVAL);
	o.argv = missing;
	ck_assert_int_eq(pod_exec(pod, "other", &o, &c, NULL), -ENOENT);
	o.cwd = "/proc/1/root/etc";
	ck_assert_int_lt(pod_exec(pod, NULL, &o, &c, NULL), 0);
	ck_assert_ptr_null(c);
	run_free_pod(pod);
}
END_TEST

START_TEST(test_run_exec__needs_a_running_container)
{
	const char *argv[] = { "true", NULL };
	struct pod_exec_options o = { .size = sizeof(o), .argv = argv,
		.stdin_fd = -1, .stdout_fd = -1, .stderr_fd = -1 };
	struct pod *pod = run_create_pod(run_spec("", "", "true"));
	struct pod_container *c = NULL;

	ck_assert_int_eq(pod_exec(pod, NULL, &o, &c, &world.err), -ESRCH);
	run_ok(pod_start(pod, &world.err));
	run_until(pod, run_is_over);
	ck_assert_int_eq(pod_exec(pod, NULL, &o, &c, NULL), -ESRCH);
	run_free_pod(pod);
}
END_TEST

START_TEST(test_run_exec__is_killed_with_its_container)
{
	const char *argv[] = { "sh", "-c", "trap '' TERM; sleep 1000", NULL };
	struct pod_exec_options o = { .size = sizeof(o), .argv = argv,
		.stdin_fd = -1, .stdout_fd = -1, .stderr_fd = -1 };
	struct pod *pod = start("", "");
	struct pod_container *c = NULL;
	int status = 0;

	run_ok(pod_exec(pod, NULL, &o, &c, &world.err));
	run_ok(pod_kill(pod, "main", SIGKILL, &world.err));
	/* PID 1 of the namespace takes it along; nobody waits for it, and
	 * the container's end is seen nevertheless */
	run_until(pod, run_is_over);
	run_ok(pod_container_wait(c, &status, &world.err));
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	pod_container_free(c);
	run_free_pod(pod);
	/* freed before the exec: its handle still works */
	pod = start("", "");
	run_ok(pod_exec(pod, NULL, &o, &c, &world.err));
	run_free_pod(pod);
	run_ok(pod_container_wait(c, &status, &world.err));
	ck_assert(WIFSIGNALED(status));
	pod_container_free(c);
}
END_TEST

START_TEST(test_run_exec__works_in_a_shared_pid_namespace_and_as_root)
{
	struct pod *pod = start("  shareProcessNamespace: true\n", "");
	char *out = exec_shell(pod, "tr '\\0' '\\n' </proc/1/cmdline; "
		"cat /proc/self/status | grep -E '^CapEff'");

	ck_assert_str_eq(out, "pod-init\nCapEff:\t00000000800405fb\n");
	free(out);
	run_free_pod(pod);
}
END_TEST

static void add_tests(TCase *t)
{
	tcase_add_test(t,
		test_run_exec__has_ids_capabilities_and_filter_of_the_container);
	tcase_add_test(t, test_run_exec__is_in_every_namespace_and_the_cgroup);
	tcase_add_test(t,
		test_run_exec__environment_is_added_and_the_directory_chosen);
	tcase_add_test(t, test_run_exec__stdin_is_passed_and_nothing_else);
	tcase_add_test(t, test_run_exec__exit_codes_and_signals_are_told);
	tcase_add_test(t,
		test_run_exec__failures_name_the_program_and_leave_nothing);
	tcase_add_test(t, test_run_exec__needs_a_running_container);
	tcase_add_test(t, test_run_exec__is_killed_with_its_container);
	tcase_add_test(t,
		test_run_exec__works_in_a_shared_pid_namespace_and_as_root);
}

int main(void)
{
	Suite *s = suite_create("run/exec");
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
