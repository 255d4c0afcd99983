/* SPDX-License-Identifier: MIT */
/*
 * support/sandbox.h - the namespaces and the cgroup that a test runs in.
 *
 * Each returns 0 or negative errno after saying on stderr what failed.
 */
#ifndef SUPPORT_SANDBOX_H
#define SUPPORT_SANDBOX_H

struct sandbox {
	int top;	/* root of the cgroup v2 hierarchy, or -EBADF */
	int group;	/* top/NAME, locked for as long as it is used */
	char name[32];	/* "pod-test-PID" */
	char tmp[72];	/* empty directory, a tmpfs in the mount namespace */
};

/* The cgroup and the directory, both empty. No cgroup tree is no failure. */
int sandbox_create(struct sandbox *sandbox);

/* Move this process in: new namespaces, loopback, mounts, environment. */
int sandbox_enter(const struct sandbox *sandbox);

/* End every process in it, remove cgroup and directory. From outside. */
int sandbox_destroy(struct sandbox *sandbox);

#endif
