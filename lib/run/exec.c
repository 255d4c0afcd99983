/* SPDX-License-Identifier: MIT */
/*
 * run/exec.c - a process that joins a running container.
 *
 * Same limits, ids, capabilities and filter as the container's own: the same
 * operations of the plan are executed (S26), after joining by pidfd.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "run/internal.h"
#include "run/process.h"
#include "sys/clone.h"

int exec_launch(struct container *c, const struct pod_exec_options *o,
	struct launch *l, struct pod_error *reterr)
{
	const int given[3] = { o->stdin_fd, o->stdout_fd, o->stderr_fd };
	_cleanup_fd_ int null = -EBADF;
	struct launch_request req;
	int i, r;

	if (c->phase != CONTAINER_LIVE)
		return err_set(reterr, -ESRCH, POD_STAGE_LIFECYCLE,
			plan_text(c->pod->plan, c->plan->name), "exec",
			"the container is not running");
	if (!o->argv || !o->argv[0])
		return err_set(reterr, -EINVAL, POD_STAGE_LIFECYCLE, NULL,
			"exec", "no command");
	memset(&req, 0, sizeof(req));
	req.engine = c->pod->engine;
	req.plan = c->pod->plan;
	req.container = c->plan;
	req.cgroup = c->leaf;
	req.pid_ns_of = req.join = c->launch.pidfd;
	req.no_gate = true;
	req.copy = launch_needs_copy(req.plan, c->plan, true);
	req.exec_fd = -1;
	req.argv = o->argv;
	req.env = o->env;
	req.cwd = o->cwd;
	for (i = 0; i < 3; i++) {
		req.stdio[i] = given[i];
		if (given[i] >= 0)
			continue;
		/* opened here, before anything of the container's (S04) */
		if (null < 0)
			null = open("/dev/null", O_RDWR | O_CLOEXEC);
		if (null < 0)
			return err_errno(reterr, POD_STAGE_LAUNCH,
				"/dev/null", "open");
		req.stdio[i] = null;
	}
	r = launch_begin(&req, l, reterr);
	if (r >= 0) {
		r = launch_wait_exec(l, reterr);
		if (r < 0)
			launch_abort(l);
		else
			launch_release(l);
	}
	if (r < 0)
		err_container(reterr, plan_text(c->pod->plan, c->plan->name));
	return r;
}

static void exec_ended(struct run_watch *w, uint32_t events)
{
	struct exec *e = container_of(w, struct exec, watch), **p;
	int status = 0, r;

	(void)events;
	r = sys_pidfd_reap(e->launch.pidfd, 1, &status);
	if (r == 0)
		return;
	if (r < 0)	/* reaped by somebody else: lost, but no success */
		status = SIGKILL;
	run_watch_remove(e->pod->engine, &e->watch);
	close_fd(e->launch.pidfd);
	for (p = &e->pod->execs; *p; p = &(*p)->next)
		if (*p == e) {
			*p = e->next;
			break;
		}
	e->reply(e->context, WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
						   WEXITSTATUS(status));
	free(e);
}

int run_pod_exec(struct pod *pod, const char *container,
	const struct pod_exec_options *options,
	void (*reply)(void *context, int exit_code), void *context,
	pid_t *ret_pid, struct pod_error *reterr)
{
	struct container *c = run_pod_container(pod, container, reterr);
	struct exec *e;
	int r;

	if (!c)
		return -ENOENT;
	e = calloc(1, sizeof(*e));
	if (!e)
		return err_code(reterr, -ENOMEM, POD_STAGE_LAUNCH, NULL,
			"exec");
	r = exec_launch(c, options, &e->launch, reterr);
	if (r < 0) {
		free(e);
		return r;
	}
	e->pod = pod;
	e->reply = reply;
	e->context = context;
	e->watch.fd = e->launch.pidfd;
	e->watch.handler = exec_ended;
	r = run_watch_add(pod->engine, &e->watch, EPOLLIN);
	if (r < 0) {
		launch_abort(&e->launch);
		free(e);
		return err_code(reterr, r, POD_STAGE_LAUNCH, NULL,
			"watch the process");
	}
	e->next = pod->execs;
	pod->execs = e;
	if (ret_pid)
		*ret_pid = e->launch.pid;
	return 0;
}
