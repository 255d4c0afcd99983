/* SPDX-License-Identifier: MIT */
#ifndef SUPPORT_LOOPBACK_H
#define SUPPORT_LOOPBACK_H

/*
 * In a new network namespace: bring lo up and make the pod networks
 * (10.245.0.0/16, fd00:10:245::/64) unreachable, so that a packet to a pod
 * that is gone fails at once. 0 or negative errno, said on stderr.
 */
int loopback_prepare(void);

#endif
