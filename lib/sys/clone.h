/* SPDX-License-Identifier: MIT */
/*
 * sys/clone.h - clone3 onto a stack of its own, and waiting by pidfd.
 */
#ifndef SYS_CLONE_H
#define SYS_CLONE_H

#include <linux/sched.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * clone3(args) with fn(argument) running in the child on args->stack. fn must
 * not return. With stack 0 (and no CLONE_VM) the child goes on on a copy of
 * the caller's stack, still in fn. Returns the pid, or -errno.
 */
long sys_clone(struct clone_args *args, void (*fn)(void *), void *argument);

/*
 * Wait on a futex word (shared: the kernel wakes it) until it differs from
 * value or the CLOCK_MONOTONIC deadline passes: 0, -ETIMEDOUT.
 */
int sys_futex_wait(uint32_t *word, uint32_t value, uint64_t deadline_usec);
void sys_futex_wake(uint32_t *word);

int sys_pidfd_open(pid_t pid);
/* 0, -ESRCH... */
int sys_pidfd_signal(int pidfd, int signal);
/*
 * Reap: 1 and *ret_status as waitpid's, 0 if it still runs (nohang), -ECHILD
 * if somebody else reaped it.
 */
int sys_pidfd_reap(int pidfd, int nohang, int *ret_status);
/* 1 if the process has ended, 0 if not. */
int sys_pidfd_ended(int pidfd, int timeout_ms);

/* Field 22 of /proc/PID/stat: with pid and boot id, one process for ever. */
int sys_start_ticks(pid_t pid, uint64_t *ret);

#endif
