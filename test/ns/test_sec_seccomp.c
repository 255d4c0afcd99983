/* SPDX-License-Identifier: MIT */
/*
 * ns/test_sec_seccomp.c - the default filter loaded, and calls tried.
 *
 * Each case runs in a forked child under no_new_privs. The table itself is
 * tested without a kernel in test/unit/sec; here, that the kernel takes the
 * program and means the same by it.
 */
#include <asm/ioctls.h>
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sec/sec.h"

#define HIGH (UINT64_C(1) << 32 | UINT64_C(1) << 63)

struct attempt {
	long number;
	uint64_t args[3];
	int error;	/* 0: must succeed; -1: anything but EPERM, ENOSYS */
};

static int load(const struct sec_seccomp_params *params)
{
	struct sock_fprog prog;
	void *bpf;
	size_t len;

	if (sec_seccomp_compile(params, &bpf, &len, NULL) < 0)
		return -1;
	prog.len = (unsigned short)(len / sizeof(struct sock_filter));
	prog.filter = (struct sock_filter *)bpf;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -1;
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog);
}

static bool as_expected(const struct attempt *a)
{
	long r = syscall(a->number, a->args[0], a->args[1], a->args[2], 0, 0,
		0);

	if (a->error == 0)
		return r >= 0;
	if (a->error < 0)
		return r >= 0 || (errno != EPERM && errno != ENOSYS);
	return r == -1 && errno == a->error;
}

/* Try all under the filter; fail with the index of the first that differs. */
static void check_attempts(const struct sec_seccomp_params *params,
	const struct attempt *attempts, int n)
{
	pid_t pid = fork();
	int status, i;

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		if (load(params) < 0)
			_exit(255);
		for (i = 0; i < n; i++)
			if (!as_expected(&attempts[i]))
				_exit(i + 1);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(WIFEXITED(status), "killed by %d", WTERMSIG(status));
	ck_assert_msg(WEXITSTATUS(status) != 255, "the filter was not taken");
	ck_assert_msg(WEXITSTATUS(status) == 0, "attempt %d, call %ld",
		WEXITSTATUS(status) - 1,
		attempts[WEXITSTATUS(status) - 1].number);
}

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

START_TEST(test_sec_seccomp__denied_calls_fail_and_newer_ones_are_enosys)
{
	const struct sec_seccomp_params params = {
		sec_cap_preset(SEC_PRESET_DEFAULT), false };
	const struct attempt attempts[] = {
		{ SYS_getpid, { 0 }, 0 },
		{ SYS_mount, { 0 }, EPERM },
		{ SYS_unshare, { CLONE_NEWUSER }, EPERM },
		{ SYS_setns, { (uint64_t)-1 }, EPERM },
		{ SYS_bpf, { 0 }, EPERM },
		{ SYS_keyctl, { 0 }, EPERM },
		{ SYS_open_by_handle_at, { 0 }, EPERM },
		{ SYS_reboot, { 0 }, EPERM },
		{ SYS_clone3, { 0 }, ENOSYS },
		{ SYS_io_uring_setup, { 1, 0 }, ENOSYS },
		{ 600, { 0 }, ENOSYS },
		{ 1023, { 0 }, ENOSYS },
		{ SYS_capset, { 0 }, -1 },
		{ SYS_execveat, { 0 }, -1 },
		{ SYS_execve, { 0 }, -1 },
		{ SYS_prctl, { PR_GET_DUMPABLE }, 0 },
		{ SYS_write, { (uint64_t)-1 }, -1 },
		{ SYS_futex, { 0 }, -1 },
		/* SYS_CHROOT is among the default capabilities. */
		{ SYS_chroot, { 0 }, -1 },
	};

	check_attempts(&params, attempts, COUNT(attempts));
}
END_TEST

START_TEST(test_sec_seccomp__arguments_are_judged_by_their_low_half)
{
	const struct sec_seccomp_params params = { 0, false };
	const struct attempt attempts[] = {
		{ SYS_ioctl, { 0, TIOCSTI, 0 }, EPERM },
		{ SYS_ioctl, { 0, TIOCSTI | HIGH, 0 }, EPERM },
		{ SYS_ioctl, { 0, TIOCLINUX | HIGH, 0 }, EPERM },
		{ SYS_ioctl, { (uint64_t)-1, TCGETS, 0 }, EBADF },
		{ SYS_personality, { 0xffffffff }, 0 },
		{ SYS_personality, { 0x0400000 }, EPERM },
		{ SYS_personality, { 0x0400000 | HIGH }, EPERM },
		{ SYS_clone, { CLONE_NEWUSER | SIGCHLD }, EPERM },
		{ SYS_clone, { CLONE_NEWNET | SIGCHLD | HIGH }, EPERM },
		{ SYS_chroot, { 0 }, EPERM },
	};

	check_attempts(&params, attempts, COUNT(attempts));
}
END_TEST

START_TEST(test_sec_seccomp__rare_socket_families_are_not_supported)
{
	const struct sec_seccomp_params params = { 0, false };
	const struct attempt attempts[] = {
		{ SYS_socket, { AF_UNIX, SOCK_STREAM, 0 }, 0 },
		{ SYS_socket, { AF_INET, SOCK_STREAM, 0 }, 0 },
		{ SYS_socket, { AF_NETLINK, SOCK_RAW, NETLINK_ROUTE }, 0 },
		{ SYS_socket, { AF_NETLINK, SOCK_RAW, NETLINK_AUDIT },
			EAFNOSUPPORT },
		{ SYS_socket, { AF_PACKET, SOCK_RAW, 0 }, EAFNOSUPPORT },
		{ SYS_socket, { AF_ALG, SOCK_SEQPACKET, 0 }, EAFNOSUPPORT },
		{ SYS_socket, { AF_VSOCK, SOCK_STREAM, 0 }, EAFNOSUPPORT },
		{ SYS_socket, { AF_ALG | HIGH, SOCK_SEQPACKET, 0 },
			EAFNOSUPPORT },
		{ SYS_socketpair, { AF_ALG, SOCK_STREAM, 0 }, EAFNOSUPPORT },
	};

	check_attempts(&params, attempts, COUNT(attempts));
}
END_TEST

START_TEST(test_sec_seccomp__capabilities_open_their_calls)
{
	const struct sec_seccomp_params params = {
		UINT64_C(1) << CAP_SYS_ADMIN | UINT64_C(1) << CAP_NET_RAW,
		false };
	const struct attempt attempts[] = {
		{ SYS_mount, { 0 }, -1 },
		{ SYS_setns, { (uint64_t)-1, 0 }, EBADF },
		{ SYS_unshare, { 0 }, 0 },
		{ SYS_clone3, { 0, 0 }, EINVAL },
		{ SYS_socket, { AF_PACKET, SOCK_RAW, 0 }, 0 },
		{ SYS_chroot, { 0 }, EPERM },
	};

	check_attempts(&params, attempts, COUNT(attempts));
}
END_TEST

#if defined(__x86_64__)
/* The signal that ends a child which makes one call of another ABI. */
static int killed_by(bool x32)
{
	const struct sec_seccomp_params params = { UINT64_MAX, true };
	pid_t pid = fork();
	int status;

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		long r;

		if (load(&params) < 0)
			_exit(1);
		if (x32)
			(void)syscall(0x40000000 | SYS_getpid);
		else /* getpid by the i386 number; no pointer, no stack */
			__asm__ volatile("int $0x80" : "=a"(r) : "a"(20L)
				: "memory");
		_exit(2);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? WTERMSIG(status) : -status;
}

START_TEST(test_sec_seccomp__other_abis_are_killed)
{
	int by = killed_by(false);

	/* SIGSEGV: a kernel without IA32 emulation has no int 0x80. */
	ck_assert_msg(by == SIGSYS || by == SIGSEGV, "int 0x80: %d", by);
	ck_assert_int_eq(killed_by(true), SIGSYS);
}
END_TEST
#endif

int main(void)
{
	Suite *s = suite_create("ns/sec_seccomp");
	TCase *t = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_add_test(t,
		test_sec_seccomp__denied_calls_fail_and_newer_ones_are_enosys);
	tcase_add_test(t,
		test_sec_seccomp__arguments_are_judged_by_their_low_half);
	tcase_add_test(t,
		test_sec_seccomp__rare_socket_families_are_not_supported);
	tcase_add_test(t, test_sec_seccomp__capabilities_open_their_calls);
#if defined(__x86_64__)
	tcase_add_test(t, test_sec_seccomp__other_abis_are_killed);
#endif
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
