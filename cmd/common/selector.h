/* SPDX-License-Identifier: MIT */
/*
 * common/selector.h - label selectors: "app=web,tier!=db,!old,env in (a,b)".
 */
#ifndef COMMON_SELECTOR_H
#define COMMON_SELECTOR_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#define SELECTOR_TERMS 32

enum selector_operator { SELECTOR_HAS, SELECTOR_HAS_NOT, SELECTOR_IN,
	SELECTOR_NOT_IN };

struct selector_term {
	enum selector_operator operator;
	const char *key;
	const char *values;	/* each terminated, an empty one too */
	size_t n_values;
};

struct selector {
	char *text;		/* the terms point into it */
	struct selector_term terms[SELECTOR_TERMS];
	size_t count;
};

/* -EINVAL: not a selector; -E2BIG: too many terms; -ENOMEM. */
int selector_parse(struct selector *s, const char *text);
/* labels: an object of strings; NULL: none. */
bool selector_matches(const struct selector *s, const json_t *labels);
void selector_done(struct selector *s);

#endif
