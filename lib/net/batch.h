/* SPDX-License-Identifier: MIT */
/*
 * net/batch.h - several rtnetlink messages in one send, each with a name.
 *
 * struct net_batch b = { 0 }; net_batch_add() and net_batch_put() as often
 * as needed, net_batch_run() once, net_batch_done() always (_cleanup_batch_).
 * A failed allocation is remembered and reported by net_batch_run().
 */
#ifndef NET_BATCH_H
#define NET_BATCH_H

#include <linux/netlink.h>
#include <netlink/netlink.h>
#include <netlink/msg.h>
#include <netlink/attr.h>

#include "net/net.h"

#define NET_BATCH_MAX 16

struct net_batch_entry {
	struct nl_msg *msg;
	const char *operation;	/* "add route"; must outlive the batch */
	int tolerate;		/* an errno (positive) that is no failure */
	bool is_v6;		/* pointless on a host without IPv6 */
};

struct net_batch {
	struct net_batch_entry entry[NET_BATCH_MAX];
	unsigned int count;
	bool oom;
	const char *subject;	/* interface or CIDR, for the error */
	/* Called for every message that is not an acknowledgement. */
	void (*reply)(const struct nlmsghdr *nlh, void *data);
	void *data;
	/* After a failed run: the entry that failed first; or count. */
	unsigned int failed;
};

/* Append a message whose fixed part is body. */
struct nl_msg *net_batch_add(struct net_batch *b, const char *operation,
	int type, int flags, const void *body, size_t size);
/* The last message added may fail with this errno. */
void net_batch_tolerate(struct net_batch *b, int code);
/* Mark the last message added as IPv6's; for the caller. */
void net_batch_is_v6(struct net_batch *b);
/* Attributes of the last message added. */
void net_batch_put(struct net_batch *b, int type, const void *data,
	size_t size);
void net_batch_put_u32(struct net_batch *b, int type, uint32_t value);
void net_batch_put_addr(struct net_batch *b, int type,
	const struct net_addr *a);
struct nlattr *net_batch_nest(struct net_batch *b, int type);
void net_batch_nest_end(struct net_batch *b, struct nlattr *nest);
/* Raw room inside a nest, zeroed by libnl (VETH_INFO_PEER's ifinfomsg). */
void net_batch_reserve(struct net_batch *b, size_t size);

/*
 * Send all, read all answers. All messages are carried out even if one
 * fails (so does the kernel); the first failure is returned and recorded
 * with its operation. Empty batch: 0.
 */
int net_batch_run(struct nl_sock *sk, struct net_batch *b,
	struct pod_error *reterr);
void net_batch_done(struct net_batch *b);
#define _cleanup_batch_ __attribute__((cleanup(net_batch_done)))

/* Read a dump that net_batch_run() cannot: until NLMSG_DONE. */
int net_batch_dump(struct nl_sock *sk, int type, const void *body,
	size_t size, void (*reply)(const struct nlmsghdr *nlh, void *data),
	void *data);

#endif
