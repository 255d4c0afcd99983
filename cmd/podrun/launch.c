/* SPDX-License-Identifier: MIT */
/*
 * podrun/launch.c - making pods from specs, for create and run.
 *
 * Knows the order and the reports; how a pod is made is the node library's.
 */
#include "podrun/launch.h"

#include <errno.h>
#include <stdlib.h>

#include "common/when.h"
#include "podrun/interrupt.h"

/* -v: what a person wants to know at once, on standard error. */
static void print_details(const struct cli *cli, const char *uid,
	int64_t took_usec)
{
	struct pod_status *status = NULL;

	(void)fprintf(stderr, "podrun: uid %s, %lld.%03lld ms", uid,
		(long long)(took_usec / 1000), (long long)(took_usec % 1000));
	if (pod_node_get(cli->node, uid, &status, NULL) >= 0) {
		if (status->ip4[0])
			(void)fprintf(stderr, ", ip %s", status->ip4);
		(void)fprintf(stderr, ", supervisor %d", status->owner_pid);
		pod_status_free(status);
	}
	(void)fputc('\n', stderr);
}

static int launch_one(const struct cli *cli, struct pod_node *node,
	const struct pod_spec *spec, unsigned int flags, char uid[64],
	struct pod_error *err)
{
	int64_t begin = when_monotonic_usec();
	int r;

	r = pod_node_create(node, spec, flags, uid, err);
	if (r < 0) {
		(void)cli_fail(cli, err);
		return r;
	}
	if (interrupt_signal()) {
		/*
		 * It was finished all the same, but is not wanted any more;
		 * what has run for milliseconds needs no long farewell.
		 */
		r = pod_node_delete(node, uid, 1, 0, err);
		if (r < 0 && r != -ENOENT)
			(void)cli_fail(cli, err);
		return -EINTR;
	}
	cli_confirm(cli, pod_spec_name(spec), uid,
		flags & POD_NODE_START ? "started" : "created");
	if (cli->verbose)
		print_details(cli, uid, when_monotonic_usec() - begin);
	return 0;
}

/* One pod that is waited for later, by a handle of its own. */
static int launch_kept(const struct cli *cli, const struct pod_spec *spec,
	unsigned int flags, struct launched *launched, struct pod_error *err)
{
	struct launched_pod *pod = &launched->pods[launched->count];
	int r;

	if (pod_node_open(&cli->node_options, &pod->node, err) < 0) {
		(void)cli_fail(cli, err);
		return err->code;
	}
	r = launch_one(cli, pod->node, spec, flags, pod->uid, err);
	if (r < 0) {
		pod_node_free(pod->node);
		pod->node = NULL;
		return r;
	}
	launched->count++;
	return 0;
}

int launch_all(const struct cli *cli, const struct manifest *m,
	unsigned int flags, bool exec_status, struct launched *launched)
{
	int status = CLI_DONE, r;
	size_t i;

	if (launched) {
		launched->pods = calloc(m->count + 1, sizeof(*launched->pods));
		if (!launched->pods)
			return cli_fail_with(cli, -ENOMEM, "pods", "create",
				"%s", "out of memory");
	}
	for (i = 0; i < m->count; i++) {
		struct pod_error err = { 0 };
		char uid[64] = "";

		if (interrupt_signal())
			return 128 + interrupt_signal();

		r = launched ? launch_kept(cli, m->specs[i], flags, launched,
				       &err)
			     : launch_one(cli, cli->node, m->specs[i], flags,
				       uid, &err);
		/* taken back, and told by the status alone */
		if (r == -EINTR && interrupt_signal())
			return 128 + interrupt_signal();
		if (r < 0 && status == CLI_DONE)
			status = exec_status ? cli_launch_status(&err)
					     : CLI_FAILED;
	}
	return status;
}

void launched_done(struct launched *launched)
{
	size_t i;

	for (i = 0; i < launched->count; i++)
		pod_node_free(launched->pods[i].node);
	free(launched->pods);
	launched->pods = NULL;
	launched->count = 0;
}
