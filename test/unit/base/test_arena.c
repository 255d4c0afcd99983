/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

START_TEST(test_base_arena__memory_is_zeroed_aligned_and_apart)
{
	struct arena a = { 0 };
	unsigned char *last = NULL;
	size_t size, i;

	for (size = 1; size < 9000; size = size * 3 + 1) {
		unsigned char *p = arena_alloc(&a, size);

		ck_assert_ptr_nonnull(p);
		ck_assert_uint_eq((uintptr_t)p % 16, 0);
		for (i = 0; i < size; i++)
			ck_assert_uint_eq(p[i], 0);
		memset(p, 0xa5, size);
		if (last)
			ck_assert_uint_eq(last[0], 0xa5);
		last = p;
	}
	arena_done(&a);
	ck_assert_uint_eq(a.used_bytes, 0);
	ck_assert_ptr_null(a.blocks);
}
END_TEST

START_TEST(test_base_arena__sizes_that_overflow_are_refused)
{
	struct arena a = { 0 };

	ck_assert_ptr_null(arena_alloc(&a, SIZE_MAX));
	ck_assert_ptr_null(arena_alloc(&a, SIZE_MAX / 2));
	ck_assert_ptr_null(arena_array(&a, SIZE_MAX / 2, 3));
	ck_assert_ptr_null(arena_array(&a, 3, SIZE_MAX / 2));
	ck_assert_ptr_nonnull(arena_array(&a, 0, 8));
	arena_done(&a);
}
END_TEST

START_TEST(test_base_arena__strings_are_copied)
{
	struct arena a = { 0 };
	char text[] = "hello, arena";
	char *p = arena_strdup(&a, text), *q = arena_strndup(&a, text, 5);
	char *r = arena_printf(&a, "%s/%d", text, 7);

	memset(text, 'x', sizeof(text) - 1);
	ck_assert_str_eq(p, "hello, arena");
	ck_assert_str_eq(q, "hello");
	ck_assert_str_eq(r, "hello, arena/7");
	arena_done(&a);
}
END_TEST

START_TEST(test_base_arena__an_array_grows_and_keeps_its_elements)
{
	struct arena a = { 0 };
	uint64_t *list = NULL;
	size_t count = 0, i;

	for (i = 0; i < 5000; i++) {
		uint64_t *p = arena_append(&a, &list, &count, sizeof(*p));

		ck_assert_ptr_nonnull(p);
		ck_assert_uint_eq(*p, 0);
		*p = i * 3;
	}
	ck_assert_uint_eq(count, 5000);
	for (i = 0; i < count; i++)
		ck_assert_uint_eq(list[i], i * 3);
	arena_done(&a);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("base/arena");
	TCase *t = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_add_test(t, test_base_arena__memory_is_zeroed_aligned_and_apart);
	tcase_add_test(t, test_base_arena__sizes_that_overflow_are_refused);
	tcase_add_test(t, test_base_arena__strings_are_copied);
	tcase_add_test(t,
		test_base_arena__an_array_grows_and_keeps_its_elements);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
