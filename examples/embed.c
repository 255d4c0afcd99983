/* SPDX-License-Identifier: MIT */
/*
 * embed.c - a pod inside a program that has a poll loop of its own.
 *
 * Two containers share a volume: one writes a greeting, the other waits for
 * it and reads it. The program prints the pod's events and ends when the pod
 * does, when it is interrupted, or after ten seconds; the pod ends with it.
 *
 *   cc embed.c $(pkg-config --cflags --libs libpod-core) -o embed
 *   sudo ./embed
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include <pod/pod.h>

#define LIMIT_SEC 10

static int complain(const struct pod_error *err)
{
	char line[1024];

	(void)pod_error_format(err, line, sizeof(line));
	(void)fprintf(stderr, "embed: %s\n", line);
	if (err->hint[0])
		(void)fprintf(stderr, "hint: %s\n", err->hint);
	return EXIT_FAILURE;
}

/* What a manifest would say, by calls. Any of them may be out of memory. */
static int describe(struct pod_spec **ret, struct pod_error *err)
{
	static const char *const writer[] = { "/bin/sh", "-c",
		"echo Hello from $HOSTNAME > /shared/.new &&"
		" mv /shared/.new /shared/greeting", NULL };
	static const char *const reader[] = { "/bin/sh", "-c",
		"until [ -e /shared/greeting ]; do sleep 0.1; done;"
		" grep Hello /shared/greeting", NULL };
	struct pod_spec *s;
	int r = pod_spec_new("embedded", &s, err);

	if (r < 0)
		return r;
	if ((r = pod_spec_set_restart_policy(s, "Never")) < 0 ||
		(r = pod_spec_add_empty_dir(s, "shared", 1, 1 << 20)) < 0 ||
		(r = pod_spec_add_container(
			 s, "container", "writer", "host", writer)) < 0 ||
		(r = pod_spec_add_container(
			 s, "container", "reader", "host", reader)) < 0 ||
		(r = pod_spec_add_mount(
			 s, "writer", "shared", "/shared", 0)) < 0 ||
		(r = pod_spec_add_mount(
			 s, "reader", "shared", "/shared", 1)) < 0 ||
		/* a spec made by calls is defaulted and checked by this */
		(r = pod_spec_validate(s, NULL, err)) < 0) {
		pod_spec_free(s);
		if (!err->code)
			err->code = r;
		return r;
	}
	*ret = s;
	return 0;
}

/* 1: the pod has ended; its containers are told. */
static int has_ended(const struct pod *pod, struct pod_error *err)
{
	struct pod_status *status;
	unsigned int i;
	int r = pod_get_status(pod, &status, err);

	if (r < 0)
		return r;
	r = status->phase == POD_SUCCEEDED || status->phase == POD_FAILED;
	for (i = 0; r && i < status->count; i++)
		(void)printf("%s: %s, exit code %d\n",
			status->containers[i].name,
			status->containers[i].termination.reason,
			(int)status->containers[i].termination.exit_code);
	if (r)
		(void)printf("%s: %s\n", status->name,
			pod_phase_name(status->phase));
	pod_status_free(status);
	return r;
}

static long now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The loop of this program; the engine is one of the fds in it. */
static int serve(struct pod_engine *engine, struct pod *pod, int signals,
	struct pod_error *err)
{
	struct pollfd fds[2] = {
		{ .fd = pod_engine_fd(engine), .events = POLLIN },
		{ .fd = signals, .events = POLLIN },
	};
	long end = now_ms() + LIMIT_SEC * 1000L;
	struct pod_event event;
	int r;

	for (;;) {
		long left = end - now_ms();

		(void)poll(fds, 2, left > 0 ? (int)left : 0);
		r = pod_engine_dispatch(engine, err);
		if (r < 0)
			return r;
		while (pod_engine_next_event(engine, &event) > 0)
			(void)printf("event: %s %s\n", event.reason,
				event.message);
		r = has_ended(pod, err);
		if (r)
			return r;
		/* pod_free() kills what is left */
		if (fds[1].revents || left <= 0)
			return 0;
	}
}

int main(void)
{
	const struct pod_engine_options options = {
		.size = sizeof(options),
		.root_dir = getenv("PODRUN_ROOT"),
		.run_dir = getenv("PODRUN_RUN"),
		.cgroup_parent = getenv("PODRUN_CGROUP_PARENT"),
	};
	struct pod_error err = { 0 };
	struct pod_engine *engine = NULL;
	struct pod_spec *spec = NULL;
	struct pod *pod = NULL;
	sigset_t set;
	int signals, r;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGTERM);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	signals = signalfd(-1, &set, SFD_CLOEXEC);

	r = describe(&spec, &err);
	if (r >= 0)
		r = pod_engine_new(&options, &engine, &err);
	if (r >= 0)
		r = pod_create(engine, spec, NULL, &pod, &err);
	if (r >= 0)
		r = pod_start(pod, &err);
	if (r >= 0)
		r = serve(engine, pod, signals, &err);
	if (!r)
		(void)fputs("embed: the pod did not end by itself\n", stderr);

	/* whatever happened, nothing of the pod is left after this */
	if (pod_free(pod, &err) < 0 || r < 0)
		r = complain(&err);
	else
		r = r ? EXIT_SUCCESS : EXIT_FAILURE;
	pod_engine_free(engine);
	pod_spec_free(spec);
	(void)close(signals);
	return r;
}
