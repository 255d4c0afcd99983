/* SPDX-License-Identifier: MIT */
/*
 * security/probe_calls.c - what a container's process gets from the kernel.
 *
 * usage: probe_calls NAME...
 *
 * Tries each call in a child of its own and prints "NAME RESULT", where the
 * result is OK, the name of an errno, or SIGN for a call that was fatal.
 * NAME may be followed by =NUMBER (socket=38: family 38). Every call has
 * arguments that do nothing where it is allowed. Static: it runs in images
 * without a C library.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/keyctl.h>
#include <linux/netlink.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define HIGH (UINT64_C(1) << 32)
#define NOWHERE "/proc/self/no-such-entry"
/* A pointer that no call can follow: EFAULT is "allowed". */
#define BAD 1L
#define UNKNOWN_CALL 1023

static long raw(long number, long a, long b, long c, long d)
{
	return syscall(number, a, b, c, d, 0L, 0L);
}

/* What takes numbers only. */
struct simple {
	const char *name;
	long number;
	long args[4];
};

static const struct simple simples[] = {
	{ "clone3", SYS_clone3, { BAD, 8, 0, 0 } },
	{ "io_uring_setup", SYS_io_uring_setup, { 0, BAD, 0, 0 } },
	{ "io_uring_enter", SYS_io_uring_enter, { -1, 0, 0, 0 } },
	{ "keyctl", SYS_keyctl, { KEYCTL_GET_KEYRING_ID,
		KEY_SPEC_SESSION_KEYRING, 0, 0 } },
	{ "add_key", SYS_add_key, { BAD, BAD, 0, 0 } },
	{ "request_key", SYS_request_key, { BAD, BAD, 0, 0 } },
	{ "unshare_user", SYS_unshare, { CLONE_NEWUSER, 0, 0, 0 } },
	{ "unshare_mount", SYS_unshare, { CLONE_NEWNS, 0, 0, 0 } },
	{ "clone_user", SYS_clone, { CLONE_NEWUSER | SIGCHLD, 0, 0, 0 } },
	{ "clone_user_high", SYS_clone, { (long)(HIGH | CLONE_NEWUSER |
		SIGCHLD), 0, 0, 0 } },
	{ "setns", SYS_setns, { -1, 0, 0, 0 } },
	{ "fsopen", SYS_fsopen, { BAD, 0, 0, 0 } },
	{ "open_tree", SYS_open_tree, { -1, BAD, 0, 0 } },
	{ "move_mount", SYS_move_mount, { -1, BAD, -1, BAD } },
	{ "mount_setattr", SYS_mount_setattr, { -1, BAD, 0, 0 } },
	{ "pivot_root", SYS_pivot_root, { BAD, BAD, 0, 0 } },
	{ "umount2", SYS_umount2, { BAD, 0, 0, 0 } },
	{ "open_by_handle_at", SYS_open_by_handle_at, { -1, BAD, 0, 0 } },
	{ "bpf", SYS_bpf, { 0, BAD, 0, 0 } },
	{ "perf_event_open", SYS_perf_event_open, { BAD, 0, -1, -1 } },
	{ "userfaultfd", SYS_userfaultfd, { -1, 0, 0, 0 } },
	{ "init_module", SYS_init_module, { BAD, 0, BAD, 0 } },
	{ "finit_module", SYS_finit_module, { -1, BAD, 0, 0 } },
	{ "kexec_load", SYS_kexec_load, { 0, 0, 0, -1 } },
	{ "reboot", SYS_reboot, { 0, 0, 0, 0 } },
	{ "settimeofday", SYS_settimeofday, { BAD, 0, 0, 0 } },
	{ "clock_settime", SYS_clock_settime, { 0, BAD, 0, 0 } },
	{ "swapon", SYS_swapon, { BAD, 0, 0, 0 } },
	{ "acct", SYS_acct, { BAD, 0, 0, 0 } },
	{ "syslog", SYS_syslog, { 10, 0, 0, 0 } },
	{ "sethostname", SYS_sethostname, { BAD, 1, 0, 0 } },
	{ "quotactl", SYS_quotactl, { 0, 0, 0, 0 } },
	{ "vmsplice", SYS_vmsplice, { -1, BAD, 0, 0 } },
	{ "kcmp", SYS_kcmp, { 1, 1, 0, 0 } },
	{ "pidfd_getfd", SYS_pidfd_getfd, { -1, 0, 0, 0 } },
	{ "mbind", SYS_mbind, { 0, 0, 0, 0 } },
	{ "personality_random", SYS_personality, { 0x40000, 0, 0, 0 } },
	{ "personality_query", SYS_personality, { 0xffffffff, 0, 0, 0 } },
	{ "unknown", UNKNOWN_CALL, { 0, 0, 0, 0 } },
	{ "getpid", SYS_getpid, { 0, 0, 0, 0 } },
#ifdef __x86_64__
	{ "x32_getpid", 0x40000000 | SYS_getpid, { 0, 0, 0, 0 } },
	{ "iopl", SYS_iopl, { 3, 0, 0, 0 } },
	{ "ioperm", SYS_ioperm, { 0x80, 1, 1, 0 } },
	{ "modify_ldt", SYS_modify_ldt, { 0, BAD, 0, 0 } },
#endif
};

static long try_mount(const char *type)
{
	return mount("none", "/proc", type, 0, NULL);
}

/* The request is an int to the kernel: high bits must not help. */
static long try_ioctl(unsigned long request, long argument)
{
	int fd = open("/dev/ptmx", O_RDWR | O_NOCTTY);

	if (fd < 0)
		return -1;
	return raw(SYS_ioctl, fd, (long)request, argument, 0);
}

static long try_mknod(mode_t type, unsigned int major, unsigned int minor)
{
	long r;

	(void)unlink("/probe-node");
	r = mknod("/probe-node", type | 0600, makedev(major, minor));
	if (r == 0)
		(void)unlink("/probe-node");
	return r;
}

static long try_i386_getpid(void)
{
#ifdef __x86_64__
	long r;

	__asm__ volatile("int $0x80" : "=a"(r) : "0"(20L) : "memory");
	return r;
#else
	errno = ENOSYS;
	return -1;
#endif
}

static long try_other(const char *name, uint64_t n)
{
	char c = '!';

	if (strcmp(name, "socket") == 0)
		return raw(SYS_socket, (long)n, SOCK_DGRAM, 0, 0);
	if (strcmp(name, "socket_raw") == 0)
		return raw(SYS_socket, (long)n, SOCK_RAW, 1, 0);
	if (strcmp(name, "socket_high") == 0)
		return raw(SYS_socket, (long)(HIGH | n), SOCK_DGRAM, 0, 0);
	if (strcmp(name, "socketpair") == 0)
		return raw(SYS_socketpair, (long)n, SOCK_DGRAM, 0, BAD);
	if (strcmp(name, "netlink_audit") == 0)
		return socket(AF_NETLINK, SOCK_RAW, NETLINK_AUDIT);
	if (strcmp(name, "mount_cgroup2") == 0)
		return try_mount("cgroup2");
	if (strcmp(name, "mount_cgroup") == 0)
		return try_mount("cgroup");
	if (strcmp(name, "mount_proc") == 0)
		return try_mount("proc");
	if (strcmp(name, "tiocsti") == 0)
		return try_ioctl(TIOCSTI, (long)(uintptr_t)&c);
	if (strcmp(name, "tiocsti_high") == 0)
		return try_ioctl(HIGH | TIOCSTI, (long)(uintptr_t)&c);
	if (strcmp(name, "tioclinux") == 0)
		return try_ioctl(TIOCLINUX, (long)(uintptr_t)&c);
	if (strcmp(name, "tioclinux_high") == 0)
		return try_ioctl(HIGH << 31 | TIOCLINUX, (long)(uintptr_t)&c);
	if (strcmp(name, "mknod_block") == 0)
		return try_mknod(S_IFBLK, 8, 0);
	if (strcmp(name, "mknod_char") == 0)
		return try_mknod(S_IFCHR, 1, 1);
	if (strcmp(name, "i386_getpid") == 0)
		return try_i386_getpid();
	(void)fprintf(stderr, "probe_calls: %s: unknown\n", name);
	_exit(2);
}

static long try(const char *name, uint64_t n)
{
	size_t i;

	for (i = 0; i < sizeof(simples) / sizeof(simples[0]); i++)
		if (strcmp(simples[i].name, name) == 0)
			return raw(simples[i].number, simples[i].args[0],
				simples[i].args[1], simples[i].args[2],
				simples[i].args[3]);
	return try_other(name, n);
}

/* The errno comes back over a pipe: 0 is success. */
static int probe(const char *argument)
{
	char name[64];
	uint64_t n = 0;
	const char *equal = strchr(argument, '=');
	int ends[2], status, error = -1;
	pid_t pid;

	(void)snprintf(name, sizeof(name), "%.*s",
		equal ? (int)(equal - argument) : (int)strlen(argument),
		argument);
	if (equal)
		n = strtoull(equal + 1, NULL, 0);
	if (pipe(ends) < 0 || (pid = fork()) < 0) {
		perror("probe_calls");
		return EXIT_FAILURE;
	}
	if (pid == 0) {
		errno = 0;
		error = try(name, n) < 0 ? errno : 0;
		_exit(write(ends[1], &error, sizeof(error)) < 0);
	}
	(void)close(ends[1]);
	(void)waitpid(pid, &status, 0);
	if (WIFSIGNALED(status))
		(void)printf("%s SIG%d\n", argument, WTERMSIG(status));
	else if (read(ends[0], &error, sizeof(error)) != sizeof(error))
		return EXIT_FAILURE;
	else
		(void)printf("%s %s\n", argument,
			error ? strerrorname_np(error) : "OK");
	(void)close(ends[0]);
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	int i, status = EXIT_SUCCESS;

	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	for (i = 1; i < argc; i++)
		if (probe(argv[i]) != EXIT_SUCCESS)
			status = EXIT_FAILURE;
	return status;
}
