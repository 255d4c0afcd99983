// SPDX-License-Identifier: MIT
/*
 * test_ref.c - what a user may call a pod, against a RUN made by hand.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "node/node.h"
#include "support/fixture.h"

#define UID_A "aaaa1111-0000-4000-8000-000000000001"
#define UID_B "aaaa2222-0000-4000-8000-000000000002"
#define UID_C "cccc3333-0000-4000-8000-000000000003"

static char *base;
static struct pod_node *node;
static struct pod_error error;

static void make(const char *path)
{
	char full[512];

	(void)snprintf(full, sizeof(full), "%s/%s", base, path);
	ck_assert_int_eq(mkdir(full, 0700), 0);
}

static void name(const char *path, const char *uid)
{
	char full[512];

	(void)snprintf(full, sizeof(full), "%s/run/names/%s", base, path);
	ck_assert_int_eq(symlink(uid, full), 0);
}

static void setup(void)
{
	struct pod_node_options o = { .size = sizeof(o) };
	char root[256], run[256];

	memset(&error, 0, sizeof(error));
	base = support_tmpdir();
	make("root");
	make("run");
	make("run/pods");
	make("run/names");
	make("run/names/default");
	make("run/names/other");
	make("run/pods/" UID_A);
	make("run/pods/" UID_B);
	make("run/pods/" UID_C);
	name("default/web", UID_A);
	name("other/web", UID_B);
	name("default/cccc", UID_A);
	name("default/stale", "dddd4444-0000-4000-8000-000000000004");
	name("default/evil", "../../../etc");
	(void)snprintf(root, sizeof(root), "%s/root", base);
	(void)snprintf(run, sizeof(run), "%s/run", base);
	o.root_dir = root;
	o.run_dir = run;
	ck_assert_int_eq(pod_node_open(&o, &node, &error), 0);
}

static void teardown(void)
{
	pod_node_free(node);
	support_remove_tree(base);
	free(base);
}

static int find(const char *ref, char *uid)
{
	struct node_pod pod = NODE_POD_NONE;
	int r;

	memset(&error, 0, sizeof(error));
	r = node_find(node, ref, &pod, &error);
	if (!r)
		strcpy(uid, pod.uid);
	node_pod_done(&pod);
	return r;
}

static void expect(const char *ref, const char *uid)
{
	char got[64];

	ck_assert_msg(find(ref, got) == 0, "%s: %s", ref, error.message);
	ck_assert_str_eq(got, uid);
}

START_TEST(test_node_ref__names_with_and_without_namespace_and_kind)
{
	expect("web", UID_A);
	expect("default/web", UID_A);
	expect("other/web", UID_B);
	expect("pod/web", UID_A);
	expect("pods/web", UID_A);
	expect("pod/other/web", UID_B);
}
END_TEST

START_TEST(test_node_ref__uids_and_their_unique_prefixes)
{
	expect(UID_C, UID_C);
	expect("pod/" UID_C, UID_C);
	expect("cccc3", UID_C);
	expect("aaaa1", UID_A);
	expect("aaaa2222-0", UID_B);
}
END_TEST

START_TEST(test_node_ref__a_name_goes_before_a_uid)
{
	expect("cccc", UID_A);
}
END_TEST

START_TEST(test_node_ref__an_ambiguous_prefix_lists_the_uids)
{
	char uid[64];

	ck_assert_int_eq(find("aaaa", uid), -ENOTUNIQ);
	ck_assert_ptr_nonnull(strstr(error.message, UID_A));
	ck_assert_ptr_nonnull(strstr(error.message, UID_B));
}
END_TEST

START_TEST(test_node_ref__what_is_not_there_is_named)
{
	char uid[64];

	ck_assert_int_eq(find("nosuch", uid), -ENOENT);
	ck_assert_str_eq(error.message, "pod \"nosuch\" not found");
	ck_assert_int_eq(find("stale", uid), -ENOENT);
	ck_assert_int_eq(find("ccc", uid), -ENOENT);
	ck_assert_int_eq(find("", uid), -ENOENT);
}
END_TEST

START_TEST(test_node_ref__no_ref_leaves_the_run_directory)
{
	static const char *const refs[] = { "..", "../..", "evil", "/etc",
		"default/../web", "pod/..", "default//web", "....", "-aaaa",
		"pod/../../pods/x", "a\nb" };
	char uid[64];
	size_t i;

	for (i = 0; i < sizeof(refs) / sizeof(refs[0]); i++)
		ck_assert_msg(find(refs[i], uid) == -ENOENT, "%s", refs[i]);
	ck_assert_int_eq(find("a\x1b[31m", uid), -ENOENT);
	ck_assert_ptr_null(strchr(error.message, '\x1b'));
}
END_TEST

START_TEST(test_node_ref__a_name_is_unlinked_only_for_its_own_uid)
{
	struct run_dirs *d;
	char uid[64];

	ck_assert_int_eq(node_dirs(node, false, &d, &error), 0);
	ck_assert_int_eq(node_name_unlink(d, "default", "web", UID_B), 0);
	expect("web", UID_A);
	ck_assert_int_eq(node_name_unlink(d, "default", "web", UID_A), 0);
	ck_assert_int_eq(find("web", uid), -ENOENT);
	ck_assert_int_eq(node_name_unlink(d, "default", "web", UID_A), 0);
}
END_TEST

START_TEST(test_node_ref__a_run_directory_made_later_is_seen)
{
	struct pod_node_options o = { .size = sizeof(o) };
	struct pod_node *late;
	struct pod_status **list = NULL;
	char run[256];
	size_t n = 1;

	(void)snprintf(run, sizeof(run), "%s/late", base);
	o.run_dir = run;
	o.root_dir = base;
	ck_assert_int_eq(pod_node_open(&o, &late, &error), 0);
	ck_assert_int_eq(pod_node_list(late, NULL, &list, &n, &error), 0);
	ck_assert_uint_eq(n, 0);
	free(list);
	ck_assert_int_lt(access(run, F_OK), 0);
	make("late");
	make("late/pods");
	make("late/pods/" UID_C);
	struct node_pod pod = NODE_POD_NONE;

	ck_assert_int_eq(node_find(late, "cccc", &pod, &error), 0);
	node_pod_done(&pod);
	pod_node_free(late);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("node/ref");
	TCase *tc = tcase_create("ref");
	SRunner *sr;
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(
		tc, test_node_ref__names_with_and_without_namespace_and_kind);
	tcase_add_test(tc, test_node_ref__uids_and_their_unique_prefixes);
	tcase_add_test(tc, test_node_ref__a_name_goes_before_a_uid);
	tcase_add_test(tc, test_node_ref__an_ambiguous_prefix_lists_the_uids);
	tcase_add_test(tc, test_node_ref__what_is_not_there_is_named);
	tcase_add_test(tc, test_node_ref__no_ref_leaves_the_run_directory);
	tcase_add_test(
		tc, test_node_ref__a_name_is_unlinked_only_for_its_own_uid);
	tcase_add_test(tc, test_node_ref__a_run_directory_made_later_is_seen);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
