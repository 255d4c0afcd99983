// SPDX-License-Identifier: MIT
/*
 * test_node_spawn.c - a program that outlives us, started by any program.
 *
 * The program is this test itself, under another name: it tells what it is.
 */
#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "node/node.h"

#define NAME "spawned"

struct tale {
	int pid, sid, ppid, n_env, n_fds, null;
	char cwd[64];
};

/* The spawned program: say it on fd 5 and stay until told to go. */
static int spawned(void)
{
	extern char **environ;
	struct tale t = { .pid = getpid(), .sid = getsid(0),
		.ppid = getppid() };
	struct dirent *e;
	DIR *d;
	char c;

	while (environ[t.n_env])
		t.n_env++;
	if (!getcwd(t.cwd, sizeof(t.cwd)))
		return 1;
	d = opendir("/proc/self/fd");
	while (d && (e = readdir(d)))
		t.n_fds += e->d_name[0] != '.';
	t.null = write(STDERR_FILENO, "x", 1) == 1 &&
		read(STDIN_FILENO, &c, 1) == 0;
	if (send(5, &t, sizeof(t), 0) < 0)
		return 1;
	return read(5, &c, 1) < 0;
}

static struct pod_error error;
static int line;

static int start(const char *path, int scramble, struct tale *ret)
{
	const char *argv[] = { NAME, NULL };
	struct node_spawn spawn = { .argv = argv };
	int pair[2], r;

	memset(&error, 0, sizeof(error));
	/* numbers that are the places of others of the three */
	if (scramble)
		spawn.fds[0] = open("/", O_RDONLY | O_CLOEXEC);
	ck_assert_int_eq(
		socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	if (!scramble)
		spawn.fds[0] = open("/", O_RDONLY | O_CLOEXEC);
	spawn.fds[1] = open("/", O_RDONLY | O_CLOEXEC);
	spawn.fds[2] = pair[1];
	r = node_spawn(path, &spawn, &error);
	(void)close(pair[1]);
	(void)close(spawn.fds[0]);
	(void)close(spawn.fds[1]);
	line = pair[0];
	if (!r)
		ck_assert_int_eq(
			recv(line, ret, sizeof(*ret), 0), (int)sizeof(*ret));
	return r;
}

START_TEST(test_node_spawn__runs_detached_with_only_its_fds)
{
	struct tale t;

	(void)dup2(STDERR_FILENO, 77);	/* somebody forgot CLOEXEC */
	ck_assert_int_eq(setenv("SECRET", "1", 1), 0);
	ck_assert_int_eq(start("/proc/self/exe", _i, &t), 0);
	ck_assert_int_eq(t.sid, t.pid);
	ck_assert_int_ne(t.ppid, getpid());
	ck_assert_int_eq(t.n_env, 0);
	ck_assert_int_eq(t.n_fds, 7);	/* 0 to 5, and the directory itself */
	ck_assert_str_eq(t.cwd, "/");
	ck_assert(t.null);
	(void)close(line);
}
END_TEST

static volatile sig_atomic_t signals;

static void on_child(int signal)
{
	(void)signal;
	signals++;
}

START_TEST(test_node_spawn__leaves_no_child_and_sends_no_signal)
{
	struct tale t;
	sigset_t before, after;
	int i;

	(void)signal(SIGCHLD, on_child);
	(void)sigprocmask(SIG_BLOCK, NULL, &before);
	ck_assert_int_eq(start("/proc/self/exe", 0, &t), 0);
	(void)sigprocmask(SIG_BLOCK, NULL, &after);
	for (i = 1; i < NSIG; i++)
		ck_assert_int_eq(sigismember(&before, i),
			sigismember(&after, i));
	ck_assert_int_eq(waitpid(-1, NULL, __WALL | WNOHANG), -1);
	ck_assert_int_eq(errno, ECHILD);
	ck_assert_int_eq(signals, 0);
	(void)close(line);
}
END_TEST

/* While it runs the kernel says "text busy"; the attack of CVE-2019-5736
 * keeps the file and writes when it has ended. */
START_TEST(test_node_spawn__its_program_cannot_be_written_even_afterwards)
{
	struct tale t;
	char path[64], byte;
	int fd;

	ck_assert_int_eq(start("/proc/self/exe", 0, &t), 0);
	(void)snprintf(path, sizeof(path), "/proc/%d/exe", t.pid);
	ck_assert_int_lt(open(path, O_WRONLY | O_CLOEXEC), 0);
	ck_assert_int_eq(errno, ETXTBSY);
	ck_assert_int_lt(open(path, O_RDWR | O_TRUNC | O_CLOEXEC), 0);
	ck_assert_int_eq(errno, EROFS);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(shutdown(line, SHUT_WR), 0);
	ck_assert_int_eq(recv(line, &byte, 1, 0), 0);
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	ck_assert_int_lt(open(path, O_WRONLY | O_CLOEXEC), 0);
	ck_assert(errno == EROFS || errno == ETXTBSY);
	ck_assert_int_lt(open(path, O_WRONLY | O_TRUNC | O_CLOEXEC), 0);
	ck_assert_int_eq(errno, EROFS);
	ck_assert_int_lt(fchmod(fd, 0777), 0);
	ck_assert_int_eq(errno, EROFS);
	(void)close(fd);
	(void)close(line);
}
END_TEST

START_TEST(test_node_spawn__failures_are_told_before_the_call_returns)
{
	char path[] = "/tmp/pod-spawn-XXXXXX";
	struct tale t;
	int fd;

	ck_assert_int_eq(start("/nonexistent/program", 0, &t), -ENOENT);
	ck_assert_str_eq(error.subject, "/nonexistent/program");
	fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(start(path, 0, &t), -EACCES);
	ck_assert_int_eq(fchmod(fd, 0700), 0);
	ck_assert_int_eq(write(fd, "junk", 4), 4);
	(void)close(fd);
	ck_assert_int_eq(start(path, 0, &t), -ENOEXEC);
	(void)unlink(path);
	ck_assert_int_eq(waitpid(-1, NULL, __WALL | WNOHANG), -1);
}
END_TEST

static void *hold_malloc(void *stop)
{
	while (!*(volatile int *)stop)
		free(malloc(64));
	return NULL;
}

START_TEST(test_node_spawn__a_threaded_caller_is_not_disturbed)
{
	volatile int stop = 0;
	pthread_t threads[4];
	struct tale t;
	int i;

	for (i = 0; i < 4; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, hold_malloc,
					 (void *)(uintptr_t)&stop),
			0);
	for (i = 0; i < 20; i++) {
		ck_assert_int_eq(start("/proc/self/exe", 0, &t), 0);
		(void)close(line);
	}
	stop = 1;
	for (i = 0; i < 4; i++)
		(void)pthread_join(threads[i], NULL);
}
END_TEST

int main(int argc, char **argv)
{
	Suite *s = suite_create("ns/node_spawn");
	TCase *tc = tcase_create("spawn");
	SRunner *sr;
	int failed;

	if (argc == 1 && !strcmp(argv[0], NAME))
		return spawned();
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc,
		test_node_spawn__runs_detached_with_only_its_fds, 0, 2);
	tcase_add_test(
		tc, test_node_spawn__leaves_no_child_and_sends_no_signal);
	tcase_add_test(tc,
		test_node_spawn__its_program_cannot_be_written_even_afterwards);
	tcase_add_test(
		tc, test_node_spawn__failures_are_told_before_the_call_returns);
	tcase_add_test(tc, test_node_spawn__a_threaded_caller_is_not_disturbed);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
