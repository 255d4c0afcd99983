/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pod/spec.h>

#include "base/str.h"
#include "front/tree.h"

/* What one hostile input gives: the code and the first finding. */
static int first_finding(const char *data, size_t size, char *line,
	size_t line_size)
{
	struct pod_problems *problems = NULL;
	struct pod_spec **specs = NULL;
	struct pod_problem p;
	size_t n = 0;
	int r;

	r = pod_spec_load("f", data, size, 0, &specs, &n, &problems, NULL);
	ck_assert_int_lt(r, 0);
	ck_assert_int_eq(pod_problems_get(problems, 0, &p), 0);
	(void)pod_problem_format(&p, line, line_size);
	pod_problems_free(problems);
	return r;
}

static void repeat(struct strbuf *sb, const char *s, size_t n)
{
	while (n-- > 0)
		sb_puts(sb, s);
}

START_TEST(test_front_tree__refuses_an_alias_bomb_without_expanding_it)
{
	_cleanup_sb_ struct strbuf sb = { 0 };
	char line[256];
	int i;

	sb_puts(&sb, "a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
	for (i = 1; i < 40; i++)
		sb_printf(&sb, "a%d: &a%d [*a%d,*a%d,*a%d,*a%d,*a%d]\n", i, i,
			i - 1, i - 1, i - 1, i - 1, i - 1);
	ck_assert_int_eq(first_finding(sb.data, sb.len, line, sizeof(line)),
		-EINVAL);
	ck_assert_ptr_nonnull(strstr(line, "required"));
}
END_TEST

START_TEST(test_front_tree__caps_the_size)
{
	_cleanup_sb_ struct strbuf sb = { 0 };
	char line[256];

	repeat(&sb, "#\n", 512 * 1024);
	ck_assert_uint_eq(sb.len, FRONT_MAX_BYTES);
	ck_assert_int_eq(first_finding(sb.data, sb.len, line, sizeof(line)),
		-EINVAL);
	ck_assert_str_eq(line, "f:1:1: no pod in it");
	sb_puts(&sb, "#");
	ck_assert_int_eq(first_finding(sb.data, sb.len, line, sizeof(line)),
		-E2BIG);
	ck_assert_str_eq(line, "f: the limit is 1048576 bytes for a manifest");
}
END_TEST

START_TEST(test_front_tree__caps_the_depth_of_brackets)
{
	_cleanup_sb_ struct strbuf sb = { 0 };
	char line[4096];

	repeat(&sb, "[", 1000);
	ck_assert_int_eq(first_finding(sb.data, sb.len, line, sizeof(line)),
		-E2BIG);
	ck_assert(str_has_prefix(line, "f:1:65: [0][0]"));
	ck_assert_ptr_nonnull(strstr(line,
		"the limit is 64 levels of nesting"));
}
END_TEST

START_TEST(test_front_tree__caps_the_depth_of_indentation)
{
	_cleanup_sb_ struct strbuf sb = { 0 };
	char line[4096];
	size_t i;

	for (i = 0; i < 1000; i++) {
		repeat(&sb, " ", i);
		sb_puts(&sb, "a:\n");
	}
	ck_assert_int_eq(first_finding(sb.data, sb.len, line, sizeof(line)),
		-E2BIG);
	ck_assert_ptr_nonnull(strstr(line,
		"the limit is 64 levels of nesting"));
}
END_TEST

START_TEST(test_front_tree__caps_the_number_of_values)
{
	_cleanup_sb_ struct strbuf sb = { 0 };
	char line[256];

	repeat(&sb, "- a\n", 200000);
	ck_assert_int_eq(first_finding(sb.data, sb.len, line, sizeof(line)),
		-E2BIG);
	ck_assert_str_eq(line,
		"f:100000:3: the limit is 100000 values in a manifest");
}
END_TEST

START_TEST(test_front_tree__many_keys_of_one_map_are_compared_quickly)
{
	_cleanup_sb_ struct strbuf sb = { 0 };
	char line[256];
	int i;

	sb_puts(&sb, "same: 1\n");
	for (i = 0; i < 50000; i++)
		sb_printf(&sb, "k%d: 1\n", i);
	sb_puts(&sb, "same: 2\n");
	ck_assert_int_eq(first_finding(sb.data, sb.len, line, sizeof(line)),
		-EINVAL);
	ck_assert_str_eq(line, "f:1:1: kind: required: Pod");
}
END_TEST

/* Ten thousand errors below a long key must not make gigabytes of paths. */
START_TEST(test_front_tree__long_keys_are_cut_in_paths)
{
	_cleanup_sb_ struct strbuf sb = { 0 };
	char line[4096];

	sb_puts(&sb, "apiVersion: v1\nkind: Pod\n");
	repeat(&sb, "a", 1000);
	sb_puts(&sb, ": 1\n");
	ck_assert_int_eq(first_finding(sb.data, sb.len, line, sizeof(line)),
		-EINVAL);
	ck_assert_uint_lt(strlen(line), 120);
}
END_TEST

static const struct bytes {
	const char *data;
	size_t size;
	const char *finding;
} bytes[] = {
#define BYTES(s, f) { s, sizeof(s) - 1, f }
	BYTES("a: \0b\n", "f:1:4: NUL byte: not a text file"),
	BYTES("a: b\nc: \xff\n", "f:2:4: byte 0xff is not valid UTF-8"),
	BYTES("a: \xc0\xaf", "f:1:4: byte 0xc0 is not valid UTF-8"),
	BYTES("a: \xed\xa0\x80", "f:1:4: byte 0xed is not valid UTF-8"),
	BYTES("\xc3\xa9: \xc3", "f:1:4: byte 0xc3 is not valid UTF-8"),
	BYTES("\xff\xfe" "a\0:\0", "f:1:1: byte 0xff is not valid UTF-8"),
	BYTES("apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n"
	      "spec: {hostname: "
	      "\"a\\0b\", containers: [{name: c, image: host}]}\n",
		"f:4:18: spec.hostname: NUL character in a string"),
	BYTES("\"a\\0b\": 1\n", "f:1:1: NUL character in a key"),
	BYTES("[a]: 1\n", "f:1:1: a key must be a string"),
	BYTES("? {a: b}\n: 1\n", "f:1:3: a key must be a string"),
	BYTES("x: 1\n*a : 1\n", "f:2:1: a key must be a string"),
	BYTES("apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n"
	      "  containers: [{name: c, image: host}]\n"
	      "  hostname: |\n\n  subdomain: s\n",
		"f:7:1: spec.hostname: text must be indented more than what it "
		"belongs to"),
	BYTES("%YAML 1.9\n---\na: 1\n", NULL),
	BYTES("a: \"x\n", NULL),
	BYTES("%", NULL),
	BYTES("---\n...\n...\n- a: b\n c\n", NULL),
};

START_TEST(test_front_tree__refuses_bytes_that_are_no_text)
{
	const struct bytes *b = &bytes[_i];
	char line[256];

	ck_assert_int_eq(first_finding(b->data, b->size, line, sizeof(line)),
		-EINVAL);
	if (b->finding)
		ck_assert_str_eq(line, b->finding);
	else
		ck_assert(str_has_prefix(line, "f:"));
}
END_TEST

/* fy_token_get_text() would end this too early and fill it up. */
START_TEST(test_front_tree__folded_text_is_whole)
{
	static const char yaml[] = "- >\n A i=0;\n   do\n     x\n   done\n"
		" v: - n\n   m: /\n";
	struct arena a = { 0 };
	struct spec_problems list = { .arena = &a };
	struct front_document *docs;
	size_t n;

	ck_assert_int_eq(front_tree_parse(&a, yaml, strlen(yaml), &docs, &n,
		&list), 0);
	ck_assert_uint_eq(list.count, 0);
	ck_assert_str_eq(docs[0].root->first->text,
		"A i=0;\n  do\n    x\n  done\nv: - n\n  m: /\n");
	arena_done(&a);
}
END_TEST

/* A tree and back: every spelling of a scalar becomes JSON's. */
START_TEST(test_front_tree__is_normalised_as_json)
{
	static const char yaml[] = "a: [1, -2, +3, 0o17, 0x1F, 007, .5, 1., "
		"+01.50e3, -.5E-2, .inf, .nan, 99999999999999999999]\n"
		"b: [true, False, ~, null, NULL, yes, on, 1_000, 1:30]\n"
		"c: |\n  x\n  y\n\"d\\te\": 'it''s'\n";
	struct arena a = { 0 };
	struct spec_problems list = { .arena = &a };
	_cleanup_sb_ struct strbuf sb = { 0 };
	struct front_document *docs;
	size_t n;

	ck_assert_int_eq(front_tree_parse(&a, yaml, strlen(yaml), &docs, &n,
		&list), 0);
	ck_assert_uint_eq(list.count, 0);
	ck_assert_uint_eq(n, 1);
	front_tree_emit(&sb, docs[0].root);
	ck_assert_str_eq(sb.data,
		"{\"a\":[1,-2,3,15,31,7,0.5,1,1.50e3,-0.5E-2,\".inf\","
		"\".nan\",\"99999999999999999999\"],\"b\":[true,false,null,"
		"null,null,\"yes\",\"on\",\"1_000\",\"1:30\"],\"c\":"
		"\"x\\u000ay\\u000a\",\"d\\u0009e\":\"it's\"}");
	arena_done(&a);
}
END_TEST

START_TEST(test_front_tree__path_and_node_find_each_other)
{
	static const char yaml[] = "a:\n  b.c/d:\n  - x\n  - {e: 1}\n";
	struct arena a = { 0 };
	struct spec_problems list = { .arena = &a };
	struct front_document *docs;
	struct front_node *found;
	char path[64];
	bool exact;
	size_t n;

	ck_assert_int_eq(front_tree_parse(&a, yaml, strlen(yaml), &docs, &n,
		&list), 0);
	found = front_path_find(docs[0].root, "a[b.c/d][1].e", &exact);
	ck_assert(exact);
	ck_assert_int_eq(found->integer, 1);
	ck_assert_str_eq(front_path_of(found, NULL, path, sizeof(path)),
		"a[b.c/d][1].e");
	ck_assert_str_eq(front_path_of(found, docs[0].root->first, path,
		sizeof(path)), "[b.c/d][1].e");
	found = front_path_find(docs[0].root, "a[b.c/d][2].e", &exact);
	ck_assert(!exact);
	ck_assert_int_eq(found->type, FRONT_SEQUENCE);
	arena_done(&a);
}
END_TEST

static TCase *one_by_one(void)
{
	TCase *t = tcase_create("one by one");

	tcase_add_test(t,
		test_front_tree__refuses_an_alias_bomb_without_expanding_it);
	tcase_add_test(t, test_front_tree__caps_the_size);
	tcase_add_test(t, test_front_tree__caps_the_depth_of_brackets);
	tcase_add_test(t, test_front_tree__caps_the_depth_of_indentation);
	tcase_add_test(t, test_front_tree__caps_the_number_of_values);
	tcase_add_test(t,
		test_front_tree__many_keys_of_one_map_are_compared_quickly);
	tcase_add_test(t, test_front_tree__long_keys_are_cut_in_paths);
	tcase_add_test(t, test_front_tree__folded_text_is_whole);
	tcase_add_test(t, test_front_tree__is_normalised_as_json);
	tcase_add_test(t, test_front_tree__path_and_node_find_each_other);
	return t;
}

int main(void)
{
	Suite *s = suite_create("front/tree");
	TCase *t = tcase_create("table");
	SRunner *sr;
	int failed;

	tcase_add_loop_test(t,
		test_front_tree__refuses_bytes_that_are_no_text, 0,
		(int)(sizeof(bytes) / sizeof(bytes[0])));
	suite_add_tcase(s, t);
	suite_add_tcase(s, one_by_one());
	sr = srunner_create(s);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
