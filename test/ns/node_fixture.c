// SPDX-License-Identifier: MIT
/*
 * node_fixture.c - a node in the runner's directories, and pods for it.
 */
#include "node_fixture.h"

#include <check.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "support/fixture.h"

struct pod_node *node;
struct pod_error error;

void ok(int r)
{
	char text[1200];

	(void)pod_error_format(&error, text, sizeof(text));
	ck_assert_msg(r >= 0, "%d %s; %s", r, text, error.hint);
}

struct pod_node *node_open(void)
{
	const struct pod_node_options o = {
		.size = sizeof(o),
		.root_dir = getenv("PODRUN_ROOT"),
		.run_dir = getenv("PODRUN_RUN"),
		.cgroup_parent = getenv("PODRUN_CGROUP_PARENT"),
		.supervisor_path = getenv("POD_SUPERVISOR"),
	};
	struct pod_node *n = NULL;

	ok(pod_node_open(&o, &n, &error));
	return n;
}

/* A test that failed leaves its pods; they are not the next one's failure. */
static void remove_pods(void)
{
	struct pod_status **list = NULL;
	size_t n = 0, i;

	ok(pod_node_list(node, NULL, &list, &n, &error));
	for (i = 0; i < n; i++) {
		(void)pod_node_delete(node, list[i]->uid, 0, 0, NULL);
		pod_status_free(list[i]);
	}
	free(list);
	if (n)
		(void)pod_node_gc(node, 0, NULL, NULL, NULL);
}

void node_setup(void)
{
	memset(&error, 0, sizeof(error));
	node = node_open();
	remove_pods();
}

static void tell(const struct pod_gc_item *item, void *context)
{
	(void)context;
	fprintf(stderr, "left behind: %s %s of %s\n", item->kind, item->object,
		item->uid);
}

int gc_count(unsigned int flags)
{
	int n = pod_node_gc(node, flags, tell, NULL, &error);

	ok(n);
	return n;
}

void node_teardown(void)
{
	memset(&error, 0, sizeof(error));
	ck_assert_int_eq(gc_count(POD_GC_CHECK), 0);
	pod_node_free(node);
}

struct pod_spec *spec_of(const char *name, const char *script)
{
	const char *argv[] = { "/bin/sh", "-c", script, NULL };
	struct pod_problems *problems = NULL;
	struct pod_spec *spec = NULL;

	ok(pod_spec_new(name, &spec, &error));
	ok(pod_spec_set_restart_policy(spec, "Never"));
	ok(pod_spec_set_grace(spec, 5));
	ok(pod_spec_set_host_network(spec, 1));
	ok(pod_spec_add_container(spec, "container", "main", "host", argv));
	ok(pod_spec_validate(spec, &problems, &error));
	pod_problems_free(problems);
	return spec;
}

static bool has_output(void *ref)
{
	char path[512];
	struct stat st;

	return pod_node_log_path(node, ref, "main", -1, path, sizeof(path),
		       NULL) == 0 &&
		stat(path, &st) == 0 && st.st_size > 0;
}

void await_output(const char *ref)
{
	ck_assert(support_wait_for(
		has_output, (void *)(uintptr_t)ref, 20000));
}

void make_pod(const char *name, const char *script, unsigned int flags,
	char *uid)
{
	struct pod_spec *spec = spec_of(name, script);

	ok(pod_node_create(node, spec, flags, uid, &error));
	pod_spec_free(spec);
	if ((flags & POD_NODE_START) && !strcmp(script, FOREVER))
		await_output(name);
}

const char *word_of(const char *ref)
{
	static char buf[64];
	struct pod_status *s = NULL;
	struct pod_error e = { 0 };

	if (pod_node_get(node, ref, &s, &e) == -ENOENT)
		return "gone";
	ck_assert_msg(s, "%s", e.message);
	(void)pod_status_word(s, buf, sizeof(buf));
	pod_status_free(s);
	return buf;
}

int supervisor_of(const char *ref)
{
	struct pod_status *s = NULL;
	int pid;

	ok(pod_node_get(node, ref, &s, &error));
	pid = s->owner_pid;
	pod_status_free(s);
	ck_assert_int_gt(pid, 1);
	return pid;
}

void await_end(int pid)
{
	struct pollfd p = { .events = POLLIN };

	p.fd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (p.fd < 0)
		return;
	ck_assert_int_eq(poll(&p, 1, 10000), 1);
	(void)close(p.fd);
}
