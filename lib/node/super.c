/* SPDX-License-Identifier: MIT */
/*
 * node/super.c - the supervisor: one process, one pod, from build to removal.
 *
 * Knows the order of its life: take over the process, listen, build the pod
 * from the plan in its state directory, tell the creator, serve until the
 * pod is removed. Knows nothing of how requests are read (super_socket.c) or
 * what they mean (super_verbs.c).
 *
 * A pod that has ended stays, with its supervisor, until it is deleted:
 * somebody has to hold the lock that says that its record is alive.
 *
 * Orphans: each container is in a PID namespace whose own init inherits
 * them, so none comes here, but those of hostPID pods. Only for these is
 * SIGCHLD looked at, and reap_orphans() tells them from the engine's own
 * children, which it must not touch.
 */
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/str.h"
#include "node/node.h"
#include "node/super.h"

/* After an engine error that comes again at once. */
#define ERROR_PAUSE_NSEC 10000000

static void take_over_process(void)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct sigaction usual = { .sa_handler = SIG_DFL };

	(void)prctl(PR_SET_NAME, "pod-supervisor");
	(void)prctl(PR_SET_DUMPABLE, 0);
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1);
	(void)umask(0022);
	(void)sigaction(SIGPIPE, &ignore, NULL);
	(void)sigaction(SIGHUP, &ignore, NULL);
	/* inherited as ignored it would reap our children behind our back */
	(void)sigaction(SIGCHLD, &usual, NULL);
}

static void stop_on_signal(struct super *s)
{
	if (!run_pod_ended(s->pod))
		(void)pod_stop(s->pod, -1, NULL);
}

static void on_signals(struct run_watch *w, uint32_t events)
{
	struct super *s = (struct super *)(void *)((char *)w -
		offsetof(struct super, signals));
	struct signalfd_siginfo info;

	(void)events;
	while (read(w->fd, &info, sizeof(info)) == (ssize_t)sizeof(info))
		if (info.ssi_signo != SIGCHLD)
			stop_on_signal(s);
}

static int watch_signals(struct super *s, struct pod_error *reterr)
{
	sigset_t set;
	int r;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	if (s->host_pid)
		(void)sigaddset(&set, SIGCHLD);
	(void)sigprocmask(SIG_SETMASK, &set, NULL);
	s->signals.fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (s->signals.fd < 0)
		return err_errno(
			reterr, POD_STAGE_LAUNCH, "signals", "signalfd");
	s->signals.handler = on_signals;
	r = run_watch_add(s->engine, &s->signals, EPOLLIN);
	if (r < 0)
		err_code(reterr, r, POD_STAGE_LAUNCH, "signals", "epoll");
	return r;
}

static void drop_line(struct super *s)
{
	run_watch_remove(s->engine, &s->line);
	close_fd(take_fd(&s->line.fd));
}

static void on_line(struct run_watch *w, uint32_t events)
{
	struct super *s = (struct super *)(void *)((char *)w -
		offsetof(struct super, line));
	char byte;
	ssize_t n = recv(w->fd, &byte, 1, MSG_DONTWAIT);

	(void)events;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n == 1) {
		s->acknowledged = true;
		if (!s->options.remove)
			drop_line(s);
		return;
	}
	/* killed before it knew: nobody would ever look for this pod */
	if (!s->acknowledged)
		s->abandoned = true;
	drop_line(s);
}

static void on_change(struct pod *pod, void *context)
{
	struct super *s = context;

	(void)pod;
	s->changed = true;
}

/* Open what the pod needs of this host and make an engine of it. */
static int make_engine(struct super *s, struct pod_error *reterr)
{
	const struct super_options *o = &s->options;
	struct run_dirs dirs;
	int r;

	r = run_dirs_open(&dirs, o->root, o->run, o->cgroup_parent,
		o->pod_cidr, true, reterr);
	if (r < 0)
		return r;
	return run_engine_new(&dirs, NULL, &s->engine, reterr);
}

/* The creator compiles while we start; if it gives up, so do we. */
static int await_plan(struct super *s, struct pod_error *reterr)
{
	char byte;
	ssize_t n;

	do {
		n = recv(s->line.fd, &byte, 1, 0);
	} while (n < 0 && errno == EINTR);
	if (n == 1)
		return 0;
	/* killed, most likely: nobody else would take back its claim */
	(void)run_undo(run_engine_dirs(s->engine), s->options.uid, false,
		NULL, NULL, NULL);
	return err_set(reterr, -ECANCELED, POD_STAGE_PROTOCOL, NULL,
		"wait for the plan", "the creator has gone");
}

static int build(struct super *s, struct pod_error *reterr)
{
	const struct plan *plan;
	int r;

	r = await_plan(s, reterr);
	if (r < 0)
		return r;
	r = run_plan_load(s->options.state_fd, &plan, reterr);
	if (r < 0)
		return r;
	if (!str_eq(plan_text(plan, plan->uid), s->options.uid)) {
		(void)munmap((void *)(uintptr_t)plan, plan->size);
		return err_set(reterr, -EBADMSG, POD_STAGE_STATE,
			s->options.uid, "read plan",
			"it is that of another pod");
	}
	(void)str_copy(s->namespace_, sizeof(s->namespace_),
		plan_text(plan, plan->namespace_));
	(void)str_copy(s->name, sizeof(s->name), plan_text(plan, plan->name));
	s->host_pid = plan->flags & PLAN_HOST_PID;
	r = run_build(s->engine, plan, true, s->options.state_fd,
		s->options.lock_fd, &s->pod, reterr);
	if (r < 0)
		return r;
	run_pod_on_change(s->pod, on_change, s);
	return s->options.start ? pod_start(s->pod, reterr) : 0;
}

static int set_up(struct super *s, struct pod_error *reterr)
{
	int r;

	r = make_engine(s, reterr);
	if (!r)
		r = super_listen(s, reterr);
	if (!r)
		r = build(s, reterr);
	if (!r)
		r = watch_signals(s, reterr);
	if (!r)
		r = super_serve(s, reterr);
	if (!r) {
		s->line.handler = on_line;
		r = run_watch_add(s->engine, &s->line, EPOLLIN | EPOLLRDHUP);
		if (r < 0)
			err_code(reterr, r, POD_STAGE_LAUNCH, "creator",
				"epoll");
	}
	if (r < 0 && s->pod) {
		(void)pod_free(s->pod, NULL);
		s->pod = NULL;
	}
	return r;
}

/*
 * Reap children that are not the engine's. Its own are told by their pidfds:
 * while one is dead and not reaped, the engine's epoll is readable. So a dead
 * child beside a silent epoll is an orphan.
 */
static void reap_orphans(struct super *s)
{
	struct pollfd p = { .fd = pod_engine_fd(s->engine), .events = POLLIN };
	siginfo_t info;

	for (;;) {
		memset(&info, 0, sizeof(info));
		if (waitid(P_ALL, 0, &info,
			    WEXITED | WNOHANG | WNOWAIT | __WALL) < 0 ||
			!info.si_pid || poll(&p, 1, 0) != 0)
			return;
		(void)waitid(P_PID, (id_t)info.si_pid, &info,
			WEXITED | WNOHANG | __WALL);
	}
}

static void serve(struct super *s)
{
	const struct timespec pause = { .tv_nsec = ERROR_PAUSE_NSEC };
	struct pollfd p = { .fd = pod_engine_fd(s->engine), .events = POLLIN };
	struct pod_event event;

	for (;;) {
		super_settle(s);
		if (s->done)
			return;
		(void)poll(&p, 1, -1);
		/* the pod's status has the cause; here is only to not spin */
		if (pod_engine_dispatch(s->engine, NULL) < 0)
			(void)nanosleep(&pause, NULL);
		/* they are on disk; the queue is for other embedders */
		while (pod_engine_next_event(s->engine, &event) > 0)
			;
		if (s->host_pid)
			reap_orphans(s);
	}
}

static void super_done(struct super *s)
{
	pod_engine_free(s->engine);
	close_fd(s->line.fd);
	close_fd(s->listener.fd);
	close_fd(s->signals.fd);
	close_fd(s->spare_fd);
	free(s);
}

static struct super *super_new(const struct super_options *options)
{
	struct super *s = calloc(1, sizeof(*s));
	size_t i;

	if (!s)
		return NULL;
	s->options = *options;
	s->line.fd = options->reply_fd;
	s->listener.fd = s->signals.fd = s->spare_fd = -EBADF;
	s->change = 1;
	for (i = 0; i < SUPER_MAX_CLIENTS; i++)
		s->clients[i].watch.fd = -EBADF;
	return s;
}

int pod_supervisor_main(const struct pod_supervisor_options *options)
{
	struct super_options o;
	struct pod_error error = { 0 };
	struct super *s;
	int r;

	if (super_options_parse(options->argc, options->argv, &o) < 0) {
		fputs("pod-supervisor is started by podrun\n", stderr);
		return 2;
	}
	take_over_process();
	if (fcntl(o.state_fd, F_SETFD, FD_CLOEXEC) < 0 ||
		fcntl(o.lock_fd, F_SETFD, FD_CLOEXEC) < 0 ||
		fcntl(o.reply_fd, F_SETFD, FD_CLOEXEC) < 0)
		return 2;
	s = super_new(&o);
	if (!s)
		return 1;
	r = set_up(s, &error);
	super_say(s, r, 0, &error);
	if (!r) {
		(void)malloc_trim(0);
		serve(s);
	}
	super_done(s);
	return r < 0 ? 1 : 0;
}
