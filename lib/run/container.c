/* SPDX-License-Identifier: MIT */
/*
 * run/container.c - level 1: one process, by handle.
 *
 * A launched container is a pod of one without a link; a process joined to a
 * container is only a launch. The handle hides which.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "run/process.h"
#include "sys/clone.h"

struct pod_container {
	struct pod *pod;	/* of our own, or NULL: joined */
	struct launch joined;
	struct pod *into;	/* joined: the pod, while it is there */
	struct pod_container *next;	/* of those that have joined it */
	struct run_watch watch;	/* joined: fd is the pidfd until reaped */
	int pidfd;		/* the launch's */
	pid_t pid;
	pid_t owner;		/* who made it: -ECHILD for anybody else */
	bool waited;
	int status;		/* waitpid's, or -ECHILD: it is lost */
};

/* A forked copy must not end, reap or start what is its parent's. */
static int check(const struct pod_container *c, struct pod_error *reterr)
{
	if (c->owner == getpid())
		return 0;
	return err_set(reterr, -ECHILD, POD_STAGE_LIFECYCLE, NULL,
		"use the container", "it was made by another process");
}

/* Remember the end, once; who asks later gets the same answer. */
static int reap(struct pod_container *c, int nohang)
{
	int r = sys_pidfd_reap(c->pidfd, nohang, &c->status);

	if (r == 0)
		return 0;
	if (r < 0)
		c->status = r;
	c->waited = true;
	if (c->into)
		run_watch_remove(c->into->engine, &c->watch);
	c->watch.fd = -EBADF;
	return r;
}

/*
 * Reaped when it ends, whether or not somebody waits: as long as it is a
 * zombie, the container's PID 1 cannot be gone.
 */
static void joined_ended(struct run_watch *w, uint32_t events)
{
	(void)events;
	(void)reap(container_of(w, struct pod_container, watch), 1);
}

static void leave(struct pod_container *c)
{
	struct pod_container **p = &c->into->joined;

	while (*p != c)
		p = &(*p)->next;
	*p = c->next;
	run_watch_remove(c->into->engine, &c->watch);
	c->watch.fd = -EBADF;
	c->into = NULL;
}

int joined_end(struct pod *pod, uint64_t deadline_usec)
{
	int r = 0;

	while (pod->joined) {
		struct pod_container *c = pod->joined;
		uint64_t now = clock_monotonic_usec();

		if (!c->waited) {
			(void)sys_pidfd_signal(c->pidfd, SIGKILL);
			if (!sys_pidfd_ended(c->pidfd, now < deadline_usec ?
				    (int)((deadline_usec - now) / 1000) : 0))
				r = -EBUSY;
			else
				(void)reap(c, 1);
		}
		leave(c);
	}
	return r;
}

static void apply(struct pod *pod)
{
	const struct pod_container_options *o = pod->setup_context;
	struct container *c = &pod->containers[0];

	c->entry = o->entry;
	c->argument = o->argument;
	c->stdio[0] = o->stdin_fd;
	c->stdio[1] = o->stdout_fd >= 0 ? o->stdout_fd : STDOUT_FILENO;
	c->stdio[2] = o->stderr_fd >= 0 ? o->stderr_fd : STDERR_FILENO;
}

int pod_container_launch(struct pod_engine *engine,
	const struct pod_spec *spec,
	const struct pod_container_options *options,
	struct pod_container **ret, struct pod_error *reterr)
{
	struct pod_container_options o = { .stdin_fd = -1, .stdout_fd = -1,
		.stderr_fd = -1 };
	struct pod_container *c;
	int r;

	if (options && options->size > sizeof(o))
		return err_set(reterr, -E2BIG, POD_STAGE_LAUNCH, NULL,
			"launch", "options of a newer version");
	if (options)
		memcpy(&o, options, options->size);
	if (spec->n_containers != 1 ||
		spec->containers[0].kind != SPEC_REGULAR)
		return err_set(reterr, -EINVAL, POD_STAGE_SPEC, spec->name,
			"launch", "one regular container is wanted, not %zu",
			spec->n_containers);
	c = calloc(1, sizeof(*c));
	if (!c)
		return err_code(reterr, -ENOMEM, POD_STAGE_LAUNCH, NULL,
			"launch");
	r = run_create(engine, spec, NULL, false, apply, &o, &c->pod, reterr);
	if (r < 0) {
		free(c);
		return r;
	}
	/* its end is ours to wait for, not the lifecycle's */
	c->owner = getpid();
	c->pid = c->pod->containers[0].launch.pid;
	c->pidfd = c->pod->containers[0].launch.pidfd;
	run_watch_remove(engine, &c->pod->containers[0].exit_watch);
	c->pod->containers[0].exit_watch.fd = -EBADF;
	*ret = c;
	return 0;
}

int pod_container_start(struct pod_container *c, struct pod_error *reterr)
{
	struct container *one;
	int r = check(c, reterr);

	if (r < 0)
		return r;
	if (!c->pod || c->pod->started)
		return err_set(reterr, -EALREADY, POD_STAGE_LIFECYCLE, NULL,
			"start", "it was started before");
	one = &c->pod->containers[0];
	c->pod->started = true;
	r = container_go(one, reterr);
	if (r < 0)
		c->pidfd = -EBADF;
	engine_settle(c->pod->engine);
	return r;
}

int pod_container_pidfd(const struct pod_container *c)
{
	return c->pidfd;
}

pid_t pod_container_pid(const struct pod_container *c)
{
	return c->pid;
}

int pod_container_kill(struct pod_container *c, int signal,
	struct pod_error *reterr)
{
	int r = check(c, reterr);

	if (r < 0)
		return r;
	r = c->pidfd < 0 || c->waited ? -ESRCH :
		sys_pidfd_signal(c->pidfd, signal);
	return r < 0 ? err_code(reterr, r, POD_STAGE_LIFECYCLE, NULL,
			       "signal") : 0;
}

int pod_container_wait(struct pod_container *c, int *ret_status,
	struct pod_error *reterr)
{
	int r = check(c, reterr);

	if (r < 0)
		return r;
	if (!c->waited)
		r = c->pidfd < 0 ? -ESRCH : reap(c, 0);
	if (c->waited)
		r = c->status < 0 ? c->status : 0;
	if (r < 0)
		return err_code(reterr, r, POD_STAGE_LIFECYCLE, NULL, "wait");
	if (ret_status)
		*ret_status = c->status;
	return 0;
}

void pod_container_free(struct pod_container *c)
{
	if (!c)
		return;
	if (c->pod) {
		(void)pod_free(c->pod, NULL);
	} else {
		if (!c->waited && check(c, NULL) == 0) {
			(void)sys_pidfd_signal(c->pidfd, SIGKILL);
			(void)reap(c, 0);
		}
		if (c->into && check(c, NULL) == 0)
			leave(c);
		close_fd(c->pidfd);
	}
	free(c);
}

int pod_exec(struct pod *pod, const char *container,
	const struct pod_exec_options *options, struct pod_container **ret,
	struct pod_error *reterr)
{
	struct pod_exec_options o = { .stdin_fd = -1, .stdout_fd = -1,
		.stderr_fd = -1 };
	struct container *in;
	struct pod_container *c;
	int r = engine_check(pod->engine, reterr);

	if (r < 0)
		return r;
	if (!options || options->size > sizeof(o))
		return err_set(reterr, -EINVAL, POD_STAGE_LIFECYCLE, NULL,
			"exec", "no options, or of a newer version");
	memcpy(&o, options, options->size);
	in = run_pod_container(pod, container, reterr);
	if (!in)
		return -ENOENT;
	c = calloc(1, sizeof(*c));
	if (!c)
		return err_code(reterr, -ENOMEM, POD_STAGE_LAUNCH, NULL,
			"exec");
	r = exec_launch(in, &o, &c->joined, reterr);
	if (r < 0) {
		free(c);
		return r;
	}
	c->owner = getpid();
	c->pid = c->joined.pid;
	c->pidfd = c->watch.fd = c->joined.pidfd;
	c->watch.handler = joined_ended;
	r = run_watch_add(pod->engine, &c->watch, EPOLLIN);
	if (r < 0) {
		launch_abort(&c->joined);
		free(c);
		return err_code(reterr, r, POD_STAGE_LAUNCH, NULL,
			"watch the process");
	}
	c->into = pod;
	c->next = pod->joined;
	pod->joined = c;
	*ret = c;
	return 0;
}
