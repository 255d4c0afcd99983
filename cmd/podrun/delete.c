/* SPDX-License-Identifier: MIT */
/*
 * podrun/delete.c - `podrun delete`: terminate and remove.
 *
 * Knows how pods are chosen (names, a manifest, all) and kubectl's rules
 * about grace. Several pods terminate side by side: all are asked before one
 * is waited for.
 */
#include "podrun/verbs.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "common/term.h"

static const struct cli_option options[] = {
	{ 'f', "filename", "FILE", "the pods of this manifest" },
	{ CLI_OPT_ALL, "all", NULL, "every pod of the namespace" },
	{ CLI_OPT_GRACE, "grace-period", "S",
		"seconds between TERM and KILL (the pod's own)" },
	{ CLI_OPT_NOW, "now", NULL, "the same as --grace-period=1" },
	{ CLI_OPT_FORCE, "force", NULL,
		"with --grace-period=0: free the name at once" },
	{ CLI_OPT_WAIT, "wait", NULL,
		"wait until they are gone (true; --wait=false)" },
	{ CLI_OPT_IGNORE_MISSING, "ignore-not-found", NULL,
		"a pod that is not there is no error" },
	{ 0, NULL, NULL, NULL },
};

struct target {
	char *ref;		/* UID, or what was asked for */
	char *name;		/* to be shown */
	bool failed;
};

struct deletion {
	struct manifest manifest;
	long grace_seconds;
	bool all, now, force, no_wait, ignore_missing;
	struct target *targets;
	size_t count, capacity;
};

static void deletion_done(struct deletion *d)
{
	size_t i;

	for (i = 0; i < d->count; i++) {
		free(d->targets[i].ref);
		free(d->targets[i].name);
	}
	free(d->targets);
	manifest_done(&d->manifest);
}

static int add_target(const struct cli *cli, struct deletion *d,
	const char *ref, const char *name)
{
	struct target *t;

	if (d->count == d->capacity) {
		size_t capacity = d->capacity ? d->capacity * 2 : 16;

		t = reallocarray(d->targets, capacity, sizeof(*t));
		if (!t)
			goto no_memory;
		d->targets = t;
		d->capacity = capacity;
	}
	t = &d->targets[d->count];
	memset(t, 0, sizeof(*t));
	t->ref = strdup(ref);
	t->name = strdup(name);
	d->count++;
	if (t->ref && t->name)
		return CLI_DONE;
no_memory:
	return cli_fail_with(cli, -ENOMEM, name, "delete", "%s",
		"out of memory");
}

/* A pod whose record cannot be read must be deletable all the same. */
static int add_ref(const struct cli *cli, struct deletion *d, const char *ref)
{
	_cleanup_status_ struct pod_status *status = NULL;
	struct pod_error err = { 0 };
	int r;

	r = pod_node_get(cli->node, cli_ref(ref), &status, &err);
	if (r == -ENOENT && d->ignore_missing)
		return CLI_DONE;
	if (r == -ENOENT || r == -ENOTUNIQ)
		return cli_fail(cli, &err);
	if (r < 0)
		return add_target(cli, d, cli_ref(ref), cli_ref(ref));
	return add_target(cli, d, status->uid, status->name);
}

static int add_spec(const struct cli *cli, struct deletion *d,
	const struct pod_spec *spec)
{
	char ref[384];

	(void)snprintf(ref, sizeof(ref), "%s/%s", pod_spec_namespace(spec),
		pod_spec_name(spec));
	return add_ref(cli, d, ref);
}

static int add_all(const struct cli *cli, struct deletion *d)
{
	_cleanup_list_ struct pod_list list = { 0 };
	int status = CLI_DONE;
	size_t i;

	if (cli_list(cli, false, &list) != CLI_DONE)
		return CLI_FAILED;
	for (i = 0; i < list.count && status == CLI_DONE; i++)
		status = add_target(cli, d, list.items[i]->uid,
			list.items[i]->name);
	if (!list.count)
		cli_print_empty(cli, false);
	return status;
}

static int choose(const struct cli *cli, struct deletion *d)
{
	int status = CLI_DONE, i;
	size_t k;

	for (i = 0; i < cli->n_args; i++)
		if (add_ref(cli, d, cli->args[i]) != CLI_DONE)
			status = CLI_FAILED;
	for (k = 0; k < d->manifest.count; k++)
		if (add_spec(cli, d, d->manifest.specs[k]) != CLI_DONE)
			status = CLI_FAILED;
	if (d->all && add_all(cli, d) != CLI_DONE)
		status = CLI_FAILED;
	return status;
}

static int delete_one(const struct cli *cli, const struct deletion *d,
	struct target *t, unsigned int flags)
{
	struct pod_error err = { 0 };
	int r;

	r = pod_node_delete(cli->node, t->ref, d->grace_seconds, flags, &err);
	/* It was there a moment ago: somebody else was quicker. */
	if (r >= 0 || r == -ENOENT)
		return CLI_DONE;
	t->failed = true;
	return cli_fail(cli, &err);
}

static void report(const struct cli *cli, const struct deletion *d,
	const struct target *t)
{
	if (cli->output == CLI_NAME || cli->output == CLI_JSON) {
		cli_confirm(cli, t->name, t->ref, "deleted");
		return;
	}
	if (cli->quiet)
		return;
	(void)fputs("pod \"", stdout);
	term_print(stdout, t->name);
	(void)printf("\" %sdeleted\n", d->force ? "force " : "");
	(void)fflush(stdout);
}

static int delete_all(const struct cli *cli, struct deletion *d)
{
	unsigned int flags = (d->force ? POD_NODE_FORCE : 0) |
		(d->no_wait ? POD_NODE_NO_WAIT : 0);
	bool side_by_side = d->count > 1 && !d->no_wait;
	int status = CLI_DONE;
	size_t i;

	for (i = 0; side_by_side && i < d->count; i++)
		if (delete_one(cli, d, &d->targets[i],
				flags | POD_NODE_NO_WAIT) != CLI_DONE)
			status = CLI_FAILED;
	for (i = 0; i < d->count; i++) {
		struct target *t = &d->targets[i];

		if (t->failed)
			continue;
		if (delete_one(cli, d, t, flags) == CLI_DONE)
			report(cli, d, t);
		else
			status = CLI_FAILED;
	}
	return status;
}

/* kubectl: no grace at all only by force. */
static void settle_grace(struct deletion *d)
{
	if (d->now && d->grace_seconds < 0)
		d->grace_seconds = 1;
	if (d->grace_seconds == 0 && !d->force)
		d->grace_seconds = 1;
	if (d->force && d->grace_seconds < 0)
		d->grace_seconds = 0;
}

static int take_option(const struct cli *cli, int option, struct deletion *d)
{
	long long seconds;

	switch (option) {
	case 'f':
		if (manifest_add(&d->manifest, cli->value))
			return CLI_DONE;
		return cli_fail_with(cli, -ENOMEM, cli->value, "read", "%s",
			"out of memory");
	case CLI_OPT_GRACE:
		if (cli_parse_number(cli->value, -1, INT_MAX, &seconds) < 0)
			return cli_usage_error(cli,
				"--grace-period takes seconds, not \"%s\"",
				cli->value);
		d->grace_seconds = (long)seconds;
		return CLI_DONE;
	case CLI_OPT_ALL:
		d->all = cli->on;
		return CLI_DONE;
	case CLI_OPT_NOW:
		d->now = cli->on;
		return CLI_DONE;
	case CLI_OPT_FORCE:
		d->force = cli->on;
		return CLI_DONE;
	case CLI_OPT_WAIT:
		d->no_wait = !cli->on;
		return CLI_DONE;
	default:
		d->ignore_missing = cli->on;
		return CLI_DONE;
	}
}

static int check_usage(struct cli *cli, const struct deletion *d)
{
	int ways;

	cli_skip_kind(cli);
	ways = (cli->n_args > 0) + (d->manifest.n_paths > 0) + d->all;
	if (ways == 0)
		return cli_usage_error(cli, "NAME, -f FILE or --all is "
			"missing");
	if (ways > 1)
		return cli_usage_error(cli, "NAME, -f FILE and --all exclude "
			"each other");
	if (d->now && d->grace_seconds >= 0)
		return cli_usage_error(cli,
			"--now and --grace-period exclude each other");
	if (d->force && d->grace_seconds > 0)
		return cli_usage_error(cli,
			"--force and a --grace-period above 0 exclude each "
			"other");
	return CLI_DONE;
}

static int delete_pods(struct cli *cli, int argc, char **argv)
{
	__attribute__((cleanup(deletion_done)))
	struct deletion d = { .grace_seconds = -1 };
	int option, status, deleted;

	while ((option = cli_next(cli, argc, argv)) > 0) {
		status = take_option(cli, option, &d);
		if (status != CLI_DONE)
			return status;
	}
	if (option < 0)
		return cli->status;
	status = check_usage(cli, &d);
	if (status != CLI_DONE)
		return status;
	settle_grace(&d);
	status = manifest_load(cli, &d.manifest, POD_SPEC_LENIENT);
	if (status == CLI_DONE)
		status = cli_open_node(cli);
	if (status != CLI_DONE)
		return status;
	status = choose(cli, &d);
	deleted = delete_all(cli, &d);
	return status != CLI_DONE ? status : deleted;
}

const struct verb verb_delete = {
	.name = "delete",
	.synopsis = "NAME...|-f FILE|--all [--grace-period S] [--now] "
		"[--force] [--wait=false] [--ignore-not-found]",
	.summary = "terminate pods and remove everything they had",
	.options = options,
	.outputs = CLI_NAMES,
	.needs_root = true,
	.operands = CLI_PODS,
	.run = delete_pods,
};
