/* SPDX-License-Identifier: MIT */
/*
 * sec/seccomp_json.h - reading the fields of a JSON profile; not for others.
 *
 * All return -EINVAL after recording where in the profile what is wrong.
 */
#ifndef SEC_SECCOMP_JSON_H
#define SEC_SECCOMP_JSON_H

#include <jansson.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pod/error.h>

#define SEC_JSON_ARGS 6u	/* a system call has no more */
#define SEC_JSON_REQUIRED 7u

struct sec_json {
	scmp_filter_ctx ctx;
	const char *path;
	uint64_t capabilities;
	uint32_t default_action;
	char field[96];		/* where we are, for messages */
	bool allowed[SEC_JSON_REQUIRED];
	bool denied[SEC_JSON_REQUIRED];
	struct pod_error *err;
};

/* Record "FIELD.key: reason "value""; key may be "", value NULL. */
int sec_json_refuse(struct sec_json *p, const char *key, const char *reason,
	const char *value);
/* The index of name; -EINVAL (nothing recorded). */
int sec_json_find(const char *const *names, size_t n, const char *name);
int sec_json_check_keys(struct sec_json *p, const json_t *object,
	const char *const *known, size_t n);
/* NULL: not there, or null, which Go writes for an empty list. */
const json_t *sec_json_get(const json_t *object, const char *key);
/* A list of strings, or NULL; sec_json_string() gives its elements. */
int sec_json_check_strings(struct sec_json *p, const json_t *array,
	const char *key);
const char *sec_json_string(const json_t *array, size_t i);
/* The number wins over the name; neither: EPERM. */
int sec_json_errno(struct sec_json *p, const json_t *object,
	const char *number_key, const char *name_key, uint32_t *ret);
/* The list of argument tests; repeats: an index occurs twice. */
int sec_json_args(struct sec_json *p, const json_t *array,
	struct scmp_arg_cmp *out, unsigned int *ret_n, bool *ret_repeats);
bool sec_json_is_native(const char *arch);
/* Do "includes" or "excludes" of the rule let it be taken? */
int sec_json_is_taken(struct sec_json *p, const json_t *rule,
	const char *key, bool *ret);

#endif
