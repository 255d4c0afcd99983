/* SPDX-License-Identifier: MIT */
/*
 * <pod/error.h> - what went wrong, as a value the caller owns.
 *
 * Every fallible function returns 0 or positive, or a negative errno, and
 * takes a struct pod_error as its last parameter (NULL is fine). The struct
 * has a fixed size and owns nothing: copy it, keep it on the stack. The first
 * cause wins: a function that fails while cleaning up does not overwrite it.
 */
#ifndef POD_ERROR_H
#define POD_ERROR_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define POD_API __attribute__((visibility("default")))
#else
#define POD_API
#endif

/* Where in the life of a pod the failure happened. */
enum pod_stage {
	POD_STAGE_NONE,
	POD_STAGE_MANIFEST,	/* reading a document */
	POD_STAGE_SPEC,		/* validating what is wanted */
	POD_STAGE_PLAN,		/* compiling the plan */
	POD_STAGE_HOST,		/* a fact about this host */
	POD_STAGE_STATE,	/* state directory, journal, leases */
	POD_STAGE_CGROUP,
	POD_STAGE_NAMESPACE,
	POD_STAGE_MOUNT,
	POD_STAGE_NETWORK,
	POD_STAGE_SECURITY,
	POD_STAGE_LAUNCH,	/* between clone and exec */
	POD_STAGE_EXEC,		/* the program itself */
	POD_STAGE_LIFECYCLE,	/* a request the pod's state forbids */
	POD_STAGE_PROTOCOL,	/* talking to a supervisor */
};

struct pod_error {
	int code;		/* negative errno; 0: nothing recorded */
	enum pod_stage stage;
	char operation[64];	/* "mount proc" */
	char container[64];	/* container, or "" for the pod itself */
	char subject[256];	/* path, interface, field (FILE:LINE:COL) */
	char message[512];	/* reason, one line, without newline */
	char hint[256];		/* what would help, or "" */
};

/* "mount", "network"...: a constant string, never NULL. */
POD_API const char *pod_stage_name(enum pod_stage stage);

/* "EPERM" for -EPERM or EPERM; a constant string, never NULL. */
POD_API const char *pod_errno_name(int code);

/*
 * One line: "CONTAINER-OR-SUBJECT: OPERATION: REASON (ERRNO)", control
 * characters escaped. Returns the length that was needed, as snprintf does.
 */
POD_API int pod_error_format(const struct pod_error *err, char *buf,
	size_t size);

#ifdef __cplusplus
}
#endif
#endif
