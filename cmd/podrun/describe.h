/* SPDX-License-Identifier: MIT */
/*
 * podrun/describe.h - the parts of `podrun describe`.
 */
#ifndef PODRUN_DESCRIBE_H
#define PODRUN_DESCRIBE_H

#include <stdbool.h>

#include <jansson.h>
#include <pod/status.h>

/* "LABEL:   VALUE", the value escaped, from the 18th column on. */
void describe_field(int indent, const char *label, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The init containers and sidecars, or the regular ones. spec: the pod's. */
void describe_containers(const struct pod_status *s, const json_t *spec,
	bool init);

#endif
