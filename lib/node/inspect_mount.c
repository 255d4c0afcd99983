/* SPDX-License-Identifier: MIT */
/*
 * node/inspect_mount.c - what mountinfo tells: masks, read-only paths, and
 * where the cgroup v2 hierarchy is.
 *
 * Knows the format of /proc/PID/mountinfo (proc(5)); judges no mount.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "node/inspect.h"
#include "sec/sec.h"

struct mount_line {
	char *root, *point, *options, *type;
};

/* "\040" -> " ", in place */
static void unescape(char *s)
{
	char *to = s;

	for (; *s; s++) {
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] &&
			s[3]) {
			*to++ = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 |
				(s[3] - '0'));
			s += 3;
		} else {
			*to++ = *s;
		}
	}
	*to = '\0';
}

/* "id parent dev root point options [optional...] - type source super" */
static bool parse_line(char *line, struct mount_line *ret)
{
	char *fields[6], *save = NULL, *rest = strstr(line, " - ");
	size_t i;

	if (!rest)
		return false;
	*rest = '\0';
	for (i = 0; i < ARRAY_LEN(fields); i++) {
		fields[i] = strtok_r(i ? NULL : line, " ", &save);
		if (!fields[i])
			return false;
	}
	ret->type = strtok_r(rest + 3, " \n", &save);
	if (!ret->type)
		return false;
	ret->root = fields[3];
	ret->point = fields[4];
	ret->options = fields[5];
	unescape(ret->root);
	unescape(ret->point);
	return true;
}

static bool is_masked(const char *path)
{
	size_t i;

	for (i = 0; sec_masked_paths[i]; i++)
		if (str_eq(sec_masked_paths[i], path))
			return true;
	return str_has_prefix(path, "/sys/devices/system/cpu/") &&
		strstr(path, "/thermal_throttle");
}

static bool is_read_only(const char *options)
{
	return str_eq(options, "ro") || str_has_prefix(options, "ro,");
}

json_t *inspect_mounts(int proc)
{
	json_t *masked = json_array(), *read_only = json_array();
	_cleanup_file_ FILE *f = NULL;
	_cleanup_free_ char *line = NULL;
	struct mount_line m;
	size_t size = 0;
	int fd;

	fd = openat(proc, "mountinfo", O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		f = fdopen(fd, "r");
	if (fd >= 0 && !f)
		close_fd(fd);
	while (f && getline(&line, &size, f) > 0) {
		if (!parse_line(line, &m))
			continue;
		if (is_masked(m.point))
			(void)json_array_append_new(
				masked, json_string(m.point));
		else if (is_read_only(m.options))
			(void)json_array_append_new(
				read_only, json_string(m.point));
	}
	return json_pack(
		"{s:o, s:o}", "masked", masked, "readOnly", read_only);
}

void inspect_cgroup_mount(char *buf, size_t size)
{
	_cleanup_file_ FILE *f = fopen("/proc/self/mountinfo", "re");
	_cleanup_free_ char *line = NULL;
	struct mount_line m;
	size_t allocated = 0;

	buf[0] = '\0';
	while (f && getline(&line, &allocated, f) > 0)
		if (parse_line(line, &m) && str_eq(m.type, "cgroup2") &&
			str_eq(m.root, "/") && str_copy(buf, size, m.point))
			return;
}
