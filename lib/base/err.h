/* SPDX-License-Identifier: MIT */
/*
 * base/err.h - filling struct pod_error.
 *
 * All return the negative errno they record, so a body reads
 * "return err_errno(reterr, ...)". The first cause wins: an error that is
 * already recorded is left as it is.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <pod/error.h>

/* Record -errno with strerror's text. subject may be NULL. */
int err_errno(struct pod_error *e, enum pod_stage stage, const char *subject,
	const char *operation);

/* The same for a code that is not in errno (r < 0). */
int err_code(struct pod_error *e, int r, enum pod_stage stage,
	const char *subject, const char *operation);

/* Record r with a message of our own instead of strerror's. */
int err_set(struct pod_error *e, int r, enum pod_stage stage,
	const char *subject, const char *operation, const char *format, ...)
	__attribute__((format(printf, 6, 7)));

/* Add the container's name, unless one is recorded. */
void err_container(struct pod_error *e, const char *name);

/* Add a hint, unless one is recorded. */
void err_hint(struct pod_error *e, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Make e empty (code 0). */
void err_clear(struct pod_error *e);

#endif
