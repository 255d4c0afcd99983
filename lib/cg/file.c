/* SPDX-License-Identifier: MIT */
/*
 * cg/file.c - reading and writing the files of one cgroup.
 *
 * Knows how a missing controller shows; knows nothing of the tree.
 */
#include "cg/cg.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/str.h"
#include "cg/internal.h"

#define VALUE_SIZE 4096		/* one page is the most a limit file has */
#define STAT_SIZE 16384		/* memory.stat is the largest */

void cg_path(int dir, const char *name, char *buf, size_t size)
{
	char link[32], path[PATH_MAX];
	ssize_t n;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", dir);
	n = readlink(link, path, sizeof(path) - 1);
	path[n > 0 ? n : 0] = '\0';
	(void)snprintf(buf, size, "%.*s%s%s", (int)(sizeof(path) - 1), path,
		*name ? "/" : "", name);
}

int cg_write(int dir, const char *file, const char *value)
{
	_cleanup_fd_ int fd = openat(dir, file,
		O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	size_t len = strlen(value);
	ssize_t n;

	if (fd < 0)
		return -errno;
	do
		n = write(fd, value, len);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	return (size_t)n == len ? 0 : -EIO;
}

int cg_get(int dir, const char *file, char *buf, size_t size)
{
	_cleanup_fd_ int fd = openat(dir, file,
		O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	size_t len = 0;

	if (fd < 0)
		return -errno;
	for (;;) {
		ssize_t n;

		if (len == size)
			return -EMSGSIZE;
		n = read(fd, buf + len, size - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		len += (size_t)n;
	}
	if (len && buf[len - 1] == '\n')
		len--;
	buf[len] = '\0';
	return 0;
}

int cg_get_key(int dir, const char *file, const char *key, uint64_t *ret)
{
	const size_t len = strlen(key);
	char buf[STAT_SIZE];
	const char *line = buf;
	int r;

	r = cg_get(dir, file, buf, sizeof(buf));
	if (r < 0)
		return r;
	for (; line; line = strchr(line, '\n')) {
		char *end;
		uint64_t value;

		if (*line == '\n')
			line++;
		if (strncmp(line, key, len) != 0 || line[len] != ' ')
			continue;
		errno = 0;
		value = strtoull(line + len + 1, &end, 10);
		if (errno || end == line + len + 1 || (*end && *end != '\n'))
			return -EBADMSG;
		*ret = value;
		return 0;
	}
	return -ENOENT;
}

/*
 * The file is not there: the controller is not enabled for this group, or
 * this kernel's controller has no such file.
 */
static int refuse_missing(int dir, const char *file, struct pod_error *reterr)
{
	uint32_t controller = cg_controller_of_file(file);
	char path[256], list[VALUE_SIZE];
	const char *name;

	if (controller &&
		cg_get(dir, "cgroup.controllers", list, sizeof(list)) == 0 &&
		!(cg_controllers_parse(list) & controller)) {
		name = cg_controller_name((enum cg_controller)controller);
		cg_path(dir, "", path, sizeof(path));
		(void)err_set(reterr, -ENODEV, POD_STAGE_CGROUP, file,
			"set limit", "controller %s is not available below %s",
			name, path);
		err_hint(reterr, "run without this limit, or boot with "
			"cgroup_no_v1=%s so that cgroup v2 has the controller",
			name);
		return -ENODEV;
	}
	return err_set(reterr, -ENOENT, POD_STAGE_CGROUP, file, "set limit",
		"this kernel has no %s", file);
}

int cg_set(int dir, const char *file, const char *value,
	struct pod_error *reterr)
{
	char got[VALUE_SIZE], operation[64];
	int r;

	(void)snprintf(operation, sizeof(operation), "write \"%s\"", value);
	r = cg_write(dir, file, value);
	if (r == -ENOENT)
		return refuse_missing(dir, file, reterr);
	if (r < 0)
		return err_code(reterr, r, POD_STAGE_CGROUP, file, operation);
	r = cg_get(dir, file, got, sizeof(got));
	if (r < 0)
		return err_code(reterr, r, POD_STAGE_CGROUP, file,
			"read back");
	if (!cg_value_matches(file, value, got))
		return err_set(reterr, -EREMOTEIO, POD_STAGE_CGROUP, file,
			operation, "wrote \"%s\", the kernel has \"%s\"",
			value, got);
	return 0;
}

int cg_freeze(int dir, bool on)
{
	return cg_write(dir, "cgroup.freeze", on ? "1" : "0");
}

int cg_populated(int dir)
{
	uint64_t populated;
	int r = cg_get_key(dir, "cgroup.events", "populated", &populated);

	if (r < 0)
		return r;
	return populated != 0;
}
