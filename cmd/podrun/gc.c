/* SPDX-License-Identifier: MIT */
/*
 * podrun/gc.c - `podrun gc`: repair after a crash, or tell what is left.
 */
#include "podrun/verbs.h"

#include <errno.h>

#include "common/table.h"

static const struct cli_option options[] = {
	{ CLI_OPT_CHECK, "check", NULL,
		"only report; exit with 1 if anything is left" },
	{ 0, NULL, NULL, NULL },
};

struct collection {
	struct table table;
	json_t *list;
	bool check, failed;
};

static void take_item(const struct pod_gc_item *item, void *context)
{
	struct collection *c = context;
	const char *result = c->check ? "left" : "removed";

	if (item->result < 0) {
		c->failed = true;
		result = pod_errno_name(item->result);
	}
	table_cell(&c->table, "%s", item->kind);
	table_cell(&c->table, "%s", item->object);
	table_cell(&c->table, "%s", *item->uid ? item->uid : "<unknown>");
	table_cell(&c->table, "%s", result);
	(void)json_array_append_new(c->list,
		json_pack("{s:s, s:s, s:s, s:s}", "kind", item->kind,
			"object", item->object, "uid", item->uid, "result",
			result));
}

static int collect(const struct cli *cli, struct collection *c)
{
	struct pod_error err = { 0 };
	int n;

	n = pod_node_gc(cli->node, c->check ? POD_GC_CHECK : 0, take_item, c,
		&err);
	if (n < 0)
		return cli_fail(cli, &err);
	if (cli->output != CLI_TABLE)
		cli_print_json(cli, c->list);
	else if (n && !cli->quiet && table_print(&c->table, stdout) < 0)
		return cli_fail_with(cli, -ENOMEM, "list", "print", "%s",
			"out of memory");
	return (c->check && n) || c->failed ? CLI_FAILED : CLI_DONE;
}

static int gc(struct cli *cli, int argc, char **argv)
{
	static const char *const headings[] = { "KIND", "OBJECT", "UID",
		"RESULT", NULL };
	struct collection c = { 0 };
	int option, status;

	while ((option = cli_next(cli, argc, argv)) > 0)
		c.check = cli->on;
	if (option < 0)
		return cli->status;
	if (cli->n_args)
		return cli_usage_error(cli, "what is \"%s\"?", cli->args[0]);
	if (cli_open_node(cli) != CLI_DONE)
		return CLI_FAILED;
	table_init(&c.table, headings);
	c.list = json_array();
	status = collect(cli, &c);
	json_decref(c.list);
	table_done(&c.table);
	return status;
}

const struct verb verb_gc = {
	.name = "gc",
	.synopsis = "[--check]",
	.summary = "remove what a crash has left behind",
	.options = options,
	.outputs = CLI_FACTS,
	.needs_root = true,
	.run = gc,
};
