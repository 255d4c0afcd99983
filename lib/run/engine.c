/* SPDX-License-Identifier: MIT */
/*
 * run/engine.c - one epoll fd, one clock, one queue of events.
 *
 * Knows what is waited for; knows nothing of what a pod does about it.
 */
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "run/events.h"
#include "run/internal.h"

#define BATCH 16
#define IO_BYTES 65536

uint64_t engine_now(const struct pod_engine *e)
{
	return e->clock ? e->clock->monotonic_usec(e->clock->context) :
			  clock_monotonic_usec();
}

int64_t engine_realtime(const struct pod_engine *e)
{
	return e->clock ? e->clock->realtime_usec(e->clock->context) :
			  (int64_t)clock_usec(CLOCK_REALTIME);
}

int engine_check(const struct pod_engine *e, struct pod_error *reterr)
{
	if (e->owner == getpid())
		return 0;
	return err_set(reterr, -ECHILD, POD_STAGE_LIFECYCLE, NULL,
		"use the engine", "it was made by another process");
}

/* Dumpable is the process's, whatever engines it has and in what threads. */
static struct {
	pthread_mutex_t lock;
	unsigned int launching;
	int before;
} hidden = { .lock = PTHREAD_MUTEX_INITIALIZER };

void engine_hide(void)
{
	(void)pthread_mutex_lock(&hidden.lock);
	if (hidden.launching++ == 0)
		hidden.before = prctl(PR_GET_DUMPABLE);
	/* a child of another engine may just have ended: say it again */
	(void)prctl(PR_SET_DUMPABLE, 0);
	(void)pthread_mutex_unlock(&hidden.lock);
}

void engine_unhide(void)
{
	(void)pthread_mutex_lock(&hidden.lock);
	/* a child's change of ids has cleared it: set what was, always */
	if (--hidden.launching == 0)
		(void)prctl(PR_SET_DUMPABLE, hidden.before == 1);
	(void)pthread_mutex_unlock(&hidden.lock);
}

int run_watch_add(struct pod_engine *engine, struct run_watch *w,
	uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.ptr = w };

	return epoll_ctl(engine->epoll, EPOLL_CTL_ADD, w->fd, &ev) < 0 ?
		-errno : 0;
}

void run_watch_remove(struct pod_engine *engine, struct run_watch *w)
{
	int i;

	if (w->fd < 0)
		return;
	(void)epoll_ctl(engine->epoll, EPOLL_CTL_DEL, w->fd, NULL);
	for (i = 0; i < engine->n_ready; i++)
		if (engine->ready[i] == w)
			engine->ready[i] = NULL;
}

static void timer_fired(struct run_watch *w, uint32_t events)
{
	struct pod_engine *e = container_of(w, struct pod_engine, timer_watch);
	uint64_t count;

	(void)events;
	/* only to clear it: the deadlines are looked at after every batch */
	if (read(w->fd, &count, sizeof(count)) < 0)
		count = 0;
	e->timer_armed = NEVER;
}

int run_engine_new(struct run_dirs *take, const struct pod_clock *clock,
	struct pod_engine **ret, struct pod_error *reterr)
{
	struct pod_engine *e = calloc(1, sizeof(*e));
	int r = 0;

	if (!e) {
		run_dirs_close(take);
		return err_code(reterr, -ENOMEM, POD_STAGE_HOST, NULL,
			"make the engine");
	}
	e->dirs = *take;
	memset(take, 0, sizeof(*take));
	e->clock = clock;
	e->owner = getpid();
	e->timer_armed = NEVER;
	e->io = malloc(IO_BYTES);
	e->epoll = epoll_create1(EPOLL_CLOEXEC);
	e->timer = timerfd_create(CLOCK_MONOTONIC,
		TFD_CLOEXEC | TFD_NONBLOCK);
	e->timer_watch.fd = e->timer;
	e->timer_watch.handler = timer_fired;
	if (!e->io)
		r = -ENOMEM;
	else if (e->epoll < 0 || e->timer < 0)
		r = -errno;
	else
		r = run_watch_add(e, &e->timer_watch, EPOLLIN);
	if (r < 0) {
		pod_engine_free(e);
		return err_code(reterr, r, POD_STAGE_HOST, NULL,
			"make the engine");
	}
	*ret = e;
	return 0;
}

struct run_dirs *run_engine_dirs(struct pod_engine *engine)
{
	return &engine->dirs;
}

int pod_engine_new(const struct pod_engine_options *options,
	struct pod_engine **ret, struct pod_error *reterr)
{
	struct pod_engine_options o;
	struct run_dirs dirs;
	int r;

	memset(&o, 0, sizeof(o));
	if (options && options->size > sizeof(o))
		return err_set(reterr, -E2BIG, POD_STAGE_HOST, NULL,
			"make the engine", "options of a newer version");
	if (options)
		memcpy(&o, options, options->size);
	if (geteuid() != 0) {
		r = err_set(reterr, -EPERM, POD_STAGE_HOST, NULL,
			"make the engine", "pods need root");
		err_hint(reterr, "run it with sudo");
		return r;
	}
	r = run_dirs_open(&dirs, o.root_dir, o.run_dir, o.cgroup_parent,
		o.pod_cidr, true, reterr);
	if (r < 0)
		return r;
	return run_engine_new(&dirs, o.clock, ret, reterr);
}

void pod_engine_free(struct pod_engine *engine)
{
	if (!engine)
		return;
	/* a forked copy owns nothing but its memory and fds */
	while (engine->pods && engine->owner == getpid())
		(void)pod_free(engine->pods, NULL);
	close_fd(engine->epoll);
	close_fd(engine->timer);
	run_dirs_close(&engine->dirs);
	free(engine->io);
	free(engine);
}

int pod_engine_fd(const struct pod_engine *engine)
{
	return engine->epoll;
}

static uint64_t next_deadline(const struct pod_engine *e)
{
	uint64_t first = NEVER;
	const struct pod *p;

	for (p = e->pods; p; p = p->next) {
		uint64_t d = lifecycle_deadline(p);

		if (d < first)
			first = d;
	}
	return first;
}

int pod_engine_timeout_ms(struct pod_engine *engine)
{
	uint64_t at = next_deadline(engine), now = engine_now(engine);

	if (at == NEVER)
		return -1;
	if (at <= now)
		return 0;
	at = (at - now + 999) / 1000;
	return at > 86400000 ? 86400000 : (int)at;
}

/* With the kernel's clock the timer makes the epoll fd readable. */
static void arm(struct pod_engine *e)
{
	uint64_t at = next_deadline(e);
	struct itimerspec t;

	if (e->clock || at == e->timer_armed)
		return;
	memset(&t, 0, sizeof(t));
	if (at != NEVER) {
		t.it_value.tv_sec = (time_t)(at / USEC_PER_SEC);
		t.it_value.tv_nsec = (long)(at % USEC_PER_SEC) * 1000 + 1;
	}
	(void)timerfd_settime(e->timer, TFD_TIMER_ABSTIME, &t, NULL);
	e->timer_armed = at;
}

void engine_settle(struct pod_engine *e)
{
	struct pod *p, *next;

	for (p = e->pods; p; p = next) {
		uint64_t now = engine_now(e);

		next = p->next;
		if (lifecycle_deadline(p) <= now)
			lifecycle_timeout(p, now);
		pod_flush(p);
	}
	arm(e);
}

int pod_engine_dispatch(struct pod_engine *engine, struct pod_error *reterr)
{
	struct epoll_event ev[BATCH];
	struct run_watch *ready[BATCH];
	int n, i, r = engine_check(engine, reterr);

	if (r < 0)
		return r;
	n = epoll_wait(engine->epoll, ev, BATCH, 0);
	if (n < 0 && errno != EINTR)
		return err_errno(reterr, POD_STAGE_HOST, NULL,
			"wait for events");
	for (i = 0; i < n; i++)
		ready[i] = ev[i].data.ptr;
	engine->ready = ready;
	engine->n_ready = n < 0 ? 0 : n;
	for (i = 0; i < n; i++)
		if (ready[i])
			ready[i]->handler(ready[i], ev[i].events);
	engine->n_ready = 0;
	engine->ready = NULL;
	engine_settle(engine);
	return 0;
}

void engine_event(struct pod *pod, enum pod_event_type type,
	const char *container, const char *reason, const char *format, ...)
{
	struct pod_engine *e = pod->engine;
	struct pod_event *ev;
	va_list ap;

	if (e->event_count == EVENT_RING) {
		e->event_first = (e->event_first + 1) % EVENT_RING;
		e->event_count--;
		e->event_lost++;
	}
	ev = &e->events[(e->event_first + e->event_count++) % EVENT_RING];
	memset(ev, 0, sizeof(*ev));
	ev->type = type;
	ev->time_usec = engine_realtime(e);
	(void)snprintf(ev->uid, sizeof(ev->uid), "%s",
		plan_text(pod->plan, pod->plan->uid));
	(void)snprintf(ev->container, sizeof(ev->container), "%s", container);
	(void)snprintf(ev->reason, sizeof(ev->reason), "%s", reason);
	va_start(ap, format);
	(void)vsnprintf(ev->message, sizeof(ev->message), format, ap);
	va_end(ap);
	if (pod->events_fd >= 0)
		(void)run_events_append(pod->events_fd, ev);
}

int pod_engine_next_event(struct pod_engine *engine, struct pod_event *ret)
{
	size_t len;

	if (!engine->event_count)
		return 0;
	*ret = engine->events[engine->event_first];
	engine->event_first = (engine->event_first + 1) % EVENT_RING;
	engine->event_count--;
	if (engine->event_lost) {
		len = strlen(ret->message);
		(void)snprintf(ret->message + len, sizeof(ret->message) - len,
			" (%u earlier events were dropped)",
			engine->event_lost);
		engine->event_lost = 0;
	}
	return 1;
}
