// SPDX-License-Identifier: MIT
/*
 * test_status_json.c - the status object of the Kubernetes API.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include <pod/status.h>

#include "node/status.h"

static struct pod_status *sample(void)
{
	struct pod_status *s =
		calloc(1, sizeof(*s) + 3 * sizeof(s->containers[0]));
	struct pod_container_status *c;

	ck_assert_ptr_nonnull(s);
	s->count = 3;
	s->phase = POD_RUNNING;
	s->created = 1;
	s->created_usec = 1767323045000000;
	strcpy(s->ip4, "10.245.0.2");
	strcpy(s->ip6, "fd00:10:245::2");
	c = &s->containers[0];
	strcpy(c->name, "setup");
	c->kind = POD_KIND_INIT;
	c->state = POD_TERMINATED;
	strcpy(c->termination.reason, "Completed");
	c++;
	strcpy(c->name, "web");
	strcpy(c->image, "host");
	c->state = POD_CONTAINER_RUNNING;
	c->ready = c->started = 1;
	c->started_usec = s->created_usec;
	c++;
	strcpy(c->name, "log");
	c->state = POD_WAITING;
	c->restart_count = 2;
	strcpy(c->reason, "CrashLoopBackOff");
	strcpy(c->message, "bad \xff byte");
	c->has_last = 1;
	c->last_termination.exit_code = 137;
	c->last_termination.signal = 9;
	return s;
}

static json_t *parsed(const struct pod_status *s)
{
	char *text = NULL;
	json_t *o;

	ck_assert_int_eq(pod_status_to_json(s, &text, NULL), 0);
	o = json_loads(text, 0, NULL);
	ck_assert_ptr_nonnull(o);
	free(text);
	return o;
}

static const char *text_at(json_t *o, const char *list, size_t i,
	const char *a, const char *b, const char *c)
{
	json_t *at = json_array_get(json_object_get(o, list), i);

	at = json_object_get(at, a);
	if (b)
		at = json_object_get(at, b);
	if (c)
		at = json_object_get(at, c);
	ck_assert_ptr_nonnull(at);
	return json_string_value(at);
}

START_TEST(test_status_json__has_the_fields_of_the_api)
{
	struct pod_status *s = sample();
	json_t *o = parsed(s);

	ck_assert_str_eq(
		json_string_value(json_object_get(o, "phase")), "Running");
	ck_assert_str_eq(
		json_string_value(json_object_get(o, "podIP")), "10.245.0.2");
	ck_assert_str_eq(text_at(o, "podIPs", 1, "ip", NULL, NULL),
		"fd00:10:245::2");
	ck_assert_str_eq(json_string_value(json_object_get(o, "startTime")),
		"2026-01-02T03:04:05Z");
	ck_assert_str_eq(text_at(o, "initContainerStatuses", 0, "state",
				 "terminated", "reason"),
		"Completed");
	ck_assert_str_eq(text_at(o, "containerStatuses", 0, "state", "running",
				 "startedAt"),
		"2026-01-02T03:04:05Z");
	ck_assert_str_eq(text_at(o, "containerStatuses", 1, "state", "waiting",
				 "reason"),
		"CrashLoopBackOff");
	json_decref(o);
	pod_status_free(s);
}
END_TEST

START_TEST(test_status_json__bytes_that_are_no_utf8_are_escaped)
{
	struct pod_status *s = sample();
	json_t *o = parsed(s);

	ck_assert_ptr_nonnull(strstr(text_at(o, "containerStatuses", 1,
		"state", "waiting", "message"), "\\x"));
	json_decref(o);
	pod_status_free(s);
}
END_TEST

static void expect_condition(json_t *o, const char *type, const char *status,
	const char *reason)
{
	json_t *list = json_object_get(o, "conditions"), *c;
	const char *is;
	size_t i;

	json_array_foreach(list, i, c) {
		if (strcmp(json_string_value(json_object_get(c, "type")), type))
			continue;
		ck_assert_str_eq(
			json_string_value(json_object_get(c, "status")),
			status);
		is = json_string_value(json_object_get(c, "reason"));
		ck_assert_str_eq(is ? is : "", reason);
		return;
	}
	ck_abort_msg("no condition %s", type);
}

START_TEST(test_status_json__conditions_follow_the_containers)
{
	struct pod_status *s = sample();
	json_t *o = parsed(s);

	expect_condition(o, "PodReadyToStartContainers", "True", "");
	expect_condition(o, "Initialized", "True", "");
	expect_condition(o, "ContainersReady", "False", "ContainersNotReady");
	expect_condition(o, "Ready", "False", "ContainersNotReady");
	json_decref(o);
	s->containers[2].ready = 1;
	o = parsed(s);
	expect_condition(o, "Ready", "True", "");
	json_decref(o);
	s->phase = POD_SUCCEEDED;
	o = parsed(s);
	expect_condition(o, "Ready", "False", "PodCompleted");
	expect_condition(o, "Initialized", "True", "PodCompleted");
	json_decref(o);
	pod_status_free(s);
}
END_TEST

START_TEST(test_status_json__an_init_container_that_runs_is_not_initialized)
{
	struct pod_status *s = sample();
	json_t *o;

	s->phase = POD_PENDING;
	s->containers[0].state = POD_CONTAINER_RUNNING;
	memset(&s->containers[1], 0, 2 * sizeof(s->containers[0]));
	o = parsed(s);
	expect_condition(o, "Initialized", "False", "ContainersNotInitialized");
	json_decref(o);
	pod_status_free(s);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("node/status_json");
	TCase *tc = tcase_create("status_json");
	SRunner *sr;
	int failed;

	tcase_add_test(tc, test_status_json__has_the_fields_of_the_api);
	tcase_add_test(
		tc, test_status_json__bytes_that_are_no_utf8_are_escaped);
	tcase_add_test(tc, test_status_json__conditions_follow_the_containers);
	tcase_add_test(tc,
		test_status_json__an_init_container_that_runs_is_not_initialized);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
