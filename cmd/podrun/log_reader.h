/* SPDX-License-Identifier: MIT */
/*
 * podrun/log_reader.h - one log file of one container run, read as it grows.
 */
#ifndef PODRUN_LOG_READER_H
#define PODRUN_LOG_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What of a log is shown, and how. */
struct log_view {
	long long tail;		/* last lines, -1: all */
	int64_t since_usec;	/* realtime; 0: all */
	bool timestamps, tty;
};

struct log_reader {
	const struct log_view *view;
	char container[64];
	char prefix[384];	/* before every line, or "" */
	long run;		/* number of the file: the restart count */
	int fd;
	char *buffer;		/* bytes that are not a whole line yet */
	size_t used, capacity;
	unsigned long long skip; /* lines that --tail leaves out */
	bool inside;		/* after a part of a line that goes on */
	bool ended;
};

/* Open path; counts lines for --tail. -ENOENT: it is not there yet. */
int log_reader_open(struct log_reader *r, const struct log_view *view,
	const char *path);
/* Print what is there by now. 1: something was, 0: nothing, -errno. */
int log_reader_print(struct log_reader *r);
void log_reader_close(struct log_reader *r);

#endif
