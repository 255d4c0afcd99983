/* SPDX-License-Identifier: MIT */
/*
 * spec/json.h - what the files that write a spec as JSON share.
 */
#ifndef SPEC_JSON_H
#define SPEC_JSON_H

#include <jansson.h>

#include "spec/spec.h"

struct json_out {
	bool failed;	/* out of memory, or text that is not UTF-8 */
};

/* Each leaves the key out where the value is unset. */
void json_put(struct json_out *o, json_t *object, const char *key,
	json_t *value);
void json_put_string(struct json_out *o, json_t *object, const char *key,
	const char *value);
void json_put_int(struct json_out *o, json_t *object, const char *key,
	int64_t value);
void json_put_true(struct json_out *o, json_t *object, const char *key,
	bool value);
void json_put_tri(struct json_out *o, json_t *object, const char *key,
	enum spec_tri value);
void json_put_strings(struct json_out *o, json_t *object, const char *key,
	const char *const *list, size_t n);
void json_put_filled(struct json_out *o, json_t *object, const char *key,
	json_t *value);
void json_add(struct json_out *o, json_t *array, json_t *value);

const char *json_restart(enum spec_restart policy);
json_t *json_security(struct json_out *o, const struct spec_security *s);
json_t *json_container(struct json_out *o, const struct spec_container *c);

#endif
