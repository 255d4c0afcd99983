/* SPDX-License-Identifier: MIT */
/*
 * support/ledger.c - taking and comparing ledgers.
 *
 * Knows where the kernel lists each kind of object; knows nothing of pods,
 * but for the few files that podrun keeps on purpose (kept_files).
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support/ledger.h"

/* What outlives every pod, with the reason; any other file is a leak. */
static const struct {
	const char *path;	/* below PODRUN_RUN or PODRUN_ROOT */
	const char *reason;
} kept_files[] = {
	{ "cache", "compiled seccomp filters, by digest, for the next pod" },
};

__attribute__((noreturn)) static void give_up(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

__attribute__((format(printf, 2, 3))) static void add(struct ledger *ledger,
	const char *format, ...)
{
	va_list ap;
	int r;

	if (ledger->count == ledger->cap) {
		ledger->cap = ledger->cap ? ledger->cap * 2 : 64;
		ledger->entries = reallocarray(ledger->entries, ledger->cap,
			sizeof(*ledger->entries));
		if (!ledger->entries)
			give_up("ledger");
	}
	va_start(ap, format);
	r = vasprintf(&ledger->entries[ledger->count], format, ap);
	va_end(ap);
	if (r < 0)
		give_up("ledger");
	ledger->count++;
}

/* One call per line, without its newline. A missing file has no lines. */
static void each_line(struct ledger *ledger, const char *path,
	void (*line)(struct ledger *, char *, const char *), const char *arg)
{
	FILE *file = fopen(path, "re");
	char *text = NULL;
	size_t size = 0;

	if (!file)
		return;
	while (getline(&text, &size, file) > 0) {
		text[strcspn(text, "\n")] = '\0';
		line(ledger, text, arg);
	}
	free(text);
	(void)fclose(file);
}

static void take_fds(struct ledger *ledger)
{
	char target[PATH_MAX];
	struct dirent *entry;
	DIR *dir = opendir("/proc/self/fd");
	ssize_t len;

	if (!dir)
		give_up("/proc/self/fd");
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.' ||
			atoi(entry->d_name) == dirfd(dir))
			continue;
		len = readlinkat(dirfd(dir), entry->d_name, target,
			sizeof(target) - 1);
		target[len < 0 ? 0 : len] = '\0';
		add(ledger, "fd %s to %s", entry->d_name, target);
	}
	(void)closedir(dir);
}

/* "36 35 98:0 /root /point opts - type source ..." */
static void mount_line(struct ledger *ledger, char *line, const char *arg)
{
	char id[16], point[PATH_MAX], type[64] = "?";
	const char *rest = strstr(line, " - ");

	(void)arg;
	if (sscanf(line, "%15s %*s %*s %*s %4095s", id, point) != 2)
		give_up("mountinfo");
	if (rest)
		(void)sscanf(rest, " - %63s", type);
	add(ledger, "mount of %s on %s (id %s)", type, point, id);
}

static void take_links(struct ledger *ledger)
{
	struct if_nameindex *links = if_nameindex();
	size_t i;

	if (!links)
		give_up("if_nameindex");
	for (i = 0; links[i].if_index; i++)
		add(ledger, "link %s (index %u)", links[i].if_name,
			links[i].if_index);
	if_freenameindex(links);
}

/*
 * What belongs to the node, not to a pod, and stays on purpose: the routes
 * that cover the pod CIDR (traffic to a dead pod must never follow a default
 * route) and the address that the host speaks to pods from.
 */
static bool stays_on_the_node(const char *to, const char *len)
{
	static const char *const kept[][2] = {
		{ "0000F50A", "0000FFFF" },	/* 10.245.0.0/16 */
		{ "fd000010024500000000000000000000", "40" },
		{ "fd706f64000000000000000000000001", "80" },
	};
	size_t i;

	for (i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		if (strcmp(to, kept[i][0]) == 0 &&
			strcmp(len, kept[i][1]) == 0)
			return true;
	return false;
}

/* /proc/net/route: Iface Destination Gateway Flags ... Mask at 8th */
static void route4_line(struct ledger *ledger, char *line, const char *arg)
{
	char dev[32], to[16], via[16], mask[16];

	(void)arg;
	if (sscanf(line, "%31s %15s %15s %*s %*s %*s %*s %15s", dev, to, via,
		    mask) == 4 && strcmp(dev, "Iface") != 0 &&
		!stays_on_the_node(to, mask))
		add(ledger, "route to %s/%s (hex) via %s dev %s", to, mask,
			via, dev);
}

static void route6_line(struct ledger *ledger, char *line, const char *arg)
{
	char to[40], len[8], via[40], dev[32];

	(void)arg;
	if (sscanf(line, "%39s %7s %*s %*s %39s %*s %*s %*s %*s %31s", to, len,
		    via, dev) == 4 && !stays_on_the_node(to, len))
		add(ledger, "route to %s/%s (hex) via %s dev %s", to, len, via,
			dev);
}

/* Where a process is, by the view of this cgroup namespace. */
static void cgroup_of(const char *pid, char *buf, size_t size)
{
	char path[64], line[256];
	FILE *file;

	(void)snprintf(buf, size, "?");
	(void)snprintf(path, sizeof(path), "/proc/%.20s/cgroup", pid);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		if (strncmp(line, "0::", 3) == 0)
			(void)snprintf(buf, size, "%.*s",
				(int)strcspn(line + 3, "\n"), line + 3);
	if (file)
		(void)fclose(file);
}

static void take_process(struct ledger *ledger, const char *pid,
	unsigned int kinds)
{
	char path[64], line[512], cgroup[256], *after, state;
	FILE *file;
	int parent;

	(void)snprintf(path, sizeof(path), "/proc/%.20s/stat", pid);
	file = fopen(path, "re");
	if (!file)
		return; /* it has ended */
	/* the name may have spaces and brackets: look from the end */
	if (fgets(line, sizeof(line), file) && (after = strrchr(line, ')')) &&
		sscanf(after, ") %c %d", &state, &parent) == 2 &&
		(kinds & LEDGER_PROCESS || parent == getpid())) {
		cgroup_of(pid, cgroup, sizeof(cgroup));
		add(ledger, "%s %.*s), state %c, cgroup %s",
			kinds & LEDGER_PROCESS ? "process" : "child",
			(int)(after - line), line, state, cgroup);
	}
	(void)fclose(file);
}

static void take_processes(struct ledger *ledger, unsigned int kinds)
{
	struct dirent *entry;
	DIR *dir = opendir("/proc");

	if (!dir)
		give_up("/proc");
	while ((entry = readdir(dir)))
		if (isdigit((unsigned char)entry->d_name[0]) &&
			atoi(entry->d_name) != getpid())
			take_process(ledger, entry->d_name, kinds);
	(void)closedir(dir);
}

static void take_cgroups(struct ledger *ledger, const char *path,
	const char *shown)
{
	char file[PATH_MAX], below[PATH_MAX];
	struct dirent *entry;
	DIR *dir = opendir(path);

	if (!dir)
		return; /* removed since its parent was read */
	while ((entry = readdir(dir))) {
		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		(void)snprintf(file, sizeof(file), "%s/%s", path,
			entry->d_name);
		(void)snprintf(below, sizeof(below), "%s%s%s", shown,
			shown[1] ? "/" : "", entry->d_name);
		add(ledger, "cgroup %s", below);
		take_cgroups(ledger, file, below);
	}
	(void)closedir(dir);
}

static void ipc_line(struct ledger *ledger, char *line, const char *arg)
{
	char key[16], id[16];

	if (sscanf(line, "%15s %15s", key, id) == 2 && strcmp(key, "key") != 0)
		add(ledger, "System V %s %s (key %s)", arg, id, key);
}

static void take_ipc(struct ledger *ledger)
{
	struct dirent *entry;
	DIR *dir;

	each_line(ledger, "/proc/sysvipc/shm", ipc_line, "shared memory");
	each_line(ledger, "/proc/sysvipc/sem", ipc_line, "semaphores");
	each_line(ledger, "/proc/sysvipc/msg", ipc_line, "queue");
	dir = opendir("/dev/mqueue");
	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			add(ledger, "message queue %s", entry->d_name);
	if (dir)
		(void)closedir(dir);
}

static bool is_kept(const char *relative)
{
	size_t i;

	for (i = 0; i < sizeof(kept_files) / sizeof(kept_files[0]); i++)
		if (strcmp(relative, kept_files[i].path) == 0)
			return true;
	return false;
}

/* A pod's directory is called by its UID: 8-4-4-4-12 hexadecimal digits. */
static bool has_uid(const char *name)
{
	size_t i, run = 0;

	for (i = 0; name[i]; i++) {
		if (!isxdigit((unsigned char)name[i]) && name[i] != '-')
			run = 0;
		else if (++run == 36)
			return true;
	}
	return false;
}

/*
 * Directories that all pods share may stay; a pod's own and every file in
 * any of them may not.
 */
static void take_files(struct ledger *ledger, const char *base,
	const char *relative)
{
	char path[PATH_MAX], below[PATH_MAX];
	struct dirent *entry;
	struct stat st;
	DIR *dir;

	(void)snprintf(path, sizeof(path), "%s/%s", base, relative);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") == 0 ||
			strcmp(entry->d_name, "..") == 0)
			continue;
		(void)snprintf(below, sizeof(below), "%s%s%s", relative,
			relative[0] ? "/" : "", entry->d_name);
		if (is_kept(below) || fstatat(dirfd(dir), entry->d_name, &st,
					      AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		if (!S_ISDIR(st.st_mode) || has_uid(entry->d_name))
			add(ledger, "file %s/%s", base, below);
		if (S_ISDIR(st.st_mode))
			take_files(ledger, base, below);
	}
	if (dir)
		(void)closedir(dir);
}

static int compare_entries(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void ledger_take(struct ledger *ledger, unsigned int kinds)
{
	const char *cgroup = getenv("POD_TEST_CGROUP");
	const char *run = getenv("PODRUN_RUN"), *root = getenv("PODRUN_ROOT");

	*ledger = (struct ledger){ 0 };
	if (kinds & LEDGER_FD)
		take_fds(ledger);
	if (kinds & LEDGER_MOUNT)
		each_line(ledger, "/proc/self/mountinfo", mount_line, NULL);
	if (kinds & LEDGER_LINK)
		take_links(ledger);
	if (kinds & LEDGER_ROUTE) {
		each_line(ledger, "/proc/self/net/route", route4_line, NULL);
		each_line(ledger, "/proc/self/net/ipv6_route", route6_line,
			NULL);
	}
	if (kinds & (LEDGER_CHILD | LEDGER_PROCESS))
		take_processes(ledger, kinds);
	if (cgroup && kinds & LEDGER_CGROUP)
		take_cgroups(ledger, cgroup, "/");
	if (kinds & LEDGER_IPC)
		take_ipc(ledger);
	if (run && kinds & LEDGER_FILE)
		take_files(ledger, run, "");
	if (root && kinds & LEDGER_FILE)
		take_files(ledger, root, "");
	if (ledger->count)
		qsort(ledger->entries, ledger->count,
			sizeof(*ledger->entries), compare_entries);
}

void ledger_done(struct ledger *ledger)
{
	size_t i;

	for (i = 0; i < ledger->count; i++)
		free(ledger->entries[i]);
	free(ledger->entries);
	*ledger = (struct ledger){ 0 };
}

size_t ledger_compare(const struct ledger *before, const struct ledger *after,
	FILE *out)
{
	size_t i = 0, j = 0, differences = 0;
	int order;

	while (i < before->count || j < after->count) {
		if (i == before->count)
			order = 1;
		else if (j == after->count)
			order = -1;
		else
			order = strcmp(before->entries[i], after->entries[j]);
		differences += order != 0;
		if (order < 0 && out)
			(void)fprintf(out, "gone: %s\n", before->entries[i]);
		if (order > 0 && out)
			(void)fprintf(out, "left behind: %s\n",
				after->entries[j]);
		i += order <= 0;
		j += order >= 0;
	}
	return differences;
}

size_t ledger_settle(const struct ledger *before, unsigned int kinds,
	unsigned int timeout_msec, FILE *out)
{
	const struct timespec pause = { .tv_nsec = 5 * 1000000L };
	unsigned int waited;
	struct ledger after;
	size_t n;

	for (waited = 0;; waited += 5) {
		ledger_take(&after, kinds);
		n = ledger_compare(before, &after,
			waited >= timeout_msec ? out : NULL);
		ledger_done(&after);
		if (n == 0 || waited >= timeout_msec)
			return n;
		(void)clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
	}
}
