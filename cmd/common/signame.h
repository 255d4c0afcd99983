/* SPDX-License-Identifier: MIT */
/*
 * common/signame.h - signals by name.
 */
#ifndef COMMON_SIGNAME_H
#define COMMON_SIGNAME_H

/* "TERM", "SIGTERM", "term", "15", "RTMIN+3", "RTMAX-1"; -EINVAL. */
int signame_parse(const char *text);

#endif
