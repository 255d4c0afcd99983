/* SPDX-License-Identifier: MIT */
/*
 * run/container_run.c - one run of one container: build, gate, go, signal.
 *
 * Knows a single run; when there is to be another is lifecycle.c's.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "cg/cg.h"
#include "run/internal.h"
#include "sys/clone.h"

struct pod_container_status *container_status(struct container *c)
{
	return &c->pod->status->containers[c->index];
}

static const char *name_of(const struct container *c)
{
	return plan_text(c->pod->plan, c->plan->name);
}

int container_build(struct container *c, struct pod_error *reterr)
{
	struct pod *pod = c->pod;
	struct launch_request req;
	int r = prepare_container(c, reterr);

	if (r >= 0)
		r = logs_open(c, reterr);
	if (r < 0) {
		err_container(reterr, name_of(c));
		return r;
	}
	memset(&req, 0, sizeof(req));
	req.engine = pod->engine;
	req.plan = pod->plan;
	req.container = c->plan;
	req.clone_flags = c->plan->clone_flags;
	req.cgroup = c->leaf;
	req.pid_ns_of = pod->has_init ? pod->init.pidfd : -EBADF;
	req.ns_fds = pod->ns;
	req.join = -EBADF;
	req.build = true;
	/* alone in a PID namespace of its own nobody can look */
	req.copy = launch_needs_copy(pod->plan, c->plan,
		!c->plan->clone_flags);
	memcpy(req.stdio, c->stdio, sizeof(req.stdio));
	req.exec_fd = -1;
	req.entry = c->entry;
	req.argument = c->argument;
	r = launch_begin(&req, &c->launch, reterr);
	if (r < 0)
		err_container(reterr, name_of(c));
	return r;
}

int container_gate(struct container *c, struct pod_error *reterr)
{
	int r = launch_wait_gate(&c->launch, reterr);

	if (r >= 0) {
		c->exit_watch.fd = c->launch.pidfd;
		c->exit_watch.handler = container_exited;
		r = run_watch_add(c->pod->engine, &c->exit_watch, EPOLLIN);
		if (r < 0)
			err_code(reterr, r, POD_STAGE_LAUNCH, NULL,
				"watch the process");
	}
	if (r < 0) {
		err_container(reterr, name_of(c));
		c->exit_watch.fd = -EBADF;
		launch_abort(&c->launch);
		return r;
	}
	c->phase = CONTAINER_READY;
	/* exec does not change who a process is, or when it was started */
	container_status(c)->pid = c->launch.pid;
	container_status(c)->start_ticks = 0;
	(void)sys_start_ticks(c->launch.pid,
		&container_status(c)->start_ticks);
	return 0;
}

void container_let_go(struct container *c)
{
	launch_open_gate(&c->launch);
}

int container_go(struct container *c, struct pod_error *reterr)
{
	struct pod_container_status *s = container_status(c);
	int r;

	container_let_go(c);
	r = launch_wait_exec(&c->launch, reterr);
	if (r < 0) {
		err_container(reterr, name_of(c));
		run_watch_remove(c->pod->engine, &c->exit_watch);
		c->exit_watch.fd = -EBADF;
		launch_abort(&c->launch);
		s->pid = 0;
		c->phase = CONTAINER_NEW;
		return r;
	}
	launch_release(&c->launch);
	c->phase = CONTAINER_LIVE;
	c->term_at = 0;
	c->live_since = engine_now(c->pod->engine);
	s->state = POD_CONTAINER_RUNNING;
	s->pid = c->launch.pid;
	s->started_usec = engine_realtime(c->pod->engine);
	s->started = 1;
	s->ready = s->kind != POD_KIND_INIT;
	s->reason[0] = s->message[0] = '\0';
	engine_event(c->pod, POD_EVENT_NORMAL, name_of(c), "Started",
		"Started container %s", name_of(c));
	pod_changed(c->pod);
	return 0;
}

void container_signal(struct container *c, int signal)
{
	if (c->phase != CONTAINER_LIVE && c->phase != CONTAINER_READY)
		return;
	(void)sys_pidfd_signal(c->launch.pidfd, signal);
	if (signal == SIGKILL && c->leaf >= 0)
		(void)cg_kill(c->leaf);
}

void container_discard(struct container *c)
{
	if (c->phase != CONTAINER_READY && c->phase != CONTAINER_LIVE &&
		!c->launch.report)
		return;
	run_watch_remove(c->pod->engine, &c->exit_watch);
	c->exit_watch.fd = -EBADF;
	if (c->leaf >= 0)
		(void)cg_kill(c->leaf);
	launch_abort(&c->launch);
	container_status(c)->pid = 0;
	c->phase = CONTAINER_NEW;
}

void container_exited(struct run_watch *w, uint32_t events)
{
	struct container *c = container_of(w, struct container, exit_watch);
	int status = 0, r;

	(void)events;
	r = sys_pidfd_reap(c->launch.pidfd, 1, &status);
	if (r == 0)
		return;
	run_watch_remove(c->pod->engine, &c->exit_watch);
	c->exit_watch.fd = -EBADF;
	/* what it has forked outside of a PID namespace of its own */
	if (!c->plan->clone_flags && c->leaf >= 0)
		(void)cg_kill(c->leaf);
	launch_release(&c->launch);
	close_fd(take_fd(&c->launch.pidfd));
	logs_drain(c);
	/* somebody waits for any child in this process: the status is lost */
	if (r == -ECHILD)
		status = SIGKILL;
	lifecycle_after_exit(c, status);
	if (r == -ECHILD)
		(void)snprintf(container_status(c)->termination.reason,
			sizeof(container_status(c)->termination.reason),
			"ContainerStatusUnknown");
}
