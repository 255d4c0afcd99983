/* SPDX-License-Identifier: MIT */
/*
 * node/spawn.c - the start of a supervisor, from any program.
 *
 * Knows how to exec a program that outlives us without leaving us a child;
 * knows nothing of what the program does with its fds.
 *
 * The caller may be threaded, large, and have its own ideas about SIGCHLD. So
 * nothing is copied (CLONE_VM, with vfork's promise that we wait), and there
 * are two processes: a middle one, which has no exit signal and is reaped
 * here by pidfd, and the supervisor, which thereby belongs to the machine's
 * init. Without the middle one the supervisor would be the caller's child,
 * a zombie one day, and announced by SIGCHLD: exec resets the exit signal.
 *
 * The program runs from a read-only detached mount: containers are clones of
 * the supervisor until they exec, and nothing that a container can see of
 * them through /proc/PID/exe may be a file it could write (CVE-2019-5736).
 */
#include <fcntl.h>
#include <limits.h>
#include <linux/close_range.h>
#include <linux/mount.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/str.h"
#include "node/node.h"
#include "sys/clone.h"
#include "sys/mount.h"

#define FIRST_FD 3
#define N_FDS 3
/* One system call deep: nothing here needs more. */
#define STACK_SIZE 16384

/* In memory that all three processes share. */
struct launch {
	const struct node_spawn *spawn;
	int program, null;
	int error;	/* of the supervisor's, before exec; -errno */
	unsigned char *inner_stack;
};

/* The children share the caller's memory: no function that could allocate,
 * lock or be instrumented may run in them. */
#define IN_CHILD __attribute__((no_sanitize("address", "undefined")))

IN_CHILD static void fail(struct launch *l)
{
	l->error = -errno;
	(void)syscall(SYS_exit, 1);
	__builtin_unreachable();
}

/* Put the fds where the program looks for them, whatever they are now. */
IN_CHILD static void place_fds(struct launch *l, int *program)
{
	int from[N_FDS], null, i;

	null = fcntl(l->null, F_DUPFD_CLOEXEC, FIRST_FD + N_FDS);
	*program = fcntl(l->program, F_DUPFD_CLOEXEC, FIRST_FD + N_FDS);
	if (null < 0 || *program < 0)
		fail(l);
	for (i = 0; i < N_FDS; i++) {
		from[i] = fcntl(l->spawn->fds[i], F_DUPFD_CLOEXEC,
			FIRST_FD + N_FDS);
		if (from[i] < 0)
			fail(l);
	}
	for (i = 0; i < FIRST_FD; i++)
		if (dup3(null, i, 0) < 0)
			fail(l);
	for (i = 0; i < N_FDS; i++)
		if (dup3(from[i], FIRST_FD + i, 0) < 0)
			fail(l);
}

IN_CHILD static void supervisor(void *argument)
{
	static char *const no_env[] = { NULL };
	struct launch *l = argument;
	int program;

	if (syscall(SYS_setsid) < 0 || syscall(SYS_chdir, "/") < 0)
		fail(l);
	place_fds(l, &program);
	/* what the caller forgot to mark must not live on in the supervisor */
	if (syscall(SYS_close_range, FIRST_FD + N_FDS, ~0u,
		    CLOSE_RANGE_CLOEXEC) < 0)
		fail(l);
	(void)syscall(SYS_execveat, program, "", l->spawn->argv, no_env,
		AT_EMPTY_PATH);
	fail(l);
}

IN_CHILD static void middle(void *argument)
{
	struct launch *l = argument;
	struct clone_args args = {
		/* no CLONE_FILES: the one copy of the fd table */
		.flags = CLONE_VM | CLONE_VFORK,
		.exit_signal = SIGCHLD,
		.stack = (uintptr_t)l->inner_stack,
		.stack_size = STACK_SIZE,
	};
	long r = sys_clone(&args, supervisor, l);

	if (r < 0)
		l->error = (int)r;
	(void)syscall(SYS_exit, 0);
	__builtin_unreachable();
}

static int launch(struct launch *l, unsigned char *outer_stack)
{
	int pidfd = -EBADF;
	struct clone_args args = {
		.flags = CLONE_VM | CLONE_VFORK | CLONE_FILES | CLONE_PIDFD,
		.pidfd = (uintptr_t)&pidfd,
		.stack = (uintptr_t)outer_stack,
		.stack_size = STACK_SIZE,
	};
	sigset_t all, saved;
	long r;

	/* a handler of the caller's must not run in a child of ours */
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &saved);
	r = sys_clone(&args, middle, l);
	(void)pthread_sigmask(SIG_SETMASK, &saved, NULL);
	if (r < 0)
		return (int)r;
	/* -ECHILD: the caller waits for everything, which is its right */
	(void)sys_pidfd_reap(pidfd, 0, NULL);
	close_fd(pidfd);
	return l->error;
}

/* The program as a read-only mount that is attached nowhere. */
static int open_program(const char *path, struct pod_error *reterr)
{
	_cleanup_fd_ int fd = -EBADF, tree = -EBADF;
	int r;

	fd = open(path, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return err_errno(reterr, POD_STAGE_LAUNCH, path, "open");
	tree = sys_tree_clone(fd, false);
	if (tree < 0)
		return err_code(
			reterr, tree, POD_STAGE_LAUNCH, path, "open_tree");
	r = sys_mount_setattr(tree, false,
		MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
	if (r < 0)
		return err_code(
			reterr, r, POD_STAGE_LAUNCH, path, "mount_setattr");
	return take_fd(&tree);
}

int node_spawn(const char *path, const struct node_spawn *spawn,
	struct pod_error *reterr)
{
	unsigned char stacks[2][STACK_SIZE] __attribute__((aligned(64)));
	_cleanup_fd_ int program = -EBADF, null = -EBADF;
	struct launch l = { .spawn = spawn, .inner_stack = stacks[1] };
	int r;

	program = open_program(path, reterr);
	if (program < 0)
		return program;
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null < 0)
		return err_errno(reterr, POD_STAGE_LAUNCH, "/dev/null", "open");
	l.program = program;
	l.null = null;
	r = launch(&l, stacks[0]);
	if (r < 0)
		err_code(reterr, r, POD_STAGE_LAUNCH, path, "start supervisor");
	return r;
}

/* A regular, executable file that not everybody may write. */
static bool is_program(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
		(st.st_mode & S_IXUSR) && !(st.st_mode & S_IWOTH);
}

/* dir + "/" + rest, if it is a program. */
static bool try_path(const char *dir, const char *rest, char *ret, size_t size)
{
	int n = snprintf(ret, size, "%s/%s", dir, rest);

	return n > 0 && (size_t)n < size && is_program(ret);
}

int node_spawn_find(const char *wanted, char *ret, size_t size,
	struct pod_error *reterr)
{
	static const char *const beside[] = { "pod-supervisor",
		"../libexec/pod-supervisor" };
	static const char *const fixed[] = { POD_SUPERVISOR_PATH,
		POD_SUPERVISOR_BUILD_PATH };
	char self[PATH_MAX], *slash;
	ssize_t n;
	size_t i;

	if (wanted) {
		if (str_copy(ret, size, wanted))
			return 0;
		return err_code(reterr, -ENAMETOOLONG, POD_STAGE_LAUNCH,
			wanted, "find supervisor");
	}
	n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (n > 0) {
		self[n] = '\0';
		slash = strrchr(self, '/');
		if (slash)
			*slash = '\0';
		for (i = 0; slash && i < ARRAY_LEN(beside); i++)
			if (try_path(self, beside[i], ret, size))
				return 0;
	}
	for (i = 0; i < ARRAY_LEN(fixed); i++)
		if (str_copy(ret, size, fixed[i]) && is_program(ret))
			return 0;
	err_set(reterr, -ENOENT, POD_STAGE_LAUNCH, POD_SUPERVISOR_PATH,
		"find supervisor", "no pod-supervisor program is installed");
	err_hint(reterr, "cmake --install, or name it in supervisor_path");
	return -ENOENT;
}
