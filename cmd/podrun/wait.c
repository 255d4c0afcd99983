/* SPDX-License-Identifier: MIT */
/*
 * podrun/wait.c - `podrun wait`: block until a condition, a phase, the end.
 *
 * Knows the forms of --for; the changes are announced by the supervisor.
 */
#include "podrun/verbs.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <strings.h>

#include "common/term.h"
#include "common/when.h"

static const struct cli_option options[] = {
	{ CLI_OPT_FOR, "for", "WHAT",
		"condition=TYPE[=STATUS], delete or phase=PHASE" },
	{ CLI_OPT_TIMEOUT, "timeout", "DURATION",
		"30s, 2m (30s); 0 looks once, below 0 waits for ever" },
	{ 0, NULL, NULL, NULL },
};

enum goal_kind { GOAL_NONE = 0, GOAL_CONDITION, GOAL_DELETE, GOAL_PHASE };

struct goal {
	enum goal_kind kind;
	char type[64];
	const char *value;	/* of the condition, or the phase */
	int64_t end_usec;	/* monotonic; -1: never */
};

static bool parse_goal(const char *text, struct goal *g)
{
	const char *equal;
	size_t len;

	if (strcmp(text, "delete") == 0) {
		g->kind = GOAL_DELETE;
		return true;
	}
	if (strncmp(text, "phase=", 6) == 0) {
		g->kind = GOAL_PHASE;
		g->value = text + 6;
		return *g->value;
	}
	if (strncmp(text, "condition=", 10) != 0)
		return false;
	text += 10;
	equal = strchrnul(text, '=');
	len = (size_t)(equal - text);
	if (!len || len >= sizeof(g->type))
		return false;
	memcpy(g->type, text, len);
	g->type[len] = '\0';
	g->kind = GOAL_CONDITION;
	g->value = *equal ? equal + 1 : "True";
	return *g->value;
}

static bool has_condition(const json_t *object, const struct goal *g)
{
	const json_t *list = json_object_get(
		json_object_get(object, "status"), "conditions");
	size_t i;

	for (i = 0; i < json_array_size(list); i++) {
		const json_t *c = json_array_get(list, i);
		const char *type =
			json_string_value(json_object_get(c, "type"));
		const char *status =
			json_string_value(json_object_get(c, "status"));

		if (type && status && strcasecmp(type, g->type) == 0)
			return strcasecmp(status, g->value) == 0;
	}
	return false;
}

/* 1: reached, 0: not yet, -errno. */
static int is_reached(const struct cli *cli, const char *uid,
	const struct goal *g, struct pod_error *err)
{
	_cleanup_status_ struct pod_status *status = NULL;
	_cleanup_json_ json_t *object = NULL;
	char *text = NULL;
	int r;

	if (g->kind == GOAL_CONDITION) {
		r = pod_node_get_json(cli->node, uid, &text, err);
		if (r < 0)
			return r;
		if (cli_parse_json(cli, text, &object) != CLI_DONE)
			return -EBADMSG;
		return has_condition(object, g);
	}
	r = pod_node_get(cli->node, uid, &status, err);
	if (g->kind == GOAL_DELETE)
		return r == -ENOENT ? 1 : r < 0 ? r : 0;
	if (r < 0)
		return r;
	return strcasecmp(pod_phase_name(status->phase), g->value) == 0;
}

static int left_ms(const struct goal *g)
{
	int64_t left;

	if (g->end_usec < 0)
		return -1;
	left = (g->end_usec - when_monotonic_usec() + 999) / 1000;
	if (left <= 0)
		return 0;
	return left > INT_MAX ? INT_MAX : (int)left;
}

static void print_met(const struct cli *cli, const char *name)
{
	if (!cli->quiet) {
		(void)fputs("pod/", stdout);
		term_print(stdout, name);
		(void)puts(cli->output == CLI_NAME ? "" : " condition met");
	}
}

static int print_timeout(const char *name)
{
	(void)fflush(stdout);
	(void)fputs("error: timed out waiting for the condition on pods/",
		stderr);
	term_print(stderr, name);
	(void)fputc('\n', stderr);
	return CLI_FAILED;
}

/* By UID, so that a new pod of the same name is not taken for this one. */
static int wait_for(const struct cli *cli, const struct pod_status *pod,
	const struct goal *g)
{
	int r, timeout_ms;

	for (;;) {
		struct pod_error err = { 0 };

		r = is_reached(cli, pod->uid, g, &err);
		if (r > 0) {
			print_met(cli, pod->name);
			return CLI_DONE;
		}
		if (r < 0 && err.code)
			return cli_fail(cli, &err);
		if (r < 0)
			return CLI_FAILED;
		timeout_ms = left_ms(g);
		if (timeout_ms == 0)
			return print_timeout(pod->name);
		r = pod_node_watch(cli->node, pod->uid, timeout_ms, &err);
		/* Gone, or its supervisor is: the next look tells. */
		if (r == -EPIPE && g->kind != GOAL_DELETE)
			return cli_fail(cli, &err);
		if (r < 0 && r != -ENOENT && r != -EPIPE)
			return cli_fail(cli, &err);
	}
}

static int wait_one(const struct cli *cli, const char *ref,
	const struct goal *g)
{
	_cleanup_status_ struct pod_status *status = NULL;
	struct pod_error err = { 0 };
	int r;

	r = pod_node_get(cli->node, cli_ref(ref), &status, &err);
	if (r == -ENOENT && g->kind == GOAL_DELETE) {
		print_met(cli, cli_ref(ref));
		return CLI_DONE;
	}
	if (r < 0)
		return cli_fail(cli, &err);
	return wait_for(cli, status, g);
}

static int wait_all(struct cli *cli, const struct goal *g)
{
	int status = CLI_DONE, i;

	if (cli_open_node(cli) != CLI_DONE)
		return CLI_FAILED;
	for (i = 0; i < cli->n_args; i++)
		if (wait_one(cli, cli->args[i], g) != CLI_DONE)
			status = CLI_FAILED;
	return status;
}

static int wait_verb(struct cli *cli, int argc, char **argv)
{
	struct goal g = { 0 };
	int64_t timeout_usec = 30 * 1000000;
	int option;

	while ((option = cli_next(cli, argc, argv)) > 0) {
		if (option == CLI_OPT_FOR && !parse_goal(cli->value, &g))
			return cli_usage_error(cli, "--for takes "
				"condition=TYPE[=STATUS], delete or "
				"phase=PHASE, not \"%s\"", cli->value);
		if (option == CLI_OPT_TIMEOUT &&
			when_parse_duration(cli->value, &timeout_usec) < 0)
			return cli_usage_error(cli,
				"\"%s\" is not a duration", cli->value);
	}
	if (option < 0)
		return cli->status;
	cli_skip_kind(cli);
	if (!cli->n_args)
		return cli_usage_error(cli, "NAME is missing");
	if (g.kind == GOAL_NONE)
		return cli_usage_error(cli, "--for WHAT is missing");
	g.end_usec = timeout_usec < 0 ? -1
				      : when_monotonic_usec() + timeout_usec;
	return wait_all(cli, &g);
}

const struct verb verb_wait = {
	.name = "wait",
	.synopsis = "NAME... --for=condition=TYPE[=STATUS]|delete|phase=PHASE "
		"[--timeout D]",
	.summary = "block until pods reach a condition",
	.options = options,
	.outputs = CLI_NAMES,
	.operands = CLI_PODS,
	.run = wait_verb,
};
