/* SPDX-License-Identifier: MIT */
/*
 * vm/init.c - PID 1 of the test guest.
 *
 * Knows how to get from an initramfs to this machine's files (9p below an
 * overlay in memory), what a Debian system has mounted, and the orders that
 * vm/guest left on the share "orders": argv, environment, cwd, shared. Runs
 * the command, copies its output to two virtio-serial ports, writes `status`
 * and reboots, which ends QEMU. Knows nothing of tests or pods.
 *
 * A static program; whatever fails before the command runs is fatal and
 * said on the console.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NINE_P "trans=virtio,version=9p2000.L,msize=512000,access=any,"
#define ORDERS "/run/orders"
#define DRAIN_SEC 3	/* for output still in a pipe when the command ends */

struct pump {
	int from;	/* the command's end of a pipe, -1 when it has closed */
	int to;		/* the port */
};

/* Opened once, before /dev moves. */
static int kernel_log(void)
{
	static int fd = -1;

	if (fd < 0)
		fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	return fd;
}

__attribute__((format(printf, 1, 2))) static void say(const char *format, ...)
{
	char text[256], line[300];
	ssize_t n;
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	(void)snprintf(line, sizeof(line), "<3>init: %s\n", text);
	n = write(kernel_log(), line, strlen(line));
	(void)n; /* there is nowhere else to say it */
}

__attribute__((noreturn)) static void fatal(const char *what, const char *which)
{
	say("%s %s: %s", what, which, strerror(errno));
	sync();
	(void)reboot(RB_AUTOBOOT);
	for (;;)
		(void)pause();
}

/* Mount on a directory that is made when it is missing. */
static int mount_at(const char *source, const char *dir, const char *type,
	unsigned long flags, const char *options)
{
	(void)mkdir(dir, 0755);
	return mount(source, dir, type, flags, options);
}

static void must_mount(const char *source, const char *dir, const char *type,
	unsigned long flags, const char *options)
{
	if (mount_at(source, dir, type, flags, options) < 0)
		fatal("mount", dir);
}

/* The whole file with a NUL after it, or NULL. Never freed: PID 1 is short. */
static char *read_whole(const char *path, size_t *ret_len)
{
	size_t len = 0, cap = 4096;
	char *data = malloc(cap);
	ssize_t n = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return NULL;
	while (data && (n = read(fd, data + len, cap - len - 1)) > 0) {
		len += (size_t)n;
		if (len + 1 == cap)
			data = realloc(data, cap *= 2);
	}
	(void)close(fd);
	if (!data || n < 0)
		return NULL;
	data[len] = '\0';
	if (ret_len)
		*ret_len = len;
	return data;
}

/* A file of NUL-terminated strings as a vector. */
static char **read_vector(const char *path)
{
	size_t len, count = 0, i;
	char *data = read_whole(path, &len);
	char **vector, *p = data;

	if (!data)
		fatal("read", path);
	for (i = 0; i < len; i++)
		count += data[i] == '\0';
	vector = calloc(count + 1, sizeof(*vector));
	if (!vector)
		fatal("read", path);
	for (i = 0; i < count; i++, p += strlen(p) + 1)
		vector[i] = p;
	return vector;
}

static int write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = write(fd, text, strlen(text));
	(void)close(fd);
	return n < 0 ? -errno : 0;
}

/* The modules of the initramfs, in the order that modprobe gave. */
static void load_modules(void)
{
	char *order = read_whole("/modules/order", NULL), *save, *name;
	char path[256];
	int fd;

	if (!order)
		return; /* all built in */
	for (name = strtok_r(order, "\n", &save); name;
		name = strtok_r(NULL, "\n", &save)) {
		(void)snprintf(path, sizeof(path), "/modules/%s", name);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0 ||
			(syscall(SYS_finit_module, fd, "", 0) < 0 &&
				errno != EEXIST))
			fatal("load", name);
		(void)close(fd);
	}
}

/* From the initramfs to the host's root under a writable layer in memory. */
static void switch_root(void)
{
	must_mount("rw", "/upper", "tmpfs", 0, "size=80%,mode=755");
	(void)mkdir("/upper/upper", 0755);
	(void)mkdir("/upper/work", 0755);
	must_mount("root", "/lower", "9p", MS_RDONLY, NINE_P "cache=loose");
	must_mount("root", "/root", "overlay", 0,
		"lowerdir=/lower,upperdir=/upper/upper,workdir=/upper/work");
	if (mount("/dev", "/root/dev", NULL, MS_MOVE, NULL) < 0 ||
		mount("/proc", "/root/proc", NULL, MS_MOVE, NULL) < 0 ||
		mount("/sys", "/root/sys", NULL, MS_MOVE, NULL) < 0)
		fatal("move", "/dev /proc /sys");
	if (chdir("/root") < 0 || mount("/root", "/", NULL, MS_MOVE, NULL) < 0 ||
		chroot(".") < 0 || chdir("/") < 0)
		fatal("switch to", "/root");
}

/* What systemd and udev would have made. */
static void mount_system(void)
{
	struct utsname uts;
	char modules[128];

	(void)uname(&uts);
	(void)snprintf(modules, sizeof(modules), "/lib/modules/%s",
		uts.release);
	(void)mkdir("/lib/modules", 0755);
	must_mount("modules", modules, "9p", MS_RDONLY, NINE_P "cache=loose");
	must_mount("tmpfs", "/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755");
	(void)mkdir("/run/lock", 01777);
	must_mount("orders", ORDERS, "9p", 0, NINE_P "cache=none");
	must_mount("devpts", "/dev/pts", "devpts", 0,
		"mode=620,gid=5,ptmxmode=666");
	must_mount("shm", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV,
		"mode=1777");
	must_mount("mqueue", "/dev/mqueue", "mqueue", 0, NULL);
	(void)mkdir("/vm", 0755);
	must_mount("tmp", "/vm/tmp", "tmpfs", 0, "mode=1777");
	/* not in every kernel */
	(void)mount("securityfs", "/sys/kernel/security", "securityfs", 0,
		NULL);
	(void)mount("bpf", "/sys/fs/bpf", "bpf", 0, "mode=700");
	(void)symlink("/proc/self/fd", "/dev/fd");
	(void)symlink("fd/0", "/dev/stdin");
	(void)symlink("fd/1", "/dev/stdout");
	(void)symlink("fd/2", "/dev/stderr");
	/* opening one of these loads its module */
	(void)mkdir("/dev/net", 0755);
	(void)mknod("/dev/net/tun", S_IFCHR | 0666, makedev(10, 200));
	(void)mknod("/dev/fuse", S_IFCHR | 0666, makedev(10, 229));
}

static void mount_cgroups(void)
{
	char *list, *save, *name, enable[64];
	int r;

	must_mount("cgroup2", "/sys/fs/cgroup", "cgroup2",
		MS_NOSUID | MS_NODEV | MS_NOEXEC, "nsdelegate");
	list = read_whole("/sys/fs/cgroup/cgroup.controllers", NULL);
	if (!list)
		fatal("read", "cgroup.controllers");
	for (name = strtok_r(list, " \n", &save); name;
		name = strtok_r(NULL, " \n", &save)) {
		(void)snprintf(enable, sizeof(enable), "+%s", name);
		r = write_text("/sys/fs/cgroup/cgroup.subtree_control",
			enable);
		if (r < 0)
			say("controller %s: %s", name, strerror(-r));
	}
}

static void loopback_up(void)
{
	struct ifreq req = { .ifr_name = "lo",
		.ifr_flags = IFF_UP | IFF_RUNNING };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &req) < 0)
		fatal("bring up", "lo");
	(void)close(fd);
}

/* Directories of the host that are writable from here. */
static void mount_shared(void)
{
	char **dirs = read_vector(ORDERS "/shared");
	char tag[32];
	int i;

	for (i = 0; dirs[i]; i++) {
		(void)snprintf(tag, sizeof(tag), "shared%d", i);
		must_mount(tag, dirs[i], "9p", 0, NINE_P "cache=none");
	}
}

/* True when the port of that sysfs entry is called `want`. */
static bool port_is_named(const char *entry, const char *want)
{
	char path[300], *name;

	(void)snprintf(path, sizeof(path), "/sys/class/virtio-ports/%s/name",
		entry);
	name = read_whole(path, NULL);
	if (!name)
		return false;
	name[strcspn(name, "\n")] = '\0';
	return strcmp(name, want) == 0;
}

/*
 * The device gets its ports by messages from QEMU, some milliseconds after
 * it was found; there is no event to wait for without a udev.
 */
static int open_port(const char *want)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	struct dirent *entry;
	char path[300];
	int fd, try;
	DIR *dir;

	for (try = 0; try < 5000; try++) {
		dir = opendir("/sys/class/virtio-ports");
		while (dir && (entry = readdir(dir))) {
			if (entry->d_name[0] == '.' ||
				!port_is_named(entry->d_name, want))
				continue;
			(void)snprintf(path, sizeof(path), "/dev/%s",
				entry->d_name);
			fd = open(path, O_WRONLY | O_CLOEXEC);
			if (fd < 0)
				fatal("open", path);
			(void)closedir(dir);
			return fd;
		}
		if (dir)
			(void)closedir(dir);
		(void)nanosleep(&pause, NULL);
	}
	errno = ENODEV;
	fatal("find port", want);
}

/* A port can be opened once only, so the command writes to a pipe instead. */
static int pump_open(struct pump *pump, const char *port)
{
	int fds[2];

	pump->to = open_port(port);
	if (pipe2(fds, O_CLOEXEC) < 0)
		fatal("pipe for", port);
	(void)fcntl(fds[0], F_SETFL, O_NONBLOCK);
	pump->from = fds[0];
	return fds[1];
}

static void pump_once(struct pump *pump)
{
	static char buf[65536];
	ssize_t n, done = 0, w;

	n = read(pump->from, buf, sizeof(buf));
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		(void)close(pump->from);
		pump->from = -1;
		return;
	}
	while (done < n) {
		w = write(pump->to, buf + done, (size_t)(n - done));
		if (w < 0 && errno != EINTR)
			fatal("write to", "port");
		if (w > 0)
			done += w;
	}
}

static pid_t start_command(int out, int err, const sigset_t *unblock)
{
	char **argv = read_vector(ORDERS "/argv");
	char **environment = read_vector(ORDERS "/environment");
	char *cwd = read_whole(ORDERS "/cwd", NULL);
	int in = open("/dev/null", O_RDONLY | O_CLOEXEC);
	struct utsname uts;
	pid_t pid;

	if (!cwd || in < 0 || !argv[0])
		fatal("read", "orders");
	pid = fork();
	if (pid < 0)
		fatal("fork for", argv[0]);
	if (pid > 0)
		return pid;
	(void)setsid();
	(void)sigprocmask(SIG_UNBLOCK, unblock, NULL);
	if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0)
		_exit(125);
	environ = environment;
	(void)uname(&uts);
	if (setenv("TMPDIR", "/vm/tmp", 1) < 0 ||
		setenv("POD_TEST_GUEST", uts.release, 1) < 0 ||
		chdir(cwd) < 0) {
		perror(cwd);
		_exit(125);
	}
	(void)execvp(argv[0], argv);
	perror(argv[0]);
	_exit(errno == ENOENT ? 127 : 126);
}

/*
 * Reap whatever ends; the command's exit status once it is that one, else
 * -1. What it leaves running would keep the pipes open: end it.
 */
static int reap(int signals, pid_t command)
{
	struct signalfd_siginfo info;
	int status, result = -1;
	pid_t pid;

	while (read(signals, &info, sizeof(info)) > 0)
		continue;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid != command)
			continue;
		result = WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
					       WEXITSTATUS(status);
		(void)kill(-1, SIGKILL);
	}
	return result;
}

static int run_command(void)
{
	struct pump out, err;
	int out_fd = pump_open(&out, "out"), err_fd = pump_open(&err, "err");
	int signals, r, status = -1;
	time_t end = 0;
	sigset_t mask;
	pid_t pid;

	(void)sigemptyset(&mask);
	(void)sigaddset(&mask, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &mask, NULL);
	signals = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signals < 0 || write_text(ORDERS "/started", "1\n") < 0)
		fatal("start", "command");
	pid = start_command(out_fd, err_fd, &mask);
	(void)close(out_fd);
	(void)close(err_fd);
	while (status < 0 || out.from >= 0 || err.from >= 0) {
		struct pollfd fds[] = { { .fd = signals, .events = POLLIN },
			{ .fd = out.from, .events = POLLIN },
			{ .fd = err.from, .events = POLLIN } };

		if (status >= 0 && time(NULL) > end + DRAIN_SEC)
			break;
		if (poll(fds, 3, 1000) < 0)
			continue;
		if (fds[1].revents)
			pump_once(&out);
		if (fds[2].revents)
			pump_once(&err);
		if (!fds[0].revents)
			continue;
		r = reap(signals, pid);
		if (r >= 0) {
			status = r;
			end = time(NULL);
		}
	}
	return status;
}

int main(void)
{
	const struct rlimit files = { .rlim_cur = 1024, .rlim_max = 1 << 20 };
	char text[16];

	must_mount("dev", "/dev", "devtmpfs", 0, NULL);
	must_mount("proc", "/proc", "proc", 0, NULL);
	must_mount("sys", "/sys", "sysfs", 0, NULL);
	(void)kernel_log();
	load_modules();
	switch_root();
	(void)umask(0);
	mount_system();
	mount_cgroups();
	mount_shared();
	loopback_up();
	(void)sethostname("guest", 5);
	(void)setrlimit(RLIMIT_NOFILE, &files);
	(void)umask(022);
	(void)snprintf(text, sizeof(text), "%d\n", run_command());
	if (write_text(ORDERS "/status", text) < 0)
		fatal("write", "status");
	sync();
	(void)reboot(RB_AUTOBOOT);
	fatal("reboot", "guest");
}
