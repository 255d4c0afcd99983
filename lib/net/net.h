/* SPDX-License-Identifier: MIT */
/*
 * net/net.h - a pod's link: routed veth, addresses, neighbours.
 *
 * Built with libnl-3's core (message building and sockets), several messages
 * per send. No bridge; /32 and /128 per pod, gateway 169.254.1.1 and fe80::1,
 * permanent neighbours on both sides, so no ARP or ND crosses the link.
 */
#ifndef NET_NET_H
#define NET_NET_H

#include <stdbool.h>
#include <stdint.h>
#include <netinet/in.h>

#include <pod/error.h>

/* An address of either family; AF_UNSPEC: none. */
struct net_addr {
	int family;
	union {
		struct in_addr v4;
		struct in6_addr v6;
	};
};

struct net_cidr {
	struct net_addr addr;	/* host bits are zero */
	unsigned int prefix;
};

#define NET_ADDR_TEXT 46	/* INET6_ADDRSTRLEN */
/* net/addr.c: pure */
int net_addr_parse(const char *text, struct net_addr *ret);
/* "10.1.2.3"; buf has NET_ADDR_TEXT bytes; "" for AF_UNSPEC. */
const char *net_addr_text(const struct net_addr *a, char *buf);
/* "10.245.0.0/16"; -EINVAL: bad text, host bits set, prefix too long. */
int net_cidr_parse(const char *text, struct net_cidr *ret);
/* "CIDR" or "CIDR,CIDR6" in either order; absent family: AF_UNSPEC. */
int net_cidr_pair_parse(const char *text, struct net_cidr *ret4,
	struct net_cidr *ret6, struct pod_error *reterr);
/* How many pods the CIDR holds: network, broadcast and the first address are
 * not given out; capped at 2^24. */
uint64_t net_cidr_capacity(const struct net_cidr *c);
/* The index-th pod address, 0 <= index < capacity. */
int net_cidr_nth(const struct net_cidr *c, uint64_t index,
	struct net_addr *ret);
/* Do the two share an address? Never, if the families differ. */
bool net_cidr_overlaps(const struct net_cidr *a, const struct net_cidr *b);

/*
 * The gateway as pods see it; and the addresses the host uses towards its
 * pods. Those sit on the host's lo, once, however many pods there are, so the
 * host reaches pods whatever addresses it has itself, or none; and pods reach
 * the host by them.
 */
#define NET_GATEWAY_V4 "169.254.1.1"
#define NET_GATEWAY_V6 "fe80::1"
#define NET_HOST_V4 "169.254.1.1"
#define NET_HOST_V6 "fd70:6f64::1"
/* rtm_protocol of every route we make: `ip route show proto 112`. */
#define NET_ROUTE_PROTOCOL 0x70

/* What one pod's link looks like; filled by the plan. */
struct net_link {
	char host_name[16];	/* interface on the host, "pod1a2b3c" */
	char pod_name[16];	/* "eth0" */
	struct net_addr v4, v6;	/* the pod's; v6 may be AF_UNSPEC, or v4 */
	unsigned char host_mac[6], pod_mac[6];
	uint32_t mtu;		/* 0: 1500 */
};
/* Locally administered MACs derived from the pod's address; pure. */
void net_link_macs(struct net_link *link);

/* A NETLINK_ROUTE socket in the caller's network namespace, CLOEXEC. */
struct nl_sock;
int net_socket_open(struct nl_sock **ret, struct pod_error *reterr);
/* Wrap an already open and bound NETLINK_ROUTE socket (made by the sandbox
 * child inside the pod's namespace). Takes the fd. */
int net_socket_take(int fd, struct nl_sock **ret, struct pod_error *reterr);
void net_socket_close(struct nl_sock *sk);

/*
 * Host side, two sends: make the veth pair with its peer created directly
 * inside the namespace pod_netns (IFLA_NET_NS_FD inside VETH_INFO_PEER),
 * explicit queue counts, addr_gen_mode none, strict reverse path filter, host
 * end up, /32 and /128 routes to the pod, permanent neighbours. On failure
 * the link is gone again. sk and the caller are in the same namespace.
 * -EEXIST: the name is taken, or a route to the address is there (a dying
 * pod's, still): take another address.
 * -EAFNOSUPPORT: link->v6 is wanted and this host has no IPv6: go on with
 * link->v6.family = AF_UNSPEC. net_pod_setup() says the same of the pod.
 */
int net_host_add(struct nl_sock *sk, const struct net_link *link,
	int pod_netns, struct pod_error *reterr);
/* Pod side, one send: lo up, eth0 up with its addresses, gateway neighbour,
 * default routes. sk lives inside the pod's namespace. */
int net_pod_setup(struct nl_sock *sk, const struct net_link *link,
	struct pod_error *reterr);
/*
 * 1: frames from the host reach the pod from now on; 0: not yet. The kernel
 * starts the host's end in a kworker shortly after the pod's came up, and
 * drops what the host sends before. From Linux 6.8 on asking does it, so the
 * first answer is 1. -ENODEV: no such link.
 */
int net_host_is_ready(struct nl_sock *sk, const struct net_link *link);
/* Only lo up (a pod without a link). */
int net_lo_up(struct nl_sock *sk, struct pod_error *reterr);

/*
 * Make sure an `unreachable CIDR` route is there (RTN_UNREACHABLE, high
 * metric, proto 0x70), so that traffic to a dead pod never follows the
 * default route. Idempotent. cidr AF_UNSPEC: nothing to do.
 */
int net_cover_add(struct nl_sock *sk, const struct net_cidr *cidr,
	struct pod_error *reterr);
int net_cover_remove(struct nl_sock *sk, const struct net_cidr *cidr);
/* Take NET_HOST_V4 and NET_HOST_V6 off lo; 0 if they were not there. Only
 * when no pod is left: the kernel removes the routes that use them. */
int net_host_remove(struct nl_sock *sk, struct pod_error *reterr);
/* Warm start: does any other route overlap the CIDR? 1 and its text. */
int net_cover_conflict(struct nl_sock *sk, const struct net_cidr *cidr,
	char *text, size_t size);
/* 1 if a link of that name exists, 0 if not, -errno. Cheap. */
int net_link_exists(const char *name);
/* Enable net.ipv4.ip_forward / ipv6 forwarding only if it is off; pods on
 * one node need it to reach each other. *ret_changed tells. */
/* IPv6 forwarding makes an interface deaf to router advertisements unless its
 * accept_ra is 2: interfaces that listened before keep listening. */
int net_forwarding_enable(bool v4, bool v6, bool *ret_changed,
	struct pod_error *reterr);

/*
 * net/lease.c: one address index per pod, kept as symlinks named by index in
 * a directory ("leases/000017" -> pod UID), made atomically, so two creators
 * can never get the same and a crash loses nothing. Starts probing at a
 * place derived from the UID, so the cost does not grow with the pods.
 * A UID is 1 to 63 hexadecimal digits and dashes, else -EINVAL.
 */
/* -EADDRNOTAVAIL: the CIDR is full. skip_from: first try index+1 (retry). */
int net_lease_take(int dir, const char *uid, uint64_t capacity,
	uint64_t start, uint64_t *ret_index, struct pod_error *reterr);
/* Take a given index; -EADDRINUSE with the holder's UID in the message; 0 if
 * uid holds it already. */
int net_lease_take_index(int dir, const char *uid, uint64_t index,
	struct pod_error *reterr);
/* Does uid hold it? 1, 0, -errno. */
int net_lease_held(int dir, const char *uid, uint64_t index);
/* Release if uid holds it; 0 also if it was not there; -EPERM: another's. */
int net_lease_release(int dir, const char *uid, uint64_t index);
uint64_t net_lease_start(const char *uid, uint64_t capacity);

#endif
