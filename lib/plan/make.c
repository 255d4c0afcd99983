/* SPDX-License-Identifier: MIT */
/*
 * plan/make.c - spec and facts to operations.
 *
 * The one place that knows the order: the pod's directories and cgroup, the
 * cradle and its trees, the sandbox, the network, then each container. Pure:
 * nothing here looks at the host.
 */
#include <errno.h>
#include <linux/sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/str.h"
#include "cg/cg.h"
#include "plan/block.h"

#define CRADLE_BYTES (4u << 20)
#define CRADLE_INODES 4096u
#define SHM_BYTES (64u << 20)

static void cradle_dir(struct block *b, const char *path)
{
	block_op_str(b, OP_CRADLE_DIR, path)->x = 0755;
}

static void cradle_file(struct block *b, const char *path, const char *text,
	uint64_t mode)
{
	size_t len = text ? strlen(text) : 0;
	plan_str p = block_str(b, path);
	uint32_t at = len ? block_bytes(b, text, len, 1) : 0;
	struct plan_op *op = block_op(b, OP_CRADLE_FILE);

	op->a = p;
	op->b = at;
	op->n = (uint32_t)len;
	op->x = mode;
}

/* A tree the parent clones and the sandbox child puts at path. */
static struct plan_op *bind_tree(struct block *b, const char *source,
	const char *path, uint16_t flags)
{
	plan_str a = block_str(b, source), p = block_str(b, path);
	struct plan_op *op = block_op(b, OP_TREE_BIND);

	op->a = a;
	op->b = p;
	op->flags = flags;
	op->slot = (uint16_t)b->head.slots++;
	return op;
}

static void tmpfs(struct block *b, const char *path, uint64_t bytes,
	uint64_t mode, uint32_t gid_plus_one, uint16_t flags)
{
	plan_str p = block_str(b, path);
	struct plan_op *op = block_op(b, OP_TREE_TMPFS);

	op->b = p;
	op->x = bytes;
	op->y = mode;
	op->n = gid_plus_one;
	op->flags = flags;
	op->slot = (uint16_t)b->head.slots++;
}

/* fsGroup: the volume's group, set-group-ID on directories (section 13) */
static uint32_t volume_gid(const struct pod_spec *s)
{
	return s->fs_group == SPEC_UNSET ? 0 : (uint32_t)s->fs_group + 1;
}

static uint64_t volume_mode(const struct pod_spec *s)
{
	return s->fs_group == SPEC_UNSET ? 0777 : 02777;
}

static void directory(struct block *b, plan_str path, uint64_t mode,
	uint32_t gid_plus_one)
{
	struct plan_op *op = block_op(b, OP_DIR);

	op->a = path;
	op->x = mode;
	op->y = gid_plus_one;
}

static uint64_t memory_volume_bytes(const struct block *b,
	const struct spec_volume *v)
{
	uint64_t sum = 0, limit = b->facts->memory_total_bytes;
	size_t i;

	for (i = 0; i < b->spec->n_containers; i++) {
		int64_t m = b->spec->containers[i].resources
				    .memory_limit_bytes;

		if (m == SPEC_UNSET)
			break;
		sum += (uint64_t)m;
	}
	if (i == b->spec->n_containers && sum && sum < limit)
		limit = sum;
	if (v->size_limit_bytes != SPEC_UNSET &&
		(uint64_t)v->size_limit_bytes < limit)
		limit = (uint64_t)v->size_limit_bytes;
	return limit;
}

/* A pod whose layers and volumes are in memory leaves the disk alone. */
static bool uses_disk(const struct pod_spec *s)
{
	size_t i;

	for (i = 0; i < s->n_volumes; i++)
		if (s->volumes[i].type == SPEC_VOLUME_EMPTY_DIR &&
			!s->volumes[i].memory_medium)
			return true;
	return s->layer == SPEC_LAYER_DISK;
}

static void disk(struct block *b)
{
	const struct pod_spec *s = b->spec;
	size_t i;

	if (!uses_disk(s))
		return;
	directory(b, b->head.disk, 0700, 0);
	for (i = 0; i < s->n_volumes; i++)
		if (s->volumes[i].type == SPEC_VOLUME_EMPTY_DIR &&
			!s->volumes[i].memory_medium)
			directory(b,
				block_fmt(b, "pods/%s/vol-%s", b->facts->uid,
					s->volumes[i].name),
				volume_mode(s), volume_gid(s));
}

/* A device as a volume is of use only to who may use devices at all. */
static uint16_t device_flag(const struct pod_spec *s,
	const struct spec_volume *v)
{
	size_t i;

	if (v->host_type != SPEC_HOST_CHAR_DEVICE &&
		v->host_type != SPEC_HOST_BLOCK_DEVICE)
		return 0;
	for (i = 0; i < s->n_containers; i++)
		if (s->containers[i].security.privileged != SPEC_YES)
			return 0;
	return OPF_DEVICES;
}

static void volumes(struct block *b)
{
	const struct pod_spec *s = b->spec;
	size_t i;

	for (i = 0; i < s->n_volumes; i++) {
		const struct spec_volume *v = &s->volumes[i];
		char path[128];

		if (v->type == SPEC_VOLUME_HOST_PATH) {
			(void)snprintf(path, sizeof(path), "host/%s", v->name);
			bind_tree(b, v->host_path, path,
				OPF_RECURSIVE | device_flag(s, v))->x =
				(uint64_t)v->host_type + 1;
		} else if (v->memory_medium) {
			(void)snprintf(path, sizeof(path), "mem/%s", v->name);
			tmpfs(b, path, memory_volume_bytes(b, v),
				volume_mode(s), volume_gid(s), 0);
		}
	}
}

static void images(struct block *b)
{
	const struct pod_spec *s = b->spec;
	uint32_t next = 0;
	size_t i;

	for (i = 0; i < s->n_containers; i++) {
		const char *image = s->containers[i].image;
		char path[32];

		if (root_image_number(s, i) != next)
			continue;
		(void)snprintf(path, sizeof(path), "lower/%u", next++);
		bind_tree(b, str_has_prefix(image, "dir:") ? image + 4 : "/", path,
			OPF_READ_ONLY | OPF_NO_SUBMOUNTS);
	}
}

/* The pod's own small root: everything containers are built from. */
static int cradle(struct block *b, const char *hostname,
	struct pod_error *reterr)
{
	static const char *const dirs[] = { "lower", "layer", "etc",
		"term", "empty" };
	const struct pod_spec *s = b->spec;
	const char *hosts = files_hosts(b, hostname);
	const char *resolv = files_resolv_conf(b);
	const char *line = arena_printf(&b->scratch, "%s\n", hostname);
	char path[128];
	size_t i;
	struct plan_op *op;

	if (!hosts || !resolv || !line)
		return err_code(reterr, -ENOMEM, POD_STAGE_PLAN, s->name,
			"make the pod's files");
	op = block_op(b, OP_CRADLE);
	op->x = CRADLE_BYTES;
	op->y = CRADLE_INODES;
	for (i = 0; i < ARRAY_LEN(dirs); i++)
		cradle_dir(b, dirs[i]);
	if (s->n_volumes) {
		cradle_dir(b, "host");
		cradle_dir(b, "mem");
	}
	cradle_file(b, "etc/hosts", hosts, 0644);
	cradle_file(b, "etc/hostname", line, 0644);
	cradle_file(b, "etc/resolv.conf", resolv, 0644);
	for (i = 0; i < s->n_containers; i++) {
		(void)snprintf(path, sizeof(path), "term/%s",
			s->containers[i].name);
		cradle_file(b, path, NULL, 0666);
	}
	/* the state directory, for its FIFOs: these can be written all the
	 * same */
	bind_tree(b, ".", "io",
		OPF_BASE_STATE | OPF_NOEXEC | OPF_READ_ONLY);
	(void)snprintf(path, sizeof(path), "pods/%s", b->facts->uid);
	if (uses_disk(s))
		bind_tree(b, path, "disk", OPF_BASE_ROOT);
	images(b);
	if (s->host_ipc)
		bind_tree(b, "/dev/shm", "hostshm", OPF_NOEXEC);
	else
		tmpfs(b, "shm", SHM_BYTES, 01777, 0, OPF_NOEXEC);
	volumes(b);
	return 0;
}

static void hand_over(struct block *b, uint64_t flag, uint32_t n)
{
	struct plan_op *op;

	if (!(b->head.sandbox_flags & flag))
		return;
	op = block_op(b, OP_NS_OPEN);
	op->x = flag;
	op->n = n;
}

static void sysctl(struct block *b, const char *name, const char *value,
	uint16_t flags)
{
	char *path = arena_printf(&b->scratch, "/proc/sys/%s", name), *p;
	plan_str a, v;
	struct plan_op *op;

	for (p = path ? path + 10 : NULL; p && *p; p++)
		if (*p == '.')
			*p = '/';
	a = block_str(b, path);
	v = block_str(b, value);
	op = block_op(b, OP_SYSCTL);
	op->a = a;
	op->b = v;
	op->flags = flags;
}

static bool has_sysctl(const struct pod_spec *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->n_sysctls; i++)
		if (str_eq(s->sysctls[i].key, name))
			return true;
	return false;
}

static void sysctls(struct block *b)
{
	static const struct spec_pair defaults[] = {
		{ "net.ipv4.ping_group_range", "0 2147483647" },
		{ "net.ipv4.ip_unprivileged_port_start", "0" },
	};
	const struct pod_spec *s = b->spec;
	size_t i;

	if (b->head.sandbox_flags & CLONE_NEWNET)
		for (i = 0; i < ARRAY_LEN(defaults); i++)
			if (!has_sysctl(s, defaults[i].key))
				sysctl(b, defaults[i].key, defaults[i].value,
					OPF_MAY_BE_ABSENT);
	for (i = 0; i < s->n_sysctls; i++)
		sysctl(b, s->sysctls[i].key, s->sysctls[i].value, 0);
}

/* What the sandbox child does, in the order it must be done. */
static void sandbox(struct block *b, const char *hostname, uint32_t host_first,
	uint32_t host_end)
{
	uint32_t mark = block_mark(b), i;

	block_op(b, OP_UNSHARE)->x = b->head.sandbox_flags;
	block_op(b, OP_PRIVATE);
	hand_over(b, CLONE_NEWNS, 0);
	hand_over(b, CLONE_NEWNET, 1);
	hand_over(b, CLONE_NEWIPC, 2);
	hand_over(b, CLONE_NEWUTS, 3);
	sysctls(b);
	if (b->head.sandbox_flags & CLONE_NEWUTS)
		block_op_str(b, OP_HOSTNAME, hostname);
	if (b->head.sandbox_flags & CLONE_NEWNET)
		block_op(b, OP_NETLINK)->n = 4;
	/* until here the host's side made directories and trees */
	block_op(b, OP_GATE);
	for (i = host_first; i < host_end; i++)
		if (b->ops[i].kind == OP_CRADLE)
			block_op(b, OP_CRADLE_ROOT)->slot = b->ops[i].slot;
	for (i = host_first; i < host_end; i++) {
		struct plan_op from = b->ops[i];
		struct plan_op *op;

		if (from.kind != OP_TREE_BIND && from.kind != OP_TREE_TMPFS)
			continue;
		op = block_op(b, OP_CRADLE_MOUNT);
		op->a = from.b;
		op->slot = from.slot;
	}
	block_op(b, OP_PIVOT);
	b->head.sandbox = block_since(b, mark);
}

static void network(struct block *b)
{
	uint32_t mark = block_mark(b);

	if (b->head.flags & PLAN_LINK) {
		block_op(b, OP_NET_LINK);
		block_op(b, OP_NET_POD);
	} else if (b->head.sandbox_flags & CLONE_NEWNET) {
		block_op(b, OP_NET_LO);
	}
	b->head.network = block_since(b, mark);
}

static int pod(struct block *b, const char *hostname,
	struct pod_error *reterr)
{
	uint32_t mark = block_mark(b);
	struct plan_op *op;
	int r;

	b->container = -1;
	if (b->facts->has_cgroup) {
		block_op(b, OP_CGROUP_POD)->a = b->head.cgroup;
		r = limits_pod(b, reterr);
		if (r < 0)
			return r;
	}
	disk(b);
	b->head.slots = 1;	/* 0 is the cradle's */
	r = cradle(b, hostname, reterr);
	if (r < 0)
		return r;
	op = block_op(b, OP_SANDBOX);
	op->x = b->head.sandbox_flags;
	b->head.host = block_since(b, mark);
	sandbox(b, hostname, mark, block_mark(b));
	network(b);
	return 0;
}

static void layer(struct block *b, const char *name)
{
	plan_str upper = block_fmt(b, "pods/%s/upper-%s", b->facts->uid, name);
	plan_str work = block_fmt(b, "pods/%s/work-%s", b->facts->uid, name);
	struct plan_op *op = block_op(b, OP_LAYER);

	op->a = upper;
	op->b = work;
}

static int container(struct block *b, size_t i, const char *hostname,
	struct pod_error *reterr)
{
	const struct spec_container *c = &b->spec->containers[i];
	struct plan_container *out = &b->containers[i];
	struct env_list env = { NULL, 0 };
	const char *term = c->termination_message_path;
	uint32_t mark;
	plan_str path;
	int r;

	b->container = (int16_t)i;
	out->name = block_str(b, c->name);
	out->image = block_str(b, c->image);
	out->kind = c->kind;
	out->restart = spec_restart_of(b->spec, c);
	out->cgroup = out->name;
	out->clone_flags = CLONE_NEWPID;
	if (b->spec->host_pid || b->spec->share_process_namespace)
		out->clone_flags = 0;
	/* default or asked for: a file the supervisor reads at the end */
	if (term && *term)
		out->termination_file = block_fmt(b, "term/%s", c->name);
	r = plan_capabilities(b->spec, i, b->facts->cap_available,
		&out->cap_bounding, reterr);
	if (r < 0)
		return r;
	mark = block_mark(b);
	if (b->facts->has_cgroup) {
		block_op(b, OP_CGROUP_LEAF)->a = out->cgroup;
		r = limits_container(b, c, reterr);
		if (r < 0)
			return r;
	}
	if (b->spec->layer == SPEC_LAYER_DISK)
		layer(b, c->name);
	path = block_fmt(b, "%s.out", c->name);
	block_op(b, OP_FIFO)->a = path;
	path = block_fmt(b, "%s.err", c->name);
	block_op(b, OP_FIFO)->a = path;
	block_op(b, OP_LAUNCH)->x = out->clone_flags;
	out->host = block_since(b, mark);
	r = root_build(b, i, out, reterr);
	if (r >= 0)
		r = env_build(b, c, hostname, &env, reterr);
	if (r >= 0)
		r = enter_build(b, i, &env, out, reterr);
	if (r < 0)
		err_container(reterr, c->name);
	return r;
}

static void head(struct block *b, const char *hostname)
{
	const struct pod_spec *s = b->spec;
	const struct plan_facts *f = b->facts;
	struct plan *h = &b->head;

	h->uid = block_str(b, f->uid);
	h->name = block_str(b, s->name);
	h->namespace_ = block_str(b, s->namespace_);
	h->hostname = block_str(b, hostname);
	h->node_name = block_str(b, f->node_name);
	h->manifest = block_str(b, s->manifest_json);
	h->disk = block_fmt(b, "pods/%s", f->uid);
	h->empty = block_str(b, "/empty");
	h->logs = block_fmt(b, "logs/%s", f->uid);
	h->cgroup_controllers =
		f->controllers & (CG_CPU | CG_MEMORY | CG_PIDS);
	h->grace_seconds = s->grace_seconds;
	h->sandbox_flags = CLONE_NEWNS;
	if (!s->host_network)
		h->sandbox_flags |= CLONE_NEWNET | CLONE_NEWUTS;
	if (!s->host_ipc)
		h->sandbox_flags |= CLONE_NEWIPC;
	if (s->host_network)
		h->flags |= PLAN_HOST_NETWORK;
	if (s->host_pid)
		h->flags |= PLAN_HOST_PID;
	if (s->host_ipc)
		h->flags |= PLAN_HOST_IPC;
	if (s->share_process_namespace)
		h->flags |= PLAN_SHARE_PID;
	if (f->has_cgroup) {
		h->flags |= PLAN_CGROUP;
		h->cgroup = block_str(b, limits_cgroup(b));
	}
	if (!s->host_network && (f->v4.family || f->v6.family)) {
		h->flags |= PLAN_LINK;
		h->lease = f->lease;
		h->link.v4 = f->v4;
		h->link.v6 = f->v6;
		(void)snprintf(h->link.host_name, sizeof(h->link.host_name),
			"pod%06llx", (unsigned long long)f->lease);
		str_copy(h->link.pod_name, sizeof(h->link.pod_name), "eth0");
		net_link_macs(&h->link);
	}
}

int plan_make(const struct pod_spec *spec, const struct plan_facts *facts,
	struct plan **ret, struct pod_error *reterr)
{
	struct block b;
	const char *hostname;
	size_t i;
	int r = 0;

	memset(&b, 0, sizeof(b));
	b.spec = spec;
	b.facts = facts;
	b.container = -1;
	b.n_containers = spec->n_containers;
	b.containers = calloc(spec->n_containers ? spec->n_containers : 1,
		sizeof(*b.containers));
	hostname = spec->host_network ? facts->node_name :
					files_hostname(spec, &b.scratch);
	if (!b.containers || !hostname)
		r = err_code(reterr, -ENOMEM, POD_STAGE_PLAN, spec->name,
			"compile the plan");
	if (r >= 0) {
		head(&b, hostname);
		r = pod(&b, hostname, reterr);
	}
	for (i = 0; i < spec->n_containers && r >= 0; i++)
		r = container(&b, i, hostname, reterr);
	if (r >= 0)
		r = block_finish(&b, ret, reterr);
	block_done(&b);
	return r;
}
