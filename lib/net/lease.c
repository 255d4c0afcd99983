// SPDX-License-Identifier: MIT
/*
 * net/lease.c - which pod holds which address index.
 *
 * A lease is a symlink "000017" -> UID: symlink() is atomic and fails when
 * the name is there, so it is lock, record and journal in one. Knows names
 * and numbers only; knows nothing of addresses or of whether a link is alive.
 */
#include "net/net.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/str.h"

#define UID_MAX_LEN 63
#define NAME_SIZE 24	/* 20 digits of a uint64_t */

static bool uid_is_valid(const char *uid)
{
	size_t len = strspn(uid, "0123456789abcdefABCDEF-");

	return len >= 1 && len <= UID_MAX_LEN && uid[len] == '\0';
}

static void lease_name(uint64_t index, char *name)
{
	(void)snprintf(name, NAME_SIZE, "%06" PRIu64, index);
}

static int uid_error(const char *uid, struct pod_error *reterr)
{
	char shown[256];

	str_escape(shown, sizeof(shown), uid);
	return err_set(reterr, -EINVAL, POD_STAGE_STATE, shown,
		"take address lease",
		"not a UID: 1 to %d hexadecimal digits and dashes",
		UID_MAX_LEN);
}

/* Whose is it? "" if it is not a lease of ours; -ENOENT: nobody's. */
static int lease_holder(int dir, const char *name, char *ret, size_t size)
{
	ssize_t n = readlinkat(dir, name, ret, size - 1);

	if (n < 0 && errno != EINVAL)
		return -errno;
	ret[n < 0 ? 0 : n] = '\0';
	return 0;
}

uint64_t net_lease_start(const char *uid, uint64_t capacity)
{
	uint64_t h = 14695981039346656037ULL;

	if (capacity == 0)
		return 0;
	for (; *uid; uid++)
		h = (h ^ (unsigned char)*uid) * 1099511628211ULL;
	/* FNV's low bits are its weak ones; capacity is near a power of 2. */
	h ^= h >> 32;
	return h % capacity;
}

int net_lease_take(int dir, const char *uid, uint64_t capacity,
	uint64_t start, uint64_t *ret_index, struct pod_error *reterr)
{
	char name[NAME_SIZE];
	uint64_t index, tried;
	int r;

	if (!uid_is_valid(uid))
		return uid_error(uid, reterr);
	index = capacity ? start % capacity : 0;
	for (tried = 0; tried < capacity; tried++) {
		lease_name(index, name);
		if (symlinkat(uid, dir, name) == 0) {
			*ret_index = index;
			return 0;
		}
		if (errno != EEXIST)
			return err_errno(reterr, POD_STAGE_STATE, name,
				"take address lease");
		if (++index == capacity)
			index = 0;
	}
	r = err_set(reterr, -EADDRNOTAVAIL, POD_STAGE_STATE, uid,
		"take address lease",
		"all %" PRIu64 " addresses of the pod CIDR are taken",
		capacity);
	err_hint(reterr, "delete pods, or use a larger pod CIDR");
	return r;
}

int net_lease_take_index(int dir, const char *uid, uint64_t index,
	struct pod_error *reterr)
{
	char name[NAME_SIZE], holder[256], shown[256];
	int attempt, r;

	if (!uid_is_valid(uid))
		return uid_error(uid, reterr);
	lease_name(index, name);
	/* Released between the two calls: free, so try again. */
	for (attempt = 0; attempt < 8; attempt++) {
		if (symlinkat(uid, dir, name) == 0)
			return 0;
		if (errno != EEXIST)
			return err_errno(reterr, POD_STAGE_STATE, name,
				"take address lease");
		r = lease_holder(dir, name, holder, sizeof(holder));
		if (r == 0)
			break;
		if (r != -ENOENT)
			return err_code(reterr, r, POD_STAGE_STATE, name,
				"read address lease");
	}
	if (attempt < 8 && str_eq(holder, uid))
		return 0;
	if (attempt == 8)
		str_copy(holder, sizeof(holder), "others, in turn");
	str_escape(shown, sizeof(shown), holder);
	return err_set(reterr, -EADDRINUSE, POD_STAGE_STATE, name,
		"take address lease", "held by %s",
		shown[0] ? shown : "something that is not a lease");
}

int net_lease_release(int dir, const char *uid, uint64_t index)
{
	_cleanup_fd_ int lock = -EBADF;
	char name[NAME_SIZE], holder[256];
	int r;

	if (!uid_is_valid(uid))
		return -EINVAL;
	lease_name(index, name);
	/*
	 * Two releases of one lease, with a new holder between the first's
	 * unlink and the second's, would free the new one's: look and unlink
	 * under a lock. Takers need none. Opened anew, since a lock belongs
	 * to the open file and dir may be shared with other processes.
	 */
	lock = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (lock < 0)
		return -errno;
	while (flock(lock, LOCK_EX) < 0)
		if (errno != EINTR)
			return -errno;
	r = lease_holder(dir, name, holder, sizeof(holder));
	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return r;
	if (!str_eq(holder, uid))
		return -EPERM;
	if (unlinkat(dir, name, 0) < 0)
		return errno == ENOENT ? 0 : -errno;
	return 0;
}

int net_lease_held(int dir, const char *uid, uint64_t index)
{
	char name[NAME_SIZE], holder[256];
	int r;

	if (!uid_is_valid(uid))
		return -EINVAL;
	lease_name(index, name);
	r = lease_holder(dir, name, holder, sizeof(holder));
	if (r == -ENOENT)
		return 0;
	return r < 0 ? r : str_eq(holder, uid);
}
