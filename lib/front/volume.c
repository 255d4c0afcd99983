/* SPDX-License-Identifier: MIT */
/*
 * front/volume.c - tables of volumes.
 *
 * Knows every source the API has; knows nothing of mounting. Sources of
 * clouds and storage networks are known by name only: they are nothing for
 * one machine.
 */
#include "front/table.h"

#include <string.h>

#include "base/str.h"

static const struct front_choice host_types[] = {
	{ "", SPEC_HOST_ANY },
	{ "DirectoryOrCreate", SPEC_HOST_DIRECTORY_OR_CREATE },
	{ "Directory", SPEC_HOST_DIRECTORY },
	{ "FileOrCreate", SPEC_HOST_FILE_OR_CREATE },
	{ "File", SPEC_HOST_FILE },
	{ "Socket", SPEC_HOST_SOCKET },
	{ "CharDevice", SPEC_HOST_CHAR_DEVICE },
	{ "BlockDevice", SPEC_HOST_BLOCK_DEVICE },
	{ NULL, 0 },
};

static int read_medium(struct front_decode *d, struct front_node *node,
	void *base)
{
	struct spec_volume *v = base;

	if (node->type != FRONT_STRING) {
		front_wrong_type(d, node, "string", "");
		return 0;
	}
	if (str_eq(node->text, "Memory")) {
		if (v)
			v->memory_medium = true;
	} else if (str_has_prefix(node->text, "HugePages")) {
		if (v)
			front_unsupported(d, node, NULL);
	} else if (*node->text) {
		front_error(d, node, "\"%.64s\": must be Memory, or empty for "
			"disk", node->text);
	}
	return 0;
}

static const struct front_field empty_dir_fields[] = {
	F_CUSTOM("medium", read_medium),
	F_UNITS("sizeLimit", struct spec_volume, size_limit_bytes),
};
static const struct front_type empty_dir_type = {
	FRONT_TYPE_FIELDS(empty_dir_fields),
};

static const struct front_field host_path_fields[] = {
	F_STRING("path", struct spec_volume, host_path),
	F_CHOICE("type", struct spec_volume, host_type, host_types),
};
static const struct front_type host_path_type = {
	FRONT_TYPE_FIELDS(host_path_fields),
};

static int read_host_path(struct front_decode *d, struct front_node *node,
	void *base)
{
	struct spec_volume *v = base;

	if (v)
		v->type = SPEC_VOLUME_HOST_PATH;
	return front_object(d, node, &host_path_type, base);
}

static const struct front_field item_fields[] = {
	F_CHECK("key", STRING),
	F_CHECK("path", STRING),
	F_CHECK("mode", INT),
};
static const struct front_type item_type = { FRONT_TYPE_FIELDS(item_fields) };

static const struct front_field config_map_fields[] = {
	F_CHECK("name", STRING),
	F_CHECK("items", LIST, .type = &item_type),
	F_CHECK("defaultMode", INT),
	F_CHECK("optional", BOOL),
};
static const struct front_type config_map_type = {
	FRONT_TYPE_FIELDS(config_map_fields),
};

static const struct front_field secret_fields[] = {
	F_CHECK("secretName", STRING),
	F_CHECK("items", LIST, .type = &item_type),
	F_CHECK("defaultMode", INT),
	F_CHECK("optional", BOOL),
};
static const struct front_type secret_type = {
	FRONT_TYPE_FIELDS(secret_fields),
};

static const struct front_field field_ref_fields[] = {
	F_CHECK("apiVersion", STRING),
	F_CHECK("fieldPath", STRING),
};
static const struct front_type field_ref_type = {
	FRONT_TYPE_FIELDS(field_ref_fields),
};

static const struct front_field resource_ref_fields[] = {
	F_CHECK("containerName", STRING),
	F_CHECK("resource", STRING),
	F_CHECK("divisor", MILLI),
};
static const struct front_type resource_ref_type = {
	FRONT_TYPE_FIELDS(resource_ref_fields),
};

static const struct front_field downward_item_fields[] = {
	F_CHECK("path", STRING),
	F_CHECK("fieldRef", OBJECT, .type = &field_ref_type),
	F_CHECK("resourceFieldRef", OBJECT, .type = &resource_ref_type),
	F_CHECK("mode", INT),
};
static const struct front_type downward_item_type = {
	FRONT_TYPE_FIELDS(downward_item_fields),
};

static const struct front_field downward_fields[] = {
	F_CHECK("items", LIST, .type = &downward_item_type),
	F_CHECK("defaultMode", INT),
};
static const struct front_type downward_type = {
	FRONT_TYPE_FIELDS(downward_fields),
};

static const struct front_field token_fields[] = {
	F_CHECK("audience", STRING),
	F_CHECK("expirationSeconds", INT),
	F_CHECK("path", STRING),
};
static const struct front_type token_type = {
	FRONT_TYPE_FIELDS(token_fields),
};

static const struct front_field trust_bundle_fields[] = {
	F_CHECK("name", STRING),
	F_CHECK("signerName", STRING),
	F_CHECK("labelSelector", OBJECT, .type = &front_label_selector_type),
	F_CHECK("optional", BOOL),
	F_CHECK("path", STRING),
};
static const struct front_type trust_bundle_type = {
	FRONT_TYPE_FIELDS(trust_bundle_fields),
};

/* A projected secret calls its name "name", as a configMap does. */
static const struct front_field source_fields[] = {
	F_CHECK("configMap", OBJECT, .type = &config_map_type),
	F_CHECK("secret", OBJECT, .type = &config_map_type),
	F_CHECK("downwardAPI", OBJECT, .type = &downward_type),
	F_CHECK("serviceAccountToken", OBJECT, .type = &token_type),
	F_CHECK("clusterTrustBundle", OBJECT, .type = &trust_bundle_type),
	F_CHECK("podCertificate", ANY),
};
static const struct front_type source_type = {
	FRONT_TYPE_FIELDS(source_fields),
};

static const struct front_field projected_fields[] = {
	F_CHECK("sources", LIST, .type = &source_type),
	F_CHECK("defaultMode", INT),
};
static const struct front_type projected_type = {
	FRONT_TYPE_FIELDS(projected_fields),
};

static const struct front_field claim_fields[] = {
	F_CHECK("claimName", STRING),
	F_CHECK("readOnly", BOOL),
};
static const struct front_type claim_type = {
	FRONT_TYPE_FIELDS(claim_fields),
};

static const struct front_field image_fields[] = {
	F_CHECK("reference", STRING),
	F_CHECK("pullPolicy", STRING),
};
static const struct front_type image_type = {
	FRONT_TYPE_FIELDS(image_fields),
};

static const struct front_field ephemeral_fields[] = {
	F_CHECK("volumeClaimTemplate", ANY),
};
static const struct front_type ephemeral_type = {
	FRONT_TYPE_FIELDS(ephemeral_fields),
};

#define SOURCE(n, k, ...) \
	F_LATER(n, k, .neutral = FRONT_PRESENCE, \
		.note = "an empty directory takes its place", ##__VA_ARGS__)

static const struct front_field volume_fields[] = {
	F_STRING("name", struct spec_volume, name),
	F_INLINE("emptyDir", &empty_dir_type),
	F_CUSTOM("hostPath", read_host_path),
	SOURCE("configMap", OBJECT, .type = &config_map_type),
	SOURCE("secret", OBJECT, .type = &secret_type),
	SOURCE("downwardAPI", OBJECT, .type = &downward_type),
	SOURCE("projected", OBJECT, .type = &projected_type),
	SOURCE("persistentVolumeClaim", OBJECT, .type = &claim_type),
	SOURCE("image", OBJECT, .type = &image_type),
	SOURCE("ephemeral", OBJECT, .type = &ephemeral_type),
	SOURCE("awsElasticBlockStore", ANY),
	SOURCE("azureDisk", ANY),
	SOURCE("azureFile", ANY),
	SOURCE("cephfs", ANY),
	SOURCE("cinder", ANY),
	SOURCE("csi", ANY),
	SOURCE("fc", ANY),
	SOURCE("flexVolume", ANY),
	SOURCE("flocker", ANY),
	SOURCE("gcePersistentDisk", ANY),
	SOURCE("gitRepo", ANY),
	SOURCE("glusterfs", ANY),
	SOURCE("iscsi", ANY),
	SOURCE("nfs", ANY),
	SOURCE("photonPersistentDisk", ANY),
	SOURCE("portworxVolume", ANY),
	SOURCE("quobyte", ANY),
	SOURCE("rbd", ANY),
	SOURCE("scaleIO", ANY),
	SOURCE("storageos", ANY),
	SOURCE("vsphereVolume", ANY),
};

static void init_volume(void *base)
{
	struct spec_volume *v = base;

	v->size_limit_bytes = SPEC_UNSET;
}

static int volume_done(struct front_decode *d, struct front_node *node,
	void *base)
{
	const struct front_node *n, *first = NULL;

	(void)base;
	for (n = node->first; n; n = n->next) {
		if (str_eq(n->key, "name") || n->bad || n->type == FRONT_NULL)
			continue;
		if (first) {
			front_error(d, node, "may have only one source, found "
				"%.40s and %.40s", first->key, n->key);
			/* Read whole, so what validation finds is news. */
			node->bad = false;
			return 0;
		}
		first = n;
	}
	return 0;
}

const struct front_type front_volume_type = {
	FRONT_TYPE_FIELDS(volume_fields),
	.size = sizeof(struct spec_volume),
	.where_offset = offsetof(struct spec_volume, where),
	.init = init_volume,
	.finish = volume_done,
};
