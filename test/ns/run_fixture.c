/* SPDX-License-Identifier: MIT */
/*
 * run_fixture.c - an engine in directories of its own, and pods for it.
 *
 * Knows the public API of levels 1 and 2 and where the engine keeps files;
 * needs nothing of the runner but the cgroup, if there is one.
 */
#include "run_fixture.h"

#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"
#include "support/fixture.h"

#define DEADLINE_USEC (20 * (uint64_t)USEC_PER_SEC)

struct run_world world;

static uint64_t monotonic(void *context)
{
	const struct run_world *w = context;

	return w->now;
}

static int64_t realtime(void *context)
{
	const struct run_world *w = context;

	return (int64_t)w->now + 1600000000 * (int64_t)USEC_PER_SEC;
}

static const struct pod_clock standing = { &world, monotonic, realtime };

void run_ok(int r)
{
	char text[4096];

	if (r >= 0)
		return;
	(void)pod_error_format(&world.err, text, sizeof(text));
	ck_abort_msg("%d %s; %s", r, text, world.err.hint);
}

struct pod_engine *run_engine(void)
{
	const char *group = getenv("POD_TEST_CGROUP");
	char root[512], run[512], cgroup[512];
	struct pod_engine_options o = { .size = sizeof(o) };
	struct pod_engine *engine = NULL;

	(void)snprintf(root, sizeof(root), "%s/root", world.dir);
	(void)snprintf(run, sizeof(run), "%s/run", world.dir);
	(void)snprintf(cgroup, sizeof(cgroup), "%s/pods", group ? group : "");
	o.root_dir = root;
	o.run_dir = run;
	o.cgroup_parent = group && *group ? cgroup : NULL;
	o.clock = world.virtual_clock ? &standing : NULL;
	run_ok(pod_engine_new(&o, &engine, &world.err));
	return engine;
}

/*
 * A tmpfs of its own: an image `host` cannot have its layers on the file
 * system that is its root.
 */
static void start(bool virtual_clock)
{
	memset(&world, 0, sizeof(world));
	world.virtual_clock = virtual_clock;
	world.now = 1000 * (uint64_t)USEC_PER_SEC;
	world.dir = support_tmpdir();
	ck_assert_int_eq(run_mount("pods", world.dir, "tmpfs", 0), 0);
	world.engine = run_engine();
}

void run_setup(void)
{
	start(false);
}

void run_setup_clock(void)
{
	start(true);
}

/* Whatever is in a directory of the engine's is a leak; but one may stay. */
static void expect_empty(const char *sub, const char *but)
{
	char path[512];
	struct dirent *e;
	DIR *d;

	(void)snprintf(path, sizeof(path), "%s/%s", world.dir, sub);
	d = opendir(path);
	ck_assert_ptr_nonnull(d);
	while ((e = readdir(d)))
		if (strcmp(e->d_name, ".") && strcmp(e->d_name, "..") &&
			strcmp(e->d_name, but))
			ck_abort_msg("left behind: %s/%s", sub, e->d_name);
	(void)closedir(d);
}

void run_expect_nothing_left(void)
{
	char path[512];

	(void)snprintf(path, sizeof(path), "%s/run/names/default", world.dir);
	expect_empty("run/pods", "");
	expect_empty("run/names", "default");
	if (access(path, F_OK) == 0)
		expect_empty("run/names/default", "");
	expect_empty("run/leases", "");
	expect_empty("root/pods", "");
	expect_empty("root/logs", "");
}

void run_teardown(void)
{
	pod_engine_free(world.engine);
	world.engine = NULL;
	run_expect_nothing_left();
	ck_assert_int_eq(run_unmount(world.dir), 0);
	support_remove_tree(world.dir);
	free(world.dir);
}

static void print_problems(struct pod_problems *list)
{
	size_t i;

	for (i = 0; i < pod_problems_count(list); i++) {
		struct pod_problem p;
		char text[512];

		(void)pod_problems_get(list, i, &p);
		(void)pod_problem_format(&p, text, sizeof(text));
		fprintf(stderr, "%s\n", text);
	}
}

struct pod_spec *run_load(const char *yaml)
{
	struct pod_problems *problems = NULL;
	struct pod_spec **list = NULL, *first;
	size_t count = 0;
	int r = pod_spec_load("test", yaml, strlen(yaml), 0, &list, &count,
		&problems, &world.err);

	print_problems(problems);
	pod_problems_free(problems);
	run_ok(r);
	ck_assert_uint_eq(count, 1);
	first = list[0];
	free(list);
	return first;
}

struct pod_spec *run_spec(const char *pod_lines, const char *container_lines,
	const char *script)
{
	_cleanup_sb_ struct strbuf sb = { 0 };

	sb_printf(&sb, "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n"
		"spec:\n  restartPolicy: Never\n%s"
		"  containers:\n  - name: main\n    image: host\n%s"
		"    command: [/bin/sh, -c, ", pod_lines, container_lines);
	sb_json(&sb, script);
	sb_puts(&sb, "]\n");
	ck_assert_int_eq(sb_result(&sb), 0);
	return run_load(sb.data);
}

struct pod *run_create_pod(struct pod_spec *take)
{
	struct pod *pod = NULL;
	int r = pod_create(world.engine, take, NULL, &pod, &world.err);

	pod_spec_free(take);
	run_ok(r);
	return pod;
}

void run_free_pod(struct pod *pod)
{
	run_ok(pod_free(pod, &world.err));
}

/* A file in memory: nobody has to read while the program writes. */
static char *read_back(int fd)
{
	off_t size = lseek(fd, 0, SEEK_END);
	char *text = calloc(1, (size_t)size + 1);

	ck_assert_ptr_nonnull(text);
	ck_assert_int_eq(pread(fd, text, (size_t)size, 0), size);
	(void)close(fd);
	return text;
}

int run_capture(struct pod_spec *take, int (*entry)(void *argument),
	void *argument, char **ret_out)
{
	struct pod_container_options o = { .size = sizeof(o), .stdin_fd = -1,
		.entry = entry, .argument = argument };
	struct pod_container *c = NULL;
	int status = -1, r;
	int out = memfd_create("output", MFD_CLOEXEC);

	ck_assert_int_ge(out, 0);
	o.stdout_fd = o.stderr_fd = out;
	r = pod_container_launch(world.engine, take, &o, &c, &world.err);
	pod_spec_free(take);
	run_ok(r);
	run_ok(pod_container_start(c, &world.err));
	run_ok(pod_container_wait(c, &status, &world.err));
	pod_container_free(c);
	*ret_out = read_back(out);
	return status;
}

char *run_output(struct pod_spec *take)
{
	char *out;
	int status = run_capture(take, NULL, NULL, &out);

	ck_assert_msg(WIFEXITED(status) && !WEXITSTATUS(status),
		"status %x: %s", status, out);
	return out;
}

char *run_script(const char *pod_lines, const char *container_lines,
	const char *script)
{
	return run_output(run_spec(pod_lines, container_lines, script));
}

void run_until(struct pod *pod, bool (*predicate)(struct pod *pod))
{
	uint64_t end = clock_monotonic_usec() + DEADLINE_USEC;
	struct pollfd p = { .fd = pod_engine_fd(world.engine),
		.events = POLLIN };

	while (!predicate(pod)) {
		ck_assert_msg(clock_monotonic_usec() < end,
			"the state was not reached in 20 s");
		(void)poll(&p, 1, 100);
		run_ok(pod_engine_dispatch(world.engine, &world.err));
	}
}

bool run_is_over(struct pod *pod)
{
	struct pod_status *s = NULL;
	bool over;

	run_ok(pod_get_status(pod, &s, &world.err));
	over = s->finished_usec &&
		(s->phase == POD_SUCCEEDED || s->phase == POD_FAILED);
	pod_status_free(s);
	return over;
}

bool run_all_running(struct pod *pod)
{
	struct pod_status *s = NULL;
	bool all = true;
	uint32_t i;

	run_ok(pod_get_status(pod, &s, &world.err));
	for (i = 0; i < s->count; i++)
		if (s->containers[i].state != POD_CONTAINER_RUNNING)
			all = false;
	pod_status_free(s);
	return all;
}

const struct pod_container_status *run_status(struct pod *pod,
	const char *container)
{
	static struct pod_container_status one;
	struct pod_status *s = NULL;
	uint32_t i;

	run_ok(pod_get_status(pod, &s, &world.err));
	for (i = 0; i < s->count; i++)
		if (!strcmp(s->containers[i].name, container))
			break;
	ck_assert_uint_lt(i, s->count);
	one = s->containers[i];
	pod_status_free(s);
	return &one;
}

char *run_log(struct pod *pod, const char *container, unsigned int run)
{
	char path[512];

	(void)snprintf(path, sizeof(path), "%s/root/logs/%s/%s/%u.log",
		world.dir, pod_uid(pod), container, run);
	return access(path, F_OK) == 0 ? support_read_file(path) : NULL;
}

char *run_events_text(void)
{
	struct strbuf sb = { 0 };
	struct pod_event e;

	sb_puts(&sb, "");
	while (pod_engine_next_event(world.engine, &e))
		sb_printf(&sb, "%s %s\n", e.container[0] ? e.container : "-",
			e.reason);
	ck_assert_int_eq(sb_result(&sb), 0);
	return sb.data;
}

int run_mount(const char *from, const char *path, const char *type,
	unsigned long flags)
{
	return (int)syscall(SYS_mount, from, path, type, flags, NULL);
}

int run_unmount(const char *path)
{
	return (int)syscall(SYS_umount2, path, 2 /* MNT_DETACH */);
}
