/* SPDX-License-Identifier: MIT */
/*
 * run_fixture.h - an engine in directories of its own, and pods for it.
 *
 * The functions fail the running test instead of returning an error.
 */
#ifndef RUN_FIXTURE_H
#define RUN_FIXTURE_H

#include <stdbool.h>
#include <stdint.h>

#include <pod/pod.h>

struct run_world {
	struct pod_engine *engine;
	char *dir;		/* DIR/root, DIR/run and room for the test */
	struct pod_error err;
	uint64_t now;		/* of the virtual clock, microseconds */
	bool virtual_clock;
};
extern struct run_world world;

/* Checked fixtures; _clock: time stands still until the test moves it. The
 * teardown fails if a pod's file, name or lease is left. */
void run_setup(void);
void run_setup_clock(void);
void run_teardown(void);
/* No pod's state, name, lease, layer or log is there. */
void run_expect_nothing_left(void);
struct pod_engine *run_engine(void);	/* another one, same directories */

void run_ok(int r);
/* The first pod of a manifest. */
struct pod_spec *run_load(const char *yaml);
/*
 * Pod "p" with restartPolicy Never and one container "main" of image host
 * that runs /bin/sh -c script; lines of YAML are added to the pod's spec
 * (indented by 2) and to the container (by 4). Either may be "".
 */
struct pod_spec *run_spec(const char *pod_lines, const char *container_lines,
	const char *script);
/* pod_create() and free the spec. */
struct pod *run_create_pod(struct pod_spec *take);
void run_free_pod(struct pod *pod);

/*
 * Level 1, from launch to free: the waitpid status; what it wrote to stdout
 * and stderr goes to *ret_out (free it). entry NULL: the spec's program.
 */
int run_capture(struct pod_spec *take, int (*entry)(void *argument),
	void *argument, char **ret_out);
/* The same, but the program must succeed. */
char *run_output(struct pod_spec *take);
/* run_output() of a shell script in run_spec(). */
char *run_script(const char *pod_lines, const char *container_lines,
	const char *script);

/* Dispatch until predicate(pod) or 20 s have passed. */
void run_until(struct pod *pod, bool (*predicate)(struct pod *pod));
bool run_is_over(struct pod *pod);	/* Succeeded or Failed */
bool run_all_running(struct pod *pod);
/* Borrow one container's status until the next call. */
const struct pod_container_status *run_status(struct pod *pod,
	const char *container);
/* Text of a log file, or NULL if there is none. */
char *run_log(struct pod *pod, const char *container, unsigned int run);
/* Take all events: "CONTAINER REASON\n" each (free it). */
char *run_events_text(void);

/* mount(2) and umount2(MNT_DETACH); lib/sys/mount.h hides libc's header */
int run_mount(const char *from, const char *path, const char *type,
	unsigned long flags);
int run_unmount(const char *path);

#endif
