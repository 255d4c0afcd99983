/* SPDX-License-Identifier: MIT */
/*
 * front/resources.c - limits and requests.
 *
 * Knows the resource names; their quantities become milli-CPUs and bytes
 * here, rounded up. A limit that is not enforced yet is refused, a request
 * is only a wish to a scheduler.
 */
#include "front/table.h"

#include <string.h>

#include "base/str.h"

static bool is_other_resource(const char *name)
{
	return str_eq(name, "ephemeral-storage") ||
		str_has_prefix(name, "hugepages-") || strchr(name, '/');
}

static int read_one(struct front_decode *d, struct front_node *n, bool limit,
	struct spec_resources *r)
{
	int64_t value = 0;
	int err;

	if (str_eq(n->key, "cpu"))
		return front_quantity(d, n, 3, !r ? NULL :
			limit ? &r->cpu_limit_milli : &r->cpu_request_milli);
	if (str_eq(n->key, "memory"))
		return front_quantity(d, n, 0, !r ? NULL :
			limit ? &r->memory_limit_bytes :
				&r->memory_request_bytes);
	if (!is_other_resource(n->key)) {
		front_error_key(d, n, "unknown resource: cpu and memory are "
			"supported");
		return 0;
	}
	err = front_quantity(d, n, 0, &value);
	if (err == 0 && r && value != 0 && !n->bad &&
		(limit || !str_eq(n->key, "ephemeral-storage")))
		front_unsupported(d, n, NULL);
	return err;
}

static int read_map(struct front_decode *d, struct front_node *node,
	bool limit, struct spec_resources *r)
{
	struct front_node *n;
	int err;

	if (node->type != FRONT_MAP) {
		front_wrong_type(d, node, "object", "");
		return 0;
	}
	for (n = node->first; n; n = n->next) {
		if (n->bad || front_is_absent(n))
			continue;
		err = read_one(d, n, limit, r);
		if (err < 0)
			return err;
	}
	return 0;
}

static int read_limits(struct front_decode *d, struct front_node *node,
	void *base)
{
	return read_map(d, node, true, base);
}

static int read_requests(struct front_decode *d, struct front_node *node,
	void *base)
{
	return read_map(d, node, false, base);
}

static const struct front_field claim_fields[] = {
	F_CHECK("name", STRING),
	F_CHECK("request", STRING),
};
static const struct front_type claim_type = {
	FRONT_TYPE_FIELDS(claim_fields),
};

static const struct front_field resources_fields[] = {
	F_CUSTOM("limits", read_limits),
	F_CUSTOM("requests", read_requests),
	F_LATER("claims", LIST, .type = &claim_type),
};
const struct front_type front_resources_type = {
	FRONT_TYPE_FIELDS(resources_fields),
};
