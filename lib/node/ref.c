/* SPDX-License-Identifier: MIT */
/*
 * node/ref.c - from what a user calls a pod to its UID and state directory.
 *
 * Knows NAME, NAMESPACE/NAME, pod/NAME, UIDs and their prefixes. A name goes
 * before a UID: names are what users choose, and may look like hex.
 */
#include <fcntl.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/str.h"
#include "node/node.h"
#include "spec/spec.h"

#define OPERATION "find pod"

static bool is_kind(const char *s, size_t len)
{
	return (len == 3 && !memcmp(s, "pod", 3)) ||
		(len == 4 && !memcmp(s, "pods", 4));
}

bool node_ref_split(const char *ref, const char *namespace_, char *ret_ns,
	size_t ns_size, char *ret_name, size_t name_size)
{
	const char *slash = strchr(ref, '/');

	if (slash && is_kind(ref, (size_t)(slash - ref))) {
		ref = slash + 1;
		slash = strchr(ref, '/');
	}
	if (!slash) {
		if (!str_copy(ret_ns, ns_size, namespace_))
			return false;
	} else {
		if ((size_t)(slash - ref) >= ns_size)
			return false;
		memcpy(ret_ns, ref, (size_t)(slash - ref));
		ret_ns[slash - ref] = '\0';
		ref = slash + 1;
	}
	return spec_is_dns_label(ret_ns) && spec_is_dns_subdomain(ref) &&
		str_copy(ret_name, name_size, ref);
}

bool node_ref_matches(const struct pod_node *node, const char *ref,
	const char *uid, const char *full_name)
{
	char ns[64], name[256], full[sizeof(ns) + sizeof(name)];

	if (str_eq(ref, uid))
		return true;
	if (!node_ref_split(ref, node->namespace_, ns, sizeof(ns), name,
		    sizeof(name)))
		return false;
	(void)snprintf(full, sizeof(full), "%s/%s", ns, name);
	return str_eq(full, full_name);
}

static int not_found(const char *ref, struct pod_error *reterr)
{
	char text[160];

	(void)str_escape(text, sizeof(text), ref);
	return err_set(reterr, -ENOENT, POD_STAGE_STATE, ref, OPERATION,
		"pod \"%s\" not found", text);
}

/* Open pods/UID; its absence is the caller's to tell. */
static int open_state(const struct run_dirs *d, const char *uid)
{
	int fd = openat(d->pods_fd, uid,
		O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* All UIDs that begin with prefix; *ret receives the first. */
static int match_prefix(const struct run_dirs *d, const char *prefix,
	char *ret, size_t size, struct pod_error *reterr)
{
	_cleanup_dir_ DIR *dir = NULL;
	char all[400] = "";
	size_t len = 0;
	struct dirent *entry;
	int count = 0, fd;

	fd = openat(d->pods_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_errno(reterr, POD_STAGE_STATE, prefix, OPERATION);
	dir = fdopendir(fd);
	if (!dir) {
		close_fd(fd);
		return err_errno(reterr, POD_STAGE_STATE, prefix, OPERATION);
	}
	while ((entry = readdir(dir))) {
		if (!run_uid_valid(entry->d_name) ||
			!str_has_prefix(entry->d_name, prefix))
			continue;
		if (!count++)
			(void)str_copy(ret, size, entry->d_name);
		if (len < sizeof(all))
			len += (size_t)snprintf(all + len, sizeof(all) - len,
				" %s", entry->d_name);
	}
	if (count < 2)
		return count;
	return err_set(reterr, -ENOTUNIQ, POD_STAGE_STATE, prefix, OPERATION,
		"%d pods have UIDs that begin so:%s", count, all);
}

static int find_uid(const struct run_dirs *d, const char *ref, char *uid,
	size_t size, struct pod_error *reterr)
{
	const char *slash = strchr(ref, '/');

	if (slash && is_kind(ref, (size_t)(slash - ref)))
		ref = slash + 1;
	if (strlen(ref) < NODE_MIN_PREFIX || !run_uid_valid(ref))
		return 0;
	if (faccessat(d->pods_fd, ref, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return str_copy(uid, size, ref);
	return match_prefix(d, ref, uid, size, reterr);
}

int node_find(struct pod_node *node, const char *ref, struct node_pod *ret,
	struct pod_error *reterr)
{
	char ns[64], name[256];
	struct run_dirs *d;
	int r, fd;

	r = node_dirs(node, false, &d, reterr);
	if (r < 0)
		return r;
	if (d->pods_fd < 0)
		return not_found(ref, reterr);
	if (!node_ref_split(ref, node->namespace_, ns, sizeof(ns), name,
		    sizeof(name)) ||
		run_state_lookup(d, ns, name, ret->uid, sizeof(ret->uid)) < 0) {
		r = find_uid(d, ref, ret->uid, sizeof(ret->uid), reterr);
		if (r < 0)
			return r;
		if (!r)
			return not_found(ref, reterr);
	}
	fd = open_state(d, ret->uid);
	if (fd == -ENOENT)
		return not_found(ref, reterr);
	if (fd < 0)
		return err_code(
			reterr, fd, POD_STAGE_STATE, ret->uid, OPERATION);
	ret->state = fd;
	return 0;
}

int node_name_unlink(const struct run_dirs *d, const char *namespace_,
	const char *name, const char *uid)
{
	char found[64];
	_cleanup_fd_ int dir = -EBADF;
	int r;

	r = run_state_lookup(d, namespace_, name, found, sizeof(found));
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	if (!str_eq(found, uid))
		return 0;
	dir = openat(d->names_fd, namespace_,
		O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir < 0)
		return errno == ENOENT ? 0 : -errno;
	if (unlinkat(dir, name, 0) < 0 && errno != ENOENT)
		return -errno;
	return 0;
}
