/* SPDX-License-Identifier: MIT */
/*
 * podrun/create.c - `podrun create`: pods up to, not including, their
 * programs.
 */
#include "podrun/interrupt.h"
#include "podrun/verbs.h"

#include <errno.h>

static const struct cli_option options[] = {
	{ 'f', "filename", "FILE", "manifest, - is standard input" },
	{ CLI_OPT_LENIENT, "lenient", NULL,
		"warn of unsupported fields instead of refusing them" },
	{ 0, NULL, NULL, NULL },
};

static int create(struct cli *cli, int argc, char **argv)
{
	_cleanup_manifest_ struct manifest m = { 0 };
	unsigned int flags = 0;
	int option, status;

	while ((option = cli_next(cli, argc, argv)) > 0) {
		if (option == 'f' && !manifest_add(&m, cli->value))
			return cli_fail_with(cli, -ENOMEM, cli->value, "read",
				"%s", "out of memory");
		if (option == CLI_OPT_LENIENT)
			flags = cli->on ? POD_SPEC_LENIENT : 0;
	}
	if (option < 0)
		return cli->status;
	if (!m.n_paths)
		return cli_usage_error(cli, "-f FILE is missing");
	if (cli->n_args)
		return cli_usage_error(cli, "what is \"%s\"?", cli->args[0]);
	status = manifest_load(cli, &m, flags);
	if (status == CLI_DONE)
		status = cli_open_node(cli);
	if (status != CLI_DONE)
		return status;
	interrupt_catch();
	return launch_all(cli, &m, 0, false, NULL);
}

const struct verb verb_create = {
	.name = "create",
	.synopsis = "-f FILE|- [--lenient]",
	.summary = "build pods up to, not including, their programs",
	.details = "Prints \"pod/NAME created\" for each. If one fails the "
		"others are made\nall the same. Ctrl-C takes back the one "
		"that is being made.",
	.options = options,
	.outputs = CLI_NAMES,
	.needs_root = true,
	.run = create,
};
