/* SPDX-License-Identifier: MIT */
/*
 * podrun/describe.c - `podrun describe`: a pod for a person to read.
 *
 * Knows kubectl's order of facts. What is wanted comes from the object, what
 * is from the status, what has happened from the events.
 */
#include "podrun/describe.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "common/table.h"
#include "common/term.h"
#include "common/when.h"
#include "podrun/events.h"
#include "podrun/verbs.h"

void describe_field(int indent, const char *label, const char *format, ...)
{
	char text[1024];
	va_list ap;
	int n;

	va_start(ap, format);
	(void)vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	n = printf("%*s%s:", indent, "", label);
	(void)printf("%*s", n < 18 ? 18 - n : 1, "");
	term_print(stdout, text);
	(void)fputc('\n', stdout);
}

/* "Labels:  a=b", the next ones below each other. */
static void print_pairs(const char *label, const json_t *object)
{
	json_t *pairs = json_incref((json_t *)(uintptr_t)object);
	bool first = true;
	const char *key;
	json_t *value;

	if (!json_object_size(pairs))
		describe_field(0, label, "<none>");
	json_object_foreach(pairs, key, value) {
		if (first)
			describe_field(0, label, "%s=%s", key,
				json_string_value(value));
		else {
			(void)printf("%18s", "");
			term_print(stdout, key);
			(void)fputc('=', stdout);
			term_print(stdout, json_string_value(value));
			(void)fputc('\n', stdout);
		}
		first = false;
	}
	json_decref(pairs);
}

static void print_head(const struct pod_status *s, const json_t *object)
{
	const json_t *metadata = json_object_get(object, "metadata");
	char text[128];

	describe_field(0, "Name", "%s", s->name);
	describe_field(0, "Namespace", "%s", s->namespace_);
	describe_field(0, "UID", "%s", s->uid);
	describe_field(0, "Node", "%s", s->node);
	describe_field(0, "Supervisor", s->owner_alive ? "%d" : "%d (dead)",
		s->owner_pid);
	describe_field(0, "Start Time", "%s",
		when_format(s->started_usec ? s->started_usec
					    : s->created_usec, text));
	print_pairs("Labels", json_object_get(metadata, "labels"));
	print_pairs("Annotations", json_object_get(metadata, "annotations"));
	describe_field(0, "Status", "%s",
		pod_status_word(s, text, sizeof(text)));
	if (s->deletion_usec)
		describe_field(0, "Termination",
			"asked for %s ago, grace %llds",
			when_since(s->deletion_usec, text),
			(long long)s->deletion_grace_seconds);
	if (s->reason[0])
		describe_field(0, "Reason", "%s", s->reason);
	describe_field(0, "IP", "%s", s->ip4[0] ? s->ip4
			: s->ip6[0]		? s->ip6
						: "<none>");
	if (s->ip4[0] && s->ip6[0])
		describe_field(0, "IPv6", "%s", s->ip6);
	describe_field(0, "Cgroup", "%s", s->cgroup[0] ? s->cgroup
						       : "<none>");
}

static void print_conditions(const json_t *object)
{
	static const char *const headings[] = { "  Type", "Status", "Reason",
		NULL };
	const json_t *list = json_object_get(
		json_object_get(object, "status"), "conditions");
	_cleanup_table_ struct table t = { 0 };
	size_t i;

	if (!json_array_size(list))
		return;
	table_init(&t, headings);
	for (i = 0; i < json_array_size(list); i++) {
		const json_t *c = json_array_get(list, i);
		const char *reason =
			json_string_value(json_object_get(c, "reason"));

		table_cell(&t, "  %s",
			json_string_value(json_object_get(c, "type")));
		table_cell(&t, "%s",
			json_string_value(json_object_get(c, "status")));
		table_cell(&t, "%s", reason ? reason : "");
	}
	(void)puts("Conditions:");
	(void)table_print(&t, stdout);
}

/* A volume is its name and one more member, which tells its kind. */
static void print_volumes(const json_t *spec)
{
	const json_t *list = json_object_get(spec, "volumes");
	size_t i;

	if (!json_array_size(list))
		return;
	(void)puts("Volumes:");
	for (i = 0; i < json_array_size(list); i++) {
		json_t *volume = json_array_get(list, i);
		const char *key, *path;
		json_t *value;

		json_object_foreach(volume, key, value) {
			if (strcmp(key, "name") == 0)
				continue;
			path = json_string_value(
				json_object_get(value, "path"));
			describe_field(2,
				json_string_value(
					json_object_get(volume, "name")),
				"%s%s%s", key, path ? " " : "",
				path ? path : "");
		}
	}
}

static void print_last_error(const struct pod_error *err)
{
	if (!err->code)
		return;
	(void)puts("Last Error:");
	describe_field(2, "Step", "%s, %s", pod_stage_name(err->stage),
		err->operation);
	if (err->container[0])
		describe_field(2, "Container", "%s", err->container);
	if (err->subject[0])
		describe_field(2, "Object", "%s", err->subject);
	describe_field(2, "Error", "%s (%s)", err->message,
		pod_errno_name(err->code));
	if (err->hint[0])
		describe_field(2, "Hint", "%s", err->hint);
}

static int print_events(const struct cli *cli, const struct pod_status *s)
{
	static const char *const headings[] = { "  Type", "Reason", "Age",
		"Container", "Message", NULL };
	_cleanup_events_ struct events e = { 0 };
	_cleanup_table_ struct table t = { 0 };
	struct pod_error err = { 0 };
	char age[WHEN_SIZE];
	uint64_t offset = 0;
	size_t i;

	if (events_read(cli, s, &offset, &e, &err) < 0)
		return cli_fail(cli, &err);
	events_sort(&e);
	if (!e.count) {
		describe_field(0, "Events", "<none>");
		return CLI_DONE;
	}
	table_init(&t, headings);
	for (i = 0; i < e.count; i++) {
		const struct pod_event *event = &e.entries[i].event;

		table_cell(&t, "  %s", events_type(event));
		table_cell(&t, "%s", event->reason);
		table_cell(&t, "%s", when_since(event->time_usec, age));
		table_cell(&t, "%s",
			event->container[0] ? event->container : "-");
		table_cell(&t, "%s", event->message);
	}
	(void)puts("Events:");
	(void)table_print(&t, stdout);
	return CLI_DONE;
}

static int describe_one(const struct cli *cli, const char *ref)
{
	_cleanup_status_ struct pod_status *s = cli_get(cli, ref);
	_cleanup_json_ json_t *object = NULL;
	const json_t *spec;

	if (!s)
		return CLI_FAILED;
	object = cli_get_object(cli, s->uid);
	if (!object)
		return CLI_FAILED;
	spec = json_object_get(object, "spec");
	print_head(s, object);
	describe_containers(s, spec, true);
	describe_containers(s, spec, false);
	print_conditions(object);
	print_volumes(spec);
	print_last_error(&s->last_error);
	return print_events(cli, s);
}

static int describe(struct cli *cli, int argc, char **argv)
{
	int status = CLI_DONE, i;

	if (cli_next(cli, argc, argv) < 0)
		return cli->status;
	cli_skip_kind(cli);
	if (!cli->n_args)
		return cli_usage_error(cli, "NAME is missing");
	if (cli_open_node(cli) != CLI_DONE)
		return CLI_FAILED;
	for (i = 0; i < cli->n_args; i++) {
		if (i)
			(void)puts("\n");
		if (describe_one(cli, cli->args[i]) != CLI_DONE)
			status = CLI_FAILED;
	}
	return status;
}

const struct verb verb_describe = {
	.name = "describe",
	.synopsis = "NAME...",
	.summary = "facts, conditions, events and last error of pods",
	.outputs = CLI_PLAIN,
	.operands = CLI_PODS,
	.run = describe,
};
