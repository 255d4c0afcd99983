/* SPDX-License-Identifier: MIT */
/*
 * podrun/help.c - `podrun help`, --help and usage lines, from the tables.
 */
#include "podrun/verbs.h"

#include <stdio.h>

void cli_print_usage(FILE *f, const struct verb *verb)
{
	if (verb)
		(void)fprintf(f, "usage: podrun %s %s\n", verb->name,
			verb->synopsis);
	else
		(void)fputs("usage: podrun [OPTION...] COMMAND [ARG...]\n"
			"try \"podrun help\"\n", f);
}

static void print_options(const struct cli_option *list)
{
	char left[64];
	int n;

	for (; list && list->id; list++) {
		if (list->id < 256)
			n = snprintf(left, sizeof(left), "-%c, --%s%s%s",
				list->id, list->name, list->value ? " " : "",
				list->value ? list->value : "");
		else
			n = snprintf(left, sizeof(left), "    --%s%s%s",
				list->name, list->value ? " " : "",
				list->value ? list->value : "");
		if (n < 0)
			continue;
		(void)printf("  %-26s %s\n", left, list->help);
	}
}

static void print_overview(void)
{
	const struct verb *const *verbs;
	size_t n, i;

	(void)puts("Kubernetes-shaped pods straight from the Linux kernel.\n\n"
		"usage: podrun [OPTION...] COMMAND [ARG...]\n\nCommands:");
	verbs = cli_verbs(&n);
	for (i = 0; i < n; i++)
		(void)printf("  %-12s %s\n", verbs[i]->name,
			verbs[i]->summary);
	(void)puts("\nOptions of every command:");
	print_options(cli_global_options);
	(void)puts("\n\"podrun COMMAND --help\" explains one command.");
}

void cli_print_help(const struct verb *verb)
{
	if (!verb) {
		print_overview();
		return;
	}
	(void)printf("podrun %s: %s\n\n", verb->name, verb->summary);
	cli_print_usage(stdout, verb);
	if (verb->alias)
		(void)printf("also called: podrun %s\n", verb->alias);
	if (verb->details)
		(void)printf("\n%s\n", verb->details);
	if (verb->options && verb->options->id) {
		(void)puts("\nOptions:");
		print_options(verb->options);
	}
	(void)puts("\nOptions of every command:");
	print_options(cli_global_options);
}

static int help(struct cli *cli, int argc, char **argv)
{
	const struct verb *verb = NULL;

	if (cli_next(cli, argc, argv) < 0)
		return cli->status;
	if (cli->n_args > 1)
		return cli_usage_error(cli, "one command at a time");
	if (cli->n_args) {
		verb = cli_find_verb(cli->args[0]);
		if (!verb)
			return cli_usage_error(cli, "unknown command \"%s\"",
				cli->args[0]);
	}
	cli_print_help(verb);
	return CLI_DONE;
}

const struct verb verb_help = {
	.name = "help",
	.synopsis = "[COMMAND]",
	.summary = "explain podrun or one command",
	.outputs = CLI_PLAIN,
	.operands = CLI_VERBS,
	.run = help,
};
