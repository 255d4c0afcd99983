/* SPDX-License-Identifier: MIT */
/*
 * bench/floor.h - the floor: one two-container pod from raw system calls.
 *
 * floor.c      options, the private namespaces, the loop
 * floor_pod.c  one pod, the parent's side: create, run, kill, remove
 * floor_prepare.c  cgroups, files, trees, while the parent gets namespaces
 * floor_child.c  what a container does between clone and exec
 * floor_net.c  the veth pair with its addresses, routes and neighbours
 * floor_filter.c  a seccomp filter by ranges of numbers, built once
 */
#ifndef BENCH_FLOOR_H
#define BENCH_FLOOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/filter.h>

#include "nl.h"

#define FLOOR_CONTAINERS 2
#define FLOOR_PATHS 24
#define FLOOR_STACK ((size_t)64 * 1024)
/*
 * Where the cradle shows the host's root file system and the work directory,
 * keeps the pod's identity files, and where a container mounts its layer.
 */
#define FLOOR_HOST "/host"
#define FLOOR_WORK "/work"
#define FLOOR_IDENTITY "/identity"
#define FLOOR_LAYER "/layer"
/* In the work directory: the pod's, and its emptyDir. */
#define FLOOR_POD_DIR "pod"
#define FLOOR_SHARED "pod/shared"

/* Decided once, before anything is timed: which of the paths exist here. */
struct floor_paths {
	size_t count;
	const char *path[FLOOR_PATHS];
};

struct floor_config {
	const char *payload;	/* path inside a container, which is the host's */
	struct floor_paths masked_files, masked_dirs, read_only, identity;
	struct sock_fprog filter;
	struct sock_filter insns[512];
	bool ipv6;
	int work_fd;		/* the work directory */
	int cgroup_fd;		/* pods are made below this one */
	int ns_fd;		/* /proc/self/ns */
	int home_net, home_ipc, home_uts;
	int nl_fd;		/* netlink socket in the host's namespace */
	/* a container's each, and the helper's */
	char *stacks[FLOOR_CONTAINERS + 1];
};

/* The cradle's files: the same for every pod, but made anew for each. */
#define FLOOR_FILES 3
extern const char *const floor_files[FLOOR_FILES];
extern const char *const floor_container[FLOOR_CONTAINERS];

/* Written by the helper, who is a thread: memory and fds are the parent's. */
struct floor_prepare {
	const struct floor_config *config;
	const char *name;	/* of the pod's cgroup */
	int cgroup, leaf[FLOOR_CONTAINERS];
	int shm[FLOOR_CONTAINERS];	/* two views of one detached tmpfs */
	int tid;		/* cleared and woken by the kernel at its end */
	const char *step;	/* what failed */
	int error;		/* negative errno */
};

/* Written by the children, who run on the parent's memory. */
struct floor_child {
	const struct floor_config *config;
	const int *gate;	/* 0: wait just before exec */
	int shm_fd;		/* a detached mount of the pod's /dev/shm */
	int tid;		/* cleared and woken by the kernel at exec or exit */
	const char *step;	/* what is being done; NULL: about to exec */
	int error;		/* negative errno */
};

/* The entry of a container, on its own stack; does not return. */
__attribute__((noreturn)) void floor_child_main(void *child);

/* The helper's life on its own stack; does not return. */
__attribute__((noreturn)) void floor_prepare_main(void *prepare);

/* Both in the pod's namespace: see floor_net.c. */
int floor_net_create(const struct floor_config *config, int pod_nl,
	int pod_ns, unsigned int serial);

/* Fill config->filter from the list of refused calls. */
int floor_filter_build(struct floor_config *config);

/*
 * One pod's whole life: microseconds until both programs run, and until all
 * is removed. On failure says why on standard error.
 */
int floor_pod_cycle(struct floor_config *config, unsigned int serial,
	double *ret_ready_us, double *ret_cycle_us);

#endif
