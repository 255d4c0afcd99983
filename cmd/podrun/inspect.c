/* SPDX-License-Identifier: MIT */
/*
 * podrun/inspect.c - `podrun inspect`: the engine's own record as JSON.
 */
#include "podrun/verbs.h"

static int inspect_one(const struct cli *cli, const char *ref)
{
	_cleanup_json_ json_t *value = NULL;
	struct pod_error err = { 0 };
	char *text = NULL;

	if (pod_node_inspect(cli->node, cli_ref(ref), &text, &err) < 0)
		return cli_fail(cli, &err);
	if (cli_parse_json(cli, text, &value) != CLI_DONE)
		return CLI_FAILED;
	cli_print_json(cli, value);
	return CLI_DONE;
}

static int inspect(struct cli *cli, int argc, char **argv)
{
	if (cli_next(cli, argc, argv) < 0)
		return cli->status;
	if (cli->n_args != 1)
		return cli_usage_error(cli, "exactly one NAME, please");
	if (cli_open_node(cli) != CLI_DONE)
		return CLI_FAILED;
	return inspect_one(cli, cli->args[0]);
}

const struct verb verb_inspect = {
	.name = "inspect",
	.synopsis = "NAME [-o json|yaml]",
	.summary = "the engine's record of a pod, read back from the kernel",
	.outputs = CLI_FACTS,
	.operands = CLI_PODS,
	.run = inspect,
};
