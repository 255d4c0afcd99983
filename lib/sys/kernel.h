/* SPDX-License-Identifier: MIT */
/*
 * sys/kernel.h - which kernel runs.
 *
 * For messages and for profiles that ask; a feature is better tried than
 * concluded from a version.
 */
#ifndef SYS_KERNEL_H
#define SYS_KERNEL_H

#include <stdbool.h>

struct sys_version {
	unsigned int first, second;
};

/* The numbers that "6.1.0-13-amd64" or "4.8" begins with; "5" is 5.0. */
int sys_version_parse(const char *text, struct sys_version *ret);
bool sys_kernel_at_least(struct sys_version wanted);

#endif
