/* SPDX-License-Identifier: MIT */
/*
 * front/file.c - reading the manifest: pod_spec_load_file().
 *
 * Knows open and read with a cap; knows nothing of what is read.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include <pod/spec.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/str.h"
#include "front/tree.h"

/* One byte more than the cap, so that too much is seen as too much. */
#define ROOM (FRONT_MAX_BYTES + 1)

/* Most manifests fit the first piece: a launch should not pay for 1 MiB. */
#define FIRST_PIECE (64 * 1024)

static int read_all(int fd, struct strbuf *sb)
{
	_cleanup_free_ char *piece = malloc(FIRST_PIECE);

	if (!piece)
		return -ENOMEM;
	while (sb->len < ROOM) {
		size_t want = ROOM - sb->len;
		ssize_t n;

		n = read(fd, piece, want < FIRST_PIECE ? want : FIRST_PIECE);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		sb_add(sb, piece, (size_t)n);
		if (sb_result(sb) < 0)
			return -ENOMEM;
	}
	return 0;
}

int pod_spec_load_file(const char *path, unsigned int flags,
	struct pod_spec ***ret_specs, size_t *ret_count,
	struct pod_problems **ret_problems, struct pod_error *reterr)
{
	_cleanup_fd_ int opened = -EBADF;
	_cleanup_sb_ struct strbuf sb = { 0 };
	int fd = STDIN_FILENO;
	int r;

	if (ret_problems)
		*ret_problems = NULL;
	if (!str_eq(path, "-")) {
		opened = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
		if (opened < 0)
			return err_errno(reterr, POD_STAGE_MANIFEST, path,
				"open");
		fd = opened;
	}
	r = read_all(fd, &sb);
	if (r < 0)
		return err_code(reterr, r, POD_STAGE_MANIFEST, path, "read");
	return pod_spec_load(path, sb.data ? sb.data : "", sb.len, flags,
		ret_specs, ret_count, ret_problems, reterr);
}
