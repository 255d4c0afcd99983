// SPDX-License-Identifier: MIT
/*
 * test_proto.c - requests and replies, sane and hostile.
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <pod/node.h>

#include "node/proto.h"

static unsigned char message[NODE_MAX_MESSAGE];
static const char *vector[NODE_MAX_STRINGS + 2];
static struct node_request got;

/* Decode a copy of exactly that size, so that ASan sees a read behind it. */
static int decode(size_t size)
{
	static unsigned char *copy;
	int r;

	free(copy);	/* got points into it until the next call */
	copy = malloc(size ? size : 1);
	ck_assert_ptr_nonnull(copy);
	memcpy(copy, message, size);
	r = node_decode(copy, size, vector, &got);
	return r;
}

static size_t encode_exec(void)
{
	const char *argv[] = { "sh", "-c", "", NULL };
	const char *env[] = { "A=1", NULL };
	const struct node_request q = {
		.verb = NODE_EXEC,
		.flags = NODE_EXEC_FD(1),
		.container = "web",
		.n_argv = 3,
		.n_env = 1,
		.argv = argv,
		.env = env,
	};
	int n = node_encode(&q, message);

	ck_assert_int_gt(n, 0);
	return (size_t)n;
}

static struct node_head *head(void)
{
	return (struct node_head *)(void *)message;
}

START_TEST(test_node_proto__what_is_encoded_is_decoded)
{
	ck_assert_int_eq(decode(encode_exec()), 0);
	ck_assert_int_eq(got.verb, NODE_EXEC);
	ck_assert_uint_eq(got.flags, NODE_EXEC_FD(1));
	ck_assert_str_eq(got.container, "web");
	ck_assert_ptr_null(got.cwd);
	ck_assert_uint_eq(got.n_argv, 3);
	ck_assert_str_eq(got.argv[1], "-c");
	ck_assert_str_eq(got.argv[2], "");
	ck_assert_ptr_null(got.argv[3]);
	ck_assert_str_eq(got.env[0], "A=1");
	ck_assert_ptr_null(got.env[1]);
}
END_TEST

START_TEST(test_node_proto__a_negative_number_survives)
{
	const struct node_request q = { .verb = NODE_STOP, .number = -1 };

	ck_assert_int_eq(decode((size_t)node_encode(&q, message)), 0);
	ck_assert_int_eq(got.number, -1);
	ck_assert_ptr_null(got.container);
}
END_TEST

START_TEST(test_node_proto__every_truncation_is_refused)
{
	size_t size = encode_exec(), i;

	for (i = 0; i < size; i++)
		ck_assert_int_lt(decode(i), 0);
}
END_TEST

START_TEST(test_node_proto__every_truncation_with_a_matching_size_is_refused)
{
	size_t size = encode_exec(), i;

	for (i = sizeof(struct node_head); i < size; i++) {
		head()->payload_size = (uint32_t)(i - sizeof(struct node_head));
		ck_assert_int_lt(decode(i), 0);
	}
}
END_TEST

START_TEST(test_node_proto__bytes_behind_the_payload_are_refused)
{
	size_t size = encode_exec();

	ck_assert_int_eq(decode(size + 1), -EBADMSG);
	head()->payload_size++;
	ck_assert_int_eq(decode(size + 1), -EBADMSG);
}
END_TEST

START_TEST(test_node_proto__any_length_of_any_string_is_checked)
{
	static const uint32_t lengths[] = { 0, 1, 4, 100, 0x7fffffff,
		0x80000000, 0xfffffffc, 0xfffffffe };
	size_t size = encode_exec(), at, i;

	for (at = sizeof(struct node_head); at + 4 <= size; at++)
		for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
			size = encode_exec();
			memcpy(message + at, &lengths[i], 4);
			(void)decode(size); /* ASan and UBSan are the judges */
		}
	encode_exec();
	memcpy(message + sizeof(struct node_head), &lengths[6], 4);
	ck_assert_int_eq(decode(size), -EBADMSG);
}
END_TEST

START_TEST(test_node_proto__random_bytes_never_do_harm)
{
	unsigned int i, seed = 1;
	size_t size, at;

	for (i = 0; i < 100000; i++) {
		size = encode_exec();
		for (at = (size_t)rand_r(&seed) % 4; at < 5; at++)
			message[(size_t)rand_r(&seed) % size] =
				(unsigned char)rand_r(&seed);
		(void)decode(size);
	}
}
END_TEST

START_TEST(test_node_proto__foreign_magic_version_verb_and_flags_are_refused)
{
	size_t size = encode_exec();

	head()->magic++;
	ck_assert_int_eq(decode(size), -EBADMSG);
	size = encode_exec();
	head()->version++;
	ck_assert_int_eq(decode(size), -EPROTONOSUPPORT);
	size = encode_exec();
	head()->verb = NODE_VERBS;
	ck_assert_int_eq(decode(size), -EBADMSG);
	head()->verb = 0;
	ck_assert_int_eq(decode(size), -EBADMSG);
	size = encode_exec();
	head()->flags = 1u << 3;
	ck_assert_int_eq(decode(size), -EBADMSG);
}
END_TEST

START_TEST(test_node_proto__counts_that_overflow_are_refused)
{
	size_t size = encode_exec();

	head()->n_argv = NODE_MAX_STRINGS;
	head()->n_env = 1;
	ck_assert_int_eq(decode(size), -E2BIG);
	head()->n_argv = UINT32_MAX;
	head()->n_env = 2;
	ck_assert_int_eq(decode(size), -E2BIG);
	head()->n_argv = 0;
	head()->n_env = 0;
	ck_assert_int_eq(decode(size), -EBADMSG);
}
END_TEST

START_TEST(test_node_proto__only_exec_has_arguments)
{
	size_t size = encode_exec();

	head()->verb = NODE_START;
	head()->flags = 0;
	ck_assert_int_eq(decode(size), -EBADMSG);
}
END_TEST

START_TEST(test_node_proto__a_zero_inside_a_string_is_refused)
{
	size_t size = encode_exec();

	/* "web" of the container: its first byte */
	message[sizeof(struct node_head) + 4] = '\0';
	ck_assert_int_eq(decode(size), -EBADMSG);
}
END_TEST

START_TEST(test_node_proto__more_than_a_message_holds_is_not_encoded)
{
	static char big[NODE_MAX_PAYLOAD + 1];
	static const char *many[NODE_MAX_STRINGS + 1];
	const char *argv[] = { big, NULL };
	struct node_request q = { .verb = NODE_EXEC, .n_argv = 1,
		.argv = argv };
	size_t i;

	memset(big, 'x', sizeof(big) - 1);
	ck_assert_int_eq(node_encode(&q, message), -E2BIG);
	for (i = 0; i < NODE_MAX_STRINGS + 1; i++)
		many[i] = "";
	q.argv = many;
	q.n_argv = NODE_MAX_STRINGS + 1;
	ck_assert_int_eq(node_encode(&q, message), -E2BIG);
	q.n_argv = NODE_MAX_STRINGS;
	ck_assert_int_eq(decode((size_t)node_encode(&q, message)), 0);
}
END_TEST

START_TEST(test_node_proto__the_largest_string_fits)
{
	static char big[NODE_MAX_PAYLOAD];
	const char *argv[] = { big, NULL };
	const struct node_request q = { .verb = NODE_EXEC, .n_argv = 1,
		.argv = argv };
	/* two absent strings, one length, one terminator */
	size_t len = NODE_MAX_PAYLOAD - 3 * 4 - 1;
	int n;

	memset(big, 'x', len);
	n = node_encode(&q, message);
	ck_assert_int_eq(n, (int)NODE_MAX_MESSAGE);
	ck_assert_int_eq(decode((size_t)n), 0);
	ck_assert_uint_eq(strlen(got.argv[0]), len);
}
END_TEST

START_TEST(test_node_proto__a_reply_is_terminated_and_checked)
{
	struct node_reply reply;

	memset(&reply, 'x', sizeof(reply));
	ck_assert_int_eq(node_reply_check(&reply, sizeof(reply)), -EBADMSG);
	reply.magic = NODE_MAGIC;
	ck_assert_int_eq(
		node_reply_check(&reply, sizeof(reply)), -EPROTONOSUPPORT);
	reply.version = NODE_VERSION;
	ck_assert_int_eq(node_reply_check(&reply, 3), -EBADMSG);
	ck_assert_int_eq(node_reply_check(&reply, 8), -EBADMSG);
	ck_assert_int_eq(node_reply_check(&reply, sizeof(reply)), 0);
	ck_assert_uint_eq(strlen(reply.error.message),
		sizeof(reply.error.message) - 1);
	ck_assert_uint_eq(
		strlen(reply.error.hint), sizeof(reply.error.hint) - 1);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("node/proto");
	TCase *tc = tcase_create("proto");
	SRunner *sr;
	int failed;

	tcase_add_test(tc, test_node_proto__what_is_encoded_is_decoded);
	tcase_add_test(tc, test_node_proto__a_negative_number_survives);
	tcase_add_test(tc, test_node_proto__every_truncation_is_refused);
	tcase_add_test(tc,
		test_node_proto__every_truncation_with_a_matching_size_is_refused);
	tcase_add_test(
		tc, test_node_proto__bytes_behind_the_payload_are_refused);
	tcase_add_test(
		tc, test_node_proto__any_length_of_any_string_is_checked);
	tcase_add_test(tc, test_node_proto__random_bytes_never_do_harm);
	tcase_add_test(tc,
		test_node_proto__foreign_magic_version_verb_and_flags_are_refused);
	tcase_add_test(tc, test_node_proto__counts_that_overflow_are_refused);
	tcase_add_test(tc, test_node_proto__only_exec_has_arguments);
	tcase_add_test(tc, test_node_proto__a_zero_inside_a_string_is_refused);
	tcase_add_test(
		tc, test_node_proto__more_than_a_message_holds_is_not_encoded);
	tcase_add_test(tc, test_node_proto__the_largest_string_fits);
	tcase_add_test(
		tc, test_node_proto__a_reply_is_terminated_and_checked);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
