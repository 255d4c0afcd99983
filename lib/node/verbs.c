/* SPDX-License-Identifier: MIT */
/*
 * node/verbs.c - what can be asked of a pod that exists.
 *
 * Knows which request each call is, and what can still be done for a pod
 * whose supervisor is dead; the work is the supervisor's or run_undo()'s.
 */
#include <poll.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/str.h"
#include "node/node.h"
#include "node/status.h"

int pod_node_start(struct pod_node *node, const char *ref,
	struct pod_error *reterr)
{
	const struct node_request q = { .verb = NODE_START };

	return node_call(node, ref, &q, NULL, reterr);
}

int pod_node_kill(struct pod_node *node, const char *ref,
	const char *container, int signal, struct pod_error *reterr)
{
	const struct node_request q = {
		.verb = NODE_KILL,
		.container = container,
		.number = signal,
	};

	return node_call(node, ref, &q, NULL, reterr);
}

int pod_node_stop(struct pod_node *node, const char *ref, long grace_seconds,
	struct pod_error *reterr)
{
	const struct node_request q = {
		.verb = NODE_STOP,
		.number = grace_seconds,
	};

	return node_call(node, ref, &q, NULL, reterr);
}

/* Nobody owns it any more, so its remains are anybody's to remove. */
static int remove_dead(struct pod_node *node, const struct node_pod *pod,
	struct pod_error *reterr)
{
	_cleanup_fd_ int lock = -EBADF;
	struct run_dirs *d;
	int r;

	if (run_state_alive(pod->state, &lock))
		return -EPIPE;
	r = node_dirs(node, false, &d, reterr);
	if (r < 0)
		return r;
	return run_undo(d, pod->uid, false, NULL, NULL, reterr);
}

int pod_node_delete(struct pod_node *node, const char *ref,
	long grace_seconds, unsigned int flags, struct pod_error *reterr)
{
	const struct node_request q = {
		.verb = NODE_DELETE,
		.flags = flags,
		/* kubernetes: only --force may ask for no grace at all */
		.number = !grace_seconds && !(flags & POD_NODE_FORCE)
			? 1
			: grace_seconds,
	};
	_cleanup_node_pod_ struct node_pod pod = NODE_POD_NONE;
	_cleanup_fd_ int fd = -EBADF;
	struct pod_error error = { 0 };
	int r, undone;

	r = node_find(node, ref, &pod, reterr);
	if (r < 0)
		return r;
	r = node_send(&pod, &q, NULL, 0, &fd, &error);
	if (!r)
		r = node_receive(fd, &pod, NULL, &error);
	if (r == -ENOENT)
		return 0; /* somebody else's delete was quicker */
	if (r == -EPIPE) {
		undone = remove_dead(node, &pod, reterr);
		if (undone != -EPIPE)
			return undone;
	}
	if (r < 0 && reterr && !reterr->code)
		*reterr = error;
	return r;
}

int pod_node_exec(struct pod_node *node, const char *ref,
	const char *container, const struct pod_exec_options *options,
	int *ret_exit_code, struct pod_error *reterr)
{
	_cleanup_node_pod_ struct node_pod pod = NODE_POD_NONE;
	_cleanup_fd_ int fd = -EBADF;
	const int given[] = { options->stdin_fd, options->stdout_fd,
		options->stderr_fd };
	struct node_request q = {
		.verb = NODE_EXEC,
		.container = container,
		.cwd = options->cwd,
		.argv = (const char **)(uintptr_t)options->argv,
		.env = (const char **)(uintptr_t)options->env,
	};
	struct node_reply reply = { 0 };
	struct pod_error error = { 0 };
	int fds[NODE_MAX_FDS], r;
	size_t i, n_fds = 0;

	while (q.argv && q.argv[q.n_argv])
		q.n_argv++;
	while (q.env && q.env[q.n_env])
		q.n_env++;
	if (!q.n_argv)
		return err_set(reterr, -EINVAL, POD_STAGE_EXEC, ref, "exec",
			"no command");
	for (i = 0; i < ARRAY_LEN(given); i++)
		if (given[i] >= 0) {
			q.flags |= NODE_EXEC_FD(i);
			fds[n_fds++] = given[i];
		}
	r = node_find(node, ref, &pod, reterr);
	if (r < 0)
		return r;
	r = node_send(&pod, &q, fds, n_fds, &fd, &error);
	if (!r)
		r = node_receive(fd, &pod, &reply, &error);
	if (!r)
		*ret_exit_code = reply.exit_code;
	else if (error.stage == POD_STAGE_EXEC)
		*ret_exit_code = r == -ENOENT ? 127 : 126;
	if (r < 0 && reterr && !reterr->code)
		*reterr = error;
	return r;
}

/* The exit code of a pod made with POD_NODE_REMOVE, from its own line. */
/* Until there is an answer, or a handler of the caller's has run. */
static int await(int fd, const char *uid, struct pod_error *reterr)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, -1) < 0 ?
		err_errno(reterr, POD_STAGE_PROTOCOL, uid, "wait") : 0;
}

static int wait_line(struct pod_node *node, int *ret_exit_code,
	struct pod_error *reterr)
{
	struct node_pod nowhere = NODE_POD_NONE;
	struct node_reply reply = { 0 };
	int r = await(node->line_fd, node->line_uid, reterr);

	if (r < 0)
		return r;
	(void)str_copy(nowhere.uid, sizeof(nowhere.uid), node->line_uid);
	r = node_receive(node->line_fd, &nowhere, &reply, reterr);
	close_fd(take_fd(&node->line_fd));
	if (!r)
		*ret_exit_code = reply.exit_code;
	return r;
}

/* A dead supervisor's last words may be that the pod had ended. */
static int wait_dead(const struct node_pod *pod, int *ret_exit_code)
{
	struct pod_status *s = NULL;
	int r;

	r = run_status_read(pod->state, &s, NULL);
	if (!r && s->phase != POD_SUCCEEDED && s->phase != POD_FAILED)
		r = -EPIPE;
	if (!r)
		*ret_exit_code = node_status_exit_code(s);
	pod_status_free(s);
	return r;
}

int pod_node_wait(struct pod_node *node, const char *ref, int *ret_exit_code,
	struct pod_error *reterr)
{
	const struct node_request q = { .verb = NODE_WAIT };
	_cleanup_node_pod_ struct node_pod pod = NODE_POD_NONE;
	_cleanup_fd_ int fd = -EBADF;
	struct node_reply reply = { 0 };
	struct pod_error error = { 0 };
	int r;

	if (node->line_fd >= 0 &&
		node_ref_matches(node, ref, node->line_uid, node->line_ref))
		return wait_line(node, ret_exit_code, reterr);
	r = node_find(node, ref, &pod, reterr);
	if (r < 0)
		return r;
	r = node_send(&pod, &q, NULL, 0, &fd, &error);
	if (!r)
		r = await(fd, pod.uid, &error);
	if (!r)
		r = node_receive(fd, &pod, &reply, &error);
	if (!r)
		*ret_exit_code = reply.exit_code;
	else if (r == -EPIPE && !wait_dead(&pod, ret_exit_code))
		return 0;
	if (r < 0 && reterr && !reterr->code)
		*reterr = error;
	return r;
}

/* The place of a pod's change counter; a new one is 0. */
static struct node_seen *seen_of(struct pod_node *node, const char *uid)
{
	struct node_seen *seen;
	size_t i;

	for (i = 0; i < node->n_seen; i++)
		if (str_eq(node->seen[i].uid, uid))
			return &node->seen[i];
	seen = reallocarray(node->seen, node->n_seen + 1, sizeof(*seen));
	if (!seen)
		return NULL;
	node->seen = seen;
	seen += node->n_seen++;
	seen->change = 0;
	(void)str_copy(seen->uid, sizeof(seen->uid), uid);
	return seen;
}

static void forget(struct pod_node *node, struct node_seen *seen)
{
	*seen = node->seen[--node->n_seen];
}

static int64_t now_msec(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* poll() for input, for what is left of the time: 1, 0 or -errno. */
static int await_input(int fd, int timeout_ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int64_t end = now_msec() + timeout_ms, left = timeout_ms;
	int r;

	for (;;) {
		r = poll(&p, 1, timeout_ms < 0 ? -1 : (int)left);
		if (r >= 0)
			return r;
		if (errno != EINTR)
			return -errno;
		left = end - now_msec();
		if (timeout_ms >= 0 && left <= 0)
			return 0;
	}
}

int pod_node_watch(struct pod_node *node, const char *ref, int timeout_ms,
	struct pod_error *reterr)
{
	struct node_request q = { .verb = NODE_WATCH };
	_cleanup_node_pod_ struct node_pod pod = NODE_POD_NONE;
	_cleanup_fd_ int fd = -EBADF;
	struct node_reply reply = { 0 };
	struct node_seen *seen;
	int r;

	r = node_find(node, ref, &pod, reterr);
	if (r < 0)
		return r;
	seen = seen_of(node, pod.uid);
	if (!seen)
		return err_errno(reterr, POD_STAGE_STATE, ref, "watch");
	/*
	 * The supervisor answers at once if the counter is not the current
	 * one, so a change between the caller's last look and this call is
	 * never missed; a first call always returns 1.
	 */
	q.number = seen->change;
	r = node_send(&pod, &q, NULL, 0, &fd, reterr);
	if (!r) {
		r = await_input(fd, timeout_ms);
		if (!r)
			return 0;
		if (r < 0)
			return err_code(
				reterr, r, POD_STAGE_PROTOCOL, ref, "watch");
		r = node_receive(fd, &pod, &reply, reterr);
	}
	if (r < 0) {
		forget(node, seen);
		return r;
	}
	seen->change = reply.number;
	return 1;
}
