/* SPDX-License-Identifier: MIT */
/*
 * podrun/start.c - `podrun start`: let created pods run.
 */
#include "podrun/verbs.h"

static int start_one(const struct cli *cli, const char *ref)
{
	_cleanup_status_ struct pod_status *status = cli_get(cli, ref);
	struct pod_error err = { 0 };

	if (!status)
		return CLI_FAILED;
	if (pod_node_start(cli->node, status->uid, &err) < 0)
		return cli_fail(cli, &err);
	cli_confirm(cli, status->name, status->uid, "started");
	return CLI_DONE;
}

static int start(struct cli *cli, int argc, char **argv)
{
	int status = CLI_DONE, i;

	if (cli_next(cli, argc, argv) < 0)
		return cli->status;
	if (!cli->n_args)
		return cli_usage_error(cli, "NAME is missing");
	if (cli_open_node(cli) != CLI_DONE)
		return CLI_FAILED;
	for (i = 0; i < cli->n_args; i++)
		if (start_one(cli, cli->args[i]) != CLI_DONE)
			status = CLI_FAILED;
	return status;
}

const struct verb verb_start = {
	.name = "start",
	.synopsis = "NAME...",
	.summary = "let created pods run, init containers first",
	.outputs = CLI_NAMES,
	.needs_root = true,
	.operands = CLI_PODS,
	.run = start,
};
