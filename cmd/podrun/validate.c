/* SPDX-License-Identifier: MIT */
/*
 * podrun/validate.c - `podrun validate`: a manifest's errors, all of them.
 */
#include "podrun/verbs.h"

#include <errno.h>

#include "common/term.h"

static const struct cli_option options[] = {
	{ 'f', "filename", "FILE", "manifest, - is standard input" },
	{ CLI_OPT_LENIENT, "lenient", NULL,
		"warn of unsupported fields instead of refusing them" },
	{ 0, NULL, NULL, NULL },
};

static void print_valid(const struct cli *cli, const struct manifest *m)
{
	size_t i;

	for (i = 0; i < m->count && !cli->quiet; i++) {
		if (cli->output == CLI_NAME) {
			(void)fputs("pod/", stdout);
			term_print(stdout, pod_spec_name(m->specs[i]));
			(void)fputc('\n', stdout);
			continue;
		}
		term_print(stdout, m->sources[i]);
		(void)fputs(": pod/", stdout);
		term_print(stdout, pod_spec_name(m->specs[i]));
		(void)fputs(" is valid\n", stdout);
	}
}

/* The pods as they are understood. */
static int print_objects(const struct cli *cli, const struct manifest *m)
{
	_cleanup_json_ json_t *list = json_array();
	size_t i;

	for (i = 0; i < m->count; i++) {
		struct pod_error err = { 0 };
		json_t *value = NULL;
		char *text = NULL;

		if (pod_spec_to_json(m->specs[i], &text, &err) < 0)
			return cli_fail(cli, &err);
		if (cli_parse_json(cli, text, &value) != CLI_DONE)
			return CLI_FAILED;
		if (json_array_append_new(list, value) < 0)
			return cli_fail_with(cli, -ENOMEM, m->sources[i],
				"validate", "%s", "out of memory");
	}
	cli_print_json(cli,
		m->count == 1 ? json_array_get(list, 0) : list);
	return CLI_DONE;
}

static int validate(struct cli *cli, int argc, char **argv)
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
	if (status != CLI_DONE)
		return status;
	if (cli->output == CLI_JSON || cli->output == CLI_YAML)
		return print_objects(cli, &m);
	print_valid(cli, &m);
	return CLI_DONE;
}

const struct verb verb_validate = {
	.name = "validate",
	.synopsis = "-f FILE|- [--lenient]",
	.summary = "check manifests; needs no root",
	.details = "-o json and -o yaml print the pods as they are "
		"understood.",
	.options = options,
	.outputs = CLI_FACTS | CLI_BIT(CLI_NAME),
	.run = validate,
};
