/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "sec/seccomp.h"

struct row {
	const char *name;
	int number;
};

static const struct row x86_64[] = {
#include "sec/syscalls_x86_64.inc"
};
static const struct row aarch64[] = {
#include "sec/syscalls_aarch64.inc"
};
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void check_table(const struct row *rows, size_t n, uint32_t arch)
{
	size_t i, k;

	for (i = 0; i < n; i++) {
		int theirs = seccomp_syscall_resolve_name_arch(arch,
			rows[i].name);

		ck_assert_int_ge(rows[i].number, 0);
		/* libseccomp lacks new names; where it has one, it agrees. */
		if (theirs >= 0)
			ck_assert_int_eq(theirs, rows[i].number);
		ck_assert(!i || strcmp(rows[i - 1].name, rows[i].name) < 0);
		for (k = 0; k < i; k++)
			ck_assert_int_ne(rows[k].number, rows[i].number);
	}
	for (k = 0; k < 512; k++) {
		char *name = seccomp_syscall_resolve_num_arch(arch, (int)k);
		bool found = !name;

		for (i = 0; i < n && !found; i++)
			found = rows[i].number == (int)k;
		ck_assert_msg(found, "%s (%zu) is not in the table", name, k);
		free(name);
	}
}

START_TEST(test_sec_syscalls__tables_agree_with_libseccomp)
{
	check_table(x86_64, COUNT(x86_64), SCMP_ARCH_X86_64);
	check_table(aarch64, COUNT(aarch64), SCMP_ARCH_AARCH64);
}
END_TEST

START_TEST(test_sec_syscalls__finds_numbers_and_names)
{
	ck_assert_int_eq(sec_syscall_number("read"), SYS_read);
	ck_assert_int_eq(sec_syscall_number("execveat"), SYS_execveat);
	ck_assert_int_eq(sec_syscall_number("mseal"), 462);
	ck_assert_int_eq(sec_syscall_number("open_tree_attr"), 467);
	ck_assert_int_eq(sec_syscall_number("rea"), -ENOENT);
	ck_assert_int_eq(sec_syscall_number(""), -ENOENT);
	ck_assert_str_eq(sec_syscall_name(SYS_write), "write");
	ck_assert_ptr_null(sec_syscall_name(1023));
	ck_assert_ptr_null(sec_syscall_name(-1));
}
END_TEST

/* A kernel header newer than our table: somebody has to judge the call. */
static void check_header(const char *path)
{
	char line[256], name[128];
	FILE *f = fopen(path, "re");
	int number;

	if (!f)
		return;
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "#define __NR_%127[a-z0-9_] %d", name,
				&number) != 2)
			continue;
		ck_assert_msg(sec_syscall_number(name) == number,
			"%s %d of %s is new: run lib/sec/gen-syscalls.sh and "
			"put it into a group of sec/seccomp_table.c", name,
			number, path);
	}
	(void)fclose(f);
}

START_TEST(test_sec_syscalls__know_every_call_of_the_installed_headers)
{
#if defined(__x86_64__)
	check_header("/usr/include/x86_64-linux-gnu/asm/unistd_64.h");
	check_header("/usr/include/asm/unistd_64.h");
#else
	check_header("/usr/include/aarch64-linux-gnu/asm/unistd_64.h");
	check_header("/usr/include/asm/unistd_64.h");
#endif
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sec/syscalls");
	TCase *t = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_add_test(t, test_sec_syscalls__tables_agree_with_libseccomp);
	tcase_add_test(t, test_sec_syscalls__finds_numbers_and_names);
	tcase_add_test(t,
		test_sec_syscalls__know_every_call_of_the_installed_headers);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
