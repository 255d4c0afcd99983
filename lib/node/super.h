/* SPDX-License-Identifier: MIT */
/*
 * node/super.h - the parts of the supervisor.
 *
 * One thread, one engine, tables of fixed size: nothing here allocates after
 * the pod is built. Requests are handled in the engine's dispatch; what has
 * to wait (stop, delete, wait, watch, exec) stays in its connection's slot
 * until super_settle() or the exec's end answers it.
 */
#ifndef NODE_SUPER_H
#define NODE_SUPER_H

#include <stdbool.h>
#include <sys/types.h>

#include "node/proto.h"
#include "run/run.h"

#define SUPER_MAX_CLIENTS 64
#define SUPER_MAX_EXECS 64

enum super_client_state {
	SUPER_FREE = 0,
	SUPER_READING,	/* connected, its request has not come yet */
	SUPER_WAITING,	/* its answer comes later */
};

struct super;

struct super_client {
	struct run_watch watch;	/* first: the handler gets this */
	struct super *super;
	enum super_client_state state;
	enum node_verb verb;
	int64_t number;		/* of NODE_WATCH */
};

/* A process that runs for a client; outlives the client's connection. */
struct super_exec {
	struct super *super;
	struct super_client *client;	/* NULL: gone */
	pid_t pid;
	bool used;
};

/* What the command line says. */
struct super_options {
	const char *root, *run, *cgroup_parent, *pod_cidr, *uid;
	int state_fd, lock_fd, reply_fd;
	bool start, remove;
};

struct super {
	struct super_options options;
	struct pod_engine *engine;
	struct pod *pod;
	char namespace_[64], name[256];
	bool host_pid;		/* orphans of containers come to us */

	struct run_watch listener, signals;
	/* the creator: until it says that it knows of the pod, the pod is
	 * undone when it goes; with --rm the exit code is said there, too */
	struct run_watch line;
	bool acknowledged;
	int spare_fd;		/* to refuse a client when there are no fds */

	bool changed, deleting, abandoned, done;
	int64_t change;		/* counts changes, from 1 */

	struct super_client clients[SUPER_MAX_CLIENTS];
	struct super_exec execs[SUPER_MAX_EXECS];
	unsigned char message[NODE_MAX_MESSAGE + 1];
	const char *vector[NODE_MAX_STRINGS + 2];
};

/* node/super_options.c: 0 or -EINVAL. */
int super_options_parse(int argc, char **argv, struct super_options *ret);

/* node/super_socket.c */
/* Make state/sock and listen. Before the pod is built, so that a client
 * finds somebody to wait for. */
int super_listen(struct super *s, struct pod_error *reterr);
/* Serve it. */
int super_serve(struct super *s, struct pod_error *reterr);
/* Answer and let go of a client. */
void super_reply(struct super_client *c, int code, int exit_code,
	const struct pod_error *error);
/* Say something to the creator; it may be gone, which its watch tells. */
void super_say(struct super *s, int code, int exit_code,
	const struct pod_error *error);

/* node/super_verbs.c */
/* Do a request; fds are borrowed. Answers now, or the client stays. */
void super_handle(struct super_client *c, const struct node_request *request,
	const int *fds, size_t n_fds);
/* The client has gone before its answer. */
void super_forget(struct super_client *c);
/* After each dispatch: answer who waited for what is now, remove the pod
 * when it is time to. */
void super_settle(struct super *s);

#endif
