// SPDX-License-Identifier: MIT
/*
 * net/link.c - one pod's veth pair, both ends.
 *
 * Knows the order in which a link comes to life; knows nothing of who gave
 * the addresses, nor of the pod's CIDR.
 *
 * The host's end takes two sends: one makes the pair, the other, which needs
 * its index, does the rest. Choosing the index ourselves would save 2 us, and
 * a clash would put our routes on the link of a stranger.
 */
#include "net/net.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/ip.h>
#include <linux/neighbour.h>
#include <linux/netconf.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/str.h"
#include "net/batch.h"
#include "net/message.h"

#define MTU_DEFAULT 1500	/* ETH_DATA_LEN, what a veth has by itself */
#define IPV6_MTU_MIN 1280
#define LOOPBACK 1		/* lo's index in every namespace */

/* The index of a link that is known to be there, in sk's namespace. */
static int link_index(struct nl_sock *sk, const char *name, int *ret,
	struct pod_error *reterr)
{
	struct ifreq ifr = { 0 };

	/* 1 us, and without the global lock; RTM_GETLINK takes 40. */
	str_copy(ifr.ifr_name, sizeof(ifr.ifr_name), name);
	if (ioctl(nl_socket_get_fd(sk), SIOCGIFINDEX, &ifr) < 0)
		return err_errno(reterr, POD_STAGE_NETWORK, name,
			"look up link");
	*ret = ifr.ifr_ifindex;
	return 0;
}

/* Attributes that both ends of the pair have. */
static void put_end(struct net_batch *b, const char *name,
	const unsigned char *mac, uint32_t mtu)
{
	net_batch_put(b, IFLA_IFNAME, name, strlen(name) + 1);
	net_batch_put(b, IFLA_ADDRESS, mac, 6);
	/*
	 * Without these the kernel makes a queue per CPU and shrinks them
	 * again: a synchronize_net() under the global lock, 100 us and up.
	 */
	net_batch_put_u32(b, IFLA_NUM_TX_QUEUES, 1);
	net_batch_put_u32(b, IFLA_NUM_RX_QUEUES, 1);
	if (mtu && mtu != MTU_DEFAULT)
		net_batch_put_u32(b, IFLA_MTU, mtu);
}

static void add_veth(struct net_batch *b, const struct net_link *link,
	int pod_netns)
{
	const struct ifinfomsg info = { 0 };
	struct nlattr *linkinfo, *data, *peer;

	net_batch_add(b, "create veth", RTM_NEWLINK,
		NLM_F_CREATE | NLM_F_EXCL, &info, sizeof(info));
	put_end(b, link->host_name, link->host_mac, link->mtu);
	linkinfo = net_batch_nest(b, IFLA_LINKINFO);
	net_batch_put(b, IFLA_INFO_KIND, "veth", 4);
	data = net_batch_nest(b, IFLA_INFO_DATA);
	peer = net_batch_nest(b, VETH_INFO_PEER);
	net_batch_reserve(b, sizeof(struct ifinfomsg));
	put_end(b, link->pod_name, link->pod_mac, link->mtu);
	net_batch_put_u32(b, IFLA_NET_NS_FD, (uint32_t)pod_netns);
	net_batch_nest_end(b, peer);
	net_batch_nest_end(b, data);
	net_batch_nest_end(b, linkinfo);
}

static void add_af_spec(struct net_batch *b, const char *operation, int index,
	int family, int type, const void *data, size_t size)
{
	const struct ifinfomsg info = { .ifi_index = index };
	struct nlattr *spec, *af;

	net_batch_add(b, operation, RTM_SETLINK, 0, &info, sizeof(info));
	spec = net_batch_nest(b, IFLA_AF_SPEC);
	af = net_batch_nest(b, family);
	net_batch_put(b, type, data, size);
	net_batch_nest_end(b, af);
	net_batch_nest_end(b, spec);
}

/*
 * No address of the kernel's making: its DAD, MLD and RS timers fight for
 * the global lock. RTM_NEWLINK ignores this when it creates, and on a link
 * that is up the kernel would walk all IPv6 routes for it: so in between.
 */
static void add_gen_none(struct net_batch *b, const struct net_link *link,
	int index)
{
	const uint8_t none = IN6_ADDR_GEN_MODE_NONE;

	add_af_spec(b, "set up IPv6", index, AF_INET6,
		IFLA_INET6_ADDR_GEN_MODE, &none, sizeof(none));
	if (link->v6.family == AF_UNSPEC)
		net_batch_tolerate(b, EAFNOSUPPORT);
	else
		net_batch_is_v6(b);
}

/* A strict reverse path filter: no sending with another pod's address. */
static void add_rp_filter(struct net_batch *b, int index)
{
	const struct {
		struct nlattr attr;
		uint32_t value;
	} filter = {
		.attr = {
			.nla_len = sizeof(filter),
			.nla_type = IPV4_DEVCONF_RP_FILTER,
		},
		.value = 1,
	};

	add_af_spec(b, "set up IPv4", index, AF_INET, IFLA_INET_CONF,
		&filter, sizeof(filter));
}

static void add_up(struct net_batch *b, const char *operation, int index)
{
	const struct ifinfomsg info = {
		.ifi_index = index, .ifi_flags = IFF_UP, .ifi_change = IFF_UP,
	};

	net_batch_add(b, operation, RTM_SETLINK, 0, &info, sizeof(info));
}

static void add_neighbour(struct net_batch *b, int index,
	const struct net_addr *addr, const unsigned char *mac)
{
	const struct ndmsg nd = {
		.ndm_family = (unsigned char)addr->family,
		.ndm_ifindex = index,
		.ndm_state = NUD_PERMANENT,
	};

	net_batch_add(b, addr->family == AF_INET ? "add IPv4 neighbour" :
		"add IPv6 neighbour", RTM_NEWNEIGH,
		NLM_F_CREATE | NLM_F_REPLACE, &nd, sizeof(nd));
	net_batch_put_addr(b, NDA_DST, addr);
	net_batch_put(b, NDA_LLADDR, mac, 6);
	if (addr->family == AF_INET6)
		net_batch_is_v6(b);
}

/*
 * Run a batch; where IPv6 is off, say so in one way: -EAFNOSUPPORT for a
 * kernel without it, -EACCES for disable_ipv6, -EINVAL and others for a
 * small MTU are all that.
 */
static int run_link(struct nl_sock *sk, struct net_batch *b,
	const struct net_link *link, struct pod_error *reterr)
{
	struct pod_error e = { 0 };
	int r = net_batch_run(sk, b, &e);

	if (r < 0 && b->failed < b->count && b->entry[b->failed].is_v6 &&
	    (r == -EAFNOSUPPORT || r == -EOPNOTSUPP || r == -EACCES ||
	     (link->mtu && link->mtu < IPV6_MTU_MIN))) {
		err_clear(&e);
		r = err_set(&e, -EAFNOSUPPORT, POD_STAGE_NETWORK, b->subject,
			b->entry[b->failed].operation, "%s",
			link->mtu && link->mtu < IPV6_MTU_MIN ?
			"IPv6 needs an MTU of 1280" : r == -EACCES ?
			"IPv6 is switched off by disable_ipv6" :
			"this kernel runs without IPv6");
		err_hint(&e, "give the pods an IPv4 CIDR only");
	}
	if (r < 0 && reterr && !reterr->code)
		*reterr = e;
	return r;
}

/* Is this link a router's, which is deaf to router advertisements? */
static void read_forwarding(const struct nlmsghdr *nlh, void *data)
{
	struct nlattr *attr;
	bool *ret_believes = data;

	if (nlh->nlmsg_type != RTM_NEWNETCONF)
		return;
	attr = nlmsg_find_attr((struct nlmsghdr *)(uintptr_t)nlh,
		sizeof(struct netconfmsg), NETCONFA_FORWARDING);
	*ret_believes = !attr || nla_get_u32(attr) == 0;
}

static void add_getnetconf(struct net_batch *b, int index, bool *ret_believes)
{
	const struct netconfmsg conf = { .ncm_family = AF_INET6 };

	b->reply = read_forwarding;
	b->data = ret_believes;
	net_batch_add(b, "look up IPv6 forwarding", RTM_GETNETCONF, 0, &conf,
		sizeof(conf));
	net_batch_put_u32(b, NETCONFA_IFINDEX, (uint32_t)index);
	net_batch_tolerate(b, EOPNOTSUPP);	/* no IPv6, no danger */
}

/*
 * A host that is no IPv6 router believes router advertisements, on a new
 * link too: a pod could then make itself the host's default route. The only
 * way to refuse is /proc; not needed once net_forwarding_enable() ran.
 */
static int refuse_ra(const char *name, struct pod_error *reterr)
{
	_cleanup_fd_ int fd = -EBADF;
	char path[64];

	(void)snprintf(path, sizeof(path),
		"/proc/sys/net/ipv6/conf/%s/accept_ra", name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "0", 1) != 1)
		return err_errno(reterr, POD_STAGE_NETWORK, path,
			"refuse router advertisements");
	return 0;
}

static void add_host_family(struct net_batch *b, const struct net_link *link,
	int index, const struct net_addr *addr)
{
	bool is_v4 = addr->family == AF_INET;
	struct net_addr self;

	net_message_host_addr(addr->family, &self);
	net_message_add_host_addr(b, &self);
	net_message_add_route(b, is_v4 ? "add IPv4 route" : "add IPv6 route",
		&(struct net_route){
			.dst = { .addr = *addr, .prefix = is_v4 ? 32 : 128 },
			.index = index,
			.source = self,
		});
	add_neighbour(b, index, addr, link->pod_mac);
}

static int host_configure(struct nl_sock *sk, const struct net_link *link,
	struct pod_error *reterr)
{
	_cleanup_batch_ struct net_batch b = { .subject = link->host_name };
	bool believes_ra = false;
	int index, r;

	r = link_index(sk, link->host_name, &index, reterr);
	if (r < 0)
		return r;
	add_rp_filter(&b, index);
	add_gen_none(&b, link, index);
	add_up(&b, "bring up link", index);
	if (link->v4.family == AF_INET)
		add_host_family(&b, link, index, &link->v4);
	if (link->v6.family == AF_INET6)
		add_host_family(&b, link, index, &link->v6);
	add_getnetconf(&b, index, &believes_ra);
	r = run_link(sk, &b, link, reterr);
	if (r == 0 && believes_ra)
		r = refuse_ra(link->host_name, reterr);
	return r;
}

static void host_undo(struct nl_sock *sk, const char *name)
{
	_cleanup_batch_ struct net_batch b = { 0 };
	const struct ifinfomsg info = { 0 };

	net_batch_add(&b, "delete link", RTM_DELLINK, 0, &info, sizeof(info));
	net_batch_put(&b, IFLA_IFNAME, name, strlen(name) + 1);
	/* Should this fail too, the pair goes with the pod's namespace. */
	(void)net_batch_run(sk, &b, NULL);
}

int net_host_add(struct nl_sock *sk, const struct net_link *link,
	int pod_netns, struct pod_error *reterr)
{
	_cleanup_batch_ struct net_batch b = { .subject = link->host_name };
	int r;

	add_veth(&b, link, pod_netns);
	r = net_batch_run(sk, &b, reterr);
	if (r < 0)
		return r;	/* what is there of that name is not ours */
	r = host_configure(sk, link, reterr);
	if (r < 0)
		host_undo(sk, link->host_name);
	return r;
}

static void add_pod_addr(struct net_batch *b, const struct net_link *link,
	int index, const struct net_addr *addr, const struct net_addr *gateway)
{
	if (addr->family == AF_UNSPEC)
		return;
	net_message_add_addr(b, addr->family == AF_INET ?
		"add IPv4 address" : "add IPv6 address", index, addr);
	add_neighbour(b, index, gateway, link->host_mac);
}

static void add_pod_route(struct net_batch *b, int index,
	const struct net_addr *addr, const struct net_addr *gateway)
{
	if (addr->family == AF_UNSPEC)
		return;
	net_message_add_route(b, addr->family == AF_INET ?
		"add IPv4 default route" : "add IPv6 default route",
		&(struct net_route){
			.dst = { .addr.family = addr->family },
			.index = index,
			.gateway = *gateway,
		});
}

int net_pod_setup(struct nl_sock *sk, const struct net_link *link,
	struct pod_error *reterr)
{
	_cleanup_batch_ struct net_batch b = { .subject = link->pod_name };
	struct net_addr gw4 = { 0 }, gw6 = { 0 };
	int index, r;

	(void)net_addr_parse(NET_GATEWAY_V4, &gw4);	/* constants */
	(void)net_addr_parse(NET_GATEWAY_V6, &gw6);
	r = link_index(sk, link->pod_name, &index, reterr);
	if (r < 0)
		return r;
	/*
	 * Raising the link wakes a kworker that wants the same global lock:
	 * whatever can be done on a link that is down comes first.
	 */
	add_up(&b, "bring up lo", LOOPBACK);
	add_gen_none(&b, link, index);
	add_pod_addr(&b, link, index, &link->v4, &gw4);
	add_pod_addr(&b, link, index, &link->v6, &gw6);
	add_up(&b, "bring up link", index);
	add_pod_route(&b, index, &link->v4, &gw4);
	add_pod_route(&b, index, &link->v6, &gw6);
	return run_link(sk, &b, link, reterr);
}

int net_lo_up(struct nl_sock *sk, struct pod_error *reterr)
{
	_cleanup_batch_ struct net_batch b = { .subject = "lo" };

	add_up(&b, "bring up lo", LOOPBACK);
	return net_batch_run(sk, &b, reterr);
}

static void read_operstate(const struct nlmsghdr *nlh, void *data)
{
	struct nlattr *attr;
	bool *ret_up = data;

	if (nlh->nlmsg_type != RTM_NEWLINK)
		return;
	attr = nlmsg_find_attr((struct nlmsghdr *)(uintptr_t)nlh,
		sizeof(struct ifinfomsg), IFLA_OPERSTATE);
	*ret_up = attr && nla_get_u8(attr) == IF_OPER_UP;
}

int net_host_is_ready(struct nl_sock *sk, const struct net_link *link)
{
	bool is_up = false;
	_cleanup_batch_ struct net_batch b = {
		.reply = read_operstate, .data = &is_up,
	};
	const struct ifinfomsg info = { 0 };
	int r;

	net_batch_add(&b, "look up link", RTM_GETLINK, 0, &info, sizeof(info));
	net_batch_put(&b, IFLA_IFNAME, link->host_name,
		strlen(link->host_name) + 1);
	net_batch_put_u32(&b, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	r = net_batch_run(sk, &b, NULL);
	return r < 0 ? r : is_up;
}

int net_link_exists(const char *name)
{
	_cleanup_fd_ int fd = -EBADF;
	size_t len = strlen(name);

	/*
	 * Not SIOCGIFINDEX, which starts modprobe for a name that is not
	 * there; not RTM_GETLINK, which waits for the global lock while the
	 * kernel takes dead namespaces apart. This only looks the name up.
	 */
	if (len == 0 || len >= IFNAMSIZ)
		return -EINVAL;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name,
		(socklen_t)len) == 0)
		return 1;
	return errno == ENODEV ? 0 : -errno;
}
