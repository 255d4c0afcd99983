// SPDX-License-Identifier: MIT
/*
 * net/batch.c - several rtnetlink messages in one send.
 *
 * Knows sequence numbers and answers; knows nothing of what the messages ask.
 *
 * Only the last message asks for an acknowledgement: the kernel reports a
 * failure unasked, works in order, and has finished everything when the send
 * returns. So answers are read without blocking: one that is not there by
 * then was lost, and waiting for it would hang.
 */
#include "net/batch.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"

/* The longest of ours, a veth's NEWLINK, has 250 bytes. */
#define MESSAGE_SIZE 512
/* Dumps come in pieces of up to 32 KiB if one offers that much; never more
 * than this to a smaller buffer, except a link with many attributes. */
#define ANSWER_SIZE 8192

int net_socket_open(struct nl_sock **ret, struct pod_error *reterr)
{
	const struct sockaddr_nl any = { .nl_family = AF_NETLINK };
	_cleanup_fd_ int fd = -EBADF;

	/* Not nl_connect(): it picks a port by a table under a global lock. */
	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (fd < 0 || bind(fd, (const struct sockaddr *)&any, sizeof(any)) < 0)
		return err_errno(reterr, POD_STAGE_NETWORK, NULL,
			"open rtnetlink socket");
	return net_socket_take(take_fd(&fd), ret, reterr);
}

int net_socket_take(int fd, struct nl_sock **ret, struct pod_error *reterr)
{
	_cleanup_fd_ int owned = fd;
	struct nl_sock *sk;
	int on = 1, r;

	/* Errors in words, and without a copy of the question. */
	if (setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on)) < 0 ||
	    setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on)) < 0)
		return err_errno(reterr, POD_STAGE_NETWORK, NULL,
			"prepare rtnetlink socket");
	sk = nl_socket_alloc();
	if (!sk)
		return err_code(reterr, -ENOMEM, POD_STAGE_NETWORK, NULL,
			"prepare rtnetlink socket");
	r = nl_socket_set_fd(sk, NETLINK_ROUTE, fd);
	if (r < 0) {
		nl_socket_free(sk);
		return err_set(reterr, -EINVAL, POD_STAGE_NETWORK, NULL,
			"prepare rtnetlink socket", "%s", nl_geterror(r));
	}
	(void)take_fd(&owned);
	*ret = sk;
	return 0;
}

void net_socket_close(struct nl_sock *sk)
{
	nl_socket_free(sk);
}

static struct nl_msg *last(struct net_batch *b)
{
	return b->oom || b->count == 0 ? NULL : b->entry[b->count - 1].msg;
}

struct nl_msg *net_batch_add(struct net_batch *b, const char *operation,
	int type, int flags, const void *body, size_t size)
{
	struct nl_msg *msg = NULL;

	if (!b->oom && b->count < NET_BATCH_MAX)
		msg = nlmsg_alloc_size(MESSAGE_SIZE);
	if (!msg) {
		b->oom = true;
		return NULL;
	}
	b->entry[b->count++] = (struct net_batch_entry){
		.msg = msg, .operation = operation,
	};
	if (!nlmsg_put(msg, NL_AUTO_PORT, 0, type, 0, NLM_F_REQUEST | flags) ||
	    nlmsg_append(msg, (void *)(uintptr_t)body, size, NLMSG_ALIGNTO) < 0)
		b->oom = true;
	return msg;
}

void net_batch_tolerate(struct net_batch *b, int code)
{
	if (last(b))
		b->entry[b->count - 1].tolerate = code;
}

void net_batch_is_v6(struct net_batch *b)
{
	if (last(b))
		b->entry[b->count - 1].is_v6 = true;
}

void net_batch_put(struct net_batch *b, int type, const void *data,
	size_t size)
{
	if (last(b) && nla_put(last(b), type, (int)size, data) < 0)
		b->oom = true;
}

void net_batch_put_u32(struct net_batch *b, int type, uint32_t value)
{
	net_batch_put(b, type, &value, sizeof(value));
}

void net_batch_put_addr(struct net_batch *b, int type,
	const struct net_addr *a)
{
	if (a->family == AF_INET)
		net_batch_put(b, type, &a->v4, sizeof(a->v4));
	else
		net_batch_put(b, type, &a->v6, sizeof(a->v6));
}

struct nlattr *net_batch_nest(struct net_batch *b, int type)
{
	struct nlattr *nest = last(b) ? nla_nest_start(last(b), type) : NULL;

	if (!nest)
		b->oom = true;
	return nest;
}

void net_batch_nest_end(struct net_batch *b, struct nlattr *nest)
{
	if (last(b) && nest)
		(void)nla_nest_end(last(b), nest);
}

void net_batch_reserve(struct net_batch *b, size_t size)
{
	if (last(b) && !nlmsg_reserve(last(b), size, NLMSG_ALIGNTO))
		b->oom = true;
}

void net_batch_done(struct net_batch *b)
{
	unsigned int i;

	for (i = 0; i < b->count; i++)
		nlmsg_free(b->entry[i].msg);
	b->count = 0;
}

/* The kernel's own words on an error, or NULL. */
static const char *ack_text(struct nlmsghdr *nlh)
{
	struct nlattr *attr;

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS) ||
	    !(nlh->nlmsg_flags & NLM_F_CAPPED))
		return NULL;
	attr = nlmsg_find_attr(nlh, sizeof(struct nlmsgerr),
		NLMSGERR_ATTR_MSG);
	if (!attr || nla_len(attr) < 1 ||
	    ((const char *)nla_data(attr))[nla_len(attr) - 1] != '\0')
		return NULL;
	return nla_data(attr);
}

/* One message of an answer; true when it was the last one's. */
static bool take_answer(struct net_batch *b, uint32_t first_seq,
	struct nlmsghdr *nlh, int *first, struct pod_error *reterr)
{
	const struct nlmsgerr *err = nlmsg_data(nlh);
	unsigned int i = nlh->nlmsg_seq - first_seq;
	const char *text;

	if (i >= b->count)
		return false;	/* of an earlier batch */
	if (nlh->nlmsg_type != NLMSG_ERROR) {
		if (b->reply)
			b->reply(nlh, b->data);
		return false;
	}
	if (err->error < 0 && err->error != -b->entry[i].tolerate &&
	    *first == 0) {
		*first = err->error;
		b->failed = i;
		err_code(reterr, err->error, POD_STAGE_NETWORK, b->subject,
			b->entry[i].operation);
		text = ack_text(nlh);
		if (text)
			err_hint(reterr, "the kernel says: %s", text);
	}
	return i == b->count - 1;
}

static ssize_t receive(struct nl_sock *sk, void *buf, size_t size)
{
	ssize_t n;

	do
		n = recv(nl_socket_get_fd(sk), buf, size,
			MSG_DONTWAIT | MSG_TRUNC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == EAGAIN ? -EIO : -errno;
	if ((size_t)n > size)
		return -EMSGSIZE;
	return n;
}

static int read_answers(struct nl_sock *sk, struct net_batch *b,
	uint32_t first_seq, struct pod_error *reterr)
{
	char buf[ANSWER_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct nlmsghdr *nlh;
	int first = 0, left;
	bool is_done = false;
	ssize_t n;

	while (!is_done) {
		n = receive(sk, buf, sizeof(buf));
		if (n < 0)
			return err_set(reterr, (int)n, POD_STAGE_NETWORK,
				b->subject, "read rtnetlink answer",
				"the kernel's answer was lost");
		left = (int)n;
		for (nlh = (struct nlmsghdr *)buf; nlmsg_ok(nlh, left);
			nlh = nlmsg_next(nlh, &left))
			is_done |= take_answer(b, first_seq, nlh, &first,
				reterr);
	}
	return first;
}

int net_batch_run(struct nl_sock *sk, struct net_batch *b,
	struct pod_error *reterr)
{
	struct iovec iov[NET_BATCH_MAX];
	struct nlmsghdr *nlh;
	uint32_t seq, first_seq = 0;
	unsigned int i;
	int r;

	b->failed = b->count;
	if (b->oom)
		return err_code(reterr, -ENOMEM, POD_STAGE_NETWORK,
			b->subject, "build rtnetlink message");
	if (b->count == 0)
		return 0;
	for (i = 0; i < b->count; i++) {
		nlh = nlmsg_hdr(b->entry[i].msg);
		seq = nl_socket_use_seq(sk);
		if (i == 0)
			first_seq = seq;
		nlh->nlmsg_seq = seq;
		nlh->nlmsg_pid = nl_socket_get_local_port(sk);
		if (i == b->count - 1)
			nlh->nlmsg_flags |= NLM_F_ACK;
		iov[i].iov_base = nlh;
		iov[i].iov_len = NLMSG_ALIGN(nlh->nlmsg_len);
	}
	errno = 0;
	r = nl_send_iovec(sk, b->entry[0].msg, iov, b->count);
	if (r < 0)
		return err_set(reterr, errno ? -errno : -EIO,
			POD_STAGE_NETWORK, b->subject,
			"send rtnetlink messages", "%s", nl_geterror(r));
	return read_answers(sk, b, first_seq, reterr);
}

int net_batch_dump(struct nl_sock *sk, int type, const void *body,
	size_t size, void (*reply)(const struct nlmsghdr *nlh, void *data),
	void *data)
{
	char buf[4 * ANSWER_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct nlmsghdr *nlh;
	int left, r;
	ssize_t n;

	r = nl_send_simple(sk, type, NLM_F_DUMP, (void *)(uintptr_t)body,
		size);
	if (r < 0)
		return -EIO;
	for (;;) {
		n = receive(sk, buf, sizeof(buf));
		if (n < 0)
			return (int)n;
		left = (int)n;
		for (nlh = (struct nlmsghdr *)buf; nlmsg_ok(nlh, left);
			nlh = nlmsg_next(nlh, &left)) {
			if (nlh->nlmsg_type == NLMSG_DONE)
				return nlmsg_datalen(nlh) < (int)sizeof(int) ?
					0 : *(const int *)nlmsg_data(nlh);
			if (nlh->nlmsg_type == NLMSG_ERROR)
				return ((const struct nlmsgerr *)
					nlmsg_data(nlh))->error;
			reply(nlh, data);
		}
	}
}
