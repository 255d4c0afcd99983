/* SPDX-License-Identifier: MIT */
/*
 * bench/peers.c - crun, runc and bubblewrap, running the same program.
 *
 * One container with the same namespaces, mounts, masks and capabilities as
 * one of ours, but on a plain read-only bind of a small directory, without
 * network link, address, shared volume, seccomp filter or log: every
 * difference favours the peer. Knows nothing of pods.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "podbench.h"

static const char *const masked[] = { "/proc/acpi", "/proc/asound",
	"/proc/interrupts", "/proc/kallsyms", "/proc/kcore", "/proc/keys",
	"/proc/latency_stats", "/proc/sched_debug", "/proc/scsi",
	"/proc/timer_list", "/proc/timer_stats", "/sys/firmware",
	"/sys/devices/virtual/powercap" };
static const char *const read_only[] = { "/proc/bus", "/proc/fs", "/proc/irq",
	"/proc/sys", "/proc/sysrq-trigger" };

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define CAPS                                                            \
	"[\"CAP_CHOWN\",\"CAP_DAC_OVERRIDE\",\"CAP_FOWNER\","           \
	"\"CAP_FSETID\",\"CAP_KILL\",\"CAP_NET_BIND_SERVICE\","         \
	"\"CAP_SETFCAP\",\"CAP_SETGID\",\"CAP_SETPCAP\",\"CAP_SETUID\"," \
	"\"CAP_SYS_CHROOT\"]"

static const char config_head[] =
	"{\"ociVersion\":\"1.0.0\",\"hostname\":\"bench\","
	"\"root\":{\"path\":\"rootfs\",\"readonly\":true},"
	"\"process\":{\"terminal\":false,\"user\":{\"uid\":0,\"gid\":0},"
	"\"args\":[\"/noop\"],\"env\":[\"PATH=/usr/bin:/bin\"],\"cwd\":\"/\","
	"\"capabilities\":{\"bounding\":" CAPS ",\"effective\":" CAPS ","
	"\"permitted\":" CAPS "}},\"mounts\":["
	"{\"destination\":\"/proc\",\"type\":\"proc\",\"source\":\"proc\","
	"\"options\":[\"nosuid\",\"nodev\",\"noexec\"]},"
	"{\"destination\":\"/dev\",\"type\":\"tmpfs\",\"source\":\"tmpfs\","
	"\"options\":[\"nosuid\",\"noexec\",\"mode=755\",\"size=1m\"]},"
	"{\"destination\":\"/dev/pts\",\"type\":\"devpts\",\"source\":"
	"\"devpts\",\"options\":[\"nosuid\",\"noexec\",\"newinstance\","
	"\"ptmxmode=0666\",\"mode=0620\",\"gid=5\"]},"
	"{\"destination\":\"/dev/shm\",\"type\":\"tmpfs\",\"source\":\"shm\","
	"\"options\":[\"nosuid\",\"nodev\",\"noexec\",\"mode=1777\","
	"\"size=64m\"]},"
	"{\"destination\":\"/dev/mqueue\",\"type\":\"mqueue\",\"source\":"
	"\"mqueue\",\"options\":[\"nosuid\",\"nodev\",\"noexec\"]},"
	"{\"destination\":\"/sys\",\"type\":\"sysfs\",\"source\":\"sysfs\","
	"\"options\":[\"nosuid\",\"nodev\",\"noexec\",\"ro\"]},"
	"{\"destination\":\"/sys/fs/cgroup\",\"type\":\"cgroup\",\"source\":"
	"\"cgroup\",\"options\":[\"nosuid\",\"nodev\",\"noexec\",\"ro\"]}],"
	"\"linux\":{\"namespaces\":[{\"type\":\"pid\"},{\"type\":\"network\"},"
	"{\"type\":\"ipc\"},{\"type\":\"uts\"},{\"type\":\"mount\"},"
	"{\"type\":\"cgroup\"}],\"resources\":{\"devices\":[{\"allow\":false,"
	"\"access\":\"rwm\"}]},";

static const char *path_array(struct place *p, const char *const *path,
	size_t count)
{
	const char *list = "";

	for (size_t i = 0; i < count; i++)
		list = place_text(p, "%s%s\"%s\"", list, i ? "," : "", path[i]);
	return list;
}

/* A bundle whose root holds nothing but the program and the mount points. */
static const char *make_bundle(struct place *p)
{
	static const char *const dirs[] = { "bundle", "bundle/rootfs",
		"bundle/rootfs/proc", "bundle/rootfs/sys",
		"bundle/rootfs/dev" };
	const char *bundle = place_text(p, "%s/bundle", p->disk);
	const char *config;

	for (size_t i = 0; i < COUNT(dirs); i++)
		if (mkdir(place_text(p, "%s/%s", p->disk, dirs[i]), 0755) < 0)
			return NULL;
	if (link(place_text(p, "%s/noop", p->disk),
			place_text(p, "%s/rootfs/noop", bundle)) < 0)
		return NULL;
	config = place_text(p, "%s\"cgroupsPath\":\"%s/oci\",\"maskedPaths\":"
		"[%s],\"readonlyPaths\":[%s]}}\n", config_head,
		p->cgroup + strlen("/sys/fs/cgroup"),
		path_array(p, masked, COUNT(masked)),
		path_array(p, read_only, COUNT(read_only)));
	return place_write(place_text(p, "%s/config.json", bundle),
		config) < 0 ? NULL : bundle;
}

static void add_runtime(struct subject *s, struct place *p, const char *name,
	const char *path, const char *bundle)
{
	const char *root = place_text(p, "%s/%s", p->run, name);

	*s = (struct subject){ .name = place_text(p, "%s run", name),
		.containers = 1, .steps = 1 };
	command_set(&s->step[0], path, "--root", root, "run", "--bundle",
		bundle, "podbench", NULL);
	command_set(&s->undo, path, "--root", root, "delete", "--force",
		"podbench", NULL);
	subject_read_version(s, p, path, root);
}

static void add_bwrap(struct subject *s, struct place *p, const char *bundle)
{
	struct command *c = &s->step[0];
	struct stat st;

	*s = (struct subject){ .name = "bwrap --unshare-all",
		.containers = 1, .steps = 1 };
	command_set(c, "bwrap", "--unshare-all", "--as-pid-1", "--hostname",
		"bench", "--cap-drop", "ALL", "--ro-bind",
		place_text(p, "%s/rootfs", bundle), "/", "--proc", "/proc",
		"--dev", "/dev", "--tmpfs", "/dev/shm", "--mqueue",
		"/dev/mqueue", "--ro-bind", "/sys", "/sys", NULL);
	for (size_t i = 0; i < COUNT(masked); i++) {
		if (stat(masked[i], &st) < 0)
			continue;
		command_add(c, S_ISDIR(st.st_mode) ? "--tmpfs" : "--ro-bind");
		if (!S_ISDIR(st.st_mode))
			command_add(c, "/dev/null");
		command_add(c, masked[i]);
	}
	for (size_t i = 0; i < COUNT(read_only); i++) {
		if (stat(read_only[i], &st) < 0)
			continue;
		command_add(c, "--ro-bind");
		command_add(c, read_only[i]);
		command_add(c, read_only[i]);
	}
	command_add(c, "/noop");
	subject_read_version(s, p, "bwrap", NULL);
}

/* The newer crun that fetch-crun unpacked, if it did; else PATH's. */
static const char *find_crun(struct place *p)
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	const char *crun;

	crun = cache && cache[0] ?
		place_text(p, "%s/libpod-core/crun/crun", cache) :
		place_text(p, "%s/.cache/libpod-core/crun/crun",
			home ? home : "/root");
	return access(crun, X_OK) == 0 ? crun : "crun";
}

size_t peers_add(struct subject *list, struct place *p, const char *crun)
{
	const char *bundle = make_bundle(p);
	size_t n = 0;

	if (!bundle) {
		perror("podbench: bundle");
		return 0;
	}
	add_runtime(&list[n++], p, "crun", crun ? crun : find_crun(p), bundle);
	add_runtime(&list[n++], p, "runc", "runc", bundle);
	add_bwrap(&list[n++], p, bundle);
	return n;
}
