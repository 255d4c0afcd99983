/* SPDX-License-Identifier: MIT */
/*
 * spec/json.c - a spec as a Kubernetes v1 Pod.
 *
 * Knows the API's names for what a spec holds, and leaves out what is unset;
 * knows nothing of reading. What it writes, the front end reads back.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "spec/json.h"

/*
 * jansson's *_new functions take the reference even when they fail, and a
 * NULL value makes them fail: one check at the end of each object suffices.
 */
void json_put(struct json_out *o, json_t *object, const char *key,
	json_t *value)
{
	if (json_object_set_new(object, key, value) < 0)
		o->failed = true;
}

void json_put_string(struct json_out *o, json_t *object, const char *key,
	const char *value)
{
	if (value)
		json_put(o, object, key, json_string(value));
}

void json_put_int(struct json_out *o, json_t *object, const char *key,
	int64_t value)
{
	if (value != SPEC_UNSET)
		json_put(o, object, key, json_integer(value));
}

void json_put_true(struct json_out *o, json_t *object, const char *key,
	bool value)
{
	if (value)
		json_put(o, object, key, json_true());
}

void json_put_tri(struct json_out *o, json_t *object, const char *key,
	enum spec_tri value)
{
	if (value != SPEC_MAYBE)
		json_put(o, object, key, json_boolean(value == SPEC_YES));
}

void json_put_strings(struct json_out *o, json_t *object, const char *key,
	const char *const *list, size_t n)
{
	json_t *array;
	size_t i;

	if (!n)
		return;
	array = json_array();
	for (i = 0; i < n; i++)
		json_add(o, array, json_string(list[i]));
	json_put(o, object, key, array);
}

void json_add(struct json_out *o, json_t *array, json_t *value)
{
	if (json_array_append_new(array, value) < 0)
		o->failed = true;
}

/* An object or array that came out empty is left out. */
void json_put_filled(struct json_out *o, json_t *object, const char *key,
	json_t *value)
{
	if (!value)
		o->failed = true;
	else if (json_object_size(value) || json_array_size(value))
		json_put(o, object, key, value);
	else
		json_decref(value);
}

static json_t *pairs(struct json_out *o, const struct spec_pair *list,
	size_t n)
{
	json_t *object = json_object();
	size_t i;

	for (i = 0; i < n; i++)
		json_put_string(o, object, list[i].key, list[i].value);
	return object;
}

static json_t *metadata(struct json_out *o, const struct pod_spec *s)
{
	json_t *m = json_object();

	json_put_string(o, m, "name", s->name);
	json_put_string(o, m, "namespace", s->namespace_);
	json_put_string(o, m, "uid", s->uid);
	json_put_filled(o, m, "labels", pairs(o, s->labels, s->n_labels));
	json_put_filled(o, m, "annotations",
		pairs(o, s->annotations, s->n_annotations));
	return m;
}

const char *json_restart(enum spec_restart policy)
{
	switch (policy) {
	case SPEC_RESTART_ALWAYS:
		return "Always";
	case SPEC_RESTART_ON_FAILURE:
		return "OnFailure";
	case SPEC_RESTART_NEVER:
		return "Never";
	case SPEC_RESTART_UNSET:
		break;
	}
	return NULL;
}

static json_t *volume(struct json_out *o, const struct spec_volume *v)
{
	static const char *const types[] = { NULL, "DirectoryOrCreate",
		"Directory", "FileOrCreate", "File", "Socket", "CharDevice",
		"BlockDevice" };
	json_t *object = json_object(), *source = json_object();

	json_put_string(o, object, "name", v->name);
	if (v->type == SPEC_VOLUME_HOST_PATH) {
		json_put_string(o, source, "path", v->host_path);
		json_put_string(o, source, "type", types[v->host_type]);
		json_put(o, object, "hostPath", source);
		return object;
	}
	if (v->memory_medium)
		json_put_string(o, source, "medium", "Memory");
	json_put_int(o, source, "sizeLimit", v->size_limit_bytes);
	json_put(o, object, "emptyDir", source);
	return object;
}

static json_t *dns_config(struct json_out *o, const struct pod_spec *s)
{
	json_t *dns = json_object(), *options = json_array(), *option;
	size_t i;

	json_put_strings(o, dns, "nameservers",
		(const char *const *)s->nameservers, s->n_nameservers);
	json_put_strings(o, dns, "searches",
		(const char *const *)s->searches, s->n_searches);
	for (i = 0; i < s->n_dns_options; i++) {
		option = json_object();
		json_put_string(o, option, "name", s->dns_options[i].name);
		json_put_string(o, option, "value", s->dns_options[i].value);
		json_add(o, options, option);
	}
	json_put_filled(o, dns, "options", options);
	return dns;
}

static json_t *host_aliases(struct json_out *o, const struct pod_spec *s)
{
	json_t *list = json_array(), *alias;
	size_t i;

	for (i = 0; i < s->n_host_aliases; i++) {
		const struct spec_host_alias *a = &s->host_aliases[i];

		alias = json_object();
		json_put_string(o, alias, "ip", a->ip);
		json_put_strings(o, alias, "hostnames",
			(const char *const *)a->hostnames, a->n_hostnames);
		json_add(o, list, alias);
	}
	return list;
}

static json_t *pod_security(struct json_out *o, const struct pod_spec *s)
{
	json_t *object = json_security(o, &s->security);
	json_t *groups = json_array(), *sysctls = json_array(), *sysctl;
	size_t i;

	for (i = 0; i < s->n_supplemental_groups; i++)
		json_add(o, groups, json_integer(s->supplemental_groups[i]));
	json_put_filled(o, object, "supplementalGroups", groups);
	json_put_int(o, object, "fsGroup", s->fs_group);
	for (i = 0; i < s->n_sysctls; i++) {
		sysctl = json_object();
		json_put_string(o, sysctl, "name", s->sysctls[i].key);
		json_put_string(o, sysctl, "value", s->sysctls[i].value);
		json_add(o, sysctls, sysctl);
	}
	json_put_filled(o, object, "sysctls", sysctls);
	return object;
}

static void lists(struct json_out *o, json_t *spec, const struct pod_spec *s)
{
	json_t *init = json_array(), *regular = json_array();
	json_t *volumes = json_array();
	size_t i;

	for (i = 0; i < s->n_containers; i++)
		json_add(o, s->containers[i].kind == SPEC_REGULAR ? regular :
								    init,
			json_container(o, &s->containers[i]));
	for (i = 0; i < s->n_volumes; i++)
		json_add(o, volumes, volume(o, &s->volumes[i]));
	json_put_filled(o, spec, "initContainers", init);
	json_put_filled(o, spec, "containers", regular);
	json_put_filled(o, spec, "volumes", volumes);
}

static json_t *pod_spec(struct json_out *o, const struct pod_spec *s)
{
	static const char *const dns[] = { NULL, "ClusterFirstWithHostNet",
		"Default", "None" };
	json_t *spec = json_object();

	lists(o, spec, s);
	json_put_string(o, spec, "restartPolicy",
		json_restart(s->restart_policy));
	json_put_int(o, spec, "terminationGracePeriodSeconds",
		s->grace_seconds);
	json_put_int(o, spec, "activeDeadlineSeconds",
		s->active_deadline_seconds);
	json_put_true(o, spec, "hostNetwork", s->host_network);
	json_put_true(o, spec, "hostPID", s->host_pid);
	json_put_true(o, spec, "hostIPC", s->host_ipc);
	json_put_tri(o, spec, "hostUsers", s->host_users);
	json_put_true(o, spec, "shareProcessNamespace",
		s->share_process_namespace);
	json_put_string(o, spec, "hostname", s->hostname);
	json_put_string(o, spec, "subdomain", s->subdomain);
	json_put_true(o, spec, "setHostnameAsFQDN", s->set_hostname_as_fqdn);
	json_put_string(o, spec, "nodeName", s->node_name);
	json_put_string(o, spec, "serviceAccountName",
		s->service_account_name);
	json_put_string(o, spec, "dnsPolicy", dns[s->dns_policy]);
	json_put_filled(o, spec, "dnsConfig", dns_config(o, s));
	json_put_filled(o, spec, "hostAliases", host_aliases(o, s));
	json_put_filled(o, spec, "securityContext", pod_security(o, s));
	return spec;
}

char *spec_to_json(const struct pod_spec *s)
{
	struct json_out o = { 0 };
	json_t *pod;
	char *text = NULL;

	if (s->manifest_json)
		return strdup(s->manifest_json);
	pod = json_object();
	json_put_string(&o, pod, "apiVersion", "v1");
	json_put_string(&o, pod, "kind", "Pod");
	json_put(&o, pod, "metadata", metadata(&o, s));
	json_put(&o, pod, "spec", pod_spec(&o, s));
	if (!o.failed)
		text = json_dumps(pod, JSON_COMPACT);
	json_decref(pod);
	return text;
}
