/* SPDX-License-Identifier: MIT */
/*
 * bench/podbench.c - pods against the peers and against the kernel's floor.
 *
 * Takes turns: one of each subject, then the next round, so that noise hits
 * all alike. Prints one JSON line for each subject, and with --table a table
 * for people. Judges nothing: no figure makes it fail, only something left
 * behind does. Knows nothing of what the subjects do.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "podbench.h"
#include "worker.h"

static const char usage[] =
	"usage: podbench [-n N] [--table] [--only TEXT] [--podrun FILE]"
	" [--crun FILE] [--settle-ms N]\n"
	"  -n N            rounds that count (50), after one that does not\n"
	"  --table         a table after the JSON lines\n"
	"  --only TEXT     subjects whose name has TEXT in it\n"
	"  --podrun FILE   (../cmd/podrun beside this program)\n"
	"  --crun FILE     (what fetch-crun fetched, else crun in PATH)\n"
	"  --settle-ms N   pause between turns (40): a dead pod's network\n"
	"                  namespace takes so long to be forgotten, and would\n"
	"                  be charged to the next subject\n";

struct options {
	size_t rounds;
	unsigned long settle_ms;
	bool table, help;
	const char *only, *podrun, *crun;
};

static int parse_number(const char *text, unsigned long *ret)
{
	char *end;

	errno = 0;
	*ret = strtoul(text, &end, 10);
	return errno != 0 || end == text || *end ? -EINVAL : 0;
}

static int parse_options(struct options *o, int argc, char **argv)
{
	static const struct option options[] = {
		{ "table", no_argument, NULL, 't' },
		{ "only", required_argument, NULL, 'o' },
		{ "podrun", required_argument, NULL, 'p' },
		{ "crun", required_argument, NULL, 'c' },
		{ "settle-ms", required_argument, NULL, 's' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int c, r = 0;

	while (r == 0 &&
		(c = getopt_long(argc, argv, "n:h", options, NULL)) != -1) {
		if (c == 'n')
			r = parse_number(optarg, &o->rounds);
		else if (c == 's')
			r = parse_number(optarg, &o->settle_ms);
		else if (c == 't')
			o->table = true;
		else if (c == 'o')
			o->only = optarg;
		else if (c == 'p')
			o->podrun = optarg;
		else if (c == 'c')
			o->crun = optarg;
		else if (c == 'h')
			o->help = true;
		else
			r = -EINVAL;
	}
	return r < 0 || optind < argc || o->rounds == 0 ? -EINVAL : 0;
}

static void on_signal(int signal)
{
	(void)signal;	/* only to interrupt; unlike SIG_IGN gone after exec */
}

static void catch_signals(void)
{
	const struct sigaction sa = { .sa_handler = on_signal };

	(void)sigaction(SIGALRM, &sa, NULL);
	(void)sigaction(SIGPIPE, &sa, NULL);
}

/* Into the place, on the root file system, where "image: host" shows it. */
static int copy_noop(struct place *p)
{
	const char *from = place_text(p, "%s/noop", p->bin);
	int in = open(from, O_RDONLY | O_CLOEXEC);
	int out = open(place_text(p, "%s/noop", p->disk),
		O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
	ssize_t n = -1;

	if (in >= 0 && out >= 0)
		while ((n = sendfile(out, in, NULL, 1 << 20)) > 0)
			;
	if (n < 0)
		perror(from);
	if (in >= 0)
		(void)close(in);
	if (out >= 0 && close(out) < 0)
		n = -1;
	/* mkdtemp made it 0700; a container may run as somebody else */
	if (n == 0 && chmod(p->disk, 0755) < 0)
		n = -1;
	return n < 0 ? -EIO : 0;
}

static void set_environment(struct place *p)
{
	/* Setting a variable fails only for want of memory. */
	if (setenv("PODRUN_ROOT", place_text(p, "%s/root", p->disk), 1) < 0 ||
		setenv("PODRUN_RUN", place_text(p, "%s/run", p->run), 1) < 0 ||
		setenv("PODRUN_CGROUP_PARENT", p->cgroup, 1) < 0 ||
		setenv("PODRUN_POD_CIDR", "10.245.0.0/16,fd00:10:245::/64",
			1) < 0)
		(void)place_text(p, "out of memory");
}

static void take_turns(struct subject *list, size_t count,
	const struct place *p, const struct options *o)
{
	const struct timespec settle = {
		.tv_sec = (time_t)(o->settle_ms / 1000),
		.tv_nsec = (long)(o->settle_ms % 1000) * 1000000 };

	for (size_t round = 0; round <= o->rounds; round++)
		for (size_t i = 0; i < count; i++) {
			if (worker_interrupted())
				return;
			if (list[i].skipped[0])
				continue;
			subject_turn(&list[i], p, round > 0);
			(void)nanosleep(&settle, NULL);
		}
}

static void print_string(FILE *out, const char *text)
{
	(void)fputc('"', out);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			(void)fputc('\\', out);
		if ((unsigned char)*text >= ' ')
			(void)fputc(*text, out);
	}
	(void)fputc('"', out);
}

static void print_json(struct subject *s)
{
	const struct stats_summary cycle = stats_summarise(&s->cycle);
	const struct stats_summary ready = stats_summarise(&s->ready);

	(void)printf("{\"subject\":");
	print_string(stdout, s->name);
	if (s->version[0]) {
		(void)printf(",\"version\":");
		print_string(stdout, s->version);
	}
	if (s->skipped[0]) {
		(void)printf(",\"skipped\":");
		print_string(stdout, s->skipped);
		(void)printf("}\n");
		return;
	}
	(void)printf(",\"containers\":%d,\"n\":%zu,\"cycle_us\":",
		s->containers, s->cycle.count);
	stats_print_json(stdout, &cycle);
	if (s->ready.count > 0) {
		(void)printf(",\"ready_us\":");
		stats_print_json(stdout, &ready);
	}
	(void)printf("}\n");
}

static void print_table(struct subject *list, size_t count)
{
	struct stats_summary c, r;

	(void)printf("\n%-42s %4s %26s %19s\n%-42s %4s %8s %8s %8s %10s %8s\n",
		"", "", "nothing -> removed, ms", "-> running, ms", "subject",
		"ctrs", "median", "min", "p99", "median", "min");
	for (size_t i = 0; i < count; i++) {
		(void)printf("%-32.32s %-9.9s %4d", list[i].name,
			list[i].version, list[i].containers);
		if (list[i].skipped[0]) {
			(void)printf("   skipped: %.120s\n", list[i].skipped);
			continue;
		}
		c = stats_summarise(&list[i].cycle);
		r = stats_summarise(&list[i].ready);
		(void)printf(" %8.2f %8.2f %8.2f", c.median / 1e3,
			c.min / 1e3, c.p99 / 1e3);
		if (list[i].ready.count > 0)
			(void)printf(" %10.2f %8.2f", r.median / 1e3,
				r.min / 1e3);
		(void)printf("\n");
	}
}

static size_t select_only(struct subject *list, size_t count,
	const char *only)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		if (!only || strstr(list[i].name, only))
			list[kept++] = list[i];
	return kept;
}

static int bench(struct place *p, const struct options *o)
{
	struct subject list[SUBJECT_MAX] = { { .name = NULL } };
	const char *podrun = o->podrun ? o->podrun :
		place_text(p, "%s/../cmd/podrun", p->bin);
	size_t count;
	int left;

	if (copy_noop(p) < 0)
		return EXIT_FAILURE;
	set_environment(p);
	count = pods_add(list, p, podrun);
	count += peers_add(list + count, p, o->crun);
	count = select_only(list, count, o->only);
	for (size_t i = 0; i < count; i++)
		subject_open(&list[i], p);
	take_turns(list, count, p, o);
	for (size_t i = 0; i < count; i++)
		print_json(&list[i]);
	if (o->table)
		print_table(list, count);
	for (size_t i = 0; i < count; i++)
		subject_close(&list[i]);
	(void)printf("{\"leftovers\":[");
	left = place_leftovers(p, podrun, stdout);
	(void)printf("]}\n");
	return left ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	struct options o = { .rounds = 50, .settle_ms = 40 };
	struct place p = { .texts = 0 };
	int status = EXIT_FAILURE;

	if (parse_options(&o, argc, argv) < 0 || o.help) {
		(void)fputs(usage, o.help ? stdout : stderr);
		return o.help ? EXIT_SUCCESS : 2;
	}
	catch_signals();
	worker_hold_signals();
	if (place_enter(&p) == 0)
		status = bench(&p, &o);
	if (place_leave(&p) != 0 || fflush(stdout) != 0)
		status = EXIT_FAILURE;
	return status;
}
