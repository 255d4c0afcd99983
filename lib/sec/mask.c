/* SPDX-License-Identifier: MIT */
/*
 * sec/mask.c - the paths a container may not see, or not write.
 *
 * Data only: how a path is masked is mnt's business, and whether one is
 * masked at all (privileged, unmask) is the plan's.
 */
#include "sec/sec.h"

const char *const sec_masked_paths[] = {
	"/proc/acpi",
	"/proc/asound",
	"/proc/interrupts",	/* timing of the host's other tenants */
	"/proc/kallsyms",
	"/proc/kcore",
	"/proc/keys",		/* key names are not namespaced */
	"/proc/latency_stats",
	"/proc/sched_debug",
	"/proc/scsi",
	"/proc/timer_list",
	"/proc/timer_stats",
	"/sys/devices/virtual/powercap",	/* CVE-2020-8694 */
	"/sys/firmware",
	NULL,
};

const char *const sec_readonly_paths[] = {
	"/proc/bus",
	"/proc/dynamic_debug",	/* any uid 0 could turn on kernel messages */
	"/proc/fs",
	"/proc/irq",
	"/proc/sys",
	"/proc/sysrq-trigger",
	NULL,
};
