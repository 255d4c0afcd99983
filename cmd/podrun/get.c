/* SPDX-License-Identifier: MIT */
/*
 * podrun/get.c - `podrun get`: pods as a table, as objects or by name.
 *
 * Knows kubectl's columns and what of a status goes into each; the word of
 * the STATUS column is the library's.
 */
#include "podrun/verbs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/selector.h"
#include "common/table.h"
#include "common/term.h"
#include "common/when.h"
#include "podrun/watch.h"

static const struct cli_option options[] = {
	{ 'A', "all-namespaces", NULL, "pods of every namespace" },
	{ 'l', "selector", "SELECTOR", "a=b, a!=b, a, !a, a in (b,c)" },
	{ 'w', "watch", NULL, "go on, a line for every change" },
	{ 0, NULL, NULL, NULL },
};

struct get_options {
	bool everywhere, watch;
	bool again;		/* a later round of -w: who is gone is gone */
	struct selector selector;
};

/* What a row was made of, to tell whether it has changed. */
struct shown {
	char uid[64];
	char text[160];
};

static const char *headings[] = { "NAMESPACE", "NAME", "READY", "STATUS",
	"RESTARTS", "AGE", "IP", "UID", "SUPERVISOR" };

static void init_table(const struct cli *cli, bool everywhere,
	struct table *t)
{
	const char *columns[TABLE_COLUMNS + 1] = { 0 };
	size_t from = everywhere ? 0 : 1, n = 0;
	size_t until = cli->output == CLI_WIDE ? 9 : 6;

	while (from < until)
		columns[n++] = headings[from++];
	table_init(t, columns);
}

/* READY: containers and sidecars. */
static void count_ready(const struct pod_status *s, unsigned int *ready,
	unsigned int *all)
{
	uint32_t i;

	*ready = *all = 0;
	for (i = 0; i < s->count; i++) {
		if (s->containers[i].kind == POD_KIND_INIT)
			continue;
		(*all)++;
		*ready += s->containers[i].ready != 0;
	}
}

/* RESTARTS: of the init containers only as long as they are at work. */
static unsigned int count_restarts(const struct pod_status *s,
	const char *word, int64_t *ret_last)
{
	bool initialising = strncmp(word, "Init:", 5) == 0;
	unsigned int sum = 0;
	uint32_t i;

	*ret_last = 0;
	for (i = 0; i < s->count; i++) {
		const struct pod_container_status *c = &s->containers[i];

		if (c->kind == (initialising ? POD_KIND_REGULAR
					     : POD_KIND_INIT))
			continue;
		sum += c->restart_count;
		if (c->restart_count && c->has_last &&
			c->last_termination.finished_usec > *ret_last)
			*ret_last = c->last_termination.finished_usec;
	}
	return sum;
}

static void add_row(const struct cli *cli, bool everywhere, struct table *t,
	const struct pod_status *s)
{
	unsigned int ready, all, restarts;
	char word[128], age[WHEN_SIZE];
	int64_t last;

	(void)pod_status_word(s, word, sizeof(word));
	count_ready(s, &ready, &all);
	restarts = count_restarts(s, word, &last);
	if (everywhere)
		table_cell(t, "%s", s->namespace_);
	table_cell(t, "%s", s->name);
	table_cell(t, "%u/%u", ready, all);
	table_cell(t, "%s", word);
	if (last)
		table_cell(t, "%u (%s ago)", restarts, when_since(last, age));
	else
		table_cell(t, "%u", restarts);
	table_cell(t, "%s", when_since(s->created_usec, age));
	if (cli->output != CLI_WIDE)
		return;
	table_cell(t, "%s", s->ip4[0] ? s->ip4
			: s->ip6[0]   ? s->ip6
				      : "<none>");
	table_cell(t, "%s", s->uid);
	if (s->owner_alive)
		table_cell(t, "%d", s->owner_pid);
	else
		table_cell(t, "dead");
}

/* True if the pod is chosen by -l; its labels are only in the object. */
static bool is_selected(const struct cli *cli, const struct get_options *o,
	const struct pod_status *s)
{
	_cleanup_json_ json_t *object = NULL;
	char *text = NULL;

	if (!o->selector.count)
		return true;
	/* Gone between the list and here: not chosen, and not an error. */
	if (pod_node_get_json(cli->node, s->uid, &text, NULL) < 0)
		return false;
	if (cli_parse_json(cli, text, &object) != CLI_DONE)
		return false;
	return selector_matches(&o->selector,
		json_object_get(json_object_get(object, "metadata"),
			"labels"));
}

/* Take out of the list what -l does not choose. */
static void select_pods(const struct cli *cli, const struct get_options *o,
	struct pod_list *list)
{
	size_t i, n = 0;

	for (i = 0; i < list->count; i++) {
		if (is_selected(cli, o, list->items[i]))
			list->items[n++] = list->items[i];
		else
			pod_status_free(list->items[i]);
	}
	list->count = n;
}

/* The named pods, or all; names that are not there are reported. */
static int collect(const struct cli *cli, const struct get_options *o,
	struct pod_list *list)
{
	int status = CLI_DONE, i;

	if (!cli->n_args) {
		status = cli_list(cli, o->everywhere, list);
	} else {
		list->items = calloc((size_t)cli->n_args,
			sizeof(struct pod_status *));
		if (!list->items)
			return cli_fail_with(cli, -ENOMEM, "pods", "get", "%s",
				"out of memory");
	}
	for (i = 0; i < cli->n_args; i++) {
		struct pod_status *pod = NULL;

		if (!o->again)
			pod = cli_get(cli, cli->args[i]);
		else if (pod_node_get(cli->node, cli_ref(cli->args[i]), &pod,
				NULL) < 0)
			continue;
		if (pod)
			list->items[list->count++] = pod;
		else
			status = CLI_FAILED;
	}
	select_pods(cli, o, list);
	return status;
}

static void print_names(const struct cli *cli, const struct pod_list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++) {
		if (cli->output == CLI_NAME)
			(void)fputs("pod/", stdout);
		term_print(stdout, cli->output == CLI_NAME
				? list->items[i]->name
				: list->items[i]->uid);
		(void)fputc('\n', stdout);
	}
}

/* One named pod is an object, anything else a List, as in kubectl. */
static int print_objects(const struct cli *cli, const struct pod_list *list)
{
	_cleanup_json_ json_t *items = json_array();
	_cleanup_json_ json_t *all = NULL;
	int status = CLI_DONE;
	size_t i;

	for (i = 0; i < list->count; i++) {
		json_t *object = cli_get_object(cli, list->items[i]->uid);

		if (!object)
			status = CLI_FAILED;
		else if (json_array_append_new(items, object) < 0)
			return cli_fail_with(cli, -ENOMEM, "pods", "get", "%s",
				"out of memory");
	}
	if (cli->n_args == 1 && json_array_size(items) == 1) {
		cli_print_json(cli, json_array_get(items, 0));
		return status;
	}
	if (cli->n_args == 1)
		return CLI_FAILED;
	all = json_pack("{s:s, s:s, s:O, s:{s:s}}", "apiVersion", "v1", "kind",
		"List", "items", items, "metadata", "resourceVersion", "");
	if (!all)
		return cli_fail_with(cli, -ENOMEM, "pods", "get", "%s",
			"out of memory");
	cli_print_json(cli, all);
	return status;
}

static int print_pods(const struct cli *cli, const struct get_options *o,
	const struct pod_list *list, struct table *t)
{
	size_t i;

	if (cli->output == CLI_JSON || cli->output == CLI_YAML)
		return print_objects(cli, list);
	if (cli->output == CLI_NAME || cli->quiet) {
		print_names(cli, list);
		return CLI_DONE;
	}
	if (!list->count) {
		if (!cli->n_args)
			cli_print_empty(cli, o->everywhere);
		return CLI_DONE;
	}
	for (i = 0; i < list->count; i++)
		add_row(cli, o->everywhere, t, list->items[i]);
	if (table_print(t, stdout) < 0)
		return cli_fail_with(cli, -ENOMEM, "pods", "get", "%s",
			"out of memory");
	return CLI_DONE;
}

static void describe_row(const struct pod_status *s, struct shown *shown)
{
	unsigned int ready, all;
	char word[64];
	int64_t last;

	count_ready(s, &ready, &all);
	(void)pod_status_word(s, word, sizeof(word));
	(void)snprintf(shown->uid, sizeof(shown->uid), "%s", s->uid);
	(void)snprintf(shown->text, sizeof(shown->text), "%u/%u %s %u %s %d",
		ready, all, word, count_restarts(s, word, &last), s->ip4,
		s->owner_alive);
}

/* Was the pod shown like this the last time? */
static bool was_shown(const struct shown *before, size_t count,
	const struct shown *now)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strcmp(before[i].uid, now->uid) == 0)
			return strcmp(before[i].text, now->text) == 0;
	return false;
}

/* Keep of the list what has changed; *shown becomes what is there now. */
static int keep_changes(struct pod_list *list, struct shown **shown,
	size_t *count)
{
	struct shown *now = calloc(list->count + 1, sizeof(*now));
	size_t i, n = 0, total = list->count;

	if (!now)
		return -ENOMEM;
	for (i = 0; i < total; i++) {
		describe_row(list->items[i], &now[i]);
		if (was_shown(*shown, *count, &now[i]))
			pod_status_free(list->items[i]);
		else
			list->items[n++] = list->items[i];
	}
	list->count = n;
	free(*shown);
	*shown = now;
	*count = total;
	return 0;
}

/*
 * Pods that are named and not there end the command; a pod that goes away
 * while it is watched does not.
 */
static int get_and_watch(const struct cli *cli, struct get_options *o,
	struct table *t)
{
	struct shown *shown = NULL;
	int status = CLI_DONE, fd;
	size_t count = 0;

	fd = watch_open(cli);
	if (fd < 0)
		return cli_fail_with(cli, fd, "run directory", "watch", "%s",
			strerror(-fd));
	for (;;) {
		_cleanup_list_ struct pod_list list = { 0 };

		status = collect(cli, o, &list);
		if (status != CLI_DONE)
			break;
		o->again = true;
		if (keep_changes(&list, &shown, &count) < 0) {
			status = cli_fail_with(cli, -ENOMEM, "pods", "watch",
				"%s", "out of memory");
			break;
		}
		if (list.count)
			status = print_pods(cli, o, &list, t);
		if (status != CLI_DONE || fflush(stdout) != 0)
			break;
		watch_wait(cli, fd, -1);
	}
	free(shown);
	(void)close(fd);
	return status;
}

static int show(struct cli *cli, struct get_options *o)
{
	_cleanup_table_ struct table t = { 0 };
	_cleanup_list_ struct pod_list list = { 0 };
	int status, printed;

	if (cli_open_node(cli) != CLI_DONE)
		return CLI_FAILED;
	init_table(cli, o->everywhere, &t);
	if (o->watch)
		return get_and_watch(cli, o, &t);
	status = collect(cli, o, &list);
	if (status != CLI_DONE && !list.count)
		return status;
	printed = print_pods(cli, o, &list, &t);
	return status != CLI_DONE ? status : printed;
}

static int get(struct cli *cli, int argc, char **argv)
{
	struct get_options o = { 0 };
	const char *selector = NULL;
	int option, status;

	while ((option = cli_next(cli, argc, argv)) > 0) {
		if (option == 'A')
			o.everywhere = cli->on;
		else if (option == 'w')
			o.watch = cli->on;
		else
			selector = cli->value;
	}
	if (option < 0)
		return cli->status;
	cli_skip_kind(cli);
	if (selector && cli->n_args)
		return cli_usage_error(cli, "NAME and -l exclude each other");
	if (o.everywhere && cli->n_args)
		return cli_usage_error(cli, "NAME and -A exclude each other");
	if (selector && selector_parse(&o.selector, selector) < 0)
		status = cli_usage_error(cli, "\"%s\" is not a selector",
			selector);
	else
		status = show(cli, &o);
	selector_done(&o.selector);
	return status;
}

const struct verb verb_get = {
	.name = "get",
	.alias = "ps",
	.synopsis = "[pods] [NAME...] [-A] [-l SELECTOR] [-w] "
		"[-o table|wide|json|yaml|name]",
	.summary = "list pods",
	.details = "Wide adds IP, UID and SUPERVISOR (its process, or "
		"\"dead\").\n-q prints only UIDs.",
	.options = options,
	.outputs = CLI_ALL,
	.operands = CLI_PODS,
	.run = get,
};
