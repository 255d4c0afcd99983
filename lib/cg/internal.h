/* SPDX-License-Identifier: MIT */
/*
 * cg/internal.h - what the files of cg share; not for others.
 */
#ifndef CG_INTERNAL_H
#define CG_INTERNAL_H

#include <limits.h>
#include <stddef.h>

#include <pod/error.h>

/* For messages: the path of dir, and name below it unless it is "". */
void cg_path(int dir, const char *name, char *buf, size_t size);

/* Write without reading back. */
int cg_write(int dir, const char *file, const char *value);

/* fstatfs says cgroup v2; else -EMEDIUMTYPE. */
int cg_check_magic(int fd);

/*
 * A relative path of plain components, without "." and "..", shorter than
 * PATH_MAX; -EINVAL.
 */
int cg_check_path(const char *path);

#endif
