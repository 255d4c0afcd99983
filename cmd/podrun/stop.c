/* SPDX-License-Identifier: MIT */
/*
 * podrun/stop.c - `podrun stop`: the full termination; record and logs stay.
 */
#include "podrun/verbs.h"

#include <limits.h>

static const struct cli_option options[] = {
	{ CLI_OPT_GRACE, "grace-period", "S",
		"seconds between TERM and KILL (the pod's own)" },
	{ 0, NULL, NULL, NULL },
};

static int stop_one(const struct cli *cli, const char *ref, long grace)
{
	_cleanup_status_ struct pod_status *status = cli_get(cli, ref);
	struct pod_error err = { 0 };

	if (!status)
		return CLI_FAILED;
	if (pod_node_stop(cli->node, status->uid, grace, &err) < 0)
		return cli_fail(cli, &err);
	cli_confirm(cli, status->name, status->uid, "stopped");
	return CLI_DONE;
}

static int stop(struct cli *cli, int argc, char **argv)
{
	int status = CLI_DONE, option, i;
	long long grace = -1;

	while ((option = cli_next(cli, argc, argv)) > 0)
		if (option == CLI_OPT_GRACE &&
			cli_parse_number(cli->value, -1, INT_MAX, &grace) < 0)
			return cli_usage_error(cli,
				"--grace-period takes seconds, not \"%s\"",
				cli->value);
	if (option < 0)
		return cli->status;
	if (!cli->n_args)
		return cli_usage_error(cli, "NAME is missing");
	if (cli_open_node(cli) != CLI_DONE)
		return CLI_FAILED;
	for (i = 0; i < cli->n_args; i++)
		if (stop_one(cli, cli->args[i], (long)grace) != CLI_DONE)
			status = CLI_FAILED;
	return status;
}

const struct verb verb_stop = {
	.name = "stop",
	.synopsis = "NAME... [--grace-period S]",
	.summary = "terminate pods, keep their records and logs",
	.options = options,
	.outputs = CLI_NAMES,
	.needs_root = true,
	.operands = CLI_PODS,
	.run = stop,
};
