/* SPDX-License-Identifier: MIT */
/*
 * spec/problems.h - the public list of findings, from inside.
 */
#ifndef SPEC_PROBLEMS_H
#define SPEC_PROBLEMS_H

#include <pod/spec.h>

#include "base/cleanup.h"
#include "spec/spec.h"

struct pod_problems {
	struct arena arena;
	struct spec_problems list;	/* its strings live in arena */
	const char *source;
};

/* An empty list; source may be NULL. NULL: no memory. */
struct pod_problems *spec_problems_new(const char *source);

/* In the order of the document; findings of one place keep their order. */
void spec_problems_sort(struct spec_problems *list);

/*
 * The first error as a pod_error with the code r, and how many more there
 * are. Returns r.
 */
int spec_problems_error(const struct pod_problems *problems, int r,
	enum pod_stage stage, struct pod_error *reterr);

static inline void spec_problems_cleanup(struct pod_problems **p)
{
	pod_problems_free(*p);
}
#define _cleanup_problems_ _cleanup_(spec_problems_cleanup)

#endif
