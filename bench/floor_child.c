/* SPDX-License-Identifier: MIT */
/*
 * bench/floor_child.c - what a container of the floor does before exec.
 *
 * Runs on the parent's memory (CLONE_VM) and its own stack: raw system calls
 * only, no libc, no allocation. The order is the one any runtime is forced
 * into: mounts, root switch, capabilities, filter, exec. Names the step it is
 * at, so that a failure is told exactly. Undoes nothing: what it makes dies
 * with its namespaces.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <linux/futex.h>
#include <linux/mount.h>
#include <linux/prctl.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "floor.h"
#include "raw.h"

/* of <sys/mount.h>, which clashes with <linux/mount.h> in glibc 2.36 */
#define MNT_DETACH 2
#define GUARDED (MS_NOSUID | MS_NODEV | MS_NOEXEC)

/* chown dac_override fowner fsetid kill setgid setuid setpcap
 * net_bind_service sys_chroot setfcap */
#define KEPT_CAPS 0x800405fbU

static bool do_step(struct floor_child *c, const char *step, long result)
{
	if (result >= 0)
		return true;
	c->step = step;
	c->error = (int)result;
	return false;
}

static bool do_mount(struct floor_child *c, const char *source,
	const char *target, const char *type, unsigned long flags,
	const char *options)
{
	return do_step(c, target, raw(SYS_mount, source, target, type, flags,
		options));
}

static bool do_node(struct floor_child *c, const char *path,
	unsigned int number)
{
	return do_step(c, path, raw(SYS_mknodat, AT_FDCWD, path, S_IFCHR | 0666,
		makedev(1, number)));
}

static bool do_link(struct floor_child *c, const char *target,
	const char *path)
{
	return do_step(c, path, raw(SYS_symlinkat, target, AT_FDCWD, path));
}

static bool do_mkdir(struct floor_child *c, const char *path)
{
	return do_step(c, path, raw(SYS_mkdirat, AT_FDCWD, path, 0755));
}

static bool make_dev(struct floor_child *c)
{
	return do_mount(c, "tmpfs", "dev", "tmpfs", MS_NOSUID | MS_NOEXEC,
		"mode=755,size=1m,nr_inodes=4k") &&
		do_node(c, "dev/null", 3) && do_node(c, "dev/zero", 5) &&
		do_node(c, "dev/full", 7) && do_node(c, "dev/random", 8) &&
		do_node(c, "dev/urandom", 9) &&
		do_step(c, "dev/tty", raw(SYS_mknodat, AT_FDCWD, "dev/tty",
			S_IFCHR | 0666, makedev(5, 0))) &&
		do_link(c, "/proc/self/fd", "dev/fd") &&
		do_link(c, "/proc/self/fd/0", "dev/stdin") &&
		do_link(c, "/proc/self/fd/1", "dev/stdout") &&
		do_link(c, "/proc/self/fd/2", "dev/stderr") &&
		do_link(c, "pts/ptmx", "dev/ptmx") &&
		do_mkdir(c, "dev/pts") && do_mkdir(c, "dev/shm") &&
		do_mkdir(c, "dev/mqueue") &&
		do_mount(c, "devpts", "dev/pts", "devpts",
			MS_NOSUID | MS_NOEXEC,
			"newinstance,ptmxmode=0666,mode=0620,gid=5,max=1024") &&
		do_step(c, "dev/shm", raw(SYS_move_mount, c->shm_fd, "",
			AT_FDCWD, "dev/shm", MOVE_MOUNT_F_EMPTY_PATH)) &&
		do_mount(c, "mqueue", "dev/mqueue", "mqueue", GUARDED, NULL);
}

static bool make_masks(struct floor_child *c)
{
	const struct floor_config *f = c->config;
	const char *p;

	for (size_t i = 0; i < f->masked_files.count; i++)
		if (!do_mount(c, "dev/null", f->masked_files.path[i] + 1, NULL,
				MS_BIND, NULL))
			return false;
	/* One empty read-only tmpfs serves them all. */
	for (size_t i = 0; i < f->masked_dirs.count; i++)
		if (i == 0 ? !do_mount(c, "tmpfs", f->masked_dirs.path[0] + 1,
				"tmpfs", GUARDED | MS_RDONLY,
				"size=4k,nr_inodes=1,mode=555") :
			!do_mount(c, f->masked_dirs.path[0] + 1,
				f->masked_dirs.path[i] + 1, NULL, MS_BIND,
				NULL))
			return false;
	for (size_t i = 0; i < f->read_only.count; i++) {
		p = f->read_only.path[i] + 1;
		if (!do_mount(c, p, p, NULL, MS_BIND | MS_REC, NULL) ||
			!do_mount(c, NULL, p, NULL, MS_REMOUNT | MS_BIND |
				MS_RDONLY | GUARDED, NULL))
			return false;
	}
	return true;
}

static bool make_binds(struct floor_child *c)
{
	const struct floor_paths *identity = &c->config->identity;

	for (size_t i = 0; i < identity->count; i++)
		if (identity->path[i] && !do_mount(c, floor_files[i],
				identity->path[i] + 1, NULL, MS_BIND, NULL))
			return false;
	return do_mkdir(c, "shared") &&
		do_mount(c, FLOOR_WORK "/" FLOOR_SHARED, "shared", NULL,
			MS_BIND, NULL) &&
		do_mount(c, NULL, "shared", NULL,
			MS_REMOUNT | MS_BIND | MS_NOSUID | MS_NODEV, NULL);
}

/* A tmpfs that only this mount namespace has: gone with it, as is overlay. */
static bool make_layer(struct floor_child *c)
{
	return do_mount(c, "tmpfs", FLOOR_LAYER, "tmpfs", MS_NODEV,
		"mode=700") &&
		do_mkdir(c, FLOOR_LAYER "/upper") &&
		do_mkdir(c, FLOOR_LAYER "/work") &&
		do_mount(c, "overlay", "/root", "overlay", MS_NODEV,
			"lowerdir=" FLOOR_HOST ",upperdir=" FLOOR_LAYER
			"/upper,workdir=" FLOOR_LAYER "/work");
}

static bool make_root(struct floor_child *c)
{
	return make_layer(c) &&
		do_step(c, "chdir", raw(SYS_chdir, "/root")) &&
		do_mount(c, "proc", "proc", "proc", GUARDED, NULL) &&
		do_mount(c, "sysfs", "sys", "sysfs", GUARDED | MS_RDONLY,
			NULL) &&
		do_mount(c, "cgroup2", "sys/fs/cgroup", "cgroup2",
			GUARDED | MS_RDONLY, NULL) &&
		make_dev(c) && make_binds(c) && make_masks(c) &&
		do_step(c, "pivot_root", raw(SYS_pivot_root, ".", ".")) &&
		do_step(c, "umount2", raw(SYS_umount2, ".", MNT_DETACH)) &&
		do_step(c, "chdir", raw(SYS_chdir, "/"));
}

static bool drop_privilege(struct floor_child *c)
{
	const struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3 };
	const struct __user_cap_data_struct sets[2] = {
		{ .effective = KEPT_CAPS, .permitted = KEPT_CAPS } };

	for (unsigned int cap = 0; cap < 64; cap++) {
		if (cap < 32 && (KEPT_CAPS & (1U << cap)))
			continue;
		/* EINVAL ends the list of capabilities this kernel knows */
		if (raw(SYS_prctl, PR_CAPBSET_DROP, cap) < 0)
			break;
	}
	return do_step(c, "seccomp", raw(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
		0, &c->config->filter)) &&
		do_step(c, "capset", raw(SYS_capset, &head, sets));
}

void floor_child_main(void *child)
{
	struct floor_child *c = child;
	const char *const argv[] = { c->config->payload, "wait", NULL };
	const char *const env[] = { "PATH=/usr/bin:/bin", NULL };

	if (do_step(c, "unshare", raw(SYS_unshare, CLONE_NEWCGROUP)) &&
		make_root(c) && drop_privilege(c) &&
		do_step(c, "close_range", raw(SYS_close_range, 3, ~0U,
			CLOSE_RANGE_CLOEXEC))) {
		while (__atomic_load_n(c->gate, __ATOMIC_ACQUIRE) == 0)
			(void)raw(SYS_futex, c->gate, FUTEX_WAIT_PRIVATE, 0,
				NULL);
		(void)do_step(c, "execve", raw(SYS_execve, argv[0], argv,
			env));
	}
	for (;;)
		(void)raw(SYS_exit_group, 1);
}
