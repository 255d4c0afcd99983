/* SPDX-License-Identifier: MIT */
/*
 * podrun/completion.c - `podrun completion`: scripts for bash, zsh and fish,
 * made from the table of verbs so that they cannot fall behind it.
 */
#include "podrun/verbs.h"

#include <stdio.h>
#include <string.h>

/* What completes one's operands; pods are asked for when it is needed. */
static const char *operand_words(const struct verb *verb)
{
	switch (verb->operands) {
	case CLI_PODS:
		return "$(podrun get -o name 2>/dev/null | cut -d/ -f2)";
	case CLI_SHELLS:
		return "bash zsh fish";
	case CLI_VERBS:
		return "$verbs";
	case CLI_NO_OPERANDS:
	default:
		return "";
	}
}

static void print_option_words(const struct cli_option *list)
{
	for (; list && list->id; list++)
		(void)printf(" --%s", list->name);
}

static void print_verb_words(void)
{
	const struct verb *const *verbs;
	size_t n, i;

	verbs = cli_verbs(&n);
	for (i = 0; i < n; i++)
		(void)printf("%s%s", i ? " " : "", verbs[i]->name);
	(void)fputs(" ps", stdout);
}

/* The body that bash and zsh (by bashcompinit) have in common. */
static void print_function(void)
{
	const struct verb *const *verbs;
	size_t n, i;

	(void)fputs("_podrun()\n{\n"
		"\tlocal cur=${COMP_WORDS[COMP_CWORD]}\n"
		"\tlocal prev=${COMP_WORDS[COMP_CWORD-1]}\n"
		"\tlocal verb= words= options= i verbs='", stdout);
	print_verb_words();
	(void)fputs("'\n"
		"\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
		"\t\tcase \" $verbs \" in\n"
		"\t\t*\" ${COMP_WORDS[i]} \"*) "
		"verb=${COMP_WORDS[i]}; break ;;\n"
		"\t\tesac\n\tdone\n"
		"\tcase $prev in\n"
		"\t-f|--filename) COMPREPLY=($(compgen -f -- \"$cur\")); "
		"return ;;\n"
		"\t-o|--output) COMPREPLY=($(compgen -W "
		"'table wide json yaml name' -- \"$cur\")); return ;;\n"
		"\tesac\n\tcase $verb in\n", stdout);
	verbs = cli_verbs(&n);
	for (i = 0; i < n; i++) {
		(void)printf("\t%s%s%s)\n\t\toptions='", verbs[i]->name,
			verbs[i]->alias ? "|" : "",
			verbs[i]->alias ? verbs[i]->alias : "");
		print_option_words(verbs[i]->options);
		(void)printf("'\n\t\t[[ $cur == -* ]] || words=\"%s\"\n"
			"\t\t;;\n", operand_words(verbs[i]));
	}
	(void)fputs("\t'') words=$verbs ;;\n\tesac\n"
		"\t[[ $cur == -* ]] && words=\"$options", stdout);
	print_option_words(cli_global_options);
	(void)fputs("\"\n\tCOMPREPLY=($(compgen -W \"$words\" -- "
		"\"$cur\"))\n}\n", stdout);
}

/* A string in single quotes, for fish. */
static void print_fish_text(const char *text)
{
	(void)fputc('\'', stdout);
	for (; *text; text++) {
		if (*text == '\'' || *text == '\\')
			(void)fputc('\\', stdout);
		(void)fputc(*text, stdout);
	}
	(void)fputc('\'', stdout);
}

static void print_fish_options(const struct cli_option *list,
	const char *condition)
{
	for (; list && list->id; list++) {
		(void)printf("complete -c podrun%s -l %s", condition,
			list->name);
		if (list->id < 256)
			(void)printf(" -s %c", list->id);
		if (list->value)
			(void)printf(" -%c",
				strcmp(list->value, "FILE") == 0 ? 'r' : 'x');
		(void)fputs(" -d ", stdout);
		print_fish_text(list->help);
		(void)fputc('\n', stdout);
	}
}

static void print_fish_verb(const struct verb *verb)
{
	char condition[128];

	(void)printf("complete -c podrun -n __fish_use_subcommand -a %s -d ",
		verb->name);
	print_fish_text(verb->summary);
	(void)fputc('\n', stdout);
	(void)snprintf(condition, sizeof(condition),
		" -n '__fish_seen_subcommand_from %s%s%s'", verb->name,
		verb->alias ? " " : "", verb->alias ? verb->alias : "");
	if (verb->operands == CLI_PODS)
		(void)printf("complete -c podrun%s -a "
			"'(podrun get -o name 2>/dev/null "
			"| string replace pod/ \"\")'\n", condition);
	if (verb->operands == CLI_SHELLS)
		(void)printf("complete -c podrun%s -a 'bash zsh fish'\n",
			condition);
	print_fish_options(verb->options, condition);
}

static void print_fish(void)
{
	const struct verb *const *verbs;
	size_t n, i;

	(void)puts("# podrun completion for fish\ncomplete -c podrun -f");
	verbs = cli_verbs(&n);
	for (i = 0; i < n; i++)
		print_fish_verb(verbs[i]);
	print_fish_options(cli_global_options, "");
}

static int completion(struct cli *cli, int argc, char **argv)
{
	const char *shell;

	if (cli_next(cli, argc, argv) < 0)
		return cli->status;
	if (cli->n_args != 1)
		return cli_usage_error(cli, "bash, zsh or fish?");
	shell = cli->args[0];
	if (strcmp(shell, "bash") == 0) {
		(void)puts("# podrun completion for bash");
		print_function();
		(void)puts("complete -F _podrun podrun");
	} else if (strcmp(shell, "zsh") == 0) {
		(void)puts("#compdef podrun\n"
			"autoload -U +X bashcompinit && bashcompinit");
		print_function();
		(void)puts("complete -F _podrun podrun");
	} else if (strcmp(shell, "fish") == 0) {
		print_fish();
	} else {
		return cli_usage_error(cli, "no completion for \"%s\"", shell);
	}
	return CLI_DONE;
}

const struct verb verb_completion = {
	.name = "completion",
	.synopsis = "bash|zsh|fish",
	.summary = "print the completion script of a shell",
	.details = "For example: source <(podrun completion bash)",
	.outputs = CLI_PLAIN,
	.operands = CLI_SHELLS,
	.run = completion,
};
