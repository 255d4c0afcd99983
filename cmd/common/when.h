/* SPDX-License-Identifier: MIT */
/*
 * common/when.h - times and durations as kubectl writes and reads them.
 */
#ifndef COMMON_WHEN_H
#define COMMON_WHEN_H

#include <stddef.h>
#include <stdint.h>

#define WHEN_SIZE 40

int64_t when_now_usec(void);		/* realtime */
int64_t when_monotonic_usec(void);

/* "5s", "2m10s", "3h", "2d": kubectl's HumanDuration. Returns buf. */
const char *when_age(int64_t usec, char buf[WHEN_SIZE]);
/* The age of a moment, "<unknown>" for 0. */
const char *when_since(int64_t moment_usec, char buf[WHEN_SIZE]);
/* "2026-01-02T03:04:05Z"; "<unknown>" for 0. Returns buf. */
const char *when_format(int64_t moment_usec, char buf[WHEN_SIZE]);

/*
 * "30s", "1m30s", "1.5h", "250ms", or plain seconds; may be negative.
 * -EINVAL, -ERANGE.
 */
int when_parse_duration(const char *text, int64_t *ret_usec);
/*
 * "2026-01-02T03:04:05.123456789Z" or with +HH:MM at the start of text;
 * *ret_len (may be NULL): how many bytes it took. -EINVAL.
 */
int when_parse_moment(const char *text, size_t len, int64_t *ret_usec,
	size_t *ret_len);

#endif
