/* SPDX-License-Identifier: MIT */
/*
 * plan/enter.c - from the gate's side of the root to the program.
 *
 * One place, one order (section 4 of the security baseline): keyring, bounding
 * set, directory, fds, limits, signals, groups, gid, uid, then capabilities and
 * the filter in the order that no_new_privs allows, then the gate and exec. A
 * process that joins a running container goes the same way.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/err.h"
#include "base/str.h"
#include "plan/block.h"
#include "sec/sec.h"

#define PATH_CANDIDATES 64

struct spec_security plan_security(const struct pod_spec *spec,
	const struct spec_container *c)
{
	const struct spec_security *p = &spec->security;
	struct spec_security s = c->security;

	s.run_as_user = spec_pick(s.run_as_user, p->run_as_user, SPEC_UNSET);
	s.run_as_group = spec_pick(s.run_as_group, p->run_as_group, SPEC_UNSET);
	s.run_as_non_root =
		spec_pick(s.run_as_non_root, p->run_as_non_root, SPEC_MAYBE);
	if (s.seccomp == SPEC_SECCOMP_UNSET) {
		s.seccomp = p->seccomp;
		s.seccomp_localhost_profile = p->seccomp_localhost_profile;
	}
	if (spec->profile == SPEC_PROFILE_RESTRICTED) {
		s.allow_privilege_escalation = SPEC_NO;
		s.read_only_root_filesystem = SPEC_YES;
		s.run_as_non_root = SPEC_YES;
	}
	return s;
}

int plan_capabilities(const struct pod_spec *spec, size_t i,
	uint64_t available, uint64_t *ret, struct pod_error *reterr)
{
	struct spec_security s = plan_security(spec, &spec->containers[i]);
	static const enum sec_preset presets[] = {
		[SPEC_PROFILE_DEFAULT] = SEC_PRESET_DEFAULT,
		[SPEC_PROFILE_DOCKER] = SEC_PRESET_DOCKER,
		[SPEC_PROFILE_RESTRICTED] = SEC_PRESET_RESTRICTED,
	};
	int r;

	if (s.privileged == SPEC_YES) {
		*ret = available;
		return 0;
	}
	r = sec_cap_resolve(sec_cap_preset(presets[spec->profile]) & available,
		available, s.cap_add, s.n_cap_add, s.cap_drop, s.n_cap_drop,
		ret, reterr);
	if (r < 0)
		err_container(reterr, spec->containers[i].name);
	return r;
}

int plan_wants_filter(const struct pod_spec *spec, size_t i,
	const char **ret_localhost)
{
	struct spec_security s = plan_security(spec, &spec->containers[i]);

	*ret_localhost = NULL;
	if (s.seccomp == SPEC_SECCOMP_UNCONFINED)
		return 0;
	if (s.seccomp == SPEC_SECCOMP_LOCALHOST) {
		*ret_localhost = s.seccomp_localhost_profile;
		return 2;
	}
	return s.privileged == SPEC_YES && s.seccomp == SPEC_SECCOMP_UNSET ?
		0 : 1;
}

static const struct plan_filter *find_filter(const struct block *b,
	uint64_t capabilities, const char *localhost)
{
	bool docker = b->spec->profile == SPEC_PROFILE_DOCKER;
	size_t i;

	for (i = 0; i < b->facts->n_filters; i++) {
		const struct plan_filter *f = &b->facts->filters[i];

		if (localhost ? f->localhost && str_eq(f->localhost,
						      localhost) :
				!f->localhost &&
				f->capabilities == capabilities &&
				f->docker_compat == docker)
			return f;
	}
	return NULL;
}

static void number(struct block *b, enum plan_op_kind kind, uint64_t x,
	uint16_t flags)
{
	struct plan_op *op = block_op(b, kind);

	op->x = x;
	op->flags = flags;
}

static void limits(struct block *b)
{
	struct plan_op *op = block_op(b, OP_RLIMIT);

	op->n = RLIMIT_NOFILE;
	op->x = 1024;
	op->y = 524288;
	op = block_op(b, OP_RLIMIT);
	op->n = RLIMIT_CORE;
	op->x = 0;
	op->y = UINT64_MAX;
}

/* exactly {primary, supplementalGroups, fsGroup} (rule 16, S29) */
static int groups(struct block *b, uint32_t gid)
{
	const struct pod_spec *s = b->spec;
	size_t max = s->n_supplemental_groups + 2, n = 0, i, k;
	uint32_t *list = arena_array(&b->scratch, max, sizeof(*list));
	struct plan_op *op;
	uint32_t at;

	if (!list)
		return -ENOMEM;
	list[n++] = gid;
	for (i = 0; i <= s->n_supplemental_groups; i++) {
		int64_t g = i < s->n_supplemental_groups ?
			s->supplemental_groups[i] : s->fs_group;

		if (g == SPEC_UNSET)
			continue;
		for (k = 0; k < n && list[k] != (uint32_t)g; k++)
			;
		if (k == n)
			list[n++] = (uint32_t)g;
	}
	at = block_bytes(b, list, n * sizeof(*list), 4);
	op = block_op(b, OP_GROUPS);
	op->a = at;
	op->n = (uint32_t)n;
	return 0;
}

/* Capabilities and filter: the kernel wants no_new_privs or SYS_ADMIN. */
static int confine(struct block *b, size_t index, struct plan_container *out,
	bool no_new_privs, struct pod_error *reterr)
{
	const char *localhost;
	const struct plan_filter *f;
	uint32_t at;
	struct plan_op *op;
	int wants = plan_wants_filter(b->spec, index, &localhost);

	if (!wants) {
		number(b, OP_CAPS, out->cap_effective, 0);
		if (no_new_privs)
			block_op(b, OP_NO_NEW_PRIVS);
		return 0;
	}
	f = find_filter(b, out->cap_bounding, localhost);
	if (!f || f->len % 8 || f->len / 8 > 4096)
		return err_set(reterr, -EINVAL, POD_STAGE_SECURITY,
			localhost ? localhost : "RuntimeDefault",
			"find the seccomp filter", "no filter was compiled");
	number(b, OP_CAPS, out->cap_effective,
		no_new_privs ? 0 : OPF_FOR_FILTER);
	if (no_new_privs)
		block_op(b, OP_NO_NEW_PRIVS);
	at = block_bytes(b, f->bpf, f->len, 8);
	op = block_op(b, OP_SECCOMP);
	op->a = at;
	op->n = (uint32_t)(f->len / 8);
	if (!no_new_privs)
		number(b, OP_CAPS, out->cap_effective, 0);
	return 0;
}

static struct plan_range strings(struct block *b, const char *const *list,
	size_t count)
{
	plan_str *offsets = arena_array(&b->scratch, count, sizeof(*offsets));
	struct plan_range r = { 0, 0 };
	size_t i;

	if (!offsets) {
		b->error = b->error ? b->error : -ENOMEM;
		return r;
	}
	for (i = 0; i < count; i++)
		/* an empty argument is one byte, not "none" */
		offsets[i] = block_bytes(b, list[i], strlen(list[i]) + 1, 1);
	r.first = block_bytes(b, offsets, count * sizeof(*offsets), 4);
	r.count = (uint32_t)count;
	return r;
}

/* What execvp would try, worked out beforehand. */
static int candidates(struct block *b, const char *program,
	const struct env_list *env, struct plan_container *out)
{
	const char *list[PATH_CANDIDATES];
	const char *path = env_get(env, "PATH");
	size_t n = 0;

	if (strchr(program, '/') || !path || !*path) {
		list[n++] = program;
	} else {
		while (n < PATH_CANDIDATES) {
			size_t len = strcspn(path, ":");

			list[n] = arena_printf(&b->scratch, "%.*s%s%s",
				(int)len, path, len ? "/" : "", program);
			if (!list[n++])
				return -ENOMEM;
			if (!path[len])
				break;
			path += len + 1;
		}
	}
	out->paths = strings(b, list, n);
	return 0;
}

static int program(struct block *b, const struct spec_container *c,
	const struct env_list *env, struct plan_container *out)
{
	size_t n = c->n_command + c->n_args, i;
	const char **argv = arena_array(&b->scratch, n + 1, sizeof(*argv));
	const char **envp =
		arena_array(&b->scratch, env->count + 1, sizeof(*envp));

	if (!argv || !envp)
		return -ENOMEM;
	for (i = 0; i < n; i++) {
		argv[i] = env_expand(&b->scratch, env,
			i < c->n_command ? c->command[i] :
					   c->args[i - c->n_command]);
		if (!argv[i])
			return -ENOMEM;
	}
	/* `host` and `dir:` have no entry point of their own: a shell */
	if (!n)
		argv[n++] = "/bin/sh";
	for (i = 0; i < env->count; i++) {
		envp[i] = arena_printf(&b->scratch, "%s=%s",
			env->items[i].key, env->items[i].value);
		if (!envp[i])
			return -ENOMEM;
	}
	out->argv = strings(b, argv, n);
	out->env = strings(b, envp, env->count);
	return candidates(b, argv[0], env, out);
}

int enter_build(struct block *b, size_t index, const struct env_list *env,
	struct plan_container *out, struct pod_error *reterr)
{
	const struct spec_container *c = &b->spec->containers[index];
	struct spec_security s = plan_security(b->spec, c);
	uint32_t mark = block_mark(b);
	int r;

	out->uid = s.run_as_user == SPEC_UNSET ? 0 : (uint32_t)s.run_as_user;
	out->gid = s.run_as_group == SPEC_UNSET ? 0 :
						  (uint32_t)s.run_as_group;
	out->privileged = s.privileged == SPEC_YES;
	if (s.run_as_non_root == SPEC_YES && !out->uid) {
		r = err_set(reterr, -EPERM, POD_STAGE_SECURITY,
			"securityContext.runAsNonRoot", "check the user",
			"the container would run as root");
		err_container(reterr, c->name);
		err_hint(reterr, "set securityContext.runAsUser");
		return r;
	}
	out->cap_effective = out->uid ? 0 : out->cap_bounding;
	number(b, OP_UMASK, 022, 0);
	block_op(b, OP_KEYRING);
	number(b, OP_BOUNDING, out->cap_bounding, 0);
	out->cwd = block_str(b, c->working_dir ? c->working_dir : "/");
	block_op(b, OP_CWD)->a = out->cwd;
	block_op(b, OP_FDS_CLOSE);
	/* not before: the caller's fds may have higher numbers than allowed */
	limits(b);
	block_op(b, OP_SIGNALS);
	r = groups(b, out->gid);
	if (r >= 0) {
		number(b, OP_GID, out->gid, 0);
		number(b, OP_UID, out->uid, 0);
		r = confine(b, index, out,
			s.allow_privilege_escalation == SPEC_NO, reterr);
	}
	if (r >= 0)
		r = program(b, c, env, out);
	if (r < 0)
		return err_code(reterr, r, POD_STAGE_PLAN, c->name,
			"plan the process");
	/* all that can be done before is done: only the program is left */
	block_op(b, OP_GATE);
	block_op(b, OP_EXEC)->a = out->paths.count ?
		((const plan_str *)(const void *)(b->bytes +
			 out->paths.first))[0] : 0;
	out->enter = block_since(b, mark);
	return 0;
}
