/* SPDX-License-Identifier: MIT */
/*
 * podrun/plan.c - `podrun plan`: what create and start would do.
 *
 * Knows how a plan is laid out for a reader; the sentences are the library's.
 */
#include "podrun/verbs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/term.h"

static const struct cli_option options[] = {
	{ 'f', "filename", "FILE", "manifest, - is standard input" },
	{ CLI_OPT_LENIENT, "lenient", NULL,
		"warn of unsupported fields instead of refusing them" },
	{ 0, NULL, NULL, NULL },
};

static void print_heading(const char *pod, const char *container)
{
	(void)fputs(*container ? "container " : "pod ", stdout);
	term_print(stdout, *container ? container : pod);
	(void)fputs(":\n", stdout);
}

/* In the order in which things begin; a heading wherever the owner changes. */
static void print_sentences(const struct pod_plan *plan, const char *pod)
{
	size_t n = pod_plan_count(plan), i;
	const char *before = NULL;
	char sentence[4096];

	for (i = 0; i < n; i++) {
		const char *container = "";

		if (pod_plan_describe(plan, i, sentence, sizeof(sentence),
				&container) < 0)
			continue;
		if (!container)
			container = "";
		if (!before || strcmp(before, container) != 0)
			print_heading(pod, container);
		before = container;
		(void)printf("%4zu. ", i + 1);
		term_print(stdout, sentence);
		(void)fputc('\n', stdout);
	}
}

static int add_json(const struct cli *cli, const struct pod_plan *plan,
	json_t *list)
{
	struct pod_error err = { 0 };
	json_t *value = NULL;
	char *text = NULL;

	if (pod_plan_to_json(plan, &text, &err) < 0)
		return cli_fail(cli, &err);
	if (cli_parse_json(cli, text, &value) != CLI_DONE)
		return CLI_FAILED;
	if (json_array_append_new(list, value) == 0)
		return CLI_DONE;
	return cli_fail_with(cli, -ENOMEM, "plan", "print", "%s",
		"out of memory");
}

static int plan_one(const struct cli *cli, const struct pod_spec *spec,
	json_t *list)
{
	struct pod_plan *plan = NULL;
	struct pod_error err = { 0 };
	int status = CLI_DONE;

	if (pod_plan_preview(spec, &plan, &err) < 0)
		return cli_fail(cli, &err);
	if (list)
		status = add_json(cli, plan, list);
	else
		print_sentences(plan, pod_spec_name(spec));
	pod_plan_free(plan);
	return status;
}

static int plan_all(const struct cli *cli, const struct manifest *m)
{
	bool text = cli->output == CLI_TABLE;
	_cleanup_json_ json_t *list = text ? NULL : json_array();
	int status = CLI_DONE;
	size_t i;

	for (i = 0; i < m->count; i++) {
		if (text && i)
			(void)fputc('\n', stdout);
		if (plan_one(cli, m->specs[i], list) != CLI_DONE)
			status = CLI_FAILED;
	}
	if (text || status != CLI_DONE)
		return status;
	cli_print_json(cli, m->count == 1 ? json_array_get(list, 0) : list);
	return CLI_DONE;
}

static int plan(struct cli *cli, int argc, char **argv)
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
	if (!m.n_paths || cli->n_args)
		return cli_usage_error(cli, "-f FILE, please");
	status = manifest_load(cli, &m, flags);
	return status == CLI_DONE ? plan_all(cli, &m) : status;
}

const struct verb verb_plan = {
	.name = "plan",
	.synopsis = "-f FILE|- [--lenient] [-o json|yaml]",
	.summary = "print what create and start would do; needs no root",
	.options = options,
	.outputs = CLI_FACTS,
	.run = plan,
};
