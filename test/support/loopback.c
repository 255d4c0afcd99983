/* SPDX-License-Identifier: MIT */
/*
 * support/loopback.c - the least network that a test starts from.
 *
 * Knows two rtnetlink messages; knows nothing of pods but their default
 * networks. Written by hand, to share nothing with the library under test.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/loopback.h"

struct route_request {
	struct nlmsghdr header;
	struct rtmsg route;
	struct rtattr attr;
	unsigned char address[16];
};

static int lo_up(void)
{
	struct ifreq req = { .ifr_name = "lo",
		.ifr_flags = IFF_UP | IFF_RUNNING };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int r = 0;

	if (fd < 0)
		return -errno;
	if (ioctl(fd, SIOCSIFFLAGS, &req) < 0)
		r = -errno;
	(void)close(fd);
	return r;
}

static int send_request(int fd, struct route_request *request)
{
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
		char rest[256];
	} reply;
	ssize_t n;

	if (send(fd, request, request->header.nlmsg_len, 0) < 0)
		return -errno;
	n = recv(fd, &reply, sizeof(reply), 0);
	if (n < 0)
		return -errno;
	if ((size_t)n < sizeof(reply.header) + sizeof(reply.error) ||
		reply.header.nlmsg_type != NLMSG_ERROR)
		return -EPROTO;
	return reply.error.error;
}

static int add_unreachable(int fd, int family, const char *address,
	unsigned char prefix_len)
{
	unsigned short size = family == AF_INET ? 4 : 16;
	struct route_request request = {
		.header = {
			.nlmsg_len = NLMSG_LENGTH(sizeof(struct rtmsg)) +
				RTA_LENGTH(size),
			.nlmsg_type = RTM_NEWROUTE,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK |
				NLM_F_CREATE | NLM_F_EXCL,
		},
		.route = {
			.rtm_family = (unsigned char)family,
			.rtm_dst_len = prefix_len,
			.rtm_table = RT_TABLE_MAIN,
			.rtm_protocol = RTPROT_STATIC,
			.rtm_scope = RT_SCOPE_UNIVERSE,
			.rtm_type = RTN_UNREACHABLE,
		},
		.attr = {
			.rta_len = (unsigned short)RTA_LENGTH(size),
			.rta_type = RTA_DST,
		},
	};

	if (inet_pton(family, address, request.address) != 1)
		return -EINVAL;
	return send_request(fd, &request);
}

int loopback_prepare(void)
{
	int r = lo_up(), fd = -1;

	if (r == 0) {
		fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC,
			NETLINK_ROUTE);
		r = fd < 0 ? -errno :
			     add_unreachable(fd, AF_INET, "10.245.0.0", 16);
	}
	if (r == 0) {
		r = add_unreachable(fd, AF_INET6, "fd00:10:245::", 64);
		/* a kernel without IPv6 has no such packets either */
		if (r == -EAFNOSUPPORT || r == -EOPNOTSUPP)
			r = 0;
	}
	if (r < 0)
		(void)fprintf(stderr, "pod-test-runner: loopback: %s\n",
			strerror(-r));
	if (fd >= 0)
		(void)close(fd);
	return r;
}
