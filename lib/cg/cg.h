/* SPDX-License-Identifier: MIT */
/*
 * cg/cg.h - cgroup v2 directories, one call at a time.
 *
 * A cgroup is a directory fd; names are relative to it. Knows the files of
 * the kernel's cgroup-v2 interface, nothing of pods or resources' meaning
 * (formulae are in cg/quota.c, as pure functions).
 */
#ifndef CG_CG_H
#define CG_CG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <pod/error.h>

enum cg_controller {
	CG_CPU = 1u << 0,
	CG_MEMORY = 1u << 1,
	CG_PIDS = 1u << 2,
	CG_IO = 1u << 3,
	CG_CPUSET = 1u << 4,
	CG_HUGETLB = 1u << 5,
	CG_RDMA = 1u << 6,
	CG_MISC = 1u << 7,
};

/* Parse the text of cgroup.controllers; unknown names are passed over. */
uint32_t cg_controllers_parse(const char *text);
const char *cg_controller_name(enum cg_controller one);
/* The controller that a file's prefix names ("memory.max"); 0: none. */
uint32_t cg_controller_of_file(const char *file);

/*
 * Find the directory below which pods may be made, and open it: wanted (an
 * absolute path) if not NULL; else, if the caller's own cgroup is a subtree
 * delegated to it (systemd's Delegate=yes: xattr user.delegate, or it is
 * owned by a non-root caller), that; else the mount point of the v2
 * hierarchy (/sys/fs/cgroup, /sys/fs/cgroup/unified, or whatever
 * /proc/self/mountinfo says). *ret_path receives the path (malloc'ed),
 * *ret_controllers what cgroup.controllers lists there.
 * -ENOENT: no cgroup v2 hierarchy; -EACCES/-EROFS: not writable;
 * -ENOTDIR/-EMEDIUMTYPE: wanted is not a cgroup v2 directory (fstatfs magic).
 */
int cg_root_open(const char *wanted, int *ret_fd, char **ret_path,
	uint32_t *ret_controllers, struct pod_error *reterr);

/*
 * Make every missing component of the relative path below root, enabling
 * `controllers` (those that exist) in cgroup.subtree_control top-down, in
 * root too, and open the last one. A parent that vanishes meanwhile (another
 * pod's removal) is made again, at most 64 times. The last component must
 * not exist: -EEXIST. On failure what was made is removed again.
 */
int cg_make(int root, const char *path, uint32_t controllers, int *ret_fd,
	struct pod_error *reterr);

/* Let the children of dir have controllers (those that dir has). -EBUSY: dir
 * has processes of its own. */
int cg_enable(int dir, uint32_t controllers, struct pod_error *reterr);

/*
 * A child of dir for one container; -EEXIST if it is there. Nothing is
 * enabled below it.
 */
int cg_make_leaf(int dir, const char *name, int *ret_fd,
	struct pod_error *reterr);

/*
 * Write value to dir/file and read it back; a value that the kernel did not
 * take is -EREMOTEIO naming both. Page rounding of memory.* is allowed for.
 * A missing file whose prefix names a controller is -ENODEV: "controller
 * memory is not available below PATH".
 */
int cg_set(int dir, const char *file, const char *value,
	struct pod_error *reterr);
/* Does what the kernel shows mean what was written? Pure; for cg_set. */
bool cg_value_matches(const char *file, const char *wanted, const char *got);
/* Read a small file whole, without the newline; -EMSGSIZE if it is larger. */
int cg_get(int dir, const char *file, char *buf, size_t size);
/* One key of a flat keyed file ("oom_kill" of memory.events); -ENOENT. */
int cg_get_key(int dir, const char *file, const char *key, uint64_t *ret);

/* Kill everything below dir: cgroup.kill, or on kernels before 5.14
 * pids.max=0 and a bounded loop. 0 even if it was empty. */
int cg_kill(int dir);
/* What cg_kill does without cgroup.kill; -EBUSY: some would not die. */
int cg_kill_rounds(int dir);
int cg_freeze(int dir, bool on);
/* 1 populated, 0 empty, -errno. Reads cgroup.events. */
int cg_populated(int dir);

/*
 * Remove dir/name and every cgroup below it, bottom up, fd-relative and
 * without following links. 0 also if it does not exist. -EBUSY: processes
 * are left (kill and reap first). Retries EBUSY of an already empty group
 * until deadline_usec of CLOCK_MONOTONIC.
 */
int cg_remove(int dir, const char *name, uint64_t deadline_usec);
/* Remove the relative path below root, then each parent that became empty
 * (EBUSY and ENOTEMPTY of a parent are no error). */
int cg_remove_path(int root, const char *path, uint64_t deadline_usec);

/* cg/quota.c: kubernetes-semantics section 10; pure. */
uint64_t cg_shares_from_milli(int64_t milli);
uint64_t cg_weight_from_shares(uint64_t shares);	/* the new formula */
/* quota in usec for a period of 100000 */
uint64_t cg_quota_from_milli(int64_t milli);
#define CG_PERIOD_USEC 100000u

#endif
