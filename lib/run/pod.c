/* SPDX-License-Identifier: MIT */
/*
 * run/pod.c - a pod's handle: make it, ask it, end it.
 *
 * Knows the order of building and of taking down; what happens in between is
 * lifecycle.c's.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"
#include "cg/cg.h"
#include "run/facts.h"
#include "run/process.h"
#include "run/status.h"
#include "sys/clone.h"

/* How long an end may take before a process counts as unkillable (S53). */
#define UNKILLABLE_USEC (10 * (uint64_t)USEC_PER_SEC)

void pod_changed(struct pod *pod)
{
	pod->dirty = true;
}

void pod_flush(struct pod *pod)
{
	if (!pod->dirty)
		return;
	pod->dirty = false;
	pod->status->phase = lifecycle_phase(pod);
	/* a full disk must not stop a pod: the next change tries again */
	if (pod->status_fd >= 0)
		(void)run_status_write(pod->status_fd, ++pod->generation,
			pod->status, pod->status_buffer, pod->status_room);
	if (pod->on_change)
		pod->on_change(pod, pod->on_change_context);
}

static uint64_t inode_of(int fd)
{
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 ? st.st_ino : 0;
}

static void fill_status(struct pod *pod)
{
	const struct plan *p = pod->plan;
	struct pod_status *s = pod->status;
	uint32_t i;

	str_copy(s->uid, sizeof(s->uid), plan_text(p, p->uid));
	str_copy(s->name, sizeof(s->name), plan_text(p, p->name));
	str_copy(s->namespace_, sizeof(s->namespace_),
		plan_text(p, p->namespace_));
	str_copy(s->node, sizeof(s->node), plan_text(p, p->node_name));
	str_copy(s->hostname, sizeof(s->hostname), plan_text(p, p->hostname));
	str_copy(s->cgroup, sizeof(s->cgroup), plan_text(p, p->cgroup));
	(void)net_addr_text(&p->link.v4, s->ip4);
	(void)net_addr_text(&p->link.v6, s->ip6);
	s->owner_pid = getpid();
	s->owner_alive = 1;
	s->created_usec = engine_realtime(pod->engine);
	for (i = 0; i < pod->n_containers; i++) {
		struct container *c = &pod->containers[i];
		struct pod_container_status *cs = &s->containers[i];

		str_copy(cs->name, sizeof(cs->name),
			plan_text(p, c->plan->name));
		str_copy(cs->image, sizeof(cs->image),
			plan_text(p, c->plan->image));
		cs->kind = c->plan->kind == SPEC_INIT ? POD_KIND_INIT :
			c->plan->kind == SPEC_SIDECAR ? POD_KIND_SIDECAR :
							POD_KIND_REGULAR;
		str_copy(cs->reason, sizeof(cs->reason),
			pod->containers[0].plan->kind == SPEC_REGULAR ?
				"ContainerCreating" : "PodInitializing");
	}
}

static int make_containers(struct pod *pod)
{
	uint32_t i;
	int k;

	pod->n_containers = pod->plan->containers.count;
	pod->containers =
		calloc(pod->n_containers + 1, sizeof(*pod->containers));
	if (!pod->containers)
		return -ENOMEM;
	for (i = 0; i < pod->n_containers; i++) {
		struct container *c = &pod->containers[i];

		c->pod = pod;
		c->index = i;
		c->plan = plan_container_at(pod->plan, i);
		c->leaf = c->log = c->exit_watch.fd = -EBADF;
		c->launch.pidfd = -EBADF;
		for (k = 0; k < 2; k++) {
			c->streams[k].container = c;
			c->streams[k].watch.fd = -EBADF;
		}
		for (k = 0; k < 3; k++)
			c->stdio[k] = -1;
	}
	return 0;
}

static int open_records(struct pod *pod)
{
	size_t size = sizeof(*pod->status) +
		pod->n_containers * sizeof(pod->status->containers[0]);

	pod->status = calloc(1, size);
	pod->status_room = size + RUN_STATUS_OVERHEAD;
	pod->status_buffer = malloc(pod->status_room);
	if (!pod->status || !pod->status_buffer)
		return -ENOMEM;
	pod->status->size = (uint32_t)size;
	pod->status->count = pod->n_containers;
	pod->events_fd = openat(pod->state, "events",
		O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
	pod->status_fd = openat(pod->state, "status",
		O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	return pod->events_fd < 0 || pod->status_fd < 0 ? -errno : 0;
}

static struct pod *pod_alloc(struct pod_engine *engine,
	const struct plan *plan, bool mapped, int state, int lock)
{
	struct pod *pod = calloc(1, sizeof(*pod));
	int i;

	if (!pod)
		return NULL;
	pod->engine = engine;
	pod->plan = plan;
	pod->plan_mapped = mapped;
	pod->state = state;
	pod->lock = lock;
	pod->cradle = pod->cgroup = -EBADF;
	pod->events_fd = pod->status_fd = -EBADF;
	pod->init.pidfd = -EBADF;
	pod->kill_at = NEVER;
	pod->grace_usec = (uint64_t)(plan->grace_seconds > 0 ?
		plan->grace_seconds : 0) * USEC_PER_SEC;
	for (i = 0; i < SANDBOX_FDS; i++)
		pod->ns[i] = -EBADF;
	pod->next = engine->pods;
	engine->pods = pod;
	return pod;
}

static void free_plan(const struct plan *plan, bool mapped)
{
	union {
		const struct plan *in;
		void *out;
	} owned = { .in = plan };

	if (mapped)
		(void)munmap(owned.out, plan->size);
	else
		free(owned.out);
}

/* Containers set themselves up while we talk to the kernel about links. */
static int build_all(struct pod *pod, struct pod_error *reterr)
{
	uint32_t i;
	int r = 0;

	for (i = 0; i < pod->n_containers && r >= 0; i++)
		r = container_build(&pod->containers[i], reterr);
	if (r >= 0)
		r = sandbox_network(pod, reterr);
	for (i = 0; i < pod->n_containers && r >= 0; i++)
		r = container_gate(&pod->containers[i], reterr);
	return r;
}

static int build(struct pod *pod, struct pod_error *reterr)
{
	int r = make_containers(pod);

	if (r >= 0)
		r = open_records(pod);
	if (r < 0)
		return err_code(reterr, r, POD_STAGE_STATE,
			plan_text(pod->plan, pod->plan->name),
			"open the pod's records");
	fill_status(pod);
	if (pod->setup)
		pod->setup(pod);
	pod_changed(pod);
	pod_flush(pod);
	r = prepare_cgroup_pod(pod, reterr);
	if (r >= 0)
		r = sandbox_open(pod, reterr);
	if (r >= 0)
		r = build_all(pod, reterr);
	if (r < 0)
		return r;
	pod->status->created = 1;
	pod->status->ns_net = inode_of(pod->ns[SANDBOX_NET]);
	pod->status->ns_ipc = inode_of(pod->ns[SANDBOX_IPC]);
	pod->status->ns_uts = inode_of(pod->ns[SANDBOX_UTS]);
	engine_event(pod, POD_EVENT_NORMAL, "", "Created",
		"Created the pod's sandbox and %u containers",
		pod->n_containers);
	pod_changed(pod);
	engine_settle(pod->engine);
	return 0;
}

static int build_setup(struct pod_engine *engine, const struct plan *plan,
	bool mapped, int state, int lock, void (*setup)(struct pod *pod),
	void *setup_context, struct pod **ret, struct pod_error *reterr)
{
	struct pod *pod = pod_alloc(engine, plan, mapped, state, lock);
	int r;

	if (!pod) {
		(void)run_undo(&engine->dirs, plan_text(plan, plan->uid),
			false, NULL, NULL, NULL);
		close_fd(state);
		close_fd(lock);
		free_plan(plan, mapped);
		return err_code(reterr, -ENOMEM, POD_STAGE_LAUNCH, NULL,
			"make the pod");
	}
	pod->setup = setup;
	pod->setup_context = setup_context;
	r = build(pod, reterr);
	if (r < 0) {
		(void)pod_free(pod, NULL);
		return r;
	}
	*ret = pod;
	return 0;
}

int run_build(struct pod_engine *engine, const struct plan *plan, bool mapped,
	int state, int lock, struct pod **ret, struct pod_error *reterr)
{
	return build_setup(engine, plan, mapped, state, lock, NULL, NULL,
		ret, reterr);
}

int run_create(struct pod_engine *engine, const struct pod_spec *spec,
	const char *uid, bool link, void (*setup)(struct pod *pod),
	void *setup_context, struct pod **ret, struct pod_error *reterr)
{
	char own[RUN_UID_SIZE];
	struct plan *plan = NULL;
	int state = -EBADF, lock = -EBADF, r = engine_check(engine, reterr);

	if (r >= 0)
		r = run_spec_check(spec, reterr);
	if (r < 0)
		return r;
	if (!uid) {
		run_uid_random(own);
		uid = own;
	}
	r = run_state_claim(&engine->dirs, spec->namespace_, spec->name, uid,
		&state, &lock, reterr);
	if (r < 0)
		return r;
	r = run_plan_linked(&engine->dirs, spec, uid, state, link, &plan,
		reterr);
	if (r < 0) {
		(void)run_undo(&engine->dirs, uid, false, NULL, NULL, NULL);
		close_fd(state);
		close_fd(lock);
		return r;
	}
	return build_setup(engine, plan, false, state, lock, setup,
		setup_context, ret, reterr);
}

int pod_create(struct pod_engine *engine, const struct pod_spec *spec,
	const char *uid, struct pod **ret, struct pod_error *reterr)
{
	return run_create(engine, spec, uid, true, NULL, NULL, ret, reterr);
}

int pod_start(struct pod *pod, struct pod_error *reterr)
{
	int r = engine_check(pod->engine, reterr);

	if (r < 0)
		return r;
	if (pod->started || pod->stopping)
		return err_set(reterr, pod->started ? -EALREADY : -EINVAL,
			POD_STAGE_LIFECYCLE, pod_name(pod), "start",
			pod->started ? "the pod was started before" :
				       "the pod has been stopped");
	r = lifecycle_start(pod, reterr);
	if (r < 0)
		lifecycle_stop(pod, 0);
	engine_settle(pod->engine);
	return r;
}

static struct container *find(struct pod *pod, const char *name)
{
	uint32_t i;

	for (i = 0; i < pod->n_containers; i++)
		if (str_eq(plan_text(pod->plan,
				   pod->containers[i].plan->name), name))
			return &pod->containers[i];
	return NULL;
}

struct container *run_pod_container(struct pod *pod, const char *name,
	struct pod_error *reterr)
{
	struct container *c = NULL;
	uint32_t i;

	if (name) {
		c = find(pod, name);
		if (!c)
			(void)err_set(reterr, -ENOENT, POD_STAGE_LIFECYCLE,
				name, "find the container",
				"pod \"%s\" has no container of that name",
				pod_name(pod));
		return c;
	}
	for (i = 0; i < pod->n_containers; i++)
		if (pod->containers[i].plan->kind == SPEC_REGULAR)
			return &pod->containers[i];
	(void)err_set(reterr, -ENOENT, POD_STAGE_LIFECYCLE, pod_name(pod),
		"find the container", "the pod has no regular container");
	return NULL;
}

int pod_kill(struct pod *pod, const char *container, int signal,
	struct pod_error *reterr)
{
	struct container *one = NULL;
	uint32_t i, sent = 0;
	int r = engine_check(pod->engine, reterr);

	if (r < 0)
		return r;
	if (signal < 1 || signal > SIGRTMAX)
		return err_set(reterr, -EINVAL, POD_STAGE_LIFECYCLE, NULL,
			"signal", "%d is no signal", signal);
	if (container) {
		one = run_pod_container(pod, container, reterr);
		if (!one)
			return -ENOENT;
	}
	for (i = 0; i < pod->n_containers; i++) {
		struct container *c = &pod->containers[i];

		if ((one && c != one) || c->phase != CONTAINER_LIVE)
			continue;
		r = sys_pidfd_signal(c->launch.pidfd, signal);
		if (r >= 0)
			sent++;
	}
	if (sent)
		return 0;
	return err_set(reterr, -ESRCH, POD_STAGE_LIFECYCLE,
		container ? container : pod_name(pod), "signal",
		"no process is running");
}

int pod_stop(struct pod *pod, long grace_seconds, struct pod_error *reterr)
{
	int r = engine_check(pod->engine, reterr);
	int64_t grace = grace_seconds < 0 ? pod->plan->grace_seconds :
					    grace_seconds;

	if (r < 0)
		return r;
	if (!pod->ended)
		lifecycle_stop(pod, (uint64_t)(grace > 0 ? grace : 0) *
				USEC_PER_SEC);
	engine_settle(pod->engine);
	return 0;
}

static void kill_everything(struct pod *pod)
{
	struct exec *e;
	uint32_t i;

	if (pod->cgroup >= 0)
		(void)cg_kill(pod->cgroup);
	for (e = pod->execs; e; e = e->next)
		(void)sys_pidfd_signal(e->launch.pidfd, SIGKILL);
	for (i = 0; i < pod->n_containers; i++)
		if (pod->containers[i].launch.pidfd >= 0)
			(void)sys_pidfd_signal(
				pod->containers[i].launch.pidfd, SIGKILL);
	if (pod->has_init)
		(void)sys_pidfd_signal(pod->init.pidfd, SIGKILL);
}

/* Reap one child until the deadline; -EBUSY: it does not die. */
static int reap(struct launch *l, uint64_t deadline)
{
	uint64_t now = clock_monotonic_usec();

	if (l->pidfd < 0)
		return 0;
	if (!sys_pidfd_ended(l->pidfd,
		    now < deadline ? (int)((deadline - now) / 1000) : 0))
		return -EBUSY;
	(void)sys_pidfd_reap(l->pidfd, 1, NULL);
	launch_release(l);
	close_fd(take_fd(&l->pidfd));
	return 0;
}

static int reap_everything(struct pod *pod, struct pod_error *reterr)
{
	uint64_t deadline = clock_monotonic_usec() + UNKILLABLE_USEC;
	int r = joined_end(pod, deadline);
	uint32_t i;

	while (pod->execs) {
		struct exec *e = pod->execs;

		pod->execs = e->next;
		run_watch_remove(pod->engine, &e->watch);
		if (reap(&e->launch, deadline) < 0)
			r = -EBUSY;
		if (e->reply)
			e->reply(e->context, 128 + SIGKILL);
		free(e);
	}
	for (i = 0; i < pod->n_containers; i++) {
		struct container *c = &pod->containers[i];
		int pid = c->launch.pid;

		run_watch_remove(pod->engine, &c->exit_watch);
		c->exit_watch.fd = -EBADF;
		if (reap(&c->launch, deadline) < 0) {
			r = err_set(reterr, -EBUSY, POD_STAGE_LIFECYCLE,
				plan_text(pod->plan, c->plan->name), "kill",
				"process %d cannot be killed", pid);
			err_hint(reterr, "it waits in the kernel; podrun gc "
					 "removes the rest when it is gone");
			close_fd(take_fd(&c->launch.pidfd));
		}
		logs_drain(c);
		logs_close(c);
		close_fd(take_fd(&c->leaf));
	}
	return r;
}

static void unlink_pod(struct pod *pod)
{
	struct pod **p;

	for (p = &pod->engine->pods; *p; p = &(*p)->next)
		if (*p == pod) {
			*p = pod->next;
			return;
		}
}

int pod_free(struct pod *pod, struct pod_error *reterr)
{
	int r;

	if (!pod)
		return 0;
	r = engine_check(pod->engine, reterr);
	if (r < 0)
		return r;
	kill_everything(pod);
	r = reap_everything(pod, reterr);
	sandbox_end_init(pod);
	close_fd(pod->cgroup);
	close_fd(pod->events_fd);
	close_fd(pod->status_fd);
	close_fd(pod->state);
	if (r >= 0)
		r = run_undo_plan(&pod->engine->dirs, pod->plan, reterr);
	sandbox_close(pod);
	/* the lock goes last: until now we are the owner */
	close_fd(pod->lock);
	unlink_pod(pod);
	free_plan(pod->plan, pod->plan_mapped);
	free(pod->containers);
	free(pod->status);
	free(pod->status_buffer);
	free(pod);
	return r;
}

int pod_wait(struct pod *pod, struct pod_error *reterr)
{
	struct pollfd p = { .fd = pod->engine->epoll, .events = POLLIN };
	int r = 0;

	while (!pod->ended && r >= 0) {
		(void)poll(&p, 1, pod_engine_timeout_ms(pod->engine));
		r = pod_engine_dispatch(pod->engine, reterr);
	}
	return r < 0 ? r : pod->status->phase;
}

const char *pod_uid(const struct pod *pod)
{
	return plan_text(pod->plan, pod->plan->uid);
}

const char *pod_name(const struct pod *pod)
{
	return plan_text(pod->plan, pod->plan->name);
}

int pod_get_status(const struct pod *pod, struct pod_status **ret,
	struct pod_error *reterr)
{
	struct pod_status *s = malloc(pod->status->size);

	if (!s)
		return err_code(reterr, -ENOMEM, POD_STAGE_STATE,
			pod_name(pod), "copy the status");
	memcpy(s, pod->status, pod->status->size);
	s->phase = lifecycle_phase(pod);
	*ret = s;
	return 0;
}

bool run_pod_ended(const struct pod *pod)
{
	return pod->ended;
}

void run_pod_on_change(struct pod *pod,
	void (*handler)(struct pod *pod, void *context), void *context)
{
	pod->on_change = handler;
	pod->on_change_context = context;
}

void run_pod_deleting(struct pod *pod, int64_t grace_seconds)
{
	struct pod_status *st = pod->status;
	int64_t grace = grace_seconds < 0 ? pod->plan->grace_seconds :
					    grace_seconds;
	int64_t at = engine_realtime(pod->engine) +
		grace * (int64_t)USEC_PER_SEC;

	if (st->deletion_usec && st->deletion_usec <= at)
		return;
	st->deletion_usec = at;
	st->deletion_grace_seconds = grace;
	pod_changed(pod);
	engine_settle(pod->engine);
}

int run_pod_exit_code(const struct pod *pod)
{
	uint32_t i;

	for (i = 0; i < pod->status->count; i++) {
		const struct pod_container_status *s =
			&pod->status->containers[i];

		if (s->kind != POD_KIND_SIDECAR &&
			s->state == POD_TERMINATED && s->termination.exit_code)
			return s->termination.exit_code;
	}
	return 0;
}
