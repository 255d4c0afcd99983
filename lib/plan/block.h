/* SPDX-License-Identifier: MIT */
/*
 * plan/block.h - growing a plan. Inside plan/ only.
 *
 * Offsets are final from the start: the block begins with room for the
 * header, bytes follow as they are added, the tables come last. A failed
 * allocation is remembered and reported once by block_finish().
 */
#ifndef PLAN_BLOCK_H
#define PLAN_BLOCK_H

#include "plan/plan.h"

struct block {
	struct plan head;
	char *bytes;
	size_t len, cap;
	struct plan_op *ops;
	size_t n_ops, cap_ops;
	struct plan_container *containers;
	size_t n_containers;
	struct plan_op spare;	/* handed out after a failure */
	int error;	/* -ENOMEM or -E2BIG, first cause */
	int16_t container;	/* of the operations being added */
	const struct pod_spec *spec;
	const struct plan_facts *facts;
	struct arena scratch;	/* formatted strings on their way in */
};

/* Bytes with their alignment (1, 4 or 8); the offset. */
uint32_t block_bytes(struct block *b, const void *data, size_t len,
	size_t align);
/* A string; NULL and "" are 0. Equal to the last few: shared. */
plan_str block_str(struct block *b, const char *s);
plan_str block_fmt(struct block *b, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* A new operation, zeroed but for kind and container. Never NULL: after a
 * failure it is a scratch one. Valid until the next call. */
struct plan_op *block_op(struct block *b, enum plan_op_kind kind);
/* kind(a) with string a */
struct plan_op *block_op_str(struct block *b, enum plan_op_kind kind,
	const char *a);
static inline uint32_t block_mark(const struct block *b)
{
	return (uint32_t)b->n_ops;
}
static inline struct plan_range block_since(const struct block *b,
	uint32_t mark)
{
	return (struct plan_range){ mark, (uint32_t)b->n_ops - mark };
}
/* Lay out and checksum; *ret is malloc'ed. b is empty afterwards. */
int block_finish(struct block *b, struct plan **ret, struct pod_error *reterr);
void block_done(struct block *b);
uint64_t plan_checksum(const void *data, size_t len);

/* plan/env.c */
struct env_list {
	struct spec_pair *items;
	size_t count;
};
const char *env_get(const struct env_list *list, const char *name);
int env_set(struct arena *a, struct env_list *list, const char *name,
	const char *value);
/* Replace $(NAME) by the list's values, $$ by $; NULL: no memory. */
const char *env_expand(struct arena *a, const struct env_list *list,
	const char *text);
/* The whole environment of container c. */
int env_build(struct block *b, const struct spec_container *c,
	const char *hostname, struct env_list *list,
	struct pod_error *reterr);

/* plan/files.c: the generated files, in the block's scratch arena */
const char *files_hosts(struct block *b, const char *hostname);
const char *files_resolv_conf(struct block *b);
const char *files_hostname(const struct pod_spec *spec, struct arena *a);

/* plan/limits.c */
int limits_pod(struct block *b, struct pod_error *reterr);
int limits_container(struct block *b, const struct spec_container *c,
	struct pod_error *reterr);
/* "kubepods/burstable/podUID" */
const char *limits_cgroup(struct block *b);

/* plan/root.c: the child's operations up to the gate's side of the root */
int root_build(struct block *b, size_t index, struct plan_container *out,
	struct pod_error *reterr);
/* Where image of container i is in the cradle: "/lower/N". */
uint32_t root_image_number(const struct pod_spec *spec, size_t i);

/* plan/enter.c: limits, ids, capabilities, filter, exec */
int enter_build(struct block *b, size_t index, const struct env_list *env,
	struct plan_container *out, struct pod_error *reterr);

/* The security context of container c with the pod's filled in. */
struct spec_security plan_security(const struct pod_spec *spec,
	const struct spec_container *c);

#endif
