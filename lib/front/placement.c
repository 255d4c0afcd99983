/* SPDX-License-Identifier: MIT */
/*
 * front/placement.c - tables of what chooses a node.
 *
 * Knows the fields, so that a slip in one is found; there is only one node,
 * so none of them has an effect.
 */
#include "front/table.h"

static const struct front_field requirement_fields[] = {
	F_CHECK("key", STRING),
	F_CHECK("operator", STRING),
	F_CHECK("values", STRINGS),
};
static const struct front_type requirement_type = {
	FRONT_TYPE_FIELDS(requirement_fields),
};

static const struct front_field label_selector_fields[] = {
	F_CHECK("matchLabels", STRING_MAP),
	F_CHECK("matchExpressions", LIST, .type = &requirement_type),
};
const struct front_type front_label_selector_type = {
	FRONT_TYPE_FIELDS(label_selector_fields),
};

static const struct front_field node_term_fields[] = {
	F_CHECK("matchExpressions", LIST, .type = &requirement_type),
	F_CHECK("matchFields", LIST, .type = &requirement_type),
};
static const struct front_type node_term_type = {
	FRONT_TYPE_FIELDS(node_term_fields),
};

static const struct front_field node_selector_fields[] = {
	F_CHECK("nodeSelectorTerms", LIST, .type = &node_term_type),
};
static const struct front_type node_selector_type = {
	FRONT_TYPE_FIELDS(node_selector_fields),
};

static const struct front_field preferred_node_fields[] = {
	F_CHECK("weight", INT),
	F_CHECK("preference", OBJECT, .type = &node_term_type),
};
static const struct front_type preferred_node_type = {
	FRONT_TYPE_FIELDS(preferred_node_fields),
};

#define REQUIRED "requiredDuringSchedulingIgnoredDuringExecution"
#define PREFERRED "preferredDuringSchedulingIgnoredDuringExecution"

static const struct front_field node_affinity_fields[] = {
	F_CHECK(REQUIRED, OBJECT, .type = &node_selector_type),
	F_CHECK(PREFERRED, LIST, .type = &preferred_node_type),
};
static const struct front_type node_affinity_type = {
	FRONT_TYPE_FIELDS(node_affinity_fields),
};

static const struct front_field pod_term_fields[] = {
	F_CHECK("labelSelector", OBJECT, .type = &front_label_selector_type),
	F_CHECK("namespaces", STRINGS),
	F_CHECK("topologyKey", STRING),
	F_CHECK("namespaceSelector", OBJECT,
		.type = &front_label_selector_type),
	F_CHECK("matchLabelKeys", STRINGS),
	F_CHECK("mismatchLabelKeys", STRINGS),
};
static const struct front_type pod_term_type = {
	FRONT_TYPE_FIELDS(pod_term_fields),
};

static const struct front_field preferred_pod_fields[] = {
	F_CHECK("weight", INT),
	F_CHECK("podAffinityTerm", OBJECT, .type = &pod_term_type),
};
static const struct front_type preferred_pod_type = {
	FRONT_TYPE_FIELDS(preferred_pod_fields),
};

static const struct front_field pod_affinity_fields[] = {
	F_CHECK(REQUIRED, LIST, .type = &pod_term_type),
	F_CHECK(PREFERRED, LIST, .type = &preferred_pod_type),
};
static const struct front_type pod_affinity_type = {
	FRONT_TYPE_FIELDS(pod_affinity_fields),
};

static const struct front_field affinity_fields[] = {
	F_CHECK("nodeAffinity", OBJECT, .type = &node_affinity_type),
	F_CHECK("podAffinity", OBJECT, .type = &pod_affinity_type),
	F_CHECK("podAntiAffinity", OBJECT, .type = &pod_affinity_type),
};
const struct front_type front_affinity_type = {
	FRONT_TYPE_FIELDS(affinity_fields),
};

static const struct front_field toleration_fields[] = {
	F_CHECK("key", STRING),
	F_CHECK("operator", STRING),
	F_CHECK("value", STRING),
	F_CHECK("effect", STRING),
	F_CHECK("tolerationSeconds", INT),
};
const struct front_type front_toleration_type = {
	FRONT_TYPE_FIELDS(toleration_fields),
};

static const struct front_field spread_fields[] = {
	F_CHECK("maxSkew", INT),
	F_CHECK("topologyKey", STRING),
	F_CHECK("whenUnsatisfiable", STRING),
	F_CHECK("labelSelector", OBJECT, .type = &front_label_selector_type),
	F_CHECK("minDomains", INT),
	F_CHECK("nodeAffinityPolicy", STRING),
	F_CHECK("nodeTaintsPolicy", STRING),
	F_CHECK("matchLabelKeys", STRINGS),
};
const struct front_type front_spread_type = {
	FRONT_TYPE_FIELDS(spread_fields),
};
