/* SPDX-License-Identifier: MIT */
/*
 * bench/floor_net.c - the floor's pod network, in three batches of netlink.
 *
 * A veth pair whose far end is born inside the pod's namespace, one address
 * of each family routed to it, a link-local gateway and permanent neighbours.
 * Knows nothing of bridges, leases or firewalls. The pair dies with the pod's
 * namespace, so there is no removal.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/veth.h>
#include <net/if.h>
#include <stdio.h>

#include "floor.h"

struct pair {
	uint32_t host_index, pod_index;
	uint8_t host_mac[6], pod_mac[6];
	uint8_t gateway4[4], pod4[4];
	uint8_t gateway6[16], pod6[16];
};

static void add_veth(struct nl_batch *b, const struct pair *p,
	unsigned int serial, int pod_ns)
{
	const struct ifinfomsg host = { .ifi_index = (int)p->host_index };
	const struct ifinfomsg peer = { .ifi_index = (int)p->pod_index };
	char name[IFNAMSIZ];
	size_t info, data, end;

	(void)snprintf(name, sizeof(name), "floor%u", serial);
	nl_message(b, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &host,
		sizeof(host));
	nl_attr_str(b, IFLA_IFNAME, name);
	nl_attr(b, IFLA_ADDRESS, p->host_mac, 6);
	/* Without them the kernel shrinks its queues and waits for RCU. */
	nl_attr_u32(b, IFLA_NUM_TX_QUEUES, 1);
	nl_attr_u32(b, IFLA_NUM_RX_QUEUES, 1);
	info = nl_nest(b, IFLA_LINKINFO);
	nl_attr_str(b, IFLA_INFO_KIND, "veth");
	data = nl_nest(b, IFLA_INFO_DATA);
	end = nl_nest(b, VETH_INFO_PEER);
	nl_bytes(b, &peer, sizeof(peer));
	nl_attr_str(b, IFLA_IFNAME, "eth0");
	nl_attr(b, IFLA_ADDRESS, p->pod_mac, 6);
	nl_attr_u32(b, IFLA_NUM_TX_QUEUES, 1);
	nl_attr_u32(b, IFLA_NUM_RX_QUEUES, 1);
	nl_attr_u32(b, IFLA_NET_NS_FD, (uint32_t)pod_ns);
	nl_nest_end(b, end);
	nl_nest_end(b, data);
	nl_nest_end(b, info);
}

/* No address of the kernel's own choosing: no DAD, MLD or RS timers. */
static void add_no_autoconf(struct nl_batch *b, uint32_t index)
{
	const struct ifinfomsg link = { .ifi_index = (int)index };
	const uint8_t none = IN6_ADDR_GEN_MODE_NONE;
	size_t spec, inet6;

	nl_message(b, RTM_SETLINK, 0, &link, sizeof(link));
	spec = nl_nest(b, IFLA_AF_SPEC);
	inet6 = nl_nest(b, AF_INET6);
	nl_attr(b, IFLA_INET6_ADDR_GEN_MODE, &none, sizeof(none));
	nl_nest_end(b, inet6);
	nl_nest_end(b, spec);
}

static void add_up(struct nl_batch *b, uint32_t index)
{
	const struct ifinfomsg link = { .ifi_index = (int)index,
		.ifi_flags = IFF_UP, .ifi_change = IFF_UP };

	nl_message(b, RTM_SETLINK, 0, &link, sizeof(link));
}

static void add_address(struct nl_batch *b, int family, uint32_t index,
	const uint8_t *address)
{
	const size_t size = family == AF_INET ? 4 : 16;
	const struct ifaddrmsg a = { .ifa_family = (uint8_t)family,
		.ifa_prefixlen = (uint8_t)(size * 8), .ifa_index = index,
		.ifa_flags = family == AF_INET6 ? IFA_F_NODAD : 0 };

	nl_message(b, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &a, sizeof(a));
	nl_attr(b, IFA_LOCAL, address, size);
	nl_attr(b, IFA_ADDRESS, address, size);
}

static void add_neighbour(struct nl_batch *b, int family, uint32_t index,
	const uint8_t *address, const uint8_t *mac)
{
	const struct ndmsg n = { .ndm_family = (uint8_t)family,
		.ndm_ifindex = (int)index, .ndm_state = NUD_PERMANENT };

	nl_message(b, RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE, &n,
		sizeof(n));
	nl_attr(b, NDA_DST, address, family == AF_INET ? 4 : 16);
	nl_attr(b, NDA_LLADDR, mac, 6);
}

/* To one address (to) directly, or everything by way of a gateway (via). */
static void add_route(struct nl_batch *b, int family, uint32_t index,
	const uint8_t *to, const uint8_t *via)
{
	const size_t size = family == AF_INET ? 4 : 16;
	const struct rtmsg rt = { .rtm_family = (uint8_t)family,
		.rtm_dst_len = to ? (uint8_t)(size * 8) : 0,
		.rtm_table = RT_TABLE_MAIN, .rtm_protocol = RTPROT_STATIC,
		.rtm_scope = via ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK,
		.rtm_type = RTN_UNICAST };

	nl_message(b, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, &rt,
		sizeof(rt));
	if (to)
		nl_attr(b, RTA_DST, to, size);
	if (via)
		nl_attr(b, RTA_GATEWAY, via, size);
	nl_attr_u32(b, RTA_OIF, index);
}

static void pod_batch(struct nl_batch *b, const struct pair *p, bool ipv6)
{
	add_up(b, 1);
	if (ipv6)
		add_no_autoconf(b, p->pod_index);
	add_up(b, p->pod_index);
	add_address(b, AF_INET, p->pod_index, p->pod4);
	add_neighbour(b, AF_INET, p->pod_index, p->gateway4, p->host_mac);
	add_route(b, AF_INET, p->pod_index, p->gateway4, NULL);
	add_route(b, AF_INET, p->pod_index, NULL, p->gateway4);
	if (!ipv6)
		return;
	add_address(b, AF_INET6, p->pod_index, p->pod6);
	add_neighbour(b, AF_INET6, p->pod_index, p->gateway6, p->host_mac);
	add_route(b, AF_INET6, p->pod_index, p->gateway6, NULL);
	add_route(b, AF_INET6, p->pod_index, NULL, p->gateway6);
}

static void host_batch(struct nl_batch *b, const struct pair *p, bool ipv6)
{
	add_route(b, AF_INET, p->host_index, p->pod4, NULL);
	add_neighbour(b, AF_INET, p->host_index, p->pod4, p->pod_mac);
	if (!ipv6)
		return;
	add_route(b, AF_INET6, p->host_index, p->pod6, NULL);
	add_neighbour(b, AF_INET6, p->host_index, p->pod6, p->pod_mac);
}

int floor_net_create(const struct floor_config *config, int pod_nl,
	int pod_ns, unsigned int serial)
{
	/* 10.245.0.2 … : an address is not used again soon after its pod. */
	const unsigned int n = serial % 65000 + 2;
	const uint8_t high = (uint8_t)(n >> 8), low = (uint8_t)n;
	const struct pair p = {
		.host_index = 1000 + serial, .pod_index = 2,
		.host_mac = { 0x02, 0xf1, 0, 0, high, low },
		.pod_mac = { 0x02, 0xf2, 0, 0, high, low },
		.gateway4 = { 169, 254, 1, 1 }, .pod4 = { 10, 245, high, low },
		.gateway6 = { 0xfe, 0x80, [15] = 1 },
		.pod6 = { 0xfd, 0, 0, 0x10, 2, 0x45, [14] = high, low },
	};
	struct nl_batch b = { .len = 0 };
	int r;

	add_veth(&b, &p, serial, pod_ns);
	if (config->ipv6)
		add_no_autoconf(&b, p.host_index);
	add_up(&b, p.host_index);
	r = nl_send(config->nl_fd, &b);
	if (r == 0) {
		pod_batch(&b, &p, config->ipv6);
		r = nl_send(pod_nl, &b);
	}
	/* Last: a route needs its link running, which takes both ends up. */
	if (r == 0) {
		host_batch(&b, &p, config->ipv6);
		r = nl_send(config->nl_fd, &b);
	}
	return r;
}
