/* SPDX-License-Identifier: MIT */
/*
 * ns/pid.c - children in another PID namespace.
 *
 * setns(CLONE_NEWPID) concerns the children of one thread, never the thread
 * itself (pid_namespaces(7)), so it can be done and undone around a clone.
 */
#include "ns/pid.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>

#include "base/cleanup.h"
#include "base/err.h"

int ns_pid_enter(int pidfd, int *ret_saved, struct pod_error *reterr)
{
	_cleanup_fd_ int saved =
		open("/proc/thread-self/ns/pid", O_RDONLY | O_CLOEXEC);

	if (saved < 0)
		return err_errno(reterr, POD_STAGE_NAMESPACE,
			"/proc/thread-self/ns/pid", "open");
	if (setns(pidfd, CLONE_NEWPID) < 0)
		return err_errno(reterr, POD_STAGE_NAMESPACE, NULL,
			"join the PID namespace");
	*ret_saved = take_fd(&saved);
	return 0;
}

int ns_pid_leave(int saved, struct pod_error *reterr)
{
	int r = 0;

	if (setns(saved, CLONE_NEWPID) < 0)
		r = err_errno(reterr, POD_STAGE_NAMESPACE, NULL,
			"return to the PID namespace");
	close_fd(saved);
	return r;
}
