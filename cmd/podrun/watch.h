/* SPDX-License-Identifier: MIT */
/*
 * podrun/watch.h - waiting until something about any pod may have changed.
 */
#ifndef PODRUN_WATCH_H
#define PODRUN_WATCH_H

#include "podrun/cli.h"

/* An inotify fd on the run directory and what is in it; -errno. */
int watch_open(const struct cli *cli);
/*
 * Wait for a change or timeout_ms (-1: for ever) and look for new
 * directories. Always finite: nobody promises an event for every change.
 */
void watch_wait(const struct cli *cli, int fd, int timeout_ms);

#endif
