/* SPDX-License-Identifier: MIT */
/*
 * run/events.c - the event log of a pod, one line per event.
 *
 * "USEC\tTYPE\tCONTAINER\tREASON\tMESSAGE\n" with control characters
 * escaped, appended in one write, so that readers never see half a line
 * without its newline.
 */
#include "run/events.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/str.h"
#include "run/run.h"

/* A pod that crash-loops for years does not fill the disk. */
#define LOG_MAX_BYTES (1 << 20)

int run_events_append(int fd, const struct pod_event *event)
{
	char line[1024], message[3 * sizeof(event->message)];
	off_t end = lseek(fd, 0, SEEK_END);
	int n;

	if (end < 0)
		return -errno;
	if (end > LOG_MAX_BYTES)
		return -EFBIG;
	(void)str_escape(message, sizeof(message), event->message);
	n = snprintf(line, sizeof(line), "%" PRId64 "\t%c\t%s\t%s\t%s\n",
		event->time_usec, event->type == POD_EVENT_WARNING ? 'W' : 'N',
		event->container, event->reason, message);
	if (n < 0)
		return -EINVAL;
	if ((size_t)n >= sizeof(line)) {
		n = sizeof(line) - 1;
		line[n - 1] = '\n';
	}
	return write(fd, line, (size_t)n) == n ? 0 : -errno;
}

static bool parse(char *line, struct pod_event *e)
{
	char *fields[5], *p = line, *end;
	int i;

	for (i = 0; i < 5; i++) {
		fields[i] = p;
		p = i < 4 ? strchr(p, '\t') : p + strlen(p);
		if (!p)
			return false;
		if (i < 4)
			*p++ = '\0';
	}
	memset(e, 0, sizeof(*e));
	e->time_usec = strtoll(fields[0], &end, 10);
	if (*end || (fields[1][0] != 'N' && fields[1][0] != 'W'))
		return false;
	e->type = fields[1][0] == 'W' ? POD_EVENT_WARNING : POD_EVENT_NORMAL;
	str_copy(e->container, sizeof(e->container), fields[2]);
	str_copy(e->reason, sizeof(e->reason), fields[3]);
	str_copy(e->message, sizeof(e->message), fields[4]);
	return true;
}

int run_events_read(int state, uint64_t *offset,
	int (*each)(const struct pod_event *event, void *context),
	void *context, struct pod_error *reterr)
{
	_cleanup_file_ FILE *f = NULL;
	_cleanup_free_ char *line = NULL;
	size_t cap = 0;
	ssize_t n;
	int fd = openat(state, "events", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return errno == ENOENT ? 0 : err_errno(reterr,
			POD_STAGE_STATE, "events", "open the event log");
	f = fdopen(fd, "r");
	if (!f) {
		close_fd(fd);
		return err_code(reterr, -ENOMEM, POD_STAGE_STATE, "events",
			"read the event log");
	}
	if (fseeko(f, (off_t)*offset, SEEK_SET) < 0)
		return err_errno(reterr, POD_STAGE_STATE, "events", "seek");
	while ((n = getline(&line, &cap, f)) > 0 && line[n - 1] == '\n') {
		struct pod_event e;

		line[n - 1] = '\0';
		*offset += (uint64_t)n;
		if (parse(line, &e) && each(&e, context))
			break;
	}
	return 0;
}
