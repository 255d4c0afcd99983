// SPDX-License-Identifier: MIT
/*
 * net/message.c - rtnetlink messages that links and covers share.
 *
 * Knows their fields; knows nothing of when they are sent.
 */
#include "net/message.h"

#include <errno.h>

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>

#define LOOPBACK 1

static unsigned char whole(const struct net_addr *a)
{
	return a->family == AF_INET ? 32 : 128;
}

/*
 * A pod's /32 has the scope "host", not "link" as usual: for each route the
 * kernel looks for a source address of the route's scope, though ours names
 * one, and lo's 127.0.0.1 is of this. Else, on a host without an address of
 * its own, it walks all pods (0.1 ms of 2,000). IPv6 has no such thing.
 */
static unsigned char route_scope(const struct net_route *route)
{
	return route->dst.addr.family == AF_INET && route->source.family ?
		RT_SCOPE_HOST : RT_SCOPE_UNIVERSE;
}

void net_message_add_route(struct net_batch *b, const char *operation,
	const struct net_route *route)
{
	const struct rtmsg rt = {
		.rtm_family = (unsigned char)route->dst.addr.family,
		.rtm_dst_len = (unsigned char)route->dst.prefix,
		.rtm_table = RT_TABLE_MAIN,
		.rtm_protocol = NET_ROUTE_PROTOCOL,
		.rtm_scope = route_scope(route),
		.rtm_type = route->index ? RTN_UNICAST : RTN_UNREACHABLE,
		/* No route leads to the gateway: it is at the other end. */
		.rtm_flags = route->gateway.family ? RTNH_F_ONLINK : 0,
	};

	net_batch_add(b, operation, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL,
		&rt, sizeof(rt));
	if (route->dst.prefix)
		net_batch_put_addr(b, RTA_DST, &route->dst.addr);
	if (route->index)
		net_batch_put_u32(b, RTA_OIF, (uint32_t)route->index);
	if (route->gateway.family)
		net_batch_put_addr(b, RTA_GATEWAY, &route->gateway);
	if (route->source.family)
		net_batch_put_addr(b, RTA_PREFSRC, &route->source);
	if (route->metric)
		net_batch_put_u32(b, RTA_PRIORITY, route->metric);
	if (route->dst.addr.family == AF_INET6)
		net_batch_is_v6(b);
}

static void add_address(struct net_batch *b, const char *operation, int index,
	const struct net_addr *addr, unsigned char scope)
{
	const struct ifaddrmsg ifa = {
		.ifa_family = (unsigned char)addr->family,
		.ifa_prefixlen = whole(addr),
		.ifa_scope = scope,
		.ifa_index = (unsigned int)index,
	};

	net_batch_add(b, operation, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL,
		&ifa, sizeof(ifa));
	net_batch_put_addr(b, IFA_LOCAL, addr);
	if (addr->family == AF_INET) {
		net_batch_put_addr(b, IFA_ADDRESS, addr);
	} else {
		net_batch_put_u32(b, IFA_FLAGS,
			IFA_F_NODAD | IFA_F_NOPREFIXROUTE);
		net_batch_is_v6(b);
	}
}

void net_message_add_addr(struct net_batch *b, const char *operation,
	int index, const struct net_addr *addr)
{
	add_address(b, operation, index, addr, RT_SCOPE_UNIVERSE);
}

void net_message_host_addr(int family, struct net_addr *ret)
{
	/* Constants that parse. */
	(void)net_addr_parse(family == AF_INET ? NET_HOST_V4 : NET_HOST_V6,
		ret);
}

void net_message_add_host_addr(struct net_batch *b,
	const struct net_addr *self)
{
	/* Deprecated: no source address for anything but our routes. IPv4's
	 * way to say so is the scope. */
	const struct ifa_cacheinfo deprecated = {
		.ifa_prefered = 0, .ifa_valid = UINT32_MAX,
	};

	add_address(b, "add host address to lo", LOOPBACK, self,
		RT_SCOPE_HOST);
	if (self->family == AF_INET6)
		net_batch_put(b, IFA_CACHEINFO, &deprecated,
			sizeof(deprecated));
	net_batch_tolerate(b, EEXIST);
}
