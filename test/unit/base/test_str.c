/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"

static const struct {
	const char *in, *out;
} escapes[] = {
	{ "", "" },
	{ "plain text", "plain text" },
	{ "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x90\xa7",
		"gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x90\xa7" },
	/* C0 and DEL: newline, tab, escape */
	{ "a\nb\tc\033[31m\x7f", "a\\x0ab\\x09c\\x1b[31m\\x7f" },
	/* C1 as UTF-8 is a terminal's escape, too: U+009B is CSI */
	{ "\xc2\x9b" "31m", "\\xc2\\x9b31m" },
	{ "\xc2\x80\xc2\x9f\xc2\xa0", "\\xc2\\x80\\xc2\\x9f\xc2\xa0" },
	/* a raw C1 byte is no UTF-8 at all */
	{ "\x9b" "31m", "\\x9b31m" },
	/* bidi: ALM, LRM, RLM, LRE..RLO, LRI..PDI */
	{ "\xd8\x9c", "\\xd8\\x9c" },
	{ "\xe2\x80\x8e\xe2\x80\x8f", "\\xe2\\x80\\x8e\\xe2\\x80\\x8f" },
	{ "\xe2\x80\xaa", "\\xe2\\x80\\xaa" },
	{ "\xe2\x80\xae", "\\xe2\\x80\\xae" },
	{ "\xe2\x81\xa6", "\\xe2\\x81\\xa6" },
	{ "\xe2\x81\xa9", "\\xe2\\x81\\xa9" },
	/* line and paragraph separator */
	{ "\xe2\x80\xa8\xe2\x80\xa9", "\\xe2\\x80\\xa8\\xe2\\x80\\xa9" },
	/* neighbours of those are text */
	{ "\xe2\x80\xaf\xe2\x81\xaa", "\xe2\x80\xaf\xe2\x81\xaa" },
	/* invalid: lone continuation, cut short, overlong, surrogate, too
	 * large, no such lead byte */
	{ "\x80", "\\x80" },
	{ "a\xe2\x82", "a\\xe2\\x82" },
	{ "\xf0\x9f\x90", "\\xf0\\x9f\\x90" },
	{ "\xc0\xaf", "\\xc0\\xaf" },
	{ "\xe0\x80\xaf", "\\xe0\\x80\\xaf" },
	{ "\xf0\x80\x80\xaf", "\\xf0\\x80\\x80\\xaf" },
	{ "\xed\xa0\x80", "\\xed\\xa0\\x80" },
	{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" },
	{ "\xf8\x88\x80\x80\x80", "\\xf8\\x88\\x80\\x80\\x80" },
	{ "\xff\xfe", "\\xff\\xfe" },
	/* a valid character after a broken one is not swallowed */
	{ "\xe2\xc3\xbc", "\\xe2\xc3\xbc" },
};

START_TEST(test_base_str__escape_hides_what_a_terminal_would_obey)
{
	char buf[256];
	size_t i;

	for (i = 0; i < ARRAY_LEN(escapes); i++) {
		size_t n = str_escape(buf, sizeof(buf), escapes[i].in);

		ck_assert_msg(!strcmp(buf, escapes[i].out),
			"row %zu: \"%s\" instead of \"%s\"", i, buf,
			escapes[i].out);
		ck_assert_uint_eq(n, strlen(buf));
	}
}
END_TEST

START_TEST(test_base_str__escape_of_every_byte_is_one_line_of_ascii_or_itself)
{
	unsigned int byte;

	for (byte = 1; byte < 256; byte++) {
		char in[2] = { (char)byte, '\0' }, buf[16];
		size_t n = str_escape(buf, sizeof(buf), in);

		if (byte >= 0x20 && byte < 0x7f) {
			ck_assert_str_eq(buf, in);
		} else {
			ck_assert_uint_eq(n, 4);
			ck_assert(buf[0] == '\\' && buf[1] == 'x');
		}
	}
}
END_TEST

START_TEST(test_base_str__escape_stops_at_the_buffer_and_tells_the_need)
{
	const char *in = "ab\ncd";
	const char *whole = "ab\\x0acd";
	size_t size;

	for (size = 0; size <= 12; size++) {
		char buf[16];
		size_t n;

		memset(buf, '#', sizeof(buf));
		n = str_escape(buf, size, in);
		ck_assert_uint_eq(n, strlen(whole));
		if (!size) {
			ck_assert_int_eq(buf[0], '#');
			continue;
		}
		ck_assert_int_eq(strncmp(buf, whole, size - 1), 0);
		ck_assert_ptr_nonnull(memchr(buf, '\0', size));
		ck_assert_int_eq(buf[size], '#');
	}
	ck_assert_uint_eq(str_escape(NULL, 0, in), strlen(whole));
}
END_TEST

START_TEST(test_base_str__copy_terminates_and_says_whether_it_fitted)
{
	char buf[4];

	ck_assert(str_copy(buf, sizeof(buf), "abc"));
	ck_assert_str_eq(buf, "abc");
	ck_assert(!str_copy(buf, sizeof(buf), "abcd"));
	ck_assert_str_eq(buf, "abc");
	ck_assert(!str_copy(buf, 1, "x"));
	ck_assert_str_eq(buf, "");
}
END_TEST

START_TEST(test_base_str__prefix_and_control_characters)
{
	ck_assert(str_has_prefix("dir:/x", "dir:"));
	ck_assert(str_has_prefix("x", ""));
	ck_assert(!str_has_prefix("di", "dir:"));
	ck_assert(str_has_control("a\x1f"));
	ck_assert(str_has_control("\x7f"));
	ck_assert(!str_has_control("gr\xc3\xbc\xc3\x9f"));
	ck_assert(!str_has_control(""));
}
END_TEST

START_TEST(test_base_str__buffer_grows_and_stays_terminated)
{
	_cleanup_sb_ struct strbuf sb = { 0 };
	size_t i;

	for (i = 0; i < 10000; i++) {
		sb_printf(&sb, "%zu,", i % 10);
		ck_assert_int_eq(sb.data[sb.len], '\0');
	}
	sb_add(&sb, "a\0b", 3);
	ck_assert_uint_eq(sb.len, 20003);
	ck_assert_int_eq(sb_result(&sb), 0);
}
END_TEST

START_TEST(test_base_str__a_failed_buffer_stays_failed)
{
	_cleanup_sb_ struct strbuf sb = { 0 };

	sb_puts(&sb, "kept");
	/* volatile: the compiler must not judge the size */
	volatile size_t huge = SIZE_MAX - 2;

	sb_add(&sb, "", huge);
	ck_assert_int_eq(sb_result(&sb), -ENOMEM);
	sb_puts(&sb, " and more");
	ck_assert_str_eq(sb.data, "kept");
	ck_assert_int_eq(sb_result(&sb), -ENOMEM);
}
END_TEST

START_TEST(test_base_str__json_strings_are_quoted_and_valid)
{
	_cleanup_sb_ struct strbuf sb = { 0 };

	sb_json(&sb, "a\"b\\c\n\x01\x7f\xc3\xbc\xff");
	ck_assert_str_eq(sb.data,
		"\"a\\\"b\\\\c\\u000a\\u0001\\u007f\xc3\xbc\\ufffd\"");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("base/str");
	TCase *t = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_add_test(t,
		test_base_str__escape_hides_what_a_terminal_would_obey);
	tcase_add_test(t,
		test_base_str__escape_of_every_byte_is_one_line_of_ascii_or_itself);
	tcase_add_test(t,
		test_base_str__escape_stops_at_the_buffer_and_tells_the_need);
	tcase_add_test(t,
		test_base_str__copy_terminates_and_says_whether_it_fitted);
	tcase_add_test(t, test_base_str__prefix_and_control_characters);
	tcase_add_test(t, test_base_str__buffer_grows_and_stays_terminated);
	tcase_add_test(t, test_base_str__a_failed_buffer_stays_failed);
	tcase_add_test(t, test_base_str__json_strings_are_quoted_and_valid);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
