/* SPDX-License-Identifier: MIT */
/*
 * base/err.c - filling and printing struct pod_error.
 *
 * Knows the shape of the error value; knows nothing of any stage's meaning.
 */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"

static int record(struct pod_error *e, int r, enum pod_stage stage,
	const char *subject, const char *operation)
{
	e->code = r;
	e->stage = stage;
	str_copy(e->operation, sizeof(e->operation), operation);
	str_copy(e->subject, sizeof(e->subject), subject ? subject : "");
	e->hint[0] = '\0';
	return r;
}

int err_code(struct pod_error *e, int r, enum pod_stage stage,
	const char *subject, const char *operation)
{
	const char *text;

	if (!e || e->code)
		return r;
	record(e, r, stage, subject, operation);
	text = strerrordesc_np(-r);
	str_copy(e->message, sizeof(e->message), text ? text : "error");
	return r;
}

int err_errno(struct pod_error *e, enum pod_stage stage, const char *subject,
	const char *operation)
{
	return err_code(e, -errno, stage, subject, operation);
}

int err_set(struct pod_error *e, int r, enum pod_stage stage,
	const char *subject, const char *operation, const char *format, ...)
{
	va_list ap;

	if (!e || e->code)
		return r;
	record(e, r, stage, subject, operation);
	va_start(ap, format);
	(void)vsnprintf(e->message, sizeof(e->message), format, ap);
	va_end(ap);
	return r;
}

void err_container(struct pod_error *e, const char *name)
{
	if (e && !e->container[0])
		str_copy(e->container, sizeof(e->container), name);
}

void err_hint(struct pod_error *e, const char *format, ...)
{
	va_list ap;

	if (!e || e->hint[0])
		return;
	va_start(ap, format);
	(void)vsnprintf(e->hint, sizeof(e->hint), format, ap);
	va_end(ap);
}

void err_clear(struct pod_error *e)
{
	if (e)
		memset(e, 0, sizeof(*e));
}

const char *pod_stage_name(enum pod_stage stage)
{
	static const char *const names[] = {
		[POD_STAGE_NONE] = "none",
		[POD_STAGE_MANIFEST] = "manifest",
		[POD_STAGE_SPEC] = "spec",
		[POD_STAGE_PLAN] = "plan",
		[POD_STAGE_HOST] = "host",
		[POD_STAGE_STATE] = "state",
		[POD_STAGE_CGROUP] = "cgroup",
		[POD_STAGE_NAMESPACE] = "namespace",
		[POD_STAGE_MOUNT] = "mount",
		[POD_STAGE_NETWORK] = "network",
		[POD_STAGE_SECURITY] = "security",
		[POD_STAGE_LAUNCH] = "launch",
		[POD_STAGE_EXEC] = "exec",
		[POD_STAGE_LIFECYCLE] = "lifecycle",
		[POD_STAGE_PROTOCOL] = "protocol",
	};

	if ((unsigned int)stage >= sizeof(names) / sizeof(names[0]))
		return "unknown";
	return names[stage];
}

const char *pod_errno_name(int code)
{
	const char *name = strerrorname_np(code < 0 ? -code : code);

	return name ? name : "unknown errno";
}

int pod_error_format(const struct pod_error *err, char *buf, size_t size)
{
	char raw[sizeof(*err) + 64];
	const char *object = err->container[0] ? err->container : err->subject;
	const char *detail =
		err->container[0] && err->subject[0] ? err->subject : NULL;
	int n;

	n = snprintf(raw, sizeof(raw), "%s%s%s%s%s%s: %s (%s)", object,
		object[0] ? ": " : "", err->operation, detail ? " " : "",
		detail ? detail : "", "", err->message,
		pod_errno_name(err->code));
	if (n < 0)
		return n;
	return (int)str_escape(buf, size, raw);
}
