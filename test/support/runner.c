/* SPDX-License-Identifier: MIT */
/*
 * support/runner.c - pod-test-runner: one test in a world of its own.
 *
 * usage: pod-test-runner [--name TEST] [--exceptions FILE] [--plain]
 *                        [--settle MSEC] [--] COMMAND [ARG]...
 *
 * Runs COMMAND as root in new network, mount, PID, IPC, UTS and cgroup
 * namespaces (sandbox.c), then compares what is there with what was there before
 * (ledger.c): anything left behind fails the test, with a list. With --plain
 * there are no namespaces and no ledger. --settle is how long the kernel may
 * take to free what nobody uses any more (5000).
 *
 * Exit status: that of COMMAND, or 128 + N for a signal; 1 if it was 0 and
 * something is left behind; 77 for "skipped", which under POD_TEST_MUST_RUN=1
 * becomes 1 unless FILE excuses TEST on this machine (must_run.c).
 *
 * Two processes: the outer one stays where it is and can therefore always
 * end and remove the rest; the inner one is PID 1 of the sandbox: it runs
 * COMMAND, reaps orphans and takes the ledgers. It dies with the outer one,
 * and everything else with it.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/ledger.h"
#include "support/must_run.h"
#include "support/sandbox.h"

#define SKIPPED 77

#define LEDGER_ALL                                                          \
	(LEDGER_MOUNT | LEDGER_LINK | LEDGER_ROUTE | LEDGER_PROCESS |       \
		LEDGER_CGROUP | LEDGER_IPC | LEDGER_FILE)

struct options {
	const char *name;
	const char *exceptions;
	unsigned int settle_msec;
	bool plain;
	char **command;
};

static int exit_status(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
				     WEXITSTATUS(status);
}

/* Signals as COMMAND expects them; then become it. */
__attribute__((noreturn)) static void execute(char **command)
{
	sigset_t none;

	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)execvp(command[0], command);
	perror(command[0]);
	_exit(errno == ENOENT ? 127 : 126);
}

/* Until COMMAND ends: orphans come to us and are reaped meanwhile. */
static int run_command(char **command)
{
	pid_t pid, ended;
	int status;

	pid = fork();
	if (pid < 0) {
		perror("fork");
		return EXIT_FAILURE;
	}
	if (pid == 0)
		execute(command);
	do {
		ended = waitpid(-1, &status, 0);
	} while (ended != pid && (ended >= 0 || errno == EINTR));
	return exit_status(status);
}

static void ignore_child(int sig)
{
	int saved = errno;

	(void)sig;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		continue;
	errno = saved;
}

/* The inner process. */
static int run_inside(const struct sandbox *sandbox,
	const struct options *options)
{
	const struct sigaction reap = { .sa_handler = ignore_child,
		.sa_flags = SA_RESTART };
	struct ledger before;
	size_t left;
	int status;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || sandbox_enter(sandbox) < 0)
		return EXIT_FAILURE;
	ledger_take(&before, LEDGER_ALL);
	status = run_command(options->command);
	/* orphans that end while the ledger settles are no leak */
	(void)sigaction(SIGCHLD, &reap, NULL);
	ignore_child(SIGCHLD);
	left = ledger_settle(&before, LEDGER_ALL, options->settle_msec,
		stderr);
	ledger_done(&before);
	if (left)
		(void)fprintf(stderr, "pod-test-runner: %zu leaks\n", left);
	return left && (status == 0 || status == SKIPPED) ? EXIT_FAILURE :
							    status;
}

/* The outer process, in a sandbox or --plain. */
static int wait_inside(pid_t pid, const sigset_t *signals)
{
	int sig, status;

	for (;;) {
		if (sigwait(signals, &sig) != 0)
			continue;
		if (sig != SIGCHLD) {
			(void)kill(pid, SIGKILL);
			(void)waitpid(pid, &status, 0);
			return 128 + sig;
		}
		if (waitpid(pid, &status, WNOHANG) == pid)
			return exit_status(status);
	}
}

static int run(const struct options *options)
{
	struct sandbox sandbox;
	sigset_t signals, old;
	pid_t pid;
	int status;

	if (geteuid() != 0) {
		(void)fprintf(stderr, "pod-test-runner: needs root: skipped\n");
		return SKIPPED;
	}
	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGCHLD);
	(void)sigaddset(&signals, SIGTERM);
	(void)sigaddset(&signals, SIGINT);
	(void)sigaddset(&signals, SIGHUP);
	(void)sigprocmask(SIG_BLOCK, &signals, &old);
	if (sandbox_create(&sandbox) < 0)
		return EXIT_FAILURE;
	pid = unshare(CLONE_NEWPID) < 0 ? -1 : fork();
	if (pid == 0) {
		(void)sigprocmask(SIG_SETMASK, &old, NULL);
		_exit(run_inside(&sandbox, options));
	}
	status = pid < 0 ? EXIT_FAILURE : wait_inside(pid, &signals);
	if (sandbox_destroy(&sandbox) < 0 && status == 0)
		status = EXIT_FAILURE;
	return status;
}

static int parse_options(int argc, char **argv, struct options *options)
{
	int i;

	for (i = 1; i < argc && argv[i][0] == '-'; i++) {
		if (strcmp(argv[i], "--") == 0) {
			i++;
			break;
		}
		if (strcmp(argv[i], "--plain") == 0)
			options->plain = true;
		else if (strcmp(argv[i], "--name") == 0 && i + 1 < argc)
			options->name = argv[++i];
		else if (strcmp(argv[i], "--exceptions") == 0 && i + 1 < argc)
			options->exceptions = argv[++i];
		else if (strcmp(argv[i], "--settle") == 0 && i + 1 < argc)
			options->settle_msec = (unsigned int)strtoul(argv[++i],
				NULL, 10);
		else
			return -EINVAL;
	}
	options->command = argv + i;
	return i < argc ? 0 : -EINVAL;
}

int main(int argc, char **argv)
{
	struct options options = { .name = "test", .settle_msec = 5000 };
	int status;

	if (parse_options(argc, argv, &options) < 0) {
		(void)fprintf(stderr, "usage: pod-test-runner [--name TEST] "
			"[--exceptions FILE] [--plain] [--settle MSEC] "
			"[--] COMMAND...\n");
		return 2;
	}
	status = options.plain ? run_command(options.command) : run(&options);
	if (status == SKIPPED)
		status = must_run_skip(options.name, options.exceptions);
	return status;
}
