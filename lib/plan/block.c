/* SPDX-License-Identifier: MIT */
/*
 * plan/block.c - growing a plan, finishing it, and checking one from a file.
 *
 * Knows the layout of the block; knows nothing of what operations mean.
 */
#include "plan/block.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/str.h"

/* 256 containers with filters and manifests stay far below. */
#define PLAN_MAX_BYTES ((size_t)64 << 20)

static void fail(struct block *b, int error)
{
	if (!b->error)
		b->error = error;
}

uint32_t block_bytes(struct block *b, const void *data, size_t len,
	size_t align)
{
	size_t at, end;

	if (!b->len)
		b->len = sizeof(struct plan);
	at = (b->len + align - 1) & ~(align - 1);
	end = at + len;
	if (b->error || len > PLAN_MAX_BYTES || end > PLAN_MAX_BYTES) {
		fail(b, -E2BIG);
		return 0;
	}
	if (end > b->cap) {
		size_t cap = b->cap ? b->cap : 16384;
		char *p;

		while (cap < end)
			cap *= 2;
		p = realloc(b->bytes, cap);
		if (!p) {
			fail(b, -ENOMEM);
			return 0;
		}
		memset(p + b->cap, 0, cap - b->cap);
		b->bytes = p;
		b->cap = cap;
	}
	memcpy(b->bytes + at, data, len);
	b->len = end;
	return (uint32_t)at;
}

plan_str block_str(struct block *b, const char *s)
{
	if (!s || !*s)
		return 0;
	return block_bytes(b, s, strlen(s) + 1, 1);
}

plan_str block_fmt(struct block *b, const char *format, ...)
{
	char buf[4096];
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(buf, sizeof(buf), format, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(buf)) {
		fail(b, -E2BIG);
		return 0;
	}
	return block_str(b, buf);
}

struct plan_op *block_op(struct block *b, enum plan_op_kind kind)
{
	struct plan_op *op;

	if (b->n_ops == b->cap_ops) {
		size_t cap = b->cap_ops ? b->cap_ops * 2 : 256;
		struct plan_op *p = realloc(b->ops, cap * sizeof(*p));

		if (p) {
			b->ops = p;
			b->cap_ops = cap;
		} else {
			fail(b, -ENOMEM);
		}
	}
	op = b->n_ops < b->cap_ops ? &b->ops[b->n_ops++] : &b->spare;
	memset(op, 0, sizeof(*op));
	op->kind = (uint16_t)kind;
	op->container = b->container;
	return op;
}

struct plan_op *block_op_str(struct block *b, enum plan_op_kind kind,
	const char *a)
{
	plan_str s = block_str(b, a);
	struct plan_op *op = block_op(b, kind);

	op->a = s;
	return op;
}

/* FNV-1a, 64 bit: against torn and damaged files, not against forgery. */
uint64_t plan_checksum(const void *data, size_t len)
{
	const unsigned char *p = data;
	uint64_t h = 0xcbf29ce484222325u;
	size_t i;

	for (i = 0; i + 8 <= len; i += 8) {
		uint64_t word;

		memcpy(&word, p + i, sizeof(word));
		h = (h ^ word) * 0x100000001b3u;
		h ^= h >> 29;
	}
	for (; i < len; i++)
		h = (h ^ p[i]) * 0x100000001b3u;
	return h;
}

#define CHECKED_FROM (offsetof(struct plan, checksum) + sizeof(uint64_t))

int block_finish(struct block *b, struct plan **ret, struct pod_error *reterr)
{
	struct plan *p;

	b->head.containers.first = block_bytes(b, b->containers,
		b->n_containers * sizeof(*b->containers), 8);
	b->head.containers.count = (uint32_t)b->n_containers;
	b->head.ops.first =
		block_bytes(b, b->ops, b->n_ops * sizeof(*b->ops), 8);
	b->head.ops.count = (uint32_t)b->n_ops;
	if (b->error)
		return err_set(reterr, b->error, POD_STAGE_PLAN,
			b->spec->name, "compile the plan", "%s",
			b->error == -E2BIG ? "the plan exceeds 64 MiB" :
					     "out of memory");
	memcpy(b->head.magic, PLAN_MAGIC, sizeof(PLAN_MAGIC));
	b->head.version = PLAN_VERSION;
	b->head.size = (uint32_t)b->len;
	memcpy(b->bytes, &b->head, sizeof(b->head));
	p = (struct plan *)(void *)b->bytes;
	p->checksum = plan_checksum(b->bytes + CHECKED_FROM,
		b->len - CHECKED_FROM);
	b->bytes = NULL;
	*ret = p;
	return 0;
}

void block_done(struct block *b)
{
	free(b->bytes);
	free(b->ops);
	free(b->containers);
	arena_done(&b->scratch);
	b->bytes = NULL;
	b->ops = NULL;
	b->containers = NULL;
}

/* ---- checking a block that came from a file ---- */

static bool text_ok(const struct plan *p, plan_str s)
{
	return s == 0 || (s >= sizeof(*p) && s < p->size &&
		memchr((const char *)p + s, '\0', p->size - s));
}

static bool table_ok(const struct plan *p, struct plan_range r, size_t width,
	size_t align)
{
	return r.count == 0 ||
		(r.first >= sizeof(*p) && r.first % align == 0 &&
			r.first <= p->size &&
			r.count <= (p->size - r.first) / width);
}

static bool ops_ok(const struct plan *p, struct plan_range r)
{
	return r.first <= p->ops.count && r.count <= p->ops.count - r.first;
}

static bool strings_ok(const struct plan *p, struct plan_range r)
{
	const plan_str *s;
	uint32_t i;

	if (!table_ok(p, r, sizeof(*s), 4))
		return false;
	s = (const plan_str *)(const void *)((const char *)p + r.first);
	for (i = 0; i < r.count; i++)
		if (!text_ok(p, s[i]))
			return false;
	return true;
}

/* What the one who executes it takes as an index of his own arrays. */
static bool index_ok(const struct plan *p, const struct plan_op *op)
{
	switch (op->kind) {
	case OP_CRADLE:
	case OP_TREE_BIND:
	case OP_TREE_TMPFS:
	case OP_CRADLE_ROOT:
	case OP_CRADLE_MOUNT:
		return op->slot < p->slots;
	case OP_TREE:
	case OP_ATTACH:
		return op->slot < PLAN_SLOTS;
	case OP_NS_OPEN:
	case OP_NETLINK:
	case OP_SETNS:
		return op->n < PLAN_FDS;
	case OP_STREAM:
		return op->x < 3;
	default:
		return true;
	}
}

static bool op_ok(const struct plan *p, const struct plan_op *op)
{
	if (op->kind >= OP_KINDS || op->container < -1 ||
		op->container >= (int)p->containers.count ||
		!index_ok(p, op))
		return false;
	if (op->kind == OP_GROUPS)
		return table_ok(p, (struct plan_range){ op->a, op->n }, 4, 4);
	if (op->kind == OP_SECCOMP)
		return table_ok(p, (struct plan_range){ op->a, op->n }, 8, 8);
	if (op->kind == OP_CRADLE_FILE &&
		!table_ok(p, (struct plan_range){ op->b, op->n }, 1, 1))
		return false;
	return text_ok(p, op->a) && text_ok(p, op->b) && text_ok(p, op->c);
}

static bool container_ok(const struct plan *p, const struct plan_container *c)
{
	return text_ok(p, c->name) && text_ok(p, c->image) &&
		text_ok(p, c->cwd) && text_ok(p, c->cgroup) &&
		text_ok(p, c->termination_file) && ops_ok(p, c->host) &&
		ops_ok(p, c->build) && ops_ok(p, c->enter) &&
		strings_ok(p, c->argv) && strings_ok(p, c->env) &&
		strings_ok(p, c->paths);
}

static bool whole(const struct plan *p)
{
	const plan_str texts[] = { p->uid, p->name, p->namespace_,
		p->hostname, p->node_name, p->manifest, p->cgroup, p->disk,
		p->logs, p->empty };
	uint32_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (!text_ok(p, texts[i]))
			return false;
	if (!table_ok(p, p->ops, sizeof(struct plan_op), 8) ||
		!table_ok(p, p->containers, sizeof(struct plan_container), 8))
		return false;
	if (!ops_ok(p, p->host) || !ops_ok(p, p->sandbox) ||
		!ops_ok(p, p->network))
		return false;
	for (i = 0; i < p->ops.count; i++)
		if (!op_ok(p, plan_op_at(p, i)))
			return false;
	for (i = 0; i < p->containers.count; i++)
		if (!container_ok(p, plan_container_at(p, i)))
			return false;
	return true;
}

int plan_check(const void *block, size_t size, struct pod_error *reterr)
{
	const struct plan *p = block;
	const char *why = NULL;

	if (size < sizeof(*p) || size > PLAN_MAX_BYTES)
		why = "it is cut short";
	else if (memcmp(p->magic, PLAN_MAGIC, sizeof(PLAN_MAGIC)) != 0)
		why = "it is no plan";
	else if (p->version != PLAN_VERSION)
		why = "it was made by another version";
	else if (p->size != size)
		why = "it is cut short";
	else if (p->checksum != plan_checksum((const char *)p + CHECKED_FROM,
				  size - CHECKED_FROM))
		why = "its checksum is wrong";
	else if (!whole(p))
		why = "an offset points outside";
	if (!why)
		return 0;
	return err_set(reterr, -EBADMSG, POD_STAGE_STATE, "plan",
		"check the plan", "the plan is damaged: %s", why);
}
