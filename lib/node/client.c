/* SPDX-License-Identifier: MIT */
/*
 * node/client.c - one request to one supervisor.
 *
 * Knows how to reach the socket in a state directory and how to tell a dead
 * supervisor from one that is not listening yet; knows no verb.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "node/node.h"

/* From the claim to listen() a supervisor takes a few milliseconds. */
#define LISTEN_WAIT_MSEC 5000
#define OPERATION "ask supervisor"

static int dead(const struct node_pod *pod, struct pod_error *reterr)
{
	struct pod_status *s = NULL;
	int pid = 0;

	if (run_status_read(pod->state, &s, NULL) == 0)
		pid = s->owner_pid;
	pod_status_free(s);
	err_set(reterr, -EPIPE, POD_STAGE_PROTOCOL, pod->uid, OPERATION,
		"the supervisor (pid %d) of this pod is dead", pid);
	err_hint(reterr, "podrun delete, or podrun gc, removes what is left");
	return -EPIPE;
}

/* The state directory that pod->state is may have been removed by now. */
static bool is_gone(const struct node_pod *pod)
{
	struct stat st;

	return fstat(pod->state, &st) == 0 && st.st_nlink == 0;
}

/* Why was there no answer? */
static int no_answer(const struct node_pod *pod, struct pod_error *reterr)
{
	if (is_gone(pod))
		return err_set(reterr, -ENOENT, POD_STAGE_STATE, pod->uid,
			OPERATION, "the pod was removed meanwhile");
	return dead(pod, reterr);
}

static int try_connect(int state, int *ret)
{
	_cleanup_fd_ int fd = -EBADF;
	struct sockaddr_un sa = { .sun_family = AF_UNIX };

	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	(void)snprintf(sa.sun_path, sizeof(sa.sun_path),
		"/proc/self/fd/%d/sock", state);
	if (connect(fd, (struct sockaddr *)&sa, sizeof(sa)) < 0)
		return -errno;
	*ret = take_fd(&fd);
	return 0;
}

static int connect_to(const struct node_pod *pod, int *ret,
	struct pod_error *reterr)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	int i, r, lock = -EBADF;

	for (i = 0; i < LISTEN_WAIT_MSEC; i++) {
		r = try_connect(pod->state, ret);
		if (r != -ENOENT && r != -ECONNREFUSED)
			break;
		if (is_gone(pod) || !run_state_alive(pod->state, &lock)) {
			close_fd(lock);
			return no_answer(pod, reterr);
		}
		(void)nanosleep(&pause, NULL);
	}
	if (r == -ENOENT || r == -ECONNREFUSED)
		return err_set(reterr, -ETIMEDOUT, POD_STAGE_PROTOCOL,
			pod->uid, OPERATION,
			"its owner lives, but does not listen");
	if (r < 0)
		err_code(reterr, r, POD_STAGE_PROTOCOL, pod->uid, OPERATION);
	return r;
}

static int send_message(int fd, void *message, size_t len, const int *fds,
	size_t n_fds)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int) * NODE_MAX_FDS)];
		struct cmsghdr align;
	} control = { 0 };
	struct iovec iov = { .iov_base = message, .iov_len = len };
	struct msghdr mh = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *c;
	ssize_t n;

	if (n_fds) {
		mh.msg_control = control.bytes;
		mh.msg_controllen = CMSG_SPACE(sizeof(int) * n_fds);
		c = CMSG_FIRSTHDR(&mh);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int) * n_fds);
		memcpy(CMSG_DATA(c), fds, sizeof(int) * n_fds);
	}
	do {
		n = sendmsg(fd, &mh, MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : 0;
}

int node_send(const struct node_pod *pod, const struct node_request *request,
	const int *fds, size_t n_fds, int *ret_fd, struct pod_error *reterr)
{
	_cleanup_fd_ int fd = -EBADF;
	_cleanup_free_ void *message = malloc(NODE_MAX_MESSAGE);
	int len, r;

	if (!message)
		return err_errno(
			reterr, POD_STAGE_PROTOCOL, pod->uid, OPERATION);
	len = node_encode(request, message);
	if (len < 0)
		return err_set(reterr, len, POD_STAGE_PROTOCOL, pod->uid,
			OPERATION,
			"arguments and environment are larger than %u KiB, or "
			"more than %u strings",
			NODE_MAX_PAYLOAD / 1024, NODE_MAX_STRINGS);
	r = connect_to(pod, &fd, reterr);
	if (r < 0)
		return r;
	r = send_message(fd, message, (size_t)len, fds, n_fds);
	/*
	 * A supervisor that refuses us answers before it reads, so a broken
	 * pipe is not the last word: the reason may wait in our queue.
	 */
	if (r < 0 && r != -EPIPE && r != -ECONNRESET)
		return err_code(
			reterr, r, POD_STAGE_PROTOCOL, pod->uid, OPERATION);
	*ret_fd = take_fd(&fd);
	return 0;
}

/* recv() reports a reset once before it hands out what was queued. */
static ssize_t receive(int fd, void *buf, size_t size)
{
	bool reset = false;
	ssize_t n;

	for (;;) {
		n = recv(fd, buf, size, 0);
		if (n >= 0 || (errno != EINTR && errno != ECONNRESET))
			return n;
		if (errno == ECONNRESET && reset)
			return -1;
		reset = reset || errno == ECONNRESET;
	}
}

int node_receive(int fd, const struct node_pod *pod, struct node_reply *ret,
	struct pod_error *reterr)
{
	struct node_reply reply;
	ssize_t n;
	int r;

	n = receive(fd, &reply, sizeof(reply));
	if (!n || (n < 0 && errno == ECONNRESET))
		return no_answer(pod, reterr);
	if (n < 0)
		return err_errno(
			reterr, POD_STAGE_PROTOCOL, pod->uid, OPERATION);
	r = node_reply_check(&reply, (size_t)n);
	if (r < 0)
		return err_set(reterr, r, POD_STAGE_PROTOCOL, pod->uid,
			OPERATION, "its answer is not of this version");
	if (reply.code < 0 && reterr && !reterr->code) {
		if (reply.error.code)
			*reterr = reply.error;
		else
			err_code(reterr, reply.code, POD_STAGE_PROTOCOL,
				pod->uid, OPERATION);
	}
	if (ret)
		*ret = reply;
	return reply.code < 0 ? reply.code : 0;
}

int node_call(struct pod_node *node, const char *ref,
	const struct node_request *request, struct node_reply *ret,
	struct pod_error *reterr)
{
	_cleanup_node_pod_ struct node_pod pod = NODE_POD_NONE;
	_cleanup_fd_ int fd = -EBADF;
	int r;

	r = node_find(node, ref, &pod, reterr);
	if (!r)
		r = node_send(&pod, request, NULL, 0, &fd, reterr);
	if (!r)
		r = node_receive(fd, &pod, ret, reterr);
	return r;
}
