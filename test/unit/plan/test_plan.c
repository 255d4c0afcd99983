/* SPDX-License-Identifier: MIT */
/*
 * unit/plan/test_plan.c - plans, compiled without root.
 *
 * Each golden/NAME.yaml has its plan as sentences in golden/NAME.txt. A plan
 * that is meant to change: POD_GOLDEN_UPDATE=1, then read the difference.
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pod/plan.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "cg/cg.h"
#include "plan/plan.h"
#include "sys/path.h"

static const char *const names[] = { "minimal", "sidecar", "volumes",
	"restricted", "privileged", "host-namespaces", "limits" };

static char *path_of(const char *name, const char *ending)
{
	char *path = NULL;

	ck_assert_int_gt(asprintf(&path, "%s/golden/%s.%s", TEST_DATA_DIR,
				 name, ending), 0);
	return path;
}

static struct pod_spec *load(const char *name)
{
	_cleanup_free_ char *path = path_of(name, "yaml");
	struct pod_error err = { 0 };
	struct pod_spec **list, *spec;
	size_t count;

	ck_assert_msg(pod_spec_load_file(path, 0, &list, &count, NULL, &err)
		== 0, "%s: %s", path, err.message);
	ck_assert_uint_eq(count, 1);
	spec = list[0];
	free(list);
	return spec;
}

static char *describe(const struct pod_spec *spec)
{
	struct pod_error err = { 0 };
	struct pod_plan *plan;
	struct strbuf sb = { 0 };
	size_t i;

	ck_assert_msg(pod_plan_preview(spec, &plan, &err) == 0, "%s",
		err.message);
	for (i = 0; i < pod_plan_count(plan); i++) {
		const char *container;
		char text[4096];
		int n = pod_plan_describe(plan, i, text, sizeof(text),
			&container);

		ck_assert_int_gt(n, 0);
		sb_printf(&sb, "%s: %s\n", container[0] ? container : "pod",
			text);
	}
	pod_plan_free(plan);
	ck_assert_int_eq(sb_result(&sb), 0);
	return sb.data;
}

START_TEST(test_plan__is_what_the_golden_file_says)
{
	_cleanup_free_ char *path = path_of(names[_i], "txt");
	_cleanup_free_ char *want = NULL, *got = NULL;
	struct pod_spec *spec = load(names[_i]);

	got = describe(spec);
	pod_spec_free(spec);
	if (getenv("POD_GOLDEN_UPDATE")) {
		_cleanup_file_ FILE *f = fopen(path, "w");

		ck_assert_ptr_nonnull(f);
		ck_assert_int_ge(fputs(got, f), 0);
		return;
	}
	ck_assert_int_eq(sys_read_file(-1, path, 1 << 20, &want, NULL), 0);
	ck_assert_str_eq(got, want);
}
END_TEST

/* Facts of a host that has nothing, for the library's own entry. */
static const struct plan_facts bare = {
	.uid = "0123abcd",
	.node_name = "node",
	.root_dir = "/r",
	.run_dir = "/s",
	.has_cgroup = true,
	.cap_available = ~(uint64_t)0,
	.v4.family = 2,
};

static struct plan *compile(const struct pod_spec *spec,
	const struct plan_facts *facts, int want, struct pod_error *err)
{
	static const uint64_t allow = 0x7fff000000000006u;
	struct plan_filter filter = { .bpf = &allow, .len = sizeof(allow) };
	struct plan_facts f = *facts;
	struct plan *plan = NULL;

	ck_assert_int_eq(plan_capabilities(spec, 0, f.cap_available,
				 &filter.capabilities, err), 0);
	f.filters = &filter;
	f.n_filters = 1;
	ck_assert_msg(plan_make(spec, &f, &plan, err) == want, "%d %s",
		err->code, err->message);
	return plan;
}

START_TEST(test_plan__same_spec_and_facts_give_the_same_bytes)
{
	struct pod_error err = { 0 };
	struct pod_spec *spec = load("minimal");
	struct plan *a = compile(spec, &bare, 0, &err);
	struct plan *b = compile(spec, &bare, 0, &err);

	ck_assert_uint_eq(a->size, b->size);
	ck_assert_mem_eq(a, b, a->size);
	free(a);
	free(b);
	pod_spec_free(spec);
}
END_TEST

START_TEST(test_plan__reads_the_same_elsewhere)
{
	struct pod_error err = { 0 };
	struct pod_spec *spec = load("minimal");
	struct plan *a = compile(spec, &bare, 0, &err);
	struct plan *b = malloc(a->size);
	char one[4096], two[4096];
	uint32_t i;

	ck_assert_ptr_nonnull(b);
	memcpy(b, a, a->size);
	memset(one, 0, sizeof(one));
	for (i = 0; i < a->ops.count; i++) {
		(void)plan_describe(a, i, one, sizeof(one));
		(void)plan_describe(b, i, two, sizeof(two));
		ck_assert_str_eq(one, two);
	}
	ck_assert_int_eq(plan_check(b, b->size, &err), 0);
	free(a);
	free(b);
	pod_spec_free(spec);
}
END_TEST

/* In memory of exactly that size, so that a sanitizer sees every overrun. */
static int check_copy(const struct plan *p, size_t size, size_t flip)
{
	char *copy = malloc(size ? size : 1);
	int r;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, p, size);
	if (flip < size)
		copy[flip] = (char)(copy[flip] ^ 0x20);
	r = plan_check(copy, size, NULL);
	free(copy);
	return r;
}

START_TEST(test_plan_check__refuses_every_prefix_and_every_flipped_byte)
{
	struct pod_error err = { 0 };
	struct pod_spec *spec = load("minimal");
	struct plan *p = compile(spec, &bare, 0, &err);
	size_t i;

	ck_assert_int_eq(check_copy(p, p->size, p->size), 0);
	for (i = 0; i < p->size; i++)
		ck_assert_int_eq(check_copy(p, i, i), -EBADMSG);
	for (i = 0; i < p->size; i++)
		ck_assert_msg(check_copy(p, p->size, i) == -EBADMSG,
			"byte %zu", i);
	free(p);
	pod_spec_free(spec);
}
END_TEST

START_TEST(test_plan__a_limit_without_its_controller_is_refused_by_name)
{
	struct pod_error err = { 0 };
	struct pod_spec *spec = load("limits");

	ck_assert_ptr_null(compile(spec, &bare, -ENODEV, &err));
	ck_assert_ptr_nonnull(strstr(err.message, "\"cpu\""));
	ck_assert_str_eq(err.container, "a");
	pod_spec_free(spec);
}
END_TEST

START_TEST(test_plan__without_limits_no_controller_is_needed)
{
	struct pod_error err = { 0 };
	struct pod_spec *spec = load("minimal");
	struct plan *p = compile(spec, &bare, 0, &err);
	uint32_t i;

	for (i = 0; i < p->ops.count; i++)
		ck_assert_int_ne(plan_op_at(p, i)->kind, OP_CGROUP_SET);
	free(p);
	pod_spec_free(spec);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("plan/plan");
	TCase *tc = tcase_create("all");
	SRunner *sr;
	int failed;

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, test_plan__is_what_the_golden_file_says, 0,
		(int)ARRAY_LEN(names));
	tcase_add_test(tc, test_plan__same_spec_and_facts_give_the_same_bytes);
	tcase_add_test(tc, test_plan__reads_the_same_elsewhere);
	tcase_add_test(tc,
		test_plan_check__refuses_every_prefix_and_every_flipped_byte);
	tcase_add_test(tc,
		test_plan__a_limit_without_its_controller_is_refused_by_name);
	tcase_add_test(tc, test_plan__without_limits_no_controller_is_needed);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
