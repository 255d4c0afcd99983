/* SPDX-License-Identifier: MIT */
/*
 * bench/podlaunch.c - the library's own pod launch, in this process.
 *
 * A C program's way to a pod: create, start, free, by <pod/pod.h> alone. The
 * spec is built once; each turn makes a pod of it and removes it. Knows
 * nothing of how the library does it.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pod/pod.h>

#include "worker.h"

static const char usage[] =
	"usage: podlaunch --payload FILE [-n N] [--json] [--containers 1|2]"
	" [--root DIR] [--run DIR] [--cgroup DIR]\n";

struct launch {
	struct worker worker;
	struct pod_engine_options engine_options;
	struct pod_engine *engine;
	struct pod_spec *spec;
	const char *payload;
	int containers;
};

static int fail(const struct pod_error *error, int r)
{
	char line[1024];

	(void)pod_error_format(error, line, sizeof(line));
	(void)fprintf(stderr, "podlaunch: %s\n",
		error->code ? line : strerror(-r));
	return r;
}

static void drain_events(struct pod_engine *engine)
{
	struct pod_event event;

	while (pod_engine_next_event(engine, &event) > 0)
		;
}

static int once(void *context, double *ret_ready_us, double *ret_cycle_us)
{
	struct launch *l = context;
	struct pod_error error = { .code = 0 };
	struct pod *pod;
	const double begun = worker_now_us();
	int r, removed;

	r = pod_create(l->engine, l->spec, NULL, &pod, &error);
	if (r < 0)
		return fail(&error, r);
	r = pod_start(pod, &error);
	*ret_ready_us = worker_now_us() - begun;
	removed = pod_free(pod, &error);
	*ret_cycle_us = worker_now_us() - begun;
	if (r < 0 || removed < 0)
		return fail(&error, r < 0 ? r : removed);
	drain_events(l->engine);
	return 0;
}

static int make_spec(struct launch *l)
{
	static const char *const name[] = { "a", "b" };
	const char *const argv[] = { l->payload, "wait", NULL };
	struct pod_error error = { .code = 0 };
	int r = pod_spec_new("bench", &l->spec, &error);

	if (r == 0)
		r = pod_spec_set_restart_policy(l->spec, "Never");
	if (r == 0 && l->containers > 1)
		r = pod_spec_add_empty_dir(l->spec, "shared", 0, 0);
	for (int i = 0; r == 0 && i < l->containers; i++) {
		r = pod_spec_add_container(l->spec, "container", name[i],
			"host", argv);
		if (r == 0 && l->containers > 1)
			r = pod_spec_add_mount(l->spec, name[i], "shared",
				"/shared", 0);
	}
	if (r == 0)
		r = pod_spec_validate(l->spec, NULL, &error);
	return r < 0 ? fail(&error, r) : 0;
}

static int parse_option(struct launch *l, int option)
{
	char *end = NULL;

	switch (option) {
	case 'n':
		l->worker.count = strtoul(optarg, &end, 10);
		return *end || l->worker.count == 0 ? -EINVAL : 0;
	case 'k':
		l->containers = optarg[0] - '0';
		return l->containers < 1 || l->containers > 2 || optarg[1] ?
			-EINVAL : 0;
	case 'j':
		l->worker.json = true;
		return 0;
	case 's':
		l->worker.serve = true;
		return 0;
	case 'p':
		l->payload = optarg;
		return 0;
	case 'r':
		l->engine_options.root_dir = optarg;
		return 0;
	case 'u':
		l->engine_options.run_dir = optarg;
		return 0;
	case 'c':
		l->engine_options.cgroup_parent = optarg;
		return 0;
	default:
		return -EINVAL;
	}
}

static int parse_options(struct launch *l, int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "serve", no_argument, NULL, 's' },
		{ "containers", required_argument, NULL, 'k' },
		{ "payload", required_argument, NULL, 'p' },
		{ "root", required_argument, NULL, 'r' },
		{ "run", required_argument, NULL, 'u' },
		{ "cgroup", required_argument, NULL, 'c' },
		{ NULL, 0, NULL, 0 },
	};
	int option, r = 0;

	while (r == 0 &&
		(option = getopt_long(argc, argv, "n:", options, NULL)) != -1)
		r = parse_option(l, option);
	return r < 0 || optind < argc || !l->payload ? -EINVAL : 0;
}

int main(int argc, char **argv)
{
	struct launch l = {
		.worker = { .subject = "library", .count = 100, .once = once },
		.engine_options = { .size = sizeof(l.engine_options),
			.pod_cidr = "10.245.0.0/16,fd00:10:245::/64" },
		.containers = 2,
	};
	struct pod_error error = { .code = 0 };
	int r, status = EXIT_FAILURE;

	if (parse_options(&l, argc, argv) < 0) {
		(void)fputs(usage, stderr);
		return 2;
	}
	l.worker.context = &l;
	r = pod_engine_new(&l.engine_options, &l.engine, &error);
	if (r < 0)
		(void)fail(&error, r);
	else if (make_spec(&l) == 0)
		status = worker_run(&l.worker);
	pod_spec_free(l.spec);
	pod_engine_free(l.engine);
	return status;
}
