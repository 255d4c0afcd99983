/* SPDX-License-Identifier: MIT */
/*
 * Launching from hard places: threads that hold the allocator's lock, many
 * open files, much memory.
 *
 * This program's malloc can be closed: then every thread but the launching
 * one waits in it, as if the lock were held, and a call from another process
 * (a child that shares our memory until it execs) is counted.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run_fixture.h"
#include "support/fixture.h"

#define LAUNCHES 200
#define THREADS 4

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

/* A sanitizer has an allocator of its own in the place of ours. */
#ifndef SANITIZED
static volatile int closed;
static long launcher, process;
static unsigned int child_calls, waiting;
static pthread_mutex_t door = PTHREAD_MUTEX_INITIALIZER;

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *p, size_t size);
extern void __libc_free(void *p);

static void guard(void)
{
	if (!__atomic_load_n(&closed, __ATOMIC_SEQ_CST))
		return;
	if (syscall(SYS_getpid) != process) {
		(void)__atomic_add_fetch(&child_calls, 1, __ATOMIC_SEQ_CST);
		return;
	}
	if (syscall(SYS_gettid) == launcher)
		return;
	(void)__atomic_add_fetch(&waiting, 1, __ATOMIC_SEQ_CST);
	(void)pthread_mutex_lock(&door);
	(void)pthread_mutex_unlock(&door);
	(void)__atomic_sub_fetch(&waiting, 1, __ATOMIC_SEQ_CST);
}

void *malloc(size_t size)
{
	guard();
	return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	guard();
	return __libc_calloc(count, size);
}

void *realloc(void *p, size_t size)
{
	guard();
	return __libc_realloc(p, size);
}

void free(void *p)
{
	if (p)
		guard();
	__libc_free(p);
}

static void close_door(void)
{
	process = syscall(SYS_getpid);
	launcher = syscall(SYS_gettid);
	(void)pthread_mutex_lock(&door);
	__atomic_store_n(&closed, 1, __ATOMIC_SEQ_CST);
}

static void open_door(void)
{
	__atomic_store_n(&closed, 0, __ATOMIC_SEQ_CST);
	(void)pthread_mutex_unlock(&door);
}
#endif

static volatile int stop;

static void *allocate(void *argument)
{
	unsigned int seed = (unsigned int)(uintptr_t)argument;
	void *held[64] = { NULL };

	while (!__atomic_load_n(&stop, __ATOMIC_SEQ_CST)) {
		unsigned int at = (unsigned int)rand_r(&seed) % 64;

		free(held[at]);
		held[at] = malloc((size_t)rand_r(&seed) % 100000);
	}
	for (seed = 0; seed < 64; seed++)
		free(held[seed]);
	return NULL;
}

static void start_threads(pthread_t *threads)
{
	uintptr_t i;

	for (i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, allocate,
			(void *)(i + 1)), 0);
}

static void end_threads(const pthread_t *threads)
{
	int i;

	__atomic_store_n(&stop, 1, __ATOMIC_SEQ_CST);
	for (i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
}

#ifndef SANITIZED
static bool all_wait(void *argument)
{
	(void)argument;
	return __atomic_load_n(&waiting, __ATOMIC_SEQ_CST) == THREADS;
}
#endif

/* Launch to free, and an exec into it, with the result checked. */
static void launch_one(const struct pod_spec *spec)
{
	struct pod_container *c = NULL;
	int status = -1;

	run_ok(pod_container_launch(world.engine, spec, NULL, &c,
		&world.err));
	run_ok(pod_container_start(c, &world.err));
	run_ok(pod_container_wait(c, &status, &world.err));
	ck_assert_int_eq(status, 0);
	pod_container_free(c);
}

#ifndef SANITIZED
START_TEST(test_run_launch__the_child_needs_no_allocator_that_others_hold)
{
	const char *argv[] = { "true", NULL };
	struct pod_exec_options o = { .size = sizeof(o), .argv = argv,
		.stdin_fd = -1, .stdout_fd = -1, .stderr_fd = -1 };
	struct pod_spec *spec = run_spec("", "", "exit 0");
	struct pod *pod = run_create_pod(run_load(
		"apiVersion: v1\nkind: Pod\nmetadata: {name: other}\nspec:\n"
		"  shareProcessNamespace: true\n  containers:\n"
		"  - {name: main, image: host, command: [sleep, '1000']}\n"));
	struct pod_container *c = NULL;
	pthread_t threads[THREADS];
	int i;

	start_threads(threads);
	close_door();
	/* everybody stands in malloc now and cannot leave it */
	ck_assert(support_wait_for(all_wait, NULL, 20000));
	for (i = 0; i < 10; i++)
		launch_one(spec);
	run_ok(pod_start(pod, &world.err));
	for (i = 0; i < 10; i++) {
		run_ok(pod_exec(pod, NULL, &o, &c, &world.err));
		run_ok(pod_container_wait(c, NULL, &world.err));
		pod_container_free(c);
	}
	ck_assert(all_wait(NULL));
	open_door();
	end_threads(threads);
	ck_assert_uint_eq(child_calls, 0);
	pod_spec_free(spec);
	run_free_pod(pod);
}
END_TEST

START_TEST(test_run_launch__the_count_of_child_calls_would_notice_one)
{
	int status = 0;
	pid_t pid;

	close_door();
	/* vfork: the memory is ours, as a launched child's */
	pid = vfork();
	if (pid == 0) {
		guard();
		_exit(0);
	}
	open_door();
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_uint_eq(child_calls, 1);
}
END_TEST
#endif

START_TEST(test_run_launch__hundreds_while_other_threads_allocate)
{
	struct pod_spec *spec = run_spec("", "", "exit 0");
	pthread_t threads[THREADS];
	int i;

	start_threads(threads);
	for (i = 0; i < LAUNCHES; i++)
		launch_one(spec);
	end_threads(threads);
	pod_spec_free(spec);
}
END_TEST

static void *own_engine(void *argument)
{
	struct pod_engine *engine = argument;
	struct pod_container *c = NULL;
	struct pod_error err = { 0 };
	int status, i;

	for (i = 0; i < 20; i++) {
		char name[32];
		const char *command[] = { "true", NULL };
		struct pod_spec *spec = NULL;

		(void)snprintf(name, sizeof(name), "t%d-%ld", i,
			syscall(SYS_gettid));
		if (pod_spec_new(name, &spec, &err) < 0 ||
			pod_spec_add_container(spec, "container", "a", "host",
				command) < 0 ||
			pod_spec_validate(spec, NULL, &err) < 0 ||
			pod_container_launch(engine, spec, NULL, &c, &err) <
				0 ||
			pod_container_start(c, &err) < 0 ||
			pod_container_wait(c, &status, &err) < 0)
			break;
		pod_container_free(c);
		pod_spec_free(spec);
	}
	return (void *)(intptr_t)(i == 20 ? 0 : err.code);
}

START_TEST(test_run_launch__engines_of_different_threads_are_independent)
{
	struct pod_engine *engines[THREADS];
	pthread_t threads[THREADS];
	int i;

	for (i = 0; i < THREADS; i++) {
		engines[i] = run_engine();
		ck_assert_int_eq(pthread_create(&threads[i], NULL, own_engine,
			engines[i]), 0);
	}
	for (i = 0; i < THREADS; i++) {
		void *result;

		ck_assert_int_eq(pthread_join(threads[i], &result), 0);
		ck_assert_int_eq((int)(intptr_t)result, 0);
		pod_engine_free(engines[i]);
	}
}
END_TEST

static void count_fds(void)
{
	free(run_script("", "", "[ $(ls /proc/self/fd | wc -l) = 4 ]"));
}

START_TEST(test_run_launch__ten_thousand_open_files_stay_outside)
{
	struct rlimit many = { 16384, 16384 };
	int *fds = calloc(10000, sizeof(*fds)), i;

	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &many), 0);
	for (i = 0; i < 10000; i++)
		ck_assert_int_ge(fds[i] = open("/dev/null", O_RDWR), 0);
	count_fds();
	for (i = 0; i < 10000; i++)
		ck_assert_int_ge(fcntl(fds[i], F_GETFD), 0);
	for (i = 0; i < 10000; i++)
		(void)close(fds[i]);
	free(fds);
}
END_TEST

START_TEST(test_run_launch__works_when_the_caller_has_closed_0_1_and_2)
{
	struct pod_container *c = NULL;
	struct pod_container_options o = { .size = sizeof(o), .stdin_fd = -1 };
	struct pod_spec *spec = run_spec("", "", "echo x");
	int saved[3], i, status = -1, r;

	for (i = 0; i < 3; i++)
		saved[i] = fcntl(i, F_DUPFD_CLOEXEC, 10);
	for (i = 0; i < 3; i++)
		(void)close(i);
	/* whoever opens something now gets 0, 1 or 2 */
	o.stdout_fd = o.stderr_fd = memfd_create("out", MFD_CLOEXEC);
	r = pod_container_launch(world.engine, spec, &o, &c, &world.err);
	if (r >= 0)
		r = pod_container_start(c, &world.err);
	if (r >= 0)
		r = pod_container_wait(c, &status, &world.err);
	pod_container_free(c);
	i = (int)lseek(o.stdout_fd, 0, SEEK_END);
	(void)close(o.stdout_fd);
	(void)dup2(saved[0], 0);
	(void)dup2(saved[1], 1);
	(void)dup2(saved[2], 2);
	(void)close(saved[0]);
	(void)close(saved[1]);
	(void)close(saved[2]);
	run_ok(r);
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(i, 2);
	pod_spec_free(spec);
}
END_TEST

static int is_there(void *argument)
{
	const volatile char *memory = argument;

	return memory[12345] == 'm' ? 0 : 1;
}

START_TEST(test_run_launch__a_process_of_a_gigabyte_launches_and_is_unchanged)
{
	const size_t size = (size_t)1 << 30;
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0), *out;
	volatile const char *p = memory;
	size_t i;
	int sum = 0;

	ck_assert(memory != MAP_FAILED);
	/* every page has an entry, few have memory */
	(void)madvise(memory, size, MADV_NOHUGEPAGE);
	for (i = 0; i < size; i += 4096)
		sum += p[i];
	ck_assert_int_eq(sum, 0);
	memory[12345] = 'm';
	free(run_script("", "", "true"));
	ck_assert_int_eq(run_capture(run_spec("", "", "true"), is_there,
		memory, &out), 0);
	free(out);
	ck_assert_int_eq(memory[12345], 'm');
	(void)munmap(memory, size);
}
END_TEST

static void add_tests(TCase *t)
{
#ifndef SANITIZED
	tcase_add_test(t,
		test_run_launch__the_child_needs_no_allocator_that_others_hold);
	tcase_add_test(t,
		test_run_launch__the_count_of_child_calls_would_notice_one);
#endif
	tcase_add_test(t,
		test_run_launch__hundreds_while_other_threads_allocate);
	tcase_add_test(t,
		test_run_launch__engines_of_different_threads_are_independent);
	tcase_add_test(t,
		test_run_launch__ten_thousand_open_files_stay_outside);
	tcase_add_test(t,
		test_run_launch__works_when_the_caller_has_closed_0_1_and_2);
	tcase_add_test(t,
		test_run_launch__a_process_of_a_gigabyte_launches_and_is_unchanged);
}

int main(void)
{
	Suite *s = suite_create("run/launch");
	TCase *t = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, fixture_leak_setup,
		fixture_leak_teardown);
	tcase_add_checked_fixture(t, run_setup, run_teardown);
	add_tests(t);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
