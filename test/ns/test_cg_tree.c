/* SPDX-License-Identifier: MIT */
/*
 * ns/test_cg_tree.c - cgroups made, filled, killed and removed for real.
 *
 * Everything happens below one group of an own name in the root that
 * cg_root_open() finds; each test must leave it empty. Limits are tested
 * where the hierarchy has the controllers (the guest), elsewhere the error
 * that names the missing one.
 */
#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cg/cg.h"

#define ALL_CONTROLLERS UINT32_MAX
#define EVENT_MSEC 5000

static char base_name[64];
static int root = -1, base = -1;
static uint32_t available;

static uint64_t deadline(unsigned int msec)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 +
		(uint64_t)now.tv_nsec / 1000 + msec * UINT64_C(1000);
}

static bool exists(const char *path)
{
	return faccessat(base, path, F_OK, 0) == 0;
}

static int count_groups(int dir)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), n = 0;
	DIR *d = fdopendir(fd);
	const struct dirent *entry;

	ck_assert_ptr_nonnull(d);
	while ((entry = readdir(d)))
		n += entry->d_type == DT_DIR && entry->d_name[0] != '.';
	(void)closedir(d);
	return n;
}

static int count_fds(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = 0;

	ck_assert_ptr_nonnull(d);
	while (readdir(d))
		n++;
	(void)closedir(d);
	return n;
}

static int fds_before;

static void setup(void)
{
	struct pod_error err = { 0 };
	char *path = NULL;

	fds_before = count_fds();
	ck_assert_int_eq(cg_root_open(NULL, &root, &path, &available, &err),
		0);
	ck_assert_int_eq(path[0], '/');
	free(path);
	(void)snprintf(base_name, sizeof(base_name), "pod-test-cg-%d",
		(int)getpid());
	ck_assert_msg(cg_make(root, base_name, 0, &base, &err) == 0, "%s: %s",
		err.operation, err.message);
}

static void teardown(void)
{
	ck_assert_int_eq(count_groups(base), 0);
	(void)close(base);
	ck_assert_int_eq(cg_remove(root, base_name, deadline(1000)), 0);
	ck_assert_int_ne(faccessat(root, base_name, F_OK, 0), 0);
	(void)close(root);
	ck_assert_int_eq(count_fds(), fds_before);
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
}

static int make(const char *path, uint32_t controllers)
{
	struct pod_error err = { 0 };
	int fd = -1;

	ck_assert_msg(cg_make(base, path, controllers, &fd, &err) == 0,
		"%s: %s: %s (%s)", path, err.operation, err.message,
		err.hint);
	ck_assert_int_ge(fd, 0);
	return fd;
}

static void write_file(int dir, const char *file, const char *text)
{
	int fd = openat(dir, file, O_WRONLY | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (int)strlen(text));
	(void)close(fd);
}

/* A child in the group; it is there when this returns. */
static pid_t child_in(int dir)
{
	int ready[2];
	pid_t pid;
	char c;

	ck_assert_int_eq(pipe2(ready, O_CLOEXEC), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		int fd = openat(dir, "cgroup.procs", O_WRONLY | O_CLOEXEC);

		if (fd < 0 || write(fd, "0", 1) != 1 ||
			write(ready[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			(void)pause();
	}
	(void)close(ready[1]);
	ck_assert_int_eq(read(ready[0], &c, 1), 1);
	(void)close(ready[0]);
	return pid;
}

static void reap_killed(pid_t pid)
{
	int status;

	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status));
	ck_assert_int_eq(WTERMSIG(status), SIGKILL);
}

/* Until the flat key has the value, by the kernel's notification. */
static void wait_event(int dir, const char *key, uint64_t wanted)
{
	struct pollfd p = { .events = POLLPRI };
	uint64_t value = ~wanted;
	char buf[256];

	p.fd = openat(dir, "cgroup.events", O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(p.fd, 0);
	for (;;) {
		ck_assert_int_ge(pread(p.fd, buf, sizeof(buf), 0), 0);
		ck_assert_int_eq(cg_get_key(dir, "cgroup.events", key,
			&value), 0);
		if (value == wanted)
			break;
		ck_assert_int_eq(poll(&p, 1, EVENT_MSEC), 1);
	}
	(void)close(p.fd);
}

START_TEST(test_cg_tree__make_makes_parents_and_remove_takes_them)
{
	int fd = make("a/b/c", 0);

	ck_assert_int_eq(cg_populated(fd), 0);
	(void)close(fd);
	ck_assert(exists("a/b/c"));
	ck_assert_int_eq(cg_remove_path(base, "a/b/c", 0), 0);
	ck_assert(!exists("a"));
	ck_assert_int_eq(cg_remove_path(base, "a/b/c", 0), 0);
}
END_TEST

START_TEST(test_cg_tree__remove_keeps_parents_that_others_use)
{
	int c = make("a/b/c", 0), d = make("a/d", 0);

	ck_assert_int_eq(cg_remove_path(base, "a/b/c", 0), 0);
	ck_assert(!exists("a/b"));
	ck_assert(exists("a/d"));
	ck_assert_int_eq(cg_remove_path(base, "a/d", 0), 0);
	ck_assert(!exists("a"));
	(void)close(c);
	(void)close(d);
}
END_TEST

START_TEST(test_cg_tree__make_refuses_what_exists_and_leaves_it)
{
	struct pod_error err = { 0 };
	int fd = make("a/b", 0), other = -1;

	ck_assert_int_eq(cg_make(base, "a/b", 0, &other, &err), -EEXIST);
	ck_assert_int_eq(err.stage, POD_STAGE_CGROUP);
	ck_assert_str_eq(err.subject, "a/b");
	ck_assert_int_eq(other, -1);
	ck_assert(exists("a/b"));
	ck_assert_int_eq(cg_make_leaf(fd, "ctr", &other, NULL), 0);
	(void)close(other);
	ck_assert_int_eq(cg_make_leaf(fd, "ctr", &other, NULL), -EEXIST);
	ck_assert_int_eq(cg_remove(fd, "ctr", 0), 0);
	ck_assert_int_eq(cg_remove(fd, "ctr", 0), 0);
	(void)close(fd);
	ck_assert_int_eq(cg_remove_path(base, "a/b", 0), 0);
}
END_TEST

START_TEST(test_cg_tree__make_enables_the_controllers_that_exist)
{
	int fd = make("a/b/c", ALL_CONTROLLERS);
	char list[256];

	ck_assert_int_eq(cg_get(fd, "cgroup.controllers", list, sizeof(list)),
		0);
	ck_assert_uint_eq(cg_controllers_parse(list), available);
	/* Not further than the last component. */
	ck_assert_int_eq(cg_get(fd, "cgroup.subtree_control", list,
		sizeof(list)), 0);
	ck_assert_str_eq(list, "");
	(void)close(fd);
	fd = make("a/b/d", ALL_CONTROLLERS);
	(void)close(fd);
	ck_assert_int_eq(cg_remove_path(base, "a/b/c", 0), 0);
	ck_assert_int_eq(cg_remove_path(base, "a/b/d", 0), 0);
}
END_TEST

START_TEST(test_cg_tree__make_below_processes_says_so_and_undoes)
{
	struct pod_error err = { 0 };
	int dir = make("a", 0), fd = -1;
	pid_t pid = child_in(dir);

	if (available) {
		ck_assert_int_eq(cg_make(base, "a/b/c", ALL_CONTROLLERS, &fd,
			&err), -EBUSY);
		ck_assert_ptr_nonnull(strstr(err.operation, "enable +"));
		ck_assert_ptr_nonnull(strstr(err.message, "processes"));
		ck_assert_ptr_nonnull(strstr(err.hint, "cgroup.procs"));
		ck_assert_int_eq(fd, -1);
		ck_assert(!exists("a/b"));
	}
	ck_assert_int_eq(cg_kill(dir), 0);
	reap_killed(pid);
	(void)close(dir);
	ck_assert_int_eq(cg_remove(base, "a", deadline(1000)), 0);
}
END_TEST

START_TEST(test_cg_tree__set_reads_back_and_names_a_difference)
{
	struct pod_error err = { 0 };
	int fd = make("a", 0);

	ck_assert_int_eq(cg_set(fd, "cgroup.max.depth", "5", &err), 0);
	ck_assert_int_eq(cg_set(fd, "cgroup.max.depth", "max", &err), 0);
	/* The kernel takes 007 and has 7. */
	ck_assert_int_eq(cg_set(fd, "cgroup.max.depth", "007", &err),
		-EREMOTEIO);
	ck_assert_str_eq(err.message, "wrote \"007\", the kernel has \"7\"");
	memset(&err, 0, sizeof(err));
	ck_assert_int_eq(cg_set(fd, "cgroup.max.depth", "x", &err), -EINVAL);
	ck_assert_str_eq(err.subject, "cgroup.max.depth");
	(void)close(fd);
	ck_assert_int_eq(cg_remove(base, "a", 0), 0);
}
END_TEST

static void check_limit(int fd, uint32_t controller, const char *file,
	const char *value)
{
	struct pod_error err = { 0 };
	char text[64];
	int r = cg_set(fd, file, value, &err);

	if (available & controller) {
		ck_assert_msg(r == 0, "%s: %s", file, err.message);
		return;
	}
	ck_assert_int_eq(r, -ENODEV);
	(void)snprintf(text, sizeof(text),
		"controller %s is not available below /",
		cg_controller_name((enum cg_controller)controller));
	ck_assert_msg(strncmp(err.message, text, strlen(text)) == 0, "%s",
		err.message);
}

START_TEST(test_cg_tree__limits_are_in_force_or_name_their_controller)
{
	int fd = make("pod/ctr", ALL_CONTROLLERS);
	char buf[64];

	check_limit(fd, CG_MEMORY, "memory.max", "67108864");
	check_limit(fd, CG_MEMORY, "memory.max", "67108865");
	check_limit(fd, CG_MEMORY, "memory.oom.group", "1");
	check_limit(fd, CG_MEMORY, "memory.max", "max");
	check_limit(fd, CG_CPU, "cpu.max", "50000 100000");
	check_limit(fd, CG_CPU, "cpu.max", "max");
	check_limit(fd, CG_CPU, "cpu.weight", "59");
	check_limit(fd, CG_PIDS, "pids.max", "16");
	if (available & CG_PIDS) {
		ck_assert_int_eq(cg_get(fd, "pids.max", buf, sizeof(buf)), 0);
		ck_assert_str_eq(buf, "16");
		ck_assert_int_eq(cg_set(fd, "pids.max", "016", NULL),
			-EREMOTEIO);
	}
	(void)close(fd);
	ck_assert_int_eq(cg_remove_path(base, "pod/ctr", 0), 0);
}
END_TEST

START_TEST(test_cg_tree__kill_ends_nested_groups_at_once)
{
	int pod = make("pod", 0), a = make("pod/a", 0), b = make("pod/b/c", 0);
	pid_t pids[3];
	size_t i;

	ck_assert_int_eq(cg_populated(pod), 0);
	pids[0] = child_in(a);
	pids[1] = child_in(b);
	pids[2] = child_in(b);
	ck_assert_int_eq(cg_populated(pod), 1);
	ck_assert_int_eq(cg_populated(b), 1);
	ck_assert_int_eq(cg_kill(pod), 0);
	for (i = 0; i < 3; i++)
		reap_killed(pids[i]);
	wait_event(pod, "populated", 0);
	ck_assert_int_eq(cg_kill(pod), 0);
	ck_assert_int_eq(cg_remove(base, "pod", deadline(1000)), 0);
	(void)close(pod);
	(void)close(a);
	(void)close(b);
}
END_TEST

/* A process in the group that becomes sixteen meanwhile. */
static pid_t fork_storm(int dir)
{
	pid_t pid = fork();
	int i;

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		write_file(dir, "cgroup.procs", "0");
		for (i = 0; i < 4; i++)
			(void)fork();
		for (;;)
			(void)pause();
	}
	wait_event(dir, "populated", 1);
	return pid;
}

START_TEST(test_cg_tree__kill_rounds_do_without_the_kill_file)
{
	int pod = make("pod", 0), a = make("pod/a/b", 0), s = make("pod/s", 0);
	pid_t pid = child_in(a), storm = fork_storm(s);
	char list[64];

	ck_assert_int_eq(cg_kill_rounds(pod), 0);
	reap_killed(pid);
	reap_killed(storm);
	ck_assert_int_eq(cg_get(s, "cgroup.procs", list, sizeof(list)), 0);
	ck_assert_str_eq(list, "");
	ck_assert_int_eq(cg_kill_rounds(pod), 0);
	wait_event(pod, "populated", 0);
	(void)close(pod);
	(void)close(a);
	(void)close(s);
	ck_assert_int_eq(cg_remove(base, "pod", deadline(1000)), 0);
}
END_TEST

START_TEST(test_cg_tree__a_frozen_group_can_be_killed)
{
	int fd = make("a", 0);
	pid_t pid = child_in(fd);

	ck_assert_int_eq(cg_freeze(fd, true), 0);
	wait_event(fd, "frozen", 1);
	ck_assert_int_eq(cg_freeze(fd, false), 0);
	wait_event(fd, "frozen", 0);
	ck_assert_int_eq(cg_freeze(fd, true), 0);
	wait_event(fd, "frozen", 1);
	ck_assert_int_eq(cg_kill(fd), 0);
	reap_killed(pid);
	(void)close(fd);
	ck_assert_int_eq(cg_remove(base, "a", deadline(1000)), 0);
}
END_TEST

START_TEST(test_cg_tree__remove_refuses_a_group_with_processes)
{
	int fd = make("pod/a/b", 0);
	pid_t pid = child_in(fd);

	/* A deadline far away is not waited for. */
	ck_assert_int_eq(cg_remove(base, "pod", deadline(600000)), -EBUSY);
	ck_assert(exists("pod/a/b"));
	ck_assert_int_eq(cg_remove_path(base, "pod/a/b", 0), -EBUSY);
	ck_assert_int_eq(cg_kill(fd), 0);
	reap_killed(pid);
	(void)close(fd);
	ck_assert_int_eq(cg_remove(base, "pod", deadline(1000)), 0);
}
END_TEST

START_TEST(test_cg_tree__a_zombie_does_not_block_removal)
{
	siginfo_t info;
	int fd = make("a", 0);
	pid_t pid = child_in(fd);

	ck_assert_int_eq(cg_kill(fd), 0);
	ck_assert_int_eq(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT),
		0);
	(void)close(fd);
	ck_assert_int_eq(cg_remove(base, "a", deadline(1000)), 0);
	reap_killed(pid);
}
END_TEST

START_TEST(test_cg_tree__remove_right_after_reaping_succeeds_each_time)
{
	int i;

	for (i = 0; i < 100; i++) {
		int fd = make("a", 0);
		pid_t pid = child_in(fd);

		ck_assert_int_eq(kill(pid, SIGKILL), 0);
		reap_killed(pid);
		(void)close(fd);
		ck_assert_int_eq(cg_remove(base, "a", deadline(1000)), 0);
	}
}
END_TEST

START_TEST(test_cg_tree__remove_takes_deep_and_wide_trees_with_few_fds)
{
	const struct rlimit few = { 48, 48 };
	int dir = make("deep", 0), next, i;
	char name[32];

	for (i = 0; i < 150; i++) {
		ck_assert_int_eq(cg_make_leaf(dir, "n", &next, NULL), 0);
		if (i % 10 == 0) {
			ck_assert_int_eq(mkdirat(dir, "side", 0755), 0);
			ck_assert_int_eq(mkdirat(dir, "side/x", 0755), 0);
		}
		(void)close(dir);
		dir = next;
	}
	for (i = 0; i < 200; i++) {
		(void)snprintf(name, sizeof(name), "w%d", i);
		ck_assert_int_eq(mkdirat(dir, name, 0755), 0);
	}
	(void)close(dir);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
	ck_assert_int_eq(cg_remove(base, "deep", deadline(30000)), 0);
	ck_assert(!exists("deep"));
}
END_TEST

START_TEST(test_cg_tree__remove_takes_a_threaded_subtree)
{
	int fd = make("a/t", 0);

	(void)close(fd);
	fd = openat(base, "a/t", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	write_file(fd, "cgroup.type", "threaded");
	(void)close(fd);
	ck_assert_int_eq(cg_remove(base, "a", 0), 0);
}
END_TEST

/* Make and remove one pod's path again and again; the exit status counts. */
static void race(const char *name)
{
	char path[64];
	int i, fd;

	(void)snprintf(path, sizeof(path), "kubepods/burstable/%s", name);
	for (i = 0; i < 200; i++) {
		if (cg_make(base, path, ALL_CONTROLLERS, &fd, NULL) < 0)
			_exit(1);
		(void)close(fd);
		if (cg_remove_path(base, path, deadline(1000)) < 0)
			_exit(2);
	}
	_exit(0);
}

START_TEST(test_cg_tree__pods_may_share_parents_while_removing)
{
	static const char *const names[] = { "pod1", "pod2", "pod3" };
	pid_t pids[3];
	int status;
	size_t i;

	for (i = 0; i < 3; i++) {
		pids[i] = fork();
		ck_assert_int_ge(pids[i], 0);
		if (pids[i] == 0)
			race(names[i]);
	}
	for (i = 0; i < 3; i++) {
		ck_assert_int_eq(waitpid(pids[i], &status, 0), pids[i]);
		ck_assert_int_eq(status, 0);
	}
	ck_assert(!exists("kubepods"));
}
END_TEST

START_TEST(test_cg_tree__root_refuses_a_v1_hierarchy)
{
	static const char v1[] = "/sys/fs/cgroup/memory";
	struct pod_error err = { 0 };
	uint32_t controllers;
	char *path = NULL;
	int fd = -1;

	if (access("/sys/fs/cgroup/memory/memory.limit_in_bytes", F_OK) < 0)
		return;
	ck_assert_int_eq(cg_root_open(v1, &fd, &path, &controllers, &err),
		-EMEDIUMTYPE);
	ck_assert_str_eq(err.subject, v1);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cg/tree");
	TCase *t = tcase_create("all");
	SRunner *runner;
	struct pod_error err = { 0 };
	char *path = NULL;
	int failed, fd = -1;

	if (geteuid() != 0 || cg_root_open(NULL, &fd, &path, &available,
			&err) < 0) {
		printf("skipped: needs root and a cgroup v2 hierarchy: %s\n",
			err.message);
		return 77;
	}
	(void)close(fd);
	free(path);
	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t,
		test_cg_tree__make_makes_parents_and_remove_takes_them);
	tcase_add_test(t, test_cg_tree__remove_keeps_parents_that_others_use);
	tcase_add_test(t, test_cg_tree__make_refuses_what_exists_and_leaves_it);
	tcase_add_test(t,
		test_cg_tree__make_enables_the_controllers_that_exist);
	tcase_add_test(t,
		test_cg_tree__make_below_processes_says_so_and_undoes);
	tcase_add_test(t, test_cg_tree__set_reads_back_and_names_a_difference);
	tcase_add_test(t,
		test_cg_tree__limits_are_in_force_or_name_their_controller);
	tcase_add_test(t, test_cg_tree__kill_ends_nested_groups_at_once);
	tcase_add_test(t, test_cg_tree__kill_rounds_do_without_the_kill_file);
	tcase_add_test(t, test_cg_tree__a_frozen_group_can_be_killed);
	tcase_add_test(t, test_cg_tree__remove_refuses_a_group_with_processes);
	tcase_add_test(t, test_cg_tree__a_zombie_does_not_block_removal);
	tcase_add_test(t,
		test_cg_tree__remove_right_after_reaping_succeeds_each_time);
	tcase_add_test(t,
		test_cg_tree__remove_takes_deep_and_wide_trees_with_few_fds);
	tcase_add_test(t, test_cg_tree__remove_takes_a_threaded_subtree);
	tcase_add_test(t,
		test_cg_tree__pods_may_share_parents_while_removing);
	tcase_add_test(t, test_cg_tree__root_refuses_a_v1_hierarchy);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
