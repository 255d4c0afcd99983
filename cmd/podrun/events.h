/* SPDX-License-Identifier: MIT */
/*
 * podrun/events.h - recorded events, for `events` and `describe`.
 */
#ifndef PODRUN_EVENTS_H
#define PODRUN_EVENTS_H

#include "podrun/cli.h"

struct event_entry {
	struct pod_event event;
	char pod[256];
	size_t number;		/* order of reading */
};

struct events {
	struct event_entry *entries;
	size_t count, capacity;
};

/* Append the events of one pod from *offset on. -errno. */
int events_read(const struct cli *cli, const struct pod_status *pod,
	uint64_t *offset, struct events *e, struct pod_error *err);
void events_sort(struct events *e);
void events_done(struct events *e);
/* "Normal" or "Warning" */
const char *events_type(const struct pod_event *event);
#define _cleanup_events_ __attribute__((cleanup(events_done)))

#endif
