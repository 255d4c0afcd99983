/* SPDX-License-Identifier: MIT */
/*
 * run/status.c - the pod's state on disk.
 *
 * Two slots in one file, written in turn, each with a generation and a
 * checksum: a reader sees the old or the new state, never a third, and a
 * change costs one pwrite. The run directory does not survive a boot, so
 * nothing is synced.
 */
#include "run/status.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "plan/block.h"
#include "run/run.h"
#include "sys/path.h"

#define MAGIC 0x31544154534450u	/* "PDSTAT1" */
#define MAX_BYTES ((size_t)1 << 20)

struct slot {
	uint64_t magic;
	uint64_t generation;
	uint64_t checksum;	/* of the status and the generation */
	uint64_t size;		/* of the status */
};

/*
 * The generation counts, too: a write that ended after it, or that a reader
 * overtook, would otherwise make the slot's last status the newest.
 */
static uint64_t checksum(const struct slot *s, const void *status)
{
	return plan_checksum(status, s->size) ^
		s->generation * 0x9e3779b97f4a7c15u;
}

static size_t slot_bytes(size_t status)
{
	return (sizeof(struct slot) + status + 4095) & ~(size_t)4095;
}

int run_status_write(int fd, uint64_t generation,
	const struct pod_status *status, void *buffer, size_t size)
{
	size_t bytes = sizeof(struct slot) + status->size;
	struct slot head = { MAGIC, generation, 0, status->size };
	ssize_t n;

	if (bytes > size)
		return -EMSGSIZE;
	head.checksum = checksum(&head, status);
	memcpy(buffer, &head, sizeof(head));
	memcpy((char *)buffer + sizeof(head), status, status->size);
	n = pwrite(fd, buffer, bytes,
		(off_t)((generation & 1) * slot_bytes(status->size)));
	if (n < 0)
		return -errno;
	return (size_t)n == bytes ? 0 : -EIO;
}

/* A valid status at the slot, or NULL. */
static const struct slot *slot_at(const char *data, size_t len, size_t at)
{
	struct slot s;
	const struct pod_status *status;

	if (at > len || len - at < sizeof(s) + sizeof(*status))
		return NULL;
	memcpy(&s, data + at, sizeof(s));
	if (s.magic != MAGIC || s.size < sizeof(*status) ||
		s.size > len - at - sizeof(s))
		return NULL;
	status = (const struct pod_status *)(const void *)(data + at +
		sizeof(s));
	if (s.checksum != checksum(&s, status) ||
		status->size != s.size ||
		status->count != (s.size - sizeof(*status)) /
			sizeof(status->containers[0]))
		return NULL;
	return (const struct slot *)(const void *)(data + at);
}

int run_status_read(int state, struct pod_status **ret,
	struct pod_error *reterr)
{
	_cleanup_free_ char *data = NULL;
	const struct slot *a, *b;
	struct pod_status *status;
	size_t len, second = 0;
	int r;

	r = sys_read_file(state, "status", MAX_BYTES, &data, &len);
	if (r == -ENOENT || (r >= 0 && len == 0))
		return err_set(reterr, -ENODATA, POD_STAGE_STATE, "status",
			"read the status", "nothing was written yet");
	if (r < 0)
		return err_code(reterr, r, POD_STAGE_STATE, "status",
			"read the status");
	a = slot_at(data, len, 0);
	/* the second slot begins at a multiple of a page */
	for (b = NULL, second = 4096; !b && second < len; second += 4096)
		b = slot_at(data, len, second);
	if (!a || (b && b->generation > a->generation))
		a = b;
	if (!a)
		return err_set(reterr, -EBADMSG, POD_STAGE_STATE, "status",
			"read the status", "the file is damaged");
	status = malloc(a->size);
	if (!status)
		return err_code(reterr, -ENOMEM, POD_STAGE_STATE, "status",
			"read the status");
	memcpy(status, (const char *)a + sizeof(*a), a->size);
	*ret = status;
	return 0;
}
