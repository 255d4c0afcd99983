/* SPDX-License-Identifier: MIT */
/*
 * podrun/doctor.c - `podrun doctor`: every fact about this host that matters.
 */
#include "podrun/verbs.h"

#include <errno.h>

#include "common/table.h"

struct examination {
	struct table table;
	json_t *list;
	bool missing;
};

static const char *state_name(enum pod_fact_state state)
{
	switch (state) {
	case POD_FACT_OK:
		return "ok";
	case POD_FACT_DEGRADED:
		return "degraded";
	case POD_FACT_MISSING:
		return "missing";
	default:
		return "unknown";
	}
}

static void take_fact(const struct pod_fact *fact, void *context)
{
	struct examination *e = context;
	const char *state = state_name(fact->state);

	if (fact->state == POD_FACT_MISSING)
		e->missing = true;
	table_cell(&e->table, "%s", fact->name);
	table_cell(&e->table, "%s", state);
	table_cell(&e->table, "%s", fact->found);
	table_cell(&e->table, "%s", *fact->effect ? fact->effect : "-");
	table_cell(&e->table, "%s", *fact->fix ? fact->fix : "-");
	(void)json_array_append_new(e->list,
		json_pack("{s:s, s:s, s:s, s:s, s:s}", "fact", fact->name,
			"state", state, "found", fact->found, "effect",
			fact->effect, "fix", fact->fix));
}

static int examine(const struct cli *cli, struct examination *e)
{
	struct pod_error err = { 0 };

	if (pod_node_doctor(cli->node, take_fact, e, &err) < 0)
		return cli_fail(cli, &err);
	if (cli->output != CLI_TABLE)
		cli_print_json(cli, e->list);
	else if (table_print(&e->table, stdout) < 0)
		return cli_fail_with(cli, -ENOMEM, "facts", "print", "%s",
			"out of memory");
	return e->missing ? CLI_FAILED : CLI_DONE;
}

static int doctor(struct cli *cli, int argc, char **argv)
{
	static const char *const headings[] = { "FACT", "STATE", "FOUND",
		"EFFECT", "FIX", NULL };
	struct examination e = { 0 };
	int status;

	if (cli_next(cli, argc, argv) < 0)
		return cli->status;
	if (cli->n_args)
		return cli_usage_error(cli, "what is \"%s\"?", cli->args[0]);
	if (cli_open_node(cli) != CLI_DONE)
		return CLI_FAILED;
	table_init(&e.table, headings);
	e.list = json_array();
	status = examine(cli, &e);
	json_decref(e.list);
	table_done(&e.table);
	return status;
}

const struct verb verb_doctor = {
	.name = "doctor",
	.synopsis = "[-o json|yaml]",
	.summary = "what this host has, what it lacks and how to fix it",
	.details = "Exits with 1 if something is missing that pods need.",
	.outputs = CLI_FACTS,
	.run = doctor,
};
