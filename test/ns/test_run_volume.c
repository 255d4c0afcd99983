/* SPDX-License-Identifier: MIT */
/*
 * Volumes: where they come from, where they go, and where they must not.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "run_fixture.h"
#include "support/fixture.h"

static char *below(const char *name)
{
	char *path;

	ck_assert_int_gt(asprintf(&path, "%s/%s", world.dir, name), 0);
	return path;
}

static void make_dir(const char *name)
{
	_cleanup_free_ char *path = below(name);

	ck_assert_int_eq(mkdir(path, 0755), 0);
}

static void make_file(const char *name, const char *text)
{
	_cleanup_free_ char *path = below(name);

	support_write_file(path, text);
}

static char *content(const char *name)
{
	_cleanup_free_ char *path = below(name);

	return support_read_file(path);
}

static bool exists(const char *name)
{
	_cleanup_free_ char *path = below(name);
	struct stat st;

	return lstat(path, &st) == 0;
}

/* A pod with hostPath volume v = DIR/name of a type, mounted with `mount`. */
static struct pod_spec *host_path(const char *name, const char *type,
	const char *mount, const char *script)
{
	char volumes[512], mounts[512];

	(void)snprintf(volumes, sizeof(volumes), "  volumes: [{name: v, "
		"hostPath: {path: %s/%s, type: \"%s\"}}]\n", world.dir, name,
		type);
	(void)snprintf(mounts, sizeof(mounts),
		"    volumeMounts: [{name: v, %s}]\n", mount);
	return run_spec(volumes, mounts, script);
}

static void expect_failure(struct pod_spec *take, int code,
	const char *operation)
{
	struct pod *pod = NULL;
	int r = pod_create(world.engine, take, NULL, &pod, &world.err);

	pod_spec_free(take);
	ck_assert_msg(r == code, "%d (%s) instead of %d", r,
		world.err.message, code);
	ck_assert_ptr_null(pod);
	ck_assert_msg(strstr(world.err.operation, operation) != NULL,
		"\"%s\" is not about %s", world.err.operation, operation);
	run_expect_nothing_left();
	memset(&world.err, 0, sizeof(world.err));
}

START_TEST(test_run_volume__an_empty_dir_is_empty_writable_and_gone)
{
	char *out = run_script("  volumes: [{name: v, emptyDir: {}}]\n",
		"    volumeMounts: [{name: v, mountPath: /v}]\n",
		"ls -A /v | wc -l; stat -c %a /v; echo x >/v/f && cat /v/f");

	ck_assert_str_eq(out, "0\n777\nx\n");
	free(out);
	run_expect_nothing_left();
}
END_TEST

START_TEST(test_run_volume__memory_ends_at_its_size_limit)
{
	char *out = run_script(
		"  volumes: [{name: v, emptyDir: {medium: Memory, "
		"sizeLimit: 1Mi}}]\n",
		"    volumeMounts: [{name: v, mountPath: /v}]\n",
		"stat -f -c %T /v; head -c 900000 /dev/zero >/v/a && echo fits;"
		" head -c 900000 /dev/zero >/v/b 2>/dev/null || echo full");

	ck_assert_str_eq(out, "tmpfs\nfits\nfull\n");
	free(out);
}
END_TEST

START_TEST(test_run_volume__fs_group_owns_an_empty_dir)
{
	char *out = run_script("  securityContext: {fsGroup: 2000}\n"
		"  volumes: [{name: v, emptyDir: {}}, "
		"{name: m, emptyDir: {medium: Memory}}]\n",
		"    volumeMounts: [{name: v, mountPath: /v}, "
		"{name: m, mountPath: /m}]\n",
		"stat -c '%g %a' /v /m");

	ck_assert_str_eq(out, "2000 2777\n2000 2777\n");
	free(out);
}
END_TEST

START_TEST(test_run_volume__a_host_directory_is_shared_both_ways)
{
	char *out, *text;

	make_dir("data");
	make_file("data/in", "from host");
	out = run_output(host_path("data", "Directory", "mountPath: /v",
		"cat /v/in; echo from pod >/v/out"));
	ck_assert_str_eq(out, "from host");
	text = content("data/out");
	ck_assert_str_eq(text, "from pod\n");
	free(text);
	free(out);
}
END_TEST

START_TEST(test_run_volume__the_type_of_a_host_path_is_checked)
{
	make_dir("dir");
	make_file("file", "x");
	expect_failure(host_path("file", "Directory", "mountPath: /v", "true"),
		-ENOTDIR, "source");
	expect_failure(host_path("dir", "File", "mountPath: /v", "true"),
		-EINVAL, "source");
	expect_failure(host_path("file", "Socket", "mountPath: /v", "true"),
		-EINVAL, "source");
	expect_failure(host_path("file", "CharDevice", "mountPath: /v",
		"true"), -EINVAL, "source");
	expect_failure(host_path("file", "BlockDevice", "mountPath: /v",
		"true"), -EINVAL, "source");
	expect_failure(host_path("none", "", "mountPath: /v", "true"),
		-ENOENT, "source");
	expect_failure(host_path("none", "File", "mountPath: /v", "true"),
		-ENOENT, "source");
}
END_TEST

START_TEST(test_run_volume__or_create_creates)
{
	char *out = run_output(host_path("made/deep", "DirectoryOrCreate",
		"mountPath: /v", "stat -c '%a %u' /v"));

	ck_assert_str_eq(out, "755 0\n");
	ck_assert(exists("made/deep"));
	free(out);
	out = run_output(host_path("made/file", "FileOrCreate",
		"mountPath: /f", "echo x >>/f; stat -c '%a %F' /f"));
	ck_assert_str_eq(out, "644 regular file\n");
	free(out);
	out = content("made/file");
	ck_assert_str_eq(out, "x\n");
	free(out);
}
END_TEST

START_TEST(test_run_volume__files_sockets_and_devices_can_be_mounted)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char *out;

	(void)snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/sock",
		world.dir);
	ck_assert_int_eq(bind(fd, (const struct sockaddr *)&addr,
		sizeof(addr)), 0);
	out = run_output(host_path("sock", "Socket",
		"mountPath: /run/deep/s", "stat -c %F /run/deep/s"));
	ck_assert_str_eq(out, "socket\n");
	free(out);
	(void)close(fd);
	make_file("file", "text");
	out = run_output(host_path("file", "File", "mountPath: /new/file",
		"cat /new/file"));
	ck_assert_str_eq(out, "text");
	free(out);
	out = run_script("  volumes: [{name: v, hostPath: {path: /dev/null, "
		"type: CharDevice}}]\n",
		"    volumeMounts: [{name: v, mountPath: /n}]\n",
		"stat -c %F /n");
	ck_assert_str_eq(out, "character special file\n");
	free(out);
}
END_TEST

START_TEST(test_run_volume__read_only_includes_what_is_mounted_below)
{
	_cleanup_free_ char *sub = below("data/sub");
	char *out;

	make_dir("data");
	make_dir("data/sub");
	ck_assert_int_eq(run_mount("sub", sub, "tmpfs", 0), 0);
	make_file("data/sub/f", "below");
	out = run_output(host_path("data", "", "mountPath: /v, readOnly: true",
		"cat /v/sub/f; (echo x >/v/f) 2>/dev/null || echo ro; "
		"(echo x >/v/sub/f) 2>/dev/null || echo ro below"));
	ck_assert_str_eq(out, "belowro\nro below\n");
	free(out);
	/* the host's own mount is as it was */
	make_file("data/sub/f", "still writable");
	ck_assert_int_eq(run_unmount(sub), 0);
}
END_TEST

START_TEST(test_run_volume__nosuid_and_nodev_whatever_is_in_it)
{
	char *out;

	make_dir("data");
	out = run_output(host_path("data", "", "mountPath: /v",
		"grep ' /v ' /proc/self/mountinfo"));
	ck_assert_ptr_nonnull(strstr(out, "nosuid"));
	ck_assert_ptr_nonnull(strstr(out, "nodev"));
	free(out);
}
END_TEST

START_TEST(test_run_volume__a_sub_path_is_found_or_made)
{
	char *out;

	make_dir("data");
	make_dir("data/a");
	make_file("data/a/f", "deep");
	out = run_output(host_path("data", "", "mountPath: /v, subPath: a",
		"cat /v/f; ls /v"));
	ck_assert_str_eq(out, "deepf\n");
	free(out);
	out = run_output(host_path("data", "", "mountPath: /v, subPath: a/f",
		"cat /v"));
	ck_assert_str_eq(out, "deep");
	free(out);
	out = run_output(host_path("data", "",
		"mountPath: /v, subPath: new/dir", "echo x >/v/f"));
	free(out);
	ck_assert(exists("data/new/dir/f"));
}
END_TEST

/* Links and dots that would lead a subPath out of its volume. */
START_TEST(test_run_volume__a_sub_path_cannot_leave_its_volume)
{
	static const char *const traps[] = { "up", "abs", "a/up", "proc",
		"up/new", "abs/new/deeper", "loop" };
	_cleanup_free_ char *data = below("data"), *canary = below("canary");
	char mount[128], *text;
	size_t i;
	int dir;

	make_dir("data");
	make_dir("data/a");
	make_dir("canary");
	make_file("canary/file", "alive");
	dir = open(data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_eq(symlinkat("../canary", dir, "up"), 0);
	ck_assert_int_eq(symlinkat(canary, dir, "abs"), 0);
	ck_assert_int_eq(symlinkat("../../canary", dir, "a/up"), 0);
	ck_assert_int_eq(symlinkat("/proc/self/root", dir, "proc"), 0);
	ck_assert_int_eq(symlinkat("loop", dir, "loop"), 0);
	(void)close(dir);
	for (i = 0; i < ARRAY_LEN(traps); i++) {
		(void)snprintf(mount, sizeof(mount),
			"mountPath: /v, subPath: %s", traps[i]);
		expect_failure(host_path("data", "", mount, "echo x >/v/x"),
			-ELOOP, "open /host/v at ");
	}
	text = content("canary/file");
	ck_assert_str_eq(text, "alive");
	free(text);
	ck_assert(!exists("canary/x"));
	ck_assert(!exists("canary/new"));
}
END_TEST

START_TEST(test_run_volume__a_sub_path_with_dots_is_no_manifest)
{
	struct pod_spec **list = NULL;
	struct pod_problems *problems = NULL;
	size_t count = 0;
	const char *yaml = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n"
		"spec:\n  volumes: [{name: v, emptyDir: {}}]\n  containers:\n"
		"  - {name: a, image: host, volumeMounts: [{name: v, "
		"mountPath: /v, subPath: a/../../b}]}\n";

	ck_assert_int_eq(pod_spec_load("t", yaml, strlen(yaml), 0, &list,
		&count, &problems, NULL), -EINVAL);
	pod_problems_free(problems);
}
END_TEST

/* A link at a mount path leads to a place in the root, never on the host. */
START_TEST(test_run_volume__a_mount_path_resolves_inside_the_root)
{
	_cleanup_free_ char *image = below("image"), *yaml = NULL;
	struct pod_container *c = NULL;
	struct pod_spec *spec;
	int dir;

	make_dir("image");
	make_dir("image/place");
	make_dir("canary");
	dir = open(image, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_eq(symlinkat("../../../../place", dir, "link"), 0);
	ck_assert_int_eq(symlinkat("../../../../canary", dir, "dangling"), 0);
	(void)close(dir);
	ck_assert_int_gt(asprintf(&yaml,
		"apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n"
		"  volumes: [{name: v, emptyDir: {}}]\n  containers:\n"
		"  - {name: a, image: \"dir:%s\", command: [/x], "
		"volumeMounts: [{name: v, mountPath: /link/sub}]}\n", image),
		0);
	spec = run_load(yaml);
	run_ok(pod_container_launch(world.engine, spec, NULL, &c,
		&world.err));
	pod_container_free(c);
	pod_spec_free(spec);
	/* a link to nothing is no place: refused, and nothing is made */
	memcpy(strstr(yaml, "/link/sub"), "/dangling", 9);
	expect_failure(run_load(yaml), -ENOTDIR, "attach it on /dangling");
	ck_assert(!exists("image/canary"));
	ck_assert(!exists("image/place/sub"));
}
END_TEST

static void add_tests(TCase *t)
{
	tcase_add_test(t,
		test_run_volume__an_empty_dir_is_empty_writable_and_gone);
	tcase_add_test(t, test_run_volume__memory_ends_at_its_size_limit);
	tcase_add_test(t, test_run_volume__fs_group_owns_an_empty_dir);
	tcase_add_test(t,
		test_run_volume__a_host_directory_is_shared_both_ways);
	tcase_add_test(t, test_run_volume__the_type_of_a_host_path_is_checked);
	tcase_add_test(t, test_run_volume__or_create_creates);
	tcase_add_test(t,
		test_run_volume__files_sockets_and_devices_can_be_mounted);
	tcase_add_test(t,
		test_run_volume__read_only_includes_what_is_mounted_below);
	tcase_add_test(t, test_run_volume__nosuid_and_nodev_whatever_is_in_it);
	tcase_add_test(t, test_run_volume__a_sub_path_is_found_or_made);
	tcase_add_test(t, test_run_volume__a_sub_path_cannot_leave_its_volume);
	tcase_add_test(t, test_run_volume__a_sub_path_with_dots_is_no_manifest);
	tcase_add_test(t,
		test_run_volume__a_mount_path_resolves_inside_the_root);
}

int main(void)
{
	Suite *s = suite_create("run/volume");
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
