/* SPDX-License-Identifier: MIT */
/*
 * run/logs.c - container output into log files.
 *
 * Reads the FIFOs, writes the CRI format (time, stream, F or P, text), one
 * file per run. Buffers are fixed: a line longer than 16 KiB is written in
 * parts. The file is made at the first byte, so a silent container costs
 * nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "run/internal.h"
#include "sys/path.h"

#define IO_BYTES 65536
#define PREFIX_BYTES 64

/* ROOT/logs/UID/CONTAINER/RUN.log */
static int open_file(struct container *c)
{
	struct pod *pod = c->pod;
	const char *name = plan_text(pod->plan, c->plan->name);
	_cleanup_fd_ int logs = -EBADF, dir = -EBADF;
	char file[32];

	logs = sys_mkdir_open(pod->engine->dirs.root_logs_fd,
		plan_text(pod->plan, pod->plan->uid), 0700);
	if (logs < 0)
		return logs;
	dir = sys_mkdir_open(logs, name, 0700);
	if (dir < 0)
		return dir;
	(void)snprintf(file, sizeof(file), "%u.log",
		container_status(c)->restart_count);
	c->log = openat(dir, file,
		O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
	return c->log < 0 ? -errno : 0;
}

/* RFC 3339 with nanoseconds, UTC, as the CRI wants it. */
static size_t prefix(const struct container *c, const struct stream *s,
	char tag, char *buf)
{
	int64_t now = engine_realtime(c->pod->engine);
	time_t seconds = (time_t)(now / USEC_PER_SEC);
	struct tm tm;
	size_t n;
	int k;

	(void)gmtime_r(&seconds, &tm);
	n = strftime(buf, PREFIX_BYTES, "%Y-%m-%dT%H:%M:%S", &tm);
	k = snprintf(buf + n, PREFIX_BYTES - n, ".%06d000Z %s %c ",
		(int)(now % USEC_PER_SEC), s->name, tag);
	return n + (size_t)(k > 0 ? k : 0);
}

static void lost(struct container *c, size_t bytes, int r)
{
	if (!c->log_dropped)
		engine_event(c->pod, POD_EVENT_WARNING,
			plan_text(c->pod->plan, c->plan->name), "LogDropped",
			"output cannot be logged: %s", strerrordesc_np(-r));
	c->log_dropped += bytes;
}

/* One line or part of one, in one write. */
static void emit(struct stream *s, const char *text, size_t len, char tag)
{
	struct container *c = s->container;
	char out[LOG_LINE_MAX + PREFIX_BYTES + 1];
	size_t n;
	int r = 0;

	if (c->log < 0)
		r = open_file(c);
	if (r < 0) {
		lost(c, len, r);
		return;
	}
	n = prefix(c, s, tag, out);
	memcpy(out + n, text, len);
	n += len;
	out[n++] = '\n';
	r = sys_write_all(c->log, out, n);
	if (r < 0)
		lost(c, len, r);
}

static void keep(struct stream *s, const char *text, size_t len)
{
	while (len) {
		size_t room = LOG_LINE_MAX - s->len;
		size_t n = len < room ? len : room;

		if (!s->line)
			s->line = malloc(LOG_LINE_MAX);
		if (!s->line) {
			lost(s->container, len, -ENOMEM);
			return;
		}
		memcpy(s->line + s->len, text, n);
		s->len += n;
		text += n;
		len -= n;
		if (s->len == LOG_LINE_MAX) {
			emit(s, s->line, s->len, 'P');
			s->len = 0;
		}
	}
}

static void split(struct stream *s, const char *data, size_t len)
{
	while (len) {
		const char *nl = memchr(data, '\n', len);
		size_t n = nl ? (size_t)(nl - data) : len;

		if (nl && !s->len && n <= LOG_LINE_MAX) {
			emit(s, data, n, 'F');
		} else {
			keep(s, data, n);
			if (nl) {
				emit(s, s->line ? s->line : "", s->len, 'F');
				s->len = 0;
			}
		}
		n += nl ? 1 : 0;
		data += n;
		len -= n;
	}
}

/* One read; false when the FIFO is empty. */
static bool pump(struct stream *s)
{
	char *io = s->container->pod->engine->io;
	ssize_t n = s->watch.fd < 0 ? -1 : read(s->watch.fd, io, IO_BYTES);

	if (n <= 0)
		return false;
	split(s, io, (size_t)n);
	return true;
}

static void readable(struct run_watch *w, uint32_t events)
{
	(void)events;
	/* one read a turn: a flood does not starve the other fds */
	(void)pump(container_of(w, struct stream, watch));
}

int logs_open(struct container *c, struct pod_error *reterr)
{
	static const char *const names[] = { "stdout", "stderr" };
	static const char *const ends[] = { "out", "err" };
	const char *name = plan_text(c->pod->plan, c->plan->name);
	char path[128];
	int i, r;

	for (i = 0; i < 2; i++) {
		struct stream *s = &c->streams[i];

		s->name = names[i];
		s->watch.handler = readable;
		if (s->watch.fd >= 0)
			continue;
		(void)snprintf(path, sizeof(path), "%s.%s", name, ends[i]);
		/* read and write: a FIFO that always has both ends */
		s->watch.fd = openat(c->pod->state, path,
			O_RDWR | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
		if (s->watch.fd < 0)
			return err_errno(reterr, POD_STAGE_STATE, path,
				"open the FIFO");
		r = run_watch_add(c->pod->engine, &s->watch, EPOLLIN);
		if (r < 0)
			return err_code(reterr, r, POD_STAGE_STATE, path,
				"watch the FIFO");
	}
	return 0;
}

void logs_drain(struct container *c)
{
	int i;

	for (i = 0; i < 2; i++) {
		struct stream *s = &c->streams[i];
		unsigned int turns = 0;

		/* bounded: others may hold the FIFO of a shared process */
		while (turns++ < 64 && pump(s))
			;
		if (s->len) {
			emit(s, s->line, s->len, 'P');
			s->len = 0;
		}
	}
}

void logs_next_run(struct container *c)
{
	close_fd(take_fd(&c->log));
}

void logs_close(struct container *c)
{
	int i;

	for (i = 0; i < 2; i++) {
		struct stream *s = &c->streams[i];

		run_watch_remove(c->pod->engine, &s->watch);
		close_fd(take_fd(&s->watch.fd));
		free(s->line);
		s->line = NULL;
		s->len = 0;
	}
	close_fd(take_fd(&c->log));
}
