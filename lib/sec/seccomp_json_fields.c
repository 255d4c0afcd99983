/* SPDX-License-Identifier: MIT */
/*
 * sec/seccomp_json_fields.c - the fields of a JSON profile, checked.
 *
 * Knows each field's form and what includes and excludes mean; does not know
 * how fields make a profile.
 */
#include "sec/seccomp_json.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "sec/seccomp.h"
#include "sys/kernel.h"

#define ERRNO_MAX 4095

int sec_json_find(const char *const *names, size_t n, const char *name)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return (int)i;
	return -EINVAL;
}

int sec_json_refuse(struct sec_json *p, const char *key, const char *reason,
	const char *value)
{
	return err_set(p->err, -EINVAL, POD_STAGE_SECURITY, p->path,
		"seccomp profile", "%s%s%s: %s%s%s%s", p->field,
		p->field[0] && key[0] ? "." : "", key, reason,
		value ? " \"" : "", value ? value : "", value ? "\"" : "");
}

int sec_json_check_keys(struct sec_json *p, const json_t *object,
	const char *const *known, size_t n)
{
	const char *key;
	json_t *value;

	if (!json_is_object(object))
		return sec_json_refuse(p, "", "must be an object", NULL);
	/* jansson's iterators take a non-const object and leave it alone. */
	json_object_foreach((json_t *)(uintptr_t)object, key, value)
		if (sec_json_find(known, n, key) < 0)
			return sec_json_refuse(p, key, "unknown field", NULL);
	return 0;
}

/* NULL: not there (or null, which Go writes for an empty list). */
const json_t *sec_json_get(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	return json_is_null(value) ? NULL : value;
}

int sec_json_check_strings(struct sec_json *p, const json_t *array,
	const char *key)
{
	size_t i;

	if (array && !json_is_array(array))
		return sec_json_refuse(p, key, "must be a list", NULL);
	for (i = 0; i < json_array_size(array); i++)
		if (!json_is_string(json_array_get(array, i)))
			return sec_json_refuse(p, key,
				"must be a list of strings", NULL);
	return 0;
}

const char *sec_json_string(const json_t *array, size_t i)
{
	return json_string_value(json_array_get(array, i));
}

int sec_json_errno(struct sec_json *p, const json_t *object,
	const char *number_key, const char *name_key, uint32_t *ret)
{
	const json_t *number = sec_json_get(object, number_key);
	const json_t *name = sec_json_get(object, name_key);
	json_int_t value;
	int i;

	if (number) {
		value = json_integer_value(number);
		if (!json_is_integer(number) || value < 0 ||
			value > ERRNO_MAX)
			return sec_json_refuse(p, number_key,
				"must be a number from 0 to 4095", NULL);
		*ret = (uint32_t)value;
		return 0;
	}
	*ret = EPERM;
	if (!name)
		return 0;
	if (!json_is_string(name))
		return sec_json_refuse(p, name_key, "must be a string", NULL);
	for (i = 1; i <= ERRNO_MAX; i++) {
		const char *known = strerrorname_np(i);

		if (known && strcmp(known, json_string_value(name)) == 0) {
			*ret = (uint32_t)i;
			return 0;
		}
	}
	return sec_json_refuse(p, name_key, "unknown errno",
		json_string_value(name));
}

static const char *const operators[] = {
	"SCMP_CMP_NE", "SCMP_CMP_LT", "SCMP_CMP_LE", "SCMP_CMP_EQ",
	"SCMP_CMP_GE", "SCMP_CMP_GT", "SCMP_CMP_MASKED_EQ",
};
static const enum scmp_compare operator_values[] = {
	SCMP_CMP_NE, SCMP_CMP_LT, SCMP_CMP_LE, SCMP_CMP_EQ, SCMP_CMP_GE,
	SCMP_CMP_GT, SCMP_CMP_MASKED_EQ,
};

static int parse_number(struct sec_json *p, const json_t *object,
	const char *key, uint64_t *ret)
{
	const json_t *value = sec_json_get(object, key);
	json_int_t number = json_integer_value(value);

	*ret = 0;
	if (!value)
		return 0;
	if (json_is_integer(value) && number >= 0) {
		*ret = (uint64_t)number;
		return 0;
	}
	return sec_json_refuse(p, key, "must be a number from 0 to 2^63-1",
		NULL);
}

static int parse_arg(struct sec_json *p, const json_t *object,
	struct scmp_arg_cmp *ret)
{
	static const char *const known[] = { "index", "value", "valueTwo",
		"op" };
	const json_t *op = sec_json_get(object, "op");
	uint64_t index, value, second;
	int i, r;

	r = sec_json_check_keys(p, object, known, ARRAY_LEN(known));
	if (r == 0)
		r = parse_number(p, object, "index", &index);
	if (r == 0)
		r = parse_number(p, object, "value", &value);
	if (r == 0)
		r = parse_number(p, object, "valueTwo", &second);
	if (r)
		return r;
	if (index >= SEC_JSON_ARGS)
		return sec_json_refuse(p, "index", "must be from 0 to 5", NULL);
	if (!json_is_string(op))
		return sec_json_refuse(p, "op", "must be given, a string",
			NULL);
	i = sec_json_find(operators, ARRAY_LEN(operators),
		json_string_value(op));
	if (i < 0)
		return sec_json_refuse(p, "op", "unknown operator",
			json_string_value(op));
	*ret = (struct scmp_arg_cmp){ .arg = (unsigned int)index,
		.op = operator_values[i], .datum_a = value,
		.datum_b = second };
	return 0;
}

int sec_json_args(struct sec_json *p, const json_t *array,
	struct scmp_arg_cmp *out, unsigned int *ret_n, bool *ret_repeats)
{
	const size_t at = strlen(p->field);
	unsigned int seen = 0;
	size_t i, n = json_array_size(array);
	int r;

	if (array && !json_is_array(array))
		return sec_json_refuse(p, "args", "must be a list", NULL);
	if (n > SEC_JSON_ARGS)
		return sec_json_refuse(p, "args", "more than 6 tests", NULL);
	*ret_repeats = false;
	for (i = 0; i < n; i++) {
		(void)snprintf(p->field + at, sizeof(p->field) - at,
			".args[%zu]", i);
		r = parse_arg(p, json_array_get(array, i), &out[i]);
		if (r < 0)
			return r;
		if (seen & 1u << out[i].arg)
			*ret_repeats = true;
		seen |= 1u << out[i].arg;
	}
	p->field[at] = '\0';
	*ret_n = (unsigned int)n;
	return 0;
}

static bool kernel_at_least(const char *wanted)
{
	struct sys_version version;

	return sys_version_parse(wanted, &version) == 0 &&
		sys_kernel_at_least(version);
}

bool sec_json_is_native(const char *arch)
{
	static const char *const names[][2] = {
		{ "amd64", "x86_64" }, { "x86_64", "x86_64" },
		{ "SCMP_ARCH_X86_64", "x86_64" }, { "arm64", "aarch64" },
		{ "aarch64", "aarch64" }, { "SCMP_ARCH_AARCH64", "aarch64" },
		{ "SCMP_ARCH_NATIVE", sec_arch_name },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(names[i][0], arch) == 0)
			return strcmp(names[i][1], sec_arch_name) == 0;
	return false;
}

/* How many of the named capabilities the container has. */
static int count_caps(struct sec_json *p, const json_t *caps, size_t *ret)
{
	size_t i, count = 0;
	unsigned int bit;

	for (i = 0; i < json_array_size(caps); i++) {
		if (sec_cap_from_name(sec_json_string(caps, i), &bit) < 0)
			return sec_json_refuse(p, "caps", "unknown capability",
				sec_json_string(caps, i));
		if (p->capabilities >> bit & 1)
			count++;
	}
	*ret = count;
	return 0;
}

/*
 * includes and excludes, as podman and Docker read them: a rule is taken if
 * the architecture is included, all included capabilities are there, the
 * kernel is new enough, and nothing excluded is there.
 */
int sec_json_is_taken(struct sec_json *p, const json_t *rule,
	const char *key, bool *ret)
{
	static const char *const known[] = { "caps", "arches", "minKernel" };
	const bool include = strcmp(key, "includes") == 0;
	const json_t *filter = sec_json_get(rule, key);
	const json_t *caps, *arches, *kernel;
	size_t i, n_caps = 0, n_arches = 0;
	int r;

	*ret = true;
	if (!filter)
		return 0;
	r = sec_json_check_keys(p, filter, known, ARRAY_LEN(known));
	caps = sec_json_get(filter, "caps");
	arches = sec_json_get(filter, "arches");
	kernel = sec_json_get(filter, "minKernel");
	if (r == 0)
		r = sec_json_check_strings(p, caps, "caps");
	if (r == 0)
		r = sec_json_check_strings(p, arches, "arches");
	if (r == 0)
		r = count_caps(p, caps, &n_caps);
	if (r < 0)
		return r;
	if (kernel && !json_is_string(kernel))
		return sec_json_refuse(p, "minKernel", "must be a string",
			NULL);
	for (i = 0; i < json_array_size(arches); i++)
		n_arches += sec_json_is_native(sec_json_string(arches, i));
	if (include)
		*ret = n_caps == json_array_size(caps) &&
			(n_arches || !json_array_size(arches)) &&
			(!kernel || kernel_at_least(json_string_value(kernel)));
	else
		*ret = !n_caps && !n_arches &&
			!(kernel && kernel_at_least(json_string_value(kernel)));
	return 0;
}

