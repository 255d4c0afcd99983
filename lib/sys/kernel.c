/* SPDX-License-Identifier: MIT */
/*
 * sys/kernel.c - which kernel runs.
 *
 * Knows the form of a release's name up to its second number; not what any
 * version can do.
 */
#include "sys/kernel.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/utsname.h>

/* Decimal digits, no sign and no space before them. */
static int parse_number(const char **text, unsigned int *ret)
{
	unsigned long number;
	char *end;

	if (**text < '0' || **text > '9')
		return -EINVAL;
	errno = 0;
	number = strtoul(*text, &end, 10);
	if (errno || number > UINT_MAX)
		return -EINVAL;
	*text = end;
	*ret = (unsigned int)number;
	return 0;
}

int sys_version_parse(const char *text, struct sys_version *ret)
{
	struct sys_version version = { 0, 0 };
	int r = parse_number(&text, &version.first);

	if (r < 0)
		return r;
	if (*text == '.') {
		text++;
		r = parse_number(&text, &version.second);
	}
	if (r < 0)
		return r;
	*ret = version;
	return 0;
}

bool sys_kernel_at_least(struct sys_version wanted)
{
	struct sys_version have;
	struct utsname uts;

	if (uname(&uts) < 0 || sys_version_parse(uts.release, &have) < 0)
		return false;
	return have.first != wanted.first ? have.first > wanted.first :
					    have.second >= wanted.second;
}
