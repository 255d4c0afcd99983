/* SPDX-License-Identifier: MIT */
/*
 * bench/podbench.h - what is measured, and where.
 *
 * podbench.c  options, the turns, the figures
 * place.c     private namespaces, directories, and that nothing is left
 * subject.c   one turn of one subject: commands, or a word to a worker
 * pods.c      the subjects that are ours: podrun, the library, the floor
 * peers.c     crun, runc, bubblewrap with an equivalent bundle
 */
#ifndef BENCH_PODBENCH_H
#define BENCH_PODBENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

#include "stats.h"

#define SUBJECT_MAX 16
#define SUBJECT_STEPS 3
#define SUBJECT_TIMEOUT_S 30
#define PLACE_TEXTS 512

/* argv, NULL-terminated; the strings belong to the place. */
struct command {
	const char *argv[96];
	size_t count;
};

struct subject {
	const char *name;
	char version[64];
	int containers;
	struct command step[SUBJECT_STEPS];
	size_t steps;
	/* Running after that many steps; 0: not to be seen from outside. */
	size_t ready_steps;
	struct command undo;	/* after a failure; its own failure is expected */
	bool is_worker;		/* step[0] answers turns: see worker.h */
	pid_t worker;
	FILE *to_worker, *from_worker;
	char skipped[256];	/* the reason, or "" */
	struct stats ready, cycle;
};

/* Everything that podbench made and must remove. */
struct place {
	char bin[4096];		/* where podbench and its helpers lie */
	char disk[64];		/* /var/tmp/podbench.XXXXXX */
	char run[64];		/* /run/podbench.XXXXXX, a tmpfs */
	char cgroup[96];	/* /sys/fs/cgroup/podbench-PID */
	char *text[PLACE_TEXTS];
	size_t texts;
};

/*
 * Enter private network and mount namespaces with a plain cgroup2 hierarchy
 * and make the directories. Says why not on standard error.
 */
int place_enter(struct place *p);
/* A formatted string that lives as long as the place; exits the program when
 * memory is out, which a bench need not survive. */
const char *place_text(struct place *p, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
int place_write(const char *path, const char *text);
/* What is left of the subjects, as JSON strings on out; their number. */
int place_leftovers(struct place *p, const char *podrun, FILE *out);
int place_leave(struct place *p);

void command_add(struct command *c, const char *arg);
__attribute__((sentinel)) void command_set(struct command *c,
	const char *arg, ...);

/* Start what must be there before the first turn (a worker). */
void subject_open(struct subject *s, const struct place *p);
/* One turn. A failure sets skipped. record: keep the figures. */
void subject_turn(struct subject *s, const struct place *p, bool record);
void subject_close(struct subject *s);
/*
 * The last word of the first line that "PATH --version" prints. root (may be
 * NULL) goes before it: crun makes its state directory even for that.
 */
void subject_read_version(struct subject *s, const struct place *p,
	const char *path, const char *root);
void subject_skip(struct subject *s, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Append subjects to list; the number appended. */
size_t pods_add(struct subject *list, struct place *p, const char *podrun);
size_t peers_add(struct subject *list, struct place *p, const char *crun);

#endif
