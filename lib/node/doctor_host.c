/* SPDX-License-Identifier: MIT */
/*
 * node/doctor_host.c - what this host was set up to allow: cgroups, network,
 * directories.
 *
 * Reads only; the commands it names are the administrator's to run.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/statfs.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "cg/cg.h"
#include "net/net.h"
#include "node/doctor.h"
#include "node/inspect.h"
#include "sys/kernel.h"

static void controllers(struct doctor *d)
{
	static const struct {
		enum cg_controller bit;
		const char *effect;
	} wanted[] = {
		{ CG_CPU, "cpu limits are refused" },
		{ CG_MEMORY, "memory limits are refused" },
		{ CG_PIDS, "the number of processes is not limited" },
		{ CG_IO, "top shows no io" },
		{ CG_CPUSET, "cpusets cannot be had" },
	};
	char name[64], fix[PATH_MAX + 128];
	size_t i;

	for (i = 0; i < ARRAY_LEN(wanted); i++) {
		const char *controller = cg_controller_name(wanted[i].bit);
		bool there = d->dirs->controllers & wanted[i].bit;

		(void)snprintf(name, sizeof(name), "cgroup controller %s",
			controller);
		(void)snprintf(fix, sizeof(fix),
			"echo +%s > %s/../cgroup.subtree_control, or boot "
			"with cgroup_no_v1=%s",
			controller, d->dirs->cgroup_path, controller);
		doctor_fact(d, name, there ? POD_FACT_OK : POD_FACT_DEGRADED,
			there ? "available" : "not available",
			wanted[i].effect, fix);
	}
}

void doctor_cgroup(struct doctor *d)
{
	const struct run_dirs *dirs = d->dirs;
	bool kill, writable;

	if (!dirs)
		return;
	if (dirs->cgroup_fd < 0) {
		doctor_fact(d, "cgroup v2", POD_FACT_DEGRADED,
			dirs->cgroup_error.message,
			"pods run without limits; kill is not atomic",
			dirs->cgroup_error.hint[0]
				? dirs->cgroup_error.hint
				: "mount -t cgroup2 cgroup2 /sys/fs/cgroup");
		return;
	}
	doctor_fact(d, "cgroup v2", POD_FACT_OK, dirs->cgroup_path, "", "");
	writable = faccessat(dirs->cgroup_fd, "cgroup.subtree_control", W_OK,
		AT_EACCESS) == 0;
	doctor_fact(d, "cgroup v2 writable",
		writable ? POD_FACT_OK : POD_FACT_DEGRADED,
		writable ? "yes" : "no", "pods run without limits",
		"run as root, or with systemd-run -p Delegate=yes");
	controllers(d);
	/* the hierarchy's root has no cgroup.kill: ask its child, if any */
	kill = faccessat(dirs->cgroup_fd, "cgroup.kill", F_OK, 0) == 0 ||
		faccessat(dirs->cgroup_fd, "kubepods/cgroup.kill", F_OK, 0) ==
			0;
	if (!kill)
		kill = sys_kernel_at_least((struct sys_version){ 5, 14 });
	doctor_fact(d, "cgroup.kill", kill ? POD_FACT_OK : POD_FACT_DEGRADED,
		kill ? "available" : "not available",
		"pods are killed process by process", "a kernel from 5.14 on");
}

/* '1' in a sysctl's file; absent counts as off. */
static bool is_on(const char *path)
{
	char text[16];

	return inspect_read(AT_FDCWD, path, text, sizeof(text)) > 0 &&
		text[0] != '0';
}

static void forwarding(struct doctor *d)
{
	bool v6 = access("/proc/net/if_inet6", F_OK) == 0;
	bool on = is_on("/proc/sys/net/ipv4/ip_forward");

	doctor_fact(d, "IPv4 forwarding", on ? POD_FACT_OK : POD_FACT_DEGRADED,
		on ? "on" : "off",
		"switched on when the first pod with an address is made",
		"sysctl -w net.ipv4.ip_forward=1");
	doctor_fact(d, "IPv6", v6 ? POD_FACT_OK : POD_FACT_DEGRADED,
		v6 ? "available" : "not available", "pods have IPv4 only",
		"boot without ipv6.disable=1");
	on = is_on("/proc/sys/net/ipv6/conf/all/forwarding");
	if (v6)
		doctor_fact(d, "IPv6 forwarding",
			on ? POD_FACT_OK : POD_FACT_DEGRADED,
			on ? "on" : "off",
			"switched on when the first pod with an address is "
			"made",
			"sysctl -w net.ipv6.conf.all.forwarding=1");
}

static void conflict(struct doctor *d, struct nl_sock *sk, const char *name,
	const struct net_cidr *cidr)
{
	char route[128] = "";
	int r;

	if (cidr->addr.family == AF_UNSPEC)
		return;
	r = net_cover_conflict(sk, cidr, route, sizeof(route));
	doctor_fact(d, name,
		r == 0 ? POD_FACT_OK : POD_FACT_DEGRADED,
		r == 0	 ? "no other route overlaps it"
			: r == 1 ? route
			 : "the routes cannot be read",
		"pods may hide hosts of that network, or be hidden by it",
		"choose another --pod-cidr");
}

void doctor_network(struct doctor *d)
{
	struct pod_error error = { 0 };
	struct nl_sock *sk = NULL;
	bool there;

	there = access("/sys/module/veth", F_OK) == 0 ||
		access("/proc/sys/net", F_OK) == 0;
	doctor_fact(d, "network links (veth)",
		there ? POD_FACT_OK : POD_FACT_DEGRADED,
		there ? "available" : "not available",
		"only hostNetwork pods can run", "modprobe veth");
	forwarding(d);
	there = access("/sys/module/nf_tables", F_OK) == 0;
	doctor_fact(d, "nftables", there ? POD_FACT_OK : POD_FACT_DEGRADED,
		there ? "loaded" : "not loaded",
		"host ports work once the module is loaded",
		"modprobe nf_tables");
	if (!d->dirs)
		return;
	if (net_socket_open(&sk, &error) < 0) {
		doctor_fact(d, "netlink", POD_FACT_MISSING, error.message,
			"no link can be made", "");
		return;
	}
	conflict(d, sk, "pod CIDR (IPv4)", &d->dirs->cidr4);
	conflict(d, sk, "pod CIDR (IPv6)", &d->dirs->cidr6);
	net_socket_close(sk);
}

static const char *fs_name(long magic, char *buf, size_t size)
{
	switch (magic) {
	case 0x01021994:
		return "tmpfs";
	case 0xef53:
		return "ext4";
	case 0x58465342:
		return "xfs";
	case 0x9123683e:
		return "btrfs";
	case 0x794c7630:
		return "overlayfs";
	default:
		(void)snprintf(buf, size, "file system %#lx", magic);
		return buf;
	}
}

/* A directory, or, if it is not there yet, the nearest one above it. */
static void directory(struct doctor *d, const char *name, const char *path,
	bool upper_layers)
{
	char at[PATH_MAX], found[PATH_MAX + 64], other[40], *slash;
	struct statfs fs;
	bool bad, writable;

	(void)str_copy(at, sizeof(at), path);
	while (access(at, F_OK) < 0 && (slash = strrchr(at, '/'))) {
		*slash = '\0';
		if (!at[0])
			(void)str_copy(at, sizeof(at), "/");
	}
	if (statfs(at, &fs) < 0) {
		doctor_fact(d, name, POD_FACT_MISSING, strerrordesc_np(errno),
			"pods cannot be kept", "");
		return;
	}
	writable = access(at, W_OK) == 0;
	/* an overlay may not have its upper layer on another overlay */
	bad = upper_layers && (long)fs.f_type == 0x794c7630;
	(void)snprintf(found, sizeof(found), "%s on %s%s", path,
		fs_name((long)fs.f_type, other, sizeof(other)),
		writable ? "" : ", not writable");
	doctor_fact(d, name,
		!writable   ? POD_FACT_MISSING
			: bad ? POD_FACT_DEGRADED
			: POD_FACT_OK,
		found,
		writable ? "writable layers cannot be on this file system"
			 : "pods cannot be kept",
		writable ? "--root on another file system" : "run as root");
}

void doctor_directories(struct doctor *d)
{
	directory(d, "root directory", d->dirs->root_path, true);
	directory(d, "run directory", d->dirs->run_path, false);
}
