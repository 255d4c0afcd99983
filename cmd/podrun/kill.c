/* SPDX-License-Identifier: MIT */
/*
 * podrun/kill.c - `podrun kill`: a signal to the main processes of a pod.
 */
#include "podrun/verbs.h"

#include <signal.h>

#include "common/signame.h"

static const struct cli_option options[] = {
	{ 's', "signal", "SIGNAL", "TERM, SIGTERM, 15, RTMIN+1 (TERM)" },
	{ 'c', "container", "CONTAINER", "only this one (all that run)" },
	{ 0, NULL, NULL, NULL },
};

static int kill_one(const struct cli *cli, const char *ref,
	const char *container, int number)
{
	_cleanup_status_ struct pod_status *status = cli_get(cli, ref);
	struct pod_error err = { 0 };

	if (!status)
		return CLI_FAILED;
	if (pod_node_kill(cli->node, status->uid, container, number, &err) < 0)
		return cli_fail(cli, &err);
	cli_confirm(cli, status->name, status->uid, "signalled");
	return CLI_DONE;
}

static int kill_pods(struct cli *cli, int argc, char **argv)
{
	int number = SIGTERM, status = CLI_DONE, option, i;
	const char *container = NULL;

	while ((option = cli_next(cli, argc, argv)) > 0) {
		if (option == 'c')
			container = cli->value;
		if (option != 's')
			continue;
		number = signame_parse(cli->value);
		if (number < 0)
			return cli_usage_error(cli, "\"%s\" is not a signal",
				cli->value);
	}
	if (option < 0)
		return cli->status;
	if (!cli->n_args)
		return cli_usage_error(cli, "NAME is missing");
	if (cli_open_node(cli) != CLI_DONE)
		return CLI_FAILED;
	for (i = 0; i < cli->n_args; i++)
		if (kill_one(cli, cli->args[i], container, number) != CLI_DONE)
			status = CLI_FAILED;
	return status;
}

const struct verb verb_kill = {
	.name = "kill",
	.synopsis = "NAME... [-s SIGNAL] [-c CONTAINER]",
	.summary = "send a signal to the main process of containers",
	.options = options,
	.outputs = CLI_NAMES,
	.needs_root = true,
	.operands = CLI_PODS,
	.run = kill_pods,
};
