/* SPDX-License-Identifier: MIT */
/*
 * detached.c - a named pod that outlives this program.
 *
 * The pod gets a supervisor process of its own; this program may end, crash
 * or be killed, and podrun and any other program find the pod by its name.
 *
 *   cc detached.c $(pkg-config --cflags --libs libpod-core) -o detached
 *   sudo ./detached
 */
#include <stdio.h>
#include <stdlib.h>

#include <pod/pod.h>

static int complain(const struct pod_error *err)
{
	char line[1024];

	(void)pod_error_format(err, line, sizeof(line));
	(void)fprintf(stderr, "detached: %s\n", line);
	if (err->hint[0])
		(void)fprintf(stderr, "hint: %s\n", err->hint);
	return EXIT_FAILURE;
}

/* A manifest is often shorter than the calls. JSON would do as well. */
static const char manifest[] =
	"apiVersion: v1\n"
	"kind: Pod\n"
	"metadata: {name: detached}\n"
	"spec:\n"
	"  terminationGracePeriodSeconds: 1\n"
	"  containers:\n"
	"  - name: main\n"
	"    image: host\n"
	"    command: [sleep, \"1000000\"]\n";

/* Create and start; uid has 64 bytes. */
static int create(struct pod_node *node, char *uid, struct pod_error *err)
{
	struct pod_spec **specs;
	size_t count, i;
	int r = pod_spec_load("detached.c", manifest, sizeof(manifest) - 1, 0,
		&specs, &count, NULL, err);

	if (r < 0)
		return r;
	/* one document: one pod */
	r = pod_node_create(node, specs[0], POD_NODE_START, uid, err);
	for (i = 0; i < count; i++)
		pod_spec_free(specs[i]);
	free(specs);
	return r;
}

int main(void)
{
	const struct pod_node_options options = {
		.size = sizeof(options),
		.root_dir = getenv("PODRUN_ROOT"),
		.run_dir = getenv("PODRUN_RUN"),
		.cgroup_parent = getenv("PODRUN_CGROUP_PARENT"),
	};
	struct pod_error err = { 0 };
	struct pod_node *node = NULL;
	struct pod_status *status;
	char uid[64], word[64];
	int r;

	r = pod_node_open(&options, &node, &err);
	if (r >= 0)
		r = create(node, uid, &err);
	if (r >= 0)
		r = pod_node_get(node, uid, &status, &err);
	pod_node_free(node);
	if (r < 0)
		return complain(&err);

	(void)printf("pod/%s: %s, UID %s, address %s\n"
		     "look at it: podrun describe %s\n"
		     "remove it:  podrun delete %s\n",
		status->name, pod_status_word(status, word, sizeof(word)),
		uid, status->ip4[0] ? status->ip4 : "none", status->name,
		status->name);
	pod_status_free(status);
	return EXIT_SUCCESS;
}
