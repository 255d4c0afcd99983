/* SPDX-License-Identifier: MIT */
/*
 * node/super_options.c - the supervisor's command line.
 *
 * Pure. The command line is made by node/create.c only; what is wrong in it
 * is a program of another version, so it is refused without explanation.
 */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>

#include "node/super.h"

enum option_id {
	ID_UID = 1, ID_RUN, ID_ROOT, ID_CGROUP, ID_CIDR, ID_STATE, ID_LOCK,
	ID_REPLY, ID_START, ID_REMOVE
};

static int parse_fd(const char *text, int *ret)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(text, &end, 10);
	if (errno || end == text || *end || n < 3 || n > 1023)
		return -EINVAL;
	*ret = (int)n;
	return 0;
}

static int set_option(struct super_options *o, int id, const char *value)
{
	switch (id) {
	case ID_UID:
		o->uid = value;
		return run_uid_valid(value) ? 0 : -EINVAL;
	case ID_RUN:
		o->run = value;
		return 0;
	case ID_ROOT:
		o->root = value;
		return 0;
	case ID_CGROUP:
		o->cgroup_parent = value;
		return 0;
	case ID_CIDR:
		o->pod_cidr = value;
		return 0;
	case ID_STATE:
		return parse_fd(value, &o->state_fd);
	case ID_LOCK:
		return parse_fd(value, &o->lock_fd);
	case ID_REPLY:
		return parse_fd(value, &o->reply_fd);
	case ID_START:
		o->start = true;
		return 0;
	case ID_REMOVE:
		o->remove = true;
		return 0;
	default:
		return -EINVAL;
	}
}

int super_options_parse(int argc, char **argv, struct super_options *ret)
{
	static const struct option longs[] = {
		{ "uid", required_argument, NULL, ID_UID },
		{ "run", required_argument, NULL, ID_RUN },
		{ "root", required_argument, NULL, ID_ROOT },
		{ "cgroup-parent", required_argument, NULL, ID_CGROUP },
		{ "pod-cidr", required_argument, NULL, ID_CIDR },
		{ "state-fd", required_argument, NULL, ID_STATE },
		{ "lock-fd", required_argument, NULL, ID_LOCK },
		{ "reply-fd", required_argument, NULL, ID_REPLY },
		{ "start", no_argument, NULL, ID_START },
		{ "rm", no_argument, NULL, ID_REMOVE },
		{ NULL, 0, NULL, 0 },
	};
	struct super_options o = {
		.state_fd = -1, .lock_fd = -1, .reply_fd = -1
	};
	int id;

	opterr = 0;
	optind = 0;	/* glibc: from the start, whoever parsed before */
	while ((id = getopt_long(argc, argv, "", longs, NULL)) != -1)
		if (set_option(&o, id, optarg) < 0)
			return -EINVAL;
	if (!o.uid || !o.run || !o.root || o.state_fd < 0 || o.lock_fd < 0 ||
		o.reply_fd < 0)
		return -EINVAL;
	*ret = o;
	return 0;
}
