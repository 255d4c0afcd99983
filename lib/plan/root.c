/* SPDX-License-Identifier: MIT */
/*
 * plan/root.c - the order in which a container's root is built.
 *
 * Knows what a container finds in /proc, /sys, /dev and its volumes, and the
 * cradle paths they come from; the child only executes. Sources are opened
 * before the root is entered, targets resolved after (S15).
 */
#include <errno.h>
#include <linux/mount.h>
#include <linux/sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/str.h"
#include "plan/block.h"
#include "sec/sec.h"

#define SAFE (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC)
/* More CPUs than this are masked as a whole (S25: at most 40 mounts). */
#define THERMAL_MAX 8

/* The kernel's encoding of a device number for mknod. */
static uint64_t device_number(uint32_t major, uint32_t minor)
{
	return (minor & 0xffu) | (uint64_t)major << 8 |
		(uint64_t)(minor & ~0xffu) << 12;
}

uint32_t root_image_number(const struct pod_spec *spec, size_t i)
{
	uint32_t n = 0;
	size_t k, j;

	for (k = 0; k <= i; k++) {
		for (j = 0; j < k; j++)
			if (str_eq(spec->containers[j].image,
				    spec->containers[k].image))
				break;
		if (j < k)
			continue;
		if (str_eq(spec->containers[k].image,
			    spec->containers[i].image))
			return n;
		n++;
	}
	return n;
}

static void mount_fs(struct block *b, const char *type, const char *target,
	const char *options, uint64_t attributes)
{
	plan_str t = block_str(b, type), p = block_str(b, target);
	plan_str o = block_str(b, options);
	struct plan_op *op = block_op(b, OP_MOUNT);

	op->a = t;
	op->b = p;
	op->c = o;
	op->x = attributes;
}

static void make_node(struct block *b, const char *path, uint32_t mode,
	uint64_t number)
{
	struct plan_op *op = block_op_str(b, OP_MKNOD, path);

	op->x = mode;
	op->y = number;
}

static void make_dir(struct block *b, const char *path)
{
	block_op_str(b, OP_MKDIR, path)->x = 0755;
}

static void make_link(struct block *b, const char *to, const char *path)
{
	plan_str t = block_str(b, to), p = block_str(b, path);
	struct plan_op *op = block_op(b, OP_SYMLINK);

	op->a = t;
	op->b = p;
}

static void join(struct block *b, uint64_t flag, uint32_t n)
{
	struct plan_op *op = block_op(b, OP_SETNS);

	op->x = flag;
	op->n = n;
}

static void stream(struct block *b, uint64_t fd, plan_str path,
	uint16_t flags)
{
	struct plan_op *op = block_op(b, OP_STREAM);

	op->x = fd;
	op->a = path;
	op->flags = flags;
}

/* Into the pod's namespaces, with a file table and streams of our own. */
static void enter_pod(struct block *b, const char *name, bool privileged)
{
	uint64_t flags = b->head.sandbox_flags;

	join(b, CLONE_NEWNS, 0);
	if (flags & CLONE_NEWNET)
		join(b, CLONE_NEWNET, 1);
	if (flags & CLONE_NEWIPC)
		join(b, CLONE_NEWIPC, 2);
	if (flags & CLONE_NEWUTS)
		join(b, CLONE_NEWUTS, 3);
	block_op(b, OP_UNSHARE)->x = CLONE_NEWNS |
		(privileged ? 0 : (uint64_t)CLONE_NEWCGROUP);
	block_op(b, OP_UMASK);
	block_op(b, OP_FDS_PRIVATE);
	block_op(b, OP_SESSION);
	stream(b, 0, 0, 0);
	stream(b, 1, block_fmt(b, "/io/%s.out", name), 0);
	stream(b, 2, block_fmt(b, "/io/%s.err", name), 0);
}

/* One tree of the cradle and where it goes. */
struct placement {
	const char *source;	/* cradle path */
	const char *below;	/* subPath, or NULL */
	const char *target;
	uint16_t flags;
};

struct placements {
	struct placement *items;
	size_t count;
};

static int place(struct block *b, struct placements *list,
	const char *source, const char *below, const char *target,
	uint16_t flags)
{
	struct placement *p = source ? arena_append(&b->scratch, &list->items,
		&list->count, sizeof(*p)) : NULL;

	if (!p)
		return -ENOMEM;
	p->source = source;
	p->below = below;
	p->target = target;
	p->flags = flags;
	return 0;
}

static bool is_target(const struct spec_container *c, const char *path)
{
	size_t i;

	for (i = 0; i < c->n_mounts; i++)
		if (str_eq(c->mounts[i].mount_path, path))
			return true;
	return false;
}

static int place_volume(struct block *b, struct placements *list,
	const struct spec_mount *m, struct pod_error *reterr)
{
	const struct pod_spec *s = b->spec;
	const struct spec_volume *v = NULL;
	const char *source, *below = NULL;
	uint16_t flags = OPF_MAKE;
	size_t i;

	for (i = 0; i < s->n_volumes; i++)
		if (str_eq(s->volumes[i].name, m->name))
			v = &s->volumes[i];
	if (!v)
		return err_set(reterr, -EINVAL, POD_STAGE_PLAN, m->name,
			"find the volume", "no volume of that name");
	if (v->type == SPEC_VOLUME_HOST_PATH) {
		source = arena_printf(&b->scratch, "/host/%s", v->name);
		if (m->recursive_read_only != SPEC_RRO_DISABLED ||
			!m->read_only)
			flags |= OPF_RECURSIVE;
	} else {
		source = arena_printf(&b->scratch, "/%s%s",
			v->memory_medium ? "mem/" : "disk/vol-", v->name);
	}
	if (m->read_only)
		flags |= OPF_READ_ONLY;
	if (m->sub_path && *m->sub_path)
		below = m->sub_path;
	return place(b, list, source, below, m->mount_path, flags);
}

static int compare_target(const void *a, const void *b)
{
	const struct placement *p = a, *q = b;

	return strcmp(p->target, q->target);
}

/* Everything that comes from the cradle, parents before what is in them. */
static int placements_make(struct block *b, const struct spec_container *c,
	const struct plan_container *out, bool read_only_root,
	struct placements *list, struct pod_error *reterr)
{
	static const char *const generated[] = { "/etc/hosts", "/etc/hostname",
		"/etc/resolv.conf" };
	uint16_t flags = read_only_root ? OPF_READ_ONLY : 0;
	size_t i;
	int r = 0;

	for (i = 0; i < 3 && r >= 0; i++)
		if (!is_target(c, generated[i]))
			r = place(b, list, generated[i], NULL, generated[i],
				flags);
	if (r >= 0 && !is_target(c, "/dev/shm"))
		r = place(b, list,
			b->spec->host_ipc ? "/hostshm" : "/shm", NULL,
			"/dev/shm", 0);
	if (r >= 0 && out->termination_file)
		r = place(b, list,
			arena_printf(&b->scratch, "/term/%s", c->name), NULL,
			c->termination_message_path, 0);
	for (i = 0; i < c->n_mounts && r >= 0; i++)
		r = place_volume(b, list, &c->mounts[i], reterr);
	if (r < 0)
		return err_code(reterr, r, POD_STAGE_PLAN, c->name,
			"plan the mounts");
	qsort(list->items, list->count, sizeof(*list->items), compare_target);
	return 0;
}

static void open_trees(struct block *b, const struct placements *list)
{
	size_t i;

	for (i = 0; i < list->count; i++) {
		const struct placement *p = &list->items[i];
		plan_str a = block_str(b, p->source);
		plan_str below = block_str(b, p->below);
		struct plan_op *op = block_op(b, OP_TREE);

		op->a = a;
		op->b = below;
		op->slot = (uint16_t)i;
		op->flags = p->flags;
	}
}

static void attach_trees(struct block *b, const struct placements *list)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		block_op_str(b, OP_ATTACH, list->items[i].target)->slot =
			(uint16_t)i;
}

static void make_dev(struct block *b, bool privileged)
{
	static const struct {
		const char *path;
		uint32_t major, minor;
	} nodes[] = {
		{ "/dev/null", 1, 3 }, { "/dev/zero", 1, 5 },
		{ "/dev/full", 1, 7 }, { "/dev/random", 1, 8 },
		{ "/dev/urandom", 1, 9 }, { "/dev/tty", 5, 0 },
	};
	size_t i;

	mount_fs(b, "tmpfs", "/dev",
		privileged ? "mode=0755,size=1m,nr_inodes=64k" :
			     "mode=0755,size=1m,nr_inodes=4k",
		MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);
	for (i = 0; i < sizeof(nodes) / sizeof(nodes[0]); i++)
		make_node(b, nodes[i].path, S_IFCHR | 0666,
			device_number(nodes[i].major, nodes[i].minor));
	make_link(b, "/proc/self/fd", "/dev/fd");
	make_link(b, "/proc/self/fd/0", "/dev/stdin");
	make_link(b, "/proc/self/fd/1", "/dev/stdout");
	make_link(b, "/proc/self/fd/2", "/dev/stderr");
	make_link(b, "pts/ptmx", "/dev/ptmx");
	make_dir(b, "/dev/pts");
	make_dir(b, "/dev/mqueue");
	make_dir(b, "/dev/shm");
	mount_fs(b, "devpts", "/dev/pts",
		"newinstance,ptmxmode=0666,mode=0620,gid=5,max=1024",
		MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);
	mount_fs(b, "mqueue", "/dev/mqueue", NULL, SAFE);
}

/* Is the directory path[0..n) the way to one of the first i nodes? */
static bool is_made(const struct plan_facts *f, size_t i, const char *path,
	size_t n)
{
	while (i-- > 0)
		if (strncmp(f->devices[i].path, path, n) == 0 &&
			f->devices[i].path[n] == '/')
			return true;
	return false;
}

/* Directories are made as the nodes need them; the basic six are there. */
static void host_devices(struct block *b)
{
	const struct plan_facts *f = b->facts;
	size_t i;

	for (i = 0; i < f->n_devices; i++) {
		const struct plan_device *d = &f->devices[i];
		const char *slash = d->path + strlen("/dev");

		while ((slash = strchr(slash + 1, '/'))) {
			size_t n = (size_t)(slash - d->path);
			char *dir;

			if (is_made(f, i, d->path, n))
				continue;
			dir = arena_strndup(&b->scratch, d->path, n);
			make_dir(b, dir);
		}
		make_node(b, d->path, d->mode,
			device_number(d->major, d->minor));
	}
}

static void hide(struct block *b, bool host_image)
{
	const char *const *p;
	uint32_t i;

	for (p = sec_masked_paths; *p; p++)
		block_op_str(b, OP_MASK, *p);
	if (b->facts->thermal_cpus > THERMAL_MAX) {
		block_op_str(b, OP_MASK, "/sys/devices/system/cpu");
	} else {
		for (i = 0; i < b->facts->thermal_cpus; i++) {
			plan_str path = block_fmt(b,
				"/sys/devices/system/cpu/cpu%u/"
				"thermal_throttle", i);

			block_op(b, OP_MASK)->a = path;
		}
	}
	for (p = sec_readonly_paths; *p; p++)
		block_op_str(b, OP_READONLY, *p);
	/* other pods' layers, sockets and logs are no part of the image */
	if (host_image) {
		block_op_str(b, OP_MASK, b->facts->root_dir);
		block_op_str(b, OP_MASK, b->facts->run_dir);
	}
}

/*
 * What a container writes to its root goes to a tmpfs that only its own mount
 * namespace has: charged to it, gone with it, nothing to clean up. On disk
 * only when asked for.
 */
static void overlay(struct block *b, size_t index, const char *name)
{
	bool disk = b->spec->layer == SPEC_LAYER_DISK;
	plan_str lower = block_fmt(b, "/lower/%u",
		root_image_number(b->spec, index));
	plan_str upper, work;
	struct plan_op *op;

	if (disk) {
		upper = block_fmt(b, "/disk/upper-%s", name);
		work = block_fmt(b, "/disk/work-%s", name);
	} else {
		block_op_str(b, OP_LAYER_MEMORY, "/layer");
		upper = block_str(b, "/layer/upper");
		work = block_str(b, "/layer/work");
	}
	op = block_op(b, OP_OVERLAY);
	op->a = lower;
	op->b = upper;
	op->c = work;
	op->flags = disk ? OPF_VOLATILE : 0;
	op->x = MOUNT_ATTR_NODEV;
}

int root_build(struct block *b, size_t index, struct plan_container *out,
	struct pod_error *reterr)
{
	const struct spec_container *c = &b->spec->containers[index];
	struct spec_security sec = plan_security(b->spec, c);
	bool privileged = sec.privileged == SPEC_YES;
	bool read_only = sec.read_only_root_filesystem == SPEC_YES;
	bool unmasked = privileged || sec.proc_mount_unmasked;
	struct placements list = { NULL, 0 };
	uint32_t mark = block_mark(b);
	int r;

	r = placements_make(b, c, out, read_only, &list, reterr);
	if (r < 0)
		return r;
	enter_pod(b, c->name, privileged);
	overlay(b, index, c->name);
	open_trees(b, &list);
	block_op(b, OP_ROOT);
	mount_fs(b, "proc", "/proc", NULL, SAFE);
	mount_fs(b, "sysfs", "/sys", NULL,
		SAFE | (privileged ? 0 : MOUNT_ATTR_RDONLY));
	if (b->facts->has_cgroup)
		mount_fs(b, "cgroup2", "/sys/fs/cgroup", NULL,
			SAFE | (privileged ? 0 : MOUNT_ATTR_RDONLY));
	make_dev(b, privileged);
	if (privileged)
		host_devices(b);
	stream(b, 0, block_str(b, "/dev/null"), OPF_DEVICES | OPF_OPTIONAL);
	if (!unmasked)
		hide(b, str_eq(c->image, "host"));
	attach_trees(b, &list);
	if (read_only)
		block_op(b, OP_ROOT_READONLY);
	out->build = block_since(b, mark);
	return 0;
}
