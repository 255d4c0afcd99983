/* SPDX-License-Identifier: MIT */
/*
 * front/pod.c - tables of the pod itself: metadata and spec.
 *
 * Knows every field of PodSpec and ObjectMeta of the Kubernetes v1 API, and
 * our own annotations; knows nothing of documents or files.
 */
#include "front/table.h"

#include <errno.h>
#include <string.h>

#include "base/str.h"

#define POD struct pod_spec

static const struct front_choice restart_policies[] = {
	{ "Always", SPEC_RESTART_ALWAYS },
	{ "OnFailure", SPEC_RESTART_ON_FAILURE },
	{ "Never", SPEC_RESTART_NEVER },
	{ NULL, 0 },
};

static const struct front_choice dns_policies[] = {
	{ "ClusterFirst", SPEC_DNS_CLUSTER_FIRST },
	{ "ClusterFirstWithHostNet", SPEC_DNS_CLUSTER_FIRST_HOST_NET },
	{ "Default", SPEC_DNS_DEFAULT },
	{ "None", SPEC_DNS_NONE },
	{ NULL, 0 },
};

static const struct front_choice preemption_policies[] = {
	{ "PreemptLowerPriority", 0 }, { "Never", 0 }, { NULL, 0 },
};

static const struct front_choice profiles[] = {
	{ "docker-compat", SPEC_PROFILE_DOCKER },
	{ "restricted", SPEC_PROFILE_RESTRICTED },
	{ NULL, 0 },
};

/* What the API server and controllers write is not for us to read. */
static const struct front_field meta_fields[] = {
	F_STRING("name", POD, name),
	F_STRING("namespace", POD, namespace_),
	F_STRING("uid", POD, uid),
	F_MAP("labels", POD, labels, n_labels),
	F_MAP("annotations", POD, annotations, n_annotations),
	F_ACCEPT("generateName", STRING),
	F_ACCEPT("creationTimestamp", ANY),
	F_ACCEPT("deletionTimestamp", ANY),
	F_ACCEPT("deletionGracePeriodSeconds", INT),
	F_ACCEPT("generation", INT),
	F_ACCEPT("resourceVersion", STRING),
	F_ACCEPT("selfLink", STRING),
	F_ACCEPT("ownerReferences", ANY),
	F_ACCEPT("finalizers", STRINGS),
	F_ACCEPT("managedFields", ANY),
};
static const struct front_type meta_type = { FRONT_TYPE_FIELDS(meta_fields) };

static const struct front_field dns_option_fields[] = {
	F_STRING("name", struct spec_dns_option, name),
	F_STRING("value", struct spec_dns_option, value),
};
static const struct front_type dns_option_type = {
	FRONT_TYPE_FIELDS(dns_option_fields),
	.size = sizeof(struct spec_dns_option),
};

static const struct front_field dns_fields[] = {
	F_STRINGS("nameservers", POD, nameservers, n_nameservers),
	F_STRINGS("searches", POD, searches, n_searches),
	F_LIST("options", POD, dns_options, n_dns_options, &dns_option_type),
};
static const struct front_type dns_type = { FRONT_TYPE_FIELDS(dns_fields) };

static const struct front_field alias_fields[] = {
	F_STRING("ip", struct spec_host_alias, ip),
	F_STRINGS("hostnames", struct spec_host_alias, hostnames,
		n_hostnames),
};
static const struct front_type alias_type = {
	FRONT_TYPE_FIELDS(alias_fields),
	.size = sizeof(struct spec_host_alias),
};

static const struct front_field name_fields[] = {
	F_CHECK("name", STRING),
};
static const struct front_type name_type = { FRONT_TYPE_FIELDS(name_fields) };

static const struct front_field condition_fields[] = {
	F_CHECK("conditionType", STRING),
};
static const struct front_type condition_type = {
	FRONT_TYPE_FIELDS(condition_fields),
};

static const struct front_field pod_claim_fields[] = {
	F_CHECK("name", STRING),
	F_CHECK("resourceClaimName", STRING),
	F_CHECK("resourceClaimTemplateName", STRING),
};
static const struct front_type pod_claim_type = {
	FRONT_TYPE_FIELDS(pod_claim_fields),
};

static const struct front_field os_fields[] = {
	F_LATER("name", STRING, .neutral = "linux"),
};
static const struct front_type os_type = { FRONT_TYPE_FIELDS(os_fields) };

static int read_init_containers(struct front_decode *d,
	struct front_node *node, void *base)
{
	return front_list(d, node, &front_init_container_type,
		base ? &d->init : NULL, &d->n_init);
}

/* Init containers first, wherever the document has them. */
static int spec_done(struct front_decode *d, struct front_node *node,
	void *base)
{
	struct pod_spec *spec = base;
	size_t n = d->n_init + spec->n_containers;
	struct spec_container *all;

	(void)node;
	if (!d->n_init)
		return 0;
	all = spec_array(d->arena, n, sizeof(*all));
	if (!all)
		return -ENOMEM;
	memcpy(all, d->init, d->n_init * sizeof(*all));
	if (spec->n_containers)
		memcpy(all + d->n_init, spec->containers,
			spec->n_containers * sizeof(*all));
	spec->containers = all;
	spec->n_containers = n;
	return 0;
}

static const struct front_field spec_fields[] = {
	F_LIST("containers", POD, containers, n_containers,
		&front_container_type),
	F_CUSTOM("initContainers", read_init_containers),
	F_LIST("volumes", POD, volumes, n_volumes, &front_volume_type),
	F_CHOICE("restartPolicy", POD, restart_policy, restart_policies),
	F_INT("terminationGracePeriodSeconds", POD, grace_seconds),
	F_BOOL("hostNetwork", POD, host_network),
	F_BOOL("hostPID", POD, host_pid),
	F_BOOL("hostIPC", POD, host_ipc),
	F_BOOL("shareProcessNamespace", POD, share_process_namespace),
	F_STRING("hostname", POD, hostname),
	F_STRING("subdomain", POD, subdomain),
	F_BOOL("setHostnameAsFQDN", POD, set_hostname_as_fqdn),
	F_STRING("nodeName", POD, node_name),
	F_STRING("serviceAccountName", POD, service_account_name),
	F_CHOICE("dnsPolicy", POD, dns_policy, dns_policies),
	F_INLINE("dnsConfig", &dns_type),
	F_LIST("hostAliases", POD, host_aliases, n_host_aliases, &alias_type),
	F_INLINE("securityContext", &front_pod_security_type),
	F_INLINE("os", &os_type),
	/* What places a pod on a node, or is for a cluster's services. */
	F_ACCEPT("affinity", OBJECT, .type = &front_affinity_type),
	F_ACCEPT("automountServiceAccountToken", BOOL),
	F_ACCEPT("enableServiceLinks", BOOL),
	F_ACCEPT("imagePullSecrets", LIST, .type = &name_type),
	F_ACCEPT("nodeSelector", STRING_MAP),
	F_ACCEPT("preemptionPolicy", CHOICE, .choices = preemption_policies),
	F_ACCEPT("priority", INT),
	F_ACCEPT("priorityClassName", STRING),
	F_ACCEPT("schedulerName", STRING),
	F_ACCEPT("serviceAccount", STRING),
	F_ACCEPT("tolerations", LIST, .type = &front_toleration_type),
	F_ACCEPT("topologySpreadConstraints", LIST,
		.type = &front_spread_type),
	F_LATER("activeDeadlineSeconds", INT),
	F_LATER("ephemeralContainers", LIST,
		.type = &front_ephemeral_container_type),
	F_LATER("hostUsers", BOOL, .neutral = "true"),
	F_LATER("hostnameOverride", STRING),
	F_LATER("overhead", STRING_MAP),
	F_LATER("readinessGates", LIST, .type = &condition_type),
	F_LATER("resourceClaims", LIST, .type = &pod_claim_type),
	F_LATER("resources", OBJECT, .type = &front_resources_type),
	F_LATER("runtimeClassName", STRING),
	F_LATER("schedulingGates", LIST, .type = &name_type),
	F_LATER("workloadRef", ANY),
};
static const struct front_type spec_type = {
	FRONT_TYPE_FIELDS(spec_fields),
	.finish = spec_done,
};

static const struct front_field pod_fields[] = {
	F_ACCEPT("apiVersion", STRING),
	F_ACCEPT("kind", STRING),
	F_INLINE("metadata", &meta_type),
	F_INLINE("spec", &spec_type),
	F_ACCEPT("status", ANY),
};

#define OUR_PREFIX "libpod.dev/"

static const struct front_choice layers[] = {
	{ "memory", SPEC_LAYER_MEMORY },
	{ "disk", SPEC_LAYER_DISK },
	{ NULL, 0 },
};

/* Ours is a closed set: a misspelt profile must not mean the default one. */
static void read_annotations(struct front_decode *d, struct front_node *pod)
{
	struct front_node *map, *n;
	unsigned int choice;

	map = front_child(front_child(pod, "metadata"), "annotations");
	for (n = map && map->type == FRONT_MAP ? map->first : NULL; n;
		n = n->next) {
		if (n->bad || !str_has_prefix(n->key, OUR_PREFIX))
			continue;
		if (str_eq(n->key, OUR_PREFIX "profile")) {
			if (front_read_choice(d, n, profiles, &choice) == 0)
				d->spec->profile = (enum spec_profile)choice;
		} else if (str_eq(n->key, OUR_PREFIX "writable-layer")) {
			if (front_read_choice(d, n, layers, &choice) == 0)
				d->spec->layer = (enum spec_layer)choice;
		} else {
			front_error_key(d, n, "unknown annotation: there are "
				"libpod.dev/profile and "
				"libpod.dev/writable-layer");
		}
	}
}

static int pod_done(struct front_decode *d, struct front_node *node,
	void *base)
{
	(void)base;
	read_annotations(d, node);
	return 0;
}

static const struct front_type pod_type = {
	FRONT_TYPE_FIELDS(pod_fields),
	.finish = pod_done,
};

int front_pod(struct front_decode *d, struct front_node *node)
{
	return front_object(d, node, &pod_type, d->spec);
}
