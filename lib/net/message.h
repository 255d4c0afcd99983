/* SPDX-License-Identifier: MIT */
/*
 * net/message.h - rtnetlink messages that links and covers share.
 */
#ifndef NET_MESSAGE_H
#define NET_MESSAGE_H

#include "net/batch.h"

struct net_route {
	struct net_cidr dst;	/* prefix 0: the default route */
	int index;		/* 0: none, an unreachable route */
	struct net_addr gateway, source;	/* AF_UNSPEC: none */
	uint32_t metric;
};

void net_message_add_route(struct net_batch *b, const char *operation,
	const struct net_route *route);
/* The whole address, /32 or /128, without duplicate detection. */
void net_message_add_addr(struct net_batch *b, const char *operation,
	int index, const struct net_addr *addr);
/* NET_HOST_V4 or NET_HOST_V6. */
void net_message_host_addr(int family, struct net_addr *ret);
/* That address on lo; it may be there already. */
void net_message_add_host_addr(struct net_batch *b,
	const struct net_addr *self);

#endif
