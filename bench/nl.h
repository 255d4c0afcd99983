/* SPDX-License-Identifier: MIT */
/*
 * bench/nl.h - rtnetlink messages, several per send.
 *
 * Own code and not libnl, so that the floor is what the kernel charges and
 * shares nothing with the library that is measured against it. Knows how
 * messages are laid out and acknowledged; knows nothing of pods.
 */
#ifndef BENCH_NL_H
#define BENCH_NL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

/* One batch; zero .len starts anew. Too small a buffer is a lost message, so
 * nl_send() refuses a batch that overflowed. */
struct nl_batch {
	size_t len;
	size_t last;		/* offset of the newest message */
	bool overflow;
	char buf[4096] __attribute__((aligned(NLMSG_ALIGNTO)));
};

/* A socket bound to the caller's current network namespace, or -errno. */
int nl_open(void);

/* Begin a message with its fixed part; body is copied. */
void nl_message(struct nl_batch *b, uint16_t type, uint16_t flags,
	const void *body, size_t size);
void nl_attr(struct nl_batch *b, uint16_t type, const void *data, size_t size);
void nl_attr_u32(struct nl_batch *b, uint16_t type, uint32_t value);
void nl_attr_str(struct nl_batch *b, uint16_t type, const char *value);
/* A nested attribute; nl_nest_end() takes what nl_nest() returned. */
size_t nl_nest(struct nl_batch *b, uint16_t type);
void nl_nest_end(struct nl_batch *b, size_t nest);
/* Bytes without an attribute header, e.g. the ifinfomsg of a veth peer. */
void nl_bytes(struct nl_batch *b, const void *data, size_t size);

/* Send the batch and wait for its end; the first failure, or 0. */
int nl_send(int fd, struct nl_batch *b);

/* What both programs want of a fresh namespace: lo up, and no packet to a
 * dead pod leaves it (an unreachable route for the pod CIDRs). */
int nl_prepare_host(int fd, bool ipv6);

#endif
