/* SPDX-License-Identifier: MIT */
/*
 * bench/pods.c - the subjects that are ours.
 *
 * podrun by its command line alone, the library and the floor as workers.
 * Each pod has a network link, an IPv4 and an IPv6 address, and with two
 * containers a shared emptyDir. Knows no function of the library.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "podbench.h"

/* Writes a manifest of 1 or 2 containers; its path. NULL: said why. */
static const char *make_manifest(struct place *p, int containers, bool wait)
{
	static const char *const mounts =
		"\n    volumeMounts:\n    - {name: shared, mountPath: /shared}";
	const char *path = place_text(p, "%s/%d-%s.yaml", p->disk, containers,
		wait ? "wait" : "exit");
	const char *command = place_text(p,
		"    image: host\n    command: [\"%s/noop\"%s]%s\n", p->disk,
		wait ? ", wait" : "", containers > 1 ? mounts : "");
	const char *text = place_text(p,
		"apiVersion: v1\nkind: Pod\nmetadata:\n  name: bench\nspec:\n"
		"  restartPolicy: Never\n%s  containers:\n"
		"  - name: a\n%s%s%s",
		containers > 1 ?
			"  volumes:\n  - {name: shared, emptyDir: {}}\n" : "",
		command, containers > 1 ? "  - name: b\n" : "",
		containers > 1 ? command : "");

	return place_write(path, text) < 0 ? NULL : path;
}

static struct subject *add_podrun(struct subject *s, struct place *p,
	const char *podrun, const char *what, int containers)
{
	*s = (struct subject){ .name = place_text(p, "podrun %s", what),
		.containers = containers };
	command_set(&s->undo, podrun, "delete", "bench", "--force",
		"--grace-period=0", NULL);
	if (access(podrun, X_OK) < 0)
		subject_skip(s, "%s is not there", podrun);
	return s;
}

static size_t add_podruns(struct subject *list, struct place *p,
	const char *podrun, int containers)
{
	const char *waits = make_manifest(p, containers, true);
	const char *exits = make_manifest(p, containers, false);
	struct subject *s;
	size_t n = 0;

	if (!waits || !exits)
		return 0;
	s = add_podrun(&list[n++], p, podrun, "run --rm --wait", containers);
	s->steps = 1;
	command_set(&s->step[0], podrun, "run", "-f", exits, "--rm", "--wait",
		NULL);
	s = add_podrun(&list[n++], p, podrun, "run, delete --now", containers);
	s->steps = 2;
	s->ready_steps = 1;
	command_set(&s->step[0], podrun, "run", "-f", waits, NULL);
	command_set(&s->step[1], podrun, "delete", "bench", "--now", NULL);
	s = add_podrun(&list[n++], p, podrun, "create, start, delete",
		containers);
	s->steps = 3;
	s->ready_steps = 2;
	command_set(&s->step[0], podrun, "create", "-f", waits, NULL);
	command_set(&s->step[1], podrun, "start", "bench", NULL);
	/*
	 * Running is when noop was exec'd, and PID 1 ignores a TERM that comes
	 * before it blocks it: without --now a turn in some hundred would last
	 * the whole grace period.
	 */
	command_set(&s->step[2], podrun, "delete", "bench", "--now", NULL);
	return n;
}

static struct subject *add_worker(struct subject *s, struct place *p,
	const char *name, const char *program, int containers)
{
	const char *path = place_text(p, "%s/%s", p->bin, program);

	*s = (struct subject){ .name = name, .containers = containers,
		.is_worker = true };
	command_set(&s->step[0], path, "--serve", "--cgroup", p->cgroup,
		"--payload", place_text(p, "%s/noop", p->disk), NULL);
	if (access(path, X_OK) < 0)
		subject_skip(s, "%s is not there", path);
	return s;
}

static void add_library(struct subject *s, struct place *p, int containers)
{
	s = add_worker(s, p, place_text(p, "library, %d", containers),
		"podlaunch", containers);
	command_add(&s->step[0], "--root");
	command_add(&s->step[0], place_text(p, "%s/library-root", p->disk));
	command_add(&s->step[0], "--run");
	command_add(&s->step[0], place_text(p, "%s/library-run", p->run));
	command_add(&s->step[0], "--containers");
	command_add(&s->step[0], place_text(p, "%d", containers));
}

size_t pods_add(struct subject *list, struct place *p, const char *podrun)
{
	const char *dir = place_text(p, "%s/floor", p->disk);
	struct subject *s;
	size_t n = 0;

	s = add_worker(&list[n++], p, "floor", "floor", 2);
	command_add(&s->step[0], "--dir");
	command_add(&s->step[0], dir);
	if (mkdir(dir, 0755) < 0)
		subject_skip(s, "%s: %s", dir, strerror(errno));
	add_library(&list[n++], p, 1);
	add_library(&list[n++], p, 2);
	n += add_podruns(&list[n], p, podrun, 1);
	n += add_podruns(&list[n], p, podrun, 2);
	return n;
}
