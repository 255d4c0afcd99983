/* SPDX-License-Identifier: MIT */
/*
 * podrun/options.c - the command line.
 *
 * Knows getopt_long and the options that every verb takes; knows nothing of
 * what a verb does. Options and operands may be mixed, "--" ends the options,
 * and the last of two wins.
 */
#include "podrun/cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "common/term.h"

enum { ROOT = 1000, RUN, CGROUP_PARENT, POD_CIDR };

const struct cli_option cli_global_options[] = {
	{ 'n', "namespace", "NS", "namespace of the pods (default)" },
	{ 'o', "output", "FORMAT", "table, wide, json, yaml or name" },
	{ 'q', "quiet", NULL, "say less" },
	{ 'v', "verbose", NULL, "say more" },
	{ 'h', "help", NULL, "explain the command" },
	{ ROOT, "root", "DIR", "images and volumes (/var/lib/podrun)" },
	{ RUN, "run", "DIR", "state and sockets (/run/podrun)" },
	{ CGROUP_PARENT, "cgroup-parent", "PATH",
		"cgroup v2 directory for the pods" },
	{ POD_CIDR, "pod-cidr", "CIDR[,CIDR6]", "addresses of the pods" },
	{ 0, NULL, NULL, NULL },
};

/* A variable that is set but empty counts as not set. */
static const char *environment(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

void cli_init(struct cli *cli)
{
	memset(cli, 0, sizeof(*cli));
	cli->node_options.size = sizeof(cli->node_options);
	cli->node_options.root_dir = environment("PODRUN_ROOT");
	cli->node_options.run_dir = environment("PODRUN_RUN");
	cli->node_options.cgroup_parent = environment("PODRUN_CGROUP_PARENT");
	cli->node_options.pod_cidr = environment("PODRUN_POD_CIDR");
	cli->node_options.namespace_ = "default";
}

void cli_done(struct cli *cli)
{
	pod_node_free(cli->node);
	free(cli->args);
	cli->node = NULL;
	cli->args = NULL;
}

static void prepare_options(struct cli *cli, const struct cli_option *list,
	size_t *letter, size_t *name)
{
	const size_t letters = sizeof(cli->letters) - 3;
	const size_t names = sizeof(cli->names) / sizeof(cli->names[0]) - 1;

	for (; list && list->id && *name < names; list++) {
		struct option *o = &cli->names[(*name)++];

		o->name = list->name;
		o->has_arg = list->value ? required_argument
					 : optional_argument;
		o->val = list->id;
		if (list->id < 256 && *letter < letters) {
			cli->letters[(*letter)++] = (char)list->id;
			if (list->value)
				cli->letters[(*letter)++] = ':';
		}
	}
}

/* glibc: '-' returns operands in their order, ':' tells a missing value. */
static bool prepare(struct cli *cli, int argc)
{
	size_t letter = 2, name = 0;

	memset(cli->letters, 0, sizeof(cli->letters));
	memset(cli->names, 0, sizeof(cli->names));
	cli->letters[0] = '-';
	cli->letters[1] = ':';
	prepare_options(cli, cli->verb ? cli->verb->options : NULL, &letter,
		&name);
	prepare_options(cli, cli_global_options, &letter, &name);
	cli->args = calloc((size_t)argc + 1, sizeof(*cli->args));
	cli->n_args = 0;
	cli->prepared = true;
	opterr = 0;
	optind = 0;
	return cli->args;
}

int cli_usage_error(const struct cli *cli, const char *format, ...)
{
	char text[512], escaped[1024];
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	if (n < 0)
		text[0] = '\0';
	(void)term_escape(escaped, sizeof(escaped), text, strlen(text));
	(void)fprintf(stderr, "podrun: %s%s%s\n",
		cli->verb ? cli->verb->name : "", cli->verb ? ": " : "",
		escaped);
	cli_print_usage(stderr, cli->verb);
	return CLI_USAGE;
}

static int stop(struct cli *cli, int status)
{
	cli->status = status;
	return -1;
}

static int set_output(struct cli *cli, const char *text)
{
	static const char *const names[] = { [CLI_TABLE] = "table",
		[CLI_WIDE] = "wide", [CLI_JSON] = "json",
		[CLI_YAML] = "yaml", [CLI_NAME] = "name" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(text, names[i]) != 0)
			continue;
		cli->output = (enum cli_output)i;
		return 0;
	}
	return stop(cli, cli_usage_error(cli, "-o takes table, wide, json, "
		"yaml or name, not \"%s\"", text));
}

static int parse_switch(struct cli *cli, const char *text)
{
	cli->on = true;
	if (!text || strcmp(text, "true") == 0 || strcmp(text, "1") == 0)
		return 0;
	cli->on = false;
	if (strcmp(text, "false") == 0 || strcmp(text, "0") == 0)
		return 0;
	return stop(cli, cli_usage_error(cli,
		"a switch takes true or false, not \"%s\"", text));
}

/* 1: it was a global option; 0: it is the verb's; negative: the end. */
static int take_global(struct cli *cli, int id)
{
	switch (id) {
	case 'n':
		cli->node_options.namespace_ = optarg;
		cli->namespace_given = true;
		return 1;
	case 'o':
		return set_output(cli, optarg) < 0 ? -1 : 1;
	case 'q':
		cli->quiet = cli->on;
		return 1;
	case 'v':
		cli->verbose = cli->on;
		return 1;
	case 'h':
		cli_print_help(cli->verb);
		return stop(cli, cli_finish(cli, CLI_DONE));
	case ROOT:
		cli->node_options.root_dir = optarg;
		return 1;
	case RUN:
		cli->node_options.run_dir = optarg;
		return 1;
	case CGROUP_PARENT:
		cli->node_options.cgroup_parent = optarg;
		return 1;
	case POD_CIDR:
		cli->node_options.pod_cidr = optarg;
		return 1;
	default:
		return 0;
	}
}

static int refuse_option(struct cli *cli, int why, char **argv)
{
	const char *what = why == ':' ? "needs a value" : "is unknown";

	if (optopt > 0 && optopt < 256)
		return stop(cli, cli_usage_error(cli, "option -%c %s", optopt,
			what));
	return stop(cli,
		cli_usage_error(cli, "option %s %s", argv[optind - 1], what));
}

static bool is_switch(const struct cli *cli, int id)
{
	const struct option *o;

	for (o = cli->names; o->name; o++)
		if (o->val == id)
			return o->has_arg == optional_argument;
	return false;
}

/* The end of the options: check what can only be checked now. */
static int finish(struct cli *cli, int argc, char **argv)
{
	while (optind < argc)
		cli->args[cli->n_args++] = argv[optind++];
	if (!cli->verb || cli->verb->outputs & CLI_BIT(cli->output))
		return 0;
	return stop(cli, cli_usage_error(cli, "no such output format here"));
}

int cli_next(struct cli *cli, int argc, char **argv)
{
	int id, r;

	if (!cli->prepared && !prepare(cli, argc))
		return stop(cli, cli_fail_with(cli, -ENOMEM, "command line",
			"read", "%s", "out of memory"));
	for (;;) {
		id = getopt_long(argc, argv, cli->letters, cli->names, NULL);
		if (id == -1)
			return finish(cli, argc, argv);
		if (id == 1) {
			cli->args[cli->n_args++] = optarg;
			if (cli->n_args == cli->stop_after)
				return finish(cli, argc, argv);
			continue;
		}
		if (id == '?' || id == ':')
			return refuse_option(cli, id, argv);
		cli->value = optarg;
		if (is_switch(cli, id) && parse_switch(cli, optarg) < 0)
			return -1;
		r = take_global(cli, id);
		if (r < 0)
			return r;
		if (r == 0)
			return id;
	}
}

int cli_parse_number(const char *text, long long lowest, long long highest,
	long long *ret)
{
	long long n;
	char *end;

	errno = 0;
	n = strtoll(text, &end, 10);
	if (errno || end == text || *end || n < lowest || n > highest)
		return -EINVAL;
	*ret = n;
	return 0;
}

void cli_skip_kind(struct cli *cli)
{
	static const char *const words[] = { "pod", "pods", "po" };
	size_t i;

	for (i = 0; cli->n_args && i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(cli->args[0], words[i]) != 0)
			continue;
		cli->n_args--;
		memmove(cli->args, cli->args + 1,
			(size_t)cli->n_args * sizeof(*cli->args));
		return;
	}
}

const char *cli_ref(const char *text)
{
	static const char *const kinds[] = { "pod/", "pods/", "po/" };
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strncmp(text, kinds[i], strlen(kinds[i])) == 0)
			return text + strlen(kinds[i]);
	return text;
}
