// SPDX-License-Identifier: MIT
/*
 * net/forward.c - the host as a router between its pods.
 *
 * Knows the switches under /proc/sys/net of the caller's network namespace;
 * knows nothing of links and routes.
 */
#include "net/net.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/str.h"

#define CONF6 "/proc/sys/net/ipv6/conf"
#define ADDR_GEN_NONE '1'

/* The switch's first character; they are all numbers below ten. */
static int switch_get(int dir, const char *name)
{
	_cleanup_fd_ int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	char c;
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = read(fd, &c, 1);
	return n < 0 ? -errno : n == 0 ? -EIO : c;
}

static int switch_set(int dir, const char *name, const char *value)
{
	_cleanup_fd_ int fd = openat(dir, name, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, value, 1) != 1)
		return -errno;
	return 0;
}

/*
 * Links without generated addresses are skipped: our pods', whose word on
 * routes must not count, and those of managers that listen by themselves.
 */
static int keep_listening(int conf, const char *link)
{
	_cleanup_fd_ int dir = openat(conf, link,
		O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir < 0)
		return errno == ENOENT ? 0 : -errno;	/* gone meanwhile */
	if (switch_get(dir, "accept_ra") != '1' ||
	    switch_get(dir, "forwarding") != '0' ||
	    switch_get(dir, "addr_gen_mode") == ADDR_GEN_NONE)
		return 0;
	return switch_set(dir, "accept_ra", "2");
}

static int keep_all_listening(void)
{
	_cleanup_dir_ DIR *d = opendir(CONF6);
	const struct dirent *e;
	int r;

	if (!d)
		return -errno;
	while ((errno = 0, e = readdir(d))) {
		if (e->d_name[0] == '.' || str_eq(e->d_name, "all") ||
		    str_eq(e->d_name, "default") || str_eq(e->d_name, "lo"))
			continue;
		r = keep_listening(dirfd(d), e->d_name);
		if (r < 0)
			return r;
	}
	return -errno;
}

static int enable(const char *path, bool is_v6, bool *changed,
	struct pod_error *reterr)
{
	int r = switch_get(AT_FDCWD, path);

	if (r >= 0 && r != '0')
		return 0;
	if (r >= 0 && is_v6)
		r = keep_all_listening();
	if (r >= 0)
		r = switch_set(AT_FDCWD, path, "1");
	if (r < 0) {
		err_code(reterr, r, POD_STAGE_NETWORK, path,
			"enable forwarding");
		err_hint(reterr, is_v6 && r == -ENOENT ?
			"this kernel runs without IPv6: give the pods an IPv4 "
			"CIDR only" : "switch it on with sysctl");
		return is_v6 && r == -ENOENT ? -EAFNOSUPPORT : r;
	}
	*changed = true;
	return 0;
}

int net_forwarding_enable(bool v4, bool v6, bool *ret_changed,
	struct pod_error *reterr)
{
	bool changed = false;
	int r = 0;

	if (v4)
		r = enable("/proc/sys/net/ipv4/ip_forward", false, &changed,
			reterr);
	if (r == 0 && v6)
		r = enable(CONF6 "/all/forwarding", true, &changed, reterr);
	if (r == 0 && ret_changed)
		*ret_changed = changed;
	return r;
}
