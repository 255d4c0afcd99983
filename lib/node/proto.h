/* SPDX-License-Identifier: MIT */
/*
 * node/proto.h - what client and supervisor say to each other.
 *
 * SOCK_SEQPACKET, one request per connection, one reply. A request is a fixed
 * head and a payload of length-prefixed strings (container, cwd, argv, env);
 * standard fds of an exec travel beside it. Both sides check every length:
 * a supervisor must survive any bytes, and a client an older supervisor.
 */
#ifndef NODE_PROTO_H
#define NODE_PROTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pod/container.h>

#define NODE_MAGIC 0x31444f50u		/* "POD1" */
#define NODE_VERSION 1u
#define NODE_MAX_PAYLOAD (128u * 1024)
#define NODE_MAX_STRINGS 4096u		/* argv and env together */
#define NODE_MAX_FDS 3u

enum node_verb {
	NODE_PING = 1,
	NODE_START,
	NODE_KILL,	/* number: the signal */
	NODE_STOP,	/* number: grace seconds; answered at the pod's end */
	NODE_DELETE,	/* the same; flags POD_NODE_FORCE, POD_NODE_NO_WAIT */
	NODE_EXEC,	/* flags: which standard fds came along */
	NODE_WAIT,	/* answered at the pod's end, with its exit code */
	NODE_WATCH,	/* number: last change seen; answered when it differs */
	NODE_VERBS
};

/* NODE_EXEC: fd i (0, 1, 2) is attached; those that are come in order. */
#define NODE_EXEC_FD(i) (1u << (i))

struct node_head {
	uint32_t magic;
	uint16_t version, verb;
	uint32_t flags;
	uint32_t n_argv, n_env;
	uint32_t payload_size;	/* bytes after the head */
	int64_t number;
};

/* The largest datagram either side sends. */
#define NODE_MAX_MESSAGE (sizeof(struct node_head) + NODE_MAX_PAYLOAD)

struct node_reply {
	uint32_t magic;
	uint16_t version, pad;
	int32_t code;		/* 0 or -errno; error then tells more */
	int32_t exit_code;	/* NODE_EXEC, NODE_WAIT */
	int64_t number;		/* NODE_WATCH: the change that is current */
	struct pod_error error;
};

/* A request, decoded. Strings point into the message. */
struct node_request {
	enum node_verb verb;
	uint32_t flags;
	int64_t number;
	const char *container;	/* NULL: not named */
	const char *cwd;	/* NULL: not named */
	uint32_t n_argv, n_env;
	const char **argv;	/* NULL-terminated, as is env */
	const char **env;
};

/*
 * Build a message in buf, which has NODE_MAX_MESSAGE bytes. Returns its
 * length; -E2BIG: more than the payload or NODE_MAX_STRINGS hold.
 */
int node_encode(const struct node_request *request, void *buf);

/*
 * Check a message of size bytes that anyone may have sent. vector has
 * NODE_MAX_STRINGS + 2 elements and holds argv and env afterwards.
 * -EBADMSG: not ours, truncated, or with lengths that do not add up;
 * -EPROTONOSUPPORT: another version; -E2BIG: too many strings.
 */
int node_decode(const void *message, size_t size, const char **vector,
	struct node_request *ret);

/* Is this a whole reply of ours? Makes its strings terminated. 0, -EBADMSG,
 * -EPROTONOSUPPORT. */
int node_reply_check(struct node_reply *reply, size_t size);

#endif
