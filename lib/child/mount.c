/* SPDX-License-Identifier: MIT */
/*
 * child/mount.c - the container's root file system.
 *
 * Knows fsopen, open_tree and move_mount; every target is an fd resolved
 * inside the root, every source a tree of ours. Knows nothing of who wants
 * which mount: the plan says that.
 */
#include <linux/fcntl.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <linux/stat.h>

#include "child/internal.h"
#include "child/sys.h"

#define MNT_DETACH 2
#define RDEV_NULL ((uint64_t)1 << 32 | 3)

static long move_onto(int tree, int target)
{
	return sys(move_mount, tree, "", target, "",
		MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

static long set_read_only(int tree, int recursive)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY };

	return sys(mount_setattr, tree, "",
		CHILD_AT_EMPTY_PATH | (recursive ? CHILD_AT_RECURSIVE : 0),
		&attr, sizeof(attr));
}

static long clone_tree(int fd, int recursive)
{
	return sys(open_tree, fd, "",
		OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | CHILD_AT_EMPTY_PATH |
			(recursive ? CHILD_AT_RECURSIVE : 0));
}

static long set_string(int fs, const char *key, const char *value)
{
	return sys(fsconfig, fs, FSCONFIG_SET_STRING, key, value, 0);
}

/* Create the superblock and mount it detached; takes fs. */
static long create_mount(int fs, uint64_t attributes)
{
	long r = sys(fsconfig, fs, FSCONFIG_CMD_CREATE, 0, 0, 0);

	if (r >= 0)
		r = sys(fsmount, fs, FSMOUNT_CLOEXEC, attributes);
	sys(close, fs);
	return r;
}

static long set_options(int fs, const char *options);

/* Ours alone: this mount namespace is a copy that nobody else has. */
long child_layer(struct child *c, const struct plan_op *op)
{
	const char *path = child_text(c, op->a);
	long fs = sys(fsopen, "tmpfs", FSOPEN_CLOEXEC), r;

	if (fs < 0)
		return fs;
	r = set_options((int)fs, "mode=0700");
	if (r < 0) {
		sys(close, fs);
		return r;
	}
	fs = create_mount((int)fs, MOUNT_ATTR_NODEV);
	if (fs < 0)
		return fs;
	r = sys(mkdirat, fs, "upper", 0755);
	if (r >= 0)
		r = sys(mkdirat, fs, "work", 0700);
	if (r >= 0)
		r = sys(move_mount, fs, "", CHILD_AT_FDCWD, path,
			MOVE_MOUNT_F_EMPTY_PATH);
	sys(close, fs);
	return r;
}

long child_overlay(struct child *c, const struct plan_op *op)
{
	long fs = sys(fsopen, "overlay", FSOPEN_CLOEXEC), r;

	if (fs < 0)
		return fs;
	r = set_string((int)fs, "lowerdir", child_text(c, op->a));
	if (r >= 0)
		r = set_string((int)fs, "upperdir", child_text(c, op->b));
	if (r >= 0)
		r = set_string((int)fs, "workdir", child_text(c, op->c));
	if (r >= 0 && op->flags & OPF_VOLATILE)
		r = sys(fsconfig, fs, FSCONFIG_SET_FLAG, "volatile", 0, 0);
	if (r < 0) {
		sys(close, fs);
		return r;
	}
	r = create_mount((int)fs, op->x);
	if (r < 0)
		return r;
	c->root = (int)r;
	return 0;
}

/* Find b below the directory base, making missing parts when asked (S08). */
static long open_below(long base, const char *path, int make)
{
	struct open_how how = {
		.flags = CHILD_O_PATH | CHILD_O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS |
			RESOLVE_NO_MAGICLINKS,
	};
	long r = -CHILD_EAGAIN, dir;
	char part[256];
	int i;

	for (i = 0; i < 64 && r == -CHILD_EAGAIN; i++)
		r = sys(openat2, base, path, &how, sizeof(how));
	if (r != -CHILD_ENOENT || !make)
		return r;
	dir = sys(openat, base, ".",
		CHILD_O_PATH | CHILD_O_DIRECTORY | CHILD_O_CLOEXEC, 0);
	while (dir >= 0 && *path) {
		size_t n = 0;
		long next;

		while (*path == '/')
			path++;
		while (path[n] && path[n] != '/')
			n++;
		if (!n)
			break;
		if (n >= sizeof(part)) {
			sys(close, dir);
			return -CHILD_ENAMETOOLONG;
		}
		for (i = 0; i < (int)n; i++)
			part[i] = path[i];
		part[n] = '\0';
		path += n;
		next = sys(mkdirat, dir, part, 0755);
		if (next >= 0 || next == -CHILD_EEXIST)
			next = sys(openat, dir, part,
				CHILD_O_PATH | CHILD_O_DIRECTORY |
					CHILD_O_NOFOLLOW | CHILD_O_CLOEXEC,
				0);
		sys(close, dir);
		dir = next;
	}
	return dir;
}

long child_tree(struct child *c, const struct plan_op *op)
{
	long fd, tree, r;

	fd = sys(openat, CHILD_AT_FDCWD, child_text(c, op->a),
		CHILD_O_PATH | CHILD_O_NOFOLLOW | CHILD_O_CLOEXEC, 0);
	if (fd < 0)
		return fd;
	if (op->b) {
		r = open_below(fd, child_text(c, op->b),
			op->flags & OPF_MAKE);
		sys(close, fd);
		if (r < 0)
			return r;
		fd = r;
	}
	tree = clone_tree((int)fd, op->flags & OPF_RECURSIVE);
	sys(close, fd);
	if (tree < 0)
		return tree;
	if (op->flags & OPF_READ_ONLY) {
		r = set_read_only((int)tree, op->flags & OPF_RECURSIVE);
		if (r < 0) {
			sys(close, tree);
			return r;
		}
	}
	c->slots[op->slot] = (int32_t)tree;
	return 0;
}

/*
 * The old root goes before any path of the container is looked at (rule 10,
 * S15). pivot_root(".", ".") stacks the old root on the new one, and "."
 * then names it: see pivot_root(2).
 */
static long swap_root(int root)
{
	long r = sys(move_mount, root, "", CHILD_AT_FDCWD, "/",
		MOVE_MOUNT_F_EMPTY_PATH);

	if (r >= 0)
		r = sys(fchdir, root);
	if (r >= 0)
		r = sys(pivot_root, ".", ".");
	if (r >= 0)
		r = sys(umount2, ".", MNT_DETACH);
	if (r >= 0)
		r = sys(chdir, "/");
	return r;
}

long child_enter_root(struct child *c, const struct plan_op *op)
{
	long r;

	(void)op;
	r = swap_root(c->root);
	sys(close, c->root);
	c->root = -1;
	return r;
}

long child_pivot(struct child *c, const struct plan_op *op)
{
	long r;

	(void)c;
	(void)op;
	r = sys(pivot_root, ".", ".");
	if (r >= 0)
		r = sys(umount2, ".", MNT_DETACH);
	if (r >= 0)
		r = sys(chdir, "/");
	return r;
}

/* "key=value,flag": each goes to fsconfig. */
static long set_options(int fs, const char *options)
{
	char key[128];
	long r = 0;

	while (*options && r >= 0) {
		size_t n = 0, eq = 0, i;

		while (options[n] && options[n] != ',')
			n++;
		if (n >= sizeof(key))
			return -CHILD_ENAMETOOLONG;
		for (i = 0; i < n; i++) {
			key[i] = options[i];
			if (!eq && key[i] == '=') {
				key[i] = '\0';
				eq = i + 1;
			}
		}
		key[n] = '\0';
		if (eq)
			r = set_string(fs, key, key + eq);
		else if (n)
			r = sys(fsconfig, fs, FSCONFIG_SET_FLAG, key, 0, 0);
		options += n + (options[n] == ',');
	}
	return r;
}

long child_mount(struct child *c, const struct plan_op *op)
{
	long fs = sys(fsopen, child_text(c, op->a), FSOPEN_CLOEXEC), r;
	long target;

	if (fs < 0)
		return fs;
	if (op->c) {
		r = set_options((int)fs, child_text(c, op->c));
		if (r < 0) {
			sys(close, fs);
			return r;
		}
	}
	fs = create_mount((int)fs, op->x);
	if (fs < 0)
		return fs;
	/* /proc, /sys and /dev must be real directories (S07, S10). */
	target = child_open_making(child_text(c, op->b), 0,
		RESOLVE_NO_SYMLINKS, 0755);
	if (target < 0) {
		sys(close, fs);
		return target;
	}
	r = move_onto((int)fs, (int)target);
	sys(close, target);
	sys(close, fs);
	return r;
}

long child_attach(struct child *c, const struct plan_op *op)
{
	int tree = c->slots[op->slot];
	long mode = child_mode(tree, NULL), target, r;

	if (mode < 0)
		return mode;
	target = child_open_making(child_text(c, op->a),
		(mode & S_IFMT) != S_IFDIR, 0, (mode & S_IFMT) == S_IFDIR ?
			0755 : 0644);
	if (target < 0)
		return target;
	/* a /proc that is not the kernel's would deceive us, too (S07) */
	r = child_is_procfs((int)target) ? -CHILD_EPERM :
		child_mode((int)target, NULL);
	if (r >= 0 && ((r & S_IFMT) == S_IFDIR) != ((mode & S_IFMT) == S_IFDIR))
		r = -CHILD_ENOTDIR;
	if (r >= 0)
		r = move_onto(tree, (int)target);
	sys(close, target);
	sys(close, tree);
	c->slots[op->slot] = -1;
	return r;
}

/* One empty read-only tmpfs serves every masked directory (rule 9, S25). */
static long empty_dir_tree(struct child *c)
{
	long fs, r;

	if (c->empty_dir >= 0)
		return clone_tree(c->empty_dir, 0);
	fs = sys(fsopen, "tmpfs", FSOPEN_CLOEXEC);
	if (fs < 0)
		return fs;
	r = set_options((int)fs, "nr_blocks=1,nr_inodes=1,mode=0555");
	if (r < 0) {
		sys(close, fs);
		return r;
	}
	return create_mount((int)fs, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID |
		MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
}

/* Our own /dev/null, proven by type and device number (S17). */
static long null_tree(struct child *c)
{
	uint64_t rdev = 0;
	long fd, r;

	if (c->null >= 0)
		return clone_tree(c->null, 0);
	fd = sys(openat, CHILD_AT_FDCWD, "/dev/null",
		CHILD_O_PATH | CHILD_O_NOFOLLOW | CHILD_O_CLOEXEC, 0);
	if (fd < 0)
		return fd;
	r = child_mode((int)fd, &rdev);
	if (r >= 0 && ((r & S_IFMT) != S_IFCHR || rdev != RDEV_NULL))
		r = -CHILD_ESTALE;
	if (r < 0) {
		sys(close, fd);
		return r;
	}
	c->null = (int)fd;
	return clone_tree(c->null, 0);
}

long child_mask(struct child *c, const struct plan_op *op)
{
	long target, mode, tree, r;

	target = child_open_in_root(child_text(c, op->a), 0,
		RESOLVE_NO_SYMLINKS);
	if (target == -CHILD_ENOENT)
		return 0;
	if (target < 0)
		return target;
	mode = child_mode((int)target, NULL);
	if (mode < 0) {
		sys(close, target);
		return mode;
	}
	tree = (mode & S_IFMT) == S_IFDIR ? empty_dir_tree(c) : null_tree(c);
	if (tree < 0) {
		sys(close, target);
		return tree;
	}
	r = move_onto((int)tree, (int)target);
	sys(close, target);
	if (r >= 0 && (mode & S_IFMT) == S_IFDIR && c->empty_dir < 0)
		c->empty_dir = (int)tree;
	else
		sys(close, tree);
	return r;
}

long child_read_only(struct child *c, const struct plan_op *op)
{
	long target, tree, r;

	target = child_open_in_root(child_text(c, op->a), 0,
		RESOLVE_NO_SYMLINKS);
	if (target == -CHILD_ENOENT)
		return 0;
	if (target < 0)
		return target;
	tree = clone_tree((int)target, 1);
	r = tree < 0 ? tree : set_read_only((int)tree, 1);
	if (r >= 0)
		r = move_onto((int)tree, (int)target);
	if (tree >= 0)
		sys(close, tree);
	sys(close, target);
	return r;
}

long child_root_read_only(struct child *c, const struct plan_op *op)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY };

	(void)c;
	(void)op;
	return sys(mount_setattr, CHILD_AT_FDCWD, "/", 0, &attr, sizeof(attr));
}
