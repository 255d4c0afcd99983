/* SPDX-License-Identifier: MIT */
/*
 * Which cgroup files get which values; formulae are cg/quota.c's.
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pod/spec.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "cg/cg.h"
#include "plan/block.h"

#define ALL (CG_CPU | CG_MEMORY | CG_PIDS)

static struct pod_spec *load(const char *containers)
{
	struct pod_spec **specs = NULL, *spec;
	struct pod_error err = { 0 };
	size_t count;
	char *yaml;

	ck_assert_int_gt(asprintf(&yaml, "apiVersion: v1\nkind: Pod\n"
		"metadata: {name: p}\nspec:\n%s", containers), 0);
	ck_assert_msg(pod_spec_load("t", yaml, strlen(yaml), 0, &specs,
		&count, NULL, &err) == 0, "%s", err.message);
	free(yaml);
	spec = specs[0];
	free(specs);
	return spec;
}

/* "FILE=VALUE" of each, in order; i < 0: the pod's. */
static void expect(const char *manifest, int i, uint32_t controllers,
	const char *cgroup, const char *want)
{
	struct pod_spec *spec = load(manifest);
	struct plan_facts f = { .uid = "u", .controllers = controllers,
		.memory_total_bytes = 1 << 30 };
	struct block b = { .spec = spec, .facts = &f };
	struct pod_error err = { 0 };
	_cleanup_sb_ struct strbuf sb = { 0 };
	size_t k;
	int r = i < 0 ? limits_pod(&b, &err) :
			limits_container(&b, &spec->containers[i], &err);

	ck_assert_msg(r == 0, "%s", err.message);
	sb_puts(&sb, "");
	for (k = 0; k < b.n_ops; k++) {
		ck_assert_int_eq(b.ops[k].kind, OP_CGROUP_SET);
		sb_printf(&sb, "%s%s=%s", k ? " " : "", b.bytes + b.ops[k].a,
			b.bytes + b.ops[k].b);
	}
	ck_assert_str_eq(sb.data, want);
	ck_assert_str_eq(limits_cgroup(&b), cgroup);
	block_done(&b);
	pod_spec_free(spec);
}

#define ONE(resources) \
	"  containers:\n  - {name: a, image: host, resources: " resources "}\n"

START_TEST(test_plan_limits__a_container_gets_its_values)
{
	expect(ONE("{}"), 0, ALL, "kubepods/besteffort/podu",
		"cpu.weight=1 memory.oom.group=1 pids.max=2048");
	expect(ONE("{limits: {cpu: 500m, memory: 64Mi}}"), 0, ALL,
		"kubepods/podu",
		"cpu.weight=59 cpu.max=50000 100000 memory.max=67108864 "
		"memory.swap.max=0 memory.oom.group=1 pids.max=2048");
	expect(ONE("{requests: {cpu: 1}, limits: {cpu: 2}}"), 0, ALL,
		"kubepods/burstable/podu",
		"cpu.weight=100 cpu.max=200000 100000 memory.oom.group=1 "
		"pids.max=2048");
	/* the kernel takes no quota below 1 ms */
	expect(ONE("{limits: {cpu: 1m}}"), 0, ALL, "kubepods/burstable/podu",
		"cpu.weight=1 cpu.max=1000 100000 memory.oom.group=1 "
		"pids.max=2048");
	expect(ONE("{requests: {memory: 64Mi}}"), 0, ALL,
		"kubepods/burstable/podu",
		"cpu.weight=1 memory.oom.group=1 pids.max=2048");
}
END_TEST

START_TEST(test_plan_limits__what_has_no_controller_and_no_limit_is_left_out)
{
	expect(ONE("{}"), 0, 0, "kubepods/besteffort/podu", "");
	expect(ONE("{}"), 0, CG_PIDS, "kubepods/besteffort/podu",
		"pids.max=2048");
	expect(ONE("{requests: {cpu: 1, memory: 1Gi}}"), 0, 0,
		"kubepods/burstable/podu", "");
}
END_TEST

static const char several[] =
	"  initContainers:\n"
	"  - {name: i, image: host, resources: "
	"{limits: {cpu: 3, memory: 10Mi}}}\n"
	"  - {name: s, image: host, restartPolicy: Always, resources: "
	"{limits: {cpu: 1, memory: 20Mi}}}\n"
	"  - {name: j, image: host, resources: "
	"{limits: {cpu: 1, memory: 200Mi}}}\n"
	"  containers:\n"
	"  - {name: a, image: host, resources: "
	"{limits: {cpu: 500m, memory: 30Mi}}}\n"
	"  - {name: b, image: host, resources: "
	"{limits: {cpu: 500m, memory: 40Mi}}}\n";

START_TEST(test_plan_limits__a_pod_needs_the_most_of_init_and_run)
{
	/* cpu: i alone, 3; memory: j beside the sidecar, 220 Mi */
	expect(several, -1, ALL, "kubepods/podu",
		"cpu.weight=240 cpu.max=300000 100000 memory.max=230686720 "
		"memory.swap.max=0");
}
END_TEST

START_TEST(test_plan_limits__one_without_a_limit_frees_the_pod)
{
	expect("  containers:\n"
	       "  - {name: a, image: host, resources: "
	       "{limits: {cpu: 1, memory: 30Mi}}}\n"
	       "  - {name: b, image: host}\n", -1, ALL,
		"kubepods/burstable/podu", "cpu.weight=100");
}
END_TEST

START_TEST(test_plan_limits__a_missing_controller_is_named)
{
	static const struct {
		const char *manifest;
		uint32_t have;
		const char *name, *field;
	} rows[] = {
		{ ONE("{limits: {cpu: 1}}"), CG_MEMORY | CG_PIDS, "\"cpu\"",
			"resources.limits.cpu" },
		{ ONE("{limits: {memory: 1Mi}}"), CG_CPU | CG_PIDS,
			"\"memory\"", "resources.limits.memory" },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(rows); i++) {
		struct pod_spec *spec = load(rows[i].manifest);
		struct plan_facts f = { .uid = "u",
			.controllers = rows[i].have };
		struct block b = { .spec = spec, .facts = &f };
		struct pod_error err = { 0 };

		ck_assert_int_eq(limits_container(&b, &spec->containers[0],
			&err), -ENODEV);
		ck_assert_ptr_nonnull(strstr(err.message, rows[i].name));
		ck_assert_str_eq(err.subject, rows[i].field);
		ck_assert_str_eq(err.container, "a");
		ck_assert_int_eq(err.stage, POD_STAGE_CGROUP);
		ck_assert_str_ne(err.hint, "");
		ck_assert_uint_eq(b.n_ops, 0);
		block_done(&b);
		pod_spec_free(spec);
	}
}
END_TEST

static void add_tests(TCase *t)
{
	tcase_add_test(t, test_plan_limits__a_container_gets_its_values);
	tcase_add_test(t,
		test_plan_limits__what_has_no_controller_and_no_limit_is_left_out);
	tcase_add_test(t,
		test_plan_limits__a_pod_needs_the_most_of_init_and_run);
	tcase_add_test(t, test_plan_limits__one_without_a_limit_frees_the_pod);
	tcase_add_test(t, test_plan_limits__a_missing_controller_is_named);
}

int main(void)
{
	Suite *s = suite_create("plan/limits");
	TCase *t = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_set_timeout(t, 120);
	add_tests(t);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
