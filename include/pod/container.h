/* SPDX-License-Identifier: MIT */
/*
 * <pod/container.h> - level 1: one isolated process, in the caller's process.
 *
 * The process is set up between clone and exec without a single libc call, so
 * a threaded caller is safe; it is waited for by pidfd, never by SIGCHLD.
 */
#ifndef POD_CONTAINER_H
#define POD_CONTAINER_H

#include <sys/types.h>

#include <pod/engine.h>
#include <pod/spec.h>

#ifdef __cplusplus
extern "C" {
#endif

struct pod_container;

struct pod_container_options {
	size_t size;		/* sizeof(struct pod_container_options) */
	/*
	 * Standard fds of the process, borrowed; -1: /dev/null of the
	 * container for stdin, the caller's own for stdout and stderr.
	 */
	int stdin_fd, stdout_fd, stderr_fd;
	/*
	 * Instead of a program: call this in the container and exit with its
	 * result & 0xff. Runs in a copy of the caller's memory; in a threaded
	 * caller it may use only what is async-signal-safe.
	 */
	int (*entry)(void *argument);
	void *argument;
};

/*
 * Launch the one container of spec (a pod with exactly one regular container
 * and no init containers) up to its gate: its own sandbox, no network link
 * unless hostNetwork. Blocks until it waits there. On failure nothing is
 * left. Free with pod_container_free().
 */
POD_API int pod_container_launch(struct pod_engine *engine,
	const struct pod_spec *spec,
	const struct pod_container_options *options,
	struct pod_container **ret, struct pod_error *reterr);

/* Open the gate; returns when the program has been exec'd (or the function
 * entered). -ENOENT, -EACCES, -ENOEXEC...: it could not be executed. */
POD_API int pod_container_start(struct pod_container *c,
	struct pod_error *reterr);

/* Borrowed; readable when the process has ended. */
POD_API int pod_container_pidfd(const struct pod_container *c);
POD_API pid_t pod_container_pid(const struct pod_container *c);
POD_API int pod_container_kill(struct pod_container *c, int signal,
	struct pod_error *reterr);
/* Blocks until the end; *ret_status as from waitpid(). Asked again, the same
 * answer. */
POD_API int pod_container_wait(struct pod_container *c, int *ret_status,
	struct pod_error *reterr);
/* Kills what still runs, reaps it, removes its cgroup, layer and state. */
POD_API void pod_container_free(struct pod_container *c);

/* A process joining a running container (pod_exec, pod_node_exec). */
struct pod_exec_options {
	size_t size;		/* sizeof(struct pod_exec_options) */
	const char *const *argv;	/* NULL-terminated, at least one */
	const char *const *env;	/* "K=V", added to the container's; NULL */
	const char *cwd;	/* NULL: the container's workingDir */
	int stdin_fd, stdout_fd, stderr_fd;	/* borrowed; -1: /dev/null */
};

#ifdef __cplusplus
}
#endif
#endif
