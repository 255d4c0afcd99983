/* SPDX-License-Identifier: MIT */
/*
 * bench/floor_filter.c - a seccomp filter by ranges of numbers.
 *
 * The kernel walks a new filter once for every system call number, so a
 * binary search over ranges loads ten times faster than a list. Built before
 * anything is timed. A stand-in of the right shape and size for the default
 * profile, not the profile: it looks at no argument.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>

#include "floor.h"

#define NUMBERS 470

#if defined(__x86_64__)
#define NATIVE AUDIT_ARCH_X86_64
#else
#define NATIVE AUDIT_ARCH_AARCH64
#endif

static const short refused[] = {
	SYS_acct, SYS_add_key, SYS_bpf, SYS_clock_settime, SYS_delete_module,
	SYS_fanotify_init, SYS_finit_module, SYS_fsconfig, SYS_fsmount,
	SYS_fsopen, SYS_fspick, SYS_get_mempolicy, SYS_init_module, SYS_kcmp,
	SYS_kexec_load, SYS_keyctl, SYS_lookup_dcookie, SYS_mbind,
	SYS_migrate_pages, SYS_mount, SYS_mount_setattr, SYS_move_mount,
	SYS_move_pages, SYS_open_by_handle_at, SYS_open_tree,
	SYS_perf_event_open, SYS_pidfd_getfd, SYS_pivot_root,
	SYS_process_madvise, SYS_quotactl, SYS_reboot, SYS_request_key,
	SYS_setdomainname, SYS_sethostname, SYS_setns, SYS_set_mempolicy,
	SYS_settimeofday, SYS_swapon, SYS_swapoff, SYS_syslog, SYS_umount2,
	SYS_unshare, SYS_userfaultfd, SYS_vhangup, SYS_vmsplice, SYS_clone3,
	SYS_io_uring_setup, SYS_io_uring_enter, SYS_io_uring_register,
};

static uint32_t verdict(unsigned int number)
{
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		if (number == (unsigned int)refused[i])
			return SECCOMP_RET_ERRNO | EPERM;
	return number < NUMBERS ? SECCOMP_RET_ALLOW :
		SECCOMP_RET_ERRNO | ENOSYS;
}

struct range {
	uint32_t first, verdict;
};

static int add(struct floor_config *config, struct sock_filter insn)
{
	if (config->filter.len >= sizeof(config->insns) / sizeof(insn))
		return -E2BIG;
	config->insns[config->filter.len++] = insn;
	return 0;
}

/* The subtree for ranges [low, high): a comparison, then both halves. */
static int emit(struct floor_config *config, const struct range *ranges,
	size_t low, size_t high)
{
	const size_t middle = (low + high) / 2;
	size_t jump, distance;
	int r;

	if (high - low == 1)
		return add(config, (struct sock_filter)BPF_STMT(
			BPF_RET | BPF_K, ranges[low].verdict));
	jump = config->filter.len;
	r = add(config, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K,
		ranges[middle].first, 0, 0));
	if (r == 0)
		r = emit(config, ranges, low, middle);
	if (r < 0)
		return r;
	distance = config->filter.len - jump - 1;
	if (distance > 255)
		return -E2BIG;
	config->insns[jump].jt = (uint8_t)distance;
	return emit(config, ranges, middle, high);
}

int floor_filter_build(struct floor_config *config)
{
	const struct sock_filter head[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NATIVE, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			offsetof(struct seccomp_data, nr)),
	};
	struct range ranges[2 * sizeof(refused) / sizeof(refused[0]) + 2];
	size_t count = 0;
	int r;

	config->filter = (struct sock_fprog){ .filter = config->insns };
	for (size_t i = 0; i < sizeof(head) / sizeof(head[0]); i++) {
		r = add(config, head[i]);
		if (r < 0)
			return r;
	}
	for (unsigned int n = 0; n <= NUMBERS; n++)
		if (count == 0 || ranges[count - 1].verdict != verdict(n))
			ranges[count++] = (struct range){ n, verdict(n) };
	return emit(config, ranges, 0, count);
}
