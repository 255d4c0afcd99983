/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pod/spec.h>

#include "spec/spec.h"

static struct pod_spec *new_spec(void)
{
	struct pod_spec *spec = NULL;

	ck_assert_int_eq(pod_spec_new("web", &spec, NULL), 0);
	return spec;
}

START_TEST(test_spec_build__makes_a_valid_pod)
{
	static const char *const argv[] = { "/bin/sh", "-c", "true", NULL };
	struct pod_spec *s = new_spec();
	struct pod_problems *p = NULL;
	struct pod_error e = { 0 };

	ck_assert_int_eq(pod_spec_add_container(s, "container", "c", "host",
		argv), 0);
	ck_assert_int_eq(pod_spec_add_container(s, "init", "i", "host", argv),
		0);
	ck_assert_int_eq(pod_spec_add_container(s, "sidecar", "s", "dir:/x",
		NULL), 0);
	ck_assert_int_eq(pod_spec_add_container(s, "container", "d", "host",
		argv), 0);
	ck_assert_int_eq(pod_spec_add_empty_dir(s, "v", 1, 4096), 0);
	ck_assert_int_eq(pod_spec_add_host_path(s, "h", "/etc", "Directory"),
		0);
	ck_assert_int_eq(pod_spec_add_mount(s, "c", "v", "/v", 0), 0);
	ck_assert_int_eq(pod_spec_add_mount(s, "c", "h", "/h", 1), 0);
	ck_assert_int_eq(pod_spec_add_env(s, "c", "A", "b"), 0);
	ck_assert_int_eq(pod_spec_add_port(s, "c", "http", 80, NULL), 0);
	ck_assert_int_eq(pod_spec_set_user(s, "c", 1000, 1000), 0);
	ck_assert_int_eq(pod_spec_set_limits(s, "c", "100m", "64Mi"), 0);
	ck_assert_int_eq(pod_spec_add_label(s, "app", "web"), 0);
	ck_assert_int_eq(pod_spec_set_namespace(s, "ns"), 0);
	ck_assert_int_eq(pod_spec_set_restart_policy(s, "Never"), 0);
	ck_assert_int_eq(pod_spec_set_grace(s, 5), 0);
	ck_assert_int_eq(pod_spec_set_host_network(s, 0), 0);
	ck_assert_int_eq(pod_spec_validate(s, &p, &e), 0);
	ck_assert_uint_eq(pod_problems_count(p), 0);
	ck_assert_uint_eq(s->n_containers, 4);
	ck_assert_str_eq(s->containers[0].name, "i");
	ck_assert_str_eq(s->containers[1].name, "s");
	ck_assert_int_eq(s->containers[1].kind, SPEC_SIDECAR);
	ck_assert_str_eq(s->containers[2].name, "c");
	ck_assert_str_eq(s->containers[3].name, "d");
	ck_assert_int_eq(s->containers[2].resources.memory_request_bytes,
		67108864);
	ck_assert_str_eq(pod_spec_name(s), "web");
	ck_assert_str_eq(pod_spec_namespace(s), "ns");
	pod_problems_free(p);
	pod_spec_free(s);
}
END_TEST

START_TEST(test_spec_build__refuses_bad_arguments)
{
	static const char *const argv[] = { "/x\xff", NULL };
	struct pod_spec *s = new_spec(), *none = NULL;
	struct pod_error e = { 0 };

	ck_assert_int_eq(pod_spec_new("No", &none, &e), -EINVAL);
	ck_assert_int_eq(e.code, -EINVAL);
	ck_assert_str_eq(e.subject, "No");
	ck_assert_int_eq(pod_spec_add_container(s, "container", "c", "host",
		NULL), 0);
	ck_assert_int_eq(pod_spec_add_container(s, "init", "c", "host", NULL),
		-EEXIST);
	ck_assert_int_eq(pod_spec_add_container(s, "what", "d", "host", NULL),
		-EINVAL);
	ck_assert_int_eq(pod_spec_add_container(s, "init", "D", "host", NULL),
		-EINVAL);
	ck_assert_int_eq(pod_spec_add_container(s, "init", "e", "host", argv),
		-EINVAL);
	ck_assert_int_eq(pod_spec_add_env(s, "x", "A", ""), -ENOENT);
	ck_assert_int_eq(pod_spec_add_env(s, "c", "A=", ""), -EINVAL);
	ck_assert_int_eq(pod_spec_add_env(s, "c", "A", "\xc0\xaf"), -EINVAL);
	ck_assert_int_eq(pod_spec_add_port(s, "c", NULL, 0, NULL), -EINVAL);
	ck_assert_int_eq(pod_spec_add_port(s, "c", NULL, 1, "tcp"), -EINVAL);
	ck_assert_int_eq(pod_spec_add_port(s, "x", NULL, 1, NULL), -ENOENT);
	ck_assert_int_eq(pod_spec_add_mount(s, "c", "v", "rel", 0), -EINVAL);
	ck_assert_int_eq(pod_spec_add_mount(s, "x", "v", "/r", 0), -ENOENT);
	ck_assert_int_eq(pod_spec_set_user(s, "c", -1, 0), -EINVAL);
	ck_assert_int_eq(pod_spec_set_user(s, "c", 4294967295LL, 0), -EINVAL);
	ck_assert_int_eq(pod_spec_set_limits(s, "c", "x", NULL), -EINVAL);
	ck_assert_int_eq(pod_spec_add_empty_dir(s, "v", 0, 0), 0);
	ck_assert_int_eq(pod_spec_add_empty_dir(s, "v", 0, 0), -EEXIST);
	ck_assert_int_eq(pod_spec_add_host_path(s, "h", "/a/../b", NULL),
		-EINVAL);
	ck_assert_int_eq(pod_spec_add_host_path(s, "h", "/a", "Dir"),
		-EINVAL);
	ck_assert_int_eq(pod_spec_set_grace(s, -1), -EINVAL);
	ck_assert_int_eq(pod_spec_set_restart_policy(s, "never"), -EINVAL);
	ck_assert_int_eq(pod_spec_set_namespace(s, "a.b"), -EINVAL);
	ck_assert_int_eq(pod_spec_add_label(s, "a", "b c"), -EINVAL);
	ck_assert_int_eq(pod_spec_add_label(s, "a", "b"), 0);
	ck_assert_int_eq(pod_spec_add_label(s, "a", "c"), -EEXIST);
	pod_spec_free(s);
	pod_spec_free(NULL);
}
END_TEST

START_TEST(test_spec_build__validation_lists_every_error)
{
	struct pod_spec *s = new_spec();
	struct pod_problems *problems = NULL;
	struct pod_problem p;
	struct pod_error e = { 0 };
	char line[256];

	ck_assert_int_eq(pod_spec_add_container(s, "init", "i", "nginx",
		NULL), 0);
	ck_assert_int_eq(pod_spec_add_mount(s, "i", "none", "/v", 0), 0);
	ck_assert_int_eq(pod_spec_validate(s, &problems, &e), -EINVAL);
	ck_assert_uint_eq(pod_problems_count(problems), 3);
	ck_assert_int_eq(pod_problems_get(problems, 0, &p), 0);
	ck_assert_int_gt(pod_problem_format(&p, line, sizeof(line)), 0);
	ck_assert_str_eq(line,
		"spec.containers: required: at least one container");
	ck_assert_int_eq(pod_problems_get(problems, 2, &p), 0);
	ck_assert_str_eq(p.field,
		"spec.initContainers[0].volumeMounts[0].name");
	ck_assert_int_eq(pod_problems_get(problems, 3, &p), -ENOENT);
	ck_assert_int_eq(e.stage, POD_STAGE_SPEC);
	ck_assert_str_eq(e.hint, "2 more errors");
	pod_problems_free(problems);
	pod_problems_free(NULL);
	pod_spec_free(s);
}
END_TEST

START_TEST(test_spec_build__many_elements_keep_their_order)
{
	struct pod_spec *s = new_spec();
	char name[32];
	size_t i;

	ck_assert_int_eq(pod_spec_add_container(s, "container", "c", "host",
		NULL), 0);
	for (i = 0; i < 100; i++) {
		(void)snprintf(name, sizeof(name), "V%zu", i);
		ck_assert_int_eq(pod_spec_add_env(s, "c", name, "x"), 0);
		(void)snprintf(name, sizeof(name), "i%zu", i);
		ck_assert_int_eq(pod_spec_add_container(s, "init", name,
			"host", NULL), 0);
	}
	ck_assert_uint_eq(s->n_containers, 101);
	for (i = 0; i < 100; i++) {
		(void)snprintf(name, sizeof(name), "i%zu", i);
		ck_assert_str_eq(s->containers[i].name, name);
		(void)snprintf(name, sizeof(name), "V%zu", i);
		ck_assert_str_eq(s->containers[100].env[i].name, name);
	}
	pod_spec_free(s);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("spec/build");
	TCase *t = tcase_create("all");
	SRunner *sr;
	int failed;

	tcase_add_test(t, test_spec_build__makes_a_valid_pod);
	tcase_add_test(t, test_spec_build__refuses_bad_arguments);
	tcase_add_test(t, test_spec_build__validation_lists_every_error);
	tcase_add_test(t, test_spec_build__many_elements_keep_their_order);
	suite_add_tcase(s, t);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
