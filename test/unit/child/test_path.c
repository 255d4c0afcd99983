/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "child/internal.h"
#include "support/fixture.h"

static char *top;

/* DIR/root is the container's root and the current directory. */
static void setup(void)
{
	char path[512];

	top = support_tmpdir();
	(void)snprintf(path, sizeof(path), "%s/root", top);
	ck_assert_int_eq(mkdir(path, 0755), 0);
	ck_assert_int_eq(chdir(path), 0);
	ck_assert_int_eq(mkdir("../canary", 0755), 0);
	ck_assert_int_eq(mkdir("a", 0755), 0);
	ck_assert_int_eq(mkdir("a/b", 0755), 0);
}

static void teardown(void)
{
	ck_assert_int_eq(chdir("/"), 0);
	support_remove_tree(top);
	free(top);
}

static void check_same(long fd, const char *path)
{
	struct stat a, b;

	ck_assert_msg(fd >= 0, "%s: %ld", path, fd);
	ck_assert_int_eq(fstat((int)fd, &a), 0);
	ck_assert_int_eq(stat(path, &b), 0);
	ck_assert_uint_eq(a.st_ino, b.st_ino);
	(void)close((int)fd);
}

static void canary_is_empty(void)
{
	/* not empty: rmdir fails */
	ck_assert_int_eq(rmdir("../canary"), 0);
	ck_assert_int_eq(mkdir("../canary", 0755), 0);
}

START_TEST(test_child_path__what_is_there_is_opened)
{
	check_same(child_open_in_root("/a/b", 0, 0), "a/b");
	check_same(child_open_making("/a/b", 0, 0, 0700), "a/b");
	check_same(child_open_making("//a///b/", 0, 0, 0700), "a/b");
	ck_assert_int_eq(child_open_in_root("/none", 0, 0), -ENOENT);
}
END_TEST

START_TEST(test_child_path__what_is_missing_is_made)
{
	struct stat st;

	(void)umask(0);
	check_same(child_open_making("/a/x/y/z", 0, 0, 0700), "a/x/y/z");
	ck_assert_int_eq(stat("a/x", &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0755);
	ck_assert_int_eq(stat("a/x/y/z", &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0700);
	check_same(child_open_making("/f/g", 1, 0, 0640), "f/g");
	ck_assert_int_eq(stat("f/g", &st), 0);
	ck_assert(S_ISREG(st.st_mode));
	ck_assert_uint_eq(st.st_mode & 07777, 0640);
}
END_TEST

START_TEST(test_child_path__dots_and_links_stay_in_the_root)
{
	char target[512];

	(void)snprintf(target, sizeof(target), "%s/canary", top);
	ck_assert_int_eq(symlink("/a", "absolute"), 0);
	ck_assert_int_eq(symlink("../../../a", "up"), 0);
	ck_assert_int_eq(symlink(target, "out"), 0);
	ck_assert_int_eq(symlink("../canary", "beside"), 0);
	check_same(child_open_in_root("/../../a", 0, 0), "a");
	check_same(child_open_making("/absolute/b", 0, 0, 0755), "a/b");
	check_same(child_open_making("/up/new", 0, 0, 0755), "a/new");
	check_same(child_open_making("/../../top", 0, 0, 0755), "top");
	/* they lead to nothing in the root: refused, not followed */
	ck_assert_int_lt(child_open_making("/out", 0, 0, 0755), 0);
	ck_assert_int_lt(child_open_making("/out/x", 0, 0, 0755), 0);
	ck_assert_int_lt(child_open_making("/beside", 0, 0, 0755), 0);
	ck_assert_int_lt(child_open_making("/beside/x", 1, 0, 0755), 0);
	canary_is_empty();
	ck_assert_int_lt(access("canary", F_OK), 0);
}
END_TEST

START_TEST(test_child_path__links_are_refused_when_asked)
{
	ck_assert_int_eq(symlink("a", "link"), 0);
	ck_assert_int_eq(child_open_in_root("/link", 0, RESOLVE_NO_SYMLINKS),
		-ELOOP);
	ck_assert_int_eq(child_open_making("/link/new", 0,
		RESOLVE_NO_SYMLINKS, 0755), -ELOOP);
	ck_assert_int_eq(symlink("loop", "loop"), 0);
	ck_assert_int_eq(child_open_making("/loop", 0, 0, 0755), -ELOOP);
}
END_TEST

START_TEST(test_child_path__magic_links_are_never_followed)
{
	long fd;

	/* a procfs within the root, as a container has one */
	ck_assert_int_eq(chdir("/"), 0);
	fd = child_open_in_root("/proc/self/root", 0, 0);
	ck_assert_int_eq(fd, -ELOOP);
	fd = child_open_in_root("/proc/self/cwd/etc", 0, 0);
	ck_assert_int_eq(fd, -ELOOP);
}
END_TEST

START_TEST(test_child_path__a_file_on_the_way_is_an_error)
{
	support_write_file("file", "x");
	ck_assert_int_eq(child_open_making("/file/x", 0, 0, 0755), -ENOTDIR);
	/* the end is whatever is there; the caller looks at its type */
	check_same(child_open_making("/file", 0, 0, 0755), "file");
}
END_TEST

START_TEST(test_child_path__lengths_are_bounded)
{
	char path[2 * CHILD_PATH_MAX];

	memset(path, 'x', sizeof(path));
	path[0] = '/';
	path[sizeof(path) - 1] = '\0';
	ck_assert_int_eq(child_open_making(path, 0, 0, 0755),
		-ENAMETOOLONG);
	path[300] = '\0';
	ck_assert_int_eq(child_open_making(path, 0, 0, 0755),
		-ENAMETOOLONG);
}
END_TEST

START_TEST(test_child_path__the_mode_tells_type_and_device)
{
	uint64_t rdev = 1;
	int fd = open("/dev/null", O_PATH | O_CLOEXEC);

	ck_assert_int_eq(child_mode(fd, &rdev) & S_IFMT, S_IFCHR);
	ck_assert_uint_eq(rdev, (uint64_t)1 << 32 | 3);
	(void)close(fd);
	ck_assert_int_eq(child_mode(-1, NULL), -EBADF);
	ck_assert_uint_eq(child_strlen(""), 0);
	ck_assert_uint_eq(child_strlen("abc"), 3);
}
END_TEST

static void add_tests(TCase *t)
{
	tcase_add_test(t, test_child_path__what_is_there_is_opened);
	tcase_add_test(t, test_child_path__what_is_missing_is_made);
	tcase_add_test(t, test_child_path__dots_and_links_stay_in_the_root);
	tcase_add_test(t, test_child_path__links_are_refused_when_asked);
	tcase_add_test(t, test_child_path__magic_links_are_never_followed);
	tcase_add_test(t, test_child_path__a_file_on_the_way_is_an_error);
	tcase_add_test(t, test_child_path__lengths_are_bounded);
	tcase_add_test(t, test_child_path__the_mode_tells_type_and_device);
}

int main(void)
{
	Suite *s = suite_create("child/path");
	TCase *t = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, teardown);
	add_tests(t);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
