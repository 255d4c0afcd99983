/* SPDX-License-Identifier: MIT */
/*
 * node/create.c - making a named pod: claim, plan, supervisor, answer.
 *
 * Knows the order of these and who cleans up when one fails; knows nothing
 * of how a pod is built. At every moment the pod's lock is held by us, by
 * the supervisor, or by both (it belongs to the open file description), so
 * whoever is killed, the pod has a living owner or is known to be dead.
 */
#include <limits.h>
#include <string.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/str.h"
#include "node/node.h"

/* More than the longest command line below. */
#define MAX_ARGS 24
#define CLAIM_TRIES 4

struct creation {
	struct pod_node *node;
	struct run_dirs *dirs;
	const struct pod_spec *spec;
	const char *namespace_;
	unsigned int flags;
	char uid[RUN_UID_SIZE];
	char program[PATH_MAX];
	char full_name[384];	/* "NAMESPACE/NAME" */
	int state, lock;
	int line;		/* to the supervisor */
};

/* What `ps` shows; the values are strings that outlive the call. */
static void make_argv(const struct creation *c, const char **argv)
{
	size_t n = 0;

	argv[n++] = "pod-supervisor";
	argv[n++] = c->full_name;
	argv[n++] = "--uid";
	argv[n++] = c->uid;
	argv[n++] = "--run";
	argv[n++] = c->dirs->run_path;
	argv[n++] = "--root";
	argv[n++] = c->dirs->root_path;
	/* the directory that was found, so that it is not looked for again */
	if (c->dirs->cgroup_fd >= 0 || c->dirs->cgroup_wanted) {
		argv[n++] = "--cgroup-parent";
		argv[n++] = c->dirs->cgroup_fd >= 0 ? c->dirs->cgroup_path
						    : c->dirs->cgroup_wanted;
	}
	if (c->node->pod_cidr) {
		argv[n++] = "--pod-cidr";
		argv[n++] = c->node->pod_cidr;
	}
	argv[n++] = "--state-fd=3";
	argv[n++] = "--lock-fd=4";
	argv[n++] = "--reply-fd=5";
	if (c->flags & POD_NODE_START)
		argv[n++] = "--start";
	if (c->flags & POD_NODE_REMOVE)
		argv[n++] = "--rm";
	argv[n] = NULL;
}

static int start_supervisor(struct creation *c, struct pod_error *reterr)
{
	const char *argv[MAX_ARGS];
	_cleanup_fd_ int ours = -EBADF, theirs = -EBADF;
	struct node_spawn spawn = { .argv = argv };
	int pair[2], r;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_errno(
			reterr, POD_STAGE_LAUNCH, c->full_name, "socketpair");
	ours = pair[0];
	theirs = pair[1];
	make_argv(c, argv);
	spawn.fds[0] = c->state;
	spawn.fds[1] = c->lock;
	spawn.fds[2] = theirs;
	r = node_spawn(c->program, &spawn, reterr);
	if (r < 0)
		return r;
	c->line = take_fd(&ours);
	return 0;
}

/* The supervisor's word, and ours that we have it: without it, it undoes. */
static int await_answer(const struct creation *c, struct pod_error *reterr)
{
	struct node_reply reply;
	ssize_t n;
	int r;

	do {
		n = recv(c->line, &reply, sizeof(reply), 0);
	} while (n < 0 && errno == EINTR);
	if (n < 0 && errno != ECONNRESET)
		return err_errno(reterr, POD_STAGE_PROTOCOL, c->full_name,
			"wait for the supervisor");
	if (n <= 0)
		return err_set(reterr, -EPIPE, POD_STAGE_PROTOCOL,
			c->full_name, "wait for the supervisor",
			"it ended before it had built the pod");
	r = node_reply_check(&reply, (size_t)n);
	if (r < 0)
		return err_set(reterr, r, POD_STAGE_PROTOCOL, c->program,
			"wait for the supervisor",
			"this program is of another version");
	if (reply.code < 0) {
		if (reterr && !reterr->code && reply.error.code)
			*reterr = reply.error;
		else
			err_code(reterr, reply.code, POD_STAGE_PROTOCOL,
				c->full_name, "build the pod");
		return reply.code;
	}
	/* a pod that removes itself may have done so by now */
	if (send(c->line, "", 1, MSG_NOSIGNAL) < 0 &&
		!(c->flags & POD_NODE_REMOVE))
		return err_errno(reterr, POD_STAGE_PROTOCOL, c->full_name,
			"answer the supervisor");
	return 0;
}

/* From the claim on; what fails here is undone by the caller. */
static int build(struct creation *c, struct pod_error *reterr)
{
	_cleanup_free_ struct plan *plan = NULL;
	int r;

	/* it starts while we compile; without our word it goes away again */
	r = start_supervisor(c, reterr);
	if (r < 0)
		return r;
	r = run_plan(c->dirs, c->spec, c->uid, c->state, &plan, reterr);
	if (r < 0) {
		close_fd(take_fd(&c->line));
		return r;
	}
	if (send(c->line, "", 1, MSG_NOSIGNAL) < 0)
		return err_errno(reterr, POD_STAGE_PROTOCOL, c->full_name,
			"tell the supervisor of the plan");
	return await_answer(c, reterr);
}

/* Keep the line of a pod that removes itself: its exit code comes there. */
static void keep_line(struct creation *c)
{
	struct pod_node *node = c->node;

	if (!(c->flags & POD_NODE_REMOVE))
		return;
	close_fd(node->line_fd);
	node->line_fd = take_fd(&c->line);
	(void)str_copy(node->line_uid, sizeof(node->line_uid), c->uid);
	(void)str_copy(node->line_ref, sizeof(node->line_ref), c->full_name);
}

/*
 * Between the making of a state directory and its locking, a gc that runs
 * beside us takes it for a dead pod's, and one that lists pods may hold the
 * lock for a moment. Both are over with another UID.
 */
static int claim(struct creation *c, struct pod_error *reterr)
{
	struct pod_error error;
	int i, r;

	for (i = 0;; i++) {
		err_clear(&error);
		run_uid_random(c->uid);
		r = run_state_claim(c->dirs, c->namespace_, c->spec->name,
			c->uid, &c->state, &c->lock, &error);
		if ((r != -EBUSY && r != -ENOENT) || i == CLAIM_TRIES)
			break;
	}
	if (r < 0 && reterr && !reterr->code)
		*reterr = error;
	return r;
}

static int create(struct creation *c, struct pod_error *reterr)
{
	int r;

	r = node_spawn_find(c->node->supervisor, c->program,
		sizeof(c->program), reterr);
	if (r < 0)
		return r;
	r = claim(c, reterr);
	if (r < 0)
		return r;
	r = build(c, reterr);
	if (r < 0) {
		/* the first cause is recorded; what stays, gc reports */
		(void)run_undo(c->dirs, c->uid, false, NULL, NULL, NULL);
		return r;
	}
	keep_line(c);
	return 0;
}

int pod_node_create(struct pod_node *node, const struct pod_spec *spec,
	unsigned int flags, char *ret_uid, struct pod_error *reterr)
{
	struct creation c = {
		.node = node,
		.spec = spec,
		.namespace_ = spec->namespace_ ? spec->namespace_ : "default",
		.flags = flags,
		.state = -EBADF,
		.lock = -EBADF,
		.line = -EBADF,
	};
	int r;

	if (flags & ~(POD_NODE_START | POD_NODE_REMOVE))
		return err_set(reterr, -EINVAL, POD_STAGE_STATE, spec->name,
			"create pod", "unknown flags");
	r = run_spec_check(spec, reterr);
	if (r < 0)
		return r;
	r = node_dirs(node, true, &c.dirs, reterr);
	if (r < 0)
		return r;
	(void)snprintf(c.full_name, sizeof(c.full_name), "%s/%s",
		c.namespace_, spec->name);
	r = create(&c, reterr);
	close_fd(c.line);
	close_fd(c.lock);
	close_fd(c.state);
	if (!r && ret_uid)
		(void)str_copy(ret_uid, 64, c.uid);
	return r;
}
