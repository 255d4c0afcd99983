/* SPDX-License-Identifier: MIT */
/*
 * sec/seccomp.c - the default policy compiled by libseccomp.
 *
 * Knows how the table becomes a filter and what verdict it gives. Does not
 * load a filter into any process, and does not trim the heap that libseccomp
 * leaves behind (about 0.3 MB): that is the caller's choice.
 */
#include "sec/seccomp.h"

#include <errno.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"

#define ARGS_MAX 256u	/* instructions of the argument rules */

void *sec_context_new(uint32_t default_action)
{
	scmp_filter_ctx ctx = seccomp_init(default_action);

	if (!ctx)
		return NULL;
	if (seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH,
			SCMP_ACT_KILL_PROCESS) < 0 ||
		seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2) < 0) {
		seccomp_release(ctx);
		return NULL;
	}
	return ctx;
}

void sec_context_free(void **ctx)
{
	if (*ctx)
		seccomp_release(*ctx);
}

static int read_all(int fd, void *buf, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = pread(fd, (char *)buf + done, len - done,
			(off_t)done);

		if (n < 0)
			return -errno;
		if (n == 0)
			return -EIO;
		done += (size_t)n;
	}
	return 0;
}

int sec_export(void *ctx, const struct sock_filter *prefix, size_t n_prefix,
	void **ret_bpf, size_t *ret_len, struct pod_error *reterr)
{
	const size_t insn = sizeof(struct sock_filter);
	_cleanup_fd_ int fd = memfd_create("seccomp", MFD_CLOEXEC);
	_cleanup_free_ char *bpf = NULL;
	size_t size;
	struct stat st;
	int r;

	if (fd < 0)
		return err_errno(reterr, POD_STAGE_SECURITY, NULL,
			"memfd_create for the system call filter");
	r = seccomp_export_bpf(ctx, fd);
	if (r < 0)
		return err_code(reterr, r, POD_STAGE_SECURITY, NULL,
			"compile the system call filter");
	if (fstat(fd, &st) < 0)
		return err_errno(reterr, POD_STAGE_SECURITY, NULL,
			"read the system call filter");
	size = (size_t)st.st_size + n_prefix * insn;
	if (st.st_size <= 0 || size % insn || size / insn > SEC_BPF_MAX)
		return err_set(reterr, -E2BIG, POD_STAGE_SECURITY, NULL,
			"compile the system call filter",
			"%zu instructions, the kernel takes %u", size / insn,
			SEC_BPF_MAX);
	bpf = malloc(size);
	if (!bpf)
		return err_code(reterr, -ENOMEM, POD_STAGE_SECURITY, NULL,
			"compile the system call filter");
	if (n_prefix)
		memcpy(bpf, prefix, n_prefix * insn);
	r = read_all(fd, bpf + n_prefix * insn, (size_t)st.st_size);
	if (r < 0)
		return err_code(reterr, r, POD_STAGE_SECURITY, NULL,
			"read the system call filter");
	*ret_bpf = take_ptr(bpf);
	*ret_len = size;
	return 0;
}

static enum sec_verdict group_verdict(const struct sec_group *group,
	const struct sec_seccomp_params *params)
{
	if (group->opened_by & params->capabilities)
		return SEC_ALLOW;
	return group->verdict;
}

/* The calls of one group, by number: libseccomp may not know the name. */
static int add_group(scmp_filter_ctx ctx, const struct sec_group *group,
	const struct sec_seccomp_params *params, struct pod_error *reterr)
{
	enum sec_verdict verdict = group_verdict(group, params);
	uint32_t action = SCMP_ACT_ERRNO(EPERM);
	size_t i;

	if (verdict == SEC_ENOSYS)
		return 0;
	if (verdict == SEC_ALLOW)
		action = SCMP_ACT_ALLOW;
	for (i = 0; group->names[i]; i++) {
		int number = sec_syscall_number(group->names[i]);
		int r;

		if (number < 0)
			continue;
		r = seccomp_rule_add_exact(ctx, action, number, 0);
		if (r < 0)
			return err_code(reterr, r, POD_STAGE_SECURITY,
				group->names[i],
				"add to the system call filter");
	}
	return 0;
}

int sec_seccomp_compile(const struct sec_seccomp_params *params,
	void **ret_bpf, size_t *ret_len, struct pod_error *reterr)
{
	struct sock_filter prefix[ARGS_MAX];
	const struct sec_group *group;
	_cleanup_scmp_ void *ctx = NULL;
	size_t n_prefix;
	int r;

	r = sec_args_emit(params, prefix, ARGS_MAX, &n_prefix);
	if (r < 0)
		return err_code(reterr, r, POD_STAGE_SECURITY, NULL,
			"compile the argument rules");
	ctx = sec_context_new(SCMP_ACT_ERRNO(ENOSYS));
	if (!ctx)
		return err_code(reterr, -ENOMEM, POD_STAGE_SECURITY, NULL,
			"seccomp_init");
	for (group = sec_groups; group->names; group++) {
		r = add_group(ctx, group, params, reterr);
		if (r < 0)
			return r;
	}
	return sec_export(ctx, prefix, n_prefix, ret_bpf, ret_len, reterr);
}

static bool has_name(const struct sec_group *group, const char *name)
{
	size_t i;

	for (i = 0; group->names[i]; i++)
		if (strcmp(group->names[i], name) == 0)
			return true;
	return false;
}

enum sec_verdict sec_seccomp_verdict(int number,
	const struct sec_seccomp_params *params)
{
	const char *name = sec_syscall_name(number);
	const struct sec_arg_rule *rule;
	const struct sec_group *group;

	if (!name)
		return SEC_ENOSYS;
	rule = sec_arg_rule_first(name, params);
	if (rule && (rule->n_tests || rule->error))
		return SEC_ARGS;
	if (rule)
		return SEC_ALLOW;
	for (group = sec_groups; group->names; group++)
		if (has_name(group, name))
			return group_verdict(group, params);
	return SEC_ENOSYS;
}
