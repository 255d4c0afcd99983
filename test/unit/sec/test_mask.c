/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sec/sec.h"

static bool listed(const char *const *list, const char *path)
{
	for (; *list; list++)
		if (strcmp(*list, path) == 0)
			return true;
	return false;
}

START_TEST(test_sec_mask__kubernetes_paths_are_masked)
{
	static const char *const paths[] = { "/proc/acpi", "/proc/asound",
		"/proc/kcore", "/proc/keys", "/proc/latency_stats",
		"/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug",
		"/proc/scsi", "/sys/firmware",
		"/sys/devices/virtual/powercap", "/proc/interrupts",
		"/proc/kallsyms" };
	size_t i;

	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		ck_assert_msg(listed(sec_masked_paths, paths[i]), "%s",
			paths[i]);
}
END_TEST

START_TEST(test_sec_mask__kubernetes_paths_are_read_only)
{
	static const char *const paths[] = { "/proc/bus", "/proc/fs",
		"/proc/irq", "/proc/sys", "/proc/sysrq-trigger" };
	size_t i;

	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		ck_assert_msg(listed(sec_readonly_paths, paths[i]), "%s",
			paths[i]);
}
END_TEST

START_TEST(test_sec_mask__lists_are_sorted_absolute_and_disjoint)
{
	const char *const *lists[] = { sec_masked_paths, sec_readonly_paths };
	const char *const *p;
	size_t i;

	for (i = 0; i < 2; i++)
		for (p = lists[i]; *p; p++) {
			ck_assert_int_eq((*p)[0], '/');
			ck_assert(!p[1] || strcmp(p[0], p[1]) < 0);
			ck_assert(!listed(lists[!i], *p));
		}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sec/mask");
	TCase *t = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_add_test(t, test_sec_mask__kubernetes_paths_are_masked);
	tcase_add_test(t, test_sec_mask__kubernetes_paths_are_read_only);
	tcase_add_test(t,
		test_sec_mask__lists_are_sorted_absolute_and_disjoint);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
