/* SPDX-License-Identifier: MIT */
/*
 * plan/describe.c - operations as sentences.
 *
 * One sentence per kind; the same words name the step in an error.
 */
#include <inttypes.h>
#include <linux/mount.h>
#include <linux/sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "base/str.h"
#include "plan/plan.h"
#include "sec/sec.h"

static const char *ns_name(uint64_t flag)
{
	switch (flag) {
	case CLONE_NEWNET:
		return "network";
	case CLONE_NEWIPC:
		return "IPC";
	case CLONE_NEWUTS:
		return "UTS";
	case CLONE_NEWNS:
		return "mount";
	case CLONE_NEWPID:
		return "PID";
	case CLONE_NEWCGROUP:
		return "cgroup";
	default:
		return "unknown";
	}
}

static const char *ns_list(uint64_t flags, char *buf, size_t size)
{
	static const uint64_t all[] = { CLONE_NEWNET, CLONE_NEWIPC,
		CLONE_NEWUTS, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWCGROUP };
	size_t i, at = 0;

	buf[0] = '\0';
	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		int n;

		if (!(flags & all[i]))
			continue;
		n = snprintf(buf + at, size - at, "%s%s", at ? ", " : "",
			ns_name(all[i]));
		if (n < 0 || (size_t)n >= size - at)
			break;
		at += (size_t)n;
	}
	return at ? buf : "no";
}

static const char *attributes(uint64_t x, char *buf, size_t size)
{
	(void)snprintf(buf, size, "%s%s%s%s",
		x & MOUNT_ATTR_NOSUID ? ",nosuid" : "",
		x & MOUNT_ATTR_NODEV ? ",nodev" : "",
		x & MOUNT_ATTR_NOEXEC ? ",noexec" : "",
		x & MOUNT_ATTR_RDONLY ? ",ro" : ",rw");
	return buf[0] ? buf + 1 : buf;
}

static const char *capabilities(uint64_t set, char *buf, size_t size)
{
	size_t at = 0;
	unsigned int bit;

	(void)snprintf(buf, size, "none");
	for (bit = 0; bit < 64; bit++) {
		const char *name = set >> bit & 1 ? sec_cap_name(bit) : NULL;
		int n;

		if (!name)
			continue;
		n = snprintf(buf + at, size - at, "%s%s", at ? " " : "", name);
		if (n < 0 || (size_t)n >= size - at)
			break;
		at += (size_t)n;
	}
	return buf;
}

static const char *groups(const struct plan *p, const struct plan_op *op,
	char *buf, size_t size)
{
	const uint32_t *list =
		(const uint32_t *)(const void *)((const char *)p + op->a);
	size_t at = 0;
	uint32_t i;

	buf[0] = '\0';
	for (i = 0; i < op->n; i++) {
		int n = snprintf(buf + at, size - at, "%s%u", i ? " " : "",
			list[i]);

		if (n < 0 || (size_t)n >= size - at)
			break;
		at += (size_t)n;
	}
	return buf;
}

static int describe_host(const struct plan *p, const struct plan_op *op,
	char *buf, size_t size)
{
	const char *a = plan_text(p, op->a), *b = plan_text(p, op->b);
	char t[256], v4[NET_ADDR_TEXT], v6[NET_ADDR_TEXT];

	switch (op->kind) {
	case OP_CGROUP_POD:
		return snprintf(buf, size, "make cgroup %s", a);
	case OP_CGROUP_SET:
		return snprintf(buf, size, "set %s to %s", a, b);
	case OP_CGROUP_LEAF:
		return snprintf(buf, size, "make cgroup %s/%s",
			plan_text(p, p->cgroup), a);
	case OP_DIR:
		return snprintf(buf, size, "make directory %s, mode %04" PRIo64,
			a, op->x);
	case OP_CRADLE:
		return snprintf(buf, size,
			"make the pod's root, a tmpfs of %" PRIu64 " bytes",
			op->x);
	case OP_CRADLE_DIR:
		return snprintf(buf, size, "make directory /%s in it", a);
	case OP_CRADLE_FILE:
		return snprintf(buf, size, "write /%s in it, %u bytes", a,
			op->n);
	case OP_TREE_BIND:
		return snprintf(buf, size, "bind %s%s as /%s%s%s",
			op->flags & OPF_BASE_ROOT ? "ROOT/" :
				op->flags & OPF_BASE_STATE ? "STATE/" : "",
			a, b, op->flags & OPF_READ_ONLY ? ", read-only" : "",
			op->flags & OPF_RECURSIVE ? ", with submounts" : "");
	case OP_TREE_TMPFS:
		return snprintf(buf, size,
			"make a tmpfs of %" PRIu64 " bytes as /%s, mode %04"
			PRIo64, op->x, b, op->y);
	case OP_SANDBOX:
		return snprintf(buf, size, "start the child that makes the pod's %s namespaces",
			ns_list(op->x, t, sizeof(t)));
	case OP_NET_LINK:
		return snprintf(buf, size,
			"link %s to eth0 in the pod, routes to %s%s%s",
			p->link.host_name, net_addr_text(&p->link.v4, v4),
			p->link.v6.family ? " and " : "",
			net_addr_text(&p->link.v6, v6));
	case OP_NET_POD:
		return snprintf(buf, size,
			"in the pod: lo up, eth0 with %s%s%s, default routes",
			net_addr_text(&p->link.v4, v4),
			p->link.v6.family ? " and " : "",
			net_addr_text(&p->link.v6, v6));
	case OP_NET_LO:
		return snprintf(buf, size, "in the pod: lo up");
	case OP_LAYER:
		return snprintf(buf, size, "make a fresh writable layer, %s",
			a);
	case OP_FIFO:
		return snprintf(buf, size, "make FIFO %s", a);
	case OP_LAUNCH:
		return snprintf(buf, size, "clone into %s namespaces and the "
			"container's cgroup", ns_list(op->x, t, sizeof(t)));
	default:
		return -1;
	}
}

static int describe_mounts(const struct plan *p, const struct plan_op *op,
	char *buf, size_t size)
{
	const char *a = plan_text(p, op->a), *b = plan_text(p, op->b);
	const char *c = plan_text(p, op->c);
	char t[64];

	switch (op->kind) {
	case OP_PRIVATE:
		return snprintf(buf, size, "make all mounts private");
	case OP_CRADLE_ROOT:
		return snprintf(buf, size, "enter the pod's root");
	case OP_CRADLE_MOUNT:
		return snprintf(buf, size, "attach /%s", a);
	case OP_PIVOT:
		return snprintf(buf, size, "detach the host's root");
	case OP_LAYER_MEMORY:
		return snprintf(buf, size,
			"mount a tmpfs for the writable layer on %s", a);
	case OP_OVERLAY:
		return snprintf(buf, size, "mount overlay of %s, upper %s%s",
			a, b, op->flags & OPF_VOLATILE ? ", volatile" : "");
	case OP_TREE:
		return snprintf(buf, size, "open %s%s%s%s", a,
			op->b ? " at " : "", b,
			op->flags & OPF_READ_ONLY ? ", read-only" : "");
	case OP_ROOT:
		return snprintf(buf, size,
			"pivot_root, detach the old root");
	case OP_CHROOT:
		return snprintf(buf, size, "chroot to %s", a);
	case OP_MOUNT:
		return snprintf(buf, size, "mount %s on %s, %s%s%s", a, b,
			attributes(op->x, t, sizeof(t)), *c ? "," : "", c);
	case OP_ATTACH:
		return snprintf(buf, size, "attach it on %s", a);
	case OP_MKNOD:
		return snprintf(buf, size, "make device %s", a);
	case OP_MKDIR:
		return snprintf(buf, size, "make directory %s", a);
	case OP_SYMLINK:
		return snprintf(buf, size, "link %s to %s", b, a);
	case OP_MASK:
		return snprintf(buf, size, "mask %s", a);
	case OP_READONLY:
		return snprintf(buf, size, "make %s read-only", a);
	case OP_ROOT_READONLY:
		return snprintf(buf, size,
			"make the root file system read-only");
	default:
		return -1;
	}
}

static int describe_process(const struct plan *p, const struct plan_op *op,
	char *buf, size_t size)
{
	const char *a = plan_text(p, op->a), *b = plan_text(p, op->b);
	char t[1024];

	switch (op->kind) {
	case OP_NS_OPEN:
		return snprintf(buf, size, "keep the %s namespace by fd",
			ns_name(op->x));
	case OP_SYSCTL:
		return snprintf(buf, size, "set %s to %s", a, b);
	case OP_HOSTNAME:
		return snprintf(buf, size, "set hostname %s", a);
	case OP_NETLINK:
		return snprintf(buf, size, "open a netlink socket");
	case OP_SETNS:
		return snprintf(buf, size, "join the %s namespace",
			ns_name(op->x));
	case OP_UNSHARE:
		return snprintf(buf, size, "unshare %s namespaces",
			ns_list(op->x, t, sizeof(t)));
	case OP_FDS_PRIVATE:
		return snprintf(buf, size, "close every inherited fd");
	case OP_SESSION:
		return snprintf(buf, size, "start a session");
	case OP_STREAM:
		return snprintf(buf, size, "open fd %" PRIu64 "%s%s", op->x,
			*a ? " on " : "", a);
	case OP_RLIMIT:
		return snprintf(buf, size, "limit %s to %" PRIu64 "%s",
			op->n == RLIMIT_NOFILE ? "open files" : "core size",
			op->x, op->y == UINT64_MAX ? "" : " (soft)");
	case OP_UMASK:
		return snprintf(buf, size, "set umask %03" PRIo64, op->x);
	case OP_KEYRING:
		return snprintf(buf, size, "join an empty session keyring");
	case OP_BOUNDING:
		return snprintf(buf, size, "bound capabilities to %s",
			capabilities(op->x, t, sizeof(t)));
	case OP_CWD:
		return snprintf(buf, size, "change directory to %s", a);
	case OP_FDS_CLOSE:
		return snprintf(buf, size, "close fds above 2 at exec");
	case OP_GATE:
		return snprintf(buf, size, "wait for start");
	case OP_GROUPS:
		return snprintf(buf, size, "set groups %s",
			groups(p, op, t, sizeof(t)));
	case OP_GID:
		return snprintf(buf, size, "set gid %" PRIu64, op->x);
	case OP_UID:
		return snprintf(buf, size, "set uid %" PRIu64, op->x);
	case OP_CAPS:
		return snprintf(buf, size, "set capabilities %s%s",
			capabilities(op->x, t, sizeof(t)),
			op->flags & OPF_FOR_FILTER ?
				", and SYS_ADMIN until the filter is on" : "");
	case OP_NO_NEW_PRIVS:
		return snprintf(buf, size, "set no_new_privs");
	case OP_SECCOMP:
		return snprintf(buf, size,
			"install the seccomp filter, %u instructions", op->n);
	case OP_SIGNALS:
		return snprintf(buf, size, "reset signals");
	case OP_EXEC:
		return snprintf(buf, size, "execute %s", a);
	default:
		return snprintf(buf, size, "operation %u", op->kind);
	}
}

int plan_op_title(const struct plan *p, const struct plan_op *op, char *buf,
	size_t size)
{
	int n = describe_host(p, op, buf, size);

	if (n < 0)
		n = describe_mounts(p, op, buf, size);
	if (n < 0)
		n = describe_process(p, op, buf, size);
	return n;
}

int plan_describe(const struct plan *p, uint32_t index, char *buf,
	size_t size)
{
	return plan_op_title(p, plan_op_at(p, index), buf, size);
}
