/* SPDX-License-Identifier: MIT */
/*
 * spec/validate_meta.c - checks of a pod's names, labels and annotations.
 *
 * Knows that these become directory names, host names and text on a
 * terminal, which is why control characters stop here; knows nothing of
 * where they are used.
 */
#include "spec/validate.h"

#include <string.h>

#include "base/str.h"

#define SUBDOMAIN_RULE \
	"must be lower-case letters, digits, '-' and '.', at most 253"
#define LABEL_RULE "must be lower-case letters, digits and '-', at most 63"

void vld_metadata(struct validation *v)
{
	const struct pod_spec *s = v->spec;

	if (!s->name || !*s->name)
		vld_error(v, "metadata.name", "required");
	else if (!spec_is_dns_subdomain(s->name))
		vld_error(v, "metadata.name", VLD_TEXT ": " SUBDOMAIN_RULE,
			s->name);
	if (s->namespace_ && !spec_is_dns_label(s->namespace_))
		vld_error(v, "metadata.namespace", VLD_TEXT ": " LABEL_RULE,
			s->namespace_);
	/* The UID names the state directory: it is no free text here. */
	if (s->uid && !spec_is_dns_label(s->uid))
		vld_error(v, "metadata.uid", VLD_TEXT ": " LABEL_RULE, s->uid);
	if (s->node_name && !spec_is_dns_subdomain(s->node_name))
		vld_error(v, "spec.nodeName", VLD_TEXT ": " SUBDOMAIN_RULE,
			s->node_name);
	if (s->service_account_name &&
		!spec_is_dns_subdomain(s->service_account_name))
		vld_error(v, "spec.serviceAccountName",
			VLD_TEXT ": " SUBDOMAIN_RULE, s->service_account_name);
}

void vld_labels(struct validation *v)
{
	size_t i;

	for (i = 0; i < v->spec->n_labels; i++) {
		const struct spec_pair *p = &v->spec->labels[i];

		if (!spec_is_label_key(p->key))
			vld_error(v, vld_key(v, "metadata.labels", p->key),
				"key " VLD_TEXT ": must be [prefix/]name, "
				"name at most 63 letters, digits, '-', '_', "
				"'.'", p->key);
		if (!spec_is_label_value(p->value))
			vld_error(v, vld_key(v, "metadata.labels", p->key),
				"value " VLD_TEXT ": must be at most 63 "
				"letters, digits, '-', '_', '.', with a letter "
				"or digit at both ends", p->value);
	}
}

void vld_annotations(struct validation *v)
{
	size_t i, bytes = 0;

	for (i = 0; i < v->spec->n_annotations; i++) {
		const struct spec_pair *p = &v->spec->annotations[i];

		bytes += strlen(p->key) + strlen(p->value);
		if (!spec_is_label_key(p->key))
			vld_error(v,
				vld_key(v, "metadata.annotations", p->key),
				"key " VLD_TEXT ": must be [prefix/]name, "
				"name at most 63 letters, digits, '-', '_', "
				"'.'", p->key);
	}
	if (bytes > SPEC_MAX_ANNOTATION_BYTES)
		vld_too_big(v, "metadata.annotations",
			"%zu bytes: the limit is %d for all annotations",
			bytes, SPEC_MAX_ANNOTATION_BYTES);
}

void vld_hostnames(struct validation *v)
{
	const struct pod_spec *s = v->spec;

	if (s->hostname && !spec_is_dns_label(s->hostname))
		vld_error(v, "spec.hostname", VLD_TEXT ": " LABEL_RULE,
			s->hostname);
	if (s->subdomain && !spec_is_dns_label(s->subdomain))
		vld_error(v, "spec.subdomain", VLD_TEXT ": " LABEL_RULE,
			s->subdomain);
}
