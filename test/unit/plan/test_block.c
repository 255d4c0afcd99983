/* SPDX-License-Identifier: MIT */
/*
 * plan_check() against blocks whose checksum is right: whoever wrote them,
 * nothing may be read outside of what it has accepted.
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pod/spec.h>

#include "child/child.h"
#include "plan/block.h"

#define FROM (offsetof(struct plan, checksum) + sizeof(uint64_t))

/* A small block with every kind of reference. */
static struct plan *make(void)
{
	static const uint32_t groups[] = { 1, 2, 3 };
	static const uint64_t filter[] = { 0x7fff000000000006u };
	struct plan_container one = { .kind = 0 };
	struct pod_spec spec = { .name = "p" };
	struct block b = { .spec = &spec, .container = -1 };
	struct plan *p = NULL;
	struct plan_op *op;
	plan_str list[2], s;
	uint32_t at;

	b.head.uid = block_str(&b, "uid");
	b.head.name = block_str(&b, "name");
	b.head.slots = 4;
	s = block_str(&b, "/source");
	at = block_str(&b, "target");
	op = block_op(&b, OP_TREE_BIND);
	op->a = s;
	op->b = at;
	op->slot = 3;
	b.head.host = block_since(&b, 0);
	block_op_str(&b, OP_HOSTNAME, "host");
	op = block_op_str(&b, OP_CRADLE_MOUNT, "target");
	op->slot = 3;
	op = block_op(&b, OP_NS_OPEN);
	op->n = 4;
	b.head.sandbox = block_since(&b, 1);
	b.container = 0;
	at = block_bytes(&b, groups, sizeof(groups), 4);
	op = block_op(&b, OP_GROUPS);
	op->a = at;
	op->n = 3;
	at = block_bytes(&b, filter, sizeof(filter), 8);
	op = block_op(&b, OP_SECCOMP);
	op->a = at;
	op->n = 1;
	at = block_bytes(&b, "text", 4, 1);
	op = block_op_str(&b, OP_CRADLE_FILE, "etc/x");
	op->b = at;
	op->n = 4;
	op = block_op(&b, OP_STREAM);
	op->x = 2;
	op = block_op(&b, OP_SETNS);
	op->n = 3;
	one.name = block_str(&b, "c");
	list[0] = block_str(&b, "arg");
	list[1] = block_str(&b, "arg2");
	one.argv.first = block_bytes(&b, list, sizeof(list), 4);
	one.argv.count = 2;
	one.enter = block_since(&b, 4);
	b.containers = &one;
	b.n_containers = 1;
	ck_assert_int_eq(block_finish(&b, &p, NULL), 0);
	b.containers = NULL;
	block_done(&b);
	return p;
}

static void seal(struct plan *p)
{
	p->checksum = plan_checksum((char *)p + FROM, p->size - FROM);
}

/* Everything a reader follows; a sanitizer is the judge. */
static void read_all(const struct plan *p)
{
	size_t sum = strlen(plan_text(p, p->uid)) +
		strlen(plan_text(p, p->name));
	char text[256];
	uint32_t i, k;

	for (i = 0; i < p->ops.count; i++) {
		const struct plan_op *op = plan_op_at(p, i);

		ck_assert_int_gt(plan_describe(p, i, text, sizeof(text)), 0);
		/* what indexes the arrays of those who execute it */
		if (op->kind == OP_TREE_BIND || op->kind == OP_TREE_TMPFS ||
			op->kind == OP_CRADLE || op->kind == OP_CRADLE_MOUNT ||
			op->kind == OP_CRADLE_ROOT)
			ck_assert_uint_lt(op->slot, p->slots);
		if (op->kind == OP_TREE || op->kind == OP_ATTACH)
			ck_assert_uint_lt(op->slot, CHILD_SLOTS);
		if (op->kind == OP_STREAM)
			ck_assert_uint_lt(op->x, 3);
		if (op->kind == OP_NS_OPEN || op->kind == OP_NETLINK)
			ck_assert_uint_lt(op->n, CHILD_FDS);
		if (op->kind == OP_SETNS)
			ck_assert_uint_lt(op->n, 8);
	}
	for (i = 0; i < p->containers.count; i++) {
		const struct plan_container *c = plan_container_at(p, i);
		const plan_str *s = (const plan_str *)(const void *)
			((const char *)p + c->argv.first);

		sum += strlen(plan_text(p, c->name));
		for (k = 0; k < c->argv.count; k++)
			sum += strlen(plan_text(p, s[k]));
		ck_assert_uint_le(c->enter.first + c->enter.count,
			p->ops.count);
	}
	ck_assert_uint_lt(sum, (size_t)1 << 30);
}

START_TEST(test_plan_block__a_finished_block_is_accepted)
{
	struct plan *p = make();

	ck_assert_int_eq(plan_check(p, p->size, NULL), 0);
	read_all(p);
	free(p);
}
END_TEST

START_TEST(test_plan_block__any_forged_byte_is_refused_or_harmless)
{
	static const unsigned char values[] = { 0x00, 0x01, 0x04, 0x7f, 0x80,
		0xff };
	struct plan *p = make();
	size_t i, k;
	unsigned int refused = 0, accepted = 0;

	for (i = 0; i < p->size; i++)
		for (k = 0; k < sizeof(values); k++) {
			/* its own memory, of exactly its size */
			struct plan *q = malloc(p->size);

			ck_assert_ptr_nonnull(q);
			memcpy(q, p, p->size);
			((unsigned char *)q)[i] = values[k];
			if (q->size == p->size)
				seal(q);
			if (plan_check(q, p->size, NULL) == 0) {
				read_all(q);
				accepted++;
			} else {
				refused++;
			}
			free(q);
		}
	ck_assert_uint_gt(refused, 100);
	ck_assert_uint_gt(accepted, 100);
	free(p);
}
END_TEST

START_TEST(test_plan_block__a_text_without_end_is_refused)
{
	struct plan *p = make();

	p->name = p->size - 1;
	((char *)p)[p->size - 1] = 'x';
	seal(p);
	ck_assert_int_eq(plan_check(p, p->size, NULL), -EBADMSG);
	free(p);
}
END_TEST

START_TEST(test_plan_block__tables_larger_than_the_block_are_refused)
{
	static const uint32_t counts[] = { 1u << 31, UINT32_MAX, 1u << 24,
		0x04000000 };
	size_t i;

	for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		struct plan *p = make();

		p->ops.count = counts[i];
		seal(p);
		ck_assert_int_eq(plan_check(p, p->size, NULL), -EBADMSG);
		free(p);
		p = make();
		p->containers.count = counts[i];
		seal(p);
		ck_assert_int_eq(plan_check(p, p->size, NULL), -EBADMSG);
		free(p);
	}
}
END_TEST

START_TEST(test_plan_block__too_much_is_told_once)
{
	struct pod_spec spec = { .name = "p" };
	struct block b = { .spec = &spec };
	char *huge = calloc(1, (size_t)40 << 20);
	struct pod_error err = { 0 };
	struct plan *p = NULL;

	ck_assert_ptr_nonnull(huge);
	ck_assert_uint_ne(block_bytes(&b, huge, (size_t)40 << 20, 8), 0);
	ck_assert_uint_eq(block_bytes(&b, huge, (size_t)40 << 20, 8), 0);
	/* going on is harmless */
	ck_assert_uint_eq(block_str(&b, "text"), 0);
	ck_assert_ptr_nonnull(block_op(&b, OP_EXEC));
	ck_assert_int_eq(block_finish(&b, &p, &err), -E2BIG);
	ck_assert_ptr_null(p);
	block_done(&b);
	free(huge);
}
END_TEST

static void add_tests(TCase *t)
{
	tcase_add_test(t, test_plan_block__a_finished_block_is_accepted);
	tcase_add_test(t,
		test_plan_block__any_forged_byte_is_refused_or_harmless);
	tcase_add_test(t, test_plan_block__a_text_without_end_is_refused);
	tcase_add_test(t,
		test_plan_block__tables_larger_than_the_block_are_refused);
	tcase_add_test(t, test_plan_block__too_much_is_told_once);
}

int main(void)
{
	Suite *s = suite_create("plan/block");
	TCase *t = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_set_timeout(t, 120);
	add_tests(t);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
