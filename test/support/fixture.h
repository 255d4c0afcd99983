/* SPDX-License-Identifier: MIT */
/*
 * support/fixture.h - what many tests need around them.
 *
 * The functions fail the running test instead of returning an error.
 */
#ifndef SUPPORT_FIXTURE_H
#define SUPPORT_FIXTURE_H

#include <stdbool.h>

/*
 * A checked fixture (tcase_add_checked_fixture): a test that leaves an fd,
 * mount, link, child process or cgroup behind fails with their list.
 */
void fixture_leak_setup(void);
void fixture_leak_teardown(void);

/* A new directory in TMPDIR (free the path); remove it when done. */
char *support_tmpdir(void);
void support_remove_tree(const char *path);

/* The whole file, terminated (free it). */
char *support_read_file(const char *path);
void support_write_file(const char *path, const char *text);

/*
 * True as soon as predicate(arg) is; false when it is not within
 * timeout_msec. For states that have no event to wait for.
 */
bool support_wait_for(bool (*predicate)(void *), void *arg,
	unsigned int timeout_msec);

/*
 * Run a program to its end: its exit status, or 128 + N for signal N. What
 * it wrote goes to *ret_out and *ret_err (free them; NULL: not kept).
 */
int support_run(const char *const argv[], char **ret_out, char **ret_err);

#endif
