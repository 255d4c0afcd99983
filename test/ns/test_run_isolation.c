/* SPDX-License-Identifier: MIT */
/*
 * What a container sees and has: namespaces, root, ids, capabilities, fds.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "run_fixture.h"
#include "support/fixture.h"

static uint64_t inode(const char *path)
{
	struct stat st;

	ck_assert_int_eq(stat(path, &st), 0);
	return st.st_ino;
}

static uint64_t inode_of(pid_t pid, const char *ns)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/%d/ns/%s", (int)pid, ns);
	return inode(path);
}

/* Does the text have this line? */
static bool has_line(const char *text, const char *line)
{
	size_t n = strlen(line);
	const char *p = text;

	while ((p = strstr(p, line))) {
		if ((p == text || p[-1] == '\n') &&
			(p[n] == '\n' || !p[n]))
			return true;
		p++;
	}
	return false;
}

#define expect_line(text, line)                                       \
	ck_assert_msg(has_line(text, line), "no line \"%s\" in:\n%s", \
		line, text)

static const char two[] =
	"apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n%s"
	"  restartPolicy: Never\n  containers:\n"
	"  - {name: a, image: host, command: [sleep, '1000']}\n"
	"  - {name: b, image: host, command: [sleep, '1000']}\n";

static struct pod *start_two(const char *lines)
{
	char yaml[1024];
	struct pod *pod;

	(void)snprintf(yaml, sizeof(yaml), two, lines);
	pod = run_create_pod(run_load(yaml));
	run_ok(pod_start(pod, &world.err));
	return pod;
}

START_TEST(test_run_isolation__containers_share_net_ipc_uts_and_nothing_else)
{
	static const char *const shared[] = { "net", "ipc", "uts" };
	static const char *const own[] = { "pid", "mnt", "cgroup" };
	struct pod *pod = start_two("");
	pid_t a = run_status(pod, "a")->pid, b = run_status(pod, "b")->pid;
	struct pod_status *s = NULL;
	size_t i;

	for (i = 0; i < 3; i++) {
		ck_assert_uint_eq(inode_of(a, shared[i]),
			inode_of(b, shared[i]));
		ck_assert_uint_ne(inode_of(a, shared[i]),
			inode_of(getpid(), shared[i]));
		ck_assert_uint_ne(inode_of(a, own[i]), inode_of(b, own[i]));
		ck_assert_uint_ne(inode_of(a, own[i]),
			inode_of(getpid(), own[i]));
	}
	run_ok(pod_get_status(pod, &s, &world.err));
	ck_assert_uint_eq(s->ns_net, inode_of(a, "net"));
	ck_assert_uint_eq(s->ns_ipc, inode_of(a, "ipc"));
	ck_assert_uint_eq(s->ns_uts, inode_of(a, "uts"));
	pod_status_free(s);
	run_free_pod(pod);
}
END_TEST

START_TEST(test_run_isolation__a_shared_pid_namespace_has_our_init)
{
	struct pod *pod = start_two("  shareProcessNamespace: true\n");
	pid_t a = run_status(pod, "a")->pid, b = run_status(pod, "b")->pid;

	ck_assert_uint_eq(inode_of(a, "pid"), inode_of(b, "pid"));
	ck_assert_uint_ne(inode_of(a, "pid"), inode_of(getpid(), "pid"));
	run_free_pod(pod);
}
END_TEST

START_TEST(test_run_isolation__orphans_of_a_shared_namespace_are_reaped)
{
	char *out = run_script("  shareProcessNamespace: true\n", "",
		"test $$$$ -ne 1 && tr '\\0' '\\n' </proc/1/cmdline && "
		/* the FIFO ends when all of them have */
		"mkfifo /tmp/f; "
		"(sh -c 'sh -c \"exit 3\" & exit 0' > /tmp/f &); cat /tmp/f; "
		"i=0; while grep -qs '^State:.Z' /proc/[0-9]*/status; do "
		"i=$((i+1)); test $i -lt 2000 || { echo zombies; break; }; "
		"done; echo done");

	expect_line(out, "pod-init");
	expect_line(out, "done");
	ck_assert_ptr_null(strstr(out, "zombies"));
	free(out);
}
END_TEST

START_TEST(test_run_isolation__host_namespaces_are_the_hosts_when_asked)
{
	struct pod *pod = start_two("  hostNetwork: true\n  hostPID: true\n"
				    "  hostIPC: true\n");
	pid_t a = run_status(pod, "a")->pid;

	ck_assert_uint_eq(inode_of(a, "net"), inode_of(getpid(), "net"));
	ck_assert_uint_eq(inode_of(a, "pid"), inode_of(getpid(), "pid"));
	ck_assert_uint_eq(inode_of(a, "ipc"), inode_of(getpid(), "ipc"));
	ck_assert_uint_eq(inode_of(a, "uts"), inode_of(getpid(), "uts"));
	ck_assert_uint_ne(inode_of(a, "mnt"), inode_of(getpid(), "mnt"));
	run_free_pod(pod);
}
END_TEST

START_TEST(test_run_isolation__no_mount_appears_on_the_host)
{
	char *before = support_read_file("/proc/self/mountinfo"), *now;
	struct pod *pod = start_two("");

	now = support_read_file("/proc/self/mountinfo");
	ck_assert_str_eq(before, now);
	free(now);
	run_free_pod(pod);
	now = support_read_file("/proc/self/mountinfo");
	ck_assert_str_eq(before, now);
	free(now);
	free(before);
}
END_TEST

START_TEST(test_run_isolation__the_process_is_pid_1_of_its_own_session)
{
	char *out = run_script("", "",
		"echo pid $$$$; set -- $(cat /proc/1/stat); "
		"echo session $6 group $5; "
		"ls -d /proc/[0-9]* | wc -l | sed 's/^/seen /'; umask; pwd");

	expect_line(out, "pid 1");
	expect_line(out, "session 1 group 1");
	expect_line(out, "0022");
	expect_line(out, "/");
	free(out);
}
END_TEST

static int list_fds(void *argument)
{
	int fd;

	(void)argument;
	for (fd = 0; fd < 4096; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			dprintf(1, "%d ", fd);
	return 0;
}

START_TEST(test_run_isolation__fds_are_0_1_2_and_no_more)
{
	int extra[20], i;
	char *out;

	/* neither CLOEXEC nor low numbers must matter */
	for (i = 0; i < 20; i++)
		ck_assert_int_ge(extra[i] = open("/etc/passwd", O_RDONLY), 0);
	out = run_script("", "", "ls /proc/self/fd | tr '\\n' ' '");
	/* 3 is ls' own directory */
	ck_assert_str_eq(out, "0 1 2 3 ");
	free(out);
	(void)run_capture(run_spec("", "", "true"), list_fds, NULL, &out);
	ck_assert_str_eq(out, "0 1 2 ");
	free(out);
	for (i = 0; i < 20; i++)
		(void)close(extra[i]);
}
END_TEST

START_TEST(test_run_isolation__stdin_is_the_null_device)
{
	char *out = run_script("", "", "stat -Lc '%F %t:%T' /proc/self/fd/0; "
		"cat; echo end");

	ck_assert_str_eq(out, "character special file 1:3\nend\n");
	free(out);
}
END_TEST

START_TEST(test_run_isolation__the_environment_is_the_pods_alone)
{
	char *out;

	ck_assert_int_eq(setenv("SECRET_OF_THE_CALLER", "1", 1), 0);
	out = run_script("", "    env:\n"
		"    - {name: A, value: one}\n"
		"    - {name: B, value: \"$(A) $(NO) $$(A)\"}\n"
		"    - {name: PATH, value: /bin:/usr/bin}\n"
		"    - {name: NAME, valueFrom: {fieldRef: "
		"{fieldPath: metadata.name}}}\n",
		"tr '\\0' '\\n' </proc/self/environ");
	expect_line(out, "A=one");
	expect_line(out, "B=one $(NO) $(A)");
	expect_line(out, "PATH=/bin:/usr/bin");
	expect_line(out, "NAME=p");
	expect_line(out, "HOSTNAME=p");
	expect_line(out, "HOME=/root");
	ck_assert_ptr_null(strstr(out, "SECRET_OF_THE_CALLER"));
	free(out);
}
END_TEST

START_TEST(test_run_isolation__working_directory_is_made_and_entered)
{
	char *out = run_script("", "    workingDir: /new/work/dir\n", "pwd");

	ck_assert_str_eq(out, "/new/work/dir\n");
	free(out);
}
END_TEST

START_TEST(test_run_isolation__generated_files_are_there_and_writable)
{
	char *out = run_script("  hostname: web\n  hostAliases: "
		"[{ip: 192.0.2.7, hostnames: [one, two]}]\n"
		"  dnsPolicy: None\n"
		"  dnsConfig: {nameservers: [192.0.2.53], searches: [x.test]}\n",
		"",
		"hostname; cat /etc/hostname /etc/hosts /etc/resolv.conf; "
		"echo '192.0.2.9 three' >>/etc/hosts && echo written; "
		"echo message >/dev/termination-log && echo told");

	ck_assert_int_eq(strncmp(out, "web\nweb\n", 8), 0);
	expect_line(out, "192.0.2.7\tone\ttwo");
	expect_line(out, "127.0.0.1\tlocalhost");
	expect_line(out, "nameserver 192.0.2.53");
	expect_line(out, "search x.test");
	expect_line(out, "written");
	expect_line(out, "told");
	free(out);
}
END_TEST

START_TEST(test_run_isolation__the_hosts_name_and_files_do_not_change)
{
	char before[128], after[128];
	char *hosts = support_read_file("/etc/hosts"), *now;

	ck_assert_int_eq(gethostname(before, sizeof(before)), 0);
	free(run_script("  hostname: web\n", "",
		"echo bad >/etc/hosts; echo bad >/etc/passwd; rm -rf /etc/ssl;"
		" mkdir /made-by-test"));
	ck_assert_int_eq(gethostname(after, sizeof(after)), 0);
	ck_assert_str_eq(before, after);
	now = support_read_file("/etc/hosts");
	ck_assert_str_eq(hosts, now);
	ck_assert_int_lt(access("/made-by-test", F_OK), 0);
	free(now);
	free(hosts);
}
END_TEST

START_TEST(test_run_isolation__dangerous_paths_are_masked_or_read_only)
{
	char *out = run_script("", "",
		"for f in kcore keys timer_list kallsyms interrupts; do "
		"[ -e /proc/$f ] && [ -n \"$(head -c1 /proc/$f 2>&1)\" ] && "
		"echo visible $f; done; "
		"for d in acpi scsi; do [ -d /proc/$d ] && "
		"[ -n \"$(ls /proc/$d)\" ] && echo visible $d; done; "
		"[ -n \"$(ls /sys/firmware)\" ] && echo visible firmware; "
		"for f in /proc/sys/kernel/core_pattern /proc/sysrq-trigger "
		"/sys/kernel/mm/ksm/run; do "
		"[ -e $f ] && (echo x >$f) 2>/dev/null && echo wrote $f; done; "
		"touch /proc/acpi/x 2>/dev/null && echo wrote acpi; "
		"touch /sys/x 2>/dev/null && echo wrote sys; echo end");

	ck_assert_str_eq(out, "end\n");
	free(out);
}
END_TEST

START_TEST(test_run_isolation__the_engines_directories_are_hidden)
{
	char script[512], *out;

	(void)snprintf(script, sizeof(script),
		"ls %s/root %s/run 2>&1 | grep -c '[a-z0-9]-[a-z0-9]'; "
		"ls -A %s/run 2>/dev/null | wc -l", world.dir, world.dir,
		world.dir);
	out = run_script("", "", script);
	ck_assert_ptr_nonnull(strstr(out, "0\n"));
	free(out);
}
END_TEST

START_TEST(test_run_isolation__a_read_only_root_leaves_dev_and_volumes)
{
	char *out = run_script("  volumes: [{name: v, emptyDir: {}}]\n",
		"    securityContext: {readOnlyRootFilesystem: true}\n"
		"    volumeMounts: [{name: v, mountPath: /v}]\n",
		"for f in /x /etc/x /tmp/x; do (echo >$f) 2>/dev/null && "
		"echo wrote $f; done; echo y >/v/x && echo volume; "
		"echo y >/dev/shm/x && echo shm; echo y >/dev/null && "
		"echo null; echo t >/dev/termination-log && echo term");

	ck_assert_str_eq(out, "volume\nshm\nnull\nterm\n");
	free(out);
}
END_TEST

START_TEST(test_run_isolation__root_has_the_default_capabilities_and_a_filter)
{
	char *out = run_script("", "", "cat /proc/self/status");

	expect_line(out, "CapPrm:\t00000000800405fb");
	expect_line(out, "CapEff:\t00000000800405fb");
	expect_line(out, "CapBnd:\t00000000800405fb");
	expect_line(out, "CapInh:\t0000000000000000");
	expect_line(out, "CapAmb:\t0000000000000000");
	expect_line(out, "Seccomp:\t2");
	expect_line(out, "NoNewPrivs:\t0");
	expect_line(out, "Uid:\t0\t0\t0\t0");
	expect_line(out, "Groups:\t0 ");
	free(out);
}
END_TEST

START_TEST(test_run_isolation__a_user_has_its_ids_and_no_capability)
{
	char *out = run_script("  securityContext:\n"
		"    supplementalGroups: [4000, 4001]\n    fsGroup: 2000\n",
		"    securityContext: {runAsUser: 1000, runAsGroup: 3000, "
		"allowPrivilegeEscalation: false, "
		"capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}}\n",
		"cat /proc/self/status");

	expect_line(out, "Uid:\t1000\t1000\t1000\t1000");
	expect_line(out, "Gid:\t3000\t3000\t3000\t3000");
	expect_line(out, "Groups:\t2000 3000 4000 4001 ");
	expect_line(out, "CapPrm:\t0000000000000000");
	expect_line(out, "CapEff:\t0000000000000000");
	expect_line(out, "CapBnd:\t0000000000000400");
	expect_line(out, "NoNewPrivs:\t1");
	expect_line(out, "Seccomp:\t2");
	free(out);
}
END_TEST

START_TEST(test_run_isolation__unconfined_has_no_filter)
{
	char *out = run_script("", "    securityContext: "
		"{seccompProfile: {type: Unconfined}}\n",
		"cat /proc/self/status");

	expect_line(out, "Seccomp:\t0");
	free(out);
}
END_TEST

START_TEST(test_run_isolation__privileged_has_what_we_have)
{
	char *out = run_script("",
		"    securityContext: {privileged: true}\n",
		"cat /proc/self/status; test -w /proc/sys/kernel/hostname && "
		"echo sysctl; test -c /dev/null && echo null");
	char *own = support_read_file("/proc/self/status");
	char *line = strtok(strstr(own, "CapBnd:"), "\n");

	expect_line(out, line);
	expect_line(out, "Seccomp:\t0");
	expect_line(out, "sysctl");
	expect_line(out, "null");
	free(own);
	free(out);
}
END_TEST

START_TEST(test_run_isolation__devices_are_the_basic_six)
{
	char *out = run_script("", "",
		"find /dev -type c ! -path '/dev/pts/*' | sort | tr '\\n' ' '; "
		"find /dev -type b; echo x >/dev/null && head -c 4 /dev/zero | "
		"wc -c; ls -l /dev/fd /dev/stdin | sed 's/.* //'; "
		"test -c /dev/ptmx && echo ptmx");

	ck_assert_str_eq(out, "/dev/full /dev/null /dev/random /dev/tty "
		"/dev/urandom /dev/zero 4\n/proc/self/fd\n/proc/self/fd/0\n"
		"ptmx\n");
	free(out);
}
END_TEST

START_TEST(test_run_isolation__nobody_may_trace_it_before_exec)
{
	char *out = run_script("", "",
		"grep -E '^(CoreDumping|THP|Seccomp):' /proc/self/status; "
		"ulimit -c; ulimit -n; ulimit -Hn");

	ck_assert_ptr_nonnull(strstr(out, "\n0\n1024\n"));
	free(out);
}
END_TEST

START_TEST(test_run_isolation__sysctls_of_the_pod_are_set)
{
	char *out = run_script("  securityContext:\n    sysctls:\n"
		"    - {name: net.ipv4.ip_unprivileged_port_start, "
		"value: \"81\"}\n", "",
		"cat /proc/sys/net/ipv4/ip_unprivileged_port_start");

	ck_assert_str_eq(out, "81\n");
	free(out);
}
END_TEST

static void add_tests(TCase *t)
{
	tcase_add_test(t,
		test_run_isolation__containers_share_net_ipc_uts_and_nothing_else);
	tcase_add_test(t,
		test_run_isolation__a_shared_pid_namespace_has_our_init);
	tcase_add_test(t,
		test_run_isolation__orphans_of_a_shared_namespace_are_reaped);
	tcase_add_test(t,
		test_run_isolation__host_namespaces_are_the_hosts_when_asked);
	tcase_add_test(t, test_run_isolation__no_mount_appears_on_the_host);
	tcase_add_test(t,
		test_run_isolation__the_process_is_pid_1_of_its_own_session);
	tcase_add_test(t, test_run_isolation__fds_are_0_1_2_and_no_more);
	tcase_add_test(t, test_run_isolation__stdin_is_the_null_device);
	tcase_add_test(t,
		test_run_isolation__the_environment_is_the_pods_alone);
	tcase_add_test(t,
		test_run_isolation__working_directory_is_made_and_entered);
	tcase_add_test(t,
		test_run_isolation__generated_files_are_there_and_writable);
	tcase_add_test(t,
		test_run_isolation__the_hosts_name_and_files_do_not_change);
	tcase_add_test(t,
		test_run_isolation__dangerous_paths_are_masked_or_read_only);
	tcase_add_test(t,
		test_run_isolation__the_engines_directories_are_hidden);
	tcase_add_test(t,
		test_run_isolation__a_read_only_root_leaves_dev_and_volumes);
	tcase_add_test(t,
		test_run_isolation__root_has_the_default_capabilities_and_a_filter);
	tcase_add_test(t,
		test_run_isolation__a_user_has_its_ids_and_no_capability);
	tcase_add_test(t, test_run_isolation__unconfined_has_no_filter);
	tcase_add_test(t, test_run_isolation__privileged_has_what_we_have);
	tcase_add_test(t, test_run_isolation__devices_are_the_basic_six);
	tcase_add_test(t, test_run_isolation__nobody_may_trace_it_before_exec);
	tcase_add_test(t, test_run_isolation__sysctls_of_the_pod_are_set);
}

int main(void)
{
	Suite *s = suite_create("run/isolation");
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
