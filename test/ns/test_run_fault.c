/* SPDX-License-Identifier: MIT */
/*
 * Every operation of a plan fails once: the error names it, nothing is left,
 * and the same pod can be made afterwards.
 *
 * The plan is spoiled between compiling and doing. A child's operation
 * becomes one that no child knows (ENOSYS); the parent's get a path that
 * cannot be.
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/run.h"
#include "run_fixture.h"
#include "support/fixture.h"
#include "support/ledger.h"

#define NOWHERE "no/such/place"
#define NAME_TOO_LONG 300
#define KINDS (LEDGER_FD | LEDGER_MOUNT | LEDGER_CHILD | LEDGER_CGROUP)

static const char manifest[] =
	"apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n"
	"  restartPolicy: Never\n"
	"  securityContext:\n    fsGroup: 2000\n    sysctls:\n"
	"    - {name: net.ipv4.ip_unprivileged_port_start, value: \"81\"}\n"
	"  volumes:\n  - {name: disk, emptyDir: {}}\n"
	"  - {name: mem, emptyDir: {medium: Memory}}\n"
	"  - {name: host, hostPath: {path: /usr}}\n"
	"  containers:\n"
	"  - name: a\n    image: host\n    command: [\"true\"]\n"
	"    volumeMounts:\n    - {name: disk, mountPath: /d, subPath: s}\n"
	"    - {name: mem, mountPath: /m}\n"
	"    - {name: host, mountPath: /h, readOnly: true}\n"
	"  - name: b\n    image: host\n    command: [\"true\"]\n"
	"    securityContext: {runAsUser: 1000, readOnlyRootFilesystem: true,"
	" allowPrivilegeEscalation: false}\n";

static bool within(struct plan_range r, uint32_t k)
{
	return k >= r.first && k - r.first < r.count;
}

/* Whose operation is k, and does a child execute it? */
static bool is_childs(const struct plan *p, uint32_t k)
{
	uint32_t i;

	if (within(p->sandbox, k))
		return true;
	for (i = 0; i < p->containers.count; i++)
		if (within(plan_container_at(p, i)->build, k) ||
			within(plan_container_at(p, i)->enter, k))
			return true;
	return false;
}

static struct plan_op *op_of(struct plan *p, uint32_t k)
{
	return (struct plan_op *)(void *)((char *)p + p->ops.first) + k;
}

static struct plan_container *container_of_op(struct plan *p, uint32_t k)
{
	return (struct plan_container *)(void *)((char *)p +
		p->containers.first) + op_of(p, k)->container;
}

/* Room for one more string at the end of the block; its offset. */
static plan_str append(struct plan **p, const char *text)
{
	size_t len = strlen(text) + 1;
	uint32_t at = (*p)->size;
	struct plan *grown = realloc(*p, at + len);

	ck_assert_ptr_nonnull(grown);
	memcpy((char *)grown + at, text, len);
	grown->size += (uint32_t)len;
	*p = grown;
	return at;
}

/* false: the plan has no way to make this one fail. */
static bool spoil(struct plan **p, uint32_t k)
{
	char name[NAME_TOO_LONG + 1];
	plan_str nowhere, too_long;

	if (is_childs(*p, k)) {
		op_of(*p, k)->kind = OP_NONE;
		return true;
	}
	memset(name, 'x', NAME_TOO_LONG);
	name[NAME_TOO_LONG] = '\0';
	switch (op_of(*p, k)->kind) {
	case OP_CGROUP_POD:
		too_long = append(p, name);
		(*p)->cgroup = op_of(*p, k)->a = too_long;
		return true;
	case OP_CGROUP_LEAF:
		too_long = append(p, name);
		op_of(*p, k)->a = too_long;
		return true;
	case OP_TREE_TMPFS:
		nowhere = append(p, NOWHERE);
		op_of(*p, k)->b = nowhere;
		return true;
	case OP_CGROUP_SET:
		nowhere = append(p, "no.such.file");
		op_of(*p, k)->a = nowhere;
		op_of(*p, k)->flags = 0;
		return true;
	case OP_TREE_BIND:
		nowhere = append(p, "/" NOWHERE);
		op_of(*p, k)->a = nowhere;
		return true;
	case OP_DIR:
	case OP_CRADLE_DIR:
	case OP_CRADLE_FILE:
	case OP_LAYER:
	case OP_FIFO:
		nowhere = append(p, NOWHERE);
		op_of(*p, k)->a = nowhere;
		return true;
	case OP_LAUNCH:
		container_of_op(*p, k)->clone_flags = (uint64_t)1 << 60;
		return true;
	case OP_NET_LINK:
		strcpy((*p)->link.host_name, "a/b");
		return true;
	default:
		return false;
	}
}

/* Does the error speak of this operation, or of the path it was given? */
static bool names_it(const struct plan *p, uint32_t k)
{
	char title[512];
	const struct pod_error *e = &world.err;

	(void)plan_describe(p, k, title, sizeof(title));
	title[sizeof(e->operation) - 1] = '\0';
	if (!strcmp(e->operation, title))
		return true;
	if (strstr(e->subject, "no/such") || strstr(e->subject, "no.such") ||
		strstr(e->subject, "xxxxxxxx"))
		return true;
	switch (plan_op_at(p, k)->kind) {
	case OP_LAUNCH:
		return !strcmp(e->operation, "clone");
	case OP_NET_LINK:
		return e->stage == POD_STAGE_NETWORK;
	default:
		return false;
	}
}

/* A copy of the plan that survives the pod. */
static struct plan *copy_of(const struct plan *p)
{
	struct plan *copy = malloc(p->size);

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, p, p->size);
	return copy;
}

/* 1: it failed as it must; 0: it cannot be made to fail; -1: no such op. */
static int fail_at(const struct pod_spec *spec, uint32_t k)
{
	struct run_dirs *d = run_engine_dirs(world.engine);
	char uid[RUN_UID_SIZE], whose[64];
	struct plan *plan = NULL, *seen;
	struct pod *pod = NULL;
	int state, lock, r;
	bool spoiled;

	run_uid_random(uid);
	run_ok(run_state_claim(d, "default", "p", uid, &state, &lock,
		&world.err));
	run_ok(run_plan(d, spec, uid, state, &plan, &world.err));
	if (k >= plan->ops.count) {
		run_ok(run_build(world.engine, plan, false, state, lock, &pod,
			&world.err));
		run_free_pod(pod);
		return -1;
	}
	(void)snprintf(whose, sizeof(whose), "%s",
		plan_op_at(plan, k)->container < 0 ? "" : plan_text(plan,
			container_of_op(plan, k)->name));
	spoiled = spoil(&plan, k);
	seen = copy_of(plan);
	r = run_build(world.engine, plan, false, state, lock, &pod,
		&world.err);
	if (r >= 0) {
		r = pod_start(pod, &world.err);
		if (spoiled)
			ck_assert_msg(r < 0, "operation %u did not fail", k);
		run_ok(pod_free(pod, NULL));
	}
	if (spoiled) {
		ck_assert_msg(names_it(seen, k),
			"operation %u: the error is \"%s\" of \"%s\": %s", k,
			world.err.operation, world.err.subject,
			world.err.message);
		ck_assert_int_eq(world.err.code, r);
		ck_assert_msg(!strcmp(world.err.container, whose),
			"operation %u: of \"%s\", not \"%s\"", k, whose,
			world.err.container);
	} else {
		run_ok(r);
	}
	free(seen);
	memset(&world.err, 0, sizeof(world.err));
	return spoiled;
}

static void expect_nothing(const struct ledger *before, uint32_t k)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	size_t left = ledger_settle(before, KINDS, 5000, out);

	(void)fclose(out);
	ck_assert_msg(!left, "operation %u left:\n%s", k, text);
	free(text);
	run_expect_nothing_left();
}

static void make_whole(const struct pod_spec *spec)
{
	struct pod *pod = NULL;

	run_ok(pod_create(world.engine, spec, NULL, &pod, &world.err));
	run_ok(pod_start(pod, &world.err));
	run_until(pod, run_is_over);
	ck_assert_int_eq(pod_wait(pod, &world.err), POD_SUCCEEDED);
	run_free_pod(pod);
}

static void sweep(const char *yaml)
{
	struct pod_spec *spec = run_load(yaml);
	unsigned int spared = 0;
	struct ledger before = { 0 };
	uint32_t k;
	int r;

	/* caches, parents of cgroups and the route of the CIDR are there */
	make_whole(spec);
	ledger_take(&before, KINDS);
	for (k = 0; (r = fail_at(spec, k)) >= 0; k++) {
		expect_nothing(&before, k);
		if (!r)
			spared++;
		if (k % 16 == 0)
			make_whole(spec);
	}
	make_whole(spec);
	expect_nothing(&before, k);
	ledger_done(&before);
	ck_assert_uint_gt(k, 60);
	/* the cradle's tmpfs, the sandbox's clone, the pod's side of a link */
	ck_assert_uint_le(spared, 4);
	pod_spec_free(spec);
}

START_TEST(test_run_fault__any_operation_failing_is_named_and_leaves_nothing)
{
	sweep(manifest);
}
END_TEST

START_TEST(test_run_fault__the_same_with_a_shared_pid_namespace)
{
	sweep("apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n"
	      "  restartPolicy: Never\n  shareProcessNamespace: true\n"
	      "  containers:\n"
	      "  - {name: a, image: host, command: [\"true\"]}\n");
}
END_TEST

START_TEST(test_run_fault__the_same_with_the_hosts_namespaces)
{
	sweep("apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n"
	      "  restartPolicy: Never\n  hostNetwork: true\n"
	      "  hostPID: true\n  hostIPC: true\n"
	      "  containers:\n"
	      "  - {name: a, image: host, command: [\"true\"]}\n");
}
END_TEST

static void add_tests(TCase *t)
{
	tcase_add_test(t,
		test_run_fault__any_operation_failing_is_named_and_leaves_nothing);
	tcase_add_test(t, test_run_fault__the_same_with_a_shared_pid_namespace);
	tcase_add_test(t, test_run_fault__the_same_with_the_hosts_namespaces);
}

int main(void)
{
	Suite *s = suite_create("run/fault");
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
