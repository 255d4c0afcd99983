/* SPDX-License-Identifier: MIT */
/*
 * podrun/manifest.c - specs from the files of -f.
 *
 * Knows that every error of every file is to be seen before anything is
 * made, and how -n and a manifest's own namespace agree; reads no YAML.
 */
#include "podrun/cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool manifest_add(struct manifest *m, const char *path)
{
	const char **paths =
		reallocarray(m->paths, m->n_paths + 1, sizeof(*paths));

	if (!paths)
		return false;
	m->paths = paths;
	m->paths[m->n_paths++] = path;
	return true;
}

/* Take the specs of one file over. */
static int append(const struct cli *cli, struct manifest *m,
	struct pod_spec **specs, size_t count, const char *source)
{
	size_t total = m->count + count, i;
	struct pod_spec **all;
	const char **sources;

	all = reallocarray(m->specs, total + 1, sizeof(struct pod_spec *));
	if (all)
		m->specs = all;
	sources = reallocarray(m->sources, total + 1, sizeof(*sources));
	if (sources)
		m->sources = sources;
	if (!all || !sources) {
		for (i = 0; i < count; i++)
			pod_spec_free(specs[i]);
		return cli_fail_with(cli, -ENOMEM, source, "read manifest",
			"%s", "out of memory");
	}
	for (i = 0; i < count; i++) {
		m->specs[m->count] = specs[i];
		m->sources[m->count++] = source;
	}
	return CLI_DONE;
}

static int load_one(const struct cli *cli, struct manifest *m,
	const char *path, unsigned int flags)
{
	struct pod_problems *problems = NULL;
	struct pod_spec **specs = NULL;
	struct pod_error err = { 0 };
	int status = CLI_DONE, r;
	size_t count = 0;

	r = pod_spec_load_file(path, flags, &specs, &count, &problems, &err);
	/* The list says more than the error, which is only its first line. */
	if (!cli_print_problems(cli, problems) && r < 0)
		(void)cli_fail(cli, &err);
	pod_problems_free(problems);
	if (r < 0)
		return CLI_FAILED;
	status = append(cli, m, specs, count, path);
	free(specs);
	return status;
}

/*
 * -n names the namespace of pods that name none. The loader has put
 * "default" there already, so that name may be changed; another may not.
 */
static int set_namespaces(const struct cli *cli, struct manifest *m)
{
	const char *wanted = cli->node_options.namespace_;
	int status = CLI_DONE, r;
	size_t i;

	for (i = 0; cli->namespace_given && i < m->count; i++) {
		const char *own = pod_spec_namespace(m->specs[i]);

		if (own && strcmp(own, wanted) == 0)
			continue;
		if (own && strcmp(own, "default") != 0) {
			status = cli_fail_with(cli, -EINVAL,
				pod_spec_name(m->specs[i]), "set namespace",
				"the manifest says \"%s\", -n says \"%s\"", own,
				wanted);
			continue;
		}
		r = pod_spec_set_namespace(m->specs[i], wanted);
		if (r < 0)
			status = cli_fail_with(cli, r,
				pod_spec_name(m->specs[i]), "set namespace",
				"\"%s\" is not a namespace name", wanted);
	}
	return status;
}

int manifest_load(const struct cli *cli, struct manifest *m,
	unsigned int flags)
{
	int status = CLI_DONE;
	size_t i;

	for (i = 0; i < m->n_paths; i++)
		if (load_one(cli, m, m->paths[i], flags) != CLI_DONE)
			status = CLI_FAILED;
	if (status == CLI_DONE)
		status = set_namespaces(cli, m);
	return status;
}

void manifest_done(struct manifest *m)
{
	size_t i;

	for (i = 0; i < m->count; i++)
		pod_spec_free(m->specs[i]);
	free(m->specs);
	free(m->sources);
	free(m->paths);
	memset(m, 0, sizeof(*m));
}
