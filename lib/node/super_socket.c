/* SPDX-License-Identifier: MIT */
/*
 * node/super_socket.c - the supervisor's clients, as connections.
 *
 * Knows how requests come in and answers go out; knows no verb. Every fd is
 * non-blocking and every table is full at some fixed number, so no client
 * can hold up another, or make us grow.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "node/super.h"

#define CLIENT_EVENTS (EPOLLIN | EPOLLRDHUP)
/* The kernel fills the control buffer to its end, padding included, so one
 * more fd may come than there is use for. */
#define CONTROL_SIZE CMSG_SPACE(sizeof(int) * NODE_MAX_FDS)
#define RECEIVED_FDS ((CONTROL_SIZE - CMSG_LEN(0)) / sizeof(int))

static void fill_reply(struct node_reply *reply, int code, int exit_code,
	const struct pod_error *error)
{
	memset(reply, 0, sizeof(*reply));
	reply->magic = NODE_MAGIC;
	reply->version = NODE_VERSION;
	reply->code = code;
	reply->exit_code = exit_code;
	if (error && code < 0)
		reply->error = *error;
}

static void drop(struct super_client *c)
{
	run_watch_remove(c->super->engine, &c->watch);
	close_fd(take_fd(&c->watch.fd));
	c->state = SUPER_FREE;
}

void super_reply(struct super_client *c, int code, int exit_code,
	const struct pod_error *error)
{
	struct node_reply reply;

	fill_reply(&reply, code, exit_code, error);
	reply.number = c->super->change;
	/* the first message into an empty queue: it fits, or nobody listens */
	(void)send(c->watch.fd, &reply, sizeof(reply),
		MSG_DONTWAIT | MSG_NOSIGNAL);
	drop(c);
}

void super_say(struct super *s, int code, int exit_code,
	const struct pod_error *error)
{
	struct node_reply reply;

	if (s->line.fd < 0)
		return;
	fill_reply(&reply, code, exit_code, error);
	(void)send(s->line.fd, &reply, sizeof(reply),
		MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* Take the fds out of a message; what does not fit the kernel has dropped. */
static size_t take_fds(struct msghdr *mh, int *fds)
{
	struct cmsghdr *c;
	size_t n = 0, count;

	for (c = CMSG_FIRSTHDR(mh); c; c = CMSG_NXTHDR(mh, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		if (count > RECEIVED_FDS - n)
			count = RECEIVED_FDS - n;
		memcpy(fds + n, CMSG_DATA(c), count * sizeof(int));
		n += count;
	}
	return n;
}

/* One whole request: its size, 0 at the end, -EAGAIN, or -errno. */
static ssize_t receive(struct super_client *c, int *fds, size_t *n_fds)
{
	union {
		char bytes[CONTROL_SIZE];
		struct cmsghdr align;
	} control;
	struct iovec iov = {
		.iov_base = c->super->message,
		.iov_len = sizeof(c->super->message),
	};
	struct msghdr mh = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes),
	};
	ssize_t n;

	n = recvmsg(c->watch.fd, &mh, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	if (n < 0)
		return errno == EINTR ? -EAGAIN : -errno;
	*n_fds = take_fds(&mh, fds);
	if ((mh.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) || *n_fds > NODE_MAX_FDS)
		return -EBADMSG;
	return n;
}

static void refuse(struct super_client *c, int r)
{
	struct pod_error error = { 0 };

	err_code(&error, r, POD_STAGE_PROTOCOL, c->super->options.uid,
		"read request");
	super_reply(c, r, 0, &error);
}

static void read_request(struct super_client *c)
{
	struct node_request request;
	int fds[RECEIVED_FDS];
	size_t n_fds = 0, i;
	ssize_t n;
	int r;

	n = receive(c, fds, &n_fds);
	if (n == -EAGAIN)
		return;
	if (n <= 0) {
		if (n == -EBADMSG)
			refuse(c, -EBADMSG);
		else
			drop(c);
	} else {
		r = node_decode(c->super->message, (size_t)n, c->super->vector,
			&request);
		if (r < 0)
			refuse(c, r);
		else
			super_handle(c, &request, fds, n_fds);
	}
	for (i = 0; i < n_fds; i++)
		close_fd(fds[i]);
}

static void on_client(struct run_watch *w, uint32_t events)
{
	struct super_client *c = (struct super_client *)(void *)w;
	char byte;

	(void)events;
	if (c->state == SUPER_READING) {
		read_request(c);
		return;
	}
	if (c->state != SUPER_WAITING)
		return;
	if (recv(w->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 &&
		(errno == EAGAIN || errno == EINTR))
		return;
	/* gone, or talking out of turn: either way nobody waits any more */
	super_forget(c);
	drop(c);
}

/* Containers of hostNetwork pods could reach an abstract name, and a child
 * of ours could inherit a connection: the uid is the last check (S47). */
static bool is_allowed(int fd)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) < 0)
		return false;
	return peer.uid == 0 || peer.uid == geteuid();
}

static struct super_client *free_slot(struct super *s)
{
	size_t i;

	for (i = 0; i < SUPER_MAX_CLIENTS; i++)
		if (s->clients[i].state == SUPER_FREE)
			return &s->clients[i];
	return NULL;
}

static void refuse_fd(int fd, int code)
{
	struct pod_error error = { 0 };
	struct node_reply reply;

	err_set(&error, code, POD_STAGE_PROTOCOL, NULL, "ask supervisor",
		"%s", code == -EAGAIN ? "too many requests are waiting"
				      : "not for this user");
	fill_reply(&reply, code, 0, &error);
	(void)send(fd, &reply, sizeof(reply), MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* Out of fds: a client in the queue would wake us for ever. */
static void shed(struct super *s)
{
	close_fd(take_fd(&s->spare_fd));
	close_fd(accept4(s->listener.fd, NULL, NULL, SOCK_CLOEXEC));
	s->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static void on_listener(struct run_watch *w, uint32_t events)
{
	struct super *s = (struct super *)(void *)((char *)w -
		offsetof(struct super, listener));
	_cleanup_fd_ int fd = -EBADF;
	struct super_client *c;

	(void)events;
	fd = accept4(w->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd < 0) {
		if (errno == EMFILE || errno == ENFILE)
			shed(s);
		return;
	}
	if (!is_allowed(fd)) {
		refuse_fd(fd, -EPERM);
		return;
	}
	c = free_slot(s);
	if (!c) {
		refuse_fd(fd, -EAGAIN);
		return;
	}
	c->super = s;
	c->watch.fd = fd;
	c->watch.handler = on_client;
	if (run_watch_add(s->engine, &c->watch, CLIENT_EVENTS) < 0) {
		refuse_fd(fd, -EAGAIN);
		return;
	}
	c->state = SUPER_READING;
	(void)take_fd(&fd);
}

int super_listen(struct super *s, struct pod_error *reterr)
{
	_cleanup_fd_ int fd = -EBADF;
	struct sockaddr_un sa = { .sun_family = AF_UNIX };

	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return err_errno(reterr, POD_STAGE_STATE, "sock", "socket");
	/* bind() gives the name this mode: it is never open to others */
	if (fchmod(fd, 0600) < 0)
		return err_errno(reterr, POD_STAGE_STATE, "sock", "fchmod");
	/* by fd: RUN may be deeper than the 108 bytes of a socket's path */
	(void)snprintf(sa.sun_path, sizeof(sa.sun_path),
		"/proc/self/fd/%d/sock", s->options.state_fd);
	if (bind(fd, (struct sockaddr *)&sa, sizeof(sa)) < 0)
		return err_errno(reterr, POD_STAGE_STATE, "sock", "bind");
	if (listen(fd, SUPER_MAX_CLIENTS) < 0)
		return err_errno(reterr, POD_STAGE_STATE, "sock", "listen");
	s->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	s->listener.fd = take_fd(&fd);
	return 0;
}

int super_serve(struct super *s, struct pod_error *reterr)
{
	int r;

	s->listener.handler = on_listener;
	r = run_watch_add(s->engine, &s->listener, EPOLLIN);
	if (r < 0)
		err_code(reterr, r, POD_STAGE_STATE, "sock", "epoll");
	return r;
}
