/* SPDX-License-Identifier: MIT */
/*
 * sec/seccomp_json.c - a Localhost profile: the containers' JSON format.
 *
 * Knows the format that the OCI runtime specification, Docker and podman
 * share, with includes and excludes. Unknown fields are refused: a word not
 * understood in a policy is not to be guessed. Native architecture only;
 * rules whose arguments repeat an index are alternatives, as in runc.
 *
 * Does not read files: the caller hands over the bytes.
 */
#include "sec/seccomp_json.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "sec/seccomp.h"

static void drop_json(json_t **json)
{
	json_decref(*json);
}
#define _cleanup_json_ __attribute__((cleanup(drop_json)))

/* What the launch itself calls once the filter is on, in this order. */
static const char *const required[SEC_JSON_REQUIRED] = {
	"capset", "prctl", "execveat", "execve", "write", "exit_group",
	"futex",
};

static const char *const actions[] = {
	"SCMP_ACT_KILL", "SCMP_ACT_KILL_THREAD", "SCMP_ACT_KILL_PROCESS",
	"SCMP_ACT_TRAP", "SCMP_ACT_ERRNO", "SCMP_ACT_TRACE",
	"SCMP_ACT_LOG", "SCMP_ACT_ALLOW",
};
static const uint32_t action_values[] = {
	SCMP_ACT_KILL_THREAD, SCMP_ACT_KILL_THREAD, SCMP_ACT_KILL_PROCESS,
	SCMP_ACT_TRAP, SCMP_ACT_ERRNO(0), SCMP_ACT_TRACE(0), SCMP_ACT_LOG,
	SCMP_ACT_ALLOW,
};

static bool permits(uint32_t action)
{
	return action == SCMP_ACT_ALLOW || action == SCMP_ACT_LOG;
}

static int parse_action(struct sec_json *p, const json_t *object,
	const char *key, const char *number_key, const char *name_key,
	uint32_t *ret)
{
	const json_t *value = sec_json_get(object, key);
	uint32_t number;
	int i, r;

	if (!json_is_string(value))
		return sec_json_refuse(p, key, "must be given, a string", NULL);
	i = sec_json_find(actions, ARRAY_LEN(actions),
		json_string_value(value));
	if (i < 0)
		return sec_json_refuse(p, key, "unknown or unsupported action",
			json_string_value(value));
	r = sec_json_errno(p, object, number_key, name_key, &number);
	if (r < 0)
		return r;
	*ret = action_values[i];
	if (*ret == SCMP_ACT_ERRNO(0))
		*ret = SCMP_ACT_ERRNO(number);
	else if (*ret == SCMP_ACT_TRACE(0))
		*ret = SCMP_ACT_TRACE(number);
	return 0;
}

static void note_required(struct sec_json *p, const char *name,
	uint32_t action, unsigned int n_args)
{
	int i = sec_json_find(required, ARRAY_LEN(required), name);

	if (i < 0)
		return;
	if (!permits(action))
		p->denied[i] = true;
	else if (!n_args)
		p->allowed[i] = true;
}

/*
 * A name that neither we nor libseccomp know (a newer kernel's, or a slip)
 * may be passed over if the rule only opens something. 0: pass over.
 */
static int resolve(struct sec_json *p, const char *name, uint32_t action,
	int *ret)
{
	*ret = sec_syscall_number(name);
	if (*ret >= 0)
		return 1;
	*ret = seccomp_syscall_resolve_name(name);
	if (*ret >= 0)
		return 1;
	if (*ret == __NR_SCMP_ERROR && !permits(action) &&
		permits(p->default_action))
		return sec_json_refuse(p, "names",
			"cannot deny an unknown system call", name);
	return 0;
}

static int add_call(struct sec_json *p, const char *name, uint32_t action,
	const struct scmp_arg_cmp *args, unsigned int n_args, bool repeats)
{
	unsigned int i;
	int number, r;

	r = resolve(p, name, action, &number);
	if (r <= 0)
		return r;
	note_required(p, name, action, n_args);
	/* libseccomp refuses a rule that says what the default says. */
	if (action == p->default_action)
		return 0;
	if (!repeats) {
		r = seccomp_rule_add_array(p->ctx, action, number, n_args,
			args);
		return r < 0 ? sec_json_refuse(p, "names",
			"libseccomp refuses the rule for", name) : 0;
	}
	for (i = 0; i < n_args; i++) {
		r = seccomp_rule_add_array(p->ctx, action, number, 1,
			&args[i]);
		if (r < 0)
			return sec_json_refuse(p, "names",
				"libseccomp refuses the rule for", name);
	}
	return 0;
}

static int add_rule(struct sec_json *p, const json_t *rule)
{
	static const char *const known[] = { "names", "name", "action",
		"errnoRet", "errno", "args", "comment", "includes",
		"excludes" };
	struct scmp_arg_cmp args[SEC_JSON_ARGS];
	const json_t *names = sec_json_get(rule, "names");
	const json_t *name = sec_json_get(rule, "name");
	bool taken = false, spared = false, repeats = false;
	unsigned int n_args = 0;
	uint32_t action = SCMP_ACT_KILL_PROCESS;
	size_t i;
	int r;

	r = sec_json_check_keys(p, rule, known, ARRAY_LEN(known));
	if (r == 0)
		r = sec_json_check_strings(p, names, "names");
	if (r == 0)
		r = parse_action(p, rule, "action", "errnoRet", "errno",
			&action);
	if (r == 0)
		r = sec_json_args(p, sec_json_get(rule, "args"), args, &n_args,
			&repeats);
	if (r == 0)
		r = sec_json_is_taken(p, rule, "includes", &taken);
	if (r == 0)
		r = sec_json_is_taken(p, rule, "excludes", &spared);
	if (r)
		return r;
	if (name && !json_is_string(name))
		return sec_json_refuse(p, "name", "must be a string", NULL);
	if (!name && !json_array_size(names))
		return sec_json_refuse(p, "names", "must name a system call",
			NULL);
	if (!taken || !spared)
		return 0;
	if (name)
		r = add_call(p, json_string_value(name), action, args, n_args,
			repeats);
	for (i = 0; r == 0 && i < json_array_size(names); i++)
		r = add_call(p, sec_json_string(names, i), action, args, n_args,
			repeats);
	return r;
}

static int check_required(struct sec_json *p)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(required); i++) {
		if (!p->denied[i] &&
			(p->allowed[i] || permits(p->default_action)))
			continue;
		(void)err_set(p->err, -EINVAL, POD_STAGE_SECURITY, p->path,
			"seccomp profile", "does not allow %s, which starting "
			"a container needs", required[i]);
		err_hint(p->err, "allow %s without conditions on its "
			"arguments", required[i]);
		return -EINVAL;
	}
	return 0;
}

/* The native architecture must be meant; others are killed anyway. */
static int check_architectures(struct sec_json *p, const json_t *root)
{
	const json_t *list = sec_json_get(root, "architectures");
	const json_t *map = sec_json_get(root, "archMap");
	size_t i, n = json_array_size(list);
	int r = sec_json_check_strings(p, list, "architectures");

	if (r < 0)
		return r;
	if (map && !json_is_array(map))
		return sec_json_refuse(p, "archMap", "must be a list", NULL);
	for (i = 0; i < n; i++)
		if (sec_json_is_native(sec_json_string(list, i)))
			return 0;
	if (n)
		return sec_json_refuse(p, "architectures",
			"does not list this machine's", sec_arch_name);
	return 0;
}

/* Of the flags only those can be kept that a filter's bytes carry: none. */
static int check_flags(struct sec_json *p, const json_t *root)
{
	const json_t *flags = sec_json_get(root, "flags");
	size_t i;
	int r = sec_json_check_strings(p, flags, "flags");

	/* TSYNC means nothing to a process with one thread. */
	for (i = 0; r == 0 && i < json_array_size(flags); i++)
		if (strcmp(sec_json_string(flags, i),
				"SECCOMP_FILTER_FLAG_TSYNC") != 0)
			r = sec_json_refuse(p, "flags", "unsupported flag",
				sec_json_string(flags, i));
	return r;
}

static int compile_root(struct sec_json *p, const json_t *root)
{
	static const char *const known[] = { "defaultAction",
		"defaultErrnoRet", "defaultErrno", "architectures",
		"archMap", "flags", "syscalls", "comment" };
	const json_t *calls = sec_json_get(root, "syscalls");
	size_t i;
	int r;

	r = sec_json_check_keys(p, root, known, ARRAY_LEN(known));
	if (r == 0)
		r = check_architectures(p, root);
	if (r == 0)
		r = check_flags(p, root);
	if (r == 0)
		r = parse_action(p, root, "defaultAction", "defaultErrnoRet",
			"defaultErrno", &p->default_action);
	if (r < 0)
		return r;
	if (calls && !json_is_array(calls))
		return sec_json_refuse(p, "syscalls", "must be a list", NULL);
	p->ctx = sec_context_new(p->default_action);
	if (!p->ctx)
		return err_code(p->err, -ENOMEM, POD_STAGE_SECURITY, p->path,
			"seccomp_init");
	for (i = 0; i < json_array_size(calls); i++) {
		(void)snprintf(p->field, sizeof(p->field), "syscalls[%zu]", i);
		r = add_rule(p, json_array_get(calls, i));
		if (r < 0)
			return r;
	}
	p->field[0] = '\0';
	return check_required(p);
}

int sec_seccomp_compile_json_for(const char *path, const char *json,
	size_t len, uint64_t capabilities, void **ret_bpf, size_t *ret_len,
	struct pod_error *reterr)
{
	struct sec_json p = { .path = path, .capabilities = capabilities,
		.err = reterr };
	_cleanup_json_ json_t *root = NULL;
	char where[96];
	json_error_t error;
	int r;

	root = json_loadb(json, len, JSON_REJECT_DUPLICATES, &error);
	if (!root) {
		(void)snprintf(where, sizeof(where), "line %d, column %d",
			error.line, error.column);
		return err_set(reterr, -EINVAL, POD_STAGE_SECURITY, path,
			"seccomp profile", "%s: %s", where, error.text);
	}
	r = compile_root(&p, root);
	if (r == 0)
		r = sec_export(p.ctx, NULL, 0, ret_bpf, ret_len, reterr);
	sec_context_free(&p.ctx);
	return r;
}

int sec_seccomp_compile_json(const char *path, const char *json, size_t len,
	void **ret_bpf, size_t *ret_len, struct pod_error *reterr)
{
	return sec_seccomp_compile_json_for(path, json, len, 0, ret_bpf,
		ret_len, reterr);
}
