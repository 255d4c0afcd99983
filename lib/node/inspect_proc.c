/* SPDX-License-Identifier: MIT */
/*
 * node/inspect_proc.c - the state of one process read back from the kernel.
 *
 * Knows the files of /proc/PID; believes nothing we wrote down ourselves.
 */
#include "node/inspect.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "cg/cg.h"
#include "sec/sec.h"
#include "sys/clone.h"

int inspect_open(int pid, uint64_t start_ticks)
{
	_cleanup_fd_ int fd = -EBADF;
	uint64_t ticks;
	char path[32];
	int r;

	(void)snprintf(path, sizeof(path), "/proc/%d", pid);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (start_ticks) {
		r = sys_start_ticks(pid, &ticks);
		if (r < 0)
			return r;
		if (ticks != start_ticks)
			return -ESRCH;
	}
	return take_fd(&fd);
}

int inspect_read(int dir, const char *name, char *buf, size_t size)
{
	_cleanup_fd_ int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n;

	if (fd < 0)
		return -errno;
	while (len < size - 1) {
		n = read(fd, buf + len, size - 1 - len);
		if (n < 0 && errno != EINTR)
			return -errno;
		if (!n)
			break;
		if (n > 0)
			len += (size_t)n;
	}
	buf[len] = '\0';
	return (int)len;
}

/* The value of "Key:\tvalue" in text, copied; false if it is not there. */
static bool field(const char *text, const char *key, char *buf, size_t size)
{
	size_t len = strlen(key);
	const char *line = text, *end;

	while (line) {
		if (!strncmp(line, key, len) && line[len] == ':') {
			line += len + 1;
			while (*line == ' ' || *line == '\t')
				line++;
			end = strchrnul(line, '\n');
			(void)snprintf(buf, size, "%.*s", (int)(end - line),
				line);
			return true;
		}
		line = strchr(line, '\n');
		if (line)
			line++;
	}
	return false;
}

static json_t *capability_set(const char *hex)
{
	uint64_t bits = strtoull(hex, NULL, 16);
	json_t *names = json_array();
	unsigned int i;

	for (i = 0; i < 64; i++) {
		const char *name = bits >> i & 1 ? sec_cap_name(i) : NULL;
		char number[16];

		if (!(bits >> i & 1))
			continue;
		(void)snprintf(number, sizeof(number), "%u", i);
		(void)json_array_append_new(
			names, json_string(name ? name : number));
	}
	return json_pack("{s:s, s:o}", "hex", hex, "names", names);
}

/* "0\t0\t0\t0" as [0, 0, 0, 0] */
static json_t *numbers(const char *text)
{
	json_t *list = json_array();
	char *end;

	for (;;) {
		unsigned long long n = strtoull(text, &end, 10);

		if (end == text)
			return list;
		(void)json_array_append_new(list, json_integer((json_int_t)n));
		text = end;
	}
}

void inspect_status(json_t *o, int proc)
{
	static const char *const sets[][2] = { { "CapBnd", "bounding" },
		{ "CapEff", "effective" }, { "CapPrm", "permitted" },
		{ "CapInh", "inheritable" }, { "CapAmb", "ambient" } };
	static const char *const lists[][2] = { { "Uid", "uid" },
		{ "Gid", "gid" }, { "Groups", "groups" } };
	char text[16384], value[8192];
	json_t *caps = json_object();
	size_t i;

	(void)json_object_set_new(o, "capabilities", caps);
	if (inspect_read(proc, "status", text, sizeof(text)) < 0)
		return;
	for (i = 0; i < ARRAY_LEN(sets); i++)
		if (field(text, sets[i][0], value, sizeof(value)))
			(void)json_object_set_new(
				caps, sets[i][1], capability_set(value));
	for (i = 0; i < ARRAY_LEN(lists); i++)
		if (field(text, lists[i][0], value, sizeof(value)))
			(void)json_object_set_new(
				o, lists[i][1], numbers(value));
	if (field(text, "Seccomp", value, sizeof(value)))
		(void)json_object_set_new(o, "seccomp",
			json_string(value[0] == '2'	    ? "filter"
					: value[0] == '1' ? "strict"
							  : "disabled"));
	if (field(text, "NoNewPrivs", value, sizeof(value)))
		(void)json_object_set_new(
			o, "noNewPrivs", json_boolean(value[0] == '1'));
}

json_t *inspect_namespaces(int proc)
{
	static const char *const kinds[] = { "cgroup", "ipc", "mnt", "net",
		"pid", "time", "user", "uts" };
	json_t *o = json_object();
	struct stat st;
	char path[16];
	size_t i;

	for (i = 0; i < ARRAY_LEN(kinds); i++) {
		(void)snprintf(path, sizeof(path), "ns/%s", kinds[i]);
		if (fstatat(proc, path, &st, 0) == 0)
			(void)json_object_set_new(o, kinds[i],
				json_integer((json_int_t)st.st_ino));
	}
	return o;
}

json_t *inspect_limits(int proc)
{
	char text[4096], name[27], soft[32], hard[32], *line, *next;
	json_t *o = json_object();

	if (inspect_read(proc, "limits", text, sizeof(text)) < 0)
		return o;
	/* columns of fixed width: the names have spaces */
	for (line = strchr(text, '\n'); line; line = next) {
		next = strchr(++line, '\n');
		if (sscanf(line, "%26c%31s %31s", name, soft, hard) != 3)
			continue;
		name[26] = '\0';
		while (name[0] && name[strlen(name) - 1] == ' ')
			name[strlen(name) - 1] = '\0';
		(void)json_object_set_new(o, name,
			json_pack("{s:s, s:s}", "soft", soft, "hard", hard));
	}
	return o;
}

json_t *inspect_cgroup(int proc)
{
	static const char *const files[] = { "cpu.max", "cpu.weight",
		"memory.max", "memory.high", "memory.swap.max",
		"memory.oom.group", "pids.max" };
	_cleanup_fd_ int dir = -EBADF;
	char text[4096], path[8192], value[256], *own;
	json_t *o;
	size_t i, len;

	if (inspect_read(proc, "cgroup", text, sizeof(text)) < 0)
		return json_null();
	if (str_has_prefix(text, "0::"))
		own = text + 3;
	else if ((own = strstr(text, "\n0::")))
		own += 4;
	if (!own)
		return json_null();
	*strchrnul(own, '\n') = '\0';
	o = json_pack("{s:s}", "path", own);
	inspect_cgroup_mount(path, sizeof(path) - sizeof(text));
	len = strlen(path);
	(void)snprintf(path + len, sizeof(path) - len, "%s", own);
	dir = len ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -EBADF;
	for (i = 0; dir >= 0 && i < ARRAY_LEN(files); i++)
		if (cg_get(dir, files[i], value, sizeof(value)) == 0)
			(void)json_object_set_new(
				o, files[i], json_string(value));
	return o;
}

json_t *inspect_oom_score_adj(int proc)
{
	char text[32];

	if (inspect_read(proc, "oom_score_adj", text, sizeof(text)) < 0)
		return json_null();
	return json_integer(strtol(text, NULL, 10));
}

json_t *inspect_memory(int proc)
{
	static const char *const keys[][2] = { { "Rss", "rssKiB" },
		{ "Pss", "pssKiB" } };
	char text[4096], value[64];
	json_t *o = json_object();
	size_t i;

	if (inspect_read(proc, "smaps_rollup", text, sizeof(text)) < 0)
		return o;
	for (i = 0; i < ARRAY_LEN(keys); i++)
		if (field(text, keys[i][0], value, sizeof(value)))
			(void)json_object_set_new(o, keys[i][1],
				json_integer(strtol(value, NULL, 10)));
	return o;
}
