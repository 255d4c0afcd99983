/* SPDX-License-Identifier: MIT */
/*
 * podrun/describe_container.c - the containers in `podrun describe`.
 *
 * Knows how a container's spec and status read side by side; knows nothing
 * of the pod around them.
 */
#include "podrun/describe.h"

#include <stdio.h>
#include <string.h>

#include "common/term.h"
#include "common/when.h"

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

/* "Command:" and its words, one a line. */
static void print_words(const char *label, const json_t *list)
{
	size_t i;

	if (!json_array_size(list))
		return;
	(void)printf("    %s:\n", label);
	for (i = 0; i < json_array_size(list); i++) {
		(void)fputs("      ", stdout);
		term_print(stdout,
			json_string_value(json_array_get(list, i)));
		(void)fputc('\n', stdout);
	}
}

static void print_ports(const json_t *list)
{
	size_t i;

	for (i = 0; i < json_array_size(list); i++) {
		const json_t *port = json_array_get(list, i);
		const char *protocol = text_of(port, "protocol");

		describe_field(4, "Port", "%lld/%s",
			(long long)json_integer_value(
				json_object_get(port, "containerPort")),
			*protocol ? protocol : "TCP");
	}
}

static void print_quantities(const char *label, const json_t *resources,
	const char *key)
{
	json_t *list = json_object_get(resources, key);
	const char *name;
	json_t *value;

	if (!json_object_size(list))
		return;
	(void)printf("    %s:\n", label);
	json_object_foreach(list, name, value) {
		if (json_is_string(value))
			describe_field(6, name, "%s",
				json_string_value(value));
		else
			describe_field(6, name, "%lld",
				(long long)json_integer_value(value));
	}
}

static void print_environment(const json_t *list)
{
	size_t i;

	if (!json_array_size(list))
		return;
	(void)puts("    Environment:");
	for (i = 0; i < json_array_size(list); i++) {
		const json_t *env = json_array_get(list, i);

		if (json_object_get(env, "valueFrom"))
			describe_field(6, text_of(env, "name"),
				"<from a field of the pod>");
		else
			describe_field(6, text_of(env, "name"), "%s",
				text_of(env, "value"));
	}
}

static void print_mounts(const json_t *list)
{
	size_t i;

	if (!json_array_size(list))
		return;
	(void)puts("    Mounts:");
	for (i = 0; i < json_array_size(list); i++) {
		const json_t *m = json_array_get(list, i);
		bool ro = json_is_true(json_object_get(m, "readOnly"));

		(void)fputs("      ", stdout);
		term_print(stdout, text_of(m, "mountPath"));
		(void)fputs(" from ", stdout);
		term_print(stdout, text_of(m, "name"));
		(void)puts(ro ? " (ro)" : " (rw)");
	}
}

static void print_termination(const char *label,
	const struct pod_termination *t)
{
	char time[WHEN_SIZE];

	describe_field(4, label, "Terminated");
	describe_field(6, "Reason", "%s", t->reason);
	describe_field(6, "Exit Code", "%d", t->exit_code);
	if (t->signal)
		describe_field(6, "Signal", "%d", t->signal);
	describe_field(6, "Started", "%s", when_format(t->started_usec, time));
	describe_field(6, "Finished", "%s",
		when_format(t->finished_usec, time));
}

static void print_state(const struct pod_container_status *c)
{
	char time[WHEN_SIZE];

	if (c->state == POD_TERMINATED) {
		print_termination("State", &c->termination);
	} else if (c->state == POD_CONTAINER_RUNNING) {
		describe_field(4, "State", "Running");
		describe_field(6, "Started", "%s",
			when_format(c->started_usec, time));
		describe_field(6, "PID", "%d", c->pid);
	} else {
		describe_field(4, "State", "Waiting");
		if (c->reason[0])
			describe_field(6, "Reason", "%s", c->reason);
	}
	if (c->message[0])
		describe_field(6, "Message", "%s", c->message);
	if (c->has_last)
		print_termination("Last State", &c->last_termination);
	describe_field(4, "Ready", c->ready ? "True" : "False");
	describe_field(4, "Restart Count", "%u", c->restart_count);
}

static const json_t *find(const json_t *list, const char *name)
{
	size_t i;

	for (i = 0; i < json_array_size(list); i++)
		if (strcmp(text_of(json_array_get(list, i), "name"), name) ==
			0)
			return json_array_get(list, i);
	return NULL;
}

static void print_container(const struct pod_container_status *c,
	const json_t *spec)
{
	const json_t *resources = json_object_get(spec, "resources");

	(void)fputs("  ", stdout);
	term_print(stdout, c->name);
	(void)puts(c->kind == POD_KIND_SIDECAR ? ": (sidecar)" : ":");
	describe_field(4, "Image", "%s", c->image);
	print_words("Command", json_object_get(spec, "command"));
	print_words("Args", json_object_get(spec, "args"));
	print_ports(json_object_get(spec, "ports"));
	print_state(c);
	print_quantities("Limits", resources, "limits");
	print_quantities("Requests", resources, "requests");
	print_environment(json_object_get(spec, "env"));
	print_mounts(json_object_get(spec, "volumeMounts"));
}

void describe_containers(const struct pod_status *s, const json_t *spec,
	bool init)
{
	const json_t *list = json_object_get(spec,
		init ? "initContainers" : "containers");
	bool first = true;
	uint32_t i;

	for (i = 0; i < s->count; i++) {
		const struct pod_container_status *c = &s->containers[i];

		if ((c->kind != POD_KIND_REGULAR) != init)
			continue;
		if (first)
			(void)puts(init ? "Init Containers:" : "Containers:");
		first = false;
		print_container(c, find(list, c->name));
	}
}
