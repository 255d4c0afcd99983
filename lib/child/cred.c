/* SPDX-License-Identifier: MIT */
/*
 * child/cred.c - limits, ids, capabilities, the filter.
 *
 * Raw calls only: glibc's setuid family would signal every thread of the
 * caller. The order is the plan's; security-relevant values are computed
 * there, too.
 */
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/keyctl.h>
#include <linux/prctl.h>
#include <linux/resource.h>
#include <linux/seccomp.h>
#include <linux/signal.h>

#include "child/internal.h"
#include "child/sys.h"

#define CAP_BITS 64
#define SIGNALS 64

long child_rlimit(struct child *c, const struct plan_op *op)
{
	struct rlimit64 now, want = { op->x, op->y };
	long r = sys(prlimit64, 0, op->n, 0, &now);

	(void)c;
	if (r < 0)
		return r;
	/* Only CAP_SYS_RESOURCE may raise a hard limit: stay below ours. */
	if (want.rlim_max > now.rlim_max)
		want.rlim_max = now.rlim_max;
	if (want.rlim_cur > want.rlim_max)
		want.rlim_cur = want.rlim_max;
	return sys(prlimit64, 0, op->n, &want, 0);
}

long child_keyring(struct child *c, const struct plan_op *op)
{
	long r = sys(keyctl, KEYCTL_JOIN_SESSION_KEYRING, 0);

	(void)c;
	(void)op;
	/* A kernel without keyrings has nothing to hide in them. */
	return r == -CHILD_ENOSYS ? 0 : r;
}

long child_bounding(struct child *c, const struct plan_op *op)
{
	unsigned int bit;

	(void)c;
	for (bit = 0; bit < CAP_BITS; bit++) {
		long r;

		if (op->x >> bit & 1)
			continue;
		r = sys(prctl, PR_CAPBSET_DROP, bit, 0, 0, 0);
		if (r == -CHILD_EINVAL)
			break;	/* beyond the kernel's last capability */
		if (r < 0)
			return r;
	}
	return 0;
}

long child_groups(struct child *c, const struct plan_op *op)
{
	return sys(setgroups, op->n, child_text(c, op->a));
}

long child_gid(struct child *c, const struct plan_op *op)
{
	(void)c;
	return sys(setresgid, op->x, op->x, op->x);
}

long child_uid(struct child *c, const struct plan_op *op)
{
	long r = sys(prctl, PR_SET_KEEPCAPS, 1, 0, 0, 0);

	(void)c;
	if (r >= 0)
		r = sys(setresuid, op->x, op->x, op->x);
	if (r >= 0)
		r = sys(prctl, PR_SET_KEEPCAPS, 0, 0, 0, 0);
	/* The change of ids has set dumpable to fs.suid_dumpable (S03). */
	if (r >= 0)
		r = sys(prctl, PR_SET_DUMPABLE, 0, 0, 0, 0);
	return r;
}

long child_caps(struct child *c, const struct plan_op *op)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];
	uint64_t permitted = op->x, effective = op->x;
	long r;

	(void)c;
	if (op->flags & OPF_FOR_FILTER) {
		/* Without no_new_privs a filter needs SYS_ADMIN, and only it. */
		effective = (uint64_t)1 << CAP_SYS_ADMIN;
		permitted |= effective;
	}
	r = sys(prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	if (r < 0)
		return r;
	data[0].effective = (uint32_t)effective;
	data[1].effective = (uint32_t)(effective >> 32);
	data[0].permitted = (uint32_t)permitted;
	data[1].permitted = (uint32_t)(permitted >> 32);
	data[0].inheritable = data[1].inheritable = 0;
	r = sys(capset, &head, data);
	if (r >= 0)
		r = sys(prctl, PR_SET_DUMPABLE, 0, 0, 0, 0);
	return r;
}

long child_no_new_privs(struct child *c, const struct plan_op *op)
{
	(void)c;
	(void)op;
	return sys(prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

long child_seccomp(struct child *c, const struct plan_op *op)
{
	union {
		const char *text;
		struct sock_filter *filter;
	} program = { .text = child_text(c, op->a) };
	struct sock_fprog prog = {
		.len = (unsigned short)op->n,
		.filter = program.filter,
	};

	return sys(seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog);
}

/*
 * The kernel's own layout of struct sigaction; all zero is SIG_DFL. Ignored
 * signals would otherwise survive execve.
 */
long child_signals(struct child *c, const struct plan_op *op)
{
	uint64_t action[4] = { 0, 0, 0, 0 };
	uint64_t none = 0;
	int n;

	(void)c;
	(void)op;
	for (n = 1; n <= SIGNALS; n++)
		if (n != SIGKILL && n != SIGSTOP)
			sys(rt_sigaction, n, action, 0, sizeof(none));
	return sys(rt_sigprocmask, 2 /* SIG_SETMASK */, &none, 0,
		sizeof(none));
}
