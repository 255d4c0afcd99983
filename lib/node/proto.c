/* SPDX-License-Identifier: MIT */
/*
 * node/proto.c - requests and replies as bytes.
 *
 * Pure: knows the layout and its limits; knows neither sockets nor pods.
 *
 * A payload string is a native uint32_t length, that many bytes and a
 * terminating zero, which is inside the payload so that the decoder can point
 * at it. A string that is not given has the length NODE_NO_STRING.
 */
#include "node/proto.h"

#include <errno.h>
#include <string.h>

#include <pod/node.h>

#define NODE_NO_STRING UINT32_MAX

/* The encoder's place in the payload; failed stays set. */
struct writer {
	unsigned char *at;
	size_t left;
	bool failed;
};

static void put(struct writer *w, const char *s)
{
	size_t len = s ? strlen(s) : 0;
	size_t need = sizeof(uint32_t) + (s ? len + 1 : 0);
	uint32_t n = s ? (uint32_t)len : NODE_NO_STRING;

	if (len >= NODE_MAX_PAYLOAD || need > w->left) {
		w->failed = true;
		return;
	}
	memcpy(w->at, &n, sizeof(n));
	if (s)
		memcpy(w->at + sizeof(n), s, len + 1);
	w->at += need;
	w->left -= need;
}

int node_encode(const struct node_request *request, void *buf)
{
	struct node_head head = {
		.magic = NODE_MAGIC,
		.version = NODE_VERSION,
		.verb = (uint16_t)request->verb,
		.flags = request->flags,
		.n_argv = request->n_argv,
		.n_env = request->n_env,
		.number = request->number,
	};
	struct writer w = {
		.at = (unsigned char *)buf + sizeof(head),
		.left = NODE_MAX_PAYLOAD,
	};
	uint32_t i;

	if (request->n_argv > NODE_MAX_STRINGS ||
		request->n_env > NODE_MAX_STRINGS - request->n_argv)
		return -E2BIG;
	put(&w, request->container);
	put(&w, request->cwd);
	for (i = 0; i < request->n_argv; i++)
		put(&w, request->argv[i]);
	for (i = 0; i < request->n_env; i++)
		put(&w, request->env[i]);
	if (w.failed)
		return -E2BIG;
	head.payload_size = (uint32_t)(NODE_MAX_PAYLOAD - w.left);
	memcpy(buf, &head, sizeof(head));
	return (int)(sizeof(head) + head.payload_size);
}

/* Take one string off the payload; NULL is a string that is not given. */
static int get(const unsigned char **at, size_t *left, const char **ret)
{
	uint32_t n;

	if (*left < sizeof(n))
		return -EBADMSG;
	memcpy(&n, *at, sizeof(n));
	*at += sizeof(n);
	*left -= sizeof(n);
	if (n == NODE_NO_STRING) {
		*ret = NULL;
		return 0;
	}
	/* the terminator must fit, too; written so that nothing overflows */
	if (n >= *left || (*at)[n] != '\0' || memchr(*at, '\0', n))
		return -EBADMSG;
	*ret = (const char *)*at;
	*at += n + 1;
	*left -= n + 1;
	return 0;
}

static int get_vector(const unsigned char **at, size_t *left, uint32_t count,
	const char **vector)
{
	uint32_t i;
	int r;

	for (i = 0; i < count; i++) {
		r = get(at, left, &vector[i]);
		if (r < 0)
			return r;
		if (!vector[i])
			return -EBADMSG;
	}
	vector[count] = NULL;
	return 0;
}

/* The flags a verb knows; others are refused, not passed over. */
static uint32_t known_flags(unsigned int verb)
{
	if (verb == NODE_DELETE)
		return POD_NODE_FORCE | POD_NODE_NO_WAIT;
	if (verb == NODE_EXEC)
		return NODE_EXEC_FD(0) | NODE_EXEC_FD(1) | NODE_EXEC_FD(2);
	return 0;
}

static int check_head(const struct node_head *head, size_t size)
{
	if (head->magic != NODE_MAGIC)
		return -EBADMSG;
	if (head->version != NODE_VERSION)
		return -EPROTONOSUPPORT;
	if (head->verb < NODE_PING || head->verb >= NODE_VERBS)
		return -EBADMSG;
	if (head->flags & ~known_flags(head->verb))
		return -EBADMSG;
	if (head->payload_size > NODE_MAX_PAYLOAD ||
		head->payload_size != size - sizeof(*head))
		return -EBADMSG;
	if (head->n_argv > NODE_MAX_STRINGS ||
		head->n_env > NODE_MAX_STRINGS - head->n_argv)
		return -E2BIG;
	if (head->verb != NODE_EXEC && (head->n_argv || head->n_env))
		return -EBADMSG;
	if (head->verb == NODE_EXEC && !head->n_argv)
		return -EBADMSG;
	return 0;
}

int node_decode(const void *message, size_t size, const char **vector,
	struct node_request *ret)
{
	const unsigned char *at = message;
	struct node_head head;
	struct node_request q = { 0 };
	size_t left;
	int r;

	if (size < sizeof(head))
		return -EBADMSG;
	memcpy(&head, message, sizeof(head));
	r = check_head(&head, size);
	if (r < 0)
		return r;
	at += sizeof(head);
	left = head.payload_size;
	q.verb = (enum node_verb)head.verb;
	q.flags = head.flags;
	q.number = head.number;
	q.n_argv = head.n_argv;
	q.n_env = head.n_env;
	q.argv = vector;
	q.env = vector + head.n_argv + 1;
	r = get(&at, &left, &q.container);
	if (!r)
		r = get(&at, &left, &q.cwd);
	if (!r)
		r = get_vector(&at, &left, q.n_argv, q.argv);
	if (!r)
		r = get_vector(&at, &left, q.n_env, q.env);
	if (r < 0)
		return r;
	if (left)
		return -EBADMSG;
	*ret = q;
	return 0;
}

int node_reply_check(struct node_reply *reply, size_t size)
{
	struct pod_error *e = &reply->error;

	if (size < offsetof(struct node_reply, pad) ||
		reply->magic != NODE_MAGIC)
		return -EBADMSG;
	if (reply->version != NODE_VERSION)
		return -EPROTONOSUPPORT;
	if (size != sizeof(*reply))
		return -EBADMSG;
	e->operation[sizeof(e->operation) - 1] = '\0';
	e->container[sizeof(e->container) - 1] = '\0';
	e->subject[sizeof(e->subject) - 1] = '\0';
	e->message[sizeof(e->message) - 1] = '\0';
	e->hint[sizeof(e->hint) - 1] = '\0';
	return 0;
}
