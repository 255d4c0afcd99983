/* SPDX-License-Identifier: MIT */
/*
 * node/status.h - questions about a struct pod_status; pure.
 */
#ifndef NODE_STATUS_H
#define NODE_STATUS_H

#include <stdbool.h>

#include <jansson.h>

#include <pod/status.h>

/* The conditions Initialized and Ready of kubernetes. */
bool node_status_is_initialized(const struct pod_status *s);
bool node_status_is_ready(const struct pod_status *s);

/* Exit code of the first regular container that failed, else of the init
 * container that did, else 1 for a pod that failed as a whole, else 0. */
int node_status_exit_code(const struct pod_status *s);

/* The status object; NULL: no memory. */
json_t *node_status_json(const struct pod_status *s);

/* "2026-01-02T03:04:05Z"; buf has NODE_TIME_TEXT bytes. "" for 0. */
#define NODE_TIME_TEXT 32
const char *node_time_text(int64_t usec, char *buf);

#endif
