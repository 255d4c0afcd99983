/* SPDX-License-Identifier: MIT */
/*
 * podrun/version.c - `podrun version`.
 */
#include "podrun/verbs.h"

#include <errno.h>

static int version(struct cli *cli, int argc, char **argv)
{
	_cleanup_json_ json_t *value = NULL;

	if (cli_next(cli, argc, argv) < 0)
		return cli->status;
	if (cli->n_args)
		return cli_usage_error(cli, "what is \"%s\"?", cli->args[0]);
	if (cli->output == CLI_TABLE) {
		(void)printf("podrun %s (libpod-core %s)\n", POD_VERSION,
			POD_VERSION);
		return CLI_DONE;
	}
	value = json_pack("{s:s, s:s}", "podrun", POD_VERSION, "libpod-core",
		POD_VERSION);
	if (!value)
		return cli_fail_with(cli, -ENOMEM, "version", "print", "%s",
			"out of memory");
	cli_print_json(cli, value);
	return CLI_DONE;
}

const struct verb verb_version = {
	.name = "version",
	.synopsis = "[-o json|yaml]",
	.summary = "the versions of podrun and its library",
	.outputs = CLI_FACTS,
	.run = version,
};
