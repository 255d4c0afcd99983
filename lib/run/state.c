/* SPDX-License-Identifier: MIT */
/*
 * run/state.c - claiming a name and a UID.
 *
 * The lock in the state directory says whether the owner lives: flock
 * belongs to the open file, passes to an exec'd supervisor with the fd, and
 * is released by the kernel at any death. Nothing here depends on pids.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/str.h"
#include "run/run.h"
#include "sys/path.h"

/* Two creators and a dead owner can chase each other; not for ever. */
#define CLAIM_TRIES 16
/* How long a creator waits for another that is building. */
#define BUILDING_MSEC 2000

void run_uid_random(char uid[RUN_UID_SIZE])
{
	unsigned char b[16];

	if (getrandom(b, sizeof(b), 0) != (ssize_t)sizeof(b))
		memset(b, 0, sizeof(b));
	b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);	/* RFC 4122, v4 */
	b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
	(void)snprintf(uid, RUN_UID_SIZE,
		"%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-"
		"%02x%02x%02x%02x%02x%02x",
		b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9],
		b[10], b[11], b[12], b[13], b[14], b[15]);
}

bool run_uid_valid(const char *uid)
{
	size_t n = strspn(uid, "0123456789abcdef-");

	return n > 0 && n < 64 && uid[n] == '\0' && uid[0] != '-';
}

int run_state_open(const struct run_dirs *d, const char *uid,
	struct pod_error *reterr)
{
	int fd;

	if (!run_uid_valid(uid))
		return err_set(reterr, -EINVAL, POD_STAGE_STATE, uid,
			"open the state", "no valid UID");
	if (d->pods_fd < 0)
		return err_set(reterr, -ENOENT, POD_STAGE_STATE, uid,
			"open the state", "no such pod");
	fd = openat(d->pods_fd, uid,
		O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return err_errno(reterr, POD_STAGE_STATE, uid,
			"open the state");
	return fd;
}

int run_state_alive(int state, int *ret_lock)
{
	/* the directory itself, by an open file of its own */
	_cleanup_fd_ int lock = openat(state, ".",
		O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (lock < 0)
		return errno == ENOENT ? 0 : -errno;
	/* who only asks must not look like an owner to another who asks */
	if (flock(lock, (ret_lock ? LOCK_EX : LOCK_SH) | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ? 1 : -errno;
	if (ret_lock)
		*ret_lock = take_fd(&lock);
	return 0;
}

int run_state_lookup(const struct run_dirs *d, const char *namespace_,
	const char *name, char *uid, size_t size)
{
	char path[512];
	ssize_t n;

	if (d->names_fd < 0)
		return -ENOENT;
	if (snprintf(path, sizeof(path), "%s/%s", namespace_, name) >=
		(int)sizeof(path))
		return -ENAMETOOLONG;
	n = readlinkat(d->names_fd, path, uid, size);
	if (n < 0)
		return -errno;
	if ((size_t)n >= size)
		return -EBADMSG;
	uid[n] = '\0';
	return run_uid_valid(uid) ? 0 : -EBADMSG;
}

/*
 * Does the owner live, for certain? One that is still building may be the
 * supervisor of a creator that was killed, about to notice it.
 */
static bool outlives_building(int state)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	int i, alive;

	for (i = 0;; i++) {
		struct pod_status *status = NULL;
		bool built = run_status_read(state, &status, NULL) >= 0 &&
			status->created;

		free(status);
		alive = run_state_alive(state, NULL);
		if (alive == 0 || built || i == BUILDING_MSEC)
			return alive != 0;
		(void)nanosleep(&pause, NULL);
	}
}

/*
 * Somebody has the name. 0: it was a dead one and is cleaned up, try again;
 * -EEXIST: alive.
 */
static int displace(struct run_dirs *d, const char *namespace_,
	const char *name, int names, struct pod_error *reterr)
{
	char uid[64];
	int state, alive, r;

	uid[0] = '\0';
	r = run_state_lookup(d, namespace_, name, uid, sizeof(uid));
	if (r == -ENOENT)
		return 0;
	if (r == -EBADMSG)	/* not a link of ours: never followed */
		return unlinkat(names, name, 0) < 0 && errno != ENOENT ?
			err_errno(reterr, POD_STAGE_STATE, name,
				"remove a damaged name") : 0;
	state = run_state_open(d, uid, NULL);
	if (state < 0)
		return unlinkat(names, name, 0) < 0 && errno != ENOENT ?
			err_errno(reterr, POD_STAGE_STATE, name,
				"remove a stale name") : 0;
	/* others need the lock of the names for what we wait for */
	(void)flock(names, LOCK_UN);
	alive = outlives_building(state);
	close_fd(state);
	r = alive ? 0 : run_undo(d, uid, false, NULL, NULL, reterr);
	(void)flock(names, LOCK_EX);
	if (!alive)
		return r < 0 ? r : 0;
	r = err_set(reterr, -EEXIST, POD_STAGE_STATE, name, "claim the name",
		"pod \"%s\" already exists in namespace \"%s\" (UID %s)",
		name, namespace_, uid);
	err_hint(reterr, "delete it first: podrun delete %s", name);
	return r;
}

static int link_name(struct run_dirs *d, const char *namespace_,
	const char *name, const char *uid, struct pod_error *reterr)
{
	_cleanup_fd_ int names = openat(d->names_fd, namespace_,
		O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int i, r;

	if (names < 0)
		names = sys_mkdir_open(d->names_fd, namespace_, 0700);
	if (names < 0)
		return err_code(reterr, names, POD_STAGE_STATE, namespace_,
			"make the namespace's directory");
	/* without it a stale link and a fresh one could be mixed up */
	if (flock(names, LOCK_EX) < 0)
		return err_errno(reterr, POD_STAGE_STATE, namespace_,
			"lock the names");
	for (i = 0; i < CLAIM_TRIES; i++) {
		if (symlinkat(uid, names, name) == 0)
			return 0;
		if (errno == ENOENT) {
			/* the last pod of the namespace took it away */
			close_fd(names);
			names = sys_mkdir_open(d->names_fd, namespace_, 0700);
			(void)flock(names, LOCK_EX);
			continue;
		}
		if (errno != EEXIST)
			return err_errno(reterr, POD_STAGE_STATE, name,
				"claim the name");
		r = displace(d, namespace_, name, names, reterr);
		if (r < 0)
			return r;
	}
	return err_set(reterr, -EBUSY, POD_STAGE_STATE, name,
		"claim the name", "it keeps being taken");
}

int run_state_claim(struct run_dirs *d, const char *namespace_,
	const char *name, const char *uid, int *ret_state, int *ret_lock,
	struct pod_error *reterr)
{
	_cleanup_fd_ int state = -EBADF, lock = -EBADF;
	char fresh[80];
	int r;

	if (!run_uid_valid(uid))
		return err_set(reterr, -EINVAL, POD_STAGE_STATE, uid,
			"claim the UID", "no valid UID");
	/*
	 * Under a name that is no UID until it is locked: whoever looks at
	 * the pods in between would take it for a dead one's.
	 */
	(void)snprintf(fresh, sizeof(fresh), RUN_FRESH "%s", uid);
	if (mkdirat(d->pods_fd, fresh, 0700) < 0)
		return err_errno(reterr, POD_STAGE_STATE, uid,
			"make the state directory");
	state = openat(d->pods_fd, fresh,
		O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (state < 0 || fchmod(state, 0700) < 0) {
		r = err_errno(reterr, POD_STAGE_STATE, uid,
			"open the state directory");
		(void)unlinkat(d->pods_fd, fresh, AT_REMOVEDIR);
		return r;
	}
	r = run_state_alive(state, &lock);
	if (r != 0)
		r = err_code(reterr, r < 0 ? r : -EBUSY, POD_STAGE_STATE, uid,
			"lock the state directory");
	if (r == 0 && renameat2(d->pods_fd, fresh, d->pods_fd, uid,
			      RENAME_NOREPLACE) < 0)
		r = err_errno(reterr, POD_STAGE_STATE, uid, "claim the UID");
	if (r < 0) {
		(void)sys_remove_tree(d->pods_fd, fresh);
		return r;
	}
	r = link_name(d, namespace_, name, uid, reterr);
	if (r < 0) {
		(void)sys_remove_tree(d->pods_fd, uid);
		return r;
	}
	*ret_state = take_fd(&state);
	*ret_lock = take_fd(&lock);
	return 0;
}
