/* SPDX-License-Identifier: MIT */
/*
 * bench/floor.c - what the kernel alone charges for a two-container pod.
 *
 * The same kernel objects as one of our pods, made by straight-line system
 * calls: no plan, no journal, no error with a hint, no second shape of pod.
 * Every error is checked. What it has and has not is listed in README.md.
 *
 * This file makes the surroundings, once: a network namespace of its own, and
 * a mount namespace that holds nothing but the host's root, the work
 * directory and empty places for a container's layer and root (the cradle),
 * so that no container has to copy and drop the host's mounts.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <linux/magic.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "floor.h"
#include "worker.h"

#define OPEN_TREE_CLONE_ 1
#define MOVE_MOUNT_EMPTY 4	/* MOVE_MOUNT_F_EMPTY_PATH */

static const char usage[] =
	"usage: floor [-n N] [--json] [--dir DIR] [--cgroup DIR]"
	" [--payload FILE]\n"
	"  -n N            how often (100)\n"
	"  --json          one JSON line\n"
	"  --serve         once for each line read (for podbench)\n"
	"  --dir DIR       where the emptyDir goes (made under /var/tmp)\n"
	"  --cgroup DIR    a cgroup v2 directory (the hierarchy's root)\n"
	"  --payload FILE  the program (noop, beside this one)\n";

struct floor {
	struct floor_config config;
	struct worker worker;
	const char *dir, *cgroup;
	char made_dir[64];	/* removed at the end unless "" */
	char payload[4096];
	unsigned int serial;
};

static int fail(const char *step)
{
	(void)fprintf(stderr, "floor: %s: %s\n", step, strerror(errno));
	return -1;
}

static void choose(struct floor_paths *ret, const char *const *path,
	size_t count, mode_t type)
{
	struct stat st;

	for (size_t i = 0; i < count; i++)
		if (lstat(path[i], &st) == 0 && (st.st_mode & S_IFMT) == type)
			ret->path[ret->count++] = path[i];
}

static void choose_paths(struct floor_config *c)
{
	static const char *const masked[] = { "/proc/acpi", "/proc/asound",
		"/proc/interrupts", "/proc/kallsyms", "/proc/kcore",
		"/proc/keys", "/proc/latency_stats", "/proc/sched_debug",
		"/proc/scsi", "/proc/timer_list", "/proc/timer_stats",
		"/sys/firmware", "/sys/devices/virtual/powercap" };
	static const char *const read_only[] = { "/proc/bus", "/proc/fs",
		"/proc/irq", "/proc/sys", "/proc/sysrq-trigger" };
	static const char *const identity[] = { "/etc/hosts", "/etc/hostname",
		"/etc/resolv.conf" };
	const size_t count = sizeof(masked) / sizeof(masked[0]);
	struct stat st;

	choose(&c->masked_files, masked, count, S_IFREG);
	choose(&c->masked_dirs, masked, count, S_IFDIR);
	choose(&c->read_only, read_only, 5, S_IFDIR);
	choose(&c->read_only, read_only, 5, S_IFREG);
	/* A slot each: the file beside it in the pod has the same index. */
	c->identity.count = 3;
	for (size_t i = 0; i < 3; i++)
		if (lstat(identity[i], &st) == 0 && S_ISREG(st.st_mode))
			c->identity.path[i] = identity[i];
	c->ipv6 = access("/proc/sys/net/ipv6", F_OK) == 0;
}

static bool is_cgroup2(const char *path)
{
	struct statfs fs;

	return statfs(path, &fs) == 0 && fs.f_type == CGROUP2_SUPER_MAGIC;
}

static int find_places(struct floor *f)
{
	struct stat root, st;
	ssize_t n;
	char *slash;

	if (!f->cgroup)
		f->cgroup = is_cgroup2("/sys/fs/cgroup") ? "/sys/fs/cgroup" :
			"/sys/fs/cgroup/unified";
	if (!is_cgroup2(f->cgroup)) {
		errno = ENOTSUP;
		return fail("no cgroup v2 directory (--cgroup)");
	}
	if (!f->config.payload) {
		n = readlink("/proc/self/exe", f->payload,
			sizeof(f->payload) - sizeof("noop"));
		slash = n > 0 ? memrchr(f->payload, '/', (size_t)n) : NULL;
		if (!slash)
			return fail("/proc/self/exe");
		memcpy(slash + 1, "noop", sizeof("noop"));
		f->config.payload = f->payload;
	}
	if (stat("/", &root) < 0 || stat(f->config.payload, &st) < 0)
		return fail(f->config.payload);
	if (st.st_dev != root.st_dev) {
		errno = EXDEV;
		return fail("the payload must be on the root file system");
	}
	if (f->dir)
		return 0;
	(void)strcpy(f->made_dir, "/var/tmp/floor.XXXXXX");
	if (!mkdtemp(f->made_dir)) {
		f->made_dir[0] = '\0';
		return fail("/var/tmp");
	}
	f->dir = f->made_dir;
	return 0;
}

/* As "image: host" hides its own directory; noop must not lie there then. */
static int hide_dir(struct floor *f)
{
	struct floor_paths *masked = &f->config.masked_dirs;
	const size_t length = strlen(f->dir);
	struct stat root, st;

	if (stat("/", &root) < 0 || stat(f->dir, &st) < 0)
		return fail(f->dir);
	if (f->dir[0] != '/' || root.st_dev != st.st_dev)
		return 0;
	if (strncmp(f->config.payload, f->dir, length) == 0 &&
		f->config.payload[length] == '/') {
		errno = EINVAL;
		return fail("the payload must not be in --dir");
	}
	masked->path[masked->count++] = f->dir;
	return 0;
}

static int open_all(struct floor *f)
{
	struct floor_config *c = &f->config;

	c->work_fd = open(f->dir, O_DIRECTORY | O_CLOEXEC);
	if (c->work_fd < 0)
		return fail(f->dir);
	c->cgroup_fd = open(f->cgroup, O_DIRECTORY | O_CLOEXEC);
	if (c->cgroup_fd < 0)
		return fail(f->cgroup);
	c->ns_fd = open("/proc/self/ns", O_DIRECTORY | O_CLOEXEC);
	if (c->ns_fd < 0)
		return fail("/proc/self/ns");
	for (int i = 0; i <= FLOOR_CONTAINERS; i++) {
		c->stacks[i] = mmap(NULL, FLOOR_STACK, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_POPULATE,
			-1, 0);
		if (c->stacks[i] == MAP_FAILED)
			return fail("mmap");
	}
	return 0;
}

static int enter_network(struct floor_config *c)
{
	int r;

	if (unshare(CLONE_NEWNET) < 0)
		return fail("unshare");
	c->home_net = openat(c->ns_fd, "net", O_RDONLY | O_CLOEXEC);
	c->home_ipc = openat(c->ns_fd, "ipc", O_RDONLY | O_CLOEXEC);
	c->home_uts = openat(c->ns_fd, "uts", O_RDONLY | O_CLOEXEC);
	if (c->home_net < 0 || c->home_ipc < 0 || c->home_uts < 0)
		return fail("namespaces");
	c->nl_fd = nl_open();
	r = c->nl_fd < 0 ? c->nl_fd : nl_prepare_host(c->nl_fd, c->ipv6);
	errno = -r;
	return r < 0 ? fail("netlink") : 0;
}

/* Afterwards / is a tmpfs with host, work, empty places and nothing else. */
static int enter_cradle(const char *dir)
{
	static const char *const places[] = { FLOOR_HOST, FLOOR_WORK,
		FLOOR_IDENTITY, FLOOR_LAYER, "/root" };
	int host, work;

	if (unshare(CLONE_NEWNS) < 0 ||
		mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return fail("private mount namespace");
	host = (int)syscall(SYS_open_tree, AT_FDCWD, "/",
		OPEN_TREE_CLONE_ | O_CLOEXEC);
	work = (int)syscall(SYS_open_tree, AT_FDCWD, dir,
		OPEN_TREE_CLONE_ | O_CLOEXEC);
	if (host < 0 || work < 0)
		return fail("open_tree");
	if (mount("cradle", dir, "tmpfs", 0, "mode=755,size=1m") < 0 ||
		chdir(dir) < 0)
		return fail("cradle");
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (mkdir(places[i] + 1, 0755) < 0)
			return fail(places[i]);
	if (syscall(SYS_move_mount, host, "", AT_FDCWD, &FLOOR_HOST[1],
			MOVE_MOUNT_EMPTY) < 0 ||
		syscall(SYS_move_mount, work, "", AT_FDCWD, &FLOOR_WORK[1],
			MOVE_MOUNT_EMPTY) < 0)
		return fail("cradle");
	(void)close(host);
	(void)close(work);
	if (syscall(SYS_pivot_root, ".", ".") < 0 ||
		umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
		return fail("pivot_root");
	return 0;
}

static int once(void *context, double *ret_ready_us, double *ret_cycle_us)
{
	struct floor *f = context;

	return floor_pod_cycle(&f->config, ++f->serial, ret_ready_us,
		ret_cycle_us);
}

static int parse_options(struct floor *f, int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "serve", no_argument, NULL, 's' },
		{ "dir", required_argument, NULL, 'd' },
		{ "cgroup", required_argument, NULL, 'c' },
		{ "payload", required_argument, NULL, 'p' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	char *end = NULL;
	int o;

	while ((o = getopt_long(argc, argv, "n:h", options, NULL)) != -1) {
		if (o == 'n')
			f->worker.count = strtoul(optarg, &end, 10);
		else if (o == 'j')
			f->worker.json = true;
		else if (o == 's')
			f->worker.serve = true;
		else if (o == 'd')
			f->dir = optarg;
		else if (o == 'c')
			f->cgroup = optarg;
		else if (o == 'p')
			f->config.payload = optarg;
		else
			return o == 'h' ? 0 : -1;
	}
	return optind < argc || f->worker.count == 0 || (end && *end) ? -1 : 1;
}

int main(int argc, char **argv)
{
	struct floor f = { .worker = { .subject = "floor", .count = 100,
		.once = once } };
	int status = EXIT_FAILURE, home, r = parse_options(&f, argc, argv);

	if (r <= 0) {
		(void)fputs(usage, r == 0 ? stdout : stderr);
		return r == 0 ? EXIT_SUCCESS : 2;
	}
	f.worker.context = &f;
	(void)umask(0);
	choose_paths(&f.config);
	r = floor_filter_build(&f.config);
	if (r < 0) {
		errno = -r;
		(void)fail("seccomp filter");
		return EXIT_FAILURE;
	}
	home = open("/var/tmp", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (find_places(&f) == 0 && hide_dir(&f) == 0 && open_all(&f) == 0 &&
		enter_network(&f.config) == 0 && enter_cradle(f.dir) == 0)
		status = worker_run(&f.worker);
	/* The host's tree is out of sight by now, but not out of reach. */
	if (f.made_dir[0] && unlinkat(home, strrchr(f.made_dir, '/') + 1,
			AT_REMOVEDIR) < 0) {
		(void)fail(f.made_dir);
		status = EXIT_FAILURE;
	}
	return status;
}
