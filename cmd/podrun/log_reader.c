/* SPDX-License-Identifier: MIT */
/*
 * podrun/log_reader.c - one log file of one container run.
 *
 * Knows the CRI format, "RFC3339Nano stream P|F text", and puts the parts
 * (P) of long lines together again; knows nothing of pods.
 */
#include "podrun/log_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/term.h"
#include "common/when.h"

#define CHUNK 65536
/* The supervisor splits lines long before; a longer one is not its work. */
#define LONGEST_LINE (1024 * 1024)

struct record {
	int64_t time_usec;
	size_t time_len;
	bool partial;
	const char *text;
	size_t len;
};

/* A line that is not a record is shown as it is, as a whole line. */
static void parse(const char *line, size_t len, struct record *ret)
{
	const char *end = line + len;
	const char *stream, *tag;

	memset(ret, 0, sizeof(*ret));
	ret->text = line;
	ret->len = len;
	if (when_parse_moment(line, len, &ret->time_usec, &ret->time_len) < 0)
		return;
	stream = line + ret->time_len + 1;
	if (stream >= end || stream[-1] != ' ')
		return;
	tag = memchr(stream, ' ', (size_t)(end - stream));
	if (!tag || end - tag < 3 || tag[2] != ' ')
		return;
	ret->partial = tag[1] == 'P';
	ret->text = tag + 3;
	ret->len = (size_t)(end - ret->text);
}

static void print_record(struct log_reader *r, const char *line, size_t len)
{
	struct record record;
	bool begins = !r->inside;

	parse(line, len, &record);
	if (r->view->since_usec && record.time_usec < r->view->since_usec)
		return;
	if (r->skip) {
		r->skip -= !record.partial;
		return;
	}
	if (begins && r->prefix[0])
		(void)fputs(r->prefix, stdout);
	if (begins && r->view->timestamps && record.time_len)
		(void)printf("%.*s ", (int)record.time_len, line);
	term_output(stdout, r->view->tty, record.text, record.len);
	r->inside = record.partial;
	if (!r->inside)
		(void)fputc('\n', stdout);
}

/* Hand out the whole lines of the buffer, keep the rest. */
static void take_lines(struct log_reader *r,
	void (*each)(struct log_reader *r, const char *line, size_t len))
{
	char *at = r->buffer, *end = r->buffer + r->used, *newline;

	while ((newline = memchr(at, '\n', (size_t)(end - at)))) {
		each(r, at, (size_t)(newline - at));
		at = newline + 1;
	}
	r->used = (size_t)(end - at);
	memmove(r->buffer, at, r->used);
}

static int read_lines(struct log_reader *r,
	void (*each)(struct log_reader *r, const char *line, size_t len))
{
	bool any = false;
	ssize_t n;

	for (;;) {
		if (r->capacity - r->used < CHUNK) {
			size_t capacity = r->capacity + 2 * CHUNK;
			char *buffer = capacity > LONGEST_LINE + 4 * CHUNK
				? NULL
				: realloc(r->buffer, capacity);

			if (!buffer)
				return -ENOMEM;
			r->buffer = buffer;
			r->capacity = capacity;
		}
		n = read(r->fd, r->buffer + r->used, CHUNK);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return any;
		any = true;
		r->used += (size_t)n;
		take_lines(r, each);
	}
}

/* While --tail counts, skip is the number of lines there are. */
static void count_record(struct log_reader *r, const char *line, size_t len)
{
	struct record record;

	parse(line, len, &record);
	if (r->view->since_usec && record.time_usec < r->view->since_usec)
		return;
	r->skip += !record.partial;
}

static int find_tail(struct log_reader *r)
{
	unsigned long long tail;
	int n;

	if (r->view->tail < 0)
		return 0;
	n = read_lines(r, count_record);
	if (n < 0)
		return n;
	tail = (unsigned long long)r->view->tail;
	r->skip = r->skip > tail ? r->skip - tail : 0;
	r->used = 0;
	return lseek(r->fd, 0, SEEK_SET) < 0 ? -errno : 0;
}

int log_reader_open(struct log_reader *r, const struct log_view *view,
	const char *path)
{
	struct stat st;

	r->view = view;
	r->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (r->fd < 0)
		return -errno;
	if (fstat(r->fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	return find_tail(r);
}

int log_reader_print(struct log_reader *r)
{
	if (r->fd < 0)
		return 0;
	return read_lines(r, print_record);
}

void log_reader_close(struct log_reader *r)
{
	if (r->fd >= 0)
		(void)close(r->fd);
	free(r->buffer);
	r->fd = -EBADF;
	r->buffer = NULL;
}
