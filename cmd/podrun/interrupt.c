/* SPDX-License-Identifier: MIT */
/*
 * podrun/interrupt.c - Ctrl-C in the middle of create and run.
 *
 * A handler notes the signal, and the call that blocks is interrupted: the
 * caller looks and ends its pods. One that comes just before the call blocks
 * would be missed, so the handler has an alarm come after it, and again. A
 * second signal has its usual effect: podrun is gone at once; a supervisor
 * that is building takes back its pod, one that is told to end finishes by
 * itself.
 */
#include "podrun/interrupt.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* The one variable a handler can reach. */
static volatile sig_atomic_t caught_signal;

static void note(int signal)
{
	if (signal != SIGALRM)
		caught_signal = signal;
	(void)alarm(1);
}

/* Only signals that are not ignored: nohup and shells' "&" mean it. */
static void handle(int signal)
{
	struct sigaction old, wanted = { .sa_handler = note,
		.sa_flags = (int)SA_RESETHAND };

	if (sigaction(signal, NULL, &old) == 0 && old.sa_handler == SIG_IGN)
		return;
	(void)sigemptyset(&wanted.sa_mask);
	(void)sigaction(signal, &wanted, NULL);
}

void interrupt_catch(void)
{
	struct sigaction again = { .sa_handler = note };

	(void)sigemptyset(&again.sa_mask);
	(void)sigaction(SIGALRM, &again, NULL);
	handle(SIGINT);
	handle(SIGTERM);
}

int interrupt_signal(void)
{
	return caught_signal;
}

void interrupt_end_pods(const struct cli *cli, const struct launched *pods,
	bool remove)
{
	struct pod_node *node = NULL;
	struct pod_error err = { 0 };
	size_t i;
	int r;

	if (pod_node_open(&cli->node_options, &node, &err) < 0)
		return (void)cli_fail(cli, &err);
	for (i = 0; i < pods->count; i++) {
		const char *uid = pods->pods[i].uid;

		memset(&err, 0, sizeof(err));
		r = remove ? pod_node_delete(node, uid, -1, 0, &err)
			   : pod_node_stop(node, uid, -1, &err);
		if (r < 0 && r != -ENOENT)
			(void)cli_fail(cli, &err);
	}
	pod_node_free(node);
}
