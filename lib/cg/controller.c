/* SPDX-License-Identifier: MIT */
/*
 * cg/controller.c - controllers by name, and the controller of a file.
 *
 * Knows the names that the kernel uses; opens nothing.
 */
#include "cg/cg.h"

#include <string.h>

#include "base/cleanup.h"

static const struct {
	enum cg_controller bit;
	const char *name;
} controllers[] = {
	{ CG_CPU, "cpu" },	   { CG_MEMORY, "memory" },
	{ CG_PIDS, "pids" },	   { CG_IO, "io" },
	{ CG_CPUSET, "cpuset" },   { CG_HUGETLB, "hugetlb" },
	{ CG_RDMA, "rdma" },	   { CG_MISC, "misc" },
};

static uint32_t find(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(controllers); i++)
		if (strlen(controllers[i].name) == len &&
			memcmp(controllers[i].name, name, len) == 0)
			return controllers[i].bit;
	return 0;
}

uint32_t cg_controllers_parse(const char *text)
{
	static const char space[] = " \t\n";
	uint32_t set = 0;
	size_t len;

	for (text += strspn(text, space); *text;
		text += strspn(text, space)) {
		len = strcspn(text, space);
		set |= find(text, len);
		text += len;
	}
	return set;
}

const char *cg_controller_name(enum cg_controller one)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(controllers); i++)
		if (controllers[i].bit == one)
			return controllers[i].name;
	return NULL;
}

uint32_t cg_controller_of_file(const char *file)
{
	return find(file, strcspn(file, "."));
}
