/* SPDX-License-Identifier: MIT */
/*
 * sec/syscalls.c - names and numbers of the native system calls.
 *
 * Generated from the kernel's headers (gen-syscalls.sh), because a released
 * libseccomp knows fewer calls than the kernels it meets. Knows the native
 * architecture only; knows nothing of what is allowed.
 */
#include "sec/seccomp.h"

#include <errno.h>
#include <linux/audit.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

struct entry {
	const char *name;
	int number;
};

/* Sorted by name. */
static const struct entry entries[] = {
#if defined(__x86_64__) && defined(__LP64__)
#include "sec/syscalls_x86_64.inc"
#elif defined(__aarch64__)
#include "sec/syscalls_aarch64.inc"
#else
#error "run gen-syscalls.sh for this architecture"
#endif
};

#if defined(__x86_64__)
const uint32_t sec_audit_arch = AUDIT_ARCH_X86_64;
const char sec_arch_name[] = "x86_64";
#else
const uint32_t sec_audit_arch = AUDIT_ARCH_AARCH64;
const char sec_arch_name[] = "aarch64";
#endif

static int compare(const void *key, const void *element)
{
	return strcmp((const char *)key,
		((const struct entry *)element)->name);
}

int sec_syscall_number(const char *name)
{
	const struct entry *e = bsearch(name, entries, ARRAY_LEN(entries),
		sizeof(entries[0]), compare);

	return e ? e->number : -ENOENT;
}

const char *sec_syscall_name(int number)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(entries); i++)
		if (entries[i].number == number)
			return entries[i].name;
	return NULL;
}
