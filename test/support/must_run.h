/* SPDX-License-Identifier: MIT */
#ifndef SUPPORT_MUST_RUN_H
#define SUPPORT_MUST_RUN_H

/*
 * The exit status of a test that was skipped: 77, or under
 * POD_TEST_MUST_RUN=1 a failure, unless the file of exceptions (NULL: none)
 * has a line for the test on a machine of this kind:
 *
 *	MACHINE TEST REASON...
 *
 * MACHINE: any; no-controllers (the cgroup v2 hierarchy lacks cpu, memory or
 * pids); guest (test/vm); guest-6.1 and so on; host (not the guest).
 * TEST: a name of ctest's, or a pattern with *.
 */
int must_run_skip(const char *name, const char *exceptions);

#endif
