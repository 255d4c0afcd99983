/* SPDX-License-Identifier: MIT */
/*
 * node/doctor_kernel.c - what this kernel can do, asked by harmless calls.
 *
 * A system call with arguments that cannot succeed tells by its error whether
 * it is there: ENOSYS (or EPERM of a filter) against any other.
 */
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/utsname.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "node/doctor.h"
#include "node/inspect.h"
#include "sec/sec.h"
#include "sys/kernel.h"

#define KERNEL_FIX "apt-get install linux-image-amd64, and reboot"
/* struct pidfd_info is newer (6.13) than the headers we build with. */
#define PIDFD_INFO_SIZE 64
#define PIDFD_INFO_REQUEST _IOC(_IOC_READ | _IOC_WRITE, 0xff, 11, \
	PIDFD_INFO_SIZE)

static void version(struct doctor *d)
{
	const bool ok = sys_kernel_at_least((struct sys_version){ 5, 14 });
	struct utsname u;

	doctor_fact(d, "kernel version",
		ok ? POD_FACT_OK : POD_FACT_DEGRADED,
		uname(&u) < 0 ? "unknown" : u.release,
		"older than 5.14: no cgroup.kill", KERNEL_FIX);
}

static long probe_clone3(void)
{
	return syscall(SYS_clone3, NULL, 0);
}

static long probe_clone_into_cgroup(void)
{
	struct clone_args args = {
		/* CLONE_SIGHAND without CLONE_VM is refused after the flags */
		.flags = CLONE_INTO_CGROUP | CLONE_SIGHAND,
		.cgroup = (uint64_t)INT32_MAX,
	};
	long r = syscall(SYS_clone3, &args, sizeof(args));

	if (r < 0 && errno == E2BIG)
		errno = ENOSYS;
	return r;
}

static long probe_openat2(void)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH };

	return syscall(SYS_openat2, -1, ".", &how, sizeof(how));
}

static long probe_open_tree(void)
{
	return syscall(SYS_open_tree, -1, ".", 0);
}

static long probe_move_mount(void)
{
	return syscall(SYS_move_mount, -1, ".", -1, ".", ~0u);
}

static long probe_mount_setattr(void)
{
	return syscall(SYS_mount_setattr, -1, ".", 0, NULL, 0);
}

static long probe_pidfd_open(void)
{
	return syscall(SYS_pidfd_open, -1, 0);
}

static long probe_close_range(void)
{
	return syscall(SYS_close_range, ~0u, ~0u, CLOSE_RANGE_CLOEXEC);
}

static long probe_pidfd_info(void)
{
	unsigned char info[PIDFD_INFO_SIZE] = { 0 };
	_cleanup_fd_ int fd = -EBADF;

	fd = (int)syscall(SYS_pidfd_open, getpid(), 0);
	if (fd < 0)
		return -1;
	if (ioctl(fd, PIDFD_INFO_REQUEST, info) == 0)
		return 0;
	errno = ENOSYS;
	return -1;
}

static void calls(struct doctor *d)
{
	static const struct {
		const char *name;
		long (*probe)(void);
		enum pod_fact_state without;
		const char *effect;
	} probes[] = {
		{ "clone3", probe_clone3, POD_FACT_MISSING,
			"no container can be started" },
		{ "CLONE_INTO_CGROUP", probe_clone_into_cgroup,
			POD_FACT_DEGRADED,
			"containers are moved into their cgroup, slowly" },
		{ "openat2", probe_openat2, POD_FACT_DEGRADED,
			"paths are walked component by component" },
		{ "open_tree", probe_open_tree, POD_FACT_MISSING,
			"no root file system can be built" },
		{ "move_mount", probe_move_mount, POD_FACT_MISSING,
			"no root file system can be built" },
		{ "mount_setattr", probe_mount_setattr, POD_FACT_MISSING,
			"no read-only mount can be made" },
		{ "pidfd_open", probe_pidfd_open, POD_FACT_MISSING,
			"processes cannot be followed" },
		{ "close_range", probe_close_range, POD_FACT_MISSING,
			"fds cannot be closed before exec" },
		{ "PIDFD_GET_INFO", probe_pidfd_info, POD_FACT_DEGRADED,
			"exits that nobody saw have no status" },
	};
	char name[64];
	size_t i;

	for (i = 0; i < ARRAY_LEN(probes); i++) {
		errno = 0;
		bool there = probes[i].probe() >= 0 ||
			(errno != ENOSYS && errno != EOPNOTSUPP);

		(void)snprintf(name, sizeof(name), "system call %s",
			probes[i].name);
		doctor_fact(d, name,
			there ? POD_FACT_OK : probes[i].without,
			there ? "available" : "not available",
			probes[i].effect, KERNEL_FIX);
	}
}

static void namespaces(struct doctor *d)
{
	static const char *const kinds[] = { "mnt", "pid", "net", "ipc", "uts",
		"cgroup", "user" };
	char path[64], name[64];
	size_t i;

	for (i = 0; i < ARRAY_LEN(kinds); i++) {
		bool there, needed = !str_eq(kinds[i], "user");

		(void)snprintf(path, sizeof(path), "/proc/self/ns/%s",
			kinds[i]);
		(void)snprintf(name, sizeof(name), "%s namespaces", kinds[i]);
		there = access(path, F_OK) == 0;
		doctor_fact(d, name,
			there	     ? POD_FACT_OK
				: needed ? POD_FACT_MISSING
					 : POD_FACT_DEGRADED,
			there ? "available" : "not available",
			needed ? "no pod can be isolated"
			       : "hostUsers: false cannot be had",
			KERNEL_FIX);
	}
}

/* Is a word of its own in a small file? */
static bool file_has_word(const char *path, const char *word)
{
	char text[8192], *save = NULL, *w;

	if (inspect_read(AT_FDCWD, path, text, sizeof(text)) < 0)
		return false;
	for (w = strtok_r(text, " \t\n,", &save); w;
		w = strtok_r(NULL, " \t\n,", &save))
		if (str_eq(w, word))
			return true;
	return false;
}

static void features(struct doctor *d)
{
	char text[512];
	bool there;

	there = file_has_word("/proc/filesystems", "overlay") ||
		access("/sys/module/overlay", F_OK) == 0;
	doctor_fact(d, "overlayfs", there ? POD_FACT_OK : POD_FACT_DEGRADED,
		there ? "available" : "not loaded",
		"writable layers work once the module is loaded",
		"modprobe overlay");
	there = file_has_word(
		"/proc/sys/kernel/seccomp/actions_avail", "errno");
	doctor_fact(d, "seccomp", there ? POD_FACT_OK : POD_FACT_MISSING,
		there ? "filters available" : "not available",
		"the default profile cannot be installed", KERNEL_FIX);
	there = access("/proc/pressure/memory", F_OK) == 0;
	doctor_fact(d, "pressure information (PSI)",
		there ? POD_FACT_OK : POD_FACT_DEGRADED,
		there ? "on" : "off", "top shows no pressure",
		"boot with psi=1");
	if (inspect_read(AT_FDCWD, "/sys/kernel/security/lsm", text,
		    sizeof(text)) < 0)
		(void)str_copy(text, sizeof(text), "none visible");
	text[strcspn(text, "\n")] = '\0';
	doctor_fact(d, "security modules", POD_FACT_OK, text, "", "");
	if (inspect_read(AT_FDCWD, "/proc/sys/user/max_user_namespaces", text,
		    sizeof(text)) < 0)
		(void)str_copy(text, sizeof(text), "0");
	text[strcspn(text, "\n")] = '\0';
	there = !str_eq(text, "0");
	doctor_fact(d, "user namespaces allowed",
		there ? POD_FACT_OK : POD_FACT_DEGRADED, text,
		"hostUsers: false cannot be had",
		"sysctl -w user.max_user_namespaces=15000");
}

void doctor_kernel(struct doctor *d)
{
	version(d);
	calls(d);
	namespaces(d);
	features(d);
}

static void capabilities(struct doctor *d)
{
	/* without one of the first kind no pod can be made */
	static const struct {
		unsigned int bit;
		enum pod_fact_state without;
		const char *effect;
	} wanted[] = {
		{ CAP_SYS_ADMIN, POD_FACT_MISSING, "no namespace can be made" },
		{ CAP_NET_ADMIN, POD_FACT_MISSING, "no link can be made" },
		{ CAP_SETUID, POD_FACT_MISSING, "runAsUser cannot be had" },
		{ CAP_SETGID, POD_FACT_MISSING, "runAsGroup cannot be had" },
		{ CAP_SETPCAP, POD_FACT_MISSING, "no capability set" },
		{ CAP_MKNOD, POD_FACT_MISSING, "/dev cannot be filled" },
		{ CAP_KILL, POD_FACT_MISSING, "no signal can be sent" },
		{ CAP_CHOWN, POD_FACT_MISSING, "fsGroup cannot be had" },
		{ CAP_DAC_OVERRIDE, POD_FACT_DEGRADED,
			"some volumes cannot be opened" },
		{ CAP_SYS_PTRACE, POD_FACT_DEGRADED,
			"inspect shows less of other users' processes" },
		{ CAP_SYS_RESOURCE, POD_FACT_DEGRADED,
			"limits of processes cannot be raised" },
	};
	char name[64], text[8192], *line;
	uint64_t have = 0;
	size_t i;

	if (inspect_read(AT_FDCWD, "/proc/self/status", text, sizeof(text)) > 0
		&& (line = strstr(text, "\nCapEff:")))
		have = strtoull(line + 8, NULL, 16);
	for (i = 0; i < ARRAY_LEN(wanted); i++) {
		bool there = have >> wanted[i].bit & 1;
		const char *cap = sec_cap_name(wanted[i].bit);

		(void)snprintf(name, sizeof(name), "capability %s",
			cap ? cap : "unknown");
		doctor_fact(d, name,
			there ? POD_FACT_OK : wanted[i].without,
			there ? "held" : "not held", wanted[i].effect,
			"run as root, with that capability");
	}
}

void doctor_privilege(struct doctor *d)
{
	struct rlimit limit = { 0 };
	char text[64];
	bool root = geteuid() == 0;

	(void)snprintf(text, sizeof(text), "uid %u", (unsigned int)geteuid());
	doctor_fact(d, "root", root ? POD_FACT_OK : POD_FACT_MISSING, text,
		"pods need root", "sudo podrun");
	capabilities(d);
	(void)getrlimit(RLIMIT_NOFILE, &limit);
	(void)snprintf(text, sizeof(text), "%llu",
		(unsigned long long)limit.rlim_cur);
	doctor_fact(d, "open files (RLIMIT_NOFILE)",
		limit.rlim_cur >= 1024 ? POD_FACT_OK : POD_FACT_DEGRADED, text,
		"pods of many containers need more", "ulimit -n 1024");
}
