/* SPDX-License-Identifier: MIT */
/*
 * ns/pid.h - children in another PID namespace.
 */
#ifndef NS_PID_H
#define NS_PID_H

#include <pod/error.h>

/*
 * From now on the calling thread's children are born in the PID namespace of
 * the process behind pidfd. *ret_saved takes them back: ns_pid_leave().
 */
int ns_pid_enter(int pidfd, int *ret_saved, struct pod_error *reterr);
/* Closes saved. A failure would put later children in the wrong place and is
 * reported. */
int ns_pid_leave(int saved, struct pod_error *reterr);

#endif
