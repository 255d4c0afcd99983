/* SPDX-License-Identifier: MIT */
/*
 * podrun/cli.h - one run of podrun: its options, its verb, its reports.
 *
 * A verb is one file with one `const struct verb`; main.c lists them. Every
 * function that ends a command returns its exit status.
 */
#ifndef PODRUN_CLI_H
#define PODRUN_CLI_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>
#include <pod/pod.h>

enum cli_status { CLI_DONE = 0, CLI_FAILED = 1, CLI_USAGE = 2,
	CLI_SETUP_FAILED = 125, CLI_NOT_EXECUTABLE = 126, CLI_NOT_FOUND = 127 };

enum cli_output { CLI_TABLE = 0, CLI_WIDE, CLI_JSON, CLI_YAML, CLI_NAME };
#define CLI_BIT(output) (1u << (output))
/* -o json is taken everywhere: it shapes the errors, too. */
#define CLI_PLAIN (CLI_BIT(CLI_TABLE) | CLI_BIT(CLI_JSON))
#define CLI_NAMES (CLI_PLAIN | CLI_BIT(CLI_NAME))
#define CLI_FACTS (CLI_PLAIN | CLI_BIT(CLI_YAML))
#define CLI_ALL (CLI_FACTS | CLI_BIT(CLI_WIDE) | CLI_BIT(CLI_NAME))

/* What stands after a verb's operands, for completion. */
enum cli_operands { CLI_NO_OPERANDS = 0, CLI_PODS, CLI_VERBS, CLI_SHELLS };

struct cli_option {
	int id;			/* its short letter, or from 256 on */
	const char *name;
	const char *value;	/* what it takes, NULL: a switch */
	const char *help;
};

/* Ids of options without a letter; each verb picks its own from here. */
enum cli_option_id {
	CLI_OPT_RM = 256, CLI_OPT_WAIT, CLI_OPT_IMAGE, CLI_OPT_ENV,
	CLI_OPT_PORT, CLI_OPT_RESTART, CLI_OPT_LENIENT, CLI_OPT_GRACE,
	CLI_OPT_NOW, CLI_OPT_FORCE, CLI_OPT_ALL, CLI_OPT_IGNORE_MISSING,
	CLI_OPT_ALL_CONTAINERS, CLI_OPT_TAIL, CLI_OPT_SINCE,
	CLI_OPT_TIMESTAMPS, CLI_OPT_FOR, CLI_OPT_TIMEOUT, CLI_OPT_CHECK,
};

struct cli;

struct verb {
	const char *name, *alias;
	const char *synopsis;		/* what follows the name */
	const char *summary;		/* one line */
	const char *details;		/* for --help; may be NULL */
	const struct cli_option *options; /* ends with id 0; may be NULL */
	unsigned int outputs;		/* CLI_BIT of each */
	bool needs_root;
	enum cli_operands operands;
	int (*run)(struct cli *cli, int argc, char **argv);
};

struct cli {
	const struct verb *verb;	/* NULL before it is known */
	struct pod_node_options node_options;
	enum cli_output output;
	bool namespace_given, quiet, verbose;
	/* what the options left over */
	char **args;
	int n_args;
	int stop_after;		/* operands, the rest is not ours; 0: none */
	/* the option that cli_next() returned */
	const char *value;
	bool on;
	int status;		/* why cli_next() ended the command */
	/* of getopt_long() */
	bool prepared;
	char letters[96];
	struct option names[48];
	struct pod_node *node;
};

/* main.c */
const struct verb *const *cli_verbs(size_t *ret_count);
const struct verb *cli_find_verb(const char *name);

/* options.c - the command line */
extern const struct cli_option cli_global_options[];
void cli_init(struct cli *cli);
void cli_done(struct cli *cli);
/*
 * The verb's next option: its id, with cli->value or, for a switch,
 * cli->on. Global options are dealt with here. 0: the end, operands are in
 * cli->args. Negative: end the command with cli->status.
 */
int cli_next(struct cli *cli, int argc, char **argv);
/* Complain, print the usage line; CLI_USAGE. */
int cli_usage_error(const struct cli *cli, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* A whole number from an option's value; -EINVAL. */
int cli_parse_number(const char *text, long long lowest, long long highest,
	long long *ret);
/* If the first operand is the word "pod" or "pods", drop it. */
void cli_skip_kind(struct cli *cli);
/* "pod/NAME" -> "NAME" */
const char *cli_ref(const char *text);

/* help.c */
void cli_print_usage(FILE *f, const struct verb *verb);
void cli_print_help(const struct verb *verb);

/* report.c - what is said, and to whom */
/* An error and its hint on standard error; CLI_FAILED. */
int cli_fail(const struct cli *cli, const struct pod_error *err);
/* The same for an error of our own. */
int cli_fail_with(const struct cli *cli, int code, const char *subject,
	const char *operation, const char *format, ...)
	__attribute__((format(printf, 5, 6)));
/* Every finding; true if one is an error. */
bool cli_print_problems(const struct cli *cli,
	const struct pod_problems *list);
/* "pod/NAME ACTION" in the chosen output. */
void cli_confirm(const struct cli *cli, const char *name, const char *uid,
	const char *action);
/* A process that could not be started: 125, 126 or 127. */
int cli_launch_status(const struct pod_error *err);
/* A JSON value in the chosen output (-o yaml or json). */
void cli_print_json(const struct cli *cli, const json_t *value);
/* JSON text from the library, as a value; takes the text. CLI status. */
int cli_parse_json(const struct cli *cli, char *text, json_t **ret);
/* Flush standard output; CLI_FAILED if it could not be written. */
int cli_finish(const struct cli *cli, int status);

/* node.c - the pods of this machine */
/* Open them as the options say. A CLI status. */
int cli_open_node(struct cli *cli);
/* pod_node_get() that reports its failure; NULL. */
struct pod_status *cli_get(const struct cli *cli, const char *ref);
/* The object as JSON value, reported; NULL. */
json_t *cli_get_object(const struct cli *cli, const char *ref);
struct pod_list {
	struct pod_status **items;
	size_t count;
};
/* All of the namespace, or of all (everywhere). A CLI status. */
int cli_list(const struct cli *cli, bool everywhere, struct pod_list *ret);
void cli_list_done(struct pod_list *list);
#define _cleanup_list_ __attribute__((cleanup(cli_list_done)))
/* "No resources found in NS namespace." */
void cli_print_empty(const struct cli *cli, bool everywhere);
/* True once the pod can never run again. */
bool cli_has_ended(const struct pod_status *status);

/* manifest.c - specs from -f */
struct manifest {
	const char **paths;
	size_t n_paths;
	struct pod_spec **specs;
	const char **sources;	/* of each spec */
	size_t count;
};
/* Remember a -f; false without memory. */
bool manifest_add(struct manifest *m, const char *path);
/* Read them all; every error is printed. A CLI status. */
int manifest_load(const struct cli *cli, struct manifest *m,
	unsigned int flags);
void manifest_done(struct manifest *m);
#define _cleanup_manifest_ __attribute__((cleanup(manifest_done)))

static inline void cli_free_status(struct pod_status **status)
{
	pod_status_free(*status);
}
static inline void cli_free_text(char **text)
{
	free(*text);
}
static inline void cli_free_json(json_t **value)
{
	json_decref(*value);
}
#define _cleanup_status_ __attribute__((cleanup(cli_free_status)))
#define _cleanup_text_ __attribute__((cleanup(cli_free_text)))
#define _cleanup_json_ __attribute__((cleanup(cli_free_json)))

#endif
