/* SPDX-License-Identifier: MIT */
/*
 * common/when.c - times and durations as kubectl writes and reads them.
 *
 * Knows Go's duration syntax, RFC 3339 and UTC; knows nothing of time zones,
 * so nothing has to be read from /etc or /usr/share.
 */
#include "common/when.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define USEC 1000000LL

static int64_t read_clock(clockid_t id)
{
	struct timespec ts;

	if (clock_gettime(id, &ts) < 0)
		return 0;
	return (int64_t)ts.tv_sec * USEC + ts.tv_nsec / 1000;
}

int64_t when_now_usec(void)
{
	return read_clock(CLOCK_REALTIME);
}

int64_t when_monotonic_usec(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

/* "2m10s": the second unit is left out when it is zero. */
static void two_units(char *buf, long long a, char unit_a, long long b,
	char unit_b)
{
	if (b)
		(void)snprintf(buf, WHEN_SIZE, "%lld%c%lld%c", a, unit_a, b,
			unit_b);
	else
		(void)snprintf(buf, WHEN_SIZE, "%lld%c", a, unit_a);
}

const char *when_age(int64_t usec, char buf[WHEN_SIZE])
{
	long long s = usec / USEC, m = s / 60, h = m / 60, d = h / 24;

	if (s < -1)
		(void)snprintf(buf, WHEN_SIZE, "<invalid>");
	else if (s < 0)
		(void)snprintf(buf, WHEN_SIZE, "0s");
	else if (s < 120)
		(void)snprintf(buf, WHEN_SIZE, "%llds", s);
	else if (m < 10)
		two_units(buf, m, 'm', s % 60, 's');
	else if (m < 180)
		(void)snprintf(buf, WHEN_SIZE, "%lldm", m);
	else if (h < 8)
		two_units(buf, h, 'h', m % 60, 'm');
	else if (h < 48)
		(void)snprintf(buf, WHEN_SIZE, "%lldh", h);
	else if (d < 8)
		two_units(buf, d, 'd', h % 24, 'h');
	else if (d < 365 * 2)
		(void)snprintf(buf, WHEN_SIZE, "%lldd", d);
	else if (d < 365 * 8)
		two_units(buf, d / 365, 'y', d % 365, 'd');
	else
		(void)snprintf(buf, WHEN_SIZE, "%lldy", d / 365);
	return buf;
}

const char *when_since(int64_t moment_usec, char buf[WHEN_SIZE])
{
	if (moment_usec)
		return when_age(when_now_usec() - moment_usec, buf);
	(void)snprintf(buf, WHEN_SIZE, "<unknown>");
	return buf;
}

const char *when_format(int64_t moment_usec, char buf[WHEN_SIZE])
{
	time_t seconds = (time_t)(moment_usec / USEC);
	struct tm tm;

	if (!moment_usec || !gmtime_r(&seconds, &tm) ||
		!strftime(buf, WHEN_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm))
		(void)snprintf(buf, WHEN_SIZE, "<unknown>");
	return buf;
}

/* The unit at *text in microseconds (a fraction for ns), moved past it. */
static double take_unit(const char **text)
{
	static const struct {
		const char *name;
		double usec;
	} units[] = {
		{ "ns", 0.001 }, { "us", 1 }, { "\xc2\xb5s", 1 },
		{ "ms", 1e3 }, { "s", 1e6 }, { "m", 60e6 }, { "h", 3600e6 },
	};
	size_t i, len;

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		len = strlen(units[i].name);
		if (strncmp(*text, units[i].name, len) == 0) {
			*text += len;
			return units[i].usec;
		}
	}
	return 0;
}

int when_parse_duration(const char *text, int64_t *ret_usec)
{
	bool negative = *text == '-';
	const char *s = text + (*text == '-' || *text == '+');
	double total = 0;

	if (!*s)
		return -EINVAL;
	while (*s) {
		size_t len = strspn(s, "0123456789.");
		double number, unit;
		char *end;

		if (!len || len > 30)
			return -EINVAL;
		number = strtod(s, &end);
		if (end != s + len)
			return -EINVAL;
		s = end;
		/* Only a lone number may go without its unit: seconds. */
		unit = !*s && total <= 0 ? 1e6 : take_unit(&s);
		if (unit <= 0)
			return -EINVAL;
		total += number * unit;
	}
	if (total > 9e18)
		return -ERANGE;
	*ret_usec = negative ? -(int64_t)total : (int64_t)total;
	return 0;
}

/* A number of exactly n digits at s, or -1. */
static int digits(const char *s, size_t n)
{
	int value = 0;

	while (n--) {
		if (*s < '0' || *s > '9')
			return -1;
		value = value * 10 + (*s++ - '0');
	}
	return value;
}

/* "Z" or "+HH:MM" at s: its offset in seconds and length. -EINVAL. */
static int parse_zone(const char *s, size_t len, int *ret_seconds,
	size_t *ret_len)
{
	int h, m;

	*ret_seconds = 0;
	*ret_len = 1;
	if (len >= 1 && (*s == 'Z' || *s == 'z'))
		return 0;
	if (len < 6 || (*s != '+' && *s != '-') || s[3] != ':')
		return -EINVAL;
	h = digits(s + 1, 2);
	m = digits(s + 4, 2);
	if (h < 0 || m < 0)
		return -EINVAL;
	*ret_seconds = (*s == '-' ? -1 : 1) * (h * 3600 + m * 60);
	*ret_len = 6;
	return 0;
}

int when_parse_moment(const char *text, size_t len, int64_t *ret_usec,
	size_t *ret_len)
{
	struct tm tm = { 0 };
	int64_t fraction = 0, scale = 100000;
	size_t at = 19, zone_len;
	int zone;

	if (len < 20 || text[4] != '-' || text[7] != '-' || text[10] != 'T' ||
		text[13] != ':' || text[16] != ':')
		return -EINVAL;
	tm.tm_year = digits(text, 4) - 1900;
	tm.tm_mon = digits(text + 5, 2) - 1;
	tm.tm_mday = digits(text + 8, 2);
	tm.tm_hour = digits(text + 11, 2);
	tm.tm_min = digits(text + 14, 2);
	tm.tm_sec = digits(text + 17, 2);
	if (tm.tm_year < 70 || tm.tm_mon < 0 || tm.tm_mday < 1 ||
		tm.tm_hour < 0 || tm.tm_min < 0 || tm.tm_sec < 0)
		return -EINVAL;
	if (text[at] == '.')
		for (at++; at < len && text[at] >= '0' && text[at] <= '9';
			at++, scale /= 10)
			fraction += (text[at] - '0') * scale;
	if (parse_zone(text + at, len - at, &zone, &zone_len) < 0)
		return -EINVAL;
	*ret_usec = ((int64_t)timegm(&tm) - zone) * USEC + fraction;
	if (ret_len)
		*ret_len = at + zone_len;
	return 0;
}
