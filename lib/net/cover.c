// SPDX-License-Identifier: MIT
/*
 * net/cover.c - what the host has once for all its pods.
 *
 * The covering route of the pod CIDR, a look whether the CIDR is free, and
 * the host's addresses towards its pods. Knows nothing of single pods.
 */
#include "net/net.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>

#include "base/err.h"
#include "base/str.h"
#include "net/batch.h"
#include "net/message.h"

#define LOOPBACK 1
/* Behind any route of the same prefix that the administrator makes. */
#define COVER_METRIC 0x70000000U

static void cidr_text(const struct net_cidr *c, char *buf, size_t size)
{
	char addr[NET_ADDR_TEXT];

	(void)snprintf(buf, size, "%s/%u", net_addr_text(&c->addr, addr),
		c->prefix);
}

int net_cover_add(struct nl_sock *sk, const struct net_cidr *cidr,
	struct pod_error *reterr)
{
	char text[NET_ADDR_TEXT + 4];
	_cleanup_batch_ struct net_batch b = { .subject = text };

	if (cidr->addr.family == AF_UNSPEC)
		return 0;
	cidr_text(cidr, text, sizeof(text));
	net_message_add_route(&b, "add covering route", &(struct net_route){
		.dst = *cidr, .metric = COVER_METRIC,
	});
	net_batch_tolerate(&b, EEXIST);
	return net_batch_run(sk, &b, reterr);
}

int net_cover_remove(struct nl_sock *sk, const struct net_cidr *cidr)
{
	_cleanup_batch_ struct net_batch b = { 0 };
	const struct rtmsg rt = {
		.rtm_family = (unsigned char)cidr->addr.family,
		.rtm_dst_len = (unsigned char)cidr->prefix,
		.rtm_table = RT_TABLE_MAIN,
		.rtm_protocol = NET_ROUTE_PROTOCOL,
		.rtm_scope = RT_SCOPE_NOWHERE,
		.rtm_type = RTN_UNREACHABLE,
	};

	if (cidr->addr.family == AF_UNSPEC)
		return 0;
	net_batch_add(&b, "remove covering route", RTM_DELROUTE, 0, &rt,
		sizeof(rt));
	net_batch_put_addr(&b, RTA_DST, &cidr->addr);
	net_batch_put_u32(&b, RTA_PRIORITY, COVER_METRIC);
	net_batch_tolerate(&b, ESRCH);
	return net_batch_run(sk, &b, NULL);
}

static int host_remove(struct nl_sock *sk, int family,
	struct pod_error *reterr)
{
	_cleanup_batch_ struct net_batch b = { .subject = "lo" };
	const struct ifaddrmsg ifa = {
		.ifa_family = (unsigned char)family,
		.ifa_prefixlen = family == AF_INET ? 32 : 128,
		.ifa_index = LOOPBACK,
	};
	struct net_addr self;

	net_message_host_addr(family, &self);
	net_batch_add(&b, "remove host address", RTM_DELADDR, 0, &ifa,
		sizeof(ifa));
	net_batch_put_addr(&b, IFA_LOCAL, &self);
	net_batch_tolerate(&b, EADDRNOTAVAIL);
	return net_batch_run(sk, &b, reterr);
}

int net_host_remove(struct nl_sock *sk, struct pod_error *reterr)
{
	int r = host_remove(sk, AF_INET, reterr), r6;

	r6 = host_remove(sk, AF_INET6, NULL);
	/* A kernel without IPv6 has nothing to remove. */
	if (r == 0 && r6 < 0 && r6 != -EOPNOTSUPP && r6 != -EAFNOSUPPORT)
		r = err_code(reterr, r6, POD_STAGE_NETWORK, "lo",
			"remove host address");
	return r;
}

struct conflict {
	const struct net_cidr *cidr;
	char *text;
	size_t size;
	bool is_found;
};

static bool route_counts(const struct rtmsg *rt, int family)
{
	return rt->rtm_family == family && rt->rtm_dst_len > 0 &&
		rt->rtm_protocol != NET_ROUTE_PROTOCOL &&
		!(rt->rtm_flags & RTM_F_CLONED) &&
		(rt->rtm_type == RTN_UNICAST || rt->rtm_type == RTN_LOCAL ||
		 rt->rtm_type == RTN_BLACKHOLE ||
		 rt->rtm_type == RTN_UNREACHABLE ||
		 rt->rtm_type == RTN_PROHIBIT || rt->rtm_type == RTN_THROW);
}

static void look_for_conflict(const struct nlmsghdr *nlh, void *data)
{
	struct conflict *c = data;
	const struct rtmsg *rt = nlmsg_data(nlh);
	struct nlmsghdr *h = (struct nlmsghdr *)(uintptr_t)nlh;
	struct net_cidr dst = { .prefix = rt->rtm_dst_len };
	char name[IF_NAMESIZE] = "", text[NET_ADDR_TEXT + 4];
	struct nlattr *attr;
	int size;

	if (c->is_found || nlh->nlmsg_type != RTM_NEWROUTE ||
	    !route_counts(rt, c->cidr->addr.family))
		return;
	attr = nlmsg_find_attr(h, sizeof(*rt), RTA_DST);
	dst.addr.family = rt->rtm_family;
	size = rt->rtm_family == AF_INET ? 4 : 16;
	if (!attr || nla_len(attr) != size)
		return;
	memcpy(&dst.addr.v6, nla_data(attr), (size_t)size);
	if (!net_cidr_overlaps(&dst, c->cidr))
		return;
	c->is_found = true;
	cidr_text(&dst, text, sizeof(text));
	attr = nlmsg_find_attr(h, sizeof(*rt), RTA_OIF);
	if (attr && nla_len(attr) == (int)sizeof(uint32_t))
		(void)if_indextoname(nla_get_u32(attr), name);
	(void)snprintf(c->text, c->size, "%s%s%s", text,
		name[0] ? " dev " : "", name);
}

int net_cover_conflict(struct nl_sock *sk, const struct net_cidr *cidr,
	char *text, size_t size)
{
	const struct rtmsg rt = {
		.rtm_family = (unsigned char)cidr->addr.family,
	};
	struct conflict c = { .cidr = cidr, .text = text, .size = size };
	int r;

	if (cidr->addr.family == AF_UNSPEC)
		return 0;
	r = net_batch_dump(sk, RTM_GETROUTE, &rt, sizeof(rt),
		look_for_conflict, &c);
	return r < 0 ? r : c.is_found;
}
