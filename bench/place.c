/* SPDX-License-Identifier: MIT */
/*
 * bench/place.c - where the subjects run, and that nothing is left of them.
 *
 * Private network and mount namespaces, so that a bench run never shows on
 * the machine; a plain cgroup2 on /sys/fs/cgroup, which is where the peers
 * look; a tmpfs for what belongs in /run. Knows nothing of who runs there.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <net/if.h>
#include <sched.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "nl.h"
#include "podbench.h"

static int fail(const char *what)
{
	const int error = errno;

	(void)fprintf(stderr, "podbench: %s: %s\n", what, strerror(error));
	return -error;
}

const char *place_text(struct place *p, const char *format, ...)
{
	va_list args;
	char *text = NULL;
	int n;

	va_start(args, format);
	n = vasprintf(&text, format, args);
	va_end(args);
	if (n < 0 || p->texts == PLACE_TEXTS) {
		(void)fprintf(stderr, "podbench: out of memory\n");
		exit(EXIT_FAILURE);
	}
	p->text[p->texts++] = text;
	return text;
}

int place_write(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");
	int r;

	if (!f)
		return fail(path);
	r = fputs(text, f);
	return fclose(f) != 0 || r < 0 ? fail(path) : 0;
}

static int enter_namespaces(void)
{
	int fd, r;

	if (unshare(CLONE_NEWNET | CLONE_NEWNS) < 0)
		return fail("unshare");
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return fail("make mounts private");
	if (mount("cgroup2", "/sys/fs/cgroup", "cgroup2",
			MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
		return fail("mount cgroup2 on /sys/fs/cgroup");
	fd = nl_open();
	if (fd < 0)
		return fail("netlink");
	r = nl_prepare_host(fd, access("/proc/sys/net/ipv6", F_OK) == 0);
	(void)close(fd);
	errno = -r;
	return r < 0 ? fail("covering route") : 0;
}

/*
 * /run is a tmpfs wherever systemd is, but not on every build machine. Not all
 * of /run is replaced: /etc/resolv.conf may point there.
 */
static int make_run(struct place *p)
{
	int r;

	(void)strcpy(p->run, "/run/podbench.XXXXXX");
	if (!mkdtemp(p->run)) {
		p->run[0] = '\0';
		return fail("/run");
	}
	if (mount("tmpfs", p->run, "tmpfs", MS_NOSUID | MS_NODEV,
			"mode=755") == 0)
		return 0;
	r = fail("mount a tmpfs below /run");
	if (rmdir(p->run) < 0)
		(void)fail(p->run);
	p->run[0] = '\0';
	return r;
}

static int make_directories(struct place *p)
{
	struct stat root, disk;
	int r;

	(void)strcpy(p->disk, "/var/tmp/podbench.XXXXXX");
	if (!mkdtemp(p->disk)) {
		p->disk[0] = '\0';
		return fail("/var/tmp");
	}
	r = make_run(p);
	if (r < 0)
		return r;
	(void)snprintf(p->cgroup, sizeof(p->cgroup),
		"/sys/fs/cgroup/podbench-%ld", (long)getpid());
	if (mkdir(p->cgroup, 0755) < 0) {
		p->cgroup[0] = '\0';
		return fail("cgroup");
	}
	/* image: host shows only the root file system, so noop must be on it */
	if (stat("/", &root) < 0 || stat(p->disk, &disk) < 0)
		return fail(p->disk);
	errno = EXDEV;
	return root.st_dev == disk.st_dev ? 0 :
		fail("/var/tmp is not on the root file system");
}

static int find_bin(struct place *p)
{
	const ssize_t n = readlink("/proc/self/exe", p->bin,
		sizeof(p->bin) - 1);
	char *slash = n > 0 ? memrchr(p->bin, '/', (size_t)n) : NULL;

	if (!slash)
		return fail("/proc/self/exe");
	*slash = '\0';
	return 0;
}

int place_enter(struct place *p)
{
	int r = find_bin(p);

	if (r == 0)
		r = enter_namespaces();
	return r == 0 ? make_directories(p) : r;
}

/* Links die with their namespace, some time after the last process. */
static int links_left(FILE *out)
{
	const struct timespec pause = { .tv_nsec = 20 * 1000 * 1000 };
	struct if_nameindex *links;
	int left = 1;

	for (int tries = 0; tries < 200 && left > 0; tries++) {
		if (tries > 0)
			(void)nanosleep(&pause, NULL);
		links = if_nameindex();
		if (!links)
			return fail("list links") < 0;
		left = 0;
		for (size_t i = 0; links[i].if_index; i++)
			if (strcmp(links[i].if_name, "lo") != 0) {
				if (tries == 199)
					(void)fprintf(out, "%s\"link %s\"",
						left ? "," : "",
						links[i].if_name);
				left++;
			}
		if_freenameindex(links);
	}
	return left;
}

/* Directories in path, each one a leftover. */
static int entries_left(FILE *out, const char *kind, const char *path,
	bool comma)
{
	DIR *dir = opendir(path);
	const struct dirent *e;
	int left = 0;

	if (!dir)
		return errno == ENOENT ? 0 : fail(path) < 0;
	while ((e = readdir(dir))) {
		if (e->d_type != DT_DIR || e->d_name[0] == '.')
			continue;
		(void)fprintf(out, "%s\"%s %s\"", comma || left ? "," : "",
			kind, e->d_name);
		left++;
	}
	(void)closedir(dir);
	return left;
}

/* What podrun itself finds left: one line each on its standard output. */
static int pods_left(const char *podrun, FILE *out, bool comma)
{
	char command[8192], line[512];
	int left = 0, status;
	FILE *f;

	if (access(podrun, X_OK) < 0)
		return 0;
	(void)snprintf(command, sizeof(command), "'%s' gc --check 2>&1",
		podrun);
	f = popen(command, "re");
	if (!f)
		return fail(command) < 0;
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n\"\\")] = '\0';
		(void)fprintf(stderr, "podbench: gc: %s\n", line);
	}
	status = pclose(f);
	if (status != 0) {
		(void)fprintf(out, "%s\"podrun gc --check: status %d\"",
			comma ? "," : "", status);
		left++;
	}
	return left;
}

int place_leftovers(struct place *p, const char *podrun, FILE *out)
{
	int left = links_left(out);

	left += entries_left(out, "cgroup", p->cgroup, left > 0);
	left += entries_left(out, "crun state", place_text(p, "%s/crun",
		p->run), left > 0);
	left += entries_left(out, "runc state", place_text(p, "%s/runc",
		p->run), left > 0);
	left += pods_left(podrun, out, left > 0);
	return left;
}

static int remove_entry(const char *path, const struct stat *st, int type,
	struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path) < 0 ? fail(path) : 0;
}

static int remove_tree(const char *path)
{
	if (path[0] == '\0')
		return 0;
	return nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

/* What is in the tmpfs goes with it; what should not be there was told. */
static int remove_run(const char *path)
{
	if (path[0] == '\0')
		return 0;
	return umount2(path, MNT_DETACH) < 0 || rmdir(path) < 0 ? fail(path) :
		0;
}

int place_leave(struct place *p)
{
	int r = remove_tree(p->disk);
	int r2 = remove_run(p->run);

	if (p->cgroup[0] && rmdir(p->cgroup) < 0)
		r = fail(p->cgroup);
	for (size_t i = 0; i < p->texts; i++)
		free(p->text[i]);
	p->texts = 0;
	return r != 0 ? r : r2;
}
