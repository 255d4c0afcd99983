/* SPDX-License-Identifier: MIT */
/*
 * bench/nl.c - rtnetlink messages, several per send.
 *
 * Knows how messages are laid out and acknowledged, and the one route that
 * covers the pod CIDR; knows nothing of pods.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "nl.h"

int nl_open(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	return fd < 0 ? -errno : fd;
}

static void *reserve(struct nl_batch *b, size_t size)
{
	const size_t padded = NLMSG_ALIGN(size);
	void *at = b->buf + b->len;

	if (b->overflow || padded > sizeof(b->buf) - b->len) {
		b->overflow = true;
		return NULL;
	}
	memset(at, 0, padded);
	b->len += padded;
	return at;
}

static struct nlmsghdr *newest(struct nl_batch *b)
{
	return (struct nlmsghdr *)(void *)(b->buf + b->last);
}

static void grow(struct nl_batch *b)
{
	newest(b)->nlmsg_len = (uint32_t)(b->len - b->last);
}

void nl_message(struct nl_batch *b, uint16_t type, uint16_t flags,
	const void *body, size_t size)
{
	const uint32_t seq = b->len ? newest(b)->nlmsg_seq + 1 : 1;
	const size_t start = b->len;
	struct nlmsghdr *head = reserve(b, sizeof(*head));

	if (!head)
		return;
	b->last = start;
	head->nlmsg_type = type;
	head->nlmsg_flags = NLM_F_REQUEST | flags;
	head->nlmsg_seq = seq;
	nl_bytes(b, body, size);
}

void nl_bytes(struct nl_batch *b, const void *data, size_t size)
{
	void *at = reserve(b, size);

	if (!at)
		return;
	memcpy(at, data, size);
	grow(b);
}

void nl_attr(struct nl_batch *b, uint16_t type, const void *data, size_t size)
{
	struct nlattr *a = reserve(b, sizeof(*a) + size);

	if (!a)
		return;
	a->nla_type = type;
	a->nla_len = (uint16_t)(sizeof(*a) + size);
	if (size > 0)
		memcpy(a + 1, data, size);
	grow(b);
}

void nl_attr_u32(struct nl_batch *b, uint16_t type, uint32_t value)
{
	nl_attr(b, type, &value, sizeof(value));
}

void nl_attr_str(struct nl_batch *b, uint16_t type, const char *value)
{
	nl_attr(b, type, value, strlen(value) + 1);
}

size_t nl_nest(struct nl_batch *b, uint16_t type)
{
	const size_t at = b->len;

	nl_attr(b, type, NULL, 0);
	return at;
}

void nl_nest_end(struct nl_batch *b, size_t nest)
{
	struct nlattr *a = (struct nlattr *)(void *)(b->buf + nest);

	if (!b->overflow)
		a->nla_len = (uint16_t)(b->len - nest);
}

/* The result of every message in one received block; 1: the last one's. */
static int read_acks(const char *buf, ssize_t len, uint32_t last_seq)
{
	const struct nlmsghdr *h = (const void *)buf;
	const struct nlmsgerr *e;

	for (; NLMSG_OK(h, len); h = (const void *)((const char *)h +
			NLMSG_ALIGN(h->nlmsg_len))) {
		if (h->nlmsg_type == NLMSG_ERROR) {
			e = (const void *)(h + 1);
			if (e->error < 0)
				return e->error;
			if (h->nlmsg_seq == last_seq)
				return 1;
		}
		len -= NLMSG_ALIGN(h->nlmsg_len);
	}
	return 0;
}

int nl_send(int fd, struct nl_batch *b)
{
	const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	char reply[8192] __attribute__((aligned(NLMSG_ALIGNTO)));
	ssize_t n;
	int r = 0;

	if (b->overflow || b->len == 0)
		return -EMSGSIZE;
	/* Only the last one: failures before it report themselves. */
	newest(b)->nlmsg_flags |= NLM_F_ACK;
	if (sendto(fd, b->buf, b->len, 0, (const void *)&kernel,
			sizeof(kernel)) < 0)
		return -errno;
	while (r == 0) {
		n = recv(fd, reply, sizeof(reply), 0);
		if (n < 0)
			return -errno;
		r = read_acks(reply, n, newest(b)->nlmsg_seq);
	}
	b->len = 0;
	return r < 0 ? r : 0;
}

static void unreachable(struct nl_batch *b, int family, const char *prefix,
	uint8_t bits)
{
	const struct rtmsg rt = { .rtm_family = (uint8_t)family,
		.rtm_dst_len = bits, .rtm_table = RT_TABLE_MAIN,
		.rtm_protocol = RTPROT_STATIC, .rtm_type = RTN_UNREACHABLE };
	struct in6_addr address;

	(void)inet_pton(family, prefix, &address);	/* constants */
	nl_message(b, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, &rt,
		sizeof(rt));
	nl_attr(b, RTA_DST, &address, family == AF_INET ? 4 : 16);
}

int nl_prepare_host(int fd, bool ipv6)
{
	const struct ifinfomsg up = { .ifi_index = 1, .ifi_flags = IFF_UP,
		.ifi_change = IFF_UP };
	struct nl_batch b = { .len = 0 };

	nl_message(&b, RTM_NEWLINK, 0, &up, sizeof(up));
	unreachable(&b, AF_INET, "10.245.0.0", 16);
	if (ipv6)
		unreachable(&b, AF_INET6, "fd00:10:245::", 64);
	return nl_send(fd, &b);
}
