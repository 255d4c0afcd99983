/* SPDX-License-Identifier: MIT */
/*
 * podrun/exec.c - `podrun exec`: a process in a running container.
 */
#include "podrun/verbs.h"

#include <unistd.h>

static const struct cli_option options[] = {
	{ 'i', "stdin", NULL, "pass standard input" },
	{ 't', "tty", NULL, "not available in this version" },
	{ 'c', "container", "CONTAINER", "the container (the first)" },
	{ 0, NULL, NULL, NULL },
};

static int exec_in(const struct cli *cli, const char *container, bool input)
{
	struct pod_exec_options o = { .size = sizeof(o),
		.argv = (const char *const *)cli->args + 1,
		.stdin_fd = input ? STDIN_FILENO : -1,
		.stdout_fd = STDOUT_FILENO, .stderr_fd = STDERR_FILENO };
	struct pod_error err = { 0 };
	int code = CLI_SETUP_FAILED;

	if (pod_node_exec(cli->node, cli_ref(cli->args[0]), container, &o,
			&code, &err) >= 0)
		return code;
	(void)cli_fail(cli, &err);
	return cli_launch_status(&err);
}

static int exec_process(struct cli *cli, int argc, char **argv)
{
	const char *container = NULL;
	bool input = false;
	int option;

	/* NAME and the command's own name; what follows is not for us. */
	cli->stop_after = 2;
	while ((option = cli_next(cli, argc, argv)) > 0) {
		if (option == 'c')
			container = cli->value;
		else if (option == 'i')
			input = cli->on;
		else if (cli->on)
			return cli_usage_error(cli, "no terminal support in "
				"this version; use -i");
	}
	if (option < 0)
		return cli->status;
	if (cli->n_args < 1)
		return cli_usage_error(cli, "NAME is missing");
	if (cli->n_args < 2)
		return cli_usage_error(cli, "the command is missing");
	if (cli_open_node(cli) != CLI_DONE)
		return CLI_SETUP_FAILED;
	return exec_in(cli, container, input);
}

const struct verb verb_exec = {
	.name = "exec",
	.synopsis = "[-i] NAME [-c CONTAINER] [--] CMD [ARG...]",
	.summary = "run a process in a running container",
	.details = "The exit status is the process's: 128+n for signal n, 125 "
		"if it could\nnot be set up, 126 if it cannot be executed, "
		"127 if it is not there.",
	.options = options,
	.outputs = CLI_PLAIN,
	.needs_root = true,
	.operands = CLI_PODS,
	.run = exec_process,
};
