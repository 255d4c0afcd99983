/* SPDX-License-Identifier: MIT */
/*
 * run/facts.c - what the plan must know about this host.
 *
 * Leases the address, reads the few files, takes the compiled filters from
 * the cache, compiles, and writes the plan into the state directory before
 * anything it names is made.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/str.h"
#include "run/facts.h"
#include "sec/sec.h"
#include "sys/path.h"

#define FILE_MAX_BYTES ((size_t)1 << 20)
#define LEASE_TRIES 64
#define THERMAL_PROBE 1024

int run_spec_check(const struct pod_spec *spec, struct pod_error *reterr)
{
	int r;

	/* the loaders and pod_spec_validate() fill these */
	if (spec->namespace_ && spec->name && spec->n_containers)
		return 0;
	r = err_set(reterr, -EINVAL, POD_STAGE_SPEC,
		spec->name ? spec->name : "", "create the pod",
		"the spec was not validated");
	err_hint(reterr, "call pod_spec_validate() first");
	return r;
}

static uint64_t own_bounding(void)
{
	uint64_t set = 0;
	unsigned int bit;

	for (bit = 0; bit < 64; bit++) {
		int r = prctl(PR_CAPBSET_READ, bit, 0, 0, 0);

		if (r < 0)
			break;
		if (r)
			set |= (uint64_t)1 << bit;
	}
	return set;
}

/* A missing or unreadable resolv.conf is an empty one, as for the resolver. */
static char *read_text(const char *path)
{
	char *text = NULL;

	if (sys_read_file(AT_FDCWD, path, FILE_MAX_BYTES, &text, NULL) < 0)
		text = strdup("");
	return text;
}

static uint32_t count_thermal(void)
{
	uint32_t n = 0;
	char path[96];

	do {
		(void)snprintf(path, sizeof(path),
			"/sys/devices/system/cpu/cpu%u/thermal_throttle", n);
	} while (access(path, F_OK) == 0 && ++n < THERMAL_PROBE);
	return n;
}

/*
 * Take an address. The host end of a pod that died moments ago may still be
 * there; its address is passed over until the kernel has removed it.
 */
static int lease(struct run_dirs *d, const char *uid, struct plan_facts *f,
	struct pod_error *reterr)
{
	const struct net_cidr *c = d->cidr4.addr.family ? &d->cidr4 :
							  &d->cidr6;
	uint64_t capacity = net_cidr_capacity(c), start;
	char link[16];
	int i, r;

	start = net_lease_start(uid, capacity);
	for (i = 0; i < LEASE_TRIES; i++) {
		r = net_lease_take(d->leases_fd, uid, capacity, start,
			&f->lease, reterr);
		if (r < 0)
			return r;
		(void)snprintf(link, sizeof(link), "pod%06llx",
			(unsigned long long)f->lease);
		if (net_link_exists(link) != 1)
			break;
		(void)net_lease_release(d->leases_fd, uid, f->lease);
		start = (f->lease + 1) % capacity;
	}
	if (i == LEASE_TRIES)
		return err_set(reterr, -EADDRINUSE, POD_STAGE_NETWORK, link,
			"lease an address",
			"links of dead pods hold %d addresses in a row",
			LEASE_TRIES);
	r = net_cidr_nth(&d->cidr4, f->lease, &f->v4);
	if (r < 0 && d->cidr4.addr.family)
		return err_code(reterr, r, POD_STAGE_NETWORK, NULL,
			"lease an address");
	if (d->cidr6.addr.family && f->lease < net_cidr_capacity(&d->cidr6))
		(void)net_cidr_nth(&d->cidr6, f->lease, &f->v6);
	return 0;
}

struct device_list {
	struct plan_device *items;
	size_t count;
	struct arena arena;
};

static bool is_common(const char *name)
{
	static const char *const names[] = { "null", "zero", "full", "random",
		"urandom", "tty", "ptmx", "console" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(names); i++)
		if (str_eq(name, names[i]))
			return true;
	return false;
}

static void scan_devices(struct device_list *l, int dir, const char *prefix,
	int depth)
{
	_cleanup_dir_ DIR *d = fdopendir(dir);
	struct dirent *e;

	if (!d) {
		close_fd(dir);
		return;
	}
	while ((e = readdir(d))) {
		struct plan_device *dev;
		struct stat st;
		int sub;

		if (e->d_name[0] == '.' || fstatat(dirfd(d), e->d_name, &st,
						   AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		if (S_ISDIR(st.st_mode) && depth < 4 &&
			!str_eq(e->d_name, "pts") &&
			!str_eq(e->d_name, "shm") &&
			!str_eq(e->d_name, "mqueue")) {
			sub = openat(dirfd(d), e->d_name, O_RDONLY |
				O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
			if (sub >= 0)
				scan_devices(l, sub,
					arena_printf(&l->arena, "%s/%s",
						prefix, e->d_name),
					depth + 1);
			continue;
		}
		if (!S_ISCHR(st.st_mode) && !S_ISBLK(st.st_mode))
			continue;
		/* the container has its own of these */
		if (depth == 0 && is_common(e->d_name))
			continue;
		dev = arena_append(&l->arena, &l->items, &l->count,
			sizeof(*dev));
		if (!dev)
			continue;
		dev->path = arena_printf(&l->arena, "%s/%s", prefix,
			e->d_name);
		dev->mode = st.st_mode;
		dev->major = major(st.st_rdev);
		dev->minor = minor(st.st_rdev);
		if (!dev->path)
			l->count--;
	}
}

static void add_devices(const struct pod_spec *spec, struct device_list *l)
{
	size_t i;
	int fd;

	for (i = 0; i < spec->n_containers; i++)
		if (spec->containers[i].security.privileged == SPEC_YES)
			break;
	if (i == spec->n_containers)
		return;
	fd = open("/dev", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0)
		scan_devices(l, fd, "/dev", 0);
}

static int load_filter(struct run_dirs *d, const struct pod_spec *spec,
	struct plan_filter *p, int wants, struct pod_error *reterr)
{
	struct sec_seccomp_params params = { p->capabilities,
		p->docker_compat };
	_cleanup_free_ char *json = NULL;
	size_t len = 0;
	void *bpf = NULL;
	int r;

	p->docker_compat = spec->profile == SPEC_PROFILE_DOCKER;
	params.docker_compat = p->docker_compat;
	if (wants == 2) {
		r = sys_read_file(AT_FDCWD, p->localhost, FILE_MAX_BYTES,
			&json, &len);
		if (r < 0)
			return err_code(reterr, r, POD_STAGE_SECURITY,
				p->localhost, "read the seccomp profile");
		r = sec_seccomp_compile_json(p->localhost, json, len, &bpf,
			&p->len, reterr);
	} else {
		r = sec_seccomp_load(d->root_cache_fd, &params, &bpf, &p->len,
			reterr);
	}
	p->bpf = bpf;
	return r;
}

static int filters(struct run_dirs *d, const struct pod_spec *spec,
	struct plan_facts *f, struct plan_filter *list,
	struct pod_error *reterr)
{
	size_t i, k;
	int r;

	f->filters = list;
	for (i = 0; i < spec->n_containers; i++) {
		struct plan_filter *p = &list[f->n_filters];
		int wants = plan_wants_filter(spec, i, &p->localhost);

		if (!wants)
			continue;
		r = plan_capabilities(spec, i, f->cap_available,
			&p->capabilities, reterr);
		if (r < 0)
			return r;
		for (k = 0; k < f->n_filters; k++)
			if (list[k].capabilities == p->capabilities &&
				!list[k].localhost == !p->localhost &&
				(!p->localhost ||
					str_eq(list[k].localhost,
						p->localhost)))
				break;
		if (k < f->n_filters)
			continue;
		r = load_filter(d, spec, p, wants, reterr);
		if (r < 0)
			return r;
		f->n_filters++;
	}
	return 0;
}

static int write_plan(int state, const struct plan *plan,
	struct pod_error *reterr)
{
	_cleanup_fd_ int fd = openat(state, "plan",
		O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	int r;

	if (fd < 0)
		return err_errno(reterr, POD_STAGE_STATE, "plan",
			"write the plan");
	r = sys_write_all(fd, plan, plan->size);
	if (r >= 0)
		return 0;
	err_code(reterr, r, POD_STAGE_STATE, "plan", "write the plan");
	if (r == -ENOSPC || r == -EDQUOT)
		err_hint(reterr, "the file system of the run directory is "
				 "full");
	return r;
}

static int plan_for(struct run_dirs *d, const struct pod_spec *spec,
	const char *uid, int state, bool link, struct plan **ret,
	struct pod_error *reterr)
{
	_cleanup_free_ char *resolv = NULL, *hosts = NULL;
	struct device_list devices = { NULL, 0, { 0 } };
	struct plan_filter *list;
	struct plan_facts f;
	struct utsname uts;
	struct sysinfo info;
	int r = 0;
	size_t i;

	memset(&f, 0, sizeof(f));
	f.uid = uid;
	f.node_name = uname(&uts) < 0 ? "node" : uts.nodename;
	f.root_dir = d->root_path;
	f.run_dir = d->run_path;
	f.resolv_conf = resolv = read_text("/etc/resolv.conf");
	if (spec->host_network)
		hosts = read_text("/etc/hosts");
	f.hosts = hosts;
	f.has_cgroup = d->cgroup_fd >= 0;
	f.controllers = d->controllers;
	f.cap_available = own_bounding();
	f.memory_total_bytes = sysinfo(&info) < 0 ? 0 :
		(uint64_t)info.totalram * info.mem_unit;
	f.thermal_cpus = count_thermal();
	list = calloc(spec->n_containers + 1, sizeof(*list));
	if (!list || !resolv)
		r = err_code(reterr, -ENOMEM, POD_STAGE_PLAN, spec->name,
			"gather facts");
	if (r >= 0 && link && !spec->host_network)
		r = lease(d, uid, &f, reterr);
	add_devices(spec, &devices);
	f.devices = devices.items;
	f.n_devices = devices.count;
	if (r >= 0)
		r = filters(d, spec, &f, list, reterr);
	if (r >= 0)
		r = plan_make(spec, &f, ret, reterr);
	for (i = 0; list && i < spec->n_containers; i++) {
		union {
			const void *in;
			void *out;
		} owned = { .in = list[i].bpf };

		free(owned.out);
	}
	free(list);
	arena_done(&devices.arena);
	if (r < 0)
		return r;
	r = write_plan(state, *ret, reterr);
	if (r < 0) {
		free(*ret);
		*ret = NULL;
	}
	return r;
}

int run_plan_linked(struct run_dirs *d, const struct pod_spec *spec,
	const char *uid, int state, bool link, struct plan **ret,
	struct pod_error *reterr)
{
	_cleanup_free_ char *json = NULL;
	struct pod_spec with;

	if (spec->manifest_json)
		return plan_for(d, spec, uid, state, link, ret, reterr);
	/* made by calls: the record shows an object all the same */
	json = spec_to_json(spec);
	if (!json)
		return err_code(reterr, -ENOMEM, POD_STAGE_PLAN, spec->name,
			"write the manifest");
	with = *spec;
	with.manifest_json = json;
	return plan_for(d, &with, uid, state, link, ret, reterr);
}

int run_plan(struct run_dirs *d, const struct pod_spec *spec, const char *uid,
	int state, struct plan **ret, struct pod_error *reterr)
{
	return run_plan_linked(d, spec, uid, state, true, ret, reterr);
}

int run_plan_load(int state, const struct plan **ret,
	struct pod_error *reterr)
{
	_cleanup_fd_ int fd = openat(state, "plan",
		O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	void *map;
	int r;

	if (fd < 0)
		return err_errno(reterr, POD_STAGE_STATE, "plan",
			"open the plan");
	if (fstat(fd, &st) < 0)
		return err_errno(reterr, POD_STAGE_STATE, "plan", "stat");
	if (st.st_size < (off_t)sizeof(struct plan))
		return err_set(reterr, -EBADMSG, POD_STAGE_STATE, "plan",
			"check the plan", "the plan is cut short");
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		return err_errno(reterr, POD_STAGE_STATE, "plan",
			"map the plan");
	r = plan_check(map, (size_t)st.st_size, reterr);
	if (r < 0) {
		(void)munmap(map, (size_t)st.st_size);
		return r;
	}
	*ret = map;
	return 0;
}
