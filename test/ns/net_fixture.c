/* SPDX-License-Identifier: MIT */
/*
 * net_fixture.c - a host of its own for each test, and pods linked to it.
 */
#include "net_fixture.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/cleanup.h"

#define CIDR4 "10.99.0.0/16"
#define CIDR6 "fd00:99::/64"
#define LIMIT_SEC 10	/* nothing takes so long; only a lost packet */

struct net_host host;

void net_enter(int ns)
{
	ck_assert_int_eq(setns(ns, CLONE_NEWNET), 0);
}

void net_ok(int r)
{
	char text[1024];

	pod_error_format(&host.err, text, sizeof(text));
	ck_assert_msg(r >= 0, "%d %s; %s", r, text, host.err.hint);
}

static int ns_new(void)
{
	int fd;

	ck_assert_int_eq(unshare(CLONE_NEWNET), 0);
	fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	return fd;
}

void net_setup(void)
{
	host.ns = ns_new();
	net_ok(net_socket_open(&host.sk, &host.err));
	net_ok(net_lo_up(host.sk, &host.err));
	net_ok(net_cidr_pair_parse(CIDR4 "," CIDR6, &host.cidr4, &host.cidr6,
		&host.err));
}

void net_teardown(void)
{
	net_socket_close(host.sk);
	close_fd(host.ns);
}

void net_plan(struct net_pod *p, unsigned int index)
{
	memset(p, 0, sizeof(*p));
	(void)snprintf(p->link.host_name, sizeof(p->link.host_name), "pod%x",
		index);
	(void)snprintf(p->link.pod_name, sizeof(p->link.pod_name), "eth0");
	net_ok(net_cidr_nth(&host.cidr4, index, &p->link.v4));
	net_ok(net_cidr_nth(&host.cidr6, index, &p->link.v6));
	net_link_macs(&p->link);
	p->ns = ns_new();
	net_ok(net_socket_open(&p->sk, &host.err));
	net_enter(host.ns);
}

void net_start(struct net_pod *p, unsigned int index)
{
	net_plan(p, index);
	net_ok(net_host_add(host.sk, &p->link, p->ns, &host.err));
	net_ok(net_pod_setup(p->sk, &p->link, &host.err));
}

void net_close(struct net_pod *p)
{
	net_socket_close(p->sk);
	close_fd(p->ns);
}

static void wait_for(int (*is_so)(const struct net_link *),
	const struct net_link *link)
{
	int i, r = 0;

	for (i = 0; i < LIMIT_SEC * 1000 && r == 0; i++) {
		r = is_so(link);
		if (r == 0)
			(void)poll(NULL, 0, 1);
	}
	ck_assert_int_eq(r, 1);
}

static int is_ready(const struct net_link *link)
{
	return net_host_is_ready(host.sk, link);
}

void net_await_ready(const struct net_link *link)
{
	wait_for(is_ready, link);
}

/* Connecting a datagram socket looks up the route and sends nothing. */
static bool has_route(const struct net_addr *a)
{
	struct sockaddr_storage sa;
	socklen_t len = net_sockaddr(a, &sa);
	_cleanup_fd_ int fd = net_socket_in(host.ns, a->family, SOCK_DGRAM);

	return connect(fd, (struct sockaddr *)&sa, len) == 0;
}

/*
 * The kernel takes a dead namespace apart in its own time. The name of a link
 * is free before the routes over it are gone, and a packet sent in between
 * is lost without a word.
 */
static int is_gone(const struct net_link *link)
{
	int r = net_link_exists(link->host_name);

	if (r < 0)
		return r;
	return !r && !has_route(&link->v4) && !has_route(&link->v6);
}

void net_await_gone(const struct net_link *link)
{
	wait_for(is_gone, link);
}

void net_addr(const char *text, struct net_addr *ret)
{
	ck_assert_int_eq(net_addr_parse(text, ret), 0);
}

socklen_t net_sockaddr(const struct net_addr *a, struct sockaddr_storage *ret)
{
	struct sockaddr_in *in = (struct sockaddr_in *)ret;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)ret;

	memset(ret, 0, sizeof(*ret));
	ret->ss_family = (sa_family_t)a->family;
	if (a->family == AF_INET) {
		in->sin_addr = a->v4;
		in->sin_port = htons(7777);
		return sizeof(*in);
	}
	in6->sin6_addr = a->v6;
	in6->sin6_port = htons(7777);
	return sizeof(*in6);
}

int net_socket_in(int ns, int family, int type)
{
	const struct timeval limit = { .tv_sec = LIMIT_SEC };
	int fd, on = 1;

	net_enter(ns);
	fd = socket(family, type | SOCK_CLOEXEC, 0);
	net_enter(host.ns);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit,
		sizeof(limit)), 0);
	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit,
		sizeof(limit)), 0);
	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on,
		sizeof(on)), 0);
	return fd;
}

int net_bound_in(int ns, const struct net_addr *a, int type)
{
	struct sockaddr_storage sa;
	socklen_t len = net_sockaddr(a, &sa);
	int fd = net_socket_in(ns, a->family, type);

	ck_assert_int_eq(bind(fd, (struct sockaddr *)&sa, len), 0);
	return fd;
}

int net_connect(int from, const struct net_addr *a)
{
	_cleanup_fd_ int client = net_socket_in(from, a->family, SOCK_STREAM);
	struct sockaddr_storage sa;
	socklen_t len = net_sockaddr(a, &sa);

	return connect(client, (struct sockaddr *)&sa, len) < 0 ? -errno : 0;
}

int net_talk(int from, int to, const struct net_addr *a)
{
	_cleanup_fd_ int server = net_bound_in(to, a, SOCK_STREAM);
	_cleanup_fd_ int client = net_socket_in(from, a->family, SOCK_STREAM);
	_cleanup_fd_ int peer = -EBADF;
	struct sockaddr_storage sa;
	socklen_t len = net_sockaddr(a, &sa);
	char c = 'x';

	ck_assert_int_eq(listen(server, 1), 0);
	if (connect(client, (struct sockaddr *)&sa, len) < 0)
		return -errno;
	peer = accept4(server, NULL, NULL, SOCK_CLOEXEC);
	if (peer < 0 || write(client, &c, 1) != 1 || read(peer, &c, 1) != 1 ||
	    write(peer, &c, 1) != 1 || read(client, &c, 1) != 1)
		return -errno;
	return 0;
}

char net_sysctl(const char *path)
{
	_cleanup_fd_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	char c = '?';

	ck_assert_msg(fd >= 0 && read(fd, &c, 1) == 1, "%s", path);
	return c;
}

void net_sysctl_set(const char *path, const char *value)
{
	_cleanup_fd_ int fd = open(path, O_WRONLY | O_CLOEXEC);

	ck_assert_msg(fd >= 0 && write(fd, value, 1) == 1, "%s", path);
}
