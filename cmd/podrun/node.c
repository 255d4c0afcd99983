/* SPDX-License-Identifier: MIT */
/*
 * podrun/node.c - the pods of this machine, as every verb reaches them.
 *
 * Knows how the options name a node and how its failures are reported; knows
 * nothing of what a verb does with a pod.
 */
#include "podrun/cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/term.h"

int cli_open_node(struct cli *cli)
{
	struct pod_error err = { 0 };

	if (cli->verb->needs_root && geteuid() != 0) {
		err.code = -EPERM;
		err.stage = POD_STAGE_HOST;
		(void)snprintf(err.operation, sizeof(err.operation), "%s",
			cli->verb->name);
		(void)snprintf(err.message, sizeof(err.message), "needs root");
		(void)snprintf(err.hint, sizeof(err.hint),
			"run it with sudo: sudo podrun %s", cli->verb->name);
		return cli_fail(cli, &err);
	}
	if (pod_node_open(&cli->node_options, &cli->node, &err) < 0)
		return cli_fail(cli, &err);
	return CLI_DONE;
}

struct pod_status *cli_get(const struct cli *cli, const char *ref)
{
	struct pod_status *status = NULL;
	struct pod_error err = { 0 };

	if (pod_node_get(cli->node, cli_ref(ref), &status, &err) < 0) {
		(void)cli_fail(cli, &err);
		return NULL;
	}
	return status;
}

json_t *cli_get_object(const struct cli *cli, const char *ref)
{
	struct pod_error err = { 0 };
	json_t *value = NULL;
	char *text = NULL;

	if (pod_node_get_json(cli->node, cli_ref(ref), &text, &err) < 0) {
		(void)cli_fail(cli, &err);
		return NULL;
	}
	(void)cli_parse_json(cli, text, &value);
	return value;
}

int cli_list(const struct cli *cli, bool everywhere, struct pod_list *ret)
{
	struct pod_error err = { 0 };
	const char *ns = everywhere ? NULL : cli->node_options.namespace_;

	if (pod_node_list(cli->node, ns, &ret->items, &ret->count, &err) < 0)
		return cli_fail(cli, &err);
	return CLI_DONE;
}

void cli_list_done(struct pod_list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		pod_status_free(list->items[i]);
	free(list->items);
	list->items = NULL;
	list->count = 0;
}

void cli_print_empty(const struct cli *cli, bool everywhere)
{
	if (cli->quiet)
		return;
	(void)fflush(stdout);
	(void)fputs("No resources found", stderr);
	if (!everywhere) {
		(void)fputs(" in ", stderr);
		term_print(stderr, cli->node_options.namespace_);
		(void)fputs(" namespace", stderr);
	}
	(void)fputs(everywhere ? "\n" : ".\n", stderr);
}

bool cli_has_ended(const struct pod_status *status)
{
	return status->phase == POD_SUCCEEDED || status->phase == POD_FAILED;
}
