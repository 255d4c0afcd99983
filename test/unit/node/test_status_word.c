// SPDX-License-Identifier: MIT
/*
 * test_status_word.c - the STATUS column, rule by rule, as a table.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <pod/status.h>

#include "node/status.h"

#define MAX 4

enum { R = POD_KIND_REGULAR, I = POD_KIND_INIT, S = POD_KIND_SIDECAR };
enum { WAIT = POD_WAITING, RUN = POD_CONTAINER_RUNNING, END = POD_TERMINATED };

/* A container as the rules see it. */
struct c {
	int used, kind, state;
	const char *reason;	/* of waiting, or of termination */
	int exit_code, signal, ready, started;
};

#define NONE { 0, 0, 0, NULL, 0, 0, 0, 0 }
#define WAITING(kind, reason) { 1, kind, WAIT, reason, 0, 0, 0, 0 }
#define ENDED(kind, reason, code, sig) { 1, kind, END, reason, code, sig, 0, 0 }
#define RUNNING(kind, ready, started) { 1, kind, RUN, NULL, 0, 0, ready, \
	started }

static const struct {
	const char *expect;
	int phase;
	const char *reason;	/* the pod's */
	int deleting;
	struct c c[MAX];
} rows[] = {
	/* the phase, replaced by the pod's reason */
	{ "Pending", POD_PENDING, NULL, 0, { NONE } },
	{ "Running", POD_RUNNING, NULL, 0, { RUNNING(R, 1, 1) } },
	{ "Running", POD_RUNNING, NULL, 0, { RUNNING(R, 0, 1) } },
	{ "Evicted", POD_FAILED, "Evicted", 0, { NONE } },
	/* init containers: exit 0 and started sidecars are passed over */
	{ "Init:0/1", POD_PENDING, NULL, 0,
		{ RUNNING(I, 0, 1), WAITING(R, "PodInitializing") } },
	{ "Init:0/2", POD_PENDING, NULL, 0,
		{ WAITING(I, "PodInitializing"),
			WAITING(I, "PodInitializing"),
			WAITING(R, "PodInitializing") } },
	{ "Init:1/2", POD_PENDING, NULL, 0,
		{ ENDED(I, "Completed", 0, 0), RUNNING(I, 0, 1),
			WAITING(R, "PodInitializing") } },
	{ "Init:1/2", POD_PENDING, NULL, 0,
		{ RUNNING(S, 1, 1), RUNNING(I, 0, 1),
			WAITING(R, "PodInitializing") } },
	{ "Init:0/1", POD_PENDING, NULL, 0,
		{ RUNNING(S, 0, 0), WAITING(R, "PodInitializing") } },
	/* the first other one gives the word */
	{ "Init:Error", POD_FAILED, NULL, 0,
		{ ENDED(I, "Error", 1, 0), WAITING(R, "PodInitializing") } },
	{ "Init:Signal:9", POD_FAILED, NULL, 0,
		{ ENDED(I, NULL, 137, 9), WAITING(R, "PodInitializing") } },
	{ "Init:ExitCode:3", POD_FAILED, NULL, 0,
		{ ENDED(I, NULL, 3, 0), WAITING(R, "PodInitializing") } },
	{ "Init:CrashLoopBackOff", POD_PENDING, NULL, 0,
		{ WAITING(I, "CrashLoopBackOff"),
			WAITING(R, "PodInitializing") } },
	{ "Init:ErrImagePull", POD_PENDING, NULL, 0,
		{ ENDED(I, "Completed", 0, 0), WAITING(I, "ErrImagePull"),
			ENDED(I, "Error", 1, 0),
			WAITING(R, "PodInitializing") } },
	/* regular containers: the first one has the last word */
	{ "ContainerCreating", POD_PENDING, NULL, 0,
		{ WAITING(R, "ContainerCreating") } },
	{ "CrashLoopBackOff", POD_RUNNING, NULL, 0,
		{ WAITING(R, "CrashLoopBackOff"), RUNNING(R, 1, 1) } },
	{ "Error", POD_FAILED, NULL, 0,
		{ ENDED(R, "Error", 1, 0), ENDED(R, "Completed", 0, 0) } },
	{ "Completed", POD_FAILED, NULL, 0,
		{ ENDED(R, "Completed", 0, 0), ENDED(R, "Error", 1, 0) } },
	{ "OOMKilled", POD_FAILED, NULL, 0,
		{ ENDED(R, "OOMKilled", 137, 9) } },
	{ "Signal:15", POD_FAILED, NULL, 0, { ENDED(R, NULL, 143, 15) } },
	{ "ExitCode:7", POD_FAILED, NULL, 0, { ENDED(R, NULL, 7, 0) } },
	{ "ExitCode:0", POD_SUCCEEDED, NULL, 0, { ENDED(R, NULL, 0, 0) } },
	{ "Error", POD_RUNNING, NULL, 0,
		{ ENDED(R, "Error", 1, 0), RUNNING(R, 1, 1) } },
	/* they overwrite the pod's reason, too */
	{ "Error", POD_FAILED, "DeadlineExceeded", 0,
		{ ENDED(R, "Error", 137, 9) } },
	/* Completed beside one that runs and is ready */
	{ "NotReady", POD_RUNNING, NULL, 0,
		{ ENDED(R, "Completed", 0, 0), RUNNING(R, 1, 1) } },
	{ "Completed", POD_RUNNING, NULL, 0,
		{ ENDED(R, "Completed", 0, 0), RUNNING(R, 0, 1) } },
	{ "Completed", POD_SUCCEEDED, NULL, 0,
		{ ENDED(R, "Completed", 0, 0) } },
	/* a sidecar that crashes later does not hide the containers */
	{ "Error", POD_RUNNING, NULL, 0,
		{ WAITING(S, "CrashLoopBackOff"), ENDED(R, "Error", 1, 0) } },
	{ "Init:CrashLoopBackOff", POD_RUNNING, NULL, 0,
		{ WAITING(S, "CrashLoopBackOff"), RUNNING(R, 1, 1) } },
	{ "Running", POD_RUNNING, NULL, 0,
		{ RUNNING(S, 1, 1), RUNNING(R, 1, 1) } },
	/* deletion */
	{ "Terminating", POD_RUNNING, NULL, 1, { RUNNING(R, 1, 1) } },
	{ "Terminating", POD_PENDING, NULL, 1, { NONE } },
	{ "Terminating", POD_RUNNING, NULL, 1,
		{ ENDED(R, "Error", 1, 0), RUNNING(R, 1, 1) } },
	{ "Completed", POD_SUCCEEDED, NULL, 1,
		{ ENDED(R, "Completed", 0, 0) } },
	{ "Error", POD_FAILED, NULL, 1, { ENDED(R, "Error", 1, 0) } },
};

static void fill(struct pod_container_status *to, const struct c *from)
{
	to->kind = from->kind;
	to->state = from->state;
	to->ready = from->ready;
	to->started = from->started;
	to->termination.exit_code = from->exit_code;
	to->termination.signal = from->signal;
	if (from->reason)
		strcpy(from->state == END ? to->termination.reason
					  : to->reason,
			from->reason);
}

static struct pod_status *status_new(uint32_t count)
{
	struct pod_status *s =
		calloc(1, sizeof(*s) + MAX * sizeof(s->containers[0]));

	ck_assert_ptr_nonnull(s);
	s->count = count;
	return s;
}

START_TEST(test_status_word__each_rule_as_kubectl)
{
	struct pod_status *s = status_new(0);
	char buf[64];
	int i;

	s->phase = rows[_i].phase;
	s->deletion_usec = rows[_i].deleting;
	if (rows[_i].reason)
		strcpy(s->reason, rows[_i].reason);
	for (i = 0; i < MAX && rows[_i].c[i].used; i++)
		fill(&s->containers[s->count++], &rows[_i].c[i]);
	ck_assert_str_eq(
		pod_status_word(s, buf, sizeof(buf)), rows[_i].expect);
	pod_status_free(s);
}
END_TEST

START_TEST(test_status_word__a_small_buffer_is_terminated)
{
	struct pod_status *s = status_new(0);
	char buf[4];

	s->phase = POD_RUNNING;
	ck_assert_str_eq(pod_status_word(s, buf, sizeof(buf)), "Run");
	ck_assert_str_eq(pod_status_word(s, buf, 0), "");
	pod_status_free(s);
	pod_status_free(NULL);
}
END_TEST

START_TEST(test_status_word__a_phase_beyond_the_known_ones_has_a_name)
{
	ck_assert_str_eq(pod_phase_name(POD_SUCCEEDED), "Succeeded");
	ck_assert_str_eq(pod_phase_name(77), "Unknown");
	ck_assert_str_eq(pod_phase_name(-1), "Unknown");
}
END_TEST

START_TEST(test_status_word__exit_code_is_that_of_the_first_that_failed)
{
	struct pod_status *s = status_new(3);

	fill(&s->containers[0], &(struct c)ENDED(I, "Error", 9, 0));
	fill(&s->containers[1], &(struct c)ENDED(R, "Completed", 0, 0));
	fill(&s->containers[2], &(struct c)ENDED(R, "Error", 4, 0));
	s->phase = POD_FAILED;
	ck_assert_int_eq(node_status_exit_code(s), 4);
	s->count = 2;
	ck_assert_int_eq(node_status_exit_code(s), 9);
	s->phase = POD_SUCCEEDED;
	ck_assert_int_eq(node_status_exit_code(s), 0);
	s->phase = POD_FAILED;
	s->count = 0;
	ck_assert_int_eq(node_status_exit_code(s), 1);
	pod_status_free(s);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("node/status_word");
	TCase *tc = tcase_create("status_word");
	SRunner *sr;
	int failed;

	tcase_add_loop_test(tc, test_status_word__each_rule_as_kubectl, 0,
		(int)(sizeof(rows) / sizeof(rows[0])));
	tcase_add_test(tc, test_status_word__a_small_buffer_is_terminated);
	tcase_add_test(tc,
		test_status_word__a_phase_beyond_the_known_ones_has_a_name);
	tcase_add_test(
		tc, test_status_word__exit_code_is_that_of_the_first_that_failed);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
