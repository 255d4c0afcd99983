/* SPDX-License-Identifier: MIT */
/*
 * front/container.c - tables of containers.
 *
 * Knows the fields of regular, init and ephemeral containers; what makes a
 * sidecar of an init container is decided here, because only the document
 * tells which list it stood in.
 */
#include "front/table.h"

#include <string.h>

#include "base/str.h"

static const struct front_choice restart_policies[] = {
	{ "Always", SPEC_RESTART_ALWAYS },
	{ "OnFailure", SPEC_RESTART_ON_FAILURE },
	{ "Never", SPEC_RESTART_NEVER },
	{ NULL, 0 },
};

static const struct front_choice pull_policies[] = {
	{ "Always", 0 }, { "IfNotPresent", 0 }, { "Never", 0 }, { NULL, 0 },
};

static const struct front_choice message_policies[] = {
	{ "File", 0 }, { "FallbackToLogsOnError", 1 }, { NULL, 0 },
};

static const struct front_choice protocols[] = {
	{ "TCP", SPEC_TCP }, { "UDP", SPEC_UDP }, { "SCTP", SPEC_SCTP },
	{ NULL, 0 },
};

static const struct front_choice recursive_choices[] = {
	{ "Disabled", SPEC_RRO_DISABLED },
	{ "IfPossible", SPEC_RRO_IF_POSSIBLE },
	{ "Enabled", SPEC_RRO_ENABLED },
	{ NULL, 0 },
};

static const struct front_choice propagations[] = {
	{ "None", SPEC_PROPAGATION_NONE },
	{ "HostToContainer", SPEC_PROPAGATION_HOST_TO_CONTAINER },
	{ "Bidirectional", SPEC_PROPAGATION_BIDIRECTIONAL },
	{ NULL, 0 },
};

/* env */

static const struct front_field key_ref_fields[] = {
	F_CHECK("name", STRING),
	F_CHECK("key", STRING),
	F_CHECK("optional", BOOL),
};
static const struct front_type key_ref_type = {
	FRONT_TYPE_FIELDS(key_ref_fields),
};

static const struct front_field file_ref_fields[] = {
	F_CHECK("volumeName", STRING),
	F_CHECK("path", STRING),
	F_CHECK("key", STRING),
	F_CHECK("optional", BOOL),
};
static const struct front_type file_ref_type = {
	FRONT_TYPE_FIELDS(file_ref_fields),
};

#define ENV struct spec_env
static const struct front_field field_ref_fields[] = {
	F_ACCEPT("apiVersion", STRING),
	F_STRING("fieldPath", ENV, field_path),
};
static const struct front_type field_ref_type = {
	FRONT_TYPE_FIELDS(field_ref_fields),
};

static const struct front_field resource_ref_fields[] = {
	F_STRING("containerName", ENV, resource_container),
	F_STRING("resource", ENV, resource),
	F_MILLI("divisor", ENV, resource_divisor_milli),
};
static const struct front_type resource_ref_type = {
	FRONT_TYPE_FIELDS(resource_ref_fields),
};

static const struct front_field value_from_fields[] = {
	F_INLINE("fieldRef", &field_ref_type),
	F_INLINE("resourceFieldRef", &resource_ref_type),
	F_LATER("configMapKeyRef", OBJECT, .type = &key_ref_type,
		.neutral = FRONT_PRESENCE, .note = "the value is empty"),
	F_LATER("secretKeyRef", OBJECT, .type = &key_ref_type,
		.neutral = FRONT_PRESENCE, .note = "the value is empty"),
	F_LATER("fileKeyRef", OBJECT, .type = &file_ref_type,
		.neutral = FRONT_PRESENCE, .note = "the value is empty"),
};

/* A source that names nothing would quietly be an empty variable. */
static int value_from_done(struct front_decode *d, struct front_node *node,
	void *base)
{
	const struct spec_env *e = base;
	const struct front_node *n;

	if (e->field_path || e->resource)
		return 0;
	for (n = node->first; n; n = n->next)
		if (n->bad || str_has_prefix(n->key, "configMap") ||
			str_has_prefix(n->key, "secret") ||
			str_has_prefix(n->key, "fileKey"))
			return 0;
	front_error(d, node, "required: fieldRef with a fieldPath, or "
		"resourceFieldRef with a resource");
	return 0;
}

static const struct front_type value_from_type = {
	FRONT_TYPE_FIELDS(value_from_fields),
	.finish = value_from_done,
};

static const struct front_field env_fields[] = {
	F_STRING("name", ENV, name),
	F_STRING("value", ENV, value),
	F_INLINE("valueFrom", &value_from_type),
};

static void init_env(void *base)
{
	struct spec_env *e = base;

	e->resource_divisor_milli = SPEC_UNSET;
}

static const struct front_type env_type = {
	FRONT_TYPE_FIELDS(env_fields),
	.size = sizeof(ENV),
	.where_offset = offsetof(ENV, where),
	.init = init_env,
};

static const struct front_field env_from_fields[] = {
	F_CHECK("prefix", STRING),
	F_CHECK("configMapRef", OBJECT, .type = &key_ref_type),
	F_CHECK("secretRef", OBJECT, .type = &key_ref_type),
};
static const struct front_type env_from_type = {
	FRONT_TYPE_FIELDS(env_from_fields),
};

/* ports and mounts */

#define PORT struct spec_port
static const struct front_field port_fields[] = {
	F_STRING("name", PORT, name),
	F_INT("containerPort", PORT, container_port),
	F_CHOICE("protocol", PORT, protocol, protocols),
	F_LATER("hostPort", INT, .neutral = "0"),
	F_LATER("hostIP", STRING),
};

static void init_port(void *base)
{
	struct spec_port *p = base;

	p->container_port = SPEC_UNSET;
	p->host_port = SPEC_UNSET;
}

static const struct front_type port_type = {
	FRONT_TYPE_FIELDS(port_fields),
	.size = sizeof(PORT),
	.where_offset = offsetof(PORT, where),
	.init = init_port,
};

#define MOUNT struct spec_mount
static const struct front_field mount_fields[] = {
	F_STRING("name", MOUNT, name),
	F_STRING("mountPath", MOUNT, mount_path),
	F_STRING("subPath", MOUNT, sub_path),
	F_BOOL("readOnly", MOUNT, read_only),
	F_CHOICE("recursiveReadOnly", MOUNT, recursive_read_only,
		recursive_choices),
	F_LATER("mountPropagation", CHOICE, .choices = propagations,
		.neutral = "None"),
	F_LATER("subPathExpr", STRING),
};
static const struct front_type mount_type = {
	FRONT_TYPE_FIELDS(mount_fields),
	.size = sizeof(MOUNT),
	.where_offset = offsetof(MOUNT, where),
};

static const struct front_field device_fields[] = {
	F_CHECK("name", STRING),
	F_CHECK("devicePath", STRING),
};
static const struct front_type device_type = {
	FRONT_TYPE_FIELDS(device_fields),
};

/* restart rules and resize policies */

static const struct front_field exit_codes_fields[] = {
	F_CHECK("operator", STRING),
	F_CHECK("values", INTS),
};
static const struct front_type exit_codes_type = {
	FRONT_TYPE_FIELDS(exit_codes_fields),
};

static const struct front_field restart_rule_fields[] = {
	F_CHECK("action", STRING),
	F_CHECK("exitCodes", OBJECT, .type = &exit_codes_type),
};
static const struct front_type restart_rule_type = {
	FRONT_TYPE_FIELDS(restart_rule_fields),
};

/* NotRequired is the default, and nothing is resized yet. */
static const struct front_field resize_fields[] = {
	F_ACCEPT("resourceName", STRING),
	F_LATER("restartPolicy", STRING, .neutral = "NotRequired"),
};
static const struct front_type resize_type = {
	FRONT_TYPE_FIELDS(resize_fields),
	.size = 1,
};

static int read_resize(struct front_decode *d, struct front_node *node,
	void *base)
{
	size_t count = 0;
	char *none = NULL;

	/* A target that holds nothing: rows are judged, not only checked. */
	return front_list(d, node, &resize_type, base ? &none : NULL, &count);
}

/* containers */

#define CTR struct spec_container
static const struct front_field container_fields[] = {
	F_STRING("name", CTR, name),
	F_STRING("image", CTR, image),
	F_STRINGS("command", CTR, command, n_command),
	F_STRINGS("args", CTR, args, n_args),
	F_LIST("env", CTR, env, n_env, &env_type),
	F_LIST("ports", CTR, ports, n_ports, &port_type),
	F_LIST("volumeMounts", CTR, mounts, n_mounts, &mount_type),
	F_OBJECT("resources", CTR, resources, &front_resources_type),
	F_OBJECT("securityContext", CTR, security,
		&front_container_security_type),
	F_STRING("workingDir", CTR, working_dir),
	F_CHOICE("restartPolicy", CTR, restart_policy, restart_policies),
	F_STRING("terminationMessagePath", CTR, termination_message_path),
	F_FLAG("terminationMessagePolicy", CTR, termination_message_from_logs,
		message_policies),
	F_ACCEPT("imagePullPolicy", CHOICE, .choices = pull_policies),
	F_CUSTOM("resizePolicy", read_resize),
	F_LATER("envFrom", LIST, .type = &env_from_type),
	F_LATER("livenessProbe", OBJECT, .type = &front_probe_type),
	F_LATER("readinessProbe", OBJECT, .type = &front_probe_type),
	F_LATER("startupProbe", OBJECT, .type = &front_probe_type),
	F_LATER("lifecycle", OBJECT, .type = &front_lifecycle_type),
	F_LATER("stdin", BOOL),
	F_LATER("stdinOnce", BOOL),
	F_LATER("tty", BOOL),
	F_LATER("volumeDevices", LIST, .type = &device_type),
	F_LATER("restartPolicyRules", LIST, .type = &restart_rule_type),
	/* Only ephemeral containers have it; elsewhere it is refused too. */
	F_LATER("targetContainerName", STRING),
};

static void init_container(void *base)
{
	spec_container_init(base);
}

static int container_done(struct front_decode *d, struct front_node *node,
	void *base)
{
	struct front_node *policy = front_child(node, "restartPolicy");
	struct spec_container *c = base;

	if (c->restart_policy == SPEC_RESTART_UNSET || !policy)
		return 0;
	front_unsupported(d, policy, NULL);
	c->restart_policy = SPEC_RESTART_UNSET;
	return 0;
}

static int init_container_done(struct front_decode *d,
	struct front_node *node, void *base)
{
	struct spec_container *c = base;

	(void)d;
	(void)node;
	c->kind = c->restart_policy == SPEC_RESTART_ALWAYS ? SPEC_SIDECAR :
							     SPEC_INIT;
	return 0;
}

const struct front_type front_container_type = {
	FRONT_TYPE_FIELDS(container_fields),
	.size = sizeof(CTR),
	.where_offset = offsetof(CTR, where),
	.init = init_container,
	.finish = container_done,
};

const struct front_type front_init_container_type = {
	FRONT_TYPE_FIELDS(container_fields),
	.size = sizeof(CTR),
	.where_offset = offsetof(CTR, where),
	.init = init_container,
	.finish = init_container_done,
};

/* Never has a target: the same rows, only checked. */
const struct front_type front_ephemeral_container_type = {
	FRONT_TYPE_FIELDS(container_fields),
};
