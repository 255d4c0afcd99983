/* SPDX-License-Identifier: MIT */
/*
 * bench/subject.c - one turn of one subject.
 *
 * A command is timed from before posix_spawn to after waitid; a worker times
 * itself. Standard error goes to a file, whose first line is the reason when
 * something fails. Knows nothing of what the commands mean.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "podbench.h"
#include "worker.h"

extern char **environ;

void command_add(struct command *c, const char *arg)
{
	if (c->count + 1 >= sizeof(c->argv) / sizeof(c->argv[0])) {
		(void)fprintf(stderr, "podbench: command too long\n");
		exit(EXIT_FAILURE);
	}
	c->argv[c->count++] = arg;
	c->argv[c->count] = NULL;
}

void command_set(struct command *c, const char *arg, ...)
{
	va_list args;

	va_start(args, arg);
	for (c->count = 0; arg; arg = va_arg(args, const char *))
		command_add(c, arg);
	va_end(args);
}

void subject_skip(struct subject *s, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(s->skipped, sizeof(s->skipped), format, args);
	va_end(args);
}

/* The first line of what the last command wrote there, or "". */
static void read_line(const struct place *p, const char *name, char *ret,
	size_t size)
{
	char path[128];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", p->run, name);
	f = fopen(path, "re");
	if (!f || !fgets(ret, (int)size, f))
		ret[0] = '\0';
	if (f)
		(void)fclose(f);
	ret[strcspn(ret, "\n")] = '\0';
}

/*
 * A process group of its own, so that Ctrl-C reaches podbench alone, which
 * ends after the turn; and none of the signals that podbench blocks for that.
 */
static int spawn_attributes(posix_spawnattr_t *ret)
{
	int r = posix_spawnattr_init(ret);
	sigset_t none;

	if (r != 0)
		return r;
	(void)sigemptyset(&none);
	r = posix_spawnattr_setsigmask(ret, &none);
	if (r == 0)
		r = posix_spawnattr_setflags(ret,
			POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
	if (r != 0)
		(void)posix_spawnattr_destroy(ret);
	return r;
}

/* in and out: fds for stdin and stdout, or -1 for /dev/null. */
static int spawn(const struct command *c, const struct place *p, int in,
	int out, pid_t *ret)
{
	/* posix_spawn's own prototype lacks the const that it promises. */
	union {
		const char *const *in;
		char *const *out;
	} argv = { .in = c->argv };
	const int truncate = O_WRONLY | O_CREAT | O_TRUNC;
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t attr;
	char path[128];
	int r;

	(void)snprintf(path, sizeof(path), "%s/stderr", p->run);
	r = spawn_attributes(&attr);
	if (r != 0)
		return -r;
	r = posix_spawn_file_actions_init(&fa);
	if (r != 0) {
		(void)posix_spawnattr_destroy(&attr);
		return -r;
	}
	r = in >= 0 ? posix_spawn_file_actions_adddup2(&fa, in, 0) :
		posix_spawn_file_actions_addopen(&fa, 0, "/dev/null", O_RDONLY,
			0);
	if (r == 0)
		r = out >= 0 ? posix_spawn_file_actions_adddup2(&fa, out, 1) :
			posix_spawn_file_actions_addopen(&fa, 1, "/dev/null",
				O_WRONLY, 0);
	if (r == 0)
		r = posix_spawn_file_actions_addopen(&fa, 2, path, truncate,
			0600);
	if (r == 0)
		r = posix_spawnp(ret, c->argv[0], &fa, &attr, argv.out,
			environ);
	(void)posix_spawn_file_actions_destroy(&fa);
	(void)posix_spawnattr_destroy(&attr);
	return -r;
}

/* Waits; the alarm that SUBJECT_TIMEOUT_S set interrupts. */
static int finish(struct subject *s, const struct place *p, pid_t pid,
	const char *what)
{
	siginfo_t info = { .si_pid = 0 };
	char line[192];

	if (waitid(P_PID, (id_t)pid, &info, WEXITED) < 0) {
		subject_skip(s, "%s: %s", what, errno == EINTR ?
			"took too long" : strerror(errno));
		(void)kill(pid, SIGKILL);
		(void)waitid(P_PID, (id_t)pid, &info, WEXITED);
		return -ETIMEDOUT;
	}
	if (info.si_code == CLD_EXITED && info.si_status == 0)
		return 0;
	read_line(p, "stderr", line, sizeof(line));
	if (line[0])
		subject_skip(s, "%s", line);
	else
		subject_skip(s, "%s: %s %d", what, info.si_code == CLD_EXITED ?
			"exit status" : "signal", info.si_status);
	return -EPROTO;
}

static int run(struct subject *s, const struct place *p,
	const struct command *c, int out)
{
	pid_t pid;
	int r = spawn(c, p, -1, out, &pid);

	if (r == 0)
		return finish(s, p, pid, c->argv[0]);
	subject_skip(s, "%s: %s", c->argv[0], strerror(-r));
	return r;
}

static int turn_of_commands(struct subject *s, const struct place *p,
	double *ret_ready, double *ret_cycle)
{
	const double begun = worker_now_us();
	int r;

	for (size_t i = 0; i < s->steps; i++) {
		r = run(s, p, &s->step[i], -1);
		if (r < 0)
			return r;
		if (i + 1 == s->ready_steps)
			*ret_ready = worker_now_us() - begun;
	}
	*ret_cycle = worker_now_us() - begun;
	return 0;
}

static int turn_of_worker(struct subject *s, const struct place *p,
	double *ret_ready, double *ret_cycle)
{
	char line[128], *end;

	if (fputs("\n", s->to_worker) < 0 || fflush(s->to_worker) != 0 ||
		!fgets(line, sizeof(line), s->from_worker)) {
		read_line(p, s->name, line, sizeof(line));
		subject_skip(s, "%s", line[0] ? line : "the worker ended");
		return -EPROTO;
	}
	*ret_ready = strtod(line, &end);
	*ret_cycle = strtod(end, NULL);
	return 0;
}

void subject_turn(struct subject *s, const struct place *p, bool record)
{
	double ready = 0, cycle = 0;
	struct subject undone = { .name = s->name };
	int r;

	(void)alarm(SUBJECT_TIMEOUT_S);
	r = s->is_worker ? turn_of_worker(s, p, &ready, &cycle) :
		turn_of_commands(s, p, &ready, &cycle);
	(void)alarm(SUBJECT_TIMEOUT_S);
	if (r < 0 && s->undo.count > 0)
		(void)run(&undone, p, &s->undo, -1);
	(void)alarm(0);
	if (r < 0 || !record)
		return;
	if ((ready > 0 && stats_add(&s->ready, ready) < 0) ||
		stats_add(&s->cycle, cycle) < 0)
		subject_skip(s, "out of memory");
}

/* A worker keeps its own stderr file, named after the subject. */
static int spawn_worker(struct subject *s, const struct place *p, int in,
	int out)
{
	char from[128], to[128];
	int r = spawn(&s->step[0], p, in, out, &s->worker);

	if (r < 0)
		return r;
	(void)snprintf(from, sizeof(from), "%s/stderr", p->run);
	(void)snprintf(to, sizeof(to), "%s/%s", p->run, s->name);
	return rename(from, to) < 0 ? -errno : 0;
}

void subject_open(struct subject *s, const struct place *p)
{
	int to[2] = { -1, -1 }, from[2] = { -1, -1 }, r = 0;
	char line[192];

	if (!s->is_worker || s->skipped[0])
		return;
	if (pipe2(to, O_CLOEXEC) < 0 || pipe2(from, O_CLOEXEC) < 0)
		r = -errno;
	if (r == 0)
		r = spawn_worker(s, p, to[0], from[1]);
	(void)close(to[0]);
	(void)close(from[1]);
	if (r < 0) {
		(void)close(to[1]);
		(void)close(from[0]);
		subject_skip(s, "%s: %s", s->step[0].argv[0], strerror(-r));
		return;
	}
	s->to_worker = fdopen(to[1], "w");
	s->from_worker = fdopen(from[0], "r");
	(void)alarm(SUBJECT_TIMEOUT_S);
	if (!s->to_worker || !s->from_worker ||
		!fgets(line, sizeof(line), s->from_worker)) {
		read_line(p, s->name, line, sizeof(line));
		subject_skip(s, "%s", line[0] ? line : "no answer");
	}
	(void)alarm(0);
}

void subject_close(struct subject *s)
{
	siginfo_t info;

	if (s->to_worker)
		(void)fclose(s->to_worker);
	if (s->from_worker)
		(void)fclose(s->from_worker);
	if (s->worker > 0) {
		/* It ends by itself at the end of its input. */
		(void)alarm(SUBJECT_TIMEOUT_S);
		if (waitid(P_PID, (id_t)s->worker, &info, WEXITED) < 0) {
			(void)kill(s->worker, SIGKILL);
			(void)waitid(P_PID, (id_t)s->worker, &info, WEXITED);
		}
		(void)alarm(0);
	}
	stats_done(&s->ready);
	stats_done(&s->cycle);
}

void subject_read_version(struct subject *s, const struct place *p,
	const char *path, const char *root)
{
	struct command c = { .count = 0 };
	char line[192], out[128];
	const char *word;
	int fd;

	(void)snprintf(out, sizeof(out), "%s/stdout", p->run);
	fd = open(out, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0) {
		subject_skip(s, "%s: %s", out, strerror(errno));
		return;
	}
	command_set(&c, path, root ? "--root" : "--version", root, NULL);
	if (root)
		command_add(&c, "--version");
	(void)alarm(SUBJECT_TIMEOUT_S);
	if (run(s, p, &c, fd) == 0) {
		read_line(p, "stdout", line, sizeof(line));
		word = strrchr(line, ' ');
		(void)snprintf(s->version, sizeof(s->version), "%.63s",
			word ? word + 1 : line);
	}
	(void)alarm(0);
	(void)close(fd);
}
