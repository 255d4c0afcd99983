/* SPDX-License-Identifier: MIT */
/*
 * podrun/events.c - `podrun events`: what has happened to pods.
 *
 * Knows how events of several pods become one table in order of time; what
 * an event says is the engine's.
 */
#include "podrun/events.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/table.h"
#include "common/when.h"
#include "podrun/verbs.h"
#include "podrun/watch.h"

static const struct cli_option options[] = {
	{ 'A', "all-namespaces", NULL, "pods of every namespace" },
	{ 'w', "watch", NULL, "go on with what happens next" },
	{ 0, NULL, NULL, NULL },
};

/* How far the events of one pod have been read. */
struct place {
	char uid[64];
	uint64_t offset;
};

struct reading {
	bool everywhere;
	struct place *places;
	size_t count;
	struct events events;
};

struct taking {
	struct events *events;
	const struct pod_status *pod;
};

static int take_event(const struct pod_event *event, void *context)
{
	struct taking *taking = context;
	struct events *e = taking->events;
	struct event_entry *entry;

	if (e->count == e->capacity) {
		size_t capacity = e->capacity ? e->capacity * 2 : 32;
		struct event_entry *all =
			reallocarray(e->entries, capacity, sizeof(*all));

		if (!all)
			return -ENOMEM;
		e->entries = all;
		e->capacity = capacity;
	}
	entry = &e->entries[e->count];
	entry->number = e->count++;
	entry->event = *event;
	memcpy(entry->pod, taking->pod->name, sizeof(entry->pod));
	return 0;
}

int events_read(const struct cli *cli, const struct pod_status *pod,
	uint64_t *offset, struct events *e, struct pod_error *err)
{
	struct taking taking = { .events = e, .pod = pod };

	return pod_node_events(cli->node, pod->uid, offset, take_event,
		&taking, err);
}

/* By time; what was recorded first comes first. */
static int compare(const void *a, const void *b)
{
	const struct event_entry *x = a, *y = b;

	if (x->event.time_usec != y->event.time_usec)
		return x->event.time_usec < y->event.time_usec ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

void events_sort(struct events *e)
{
	if (e->count)
		qsort(e->entries, e->count, sizeof(*e->entries), compare);
}

void events_done(struct events *e)
{
	free(e->entries);
	memset(e, 0, sizeof(*e));
}

const char *events_type(const struct pod_event *event)
{
	return event->type == POD_EVENT_WARNING ? "Warning" : "Normal";
}

static void add_rows(const struct events *e, struct table *t)
{
	char age[WHEN_SIZE];
	size_t i;

	for (i = 0; i < e->count; i++) {
		const struct pod_event *event = &e->entries[i].event;

		table_cell(t, "%s", when_since(event->time_usec, age));
		table_cell(t, "%s", events_type(event));
		table_cell(t, "%s", event->reason);
		table_cell(t, "pod/%s", e->entries[i].pod);
		if (event->container[0])
			table_cell(t, "%s: %s", event->container,
				event->message);
		else
			table_cell(t, "%s", event->message);
	}
}

static json_t *event_json(const struct event_entry *entry)
{
	const struct pod_event *event = &entry->event;
	char time[WHEN_SIZE];

	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "lastSeen",
		when_format(event->time_usec, time), "type",
		events_type(event), "reason", event->reason, "pod", entry->pod,
		"uid", event->uid, "container", event->container, "message",
		event->message);
}

static int print_events(const struct cli *cli, struct events *e,
	struct table *t)
{
	_cleanup_json_ json_t *list = NULL;
	size_t i;

	events_sort(e);
	if (cli->output == CLI_TABLE) {
		add_rows(e, t);
		if (table_print(t, stdout) < 0)
			return cli_fail_with(cli, -ENOMEM, "events", "print",
				"%s", "out of memory");
		return CLI_DONE;
	}
	list = json_array();
	for (i = 0; i < e->count; i++)
		(void)json_array_append_new(list,
			event_json(&e->entries[i]));
	cli_print_json(cli, list);
	return CLI_DONE;
}

static struct place *place_of(struct reading *r, const char *uid)
{
	struct place *places;
	size_t i;

	for (i = 0; i < r->count; i++)
		if (strcmp(r->places[i].uid, uid) == 0)
			return &r->places[i];
	places = reallocarray(r->places, r->count + 1, sizeof(*places));
	if (!places)
		return NULL;
	r->places = places;
	memset(&places[r->count], 0, sizeof(*places));
	(void)snprintf(places[r->count].uid, sizeof(places->uid), "%s", uid);
	return &places[r->count++];
}

static int read_pod(const struct cli *cli, struct reading *r,
	const struct pod_status *pod)
{
	struct place *place = place_of(r, pod->uid);
	struct pod_error err = { 0 };
	int code;

	if (!place)
		return cli_fail_with(cli, -ENOMEM, pod->name, "events", "%s",
			"out of memory");
	code = events_read(cli, pod, &place->offset, &r->events, &err);
	/* Gone since it was listed. */
	if (code == -ENOENT)
		return CLI_DONE;
	return code < 0 ? cli_fail(cli, &err) : CLI_DONE;
}

static int read_all(const struct cli *cli, struct reading *r)
{
	_cleanup_list_ struct pod_list list = { 0 };
	int status;
	size_t i;

	if (cli->n_args) {
		_cleanup_status_ struct pod_status *pod =
			cli_get(cli, cli->args[0]);

		return pod ? read_pod(cli, r, pod) : CLI_FAILED;
	}
	status = cli_list(cli, r->everywhere, &list);
	for (i = 0; i < list.count && status == CLI_DONE; i++)
		status = read_pod(cli, r, list.items[i]);
	return status;
}

static int watch_events(const struct cli *cli, struct reading *r,
	struct table *t)
{
	int fd = watch_open(cli), status = CLI_DONE;

	if (fd < 0)
		return cli_fail_with(cli, fd, "run directory", "watch", "%s",
			strerror(-fd));
	while (status == CLI_DONE && fflush(stdout) == 0) {
		watch_wait(cli, fd, -1);
		r->events.count = 0;
		status = read_all(cli, r);
		if (status == CLI_DONE && r->events.count)
			status = print_events(cli, &r->events, t);
	}
	(void)close(fd);
	return status;
}

static int show(struct cli *cli, struct reading *r, bool watch)
{
	static const char *const headings[] = { "LAST SEEN", "TYPE", "REASON",
		"OBJECT", "MESSAGE", NULL };
	_cleanup_table_ struct table t = { 0 };
	int status;

	if (cli_open_node(cli) != CLI_DONE)
		return CLI_FAILED;
	table_init(&t, headings);
	status = read_all(cli, r);
	if (status != CLI_DONE)
		return status;
	if (!r->events.count && cli->output == CLI_TABLE && !watch)
		cli_print_empty(cli, r->everywhere);
	else
		status = print_events(cli, &r->events, &t);
	if (status == CLI_DONE && watch)
		status = watch_events(cli, r, &t);
	return status;
}

static int events(struct cli *cli, int argc, char **argv)
{
	struct reading r = { 0 };
	bool watch = false;
	int option, status;

	while ((option = cli_next(cli, argc, argv)) > 0) {
		if (option == 'w')
			watch = cli->on;
		else
			r.everywhere = cli->on;
	}
	if (option < 0)
		return cli->status;
	if (cli->n_args > 1)
		return cli_usage_error(cli, "one NAME at most");
	status = show(cli, &r, watch);
	events_done(&r.events);
	free(r.places);
	return status;
}

const struct verb verb_events = {
	.name = "events",
	.synopsis = "[NAME] [-A] [-w] [-o json|yaml]",
	.summary = "what has happened to pods",
	.options = options,
	.outputs = CLI_FACTS,
	.operands = CLI_PODS,
	.run = events,
};
