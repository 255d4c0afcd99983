/* SPDX-License-Identifier: MIT */
/*
 * common/signame.c - signals by name.
 *
 * Knows the kernel's signals and glibc's real-time range; sends none.
 */
#include "common/signame.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A whole number from lowest to highest, or -EINVAL. */
static int parse_number(const char *text, int lowest, int highest)
{
	char *end;
	long n;

	if (*text < '0' || *text > '9')
		return -EINVAL;
	errno = 0;
	n = strtol(text, &end, 10);
	if (errno || *end || n < lowest || n > highest)
		return -EINVAL;
	return (int)n;
}

static int parse_realtime(const char *name)
{
	int range = SIGRTMAX - SIGRTMIN, n = 0;

	if (strncasecmp(name, "RTMIN", 5) == 0) {
		if (name[5])
			n = name[5] == '+' ? parse_number(name + 6, 0, range)
					   : -EINVAL;
		return n < 0 ? n : SIGRTMIN + n;
	}
	if (strncasecmp(name, "RTMAX", 5) == 0) {
		if (name[5])
			n = name[5] == '-' ? parse_number(name + 6, 0, range)
					   : -EINVAL;
		return n < 0 ? n : SIGRTMAX - n;
	}
	return -EINVAL;
}

int signame_parse(const char *text)
{
	const char *name = text;
	const char *known;
	int i;

	if (*text >= '0' && *text <= '9')
		return parse_number(text, 1, SIGRTMAX);
	if (strncasecmp(name, "SIG", 3) == 0)
		name += 3;
	for (i = 1; i < SIGRTMIN; i++) {
		known = sigabbrev_np(i);
		if (known && strcasecmp(known, name) == 0)
			return i;
	}
	if (strcasecmp(name, "IOT") == 0)
		return SIGABRT;
	if (strcasecmp(name, "CLD") == 0)
		return SIGCHLD;
	return parse_realtime(name);
}
