/* SPDX-License-Identifier: MIT */
/*
 * support/must_run.c - which skips are accepted where.
 *
 * Knows what kinds of machine there are; the tests and reasons are in
 * test/must-run-exceptions.
 */
#include <errno.h>
#include <fnmatch.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <fcntl.h>
#include <unistd.h>

#include "support/must_run.h"

#define SKIPPED 77

static bool lacks_controllers(void)
{
	char list[256] = "";
	int fs, tree = -1, file = -1;
	ssize_t n = -1;

	fs = fsopen("cgroup2", FSOPEN_CLOEXEC);
	if (fs >= 0 && fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0)
		tree = fsmount(fs, FSMOUNT_CLOEXEC, 0);
	if (tree >= 0)
		file = openat(tree, "cgroup.controllers", O_RDONLY | O_CLOEXEC);
	if (file >= 0)
		n = read(file, list, sizeof(list) - 1);
	if (fs >= 0)
		(void)close(fs);
	if (tree >= 0)
		(void)close(tree);
	if (file >= 0)
		(void)close(file);
	return n < 0 || !strstr(list, "cpu ") || !strstr(list, "memory") ||
		!strstr(list, "pids");
}

static bool is_machine(const char *kind)
{
	const char *guest = getenv("POD_TEST_GUEST");
	size_t len;

	if (strcmp(kind, "any") == 0)
		return true;
	if (strcmp(kind, "host") == 0)
		return !guest;
	if (strcmp(kind, "no-controllers") == 0)
		return lacks_controllers();
	if (strncmp(kind, "guest", 5) != 0 || !guest)
		return false;
	if (kind[5] == '\0')
		return true;
	/* "guest-6.1" is 6.1.0-56-amd64, but not 6.12 */
	len = strlen(kind + 6);
	return strncmp(kind + 6, guest, len) == 0 && guest[len] == '.';
}

/* The reason why this test may be skipped here (malloc'ed), or NULL. */
static char *find_reason(const char *name, const char *exceptions)
{
	char kind[64], pattern[128], reason[256], line[512];
	FILE *file = exceptions ? fopen(exceptions, "re") : NULL;
	char *found = NULL;

	while (file && !found && fgets(line, sizeof(line), file)) {
		if (line[0] == '#' || sscanf(line, "%63s %127s %255[^\n]",
					      kind, pattern, reason) != 3)
			continue;
		if (fnmatch(pattern, name, 0) == 0 && is_machine(kind))
			found = strdup(reason);
	}
	if (file)
		(void)fclose(file);
	return found;
}

int must_run_skip(const char *name, const char *exceptions)
{
	const char *must = getenv("POD_TEST_MUST_RUN");
	char *reason;

	if (!must || strcmp(must, "1") != 0)
		return SKIPPED;
	reason = find_reason(name, exceptions);
	if (!reason) {
		(void)fprintf(stderr, "%s: skipped, but must run here\n", name);
		return EXIT_FAILURE;
	}
	(void)fprintf(stderr, "%s: may be skipped here: %s\n", name, reason);
	free(reason);
	return SKIPPED;
}
