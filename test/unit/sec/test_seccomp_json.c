/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "bpf.h"
#include "sec/seccomp.h"

#define ERRNO(e) (SECCOMP_RET_ERRNO | (uint32_t)(e))
#define NEEDED "\"capset\",\"prctl\",\"execve\",\"execveat\",\"write\"," \
	"\"exit_group\",\"futex\""
#define DENYING "\"defaultAction\":\"SCMP_ACT_ERRNO\""
#define ALLOWING "\"defaultAction\":\"SCMP_ACT_ALLOW\""
#define BASIC "{\"names\":[" NEEDED "],\"action\":\"SCMP_ACT_ALLOW\"}"
/* A denying profile with the needed calls and one more rule. */
#define WITH(rule) "{" DENYING ",\"syscalls\":[" BASIC "," rule "]}"

struct filter {
	void *bpf;
	size_t len;
};

static struct filter compile_for(const char *json, uint64_t capabilities)
{
	struct pod_error err = { 0 };
	struct filter f;

	ck_assert_msg(sec_seccomp_compile_json_for("p.json", json,
		strlen(json), capabilities, &f.bpf, &f.len, &err) == 0, "%s",
		err.message);
	return f;
}

static uint32_t verdict(const char *json, uint64_t capabilities, int number,
	uint64_t a0, uint64_t a1)
{
	struct filter f = compile_for(json, capabilities);
	uint32_t r = bpf_call(f.bpf, f.len, number, a0, a1, 0);

	free(f.bpf);
	return r;
}

static void refused(const char *json, const char *message)
{
	struct pod_error err = { 0 };
	void *bpf = NULL;
	size_t len = 7;

	ck_assert_int_eq(sec_seccomp_compile_json("p.json", json,
		strlen(json), &bpf, &len, &err), -EINVAL);
	ck_assert_int_eq(err.code, -EINVAL);
	ck_assert_int_eq(err.stage, POD_STAGE_SECURITY);
	ck_assert_str_eq(err.subject, "p.json");
	ck_assert_msg(strstr(err.message, message) != NULL,
		"\"%s\" is not in \"%s\"", message, err.message);
	ck_assert_ptr_null(bpf);
	ck_assert_uint_eq(len, 7);
}

START_TEST(test_sec_seccomp_json__a_denying_profile_allows_what_it_names)
{
	static const char json[] = WITH("{\"names\":[\"getpid\",\"mseal\"],"
		"\"action\":\"SCMP_ACT_ALLOW\"}");

	ck_assert_uint_eq(verdict(json, 0, SYS_getpid, 0, 0),
		SECCOMP_RET_ALLOW);
	ck_assert_uint_eq(verdict(json, 0, 462, 0, 0), SECCOMP_RET_ALLOW);
	ck_assert_uint_eq(verdict(json, 0, SYS_getppid, 0, 0), ERRNO(EPERM));
	ck_assert_uint_eq(verdict(json, 0, 1000, 0, 0), ERRNO(EPERM));
}
END_TEST

START_TEST(test_sec_seccomp_json__an_allowing_profile_denies_the_named)
{
	static const char json[] = "{" ALLOWING ",\"syscalls\":[{\"names\":"
		"[\"mkdir\",\"mkdirat\"],\"action\":\"SCMP_ACT_ERRNO\","
		"\"errnoRet\":30},{\"name\":\"chroot\",\"action\":"
		"\"SCMP_ACT_KILL_PROCESS\"}]}";

	ck_assert_uint_eq(verdict(json, 0, SYS_mkdirat, 0, 0), ERRNO(EROFS));
	ck_assert_uint_eq(verdict(json, 0, SYS_chroot, 0, 0),
		SECCOMP_RET_KILL_PROCESS);
	ck_assert_uint_eq(verdict(json, 0, SYS_getpid, 0, 0),
		SECCOMP_RET_ALLOW);
}
END_TEST

START_TEST(test_sec_seccomp_json__kubernetes_audit_profile_is_taken)
{
	static const char json[] = "{\"defaultAction\":\"SCMP_ACT_LOG\"}";

	ck_assert_uint_eq(verdict(json, 0, SYS_mount, 0, 0),
		SECCOMP_RET_LOG);
}
END_TEST

START_TEST(test_sec_seccomp_json__foreign_architectures_are_killed)
{
	static const char json[] = "{" ALLOWING ",\"architectures\":["
		"\"SCMP_ARCH_X86_64\",\"SCMP_ARCH_AARCH64\","
		"\"SCMP_ARCH_X86\",\"SCMP_ARCH_X32\"]}";
	struct filter f = compile_for(json, 0);
	struct seccomp_data data = { .nr = 1, .arch = AUDIT_ARCH_I386 };

	ck_assert_uint_eq(bpf_run(f.bpf, f.len / sizeof(struct sock_filter),
		&data), SECCOMP_RET_KILL_PROCESS);
#if defined(__x86_64__)
	ck_assert_uint_eq(bpf_call(f.bpf, f.len, 0x40000001, 0, 0, 0),
		SECCOMP_RET_KILL_PROCESS);
#endif
	free(f.bpf);
	refused("{" ALLOWING ",\"architectures\":[\"SCMP_ARCH_S390X\"]}",
		"architectures: does not list this machine's");
}
END_TEST

START_TEST(test_sec_seccomp_json__arguments_are_tested)
{
	static const char json[] = WITH("{\"names\":[\"socket\"],\"action\":"
		"\"SCMP_ACT_ALLOW\",\"args\":[{\"index\":0,\"value\":2,"
		"\"valueTwo\":0,\"op\":\"SCMP_CMP_EQ\"},{\"index\":1,"
		"\"value\":15,\"valueTwo\":1,\"op\":\"SCMP_CMP_MASKED_EQ\"}]"
		"}");

	ck_assert_uint_eq(verdict(json, 0, SYS_socket, AF_INET, 1),
		SECCOMP_RET_ALLOW);
	ck_assert_uint_eq(verdict(json, 0, SYS_socket, AF_INET,
		SOCK_CLOEXEC | 1), SECCOMP_RET_ALLOW);
	ck_assert_uint_eq(verdict(json, 0, SYS_socket, AF_INET, 2),
		ERRNO(EPERM));
	ck_assert_uint_eq(verdict(json, 0, SYS_socket, AF_UNIX, 1),
		ERRNO(EPERM));
}
END_TEST

START_TEST(test_sec_seccomp_json__a_repeated_index_means_alternatives)
{
	static const char json[] = WITH("{\"names\":[\"personality\"],"
		"\"action\":\"SCMP_ACT_ALLOW\",\"args\":[{\"index\":0,"
		"\"value\":0,\"op\":\"SCMP_CMP_EQ\"},{\"index\":0,\"value\":8,"
		"\"op\":\"SCMP_CMP_EQ\"}]}");

	ck_assert_uint_eq(verdict(json, 0, SYS_personality, 0, 0),
		SECCOMP_RET_ALLOW);
	ck_assert_uint_eq(verdict(json, 0, SYS_personality, 8, 0),
		SECCOMP_RET_ALLOW);
	ck_assert_uint_eq(verdict(json, 0, SYS_personality, 4, 0),
		ERRNO(EPERM));
}
END_TEST

START_TEST(test_sec_seccomp_json__includes_follow_capabilities)
{
	static const char json[] = WITH("{\"names\":[\"mount\"],\"action\":"
		"\"SCMP_ACT_ALLOW\",\"comment\":\"\",\"includes\":{\"caps\":"
		"[\"CAP_SYS_ADMIN\"]},\"excludes\":{}},{\"names\":"
		"[\"chroot\"],\"action\":\"SCMP_ACT_ALLOW\",\"excludes\":"
		"{\"caps\":[\"CAP_SYS_ADMIN\"]}}");
	const uint64_t admin = UINT64_C(1) << CAP_SYS_ADMIN;

	ck_assert_uint_eq(verdict(json, 0, SYS_mount, 0, 0), ERRNO(EPERM));
	ck_assert_uint_eq(verdict(json, admin, SYS_mount, 0, 0),
		SECCOMP_RET_ALLOW);
	ck_assert_uint_eq(verdict(json, 0, SYS_chroot, 0, 0),
		SECCOMP_RET_ALLOW);
	ck_assert_uint_eq(verdict(json, admin, SYS_chroot, 0, 0),
		ERRNO(EPERM));
}
END_TEST

START_TEST(test_sec_seccomp_json__includes_follow_arch_and_kernel)
{
	static const char json[] = WITH(
		"{\"names\":[\"getpid\"],\"action\":\"SCMP_ACT_ALLOW\","
		"\"includes\":{\"arches\":[\"s390x\"]}},"
		"{\"names\":[\"getppid\"],\"action\":\"SCMP_ACT_ALLOW\","
		"\"includes\":{\"arches\":[\"amd64\",\"arm64\"],"
		"\"minKernel\":\"4.8\"}},"
		"{\"names\":[\"getuid\"],\"action\":\"SCMP_ACT_ALLOW\","
		"\"includes\":{\"minKernel\":\"999.1\"}}");

	ck_assert_uint_eq(verdict(json, 0, SYS_getpid, 0, 0), ERRNO(EPERM));
	ck_assert_uint_eq(verdict(json, 0, SYS_getppid, 0, 0),
		SECCOMP_RET_ALLOW);
	ck_assert_uint_eq(verdict(json, 0, SYS_getuid, 0, 0), ERRNO(EPERM));
}
END_TEST

START_TEST(test_sec_seccomp_json__names_the_call_that_the_launch_lacks)
{
	static const char *const needed[] = { "capset", "prctl", "execveat",
		"execve", "write", "exit_group", "futex" };
	char json[512], message[64];
	size_t i, k, at;

	for (i = 0; i < 7; i++) {
		at = (size_t)snprintf(json, sizeof(json), "{" DENYING
			",\"syscalls\":[{\"action\":\"SCMP_ACT_ALLOW\","
			"\"names\":[\"read\"");
		for (k = 0; k < 7; k++)
			if (k != i)
				at += (size_t)snprintf(json + at,
					sizeof(json) - at, ",\"%s\"",
					needed[k]);
		(void)snprintf(json + at, sizeof(json) - at, "]}]}");
		(void)snprintf(message, sizeof(message),
			"does not allow %s,", needed[i]);
		refused(json, message);
		(void)snprintf(json, sizeof(json), "{" ALLOWING
			",\"syscalls\":[{\"action\":\"SCMP_ACT_KILL\","
			"\"names\":[\"%s\"]}]}", needed[i]);
		refused(json, message);
	}
	refused("{" DENYING "}", "does not allow capset");
}
END_TEST

START_TEST(test_sec_seccomp_json__a_condition_on_a_needed_call_is_refused)
{
	refused("{" DENYING ",\"syscalls\":[{\"names\":[\"capset\","
		"\"execve\",\"execveat\",\"write\",\"exit_group\","
		"\"futex\"],\"action\":\"SCMP_ACT_ALLOW\"},{\"names\":["
		"\"prctl\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":[{"
		"\"index\":0,\"value\":1,\"op\":\"SCMP_CMP_EQ\"}]}]}",
		"does not allow prctl");
}
END_TEST

START_TEST(test_sec_seccomp_json__unknown_names_may_open_but_not_deny)
{
	ck_assert_uint_eq(verdict(WITH("{\"names\":[\"from_the_future\","
		"\"socketcall\"],\"action\":\"SCMP_ACT_ALLOW\"}"), 0,
		SYS_write, 0, 0), SECCOMP_RET_ALLOW);
	refused("{" ALLOWING ",\"syscalls\":[{\"names\":[\"mkdri\"],"
		"\"action\":\"SCMP_ACT_ERRNO\"}]}",
		"cannot deny an unknown system call \"mkdri\"");
}
END_TEST

START_TEST(test_sec_seccomp_json__errors_name_the_field)
{
	refused("", "line");
	refused("[]", "must be an object");
	refused("{}", "defaultAction: must be given");
	refused("{\"defaultAction\":7}", "defaultAction: must be given");
	refused("{\"defaultAction\":\"SCMP_ACT_NOTIFY\"}",
		"defaultAction: unknown or unsupported action");
	refused("{" ALLOWING "," ALLOWING "}", "duplicate");
	refused("{" ALLOWING ",\"extra\":1}", "extra: unknown field");
	refused("{" ALLOWING ",\"flags\":[\"SECCOMP_FILTER_FLAG_LOG\"]}",
		"flags: unsupported flag");
	refused("{" ALLOWING ",\"syscalls\":{}}", "syscalls: must be a list");
	refused("{" ALLOWING ",\"syscalls\":[1]}",
		"syscalls[0]: must be an object");
	refused("{" ALLOWING ",\"defaultErrnoRet\":5000}", "defaultErrnoRet");
	refused("{" ALLOWING ",\"defaultErrno\":\"EWHAT\"}",
		"defaultErrno: unknown errno");
	refused(WITH("{\"action\":\"SCMP_ACT_ALLOW\"}"),
		"syscalls[1].names: must name");
	refused(WITH("{\"names\":[1],\"action\":\"SCMP_ACT_ALLOW\"}"),
		"syscalls[1].names: must be a list of strings");
	refused(WITH("{\"names\":[\"read\"]}"), "syscalls[1].action");
	refused(WITH("{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ALLOW\","
		"\"arg\":[]}"), "syscalls[1].arg: unknown field");
	refused(WITH("{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ALLOW\","
		"\"includes\":{\"caps\":[\"CAP_FLY\"]}}"),
		"caps: unknown capability \"CAP_FLY\"");
}
END_TEST

#define ARGS(args) WITH("{\"names\":[\"read\"],\"action\":" \
	"\"SCMP_ACT_ALLOW\",\"args\":" args "}")

START_TEST(test_sec_seccomp_json__errors_name_the_argument)
{
	refused(ARGS("{}"), "syscalls[1].args: must be a list");
	refused(ARGS("[{}]"), "syscalls[1].args[0].op: must be given");
	refused(ARGS("[{\"index\":6,\"op\":\"SCMP_CMP_EQ\"}]"),
		"syscalls[1].args[0].index: must be from 0 to 5");
	refused(ARGS("[{\"index\":0,\"op\":\"SCMP_CMP_LIKE\"}]"),
		"syscalls[1].args[0].op: unknown operator");
	refused(ARGS("[{\"index\":-1,\"op\":\"SCMP_CMP_EQ\"}]"),
		"syscalls[1].args[0].index");
	refused(ARGS("[{\"index\":0,\"value\":\"1\",\"op\":\"SCMP_CMP_EQ\"}]"),
		"syscalls[1].args[0].value");
	refused(ARGS("[1,2,3,4,5,6,7]"), "more than 6 tests");
}
END_TEST

START_TEST(test_sec_seccomp_json__no_truncation_of_a_profile_is_taken)
{
	static const char json[] = WITH("{\"names\":[\"getpid\"],"
		"\"action\":\"SCMP_ACT_ALLOW\"}");
	void *bpf;
	size_t len, n;

	for (n = 0; n < sizeof(json) - 1; n++)
		ck_assert_int_eq(sec_seccomp_compile_json("p", json, n, &bpf,
			&len, NULL), -EINVAL);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sec/seccomp_json");
	TCase *t = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_add_test(t,
		test_sec_seccomp_json__a_denying_profile_allows_what_it_names);
	tcase_add_test(t,
		test_sec_seccomp_json__an_allowing_profile_denies_the_named);
	tcase_add_test(t,
		test_sec_seccomp_json__kubernetes_audit_profile_is_taken);
	tcase_add_test(t,
		test_sec_seccomp_json__foreign_architectures_are_killed);
	tcase_add_test(t, test_sec_seccomp_json__arguments_are_tested);
	tcase_add_test(t,
		test_sec_seccomp_json__a_repeated_index_means_alternatives);
	tcase_add_test(t,
		test_sec_seccomp_json__includes_follow_capabilities);
	tcase_add_test(t,
		test_sec_seccomp_json__includes_follow_arch_and_kernel);
	tcase_add_test(t,
		test_sec_seccomp_json__names_the_call_that_the_launch_lacks);
	tcase_add_test(t,
		test_sec_seccomp_json__a_condition_on_a_needed_call_is_refused);
	tcase_add_test(t,
		test_sec_seccomp_json__unknown_names_may_open_but_not_deny);
	tcase_add_test(t, test_sec_seccomp_json__errors_name_the_field);
	tcase_add_test(t, test_sec_seccomp_json__errors_name_the_argument);
	tcase_add_test(t,
		test_sec_seccomp_json__no_truncation_of_a_profile_is_taken);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
