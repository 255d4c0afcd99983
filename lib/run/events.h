/* SPDX-License-Identifier: MIT */
/* run/events.h - writing the event log; run_events_read() is in run.h. */
#ifndef RUN_EVENTS_H
#define RUN_EVENTS_H

#include <pod/engine.h>

/* -EFBIG: the log is full (1 MiB); the event is not recorded. */
int run_events_append(int fd, const struct pod_event *event);

#endif
