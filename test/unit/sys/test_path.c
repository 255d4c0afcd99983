/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "support/fixture.h"
#include "sys/path.h"

#define DEPTH 2000
#define WIDTH 20000
#define DETACH 2	/* MNT_DETACH */

/* <sys/mount.h> is hidden by lib/sys/mount.h */
static int mount_at(const char *from, const char *path, const char *type,
	unsigned long flags)
{
	return (int)syscall(SYS_mount, from, path, type, flags, NULL);
}

static int unmount(const char *path)
{
	return (int)syscall(SYS_umount2, path, DETACH);
}

static char *top;
static int dir;
static bool may_mount;

/* Root gets a mount namespace of its own, and its directory in memory. */
static void setup(void)
{
	top = support_tmpdir();
	may_mount = geteuid() == 0 && unshare(CLONE_NEWNS) == 0 &&
		mount_at(NULL, "/", NULL, MS_REC | MS_PRIVATE) == 0 &&
		mount_at("tmp", top, "tmpfs", 0) == 0;
	dir = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(dir, 0);
}

static void teardown(void)
{
	(void)close(dir);
	if (may_mount)
		ck_assert_int_eq(unmount(top), 0);
	support_remove_tree(top);
	free(top);
}

static void put(const char *path, const char *text)
{
	int fd = openat(dir, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
		0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(sys_write_all(fd, text, strlen(text)), 0);
	(void)close(fd);
}

static bool exists(const char *path)
{
	return faccessat(dir, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* What must never be touched; the traps point to it. */
static void make_canary(void)
{
	ck_assert_int_eq(mkdirat(dir, "canary", 0755), 0);
	ck_assert_int_eq(mkdirat(dir, "canary/sub", 0755), 0);
	put("canary/file", "alive");
	put("canary/sub/file", "alive");
}

static void check_canary(void)
{
	struct stat st;

	ck_assert(exists("canary/file"));
	ck_assert(exists("canary/sub/file"));
	ck_assert_int_eq(fstatat(dir, "canary", &st, 0), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0755);
}

START_TEST(test_sys_path__remove_tree_removes_any_depth)
{
	int at, i;

	ck_assert_int_eq(mkdirat(dir, "deep", 0700), 0);
	at = openat(dir, "deep", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (i = 0; i < DEPTH; i++) {
		int next;

		ck_assert_int_eq(mkdirat(at, "d", 0700), 0);
		next = openat(at, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		ck_assert_int_ge(next, 0);
		(void)close(at);
		at = next;
		if (i % 100 == 0)
			ck_assert_int_ge(symlinkat("/", at, "up"), 0);
	}
	(void)close(at);
	ck_assert_int_eq(sys_remove_tree(dir, "deep"), 0);
	ck_assert(!exists("deep"));
}
END_TEST

START_TEST(test_sys_path__remove_tree_removes_any_width_with_few_fds)
{
	struct rlimit few = { 32, 32 };
	char name[64];
	int i;

	ck_assert_int_eq(mkdirat(dir, "wide", 0700), 0);
	for (i = 0; i < WIDTH; i++) {
		(void)snprintf(name, sizeof(name), "wide/%d", i);
		if (i % 10) {
			ck_assert_int_eq(mknodat(dir, name, S_IFREG | 0600,
				0), 0);
			continue;
		}
		ck_assert_int_eq(mkdirat(dir, name, 0700), 0);
		(void)snprintf(name, sizeof(name), "wide/%d/x", i);
		ck_assert_int_eq(mkdirat(dir, name, 0700), 0);
	}
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
	ck_assert_int_eq(sys_remove_tree(dir, "wide"), 0);
	ck_assert(!exists("wide"));
}
END_TEST

START_TEST(test_sys_path__remove_tree_removes_links_not_what_they_name)
{
	char target[512];

	make_canary();
	(void)snprintf(target, sizeof(target), "%s/canary", top);
	ck_assert_int_eq(mkdirat(dir, "tree", 0700), 0);
	ck_assert_int_eq(mkdirat(dir, "tree/a", 0700), 0);
	ck_assert_int_eq(mkdirat(dir, "tree/a/b", 0700), 0);
	ck_assert_int_eq(symlinkat(target, dir, "tree/absolute"), 0);
	ck_assert_int_eq(symlinkat("../canary", dir, "tree/relative"), 0);
	ck_assert_int_eq(symlinkat("../../../canary", dir, "tree/a/b/up"), 0);
	ck_assert_int_eq(symlinkat("../canary/file", dir, "tree/file"), 0);
	ck_assert_int_eq(symlinkat("tree", dir, "tree/.rm-0"), 0);
	ck_assert_int_eq(symlinkat("loop", dir, "tree/loop"), 0);
	ck_assert_int_eq(sys_remove_tree(dir, "tree"), 0);
	ck_assert(!exists("tree"));
	check_canary();
	/* the name itself a link */
	ck_assert_int_eq(symlinkat("canary", dir, "tree"), 0);
	ck_assert_int_eq(sys_remove_tree(dir, "tree"), 0);
	ck_assert(!exists("tree"));
	check_canary();
}
END_TEST

START_TEST(test_sys_path__remove_tree_copes_with_names_of_its_own)
{
	char name[64];
	int i;

	ck_assert_int_eq(mkdirat(dir, "tree", 0700), 0);
	for (i = 0; i < 50; i++) {
		(void)snprintf(name, sizeof(name), "tree/.rm-%d", i);
		ck_assert_int_eq(mkdirat(dir, name, 0700), 0);
		(void)snprintf(name, sizeof(name), "tree/.rm-%d/d", i);
		ck_assert_int_eq(mkdirat(dir, name, 0), 0);
		(void)snprintf(name, sizeof(name), "tree/.rm-%d/e", i);
		ck_assert_int_eq(mkdirat(dir, name, 0700), 0);
		(void)snprintf(name, sizeof(name), "tree/.rm-%d/e/f", i);
		put(name, "x");
	}
	ck_assert_int_eq(sys_remove_tree(dir, "tree"), 0);
	ck_assert(!exists("tree"));
}
END_TEST

START_TEST(test_sys_path__remove_tree_of_odd_things)
{
	ck_assert_int_eq(sys_remove_tree(dir, "nothing"), 0);
	put("file", "x");
	ck_assert_int_eq(sys_remove_tree(dir, "file"), 0);
	ck_assert(!exists("file"));
	ck_assert_int_eq(mkdirat(dir, "empty", 0), 0);
	ck_assert_int_eq(sys_remove_tree(dir, "empty"), 0);
	ck_assert(!exists("empty"));
	ck_assert_int_eq(mkfifoat(dir, "fifo", 0600), 0);
	ck_assert_int_eq(sys_remove_tree(dir, "fifo"), 0);
	ck_assert(!exists("fifo"));
}
END_TEST

START_TEST(test_sys_path__remove_tree_stops_at_a_mount)
{
	char path[512];

	if (!may_mount)
		return;	/* who may not mount is not at risk */
	ck_assert_int_eq(mkdirat(dir, "tree", 0700), 0);
	ck_assert_int_eq(mkdirat(dir, "tree/a", 0700), 0);
	ck_assert_int_eq(mkdirat(dir, "tree/a/mnt", 0700), 0);
	ck_assert_int_eq(mkdirat(dir, "outside", 0700), 0);
	put("outside/file", "alive");
	/* another file system */
	(void)snprintf(path, sizeof(path), "%s/tree/a/mnt", top);
	ck_assert_int_eq(mount_at("canary", path, "tmpfs", 0), 0);
	put("tree/a/mnt/file", "alive");
	ck_assert_int_lt(sys_remove_tree(dir, "tree"), 0);
	ck_assert(exists("tree/a/mnt/file"));
	ck_assert_int_eq(unmount(path), 0);
	ck_assert_int_eq(sys_remove_tree(dir, "tree"), 0);
	ck_assert(!exists("tree"));
	ck_assert(exists("outside/file"));
}
END_TEST

START_TEST(test_sys_path__remove_tree_stops_at_a_bind_mount_of_the_same_disk)
{
	char path[512], from[512];

	if (!may_mount)
		return;
	make_canary();
	ck_assert_int_eq(mkdirat(dir, "tree", 0700), 0);
	ck_assert_int_eq(mkdirat(dir, "tree/a", 0700), 0);
	ck_assert_int_eq(mkdirat(dir, "tree/a/b", 0700), 0);
	(void)snprintf(path, sizeof(path), "%s/tree/a/b", top);
	(void)snprintf(from, sizeof(from), "%s/canary", top);
	ck_assert_int_eq(mount_at(from, path, NULL, MS_BIND), 0);
	ck_assert_int_lt(sys_remove_tree(dir, "tree"), 0);
	check_canary();
	/* directly below the name */
	ck_assert_int_eq(unmount(path), 0);
	ck_assert_int_eq(mkdirat(dir, "two", 0700), 0);
	ck_assert_int_eq(mkdirat(dir, "two/b", 0700), 0);
	(void)snprintf(path, sizeof(path), "%s/two/b", top);
	ck_assert_int_eq(mount_at(from, path, NULL, MS_BIND), 0);
	ck_assert_int_lt(sys_remove_tree(dir, "two"), 0);
	check_canary();
	ck_assert_int_eq(unmount(path), 0);
	/* the name itself */
	ck_assert_int_eq(mkdirat(dir, "three", 0700), 0);
	(void)snprintf(path, sizeof(path), "%s/three", top);
	ck_assert_int_eq(mount_at(from, path, NULL, MS_BIND), 0);
	ck_assert_int_lt(sys_remove_tree(dir, "three"), 0);
	check_canary();
	ck_assert_int_eq(unmount(path), 0);
}
END_TEST

START_TEST(test_sys_path__open_beneath_stays_beneath)
{
	static const struct {
		const char *path;
		int error;
	} rows[] = {
		{ "base/file", 0 },
		{ "base/sub/../file", 0 },
		{ "base/missing", -ENOENT },
		{ "..", -EXDEV },
		{ "base/../..", -EXDEV },
		{ "/etc/passwd", -EXDEV },
		{ "base/link", -ELOOP },
		{ "base/out/file", -ELOOP },
		{ "base/proc", -ELOOP },
	};
	size_t i;

	make_canary();
	ck_assert_int_eq(mkdirat(dir, "base", 0700), 0);
	ck_assert_int_eq(mkdirat(dir, "base/sub", 0700), 0);
	put("base/file", "x");
	ck_assert_int_eq(symlinkat("file", dir, "base/link"), 0);
	ck_assert_int_eq(symlinkat("../canary", dir, "base/out"), 0);
	ck_assert_int_eq(symlinkat("/proc/self/root", dir, "base/proc"), 0);
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		int fd = sys_open_beneath(dir, rows[i].path, O_RDONLY);

		if (rows[i].error)
			ck_assert_msg(fd == rows[i].error, "%s: %d",
				rows[i].path, fd);
		else
			ck_assert_msg(fd >= 0, "%s: %d", rows[i].path, fd);
		if (fd >= 0) {
			ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
			(void)close(fd);
		}
	}
}
END_TEST

START_TEST(test_sys_path__mkdir_open_gives_the_mode_under_any_umask)
{
	struct stat st;
	mode_t before = umask(0777);
	int fd = sys_mkdir_open(dir, "d", 0750);

	(void)umask(before);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0750);
	(void)close(fd);
	/* there already: opened as it is */
	fd = sys_mkdir_open(dir, "d", 0700);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0750);
	(void)close(fd);
	make_canary();
	ck_assert_int_eq(symlinkat("canary", dir, "link"), 0);
	ck_assert_int_lt(sys_mkdir_open(dir, "link", 0700), 0);
	put("plain", "x");
	ck_assert_int_lt(sys_mkdir_open(dir, "plain", 0700), 0);
	check_canary();
}
END_TEST

START_TEST(test_sys_path__mkdir_path_makes_every_part)
{
	char path[512];
	struct stat st;
	int fd;

	(void)snprintf(path, sizeof(path), "%s/a/b/c", top);
	fd = sys_mkdir_path(path, 0700);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0700);
	(void)close(fd);
	fd = sys_mkdir_path(path, 0700);
	ck_assert_int_ge(fd, 0);
	(void)close(fd);
	ck_assert_int_eq(sys_mkdir_path("relative", 0700), -EINVAL);
}
END_TEST

START_TEST(test_sys_path__read_file_takes_regular_files_up_to_a_size)
{
	char *text = NULL;
	size_t len = 0;

	put("file", "0123456789");
	ck_assert_int_eq(sys_read_file(dir, "file", 100, &text, &len), 0);
	ck_assert_uint_eq(len, 10);
	ck_assert_str_eq(text, "0123456789");
	free(text);
	ck_assert_int_eq(sys_read_file(dir, "file", 5, &text, &len), -EFBIG);
	ck_assert_int_eq(sys_read_file(AT_FDCWD, "/proc/self/status", 1 << 20,
		&text, &len), 0);
	ck_assert_uint_gt(len, 100);
	free(text);
	/* neither blocks: a FIFO without a writer, a directory */
	ck_assert_int_eq(mkfifoat(dir, "fifo", 0600), 0);
	ck_assert_int_eq(sys_read_file(dir, "fifo", 100, &text, &len),
		-EINVAL);
	ck_assert_int_eq(sys_read_file(dir, ".", 100, &text, &len), -EINVAL);
	ck_assert_int_eq(sys_read_file(dir, "no", 100, &text, &len), -ENOENT);
}
END_TEST

static void add_removal(TCase *t)
{
	tcase_add_test(t, test_sys_path__remove_tree_removes_any_depth);
	tcase_add_test(t,
		test_sys_path__remove_tree_removes_any_width_with_few_fds);
	tcase_add_test(t,
		test_sys_path__remove_tree_removes_links_not_what_they_name);
	tcase_add_test(t,
		test_sys_path__remove_tree_copes_with_names_of_its_own);
	tcase_add_test(t, test_sys_path__remove_tree_of_odd_things);
	tcase_add_test(t, test_sys_path__remove_tree_stops_at_a_mount);
	tcase_add_test(t,
		test_sys_path__remove_tree_stops_at_a_bind_mount_of_the_same_disk);
}

int main(void)
{
	Suite *s = suite_create("sys/path");
	TCase *t = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, teardown);
	add_removal(t);
	tcase_add_test(t, test_sys_path__open_beneath_stays_beneath);
	tcase_add_test(t,
		test_sys_path__mkdir_open_gives_the_mode_under_any_umask);
	tcase_add_test(t, test_sys_path__mkdir_path_makes_every_part);
	tcase_add_test(t,
		test_sys_path__read_file_takes_regular_files_up_to_a_size);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
