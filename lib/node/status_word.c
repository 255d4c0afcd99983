/* SPDX-License-Identifier: MIT */
/*
 * node/status_word.c - the STATUS column, as kubectl computes it.
 *
 * Pure. Knows kubernetes' display rules; knows nothing of where a status
 * comes from. The order of the rules is the contract: later ones overwrite.
 */
#include <pod/status.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"
#include "node/status.h"

void pod_status_free(struct pod_status *status)
{
	free(status);
}

const char *pod_phase_name(int phase)
{
	switch (phase) {
	case POD_PENDING:
		return "Pending";
	case POD_RUNNING:
		return "Running";
	case POD_SUCCEEDED:
		return "Succeeded";
	case POD_FAILED:
		return "Failed";
	default:
		return "Unknown";
	}
}

bool node_status_is_initialized(const struct pod_status *s)
{
	bool done = true;
	uint32_t i;

	for (i = 0; i < s->count; i++) {
		const struct pod_container_status *c = &s->containers[i];

		switch (c->kind) {
		case POD_KIND_INIT:
			if (c->state != POD_TERMINATED ||
				c->termination.exit_code)
				done = false;
			break;
		case POD_KIND_SIDECAR:
			if (!c->started)
				done = false;
			break;
		default:
			/* one that ever ran proves that the rest was done */
			if (c->state != POD_WAITING || c->has_last)
				return true;
			break;
		}
	}
	return done;
}

bool node_status_is_ready(const struct pod_status *s)
{
	uint32_t i;

	if (s->phase == POD_SUCCEEDED || s->phase == POD_FAILED)
		return false;
	for (i = 0; i < s->count; i++)
		if (s->containers[i].kind != POD_KIND_INIT &&
			!s->containers[i].ready)
			return false;
	return true;
}

int node_status_exit_code(const struct pod_status *s)
{
	uint32_t i;

	for (i = 0; i < s->count; i++) {
		const struct pod_container_status *c = &s->containers[i];

		if (c->kind == POD_KIND_REGULAR &&
			c->state == POD_TERMINATED && c->termination.exit_code)
			return c->termination.exit_code;
	}
	/* an init container that failed ended the pod before they ran */
	for (i = 0; i < s->count && s->phase == POD_FAILED; i++) {
		const struct pod_container_status *c = &s->containers[i];

		if (c->kind == POD_KIND_INIT && c->state == POD_TERMINATED &&
			c->termination.exit_code)
			return c->termination.exit_code;
	}
	return s->phase == POD_FAILED ? 1 : 0;
}

static void termination_word(const struct pod_termination *t,
	const char *prefix, char *buf, size_t size)
{
	if (t->reason[0])
		(void)snprintf(buf, size, "%s%s", prefix, t->reason);
	else if (t->signal)
		(void)snprintf(buf, size, "%sSignal:%d", prefix, t->signal);
	else
		(void)snprintf(buf, size, "%sExitCode:%d", prefix,
			t->exit_code);
}

/* Init containers in order; true if the pod is still initialising. */
static bool init_word(const struct pod_status *s, char *buf, size_t size)
{
	uint32_t i, place = 0, count = 0;

	for (i = 0; i < s->count; i++)
		if (s->containers[i].kind != POD_KIND_REGULAR)
			count++;
	for (i = 0; i < s->count; i++) {
		const struct pod_container_status *c = &s->containers[i];

		if (c->kind == POD_KIND_REGULAR)
			continue;
		if ((c->state == POD_TERMINATED && !c->termination.exit_code) ||
			(c->kind == POD_KIND_SIDECAR && c->started)) {
			place++;
			continue;
		}
		if (c->state == POD_TERMINATED)
			termination_word(&c->termination, "Init:", buf, size);
		else if (c->state == POD_WAITING && c->reason[0] &&
			!str_eq(c->reason, "PodInitializing"))
			(void)snprintf(buf, size, "Init:%s", c->reason);
		else
			(void)snprintf(buf, size, "Init:%u/%u", place, count);
		return true;
	}
	return false;
}

/* Regular containers from last to first, each overwriting. */
static void regular_word(const struct pod_status *s, char *buf, size_t size)
{
	bool running = false;
	uint32_t i;

	for (i = s->count; i-- > 0;) {
		const struct pod_container_status *c = &s->containers[i];

		if (c->kind != POD_KIND_REGULAR)
			continue;
		if (c->state == POD_WAITING && c->reason[0])
			(void)str_copy(buf, size, c->reason);
		else if (c->state == POD_TERMINATED)
			termination_word(&c->termination, "", buf, size);
		else if (c->state == POD_CONTAINER_RUNNING && c->ready)
			running = true;
	}
	if (running && str_eq(buf, "Completed"))
		(void)str_copy(buf, size,
			node_status_is_ready(s) ? "Running" : "NotReady");
}

const char *pod_status_word(const struct pod_status *status, char *buf,
	size_t size)
{
	bool initializing;

	if (!size)
		return "";
	(void)str_copy(buf, size,
		status->reason[0] ? status->reason
				  : pod_phase_name(status->phase));
	initializing = init_word(status, buf, size);
	/* kubectl: a sidecar that fails later does not hide the containers */
	if (!initializing || node_status_is_initialized(status))
		regular_word(status, buf, size);
	if (status->deletion_usec && status->phase != POD_SUCCEEDED &&
		status->phase != POD_FAILED)
		(void)str_copy(buf, size, "Terminating");
	return buf;
}
