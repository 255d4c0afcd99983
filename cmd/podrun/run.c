/* SPDX-License-Identifier: MIT */
/*
 * podrun/run.c - `podrun run`: create and start, from manifests or flags.
 *
 * Knows how flags become a spec and how a pod's end becomes an exit status.
 */
#include "podrun/interrupt.h"
#include "podrun/verbs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct cli_option options[] = {
	{ 'f', "filename", "FILE", "manifest, - is standard input" },
	{ CLI_OPT_IMAGE, "image", "REF", "image of the one container" },
	{ CLI_OPT_ENV, "env", "K=V", "variable of its environment" },
	{ CLI_OPT_PORT, "port", "N[/PROTO]", "port that it serves" },
	{ 'l', "labels", "K=V,...", "labels of the pod" },
	{ CLI_OPT_RESTART, "restart", "POLICY",
		"Always, OnFailure or Never (Always; with --rm or --wait "
		"Never)" },
	{ CLI_OPT_RM, "rm", NULL, "remove the pod when it has ended" },
	{ CLI_OPT_WAIT, "wait", NULL, "wait, exit with the pod's status" },
	{ CLI_OPT_LENIENT, "lenient", NULL,
		"warn of unsupported fields instead of refusing them" },
	{ 'i', "stdin", NULL, "not available in this version" },
	{ 't', "tty", NULL, "not available in this version" },
	{ 0, NULL, NULL, NULL },
};

struct run_options {
	struct manifest manifest;
	const char *image, *restart;
	const char **env, **ports, **labels;
	size_t n_env, n_ports, n_labels;
	unsigned int load_flags;
	bool remove, wait, terminal;
};

static void run_options_done(struct run_options *o)
{
	manifest_done(&o->manifest);
	free(o->env);
	free(o->ports);
	free(o->labels);
}

static bool keep(const char ***list, size_t *count, const char *value)
{
	const char **all = reallocarray(*list, *count + 1, sizeof(*all));

	if (!all)
		return false;
	*list = all;
	all[(*count)++] = value;
	return true;
}

static bool take_option(const struct cli *cli, int option,
	struct run_options *o)
{
	switch (option) {
	case 'f':
		return manifest_add(&o->manifest, cli->value);
	case CLI_OPT_ENV:
		return keep(&o->env, &o->n_env, cli->value);
	case CLI_OPT_PORT:
		return keep(&o->ports, &o->n_ports, cli->value);
	case 'l':
		return keep(&o->labels, &o->n_labels, cli->value);
	case CLI_OPT_IMAGE:
		o->image = cli->value;
		return true;
	case CLI_OPT_RESTART:
		o->restart = cli->value;
		return true;
	case CLI_OPT_RM:
		o->remove = cli->on;
		return true;
	case CLI_OPT_WAIT:
		o->wait = cli->on;
		return true;
	case CLI_OPT_LENIENT:
		o->load_flags = cli->on ? POD_SPEC_LENIENT : 0;
		return true;
	default:
		o->terminal = o->terminal || cli->on;
		return true;
	}
}

static int refuse(const struct cli *cli, int code, const char *what,
	const char *value)
{
	return cli_fail_with(cli, code, value, what, "%s",
		code == -EINVAL ? "not a valid value" : strerror(-code));
}

/* Calls add(spec, K, V) for "K=V". */
static int add_pair(struct pod_spec *spec, const char *container,
	const char *pair)
{
	const char *equal = strchr(pair, '=');
	char *key;
	int r;

	if (!equal || equal == pair)
		return -EINVAL;
	key = strndup(pair, (size_t)(equal - pair));
	if (!key)
		return -ENOMEM;
	r = container ? pod_spec_add_env(spec, container, key, equal + 1)
		      : pod_spec_add_label(spec, key, equal + 1);
	free(key);
	return r;
}

static int add_labels(struct pod_spec *spec, const char *list)
{
	char *copy = strdup(list), *save = NULL, *word;
	int r = copy ? 0 : -ENOMEM;

	for (word = copy ? strtok_r(copy, ",", &save) : NULL; word && r >= 0;
		word = strtok_r(NULL, ",", &save))
		r = add_pair(spec, NULL, word);
	free(copy);
	return r;
}

static int add_port(struct pod_spec *spec, const char *container,
	const char *text)
{
	char number[8] = "";
	const char *slash = strchrnul(text, '/');
	const char *protocol = *slash ? slash + 1 : "TCP";
	long long port;

	if ((size_t)(slash - text) >= sizeof(number))
		return -EINVAL;
	memcpy(number, text, (size_t)(slash - text));
	if (cli_parse_number(number, 1, 65535, &port) < 0)
		return -EINVAL;
	return pod_spec_add_port(spec, container, NULL, (unsigned int)port,
		strcasecmp(protocol, "udp") == 0	  ? "UDP"
			: strcasecmp(protocol, "tcp") == 0 ? "TCP"
							   : protocol);
}

/* The lists of options, each value with its own complaint. */
static int fill_spec(const struct cli *cli, const struct run_options *o,
	struct pod_spec *spec, const char *name)
{
	size_t i;
	int r;

	for (i = 0; i < o->n_env; i++) {
		r = add_pair(spec, name, o->env[i]);
		if (r < 0)
			return refuse(cli, r, "--env", o->env[i]);
	}
	for (i = 0; i < o->n_ports; i++) {
		r = add_port(spec, name, o->ports[i]);
		if (r < 0)
			return refuse(cli, r, "--port", o->ports[i]);
	}
	for (i = 0; i < o->n_labels; i++) {
		r = add_labels(spec, o->labels[i]);
		if (r < 0)
			return refuse(cli, r, "--labels", o->labels[i]);
	}
	return CLI_DONE;
}

static const char *restart_policy(const struct run_options *o)
{
	if (o->restart)
		return o->restart;
	/* A pod that always restarts never ends: not what these ask for. */
	return o->remove || o->wait ? "Never" : "Always";
}

static int validate_spec(const struct cli *cli, struct pod_spec *spec)
{
	struct pod_problems *problems = NULL;
	struct pod_error err = { 0 };
	int r = pod_spec_validate(spec, &problems, &err);

	if (!cli_print_problems(cli, problems) && r < 0)
		(void)cli_fail(cli, &err);
	pod_problems_free(problems);
	return r < 0 ? CLI_FAILED : CLI_DONE;
}

/* A pod of one container from the command line, into the manifest. */
static int build_spec(const struct cli *cli, struct run_options *o)
{
	/* NAME, then the program's arguments, NULL-terminated by calloc */
	const char *name = cli_ref(cli->args[0]);
	const char *const *argv = (const char *const *)cli->args + 1;
	struct manifest *m = &o->manifest;
	struct pod_error err = { 0 };
	struct pod_spec *spec;
	int r;

	m->specs = calloc(1, sizeof(struct pod_spec *));
	if (!m->specs)
		return refuse(cli, -ENOMEM, "run", name);
	if (pod_spec_new(name, &m->specs[0], &err) < 0)
		return cli_fail(cli, &err);
	m->count = 1;
	spec = m->specs[0];
	r = pod_spec_set_namespace(spec, cli->node_options.namespace_);
	if (r < 0)
		return refuse(cli, r, "--namespace",
			cli->node_options.namespace_);
	r = pod_spec_set_restart_policy(spec, restart_policy(o));
	if (r < 0)
		return refuse(cli, r, "--restart", restart_policy(o));
	r = pod_spec_add_container(spec, "container", name, o->image,
		cli->n_args > 1 ? argv : NULL);
	if (r < 0)
		return refuse(cli, r, "add container", name);
	/* kubectl run gives this label, and -l run=NAME is a habit */
	if (!o->n_labels && pod_spec_add_label(spec, "run", name) < 0)
		return refuse(cli, -EINVAL, "add label", name);
	r = fill_spec(cli, o, spec, name);
	return r == CLI_DONE ? validate_spec(cli, spec) : r;
}

/* -EINTR only for a signal of ours. */
static int wait_for(const struct launched_pod *pod, int *ret_code,
	struct pod_error *err)
{
	int r;

	do {
		memset(err, 0, sizeof(*err));
		r = interrupt_signal() ? -EINTR :
			pod_node_wait(pod->node, pod->uid, ret_code, err);
	} while (r == -EINTR && !interrupt_signal());
	return r;
}

/* Each pod to its end; the first status that is not 0, or -EINTR. */
static int wait_for_all(const struct cli *cli, const struct launched *pods)
{
	int status = CLI_DONE;
	size_t i;

	for (i = 0; i < pods->count; i++) {
		struct pod_error err = { 0 };
		int code = 0, r;

		r = wait_for(&pods->pods[i], &code, &err);
		if (r < 0 && interrupt_signal())
			return -EINTR;
		if (r < 0) {
			(void)cli_fail(cli, &err);
			code = CLI_SETUP_FAILED;
		}
		if (status == CLI_DONE)
			status = code;
	}
	return status;
}

static int run_and_wait(struct cli *cli, const struct run_options *o)
{
	_cleanup_launched_ struct launched pods = { 0 };
	unsigned int flags = POD_NODE_START | (o->remove ? POD_NODE_REMOVE :
		0);
	int status, ended;

	status = launch_all(cli, &o->manifest, flags, true, &pods);
	if (!pods.count)
		return status;
	ended = wait_for_all(cli, &pods);
	if (ended == -EINTR) {
		interrupt_end_pods(cli, &pods, o->remove);
		return 128 + interrupt_signal();
	}
	return status != CLI_DONE ? status : ended;
}

static int check_usage(struct cli *cli, const struct run_options *o)
{
	if (o->terminal)
		return cli_usage_error(cli,
			"-i and -t are not available in this version");
	if (o->manifest.n_paths) {
		if (cli->n_args)
			return cli_usage_error(cli, "NAME and -f exclude each "
				"other");
		if (o->image || o->restart || o->n_env || o->n_ports ||
			o->n_labels)
			return cli_usage_error(cli,
				"--image, --env, --port, --labels and "
				"--restart do not go with -f");
		return CLI_DONE;
	}
	if (!cli->n_args)
		return cli_usage_error(cli, "-f FILE or NAME is missing");
	if (!o->image)
		return cli_usage_error(cli, "--image REF is missing");
	return CLI_DONE;
}

static int run(struct cli *cli, int argc, char **argv)
{
	__attribute__((cleanup(run_options_done)))
	struct run_options o = { 0 };
	unsigned int flags;
	int option, status;

	while ((option = cli_next(cli, argc, argv)) > 0)
		if (!take_option(cli, option, &o))
			return refuse(cli, -ENOMEM, "run", cli->value);
	if (option < 0)
		return cli->status;
	status = check_usage(cli, &o);
	if (status != CLI_DONE)
		return status;
	status = o.manifest.n_paths
		? manifest_load(cli, &o.manifest, o.load_flags)
		: build_spec(cli, &o);
	if (status != CLI_DONE)
		return status;
	if (cli_open_node(cli) != CLI_DONE)
		return o.wait ? CLI_SETUP_FAILED : CLI_FAILED;
	interrupt_catch();
	if (o.wait)
		return run_and_wait(cli, &o);
	flags = POD_NODE_START | (o.remove ? POD_NODE_REMOVE : 0);
	return launch_all(cli, &o.manifest, flags, false, NULL);
}

const struct verb verb_run = {
	.name = "run",
	.synopsis = "-f FILE|- [--rm] [--wait] | NAME --image REF "
		"[--env K=V] [--port N] [--rm] [--wait] [-- ARG...]",
	.summary = "create and start pods",
	.details = "With --wait the exit status is the pod's: that of its "
		"first container\nthat failed, 128+n for signal n, 125 if it "
		"could not be set up, 126 if\nthe program cannot be executed, "
		"127 if it is not there. Ctrl-C ends\nthe pods (with --rm "
		"removes them); a second one does not wait for it.",
	.options = options,
	.outputs = CLI_NAMES,
	.needs_root = true,
	.run = run,
};
