/* SPDX-License-Identifier: MIT */
/*
 * podrun/verbs.h - the verbs, one file each.
 */
#ifndef PODRUN_VERBS_H
#define PODRUN_VERBS_H

#include "podrun/cli.h"

extern const struct verb verb_completion, verb_create, verb_delete,
	verb_describe, verb_doctor, verb_events, verb_exec, verb_gc, verb_get,
	verb_help, verb_inspect, verb_kill, verb_logs, verb_plan, verb_run,
	verb_start, verb_stop, verb_validate, verb_version, verb_wait;

#endif
