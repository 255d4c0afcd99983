/* SPDX-License-Identifier: MIT */
/*
 * node/inspect.h - one process as the kernel tells it, as JSON.
 *
 * proc is a directory fd of /proc/PID: it keeps meaning that process, also
 * when it ends and its number is given again. All return a new reference;
 * what cannot be read is null.
 */
#ifndef NODE_INSPECT_H
#define NODE_INSPECT_H

#include <stdint.h>

#include <jansson.h>

/* Add capabilities, seccomp, noNewPrivs, uid, gid, groups to o. */
void inspect_status(json_t *o, int proc);
/* {"net": 4026531840, ...} */
json_t *inspect_namespaces(int proc);
/* {"Max open files": {"soft": "1024", "hard": "4096"}, ...} */
json_t *inspect_limits(int proc);
/* {"masked": [...], "readOnly": [...]} */
json_t *inspect_mounts(int proc);
/* {"path": ..., "cpu.max": ..., ...}: the cgroup the process is in, and the
 * limits that are there. */
json_t *inspect_cgroup(int proc);
json_t *inspect_oom_score_adj(int proc);
/* {"rss": KiB, "pss": KiB} */
json_t *inspect_memory(int proc);

/* Open /proc/PID if it is still the process that began at start_ticks
 * (0: any). fd or -errno; -ESRCH: another one. */
int inspect_open(int pid, uint64_t start_ticks);

/* Text of a small file below dir, NUL-terminated: length or -errno. */
int inspect_read(int dir, const char *name, char *buf, size_t size);

/* inspect_mount.c: where the v2 hierarchy is mounted with its root; "" if
 * nowhere. */
void inspect_cgroup_mount(char *buf, size_t size);

#endif
