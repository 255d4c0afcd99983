/* SPDX-License-Identifier: MIT */
/*
 * security/probe_watch.c - a container that lies in wait for who joins it.
 *
 * usage: probe_watch noop
 *        probe_watch files|trace
 *
 * `noop` ends at once: it is what the test has executed in the container.
 * The others poll the next process ids, and until the process is this very
 * program (it has then executed the payload) they try, with `files`, to open
 * what /proc/PID has of it, the executable for writing above all; with
 * `trace`, to attach to it. On SIGTERM they print what they got of a process
 * that was still the runtime's, one "WHAT COUNT" a line: exe-write, exe-later
 * (for writing, through an O_PATH fd, when the process was gone), exe, mem,
 * cwd, fd, environ, seize. "seen" counts processes met before the payload,
 * "denied" refusals: both prove that the window was looked into.
 *
 * Nothing is written to what is opened.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define AHEAD 3
#define KEPT 64
#define RESYNC 256	/* polls between looks at the last process id */

static volatile sig_atomic_t ended;

struct watch {
	struct stat self;
	unsigned long seen, denied, exe, exe_write, exe_later, seize;
	unsigned long mem, cwd, fd, env;
	int kept[KEPT];
	unsigned int n_kept;
};

static void on_term(int sig)
{
	(void)sig;
	ended = 1;
}

static int open_of(pid_t pid, const char *what, int flags)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, what);
	return open(path, flags | O_CLOEXEC);
}

static bool is_payload(const struct watch *w, int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && st.st_dev == w->self.st_dev &&
		st.st_ino == w->self.st_ino;
}

/* Its program is known, and is not the payload. */
static bool is_stage(struct watch *w, pid_t pid)
{
	int fd = open_of(pid, "exe", O_PATH);
	bool stage;

	if (fd < 0)
		return false;
	stage = !is_payload(w, fd);
	if (!stage || w->n_kept == KEPT) {
		(void)close(fd);
		return stage;
	}
	w->exe++;
	w->kept[w->n_kept++] = fd;
	return true;
}

static void count_if(struct watch *w, pid_t pid, int fd,
	unsigned long *counter)
{
	if (fd < 0)
		return;
	if (is_stage(w, pid))
		(*counter)++;
	(void)close(fd);
}

static void try_files(struct watch *w, pid_t pid)
{
	int fd = open_of(pid, "exe", O_WRONLY);

	if (fd >= 0 && !is_payload(w, fd))
		w->exe_write++;
	if (fd >= 0)
		(void)close(fd);
	(void)is_stage(w, pid);
	count_if(w, pid, open_of(pid, "mem", O_RDWR), &w->mem);
	count_if(w, pid, open_of(pid, "cwd", O_PATH | O_DIRECTORY), &w->cwd);
	count_if(w, pid, open_of(pid, "fd/0", O_PATH), &w->fd);
	count_if(w, pid, open_of(pid, "environ", O_RDONLY), &w->env);
}

static void try_trace(struct watch *w, pid_t pid)
{
	int status;

	if (ptrace(PTRACE_SEIZE, pid, 0, 0) < 0)
		return;
	if (is_stage(w, pid))
		w->seize++;
	(void)ptrace(PTRACE_INTERRUPT, pid, 0, 0);
	if (waitpid(pid, &status, __WALL) == pid && WIFSTOPPED(status))
		(void)ptrace(PTRACE_DETACH, pid, 0, 0);
}

/* Until it is the payload or gone. */
static void follow(struct watch *w, pid_t pid, bool trace)
{
	bool counted = false, denied = false;

	while (!ended) {
		int fd = open_of(pid, "exe", O_PATH);
		int error = errno;

		if (fd >= 0) {
			bool payload = is_payload(w, fd);

			(void)close(fd);
			if (payload)
				return;
		} else if (error == EACCES || error == EPERM) {
			denied = true;
		} else {
			return;	/* gone, or a zombie */
		}
		w->seen += !counted;
		counted = true;
		w->denied += denied;
		denied = false;
		if (trace)
			try_trace(w, pid);
		else
			try_files(w, pid);
	}
}

/* The last process id of this namespace, if some went by unseen. */
static pid_t last_pid(pid_t known)
{
	char text[128], *space;
	int fd = open("/proc/loadavg", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	pid_t last = known;

	if (fd >= 0)
		(void)close(fd);
	if (n > 0) {
		text[n] = '\0';
		space = strrchr(text, ' ');
		last = space ? (pid_t)strtol(space, NULL, 10) : known;
	}
	return last > known + AHEAD ? last : known;
}

static void reopen_kept(struct watch *w)
{
	char path[64];
	unsigned int i;
	int fd;

	for (i = 0; i < w->n_kept; i++) {
		(void)snprintf(path, sizeof(path), "/proc/self/fd/%d",
			w->kept[i]);
		fd = open(path, O_WRONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		w->exe_later++;
		(void)close(fd);
	}
}

static void report(const struct watch *w)
{
	(void)printf("seen %lu\ndenied %lu\nexe %lu\nexe-write %lu\n"
		"exe-later %lu\nmem %lu\ncwd %lu\nfd %lu\nenviron %lu\n"
		"seize %lu\n", w->seen, w->denied, w->exe, w->exe_write,
		w->exe_later, w->mem, w->cwd, w->fd, w->env, w->seize);
	(void)fflush(stdout);
}

int main(int argc, char **argv)
{
	const struct sigaction term = { .sa_handler = on_term };
	static struct watch w;
	pid_t last = getpid();
	unsigned int polls = 0;
	int i;

	if (argc != 2 || stat("/proc/self/exe", &w.self) < 0)
		return 2;
	if (strcmp(argv[1], "noop") == 0)
		return EXIT_SUCCESS;
	(void)sigaction(SIGTERM, &term, NULL);
	(void)puts("watching");
	(void)fflush(stdout);
	while (!ended) {
		if (polls++ % RESYNC == 0)
			last = last_pid(last);
		for (i = 1; i <= AHEAD; i++) {
			if (kill(last + i, 0) < 0 && errno != EPERM)
				continue;
			last += i;
			follow(&w, last, strcmp(argv[1], "trace") == 0);
			break;
		}
	}
	reopen_kept(&w);
	report(&w);
	return EXIT_SUCCESS;
}
