/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <errno.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>

#include "sec/sec.h"

#define BIT(cap) (UINT64_C(1) << (cap))
#define ALL ((UINT64_C(1) << 41) - 1)

START_TEST(test_sec_cap__presets_are_podmans_dockers_and_none)
{
	uint64_t podman = sec_cap_preset(SEC_PRESET_DEFAULT);
	uint64_t docker = sec_cap_preset(SEC_PRESET_DOCKER);

	ck_assert_int_eq(__builtin_popcountll(podman), 11);
	ck_assert_uint_eq(podman, BIT(CAP_CHOWN) | BIT(CAP_DAC_OVERRIDE) |
		BIT(CAP_FOWNER) | BIT(CAP_FSETID) | BIT(CAP_KILL) |
		BIT(CAP_NET_BIND_SERVICE) | BIT(CAP_SETFCAP) |
		BIT(CAP_SETGID) | BIT(CAP_SETPCAP) | BIT(CAP_SETUID) |
		BIT(CAP_SYS_CHROOT));
	ck_assert_int_eq(__builtin_popcountll(docker), 14);
	ck_assert_uint_eq(docker ^ podman, BIT(CAP_MKNOD) |
		BIT(CAP_NET_RAW) | BIT(CAP_AUDIT_WRITE));
	ck_assert_uint_eq(sec_cap_preset(SEC_PRESET_RESTRICTED), 0);
}
END_TEST

START_TEST(test_sec_cap__names_agree_with_libcap)
{
	unsigned int bit, parsed;
	char *name;

	for (bit = 0; bit <= CAP_LAST_CAP; bit++) {
		ck_assert_ptr_nonnull(sec_cap_name(bit));
		name = cap_to_name((cap_value_t)bit);
		ck_assert_int_eq(strcasecmp(name + 4, sec_cap_name(bit)), 0);
		ck_assert_int_eq(sec_cap_from_name(name, &parsed), 0);
		ck_assert_uint_eq(parsed, bit);
		ck_assert_int_eq(sec_cap_from_name(sec_cap_name(bit),
			&parsed), 0);
		ck_assert_uint_eq(parsed, bit);
		cap_free(name);
	}
	ck_assert_ptr_null(sec_cap_name(64));
	ck_assert_ptr_null(sec_cap_name(UINT32_MAX));
}
END_TEST

START_TEST(test_sec_cap__names_take_any_case_and_nothing_else)
{
	static const char *const bad[] = { "", "CAP_", "12", "NET ADMIN",
		"NET_ADMIN ", "CAP_CAP_KILL", "ALL", "=ep", "cap_kill=ep",
		"KILL,CHOWN", "\xc3\xa4" };
	unsigned int bit;
	size_t i;

	ck_assert_int_eq(sec_cap_from_name("cap_Net_Admin", &bit), 0);
	ck_assert_uint_eq(bit, CAP_NET_ADMIN);
	bit = 99;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_int_eq(sec_cap_from_name(bad[i], &bit), -EINVAL);
	ck_assert_uint_eq(bit, 99);
}
END_TEST

START_TEST(test_sec_cap__all_is_what_the_kernel_knows)
{
	uint64_t all = sec_cap_all();

	ck_assert_uint_ne(all, 0);
	ck_assert_uint_eq(all & (all + 1), 0);
	ck_assert(all & BIT(CAP_SYS_ADMIN));
}
END_TEST

static uint64_t resolve(uint64_t available, const char *add,
	const char *drop)
{
	const uint64_t base = BIT(CAP_KILL) | BIT(CAP_CHOWN);
	struct pod_error err = { 0 };
	uint64_t set = 0;

	ck_assert_msg(sec_cap_resolve(base, available, &add, add != NULL,
		&drop, drop != NULL, &set, &err) == 0, "%s", err.message);
	return set;
}

START_TEST(test_sec_cap__resolve_drops_before_it_adds)
{
	ck_assert_uint_eq(resolve(ALL, NULL, NULL),
		BIT(CAP_KILL) | BIT(CAP_CHOWN));
	ck_assert_uint_eq(resolve(ALL, NULL, "KILL"), BIT(CAP_CHOWN));
	ck_assert_uint_eq(resolve(ALL, "NET_ADMIN", "CAP_KILL"),
		BIT(CAP_CHOWN) | BIT(CAP_NET_ADMIN));
	ck_assert_uint_eq(resolve(ALL, "NET_BIND_SERVICE", "ALL"),
		BIT(CAP_NET_BIND_SERVICE));
	ck_assert_uint_eq(resolve(ALL, "KILL", "KILL"),
		BIT(CAP_KILL) | BIT(CAP_CHOWN));
	ck_assert_uint_eq(resolve(ALL, NULL, "all"), 0);
}
END_TEST

START_TEST(test_sec_cap__all_means_all_that_is_available)
{
	uint64_t without = ALL & ~BIT(CAP_SYS_RESOURCE);

	ck_assert_uint_eq(resolve(ALL, "ALL", NULL), sec_cap_all() & ALL);
	ck_assert_uint_eq(resolve(without, "ALL", NULL),
		sec_cap_all() & without);
	/* What is dropped by name stays dropped. */
	ck_assert_uint_eq(resolve(without, "ALL", "SYS_ADMIN"),
		sec_cap_all() & without & ~BIT(CAP_SYS_ADMIN));
	ck_assert_uint_eq(resolve(ALL, "ALL", "ALL"), 0);
	ck_assert_uint_eq(resolve(BIT(CAP_CHOWN), NULL, NULL),
		BIT(CAP_CHOWN));
}
END_TEST

START_TEST(test_sec_cap__bits_the_kernel_does_not_know_are_dropped)
{
	uint64_t set = 0;

	ck_assert_int_eq(sec_cap_resolve(UINT64_MAX, UINT64_MAX, NULL, 0, NULL,
		0, &set, NULL), 0);
	ck_assert_uint_eq(set, sec_cap_all());
}
END_TEST

START_TEST(test_sec_cap__an_added_capability_that_is_missing_is_named)
{
	const char *const add[] = { "CHOWN", "sys_resource" };
	struct pod_error err = { 0 };
	uint64_t set = 7;

	ck_assert_int_eq(sec_cap_resolve(0, ALL & ~BIT(CAP_SYS_RESOURCE), add,
		2, NULL, 0, &set, &err), -EPERM);
	ck_assert_uint_eq(set, 7);
	ck_assert_int_eq(err.stage, POD_STAGE_SECURITY);
	ck_assert_str_eq(err.subject, "SYS_RESOURCE");
	ck_assert_ptr_nonnull(strstr(err.message,
		"SYS_RESOURCE is not available"));
	ck_assert_ptr_nonnull(strstr(err.hint, "SYS_RESOURCE"));
}
END_TEST

START_TEST(test_sec_cap__an_unknown_name_is_named_in_either_list)
{
	const char *const list[] = { "KILL", "FLY" };
	struct pod_error err = { 0 };
	uint64_t set = 7;

	ck_assert_int_eq(sec_cap_resolve(0, ALL, list, 2, NULL, 0, &set,
		&err), -EINVAL);
	ck_assert_str_eq(err.subject, "FLY");
	ck_assert_str_eq(err.operation, "capabilities.add");
	memset(&err, 0, sizeof(err));
	ck_assert_int_eq(sec_cap_resolve(0, ALL, NULL, 0, list, 2, &set,
		&err), -EINVAL);
	ck_assert_str_eq(err.operation, "capabilities.drop");
	ck_assert_uint_eq(set, 7);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sec/cap");
	TCase *t = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_add_test(t, test_sec_cap__presets_are_podmans_dockers_and_none);
	tcase_add_test(t, test_sec_cap__names_agree_with_libcap);
	tcase_add_test(t, test_sec_cap__names_take_any_case_and_nothing_else);
	tcase_add_test(t, test_sec_cap__all_is_what_the_kernel_knows);
	tcase_add_test(t, test_sec_cap__resolve_drops_before_it_adds);
	tcase_add_test(t, test_sec_cap__all_means_all_that_is_available);
	tcase_add_test(t,
		test_sec_cap__bits_the_kernel_does_not_know_are_dropped);
	tcase_add_test(t,
		test_sec_cap__an_added_capability_that_is_missing_is_named);
	tcase_add_test(t,
		test_sec_cap__an_unknown_name_is_named_in_either_list);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
