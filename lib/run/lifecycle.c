/* SPDX-License-Identifier: MIT */
/*
 * run/lifecycle.c - what happens next.
 *
 * Knows the order of start (init containers one by one, sidecars beside
 * them, then the rest), restarts with their back-off, termination (TERM,
 * grace, KILL; sidecars last, in reverse) and the pod's phase. All times are
 * the engine's clock; nothing here blocks but a start.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"
#include "cg/cg.h"
#include "run/internal.h"

#define SECONDS(n) ((n) * (uint64_t)USEC_PER_SEC)
#define BACKOFF_FIRST SECONDS(10)
#define BACKOFF_MAX SECONDS(300)
#define BACKOFF_RESET SECONDS(600)
/* TERM is never followed by KILL sooner (semantics 7.2.4). */
#define TERM_WINDOW SECONDS(2)
/* The kernel takes milliseconds to end a namespace: off everybody's path. */
#define RELEASE_USEC 50000

static const char *name_of(const struct container *c)
{
	return plan_text(c->pod->plan, c->plan->name);
}

static bool is_live(const struct container *c)
{
	return c->phase == CONTAINER_LIVE;
}

static void set_over(struct container *c)
{
	c->phase = CONTAINER_OVER;
	pod_changed(c->pod);
}

static void record_start_failure(struct container *c,
	const struct pod_error *err)
{
	struct pod_container_status *s = container_status(c);

	s->state = POD_TERMINATED;
	s->pid = 0;
	s->ready = s->started = 0;
	memset(&s->termination, 0, sizeof(s->termination));
	s->termination.exit_code = 128;
	s->termination.finished_usec = engine_realtime(c->pod->engine);
	str_copy(s->termination.reason, sizeof(s->termination.reason),
		"StartError");
	(void)pod_error_format(err, s->message, sizeof(s->message));
	c->pod->status->last_error = *err;
	engine_event(c->pod, POD_EVENT_WARNING, name_of(c), "Failed", "%s",
		s->message);
}

static void decide(struct container *c, int exit_code);

/* Let a container that waits at its gate run; its failure is like an exit. */
static int go(struct container *c, struct pod_error *reterr)
{
	struct pod_error err;
	int r;

	err_clear(&err);
	r = container_go(c, &err);
	if (r >= 0)
		return 0;
	record_start_failure(c, &err);
	if (reterr && !reterr->code)
		*reterr = err;
	decide(c, 128);
	return r;
}

/*
 * Where no init container stands in between, all programs start side by side;
 * advance() then waits for each.
 */
static void release_together(struct pod *pod)
{
	uint32_t i;

	if (pod->failed || pod->stopping)
		return;
	for (i = 0; i < pod->n_containers; i++) {
		struct container *c = &pod->containers[i];

		if (c->plan->kind == SPEC_INIT && c->phase != CONTAINER_OVER)
			return;
		if (c->phase == CONTAINER_READY)
			container_let_go(c);
	}
}

/*
 * Start whoever's turn it is. The first failure to start goes to reterr; the
 * others are started all the same.
 */
static int advance(struct pod *pod, struct pod_error *reterr)
{
	uint32_t i;
	int r, first = 0;

	release_together(pod);

	for (i = 0; i < pod->n_containers; i++) {
		struct container *c = &pod->containers[i];

		if (pod->failed || pod->stopping)
			return first;
		if (c->plan->kind == SPEC_INIT) {
			if (c->phase == CONTAINER_OVER)
				continue;
			if (c->phase == CONTAINER_READY)
				return go(c, reterr);
			return first;
		}
		if (c->phase == CONTAINER_READY) {
			r = go(c, reterr);
			if (r < 0 && !first)
				first = r;
		}
	}
	return first;
}

static int phase_of(const struct pod *pod)
{
	const struct pod_status *st = pod->status;
	unsigned int running = 0, stopped = 0, failed = 0, fresh = 0;
	bool pending_init = false;
	uint32_t i;

	for (i = 0; i < st->count; i++) {
		const struct pod_container_status *s = &st->containers[i];
		bool ended = s->state == POD_TERMINATED || s->has_last;

		if (s->kind == POD_KIND_SIDECAR) {
			if (!s->started && !ended)
				pending_init = true;
			continue;
		}
		if (s->kind == POD_KIND_INIT) {
			if (s->state != POD_TERMINATED ||
				s->termination.exit_code)
				pending_init = true;
			continue;
		}
		if (s->state == POD_CONTAINER_RUNNING)
			running++;
		else if (!ended)
			fresh++;
		else
			stopped++;
		if (s->state == POD_TERMINATED && s->termination.exit_code)
			failed++;
	}
	if (pod->failed)
		return POD_FAILED;
	if (pod->ended && stopped + fresh && !running) {
		if (fresh || failed)
			return POD_FAILED;
		return POD_SUCCEEDED;
	}
	if ((pending_init && !running && !stopped) || fresh)
		return POD_PENDING;
	return POD_RUNNING;
}

static bool all_over(const struct pod *pod)
{
	uint32_t i;

	for (i = 0; i < pod->n_containers; i++)
		if (pod->containers[i].phase != CONTAINER_OVER)
			return false;
	return true;
}

static void finish(struct pod *pod)
{
	pod->ended = true;
	/* not now: a pod that is removed at its end need not wait for it */
	pod->kill_at = engine_now(pod->engine) + RELEASE_USEC;
	pod->status->finished_usec = engine_realtime(pod->engine);
	pod_changed(pod);
}

static void terminate(struct container *c, const char *why)
{
	if (c->term_at)
		return;
	c->term_at = engine_now(c->pod->engine);
	engine_event(c->pod, POD_EVENT_NORMAL, name_of(c), "Killing",
		"Stopping container %s%s", name_of(c), why);
	container_signal(c, SIGTERM);
}

/* Not running and never to run again. */
static void retire(struct container *c)
{
	if (c->phase == CONTAINER_READY || c->phase == CONTAINER_NEW)
		container_discard(c);
	if (c->phase != CONTAINER_LIVE && c->phase != CONTAINER_OVER)
		set_over(c);
}

static bool is_main(const struct container *c)
{
	return c->plan->kind != SPEC_SIDECAR;
}

/*
 * One step of the way down: the main containers get TERM, then the sidecars
 * from the last to the first, each when the one after it has gone.
 */
static void step_down(struct pod *pod)
{
	bool main_live = false;
	uint32_t i;

	for (i = 0; i < pod->n_containers; i++) {
		struct container *c = &pod->containers[i];

		retire(c);
		if (is_main(c) && is_live(c)) {
			main_live = true;
			terminate(c, "");
		}
	}
	for (i = pod->n_containers; i-- > 0 && !main_live;) {
		struct container *c = &pod->containers[i];

		if (!is_main(c) && is_live(c)) {
			terminate(c, " (sidecar)");
			break;
		}
	}
	if (all_over(pod) && !pod->ended)
		finish(pod);
}

/* Does the pod go down now: asked to, failed, or its work is done? */
static bool going_down(const struct pod *pod)
{
	uint32_t i;

	if (pod->stopping || pod->failed)
		return true;
	if (!pod->started)
		return false;
	for (i = 0; i < pod->n_containers; i++)
		if (pod->containers[i].plan->kind == SPEC_REGULAR &&
			pod->containers[i].phase != CONTAINER_OVER)
			return false;
	return true;
}

void lifecycle_advance(struct pod *pod)
{
	if (pod->ended || !(pod->started || pod->stopping))
		return;
	if (!going_down(pod))
		(void)advance(pod, NULL);
	if (!going_down(pod))
		return;
	if (pod->kill_at == NEVER)
		pod->kill_at = engine_now(pod->engine) +
			(pod->grace_usec > TERM_WINDOW ? pod->grace_usec :
							 TERM_WINDOW);
	step_down(pod);
}

static uint64_t backoff_delay(unsigned int restarts)
{
	uint64_t delay = BACKOFF_FIRST;

	if (restarts < 2)
		return 0;	/* the first restart is at once */
	for (restarts -= 2; restarts && delay < BACKOFF_MAX; restarts--)
		delay *= 2;
	return delay < BACKOFF_MAX ? delay : BACKOFF_MAX;
}

static void schedule_restart(struct container *c)
{
	struct pod_container_status *s = container_status(c);
	uint64_t now = engine_now(c->pod->engine), delay;

	if (c->live_since && now - c->live_since >= BACKOFF_RESET)
		c->backoff = 0;
	c->live_since = 0;
	delay = backoff_delay(++c->backoff);
	c->restart_at = now + delay;
	c->phase = CONTAINER_BACKOFF;
	if (delay) {
		s->last_termination = s->termination;
		s->has_last = 1;
		s->state = POD_WAITING;
		str_copy(s->reason, sizeof(s->reason), "CrashLoopBackOff");
		(void)snprintf(s->message, sizeof(s->message),
			"back-off %llus restarting failed container=%s",
			(unsigned long long)(delay / USEC_PER_SEC),
			name_of(c));
		engine_event(c->pod, POD_EVENT_WARNING, name_of(c), "BackOff",
			"Back-off restarting failed container %s",
			name_of(c));
	}
}

static void decide(struct container *c, int exit_code)
{
	struct pod *pod = c->pod;
	bool again;

	switch ((enum spec_restart)c->plan->restart) {
	case SPEC_RESTART_ALWAYS:
		again = c->plan->kind != SPEC_INIT || exit_code;
		break;
	case SPEC_RESTART_ON_FAILURE:
		again = exit_code != 0;
		break;
	case SPEC_RESTART_UNSET:
	case SPEC_RESTART_NEVER:
	default:
		again = false;
		break;
	}
	if (again && !going_down(pod)) {
		schedule_restart(c);
	} else {
		if (c->plan->kind == SPEC_INIT && exit_code && !pod->stopping)
			pod->failed = true;
		c->phase = CONTAINER_OVER;
	}
	pod_changed(pod);
}

/*
 * What the container wrote to its termination-log, a file of ours that is
 * bound into it, so reading it cannot be led astray.
 */
static void read_message(struct container *c, struct pod_container_status *s)
{
	_cleanup_fd_ int fd = -EBADF;
	ssize_t n;

	s->message[0] = '\0';
	if (!c->plan->termination_file || c->pod->cradle < 0)
		return;
	fd = openat(c->pod->cradle,
		plan_text(c->pod->plan, c->plan->termination_file),
		O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return;
	n = read(fd, s->message, sizeof(s->message) - 1);
	s->message[n > 0 ? n : 0] = '\0';
	/* the next run begins with an empty one */
	if (n > 0 && ftruncate(fd, 0) < 0)
		s->message[0] = '\0';
}

void lifecycle_after_exit(struct container *c, int status)
{
	struct pod_container_status *s = container_status(c);
	struct pod_termination *t = &s->termination;
	uint64_t kills = 0;

	memset(t, 0, sizeof(*t));
	t->started_usec = s->started_usec;
	t->finished_usec = engine_realtime(c->pod->engine);
	if (WIFSIGNALED(status)) {
		t->signal = WTERMSIG(status);
		t->exit_code = 128 + t->signal;
	} else {
		t->exit_code = WEXITSTATUS(status);
	}
	if (c->leaf >= 0 && t->exit_code &&
		cg_get_key(c->leaf, "memory.events", "oom_kill", &kills) < 0)
		kills = 0;
	str_copy(t->reason, sizeof(t->reason),
		kills ? "OOMKilled" : t->exit_code ? "Error" : "Completed");
	read_message(c, s);
	s->state = POD_TERMINATED;
	s->pid = 0;
	s->started = 0;
	s->ready = s->kind == POD_KIND_INIT && !t->exit_code;
	decide(c, t->exit_code);
	lifecycle_advance(c->pod);
}

static void restart(struct container *c)
{
	struct pod_container_status *s = container_status(c);
	struct pod_error err;
	int r;

	err_clear(&err);
	if (s->state == POD_TERMINATED) {
		s->last_termination = s->termination;
		s->has_last = 1;
	}
	s->restart_count++;
	logs_next_run(c);
	r = container_build(c, &err);
	if (r >= 0)
		r = container_gate(c, &err);
	if (r >= 0)
		r = container_go(c, &err);
	if (r < 0) {
		record_start_failure(c, &err);
		decide(c, 128);
	}
	pod_changed(c->pod);
}

uint64_t lifecycle_deadline(const struct pod *pod)
{
	uint64_t first = pod->kill_at;
	uint32_t i;

	for (i = 0; i < pod->n_containers; i++)
		if (pod->containers[i].phase == CONTAINER_BACKOFF &&
			pod->containers[i].restart_at < first)
			first = pod->containers[i].restart_at;
	return first;
}

/*
 * The grace is over. Who has not had TERM gets it now, everybody has at
 * least two seconds from TERM, then KILL.
 */
static void out_of_grace(struct pod *pod, uint64_t now)
{
	uint64_t latest = 0;
	uint32_t i;

	for (i = 0; i < pod->n_containers; i++) {
		struct container *c = &pod->containers[i];

		if (!is_live(c))
			continue;
		terminate(c, "");
		if (c->term_at > latest)
			latest = c->term_at;
	}
	if (latest + TERM_WINDOW > now) {
		pod->kill_at = latest + TERM_WINDOW;
		return;
	}
	pod->kill_at = NEVER;
	for (i = 0; i < pod->n_containers; i++)
		if (is_live(&pod->containers[i])) {
			engine_event(pod, POD_EVENT_WARNING,
				name_of(&pod->containers[i]),
				"ExceededGracePeriod",
				"Container did not stop in time, killing it");
			container_signal(&pod->containers[i], SIGKILL);
		}
	/* unkillable for now: look again, do not spin */
	pod->kill_at = now + SECONDS(10);
}

void lifecycle_timeout(struct pod *pod, uint64_t now)
{
	uint32_t i;

	for (i = 0; i < pod->n_containers; i++) {
		struct container *c = &pod->containers[i];

		if (c->phase == CONTAINER_BACKOFF && c->restart_at <= now)
			restart(c);
	}
	if (pod->ended && pod->kill_at <= now) {
		pod->kill_at = NEVER;
		sandbox_close(pod);
	} else if (pod->kill_at <= now) {
		out_of_grace(pod, now);
	}
	lifecycle_advance(pod);
}

void lifecycle_stop(struct pod *pod, uint64_t grace_usec)
{
	uint64_t now = engine_now(pod->engine), at;

	at = now + (grace_usec > TERM_WINDOW ? grace_usec : TERM_WINDOW);
	/* a later request may only shorten */
	if (!pod->stopping || at < pod->kill_at) {
		pod->grace_usec = grace_usec;
		if (!pod->ended)
			pod->kill_at = at;
	}
	pod->stopping = true;
	lifecycle_advance(pod);
	pod_changed(pod);
}

int lifecycle_start(struct pod *pod, struct pod_error *reterr)
{
	int r;

	pod->started = true;
	pod->status->started_usec = engine_realtime(pod->engine);
	r = advance(pod, reterr);
	if (r >= 0)
		lifecycle_advance(pod);
	return r;
}

int lifecycle_phase(const struct pod *pod)
{
	return phase_of(pod);
}
