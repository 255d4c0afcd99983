/* SPDX-License-Identifier: MIT */
/* Fields in their profile are in test_seccomp_json.c. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sec/seccomp.h"
#include "sec/seccomp_json.h"

static uint32_t parse_errno(const char *json)
{
	struct sec_json p = { .path = "p" };
	json_t *root = json_loads(json, 0, NULL);
	uint32_t value = 0;

	ck_assert_ptr_nonnull(root);
	if (sec_json_errno(&p, root, "errnoRet", "errno", &value) < 0)
		value = UINT32_MAX;
	json_decref(root);
	return value;
}

START_TEST(test_sec_seccomp_json_fields__errno_by_number_or_name)
{
	ck_assert_uint_eq(parse_errno("{}"), EPERM);
	ck_assert_uint_eq(parse_errno("{\"errnoRet\":null}"), EPERM);
	ck_assert_uint_eq(parse_errno("{\"errnoRet\":38}"), ENOSYS);
	ck_assert_uint_eq(parse_errno("{\"errno\":\"ENOSYS\"}"), ENOSYS);
	ck_assert_uint_eq(parse_errno("{\"errno\":\"EPERM\",\"errnoRet\":38}"),
		ENOSYS);
	ck_assert_uint_eq(parse_errno("{\"errnoRet\":0}"), 0);
	ck_assert_uint_eq(parse_errno("{\"errnoRet\":-1}"), UINT32_MAX);
	ck_assert_uint_eq(parse_errno("{\"errnoRet\":4096}"), UINT32_MAX);
	ck_assert_uint_eq(parse_errno("{\"errnoRet\":1.0}"), UINT32_MAX);
	ck_assert_uint_eq(parse_errno("{\"errno\":\"enosys\"}"), UINT32_MAX);
}
END_TEST

START_TEST(test_sec_seccomp_json_fields__native_is_this_machine_only)
{
	ck_assert(sec_json_is_native(sec_arch_name));
	ck_assert(sec_json_is_native("SCMP_ARCH_NATIVE"));
	ck_assert_int_eq(sec_json_is_native("amd64") +
		sec_json_is_native("arm64"), 1);
	ck_assert(!sec_json_is_native("SCMP_ARCH_X86"));
	ck_assert(!sec_json_is_native("SCMP_ARCH_X32"));
	ck_assert(!sec_json_is_native(""));
}
END_TEST

START_TEST(test_sec_seccomp_json_fields__refusal_says_where)
{
	struct pod_error err = { 0 };
	struct sec_json p = { .path = "p", .field = "syscalls[3]",
		.err = &err };

	ck_assert_int_eq(sec_json_refuse(&p, "op", "unknown", "X"), -EINVAL);
	ck_assert_str_eq(err.message, "syscalls[3].op: unknown \"X\"");
	memset(&err, 0, sizeof(err));
	ck_assert_int_eq(sec_json_refuse(&p, "", "bad", NULL), -EINVAL);
	ck_assert_str_eq(err.message, "syscalls[3]: bad");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sec/seccomp_json_fields");
	TCase *t = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_add_test(t,
		test_sec_seccomp_json_fields__errno_by_number_or_name);
	tcase_add_test(t,
		test_sec_seccomp_json_fields__native_is_this_machine_only);
	tcase_add_test(t, test_sec_seccomp_json_fields__refusal_says_where);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
