/* SPDX-License-Identifier: MIT */
/*
 * sec/seccomp_table.c - the default system call policy, as data.
 *
 * An allow-list: what stands in no group (newer kernels' calls) is ENOSYS,
 * so that callers fall back; what is known and denied is EPERM. Names of all
 * architectures stand together, a name the native one lacks is passed over.
 * A test holds that every native call stands here exactly once.
 *
 * Knows nothing of BPF or libseccomp.
 */
#include "sec/seccomp.h"

#include <asm/ioctls.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>

#define BIT(cap) (UINT64_C(1) << (cap))
#define NAMES(...) (const char *const[]){ __VA_ARGS__, NULL }

static const char *const io[] = {
	"read", "write", "pread64", "pwrite64", "readv", "writev", "preadv",
	"pwritev", "preadv2", "pwritev2", "lseek", "sendfile",
	"copy_file_range", "splice", "tee", "sync_file_range", "fadvise64",
	"readahead", "fsync", "fdatasync", "sync", "syncfs", "fallocate",
	"truncate", "ftruncate", "flock", "fcntl", "dup", "dup2", "dup3",
	"pipe", "pipe2", "close", "close_range", "cachestat", NULL,
};

static const char *const files[] = {
	"open", "openat", "openat2", "creat", "stat", "fstat", "lstat",
	"newfstatat", "statx", "statfs", "fstatfs", "access", "faccessat",
	"faccessat2", "readlink", "readlinkat", "getdents", "getdents64",
	"getcwd", "chdir", "fchdir", "mkdir", "mkdirat", "rmdir", "rename",
	"renameat", "renameat2", "link", "linkat", "unlink", "unlinkat",
	"symlink", "symlinkat", "chmod", "fchmod", "fchmodat", "fchmodat2",
	"chown", "fchown", "lchown", "fchownat", "utime", "utimes",
	"utimensat", "futimesat", "umask", "mknod", "mknodat",
	"name_to_handle_at", "getxattr", "lgetxattr", "fgetxattr",
	"getxattrat", "setxattr", "lsetxattr", "fsetxattr", "setxattrat",
	"listxattr", "llistxattr", "flistxattr", "listxattrat",
	"removexattr", "lremovexattr", "fremovexattr", "removexattrat",
	"statmount", "listmount", "inotify_init", "inotify_init1",
	"inotify_add_watch", "inotify_rm_watch", "fanotify_mark",
	"landlock_create_ruleset", "landlock_add_rule",
	"landlock_restrict_self", NULL,
};

static const char *const memory[] = {
	"brk", "mmap", "munmap", "mremap", "mprotect", "madvise", "mincore",
	"mlock", "mlock2", "mlockall", "munlock", "munlockall", "msync",
	"memfd_create", "memfd_secret", "membarrier", "mseal", "pkey_alloc",
	"pkey_free", "pkey_mprotect", "map_shadow_stack",
	"remap_file_pages", "process_mrelease", NULL,
};

static const char *const process[] = {
	"fork", "vfork", "execve", "execveat", "exit", "exit_group", "wait4",
	"waitid", "getpid", "getppid", "gettid", "getpgid", "getpgrp",
	"setpgid", "getsid", "setsid", "kill", "tkill", "tgkill",
	"pidfd_open", "pidfd_send_signal", "prctl", "arch_prctl",
	"set_tid_address", "set_robust_list", "get_robust_list", "rseq",
	"getrlimit", "setrlimit", "prlimit64", "getrusage", "times",
	"getpriority", "setpriority", "ioprio_get", "ioprio_set",
	"sched_setparam", "sched_getparam", "sched_setscheduler",
	"sched_getscheduler", "sched_get_priority_max",
	"sched_get_priority_min", "sched_rr_get_interval",
	"sched_setaffinity", "sched_getaffinity", "sched_setattr",
	"sched_getattr", "sched_yield", "getcpu", "ptrace",
	"process_vm_readv", "process_vm_writev", "seccomp", "sysinfo",
	"uname", "getrandom", "restart_syscall", "uretprobe",
	"riscv_hwprobe", NULL,
};

static const char *const ids[] = {
	"getuid", "getgid", "geteuid", "getegid", "getgroups", "getresuid",
	"getresgid", "setuid", "setgid", "setgroups", "setreuid",
	"setregid", "setresuid", "setresgid", "setfsuid", "setfsgid",
	"capget", "capset", NULL,
};

static const char *const signals_and_time[] = {
	"rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "rt_sigpending",
	"rt_sigtimedwait", "rt_sigqueueinfo", "rt_sigsuspend",
	"rt_tgsigqueueinfo", "sigaltstack", "signalfd", "signalfd4", "pause",
	"alarm", "getitimer", "setitimer", "nanosleep", "clock_nanosleep",
	"clock_gettime", "clock_getres", "clock_adjtime", "adjtimex",
	"gettimeofday", "time", "timer_create", "timer_settime",
	"timer_gettime", "timer_getoverrun", "timer_delete",
	"timerfd_create", "timerfd_settime", "timerfd_gettime", "eventfd",
	"eventfd2", "futex", "futex_wait", "futex_wake", "futex_requeue",
	"futex_waitv", NULL,
};

static const char *const poll_aio_ipc[] = {
	"select", "pselect6", "poll", "ppoll", "epoll_create",
	"epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait",
	"epoll_pwait2", "io_setup", "io_submit", "io_getevents",
	"io_pgetevents", "io_cancel", "io_destroy", "semget", "semop",
	"semctl", "semtimedop", "shmget", "shmat", "shmctl", "shmdt",
	"msgget", "msgsnd", "msgrcv", "msgctl", "mq_open", "mq_unlink",
	"mq_timedsend", "mq_timedreceive", "mq_notify", "mq_getsetattr",
	NULL,
};

static const char *const network[] = {
	"bind", "listen", "accept", "accept4", "connect", "shutdown",
	"getsockname", "getpeername", "getsockopt", "setsockopt", "sendto",
	"sendmsg", "sendmmsg", "recvfrom", "recvmsg", "recvmmsg", NULL,
};

/* Denied, but by the kernel's own measure theirs who have the capability. */
static const char *const administration[] = {
	"mount", "umount2", "mount_setattr", "move_mount", "open_tree",
	"open_tree_attr", "fsopen", "fsconfig", "fsmount", "fspick",
	"setns", "unshare", "quotactl", "quotactl_fd", "sethostname",
	"setdomainname", "fanotify_init", "lsm_get_self_attr",
	"lsm_set_self_attr", "lsm_list_modules", NULL,
};

static const char *const numa[] = {
	"get_mempolicy", "set_mempolicy", "set_mempolicy_home_node", "mbind",
	"migrate_pages", "move_pages", NULL,
};

/* Denied whatever the container may do. */
static const char *const never[] = {
	"add_key", "keyctl", "request_key",	/* keyrings: not namespaced */
	"kexec_load", "kexec_file_load", "swapon", "swapoff",
	"lookup_dcookie", "pivot_root", "userfaultfd", "vmsplice", NULL,
};

/*
 * ENOSYS although known: a large attack surface with a fallback in every
 * library that uses it.
 */
static const char *const io_uring[] = {
	"io_uring_setup", "io_uring_enter", "io_uring_register", NULL,
};

/*
 * Not there on any kernel we meet, for 32-bit code only, or too new to have
 * been judged. The kernel lets its own trampoline's uprobe pass unfiltered.
 */
static const char *const absent[] = {
	"_sysctl", "afs_syscall", "create_module", "epoll_ctl_old",
	"epoll_wait_old", "get_kernel_syms", "get_thread_area", "getpmsg",
	"modify_ldt", "nfsservctl", "putpmsg", "query_module", "security",
	"set_thread_area", "sysfs", "tuxcall", "uprobe", "uselib", "ustat",
	"vserver", "file_getattr", "file_setattr", "listns",
	"rseq_slice_yield", NULL,
};

const struct sec_group sec_groups[] = {
	{ "io", SEC_ALLOW, 0, io },
	{ "files", SEC_ALLOW, 0, files },
	{ "memory", SEC_ALLOW, 0, memory },
	{ "process", SEC_ALLOW, 0, process },
	{ "ids", SEC_ALLOW, 0, ids },
	{ "signals and time", SEC_ALLOW, 0, signals_and_time },
	{ "poll, aio, ipc", SEC_ALLOW, 0, poll_aio_ipc },
	{ "network", SEC_ALLOW, 0, network },
	{ "administration", SEC_EPERM, BIT(CAP_SYS_ADMIN), administration },
	{ "numa", SEC_EPERM, BIT(CAP_SYS_NICE), numa },
	{ "handles", SEC_EPERM, BIT(CAP_DAC_READ_SEARCH),
		NAMES("open_by_handle_at") },
	{ "chroot", SEC_EPERM, BIT(CAP_SYS_CHROOT), NAMES("chroot") },
	{ "other processes", SEC_EPERM, BIT(CAP_SYS_PTRACE),
		NAMES("kcmp", "pidfd_getfd", "process_madvise") },
	{ "clock", SEC_EPERM, BIT(CAP_SYS_TIME),
		NAMES("clock_settime", "settimeofday") },
	{ "bpf", SEC_EPERM, BIT(CAP_BPF), NAMES("bpf") },
	{ "perf", SEC_EPERM, BIT(CAP_PERFMON), NAMES("perf_event_open") },
	{ "kernel log", SEC_EPERM, BIT(CAP_SYSLOG), NAMES("syslog") },
	{ "modules", SEC_EPERM, BIT(CAP_SYS_MODULE),
		NAMES("init_module", "finit_module", "delete_module") },
	{ "reboot", SEC_EPERM, BIT(CAP_SYS_BOOT), NAMES("reboot") },
	{ "accounting", SEC_EPERM, BIT(CAP_SYS_PACCT), NAMES("acct") },
	{ "raw io", SEC_EPERM, BIT(CAP_SYS_RAWIO), NAMES("iopl", "ioperm") },
	{ "terminals", SEC_EPERM, BIT(CAP_SYS_TTY_CONFIG),
		NAMES("vhangup") },
	{ "never", SEC_EPERM, 0, never },
	/* Its flags are in memory, where a filter cannot look. */
	{ "clone3", SEC_ENOSYS, BIT(CAP_SYS_ADMIN), NAMES("clone3") },
	{ "io_uring", SEC_ENOSYS, 0, io_uring },
	{ "absent", SEC_ENOSYS, 0, absent },
	{ NULL, SEC_ENOSYS, 0, NULL },
};

#define INT32 UINT32_MAX	/* the mask of an int argument */
/* CLONE_NEW{NS,CGROUP,UTS,IPC,USER,PID,NET} */
#define CLONE_NEW_ANY UINT32_C(0x7e020000)
#define TEST(i, m, v) { .index = (i), .mask = (m), .value = (v) }
#define ARG(call, err, i, m, v) \
	{ .name = (call), .error = (err), .n_tests = 1, \
		.tests = { TEST(i, m, v) } }
#define OTHERWISE(call, err) { .name = (call), .error = (err) }

/* Both calls take (family, type, protocol). */
#define FAMILY(call, family) \
	{ .name = (call), .when = SEC_UNLESS_COMPAT, .n_tests = 1, \
		.tests = { TEST(0, INT32, family) } }
#define NOT_IN_COMPAT(call, family) \
	{ .name = (call), .when = SEC_IF_COMPAT, .error = EAFNOSUPPORT, \
		.n_tests = 1, .tests = { TEST(0, INT32, family) } }
#define SOCKET_RULES(call) \
	{ .name = (call), .unless_cap = BIT(CAP_AUDIT_WRITE), \
		.error = EAFNOSUPPORT, .n_tests = 2, \
		.tests = { TEST(0, INT32, AF_NETLINK), \
			TEST(2, INT32, NETLINK_AUDIT) } }, \
	NOT_IN_COMPAT(call, AF_VSOCK), \
	NOT_IN_COMPAT(call, AF_ALG), \
	{ .name = (call), .when = SEC_IF_COMPAT }, \
	FAMILY(call, AF_UNIX), \
	FAMILY(call, AF_INET), \
	FAMILY(call, AF_INET6), \
	FAMILY(call, AF_NETLINK), \
	{ .name = (call), .if_cap = BIT(CAP_NET_RAW), .n_tests = 1, \
		.tests = { TEST(0, INT32, AF_PACKET) } }, \
	OTHERWISE(call, EAFNOSUPPORT)

const struct sec_arg_rule sec_arg_rules[] = {
	/* Typing into, or pasting on, the terminal of whoever looks (S23). */
	ARG("ioctl", EPERM, 1, INT32, TIOCSTI),
	ARG("ioctl", EPERM, 1, INT32, TIOCLINUX),
	OTHERWISE("ioctl", 0),
	/* The flags are argument 0 on every architecture but s390x. */
	{ .name = "clone", .if_cap = BIT(CAP_SYS_ADMIN) },
	ARG("clone", 0, 0, CLONE_NEW_ANY, 0),
	OTHERWISE("clone", EPERM),
	/* PER_LINUX, PER_LINUX32, each also with UNAME26; and the query. */
	ARG("personality", 0, 0, INT32, 0),
	ARG("personality", 0, 0, INT32, 0x8),
	ARG("personality", 0, 0, INT32, 0x20000),
	ARG("personality", 0, 0, INT32, 0x20008),
	ARG("personality", 0, 0, INT32, UINT32_MAX),
	OTHERWISE("personality", EPERM),
	SOCKET_RULES("socket"),
	SOCKET_RULES("socketpair"),
	{ .name = NULL },
};

bool sec_arg_rule_applies(const struct sec_arg_rule *rule,
	const struct sec_seccomp_params *params)
{
	if (rule->if_cap && !(params->capabilities & rule->if_cap))
		return false;
	if (rule->unless_cap & params->capabilities)
		return false;
	return rule->when == SEC_ALWAYS ||
		(rule->when == SEC_IF_COMPAT) == params->docker_compat;
}

const struct sec_arg_rule *sec_arg_rule_first(const char *name,
	const struct sec_seccomp_params *params)
{
	const struct sec_arg_rule *rule;

	for (rule = sec_arg_rules; rule->name; rule++)
		if (strcmp(rule->name, name) == 0 &&
			sec_arg_rule_applies(rule, params))
			return rule;
	return NULL;
}

uint64_t sec_table_capabilities(void)
{
	const struct sec_arg_rule *rule;
	const struct sec_group *group;
	uint64_t all = 0;

	for (group = sec_groups; group->names; group++)
		all |= group->opened_by;
	for (rule = sec_arg_rules; rule->name; rule++)
		all |= rule->if_cap | rule->unless_cap;
	return all;
}

static uint64_t digest_number(uint64_t hash, uint64_t number)
{
	return sec_fnv(hash, &number, sizeof(number));
}

uint64_t sec_table_digest(void)
{
	uint64_t hash = SEC_FNV_INIT;
	const struct sec_arg_rule *rule;
	const struct sec_group *group;
	size_t i;

	for (group = sec_groups; group->names; group++) {
		hash = digest_number(hash, (uint64_t)group->verdict);
		hash = digest_number(hash, group->opened_by);
		for (i = 0; group->names[i]; i++)
			hash = sec_fnv(hash, group->names[i],
				strlen(group->names[i]) + 1);
	}
	for (rule = sec_arg_rules; rule->name; rule++) {
		hash = sec_fnv(hash, rule->name, strlen(rule->name) + 1);
		hash = digest_number(hash, rule->if_cap);
		hash = digest_number(hash, rule->unless_cap);
		hash = digest_number(hash, (uint64_t)rule->when);
		hash = digest_number(hash, rule->error);
		for (i = 0; i < rule->n_tests; i++) {
			hash = digest_number(hash, rule->tests[i].index);
			hash = digest_number(hash, rule->tests[i].mask);
			hash = digest_number(hash, rule->tests[i].value);
		}
	}
	return hash;
}
