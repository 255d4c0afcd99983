/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pod/spec.h>

#include "base/cleanup.h"
#include "plan/block.h"

static struct arena arena;
static struct env_list list;

static void setup(void)
{
	(void)env_set(&arena, &list, "A", "one");
	(void)env_set(&arena, &list, "B_2", "two");
	(void)env_set(&arena, &list, "EMPTY", "");
	(void)env_set(&arena, &list, "REF", "$(A)");
	(void)env_set(&arena, &list, "a.b-c", "odd");
}

static void teardown(void)
{
	arena_done(&arena);
	memset(&list, 0, sizeof(list));
}

static const struct {
	const char *in, *out;
} rows[] = {
	{ "", "" },
	{ "plain", "plain" },
	{ "$(A)", "one" },
	{ "x$(A)y$(B_2)z", "xoneytwoz" },
	{ "$(EMPTY)", "" },
	{ "$(a.b-c)", "odd" },
	/* what is not there stays */
	{ "$(NO)", "$(NO)" },
	{ "$(a)", "$(a)" },
	{ "$()", "$()" },
	{ "$( A)", "$( A)" },
	/* $$ is $, and shields */
	{ "$$", "$" },
	{ "$$(A)", "$(A)" },
	{ "$$$(A)", "$one" },
	{ "$$$$(A)", "$$(A)" },
	{ "$$$$$(A)", "$$one" },
	/* a lone $ and no other syntax */
	{ "$", "$" },
	{ "a$", "a$" },
	{ "$A ${A} $(A", "$A ${A} $(A" },
	{ "$(A) $(A", "one $(A" },
	{ "cost: 5$ (A)", "cost: 5$ (A)" },
	/* the result is not looked at again */
	{ "$(REF)", "$(A)" },
	{ "$($(A))", "$($(A))" },
};

START_TEST(test_plan_env__expansion_is_kubernetes)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(rows); i++) {
		const char *got = env_expand(&arena, &list, rows[i].in);

		ck_assert_msg(!strcmp(got, rows[i].out), "%s: %s, not %s",
			rows[i].in, got, rows[i].out);
	}
}
END_TEST

START_TEST(test_plan_env__a_name_of_any_length_is_no_overrun)
{
	char text[1024];
	size_t n;

	for (n = 200; n < 400; n++) {
		(void)snprintf(text, sizeof(text), "$(%0*d)", (int)n, 0);
		ck_assert_str_eq(env_expand(&arena, &list, text), text);
	}
}
END_TEST

START_TEST(test_plan_env__setting_again_replaces_in_place)
{
	size_t before = list.count;

	ck_assert_int_eq(env_set(&arena, &list, "A", "new"), 0);
	ck_assert_uint_eq(list.count, before);
	ck_assert_str_eq(env_get(&list, "A"), "new");
	ck_assert_str_eq(list.items[0].key, "A");
	ck_assert_ptr_null(env_get(&list, "a"));
}
END_TEST

/* Build the environment of the container of a manifest. */
static int build(const char *lines, struct block *b, struct plan_facts *f,
	struct pod_spec **ret, struct env_list *env)
{
	struct pod_spec **specs = NULL;
	struct pod_error err = { 0 };
	size_t count;
	char *yaml;

	ck_assert_int_gt(asprintf(&yaml, "apiVersion: v1\nkind: Pod\n"
		"metadata: {name: p, namespace: n, labels: {app: web}}\n"
		"spec:\n  containers:\n  - name: c\n    image: host\n%s",
		lines), 0);
	ck_assert_msg(pod_spec_load("t", yaml, strlen(yaml), 0, &specs,
		&count, NULL, &err) == 0, "%s", err.message);
	free(yaml);
	*ret = specs[0];
	free(specs);
	memset(b, 0, sizeof(*b));
	memset(f, 0, sizeof(*f));
	memset(env, 0, sizeof(*env));
	f->uid = "1234";
	f->node_name = "node7";
	f->memory_total_bytes = 1000;
	(void)net_addr_parse("10.0.0.9", &f->v4);
	(void)net_addr_parse("fd00::9", &f->v6);
	b->spec = *ret;
	b->facts = f;
	return env_build(b, &(*ret)->containers[0], "host7", env, &err);
}

START_TEST(test_plan_env__later_entries_see_earlier_ones_only)
{
	struct pod_spec *spec;
	struct plan_facts f;
	struct env_list env;
	struct block b;

	ck_assert_int_eq(build("    env:\n"
		"    - {name: ONE, value: \"$(TWO) $(HOSTNAME)\"}\n"
		"    - {name: TWO, value: \"$(ONE)!\"}\n"
		"    - {name: ONE, value: again}\n", &b, &f, &spec, &env), 0);
	ck_assert_str_eq(env_get(&env, "TWO"), "$(TWO) host7!");
	ck_assert_str_eq(env_get(&env, "ONE"), "again");
	ck_assert_str_eq(env_get(&env, "HOSTNAME"), "host7");
	ck_assert_str_eq(env_get(&env, "HOME"), "/root");
	ck_assert_str_eq(env.items[0].key, "PATH");
	block_done(&b);
	pod_spec_free(spec);
}
END_TEST

START_TEST(test_plan_env__the_downward_api_is_filled_in)
{
	static const struct {
		const char *name, *value;
	} want[] = {
		{ "NAME", "p" }, { "NS", "n" }, { "UID", "1234" },
		{ "NODE", "node7" }, { "IP", "10.0.0.9" },
		{ "IPS", "10.0.0.9,fd00::9" }, { "APP", "web" },
		{ "NONE", "" }, { "CPU", "2" }, { "MEM", "64" },
		{ "FREE", "1000" },
	};
	struct pod_spec *spec;
	struct plan_facts f;
	struct env_list env;
	struct block b;
	size_t i;

	ck_assert_int_eq(build(
		"    resources: {limits: {cpu: 1500m}, "
		"requests: {memory: 64Mi}}\n    env:\n"
		"    - {name: NAME, valueFrom: {fieldRef: "
		"{fieldPath: metadata.name}}}\n"
		"    - {name: NS, valueFrom: {fieldRef: "
		"{fieldPath: metadata.namespace}}}\n"
		"    - {name: UID, valueFrom: {fieldRef: "
		"{fieldPath: metadata.uid}}}\n"
		"    - {name: NODE, valueFrom: {fieldRef: "
		"{fieldPath: spec.nodeName}}}\n"
		"    - {name: IP, valueFrom: {fieldRef: "
		"{fieldPath: status.podIP}}}\n"
		"    - {name: IPS, valueFrom: {fieldRef: "
		"{fieldPath: status.podIPs}}}\n"
		"    - {name: APP, valueFrom: {fieldRef: "
		"{fieldPath: \"metadata.labels['app']\"}}}\n"
		"    - {name: NONE, valueFrom: {fieldRef: "
		"{fieldPath: \"metadata.labels['no']\"}}}\n"
		"    - {name: CPU, valueFrom: {resourceFieldRef: "
		"{resource: limits.cpu}}}\n"
		"    - {name: MEM, valueFrom: {resourceFieldRef: "
		"{resource: requests.memory, divisor: 1Mi}}}\n"
		"    - {name: FREE, valueFrom: {resourceFieldRef: "
		"{resource: limits.memory}}}\n", &b, &f, &spec, &env), 0);
	for (i = 0; i < ARRAY_LEN(want); i++)
		ck_assert_str_eq(env_get(&env, want[i].name), want[i].value);
	block_done(&b);
	pod_spec_free(spec);
}
END_TEST

static void add_tests(TCase *t)
{
	tcase_add_test(t, test_plan_env__expansion_is_kubernetes);
	tcase_add_test(t, test_plan_env__a_name_of_any_length_is_no_overrun);
	tcase_add_test(t, test_plan_env__setting_again_replaces_in_place);
	tcase_add_test(t, test_plan_env__later_entries_see_earlier_ones_only);
	tcase_add_test(t, test_plan_env__the_downward_api_is_filled_in);
}

int main(void)
{
	Suite *s = suite_create("plan/env");
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
