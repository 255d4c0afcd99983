/* SPDX-License-Identifier: MIT */
/*
 * node_fixture.h - a node in the runner's directories, and pods for it.
 *
 * The functions fail the running test instead of returning an error.
 */
#ifndef NODE_FIXTURE_H
#define NODE_FIXTURE_H

#include <pod/pod.h>

/* The node of this test; node_teardown() checks that gc finds nothing. */
extern struct pod_node *node;
extern struct pod_error error;

void node_setup(void);
void node_teardown(void);
/* Another handle on the same directories; for other processes. */
struct pod_node *node_open(void);

/* Fail the test with the error's text unless r >= 0. */
void ok(int r);

/* Ends at once at SIGTERM; runs for ever otherwise. It says when its trap is
 * set: until then PID 1 does not hear the signal. */
#define FOREVER "trap 'exit 0' TERM; echo up; while :; do sleep 1000 & wait; " \
	"done"

/* A pod of one container "main" of the host's files that runs sh -c script;
 * restartPolicy Never, grace 5 s, hostNetwork. */
struct pod_spec *spec_of(const char *name, const char *script);

/* Make it (POD_NODE_START or not) and return its UID in uid[64] (or NULL). One
 * that is started and FOREVER is up when this returns. */
void make_pod(const char *name, const char *script, unsigned int flags,
	char *uid);

/* Wait until the container "main" has written something. */
void await_output(const char *ref);
/* The status word of a pod, "gone" if there is none. */
const char *word_of(const char *ref);
/* The supervisor's pid. */
int supervisor_of(const char *ref);
/* Items that gc (flags) tells of. */
int gc_count(unsigned int flags);
/* Wait until the process has ended. */
void await_end(int pid);

#endif
