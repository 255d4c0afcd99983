/* SPDX-License-Identifier: MIT */
/*
 * node/super_verbs.c - what the supervisor does for its clients.
 *
 * Knows each verb, and when one that waits is answered; knows nothing of
 * sockets' bytes. The pod itself is level 2's.
 *
 * A client that goes before its answer takes back only its interest: a stop
 * or delete that has begun goes on. The process of an exec gets SIGHUP, as
 * from a terminal that hangs up; one that ignores it runs on in its
 * container until that ends.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>

#include "base/err.h"
#include "node/node.h"
#include "node/status.h"
#include "node/super.h"

static void wait_for(struct super_client *c,
	const struct node_request *request)
{
	c->verb = request->verb;
	c->number = request->number;
	c->state = SUPER_WAITING;
}

static void do_start(struct super_client *c)
{
	struct pod_error error = { 0 };

	super_reply(c, pod_start(c->super->pod, &error), 0, &error);
}

static void do_kill(struct super_client *c,
	const struct node_request *request)
{
	struct pod_error error = { 0 };
	int r;

	if (request->number < 1 || request->number > SIGRTMAX)
		r = err_set(&error, -EINVAL, POD_STAGE_PROTOCOL, NULL, "kill",
			"%lld is no signal", (long long)request->number);
	else
		r = pod_kill(c->super->pod, request->container,
			(int)request->number, &error);
	super_reply(c, r, 0, &error);
}

/* Begin the termination; asked again, it may only become shorter. */
static int begin_stop(struct super *s, int64_t grace, struct pod_error *error)
{
	if (run_pod_ended(s->pod))
		return 0;
	if (grace > INT32_MAX)
		grace = INT32_MAX;
	return pod_stop(s->pod, grace < 0 ? -1 : (long)grace, error);
}

static void do_stop(struct super_client *c,
	const struct node_request *request)
{
	struct pod_error error = { 0 };
	int r = begin_stop(c->super, request->number, &error);

	if (r < 0)
		super_reply(c, r, 0, &error);
	else
		wait_for(c, request);
}

static void do_delete(struct super_client *c,
	const struct node_request *request)
{
	struct super *s = c->super;
	struct pod_error error = { 0 };
	int r;

	run_pod_deleting(s->pod, request->number);
	r = begin_stop(s, request->number, &error);
	if (!r && (request->flags & POD_NODE_FORCE)) {
		r = node_name_unlink(run_engine_dirs(s->engine), s->namespace_,
			s->name, s->options.uid);
		if (r < 0)
			err_code(&error, r, POD_STAGE_STATE, s->name,
				"free the name");
	}
	if (r < 0) {
		super_reply(c, r, 0, &error);
		return;
	}
	s->deleting = true;
	if (request->flags & (POD_NODE_FORCE | POD_NODE_NO_WAIT))
		super_reply(c, 0, 0, NULL);
	else
		wait_for(c, request);
}

static void exec_ended(void *context, int exit_code)
{
	struct super_exec *e = context;

	if (e->client)
		super_reply(e->client, 0, exit_code, NULL);
	e->client = NULL;
	e->used = false;
}

static struct super_exec *free_exec(struct super *s)
{
	size_t i;

	for (i = 0; i < SUPER_MAX_EXECS; i++)
		if (!s->execs[i].used)
			return &s->execs[i];
	return NULL;
}

/* Which of the three came along, in order; -EBADMSG: not as many as said. */
static int place_fds(const struct node_request *request, const int *fds,
	size_t n_fds, struct pod_exec_options *o)
{
	int *const place[] = { &o->stdin_fd, &o->stdout_fd, &o->stderr_fd };
	size_t i, next = 0;

	for (i = 0; i < NODE_MAX_FDS; i++) {
		*place[i] = -1;
		if (!(request->flags & NODE_EXEC_FD(i)))
			continue;
		if (next == n_fds)
			return -EBADMSG;
		*place[i] = fds[next++];
	}
	return next == n_fds ? 0 : -EBADMSG;
}

static void do_exec(struct super_client *c,
	const struct node_request *request, const int *fds, size_t n_fds)
{
	struct super *s = c->super;
	struct pod_exec_options o = {
		.size = sizeof(o),
		.argv = request->argv,
		.env = request->n_env ? request->env : NULL,
		.cwd = request->cwd,
	};
	struct super_exec *e = free_exec(s);
	struct pod_error error = { 0 };
	int r;

	if (!e) {
		r = err_set(&error, -EAGAIN, POD_STAGE_PROTOCOL, NULL, "exec",
			"%d processes already run for clients",
			SUPER_MAX_EXECS);
		super_reply(c, r, 0, &error);
		return;
	}
	r = place_fds(request, fds, n_fds, &o);
	if (r < 0)
		err_code(&error, r, POD_STAGE_PROTOCOL, NULL, "exec");
	if (!r) {
		/* it may end, and be told, before the call returns */
		*e = (struct super_exec){
			.super = s, .client = c, .used = true
		};
		wait_for(c, request);
		r = run_pod_exec(s->pod, request->container, &o, exec_ended, e,
			&e->pid, &error);
		if (r < 0)
			e->used = false;
	}
	if (r < 0)
		super_reply(c, r, 0, &error);
}

void super_handle(struct super_client *c, const struct node_request *request,
	const int *fds, size_t n_fds)
{
	switch (request->verb) {
	case NODE_START:
		do_start(c);
		break;
	case NODE_KILL:
		do_kill(c, request);
		break;
	case NODE_STOP:
		do_stop(c, request);
		break;
	case NODE_DELETE:
		do_delete(c, request);
		break;
	case NODE_EXEC:
		do_exec(c, request, fds, n_fds);
		break;
	case NODE_WAIT:
	case NODE_WATCH:
		wait_for(c, request);
		break;
	case NODE_PING:
	case NODE_VERBS:
	default:
		super_reply(c, 0, 0, NULL);
		break;
	}
}

void super_forget(struct super_client *c)
{
	struct super *s = c->super;
	size_t i;

	for (i = 0; i < SUPER_MAX_EXECS; i++) {
		if (!s->execs[i].used || s->execs[i].client != c)
			continue;
		s->execs[i].client = NULL;
		/* not reaped yet, or exec_ended() had cleared the slot */
		if (s->execs[i].pid > 0)
			(void)kill(s->execs[i].pid, SIGHUP);
	}
}

static int exit_code(struct super *s)
{
	struct pod_status *status = NULL;
	int code = 1;

	if (pod_get_status(s->pod, &status, NULL) == 0)
		code = node_status_exit_code(status);
	pod_status_free(status);
	return code;
}

static void answer_ended(struct super *s, int code)
{
	size_t i;

	for (i = 0; i < SUPER_MAX_CLIENTS; i++) {
		struct super_client *c = &s->clients[i];

		if (c->state == SUPER_WAITING &&
			(c->verb == NODE_WAIT || c->verb == NODE_STOP))
			super_reply(c, 0, code, NULL);
	}
	if (s->options.remove)
		super_say(s, 0, code, NULL);
}

static void answer_watchers(struct super *s)
{
	size_t i;

	for (i = 0; i < SUPER_MAX_CLIENTS; i++) {
		struct super_client *c = &s->clients[i];

		if (c->state == SUPER_WAITING && c->verb == NODE_WATCH &&
			c->number != s->change)
			super_reply(c, 0, 0, NULL);
	}
}

/* The pod is gone: everybody who waits for anything hears it. */
static void answer_removed(struct super *s, int r, int code,
	const struct pod_error *error)
{
	size_t i;

	/* who waited for the end hears of it now: nothing is left any more */
	answer_ended(s, code);

	for (i = 0; i < SUPER_MAX_CLIENTS; i++) {
		struct super_client *c = &s->clients[i];

		if (c->state != SUPER_WAITING)
			continue;
		super_forget(c);
		if (c->verb == NODE_EXEC)
			super_reply(c, 0, 128 + SIGKILL, NULL);
		else if (c->verb == NODE_DELETE)
			super_reply(c, r, 0, error);
		else
			super_reply(c, -ENOENT, 0, error);
	}
}

static void remove_pod(struct super *s)
{
	struct pod_error error = { 0 };
	int r, code = exit_code(s);
	size_t i;

	r = pod_free(s->pod, &error);
	s->pod = NULL;
	/* what was exec'd died with its container; its pids are no more ours */
	for (i = 0; i < SUPER_MAX_EXECS; i++)
		s->execs[i].pid = 0;
	answer_removed(s, r, code, &error);
	s->done = true;
}

void super_settle(struct super *s)
{
	bool ended;

	if (s->changed) {
		s->changed = false;
		s->change++;
	}
	answer_watchers(s);
	ended = run_pod_ended(s->pod);
	if (s->abandoned || (ended && (s->deleting || s->options.remove)))
		remove_pod(s);
	else if (ended)
		answer_ended(s, exit_code(s));
}
