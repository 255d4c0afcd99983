/* SPDX-License-Identifier: MIT */
/* run/status.h - writing the pod's state; run_status_read() is in run.h. */
#ifndef RUN_STATUS_H
#define RUN_STATUS_H

#include <stddef.h>
#include <stdint.h>

#include <pod/status.h>

/* Room the writer's buffer needs for a status of that size. */
#define RUN_STATUS_OVERHEAD 64

/* Write generation g (the slot alternates); buffer is scratch space. */
int run_status_write(int fd, uint64_t generation,
	const struct pod_status *status, void *buffer, size_t size);

#endif
