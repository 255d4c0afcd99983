/* SPDX-License-Identifier: MIT */
/*
 * support/fixture.c - the leak fixture and helpers for Check's tests.
 *
 * Knows Check and the ledger; knows nothing of the library under test.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support/fixture.h"
#include "support/ledger.h"

#define KINDS                                                              \
	(LEDGER_FD | LEDGER_MOUNT | LEDGER_LINK | LEDGER_CHILD | LEDGER_CGROUP)
#define SETTLE_MSEC 2000

/* Check's fixtures take no argument; each test is a process of its own. */
static struct ledger before;

void fixture_leak_setup(void)
{
	ledger_take(&before, KINDS);
}

void fixture_leak_teardown(void)
{
	char *text = NULL;
	size_t size = 0, left;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		ck_abort_msg("out of memory");
	left = ledger_settle(&before, KINDS, SETTLE_MSEC, out);
	(void)fclose(out);
	ledger_done(&before);
	if (left)
		ck_abort_msg("the test left %zu things:\n%s", left, text);
	free(text);
}

char *support_tmpdir(void)
{
	const char *base = getenv("TMPDIR");
	char *path;

	if (asprintf(&path, "%s/test-XXXXXX", base && *base ? base : "/tmp") <
			0 || !mkdtemp(path))
		ck_abort_msg("no temporary directory: %s", strerror(errno));
	return path;
}

static int remove_one(const char *path, const struct stat *st, int type,
	struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void support_remove_tree(const char *path)
{
	if (nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT) != 0)
		ck_abort_msg("cannot remove %s: %s", path, strerror(errno));
}

static char *read_fd(int fd, const char *what)
{
	size_t len = 0, cap = 4096;
	char *data = malloc(cap);
	ssize_t n = 0;

	while (data && (n = read(fd, data + len, cap - len - 1)) > 0) {
		len += (size_t)n;
		if (len + 1 == cap)
			data = realloc(data, cap *= 2);
	}
	if (!data || n < 0) {
		ck_abort_msg("cannot read %s: %s", what, strerror(errno));
		return NULL; /* not reached; the analyzers do not know */
	}
	data[len] = '\0';
	return data;
}

char *support_read_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *data;

	if (fd < 0)
		ck_abort_msg("cannot open %s: %s", path, strerror(errno));
	data = read_fd(fd, path);
	(void)close(fd);
	return data;
}

void support_write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	if (!file || fputs(text, file) < 0 || fclose(file) != 0)
		ck_abort_msg("cannot write %s: %s", path, strerror(errno));
}

bool support_wait_for(bool (*predicate)(void *), void *arg,
	unsigned int timeout_msec)
{
	const struct timespec pause = { .tv_nsec = 2 * 1000000L };
	unsigned int waited;

	for (waited = 0; !predicate(arg); waited += 2) {
		if (waited >= timeout_msec)
			return false;
		(void)clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
	}
	return true;
}

/* A file in memory cannot fill up as a pipe does while nobody reads it. */
static int capture_open(void)
{
	int fd = memfd_create("output", MFD_CLOEXEC);

	if (fd < 0)
		ck_abort_msg("memfd_create: %s", strerror(errno));
	return fd;
}

static void capture_close(int fd, char **ret)
{
	if (ret) {
		(void)lseek(fd, 0, SEEK_SET);
		*ret = read_fd(fd, "output");
	}
	(void)close(fd);
}

int support_run(const char *const argv[], char **ret_out, char **ret_err)
{
	int out = capture_open(), err = capture_open(), status;
	pid_t pid = fork();

	if (pid < 0)
		ck_abort_msg("fork: %s", strerror(errno));
	if (pid == 0) {
		union {
			const char *const *in;
			char *const *out;
		} args = { .in = argv };

		if (dup2(out, STDOUT_FILENO) >= 0 &&
			dup2(err, STDERR_FILENO) >= 0)
			(void)execvp(argv[0], args.out);
		perror(argv[0]);
		_exit(127);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			ck_abort_msg("waitpid: %s", strerror(errno));
	capture_close(out, ret_out);
	capture_close(err, ret_err);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
				     WEXITSTATUS(status);
}
