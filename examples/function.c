/* SPDX-License-Identifier: MIT */
/*
 * function.c - a container whose program is a function of this one.
 *
 * The function runs isolated like any container: its own processes, mounts,
 * network and host name, few capabilities, a system call filter. It works on
 * a copy of our memory; what it leaves in a shared mapping, we see.
 *
 *   cc function.c $(pkg-config --cflags --libs libpod-core) -o function
 *   sudo ./function
 */
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <unistd.h>

#include <pod/pod.h>

#define ANSWER 42

struct findings {
	pid_t pid;
	char hostname[65];
	int links;
	int may_reboot;
};

static int private_variable = 1;

/*
 * In the container. Standard output is ours, nothing above it is open. There
 * is no exit(): what stdio still holds would be lost, so dprintf.
 */
static int explore(void *argument)
{
	struct findings *f = argument;
	struct if_nameindex *links = if_nameindex();

	private_variable = 2;
	f->pid = getpid();
	(void)gethostname(f->hostname, sizeof(f->hostname));
	while (links && links[f->links].if_index)
		f->links++;
	if_freenameindex(links);
	f->may_reboot = reboot(RB_DISABLE_CAD) == 0;
	(void)dprintf(STDOUT_FILENO, "inside: I am process %d of %s\n",
		(int)f->pid, f->hostname);
	return ANSWER;
}

static int complain(const struct pod_error *err)
{
	char line[1024];

	(void)pod_error_format(err, line, sizeof(line));
	(void)fprintf(stderr, "function: %s\n", line);
	if (err->hint[0])
		(void)fprintf(stderr, "hint: %s\n", err->hint);
	return EXIT_FAILURE;
}

/* Launch, start, wait: *ret_status is as from waitpid(). */
static int run(struct pod_engine *engine, struct findings *findings,
	int *ret_status, struct pod_error *err)
{
	const struct pod_container_options options = {
		.size = sizeof(options),
		.stdin_fd = -1,
		.stdout_fd = STDOUT_FILENO,
		.stderr_fd = STDERR_FILENO,
		.entry = explore,
		.argument = findings,
	};
	struct pod_container *container = NULL;
	struct pod_spec *spec;
	int r = pod_spec_new("function", &spec, err);

	if (r < 0)
		return r;
	r = pod_spec_add_container(spec, "container", "f", "host", NULL);
	if (r >= 0)
		r = pod_spec_validate(spec, NULL, err);
	if (r >= 0)
		r = pod_container_launch(
			engine, spec, &options, &container, err);
	if (r >= 0)
		r = pod_container_start(container, err);
	if (r >= 0)
		r = pod_container_wait(container, ret_status, err);
	pod_container_free(container);
	pod_spec_free(spec);
	return r;
}

int main(void)
{
	const struct pod_engine_options options = {
		.size = sizeof(options),
		.root_dir = getenv("PODRUN_ROOT"),
		.run_dir = getenv("PODRUN_RUN"),
		.cgroup_parent = getenv("PODRUN_CGROUP_PARENT"),
	};
	struct findings *f = mmap(NULL, sizeof(*f), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct pod_error err = { 0 };
	struct pod_engine *engine = NULL;
	int status = 0, r;

	if (f == MAP_FAILED) {
		perror("function: mmap");
		return EXIT_FAILURE;
	}
	r = pod_engine_new(&options, &engine, &err);
	if (r >= 0)
		r = run(engine, f, &status, &err);
	pod_engine_free(engine);
	if (r < 0)
		return complain(&err);

	(void)printf("outside: it saw %d network link%s and %s reboot; "
		     "our variable is still %d\n",
		f->links, f->links == 1 ? "" : "s",
		f->may_reboot ? "could" : "could not", private_variable);
	(void)munmap(f, sizeof(*f));
	return WIFEXITED(status) && WEXITSTATUS(status) == ANSWER ?
		EXIT_SUCCESS : EXIT_FAILURE;
}
