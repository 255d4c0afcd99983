/* SPDX-License-Identifier: MIT */
/*
 * pod-supervisor - owns one pod; started by pod_node_create(), not by hand.
 */
#include <pod/node.h>

int main(int argc, char **argv)
{
	const struct pod_supervisor_options options = {
		.size = sizeof(options),
		.argc = argc,
		.argv = argv,
	};

	return pod_supervisor_main(&options);
}
