/* SPDX-License-Identifier: MIT */
/*
 * child/path.c - paths a container controls, resolved once, to an fd.
 *
 * Knows openat2's RESOLVE_IN_ROOT and makes missing mount points one
 * component at a time on O_NOFOLLOW fds (S07, S09); knows nothing of what is
 * mounted there. The current directory is the container's root.
 */
#include <linux/openat2.h>
#include <linux/stat.h>

#include "child/internal.h"
#include "child/sys.h"

/* openat2 answers EAGAIN when a rename raced with "..": rule 2 bounds it. */
#define RETRIES 64

size_t child_strlen(const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	return n;
}

long child_open_in_root(const char *path, int flags, uint64_t resolve)
{
	struct open_how how = {
		.flags = (uint64_t)(unsigned int)flags | CHILD_O_PATH |
			CHILD_O_CLOEXEC,
		.resolve = resolve | RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	long r = -CHILD_EAGAIN;
	int i;

	for (i = 0; i < RETRIES && r == -CHILD_EAGAIN; i++)
		r = sys(openat2, CHILD_AT_FDCWD, path, &how, sizeof(how));
	return r;
}

long child_mode(int fd, uint64_t *ret_rdev)
{
	struct statx st;
	long r = sys(statx, fd, "", CHILD_AT_EMPTY_PATH, STATX_BASIC_STATS,
		&st);

	if (r < 0)
		return r;
	if (ret_rdev)
		*ret_rdev = (uint64_t)st.stx_rdev_major << 32 |
			st.stx_rdev_minor;
	return st.stx_mode;
}

static long make_last(int parent, const char *name, int want_file,
	uint32_t mode)
{
	long r;

	if (want_file) {
		r = sys(openat, parent, name,
			CHILD_O_CREAT | CHILD_O_EXCL | CHILD_O_WRONLY |
				CHILD_O_NOFOLLOW | CHILD_O_CLOEXEC,
			mode);
		if (r >= 0)
			sys(close, r);
	} else {
		r = sys(mkdirat, parent, name, mode);
	}
	if (r < 0 && r != -CHILD_EEXIST)
		return r;
	return sys(openat, parent, name,
		CHILD_O_PATH | CHILD_O_NOFOLLOW | CHILD_O_CLOEXEC |
			(want_file ? 0 : CHILD_O_DIRECTORY),
		0);
}

long child_open_making(const char *path, int want_file, uint64_t resolve,
	uint32_t mode)
{
	char part[CHILD_PATH_MAX];
	size_t len = child_strlen(path), at = 0;
	long parent, r;
	int missing = 0;

	r = child_open_in_root(path, 0, resolve);
	if (r != -CHILD_ENOENT)
		return r;
	if (len >= sizeof(part))
		return -CHILD_ENAMETOOLONG;
	parent = child_open_in_root("/", CHILD_O_DIRECTORY, 0);
	if (parent < 0)
		return parent;
	while (at < len) {
		size_t start, i;
		int last;

		while (at < len && path[at] == '/')
			at++;
		start = at;
		while (at < len && path[at] != '/')
			at++;
		if (at == start)
			break;
		for (last = 1, i = at; i < len; i++)
			if (path[i] != '/')
				last = 0;
		/*
		 * A prefix that exists is resolved as a whole, so that links
		 * inside the root work; below the first missing one only our
		 * own fds count.
		 */
		for (i = 0; i < at; i++)
			part[i] = path[i];
		part[at] = '\0';
		r = missing ? -CHILD_ENOENT :
			      child_open_in_root(part, 0, resolve);
		if (r == -CHILD_ENOENT) {
			missing = 1;
			r = make_last((int)parent, part + start,
				last && want_file, last ? mode : 0755);
		}
		sys(close, parent);
		if (r < 0)
			return r;
		parent = r;
	}
	return parent;
}
