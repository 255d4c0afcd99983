/* SPDX-License-Identifier: MIT */
/*
 * node/node.h - inside view of level 3: refs, the client, the supervisor's
 * start. The supervisor's own parts are in node/super.h.
 */
#ifndef NODE_NODE_H
#define NODE_NODE_H

#include <stdbool.h>

#include <pod/node.h>

#include "node/proto.h"
#include "run/run.h"

/* The change counter of one pod this handle has seen; for watching. */
struct node_seen {
	char uid[64];
	int64_t change;
};

struct pod_node {
	char *root, *run, *cgroup_parent, *pod_cidr;	/* or NULL */
	char *namespace_, *supervisor;	/* supervisor or NULL */
	struct run_dirs dirs;
	bool opened, made;	/* dirs is filled; with create */

	/*
	 * The line to the supervisor of the last pod made with
	 * POD_NODE_REMOVE: it says the exit code there before it leaves, so
	 * that a waiter cannot come too late.
	 */
	int line_fd;
	char line_uid[64], line_ref[384];	/* "NAMESPACE/NAME" */

	struct node_seen *seen;
	size_t n_seen;
};

/* node/node.c: the directories, opened when first needed. */
int node_dirs(struct pod_node *node, bool create, struct run_dirs **ret,
	struct pod_error *reterr);

/* A pod that was found. */
struct node_pod {
	char uid[64];
	int state;	/* fd of its state directory */
};
#define NODE_POD_NONE { .state = -EBADF }
void node_pod_done(struct node_pod *p);
#define _cleanup_node_pod_ __attribute__((cleanup(node_pod_done)))

/* node/ref.c */
#define NODE_MIN_PREFIX 4
/*
 * Find a pod by ref and open its state. -ENOENT: "pod "x" not found";
 * -ENOTUNIQ: a prefix of several UIDs, which are listed.
 */
int node_find(struct pod_node *node, const char *ref, struct node_pod *ret,
	struct pod_error *reterr);
/* "pod/x", "ns/x", "x" -> namespace and name. False: not a ref at all. */
bool node_ref_split(const char *ref, const char *namespace_, char *ret_ns,
	size_t ns_size, char *ret_name, size_t name_size);
/* Does ref mean this pod? For a pod whose state is gone already. */
bool node_ref_matches(const struct pod_node *node, const char *ref,
	const char *uid, const char *full_name);

/* node/client.c */
/*
 * Connect to a pod's supervisor and send one request, with up to
 * NODE_MAX_FDS fds. *ret_fd: the connection, where the reply will come.
 * -EPIPE: the supervisor is dead.
 */
int node_send(const struct node_pod *pod, const struct node_request *request,
	const int *fds, size_t n_fds, int *ret_fd, struct pod_error *reterr);
/* Read one reply; its error, if it is one, is returned as it is. */
int node_receive(int fd, const struct node_pod *pod, struct node_reply *ret,
	struct pod_error *reterr);
/* Find, send, receive. ret may be NULL. */
int node_call(struct pod_node *node, const char *ref,
	const struct node_request *request, struct node_reply *ret,
	struct pod_error *reterr);

/* node/spawn.c */
/*
 * Start a supervisor: exec the program from a read-only detached mount, with
 * these fds as 3, 4 and 5. Leaves no child behind that the caller would have
 * to wait for, and sends it no signal.
 */
struct node_spawn {
	const char *const *argv;
	int fds[3];
};
int node_spawn(const char *path, const struct node_spawn *spawn,
	struct pod_error *reterr);
/* The program: wanted, or beside the caller's, or installed, or built. */
int node_spawn_find(const char *wanted, char *ret, size_t size,
	struct pod_error *reterr);

/* node/list.c: the status of an open pod, owner_alive filled; one that is
 * being built is Pending. -ENODATA: claimed, but not even planned. */
int node_status_read(const struct node_pod *pod, struct pod_status **ret,
	struct pod_error *reterr);

/* Remove the link from the pod's name if it still leads to uid. 0, -errno. */
int node_name_unlink(const struct run_dirs *d, const char *namespace_,
	const char *name, const char *uid);

#endif
