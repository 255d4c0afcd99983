/* SPDX-License-Identifier: MIT */
/*
 * podrun/logs.c - `podrun logs`: what containers have written.
 *
 * Knows which runs of which containers are meant and when following ends: a
 * container's run is over, and its file has been read up after that was seen.
 */
#include "podrun/verbs.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "common/term.h"
#include "common/when.h"
#include "podrun/log_reader.h"

/* An end that no write announces is seen after this time at the latest. */
#define FOLLOW_MS 200

static const struct cli_option options[] = {
	{ 'c', "container", "CONTAINER", "the container (the first)" },
	{ CLI_OPT_ALL_CONTAINERS, "all-containers", NULL,
		"all of them, each line with [pod/NAME/CONTAINER]" },
	{ 'f', "follow", NULL, "go on until the container has ended" },
	{ 'p', "previous", NULL, "the run before the last restart" },
	{ CLI_OPT_TAIL, "tail", "N", "only the last N lines (-1: all)" },
	{ CLI_OPT_SINCE, "since", "DURATION", "only what is newer: 5s, 2m" },
	{ CLI_OPT_TIMESTAMPS, "timestamps", NULL, "with the time of each" },
	{ 0, NULL, NULL, NULL },
};

struct logs {
	const char *container;
	bool all, follow, previous;
	struct log_view view;
	struct pod_status *pod;
	struct log_reader *readers;
	size_t count;
	int inotify;
};

static void logs_done(struct logs *l)
{
	size_t i;

	for (i = 0; i < l->count; i++)
		log_reader_close(&l->readers[i]);
	free(l->readers);
	pod_status_free(l->pod);
	if (l->inotify >= 0)
		(void)close(l->inotify);
}

static const struct pod_container_status *find_container(
	const struct pod_status *pod, const char *name)
{
	uint32_t i;

	for (i = 0; i < pod->count; i++)
		if (strcmp(pod->containers[i].name, name) == 0)
			return &pod->containers[i];
	return NULL;
}

/* The run that is meant: its number is that of its restart. Reported. */
static int choose_run(const struct cli *cli, const struct logs *l,
	const char *container, long *ret)
{
	const struct pod_container_status *c =
		find_container(l->pod, container);

	if (!c)
		return cli_fail_with(cli, -ENOENT, container, "logs",
			"pod \"%s\" has no container of this name",
			l->pod->name);
	if (c->state == POD_WAITING && !c->has_last)
		return cli_fail_with(cli, -ENOENT, container, "logs",
			"the container is waiting to start: %s",
			c->reason[0] ? c->reason : "pod is not started");
	*ret = (long)c->restart_count - l->previous;
	if (*ret >= 0)
		return CLI_DONE;
	return cli_fail_with(cli, -ENOENT, container, "logs",
		"previous terminated container \"%s\" in pod \"%s\" not found",
		container, l->pod->name);
}

/* There is no file as long as nothing has been written: that is no error. */
static int try_open(const struct cli *cli, const struct logs *l,
	struct log_reader *r)
{
	struct pod_error err = { 0 };
	char path[PATH_MAX];
	int code;

	code = pod_node_log_path(cli->node, l->pod->uid, r->container, r->run,
		path, sizeof(path), &err);
	if (code == -ENOENT)
		return CLI_DONE;
	if (code < 0)
		return cli_fail(cli, &err);
	code = log_reader_open(r, &l->view, path);
	if (code == -ENOENT)
		return CLI_DONE;
	if (code >= 0 && l->follow &&
		inotify_add_watch(l->inotify, path, IN_MODIFY) < 0)
		code = -errno;
	if (code < 0)
		return cli_fail_with(cli, code, path, "read log", "%s",
			strerror(-code));
	return CLI_DONE;
}

static int open_reader(const struct cli *cli, struct logs *l,
	const char *container)
{
	struct log_reader *r = &l->readers[l->count];

	if (choose_run(cli, l, container, &r->run) != CLI_DONE)
		return CLI_FAILED;
	r->fd = -EBADF;
	l->count++;
	(void)snprintf(r->container, sizeof(r->container), "%s", container);
	if (l->all)
		(void)snprintf(r->prefix, sizeof(r->prefix),
			"[pod/%s/%s] ", l->pod->name, container);
	return try_open(cli, l, r);
}

/* Say which of several was taken, as kubectl does. */
static void print_default(const struct cli *cli, const struct pod_status *pod,
	const char *chosen)
{
	const char *separator = "";
	uint32_t i;

	if (cli->quiet || pod->count < 2)
		return;
	(void)fputs("Defaulted container \"", stderr);
	term_print(stderr, chosen);
	(void)fputs("\" out of: ", stderr);
	for (i = 0; i < pod->count; i++) {
		(void)fputs(separator, stderr);
		term_print(stderr, pod->containers[i].name);
		if (pod->containers[i].kind != POD_KIND_REGULAR)
			(void)fputs(" (init)", stderr);
		separator = ", ";
	}
	(void)fputc('\n', stderr);
}

static const char *default_container(const struct cli *cli,
	const struct pod_status *pod)
{
	uint32_t i;

	for (i = 0; i < pod->count; i++) {
		if (pod->containers[i].kind != POD_KIND_REGULAR)
			continue;
		print_default(cli, pod, pod->containers[i].name);
		return pod->containers[i].name;
	}
	return "";
}

/* Init containers first: the order in which they ran. */
static int open_all(const struct cli *cli, struct logs *l)
{
	static const int order[] = { POD_KIND_INIT, POD_KIND_SIDECAR,
		POD_KIND_REGULAR };
	int status = CLI_DONE;
	size_t k;
	uint32_t i;

	for (k = 0; k < sizeof(order) / sizeof(order[0]); k++)
		for (i = 0; i < l->pod->count; i++)
			if (l->pod->containers[i].kind == order[k] &&
				open_reader(cli, l,
					l->pod->containers[i].name) !=
					CLI_DONE)
				status = CLI_FAILED;
	return status;
}

static int open_readers(const struct cli *cli, struct logs *l)
{
	l->readers = calloc(l->pod->count + 1u, sizeof(*l->readers));
	if (!l->readers)
		return cli_fail_with(cli, -ENOMEM, l->pod->name, "logs", "%s",
			"out of memory");
	if (l->follow) {
		l->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
		if (l->inotify < 0)
			return cli_fail_with(cli, -errno, l->pod->name,
				"follow logs", "%s", strerror(errno));
	}
	if (l->all)
		return open_all(cli, l);
	return open_reader(cli, l,
		l->container ? l->container : default_container(cli, l->pod));
}

/* Is the run of this file over? Then no more is written to it. */
static bool has_ended(const struct pod_status *pod,
	const struct log_reader *r)
{
	const struct pod_container_status *c =
		find_container(pod, r->container);

	return !c || c->state == POD_TERMINATED ||
		(long)c->restart_count > r->run ||
		(c->state == POD_WAITING && c->has_last);
}

/* Asked before the last read, so that nothing is written in between. */
static bool note_ends(const struct cli *cli, struct logs *l)
{
	struct pod_status *pod = NULL;
	bool all = true;
	size_t i;

	if (pod_node_get(cli->node, l->pod->uid, &pod, NULL) < 0)
		pod = NULL;
	for (i = 0; i < l->count; i++) {
		struct log_reader *r = &l->readers[i];

		r->ended = !pod || !pod->owner_alive || has_ended(pod, r);
		all = all && r->ended;
	}
	pod_status_free(pod);
	return all;
}

static int print_once(const struct cli *cli, struct logs *l)
{
	size_t i;
	int r;

	for (i = 0; i < l->count; i++) {
		if (l->readers[i].fd < 0 &&
			try_open(cli, l, &l->readers[i]) != CLI_DONE)
			return CLI_FAILED;
		r = log_reader_print(&l->readers[i]);
		if (r < 0)
			return cli_fail_with(cli, r, l->readers[i].container,
				"read log", "%s", strerror(-r));
	}
	return fflush(stdout) ? CLI_FAILED : CLI_DONE;
}

static int follow(const struct cli *cli, struct logs *l)
{
	struct pollfd p = { .fd = l->inotify, .events = POLLIN };
	char events[4096];
	int status;
	bool over;

	for (;;) {
		over = note_ends(cli, l);
		status = print_once(cli, l);
		if (status != CLI_DONE || over)
			return status;
		(void)poll(&p, 1, FOLLOW_MS);
		while (read(l->inotify, events, sizeof(events)) > 0)
			;
	}
}

static int take_option(const struct cli *cli, int option, struct logs *l)
{
	int64_t since;

	switch (option) {
	case 'c':
		l->container = cli->value;
		return CLI_DONE;
	case 'f':
		l->follow = cli->on;
		return CLI_DONE;
	case 'p':
		l->previous = cli->on;
		return CLI_DONE;
	case CLI_OPT_ALL_CONTAINERS:
		l->all = cli->on;
		return CLI_DONE;
	case CLI_OPT_TIMESTAMPS:
		l->view.timestamps = cli->on;
		return CLI_DONE;
	case CLI_OPT_TAIL:
		if (cli_parse_number(cli->value, -1, LLONG_MAX,
				&l->view.tail) < 0)
			return cli_usage_error(cli,
				"--tail takes a number, not \"%s\"",
				cli->value);
		return CLI_DONE;
	default:
		if (when_parse_duration(cli->value, &since) < 0 || since < 0)
			return cli_usage_error(cli,
				"\"%s\" is not a duration", cli->value);
		l->view.since_usec = since ? when_now_usec() - since : 0;
		return CLI_DONE;
	}
}

static int print_logs(struct cli *cli, struct logs *l)
{
	int status;

	if (cli_open_node(cli) != CLI_DONE)
		return CLI_FAILED;
	l->pod = cli_get(cli, cli->args[0]);
	if (!l->pod)
		return CLI_FAILED;
	status = open_readers(cli, l);
	/* With --all-containers what can be shown is shown. */
	if (l->count && (status == CLI_DONE || l->all)) {
		int printed = l->follow ? follow(cli, l) : print_once(cli, l);

		return status != CLI_DONE ? status : printed;
	}
	return status;
}

static int logs(struct cli *cli, int argc, char **argv)
{
	__attribute__((cleanup(logs_done))) struct logs l = {
		.view = { .tail = -1 }, .inotify = -1 };
	int option, status;

	while ((option = cli_next(cli, argc, argv)) > 0) {
		status = take_option(cli, option, &l);
		if (status != CLI_DONE)
			return status;
	}
	if (option < 0)
		return cli->status;
	if (cli->n_args == 2 && !l.container)
		l.container = cli->args[--cli->n_args];
	if (cli->n_args != 1)
		return cli_usage_error(cli, "exactly one NAME, please");
	if (l.container && l.all)
		return cli_usage_error(cli,
			"-c and --all-containers exclude each other");
	l.view.tty = isatty(STDOUT_FILENO);
	return print_logs(cli, &l);
}

const struct verb verb_logs = {
	.name = "logs",
	.synopsis = "NAME [-c CONTAINER | --all-containers] [-f] [-p] "
		"[--tail N] [--since D] [--timestamps]",
	.summary = "print what containers have written",
	.options = options,
	.outputs = CLI_PLAIN,
	.operands = CLI_PODS,
	.run = logs,
};
