/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sec/seccomp.h"

static char path[] = "/tmp/pod-unit-sec-cache-XXXXXX";
static int dir;
static const struct sec_seccomp_params params = { 0xa80405fb, false };

static void setup(void)
{
	ck_assert_ptr_nonnull(mkdtemp(path));
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(dir, 0);
}

/* How many entries there are; the name of one of them. */
static int entries(char name[NAME_MAX + 1], bool unlink_them)
{
	DIR *d = opendir(path);
	const struct dirent *entry;
	int n = 0;

	ck_assert_ptr_nonnull(d);
	while ((entry = readdir(d))) {
		if (strcmp(entry->d_name, ".") == 0 ||
			strcmp(entry->d_name, "..") == 0)
			continue;
		n++;
		(void)snprintf(name, NAME_MAX + 1, "%s", entry->d_name);
		if (unlink_them)
			(void)unlinkat(dirfd(d), entry->d_name, 0);
	}
	(void)closedir(d);
	return n;
}

static void teardown(void)
{
	char name[NAME_MAX + 1];

	(void)entries(name, true);
	(void)close(dir);
	ck_assert_int_eq(rmdir(path), 0);
}

/* Load and compare with a fresh compile. */
static void load_checked(int cachedir, const struct sec_seccomp_params *p)
{
	struct pod_error err = { 0 };
	void *cached, *fresh;
	size_t n_cached, n_fresh;

	ck_assert_int_eq(sec_seccomp_load(cachedir, p, &cached, &n_cached,
		&err), 0);
	ck_assert_int_eq(sec_seccomp_compile(p, &fresh, &n_fresh, &err), 0);
	ck_assert_int_eq(err.code, 0);
	ck_assert_uint_eq(n_cached, n_fresh);
	ck_assert_mem_eq(cached, fresh, n_fresh);
	free(cached);
	free(fresh);
}

static ino_t inode(const char *name)
{
	struct stat st;

	ck_assert_int_eq(fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW), 0);
	return st.st_ino;
}

START_TEST(test_sec_seccomp_cache__keeps_one_entry_and_reads_it_back)
{
	char name[NAME_MAX + 1];
	struct stat st;
	ino_t before;

	load_checked(dir, &params);
	ck_assert_int_eq(entries(name, false), 1);
	before = inode(name);
	ck_assert_int_eq(fstatat(dir, name, &st, 0), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	load_checked(dir, &params);
	ck_assert_int_eq(entries(name, false), 1);
	ck_assert_uint_eq(inode(name), before);
}
END_TEST

START_TEST(test_sec_seccomp_cache__tells_parameters_apart_that_matter)
{
	struct sec_seccomp_params other = params;
	char name[NAME_MAX + 1];

	load_checked(dir, &params);
	other.docker_compat = true;
	load_checked(dir, &other);
	ck_assert_int_eq(entries(name, false), 2);
	other.capabilities |= UINT64_C(1) << CAP_SYS_ADMIN;
	load_checked(dir, &other);
	ck_assert_int_eq(entries(name, false), 3);
	/* A capability that no rule asks for shares the filter. */
	other.capabilities ^= UINT64_C(1) << CAP_CHOWN;
	load_checked(dir, &other);
	ck_assert_int_eq(entries(name, false), 3);
}
END_TEST

START_TEST(test_sec_seccomp_cache__replaces_a_damaged_entry)
{
	char name[NAME_MAX + 1];
	struct stat st;
	off_t at;
	int fd;

	load_checked(dir, &params);
	ck_assert_int_eq(entries(name, false), 1);
	ck_assert_int_eq(fstatat(dir, name, &st, 0), 0);
	for (at = 0; at < st.st_size; at += 37) {
		char byte;

		fd = openat(dir, name, O_RDWR | O_CLOEXEC);
		ck_assert_int_eq(pread(fd, &byte, 1, at), 1);
		byte = (char)~byte;
		ck_assert_int_eq(pwrite(fd, &byte, 1, at), 1);
		(void)close(fd);
		load_checked(dir, &params);
		ck_assert_int_eq(entries(name, false), 1);
	}
}
END_TEST

START_TEST(test_sec_seccomp_cache__replaces_an_entry_of_the_wrong_length)
{
	static const off_t lengths[] = { 0, 1, 71, 72, 73, 80, 100000 };
	char name[NAME_MAX + 1];
	struct stat st;
	size_t i;
	int fd;

	load_checked(dir, &params);
	ck_assert_int_eq(entries(name, false), 1);
	ck_assert_int_eq(fstatat(dir, name, &st, 0), 0);
	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		fd = openat(dir, name, O_RDWR | O_CLOEXEC);
		ck_assert_int_eq(ftruncate(fd, lengths[i]), 0);
		(void)close(fd);
		load_checked(dir, &params);
	}
	ck_assert_int_eq(entries(name, false), 1);
}
END_TEST

START_TEST(test_sec_seccomp_cache__trusts_no_entry_that_others_can_write)
{
	char name[NAME_MAX + 1];
	ino_t before;

	load_checked(dir, &params);
	ck_assert_int_eq(entries(name, false), 1);
	before = inode(name);
	ck_assert_int_eq(fchmodat(dir, name, 0666, 0), 0);
	load_checked(dir, &params);
	ck_assert_uint_ne(inode(name), before);
	/* Nor one behind a link. */
	ck_assert_int_eq(renameat(dir, name, dir, "elsewhere"), 0);
	ck_assert_int_eq(symlinkat("elsewhere", dir, name), 0);
	before = inode(name);
	load_checked(dir, &params);
	ck_assert_uint_ne(inode(name), before);
}
END_TEST

START_TEST(test_sec_seccomp_cache__works_without_a_directory_to_write)
{
	char name[NAME_MAX + 1];
	int fd = open("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	load_checked(-EBADF, &params);
	load_checked(fd, &params);
	(void)close(fd);
	ck_assert_int_eq(entries(name, false), 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sec/seccomp_cache");
	TCase *t = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t,
		test_sec_seccomp_cache__keeps_one_entry_and_reads_it_back);
	tcase_add_test(t,
		test_sec_seccomp_cache__tells_parameters_apart_that_matter);
	tcase_add_test(t, test_sec_seccomp_cache__replaces_a_damaged_entry);
	tcase_add_test(t,
		test_sec_seccomp_cache__replaces_an_entry_of_the_wrong_length);
	tcase_add_test(t,
		test_sec_seccomp_cache__trusts_no_entry_that_others_can_write);
	tcase_add_test(t,
		test_sec_seccomp_cache__works_without_a_directory_to_write);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
