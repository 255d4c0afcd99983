/* SPDX-License-Identifier: MIT */
/*
 * podrun/main.c - pods on this machine: the table of verbs.
 *
 * Knows which verbs there are and how one is found. No locale is set: output
 * is UTF-8 by definition and a start costs half a millisecond.
 */
#include "podrun/cli.h"
#include "podrun/verbs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const struct verb *const *cli_verbs(size_t *ret_count)
{
	/* in the order of `podrun help` */
	static const struct verb *const verbs[] = { &verb_create, &verb_start,
		&verb_run, &verb_stop, &verb_kill, &verb_delete, &verb_get,
		&verb_describe, &verb_inspect, &verb_logs, &verb_exec,
		&verb_wait, &verb_events, &verb_plan, &verb_validate,
		&verb_doctor, &verb_gc, &verb_version, &verb_completion,
		&verb_help };

	*ret_count = sizeof(verbs) / sizeof(verbs[0]);
	return verbs;
}

const struct verb *cli_find_verb(const char *name)
{
	const struct verb *const *verbs;
	size_t n, i;

	verbs = cli_verbs(&n);
	for (i = 0; i < n; i++) {
		if (strcmp(verbs[i]->name, name) == 0)
			return verbs[i];
		if (verbs[i]->alias && strcmp(verbs[i]->alias, name) == 0)
			return verbs[i];
	}
	return NULL;
}

/* Verbs that people will try, because the design or kubectl has them. */
static bool is_later_verb(const char *name)
{
	static const char *const later[] = { "attach", "top", "pause",
		"resume", "resize", "image", "apply", "scale", "rollout",
		"debug", "cp", "port-forward" };
	size_t i;

	for (i = 0; i < sizeof(later) / sizeof(later[0]); i++)
		if (strcmp(later[i], name) == 0)
			return true;
	return false;
}

static int unknown_verb(struct cli *cli, const char *name)
{
	if (is_later_verb(name)) {
		(void)fprintf(stderr,
			"podrun: %s: not available in this version\n", name);
		return CLI_USAGE;
	}
	return cli_usage_error(cli, "unknown command \"%s\"", name);
}

static int run_verb(struct cli *cli, int argc, char **argv)
{
	int status;

	cli->verb = cli_find_verb(argv[0]);
	if (!cli->verb)
		return unknown_verb(cli, argv[0]);
	cli->prepared = false;
	cli->stop_after = 0;
	status = cli->verb->run(cli, argc, argv);
	return cli_finish(cli, status);
}

int main(int argc, char **argv)
{
	struct cli cli;
	char **words;
	int status;

	cli_init(&cli);
	cli.stop_after = 1;
	if (cli_next(&cli, argc, argv) < 0) {
		status = cli.status;
		cli_done(&cli);
		return status;
	}
	if (cli.n_args == 0) {
		cli_done(&cli);
		return cli_usage_error(&cli, "a command is missing");
	}
	words = cli.args;
	cli.args = NULL;
	status = run_verb(&cli, cli.n_args, words);
	free(words);
	cli_done(&cli);
	return status;
}
