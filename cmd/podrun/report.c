/* SPDX-License-Identifier: MIT */
/*
 * podrun/report.c - what is said, and to whom: results on standard output,
 * errors on standard error.
 *
 * Knows the two shapes of an error (a line with a hint, a JSON object) and
 * how an error becomes an exit status; knows nothing of verbs.
 */
#include "podrun/cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/term.h"
#include "common/yaml.h"

/* Text that is not UTF-8 has no place in JSON: its escaped form has. */
static json_t *json_text(const char *text)
{
	_cleanup_text_ char *escaped = NULL;
	json_t *value = json_string(text);

	if (value)
		return value;
	escaped = term_escaped(text);
	return escaped ? json_string(escaped) : NULL;
}

static void print_error_json(const struct pod_error *err, const char *hint)
{
	_cleanup_json_ json_t *root = json_pack("{s:{s:s, s:i, s:s, s:o*, "
		"s:o*, s:o*, s:o*, s:o*}}", "error",
		"code", pod_errno_name(err->code), "errno", -err->code,
		"stage", pod_stage_name(err->stage),
		"operation", json_text(err->operation),
		"container", json_text(err->container),
		"subject", json_text(err->subject),
		"message", json_text(err->message),
		"hint", json_text(hint));

	if (!root)
		return (void)fputs("podrun: out of memory\n", stderr);
	(void)json_dumpf(root, stderr, JSON_COMPACT);
	(void)fputc('\n', stderr);
}

static const char *hint_of(const struct pod_error *err)
{
	if (err->hint[0])
		return err->hint;
	if ((err->code == -EPERM || err->code == -EACCES) && geteuid() != 0)
		return "podrun needs root here: try sudo";
	return "";
}

int cli_fail(const struct cli *cli, const struct pod_error *err)
{
	const char *hint = hint_of(err);
	char line[4 * sizeof(*err)];

	(void)fflush(stdout);
	if (cli->output == CLI_JSON) {
		print_error_json(err, hint);
		return CLI_FAILED;
	}
	if (pod_error_format(err, line, sizeof(line)) < 0)
		(void)snprintf(line, sizeof(line), "failed (%s)",
			pod_errno_name(err->code));
	(void)fprintf(stderr, "podrun: %s\n", line);
	if (*hint) {
		(void)fputs("hint: ", stderr);
		term_print(stderr, hint);
		(void)fputc('\n', stderr);
	}
	return CLI_FAILED;
}

int cli_fail_with(const struct cli *cli, int code, const char *subject,
	const char *operation, const char *format, ...)
{
	struct pod_error err = { .code = code };
	va_list ap;

	(void)snprintf(err.subject, sizeof(err.subject), "%s", subject);
	(void)snprintf(err.operation, sizeof(err.operation), "%s", operation);
	va_start(ap, format);
	(void)vsnprintf(err.message, sizeof(err.message), format, ap);
	va_end(ap);
	return cli_fail(cli, &err);
}

static void print_problem_json(const struct pod_problem *p)
{
	_cleanup_json_ json_t *root = json_pack("{s:{s:s, s:o*, s:i, s:i, "
		"s:o*, s:o*}}", p->warning ? "warning" : "error",
		"stage", "manifest", "source", json_text(p->source),
		"line", (int)p->line, "column", (int)p->column,
		"field", json_text(p->field), "message", json_text(p->reason));

	if (!root)
		return (void)fputs("podrun: out of memory\n", stderr);
	(void)json_dumpf(root, stderr, JSON_COMPACT);
	(void)fputc('\n', stderr);
}

bool cli_print_problems(const struct cli *cli,
	const struct pod_problems *list)
{
	size_t n = list ? pod_problems_count(list) : 0, i;
	struct pod_problem p;
	bool failed = false;
	char line[4096];

	(void)fflush(stdout);
	for (i = 0; i < n; i++) {
		if (pod_problems_get(list, i, &p) < 0)
			continue;
		failed = failed || !p.warning;
		if (cli->output == CLI_JSON) {
			print_problem_json(&p);
			continue;
		}
		if (pod_problem_format(&p, line, sizeof(line)) < 0)
			continue;
		(void)fprintf(stderr, "%s%s\n", p.warning ? "warning: " : "",
			line);
	}
	return failed;
}

void cli_confirm(const struct cli *cli, const char *name, const char *uid,
	const char *action)
{
	if (cli->quiet)
		return;
	if (cli->output == CLI_JSON) {
		_cleanup_json_ json_t *root = json_pack("{s:s, s:o*, s:s, "
			"s:s}", "kind", "Pod", "name", json_text(name),
			"uid", uid, "action", action);

		if (!root)
			return (void)fputs("podrun: out of memory\n", stderr);
		(void)json_dumpf(root, stdout, JSON_COMPACT);
		(void)fputc('\n', stdout);
	} else {
		(void)fputs("pod/", stdout);
		term_print(stdout, name);
		if (cli->output != CLI_NAME)
			(void)printf(" %s", action);
		(void)fputc('\n', stdout);
	}
	(void)fflush(stdout);
}

int cli_launch_status(const struct pod_error *err)
{
	if (err->stage != POD_STAGE_EXEC)
		return CLI_SETUP_FAILED;
	return err->code == -ENOENT || err->code == -ENOTDIR
		? CLI_NOT_FOUND
		: CLI_NOT_EXECUTABLE;
}

void cli_print_json(const struct cli *cli, const json_t *value)
{
	/* On a terminal no C1 or bidi control may pass: jansson lets them. */
	size_t flags = JSON_INDENT(4) | (isatty(STDOUT_FILENO) ?
		JSON_ENSURE_ASCII : 0u);

	if (cli->output == CLI_YAML) {
		yaml_print(stdout, value);
		return;
	}
	(void)json_dumpf(value, stdout, flags);
	(void)fputc('\n', stdout);
}

int cli_parse_json(const struct cli *cli, char *text, json_t **ret)
{
	_cleanup_text_ char *owned = text;
	json_error_t error;

	*ret = json_loads(owned, 0, &error);
	if (*ret)
		return CLI_DONE;
	return cli_fail_with(cli, -EBADMSG, "the engine's answer", "read JSON",
		"%s at byte %d", error.text, error.position);
}

int cli_finish(const struct cli *cli, int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	if (errno != EPIPE)
		(void)cli_fail_with(cli, errno ? -errno : -EIO,
			"standard output", "write", "%s",
			strerror(errno ? errno : EIO));
	return status ? status : CLI_FAILED;
}
