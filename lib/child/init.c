/* SPDX-License-Identifier: MIT */
/*
 * child/init.c - pod-init, PID 1 of a shared PID namespace.
 *
 * A whole program without libc: reaps orphans, and ends on TERM, which ends
 * every process of the pod. Executed from a sealed memfd in an empty root
 * without any capability.
 */
#include <linux/prctl.h>
#include <linux/signal.h>
#include <linux/wait.h>
#include <stdint.h>

#include "child/sys.h"

void _start(void) __attribute__((noreturn));

void _start(void)
{
	uint64_t all = ~(uint64_t)0;

	/* No one in the pod may look behind /proc/1. */
	sys(prctl, PR_SET_DUMPABLE, 0, 0, 0, 0);
	/* else ps shows the name of the memfd */
	sys(prctl, PR_SET_NAME, "pod-init", 0, 0, 0);
	sys(rt_sigprocmask, 2 /* SIG_SETMASK */, &all, 0, sizeof(all));
	for (;;) {
		siginfo_t info = { .si_signo = 0 };
		long signal = sys(rt_sigtimedwait, &all, &info, 0, sizeof(all));

		/* only from outside: those inside have no pid 0 */
		if (signal == SIGTERM && info.si_code <= 0 && !info.si_pid)
			for (;;)
				sys(exit_group, 0);
		while (sys(wait4, -1, 0, WNOHANG, 0) > 0)
			;
	}
}
