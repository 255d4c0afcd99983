/* SPDX-License-Identifier: MIT */
/*
 * net_fixture.h - a host of its own for each test, and pods linked to it.
 *
 * Every test is a process of its own with a "host" network namespace of its
 * own, which has nothing but lo: everything vanishes with the process. The
 * process changes into a pod's namespace to open a socket there. The functions
 * fail the running test instead of returning an error, unless it says so.
 */
#ifndef NET_FIXTURE_H
#define NET_FIXTURE_H

#include <sys/socket.h>

#include "net/net.h"

struct net_pod {
	struct net_link link;
	struct nl_sock *sk;
	int ns;
};

struct net_host {
	struct nl_sock *sk;
	int ns;
	struct net_cidr cidr4, cidr6;
	struct pod_error err;
};
extern struct net_host host;

void net_setup(void);
void net_teardown(void);
/* Fails the test with the text of host.err unless r >= 0. */
void net_ok(int r);
/* Into a namespace, e.g. host.ns. */
void net_enter(int ns);

/* What pod number index is to have, and its namespace; no link yet. */
void net_plan(struct net_pod *p, unsigned int index);
/* net_plan() with its link made. */
void net_start(struct net_pod *p, unsigned int index);
void net_close(struct net_pod *p);
/* Wait until packets go through the link. */
void net_await_ready(const struct net_link *link);
/* Wait until the link is gone, and the routes to its addresses too. */
void net_await_gone(const struct net_link *link);

void net_addr(const char *text, struct net_addr *ret);
socklen_t net_sockaddr(const struct net_addr *a, struct sockaddr_storage *ret);
/* A socket in ns that gives up instead of hanging. */
int net_socket_in(int ns, int family, int type);
int net_bound_in(int ns, const struct net_addr *a, int type);
/* Connect a TCP socket from ns: 0 or -errno. */
int net_connect(int from, const struct net_addr *a);
/* Connect, send a byte over, get one back: 0 or -errno. */
int net_talk(int from, int to, const struct net_addr *a);

/* The first character is read, and one is written. */
char net_sysctl(const char *path);
void net_sysctl_set(const char *path, const char *value);

#endif
