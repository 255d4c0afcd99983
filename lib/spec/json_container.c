/* SPDX-License-Identifier: MIT */
/*
 * spec/json_container.c - containers and securityContext as JSON.
 *
 * Knows the API's names of their fields; knows nothing of reading.
 */
#include "spec/json.h"

#include <stdio.h>

static json_t *seccomp(struct json_out *o, const struct spec_security *s)
{
	static const char *const types[] = { NULL, "RuntimeDefault",
		"Unconfined", "Localhost" };
	json_t *object = json_object();

	json_put_string(o, object, "type", types[s->seccomp]);
	json_put_string(o, object, "localhostProfile",
		s->seccomp_localhost_profile);
	return object;
}

json_t *json_security(struct json_out *o, const struct spec_security *s)
{
	json_t *object = json_object(), *caps = json_object();

	json_put_int(o, object, "runAsUser", s->run_as_user);
	json_put_int(o, object, "runAsGroup", s->run_as_group);
	json_put_tri(o, object, "runAsNonRoot", s->run_as_non_root);
	json_put_tri(o, object, "privileged", s->privileged);
	json_put_tri(o, object, "allowPrivilegeEscalation",
		s->allow_privilege_escalation);
	json_put_tri(o, object, "readOnlyRootFilesystem",
		s->read_only_root_filesystem);
	if (s->proc_mount_unmasked)
		json_put_string(o, object, "procMount", "Unmasked");
	json_put_strings(o, caps, "add", (const char *const *)s->cap_add,
		s->n_cap_add);
	json_put_strings(o, caps, "drop", (const char *const *)s->cap_drop,
		s->n_cap_drop);
	json_put_filled(o, object, "capabilities", caps);
	json_put_filled(o, object, "seccompProfile", seccomp(o, s));
	return object;
}

static void put_milli(struct json_out *o, json_t *object, const char *key,
	int64_t milli)
{
	char text[32];

	if (milli == SPEC_UNSET)
		return;
	(void)snprintf(text, sizeof(text), "%lldm", (long long)milli);
	json_put_string(o, object, key, text);
}

static void put_bytes(struct json_out *o, json_t *object, const char *key,
	int64_t bytes)
{
	char text[32];

	if (bytes == SPEC_UNSET)
		return;
	(void)snprintf(text, sizeof(text), "%lld", (long long)bytes);
	json_put_string(o, object, key, text);
}

static json_t *resources(struct json_out *o, const struct spec_resources *r)
{
	json_t *object = json_object();
	json_t *limits = json_object(), *requests = json_object();

	put_milli(o, limits, "cpu", r->cpu_limit_milli);
	put_bytes(o, limits, "memory", r->memory_limit_bytes);
	put_milli(o, requests, "cpu", r->cpu_request_milli);
	put_bytes(o, requests, "memory", r->memory_request_bytes);
	json_put_filled(o, object, "limits", limits);
	json_put_filled(o, object, "requests", requests);
	return object;
}

static json_t *env_source(struct json_out *o, const struct spec_env *e)
{
	json_t *from = json_object(), *ref = json_object();

	if (e->field_path) {
		json_put_string(o, ref, "fieldPath", e->field_path);
		json_put(o, from, "fieldRef", ref);
		return from;
	}
	json_put_string(o, ref, "containerName", e->resource_container);
	json_put_string(o, ref, "resource", e->resource);
	put_milli(o, ref, "divisor", e->resource_divisor_milli);
	json_put(o, from, "resourceFieldRef", ref);
	return from;
}

static json_t *environment(struct json_out *o, const struct spec_container *c)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < c->n_env; i++) {
		const struct spec_env *e = &c->env[i];
		json_t *object = json_object();

		json_put_string(o, object, "name", e->name);
		json_put_string(o, object, "value", e->value);
		if (e->field_path || e->resource)
			json_put(o, object, "valueFrom", env_source(o, e));
		json_add(o, list, object);
	}
	return list;
}

static json_t *ports(struct json_out *o, const struct spec_container *c)
{
	static const char *const protocols[] = { NULL, "UDP", "SCTP" };
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < c->n_ports; i++) {
		const struct spec_port *p = &c->ports[i];
		json_t *object = json_object();

		json_put_string(o, object, "name", p->name);
		json_put_int(o, object, "containerPort", p->container_port);
		json_put_int(o, object, "hostPort", p->host_port);
		json_put_string(o, object, "hostIP", p->host_ip);
		json_put_string(o, object, "protocol",
			protocols[p->protocol]);
		json_add(o, list, object);
	}
	return list;
}

static json_t *mounts(struct json_out *o, const struct spec_container *c)
{
	static const char *const recursive[] = { NULL, "Disabled",
		"IfPossible", "Enabled" };
	static const char *const propagation[] = { NULL, "HostToContainer",
		"Bidirectional" };
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < c->n_mounts; i++) {
		const struct spec_mount *m = &c->mounts[i];
		json_t *object = json_object();

		json_put_string(o, object, "name", m->name);
		json_put_string(o, object, "mountPath", m->mount_path);
		json_put_string(o, object, "subPath", m->sub_path);
		json_put_string(o, object, "subPathExpr", m->sub_path_expr);
		json_put_true(o, object, "readOnly", m->read_only);
		json_put_string(o, object, "recursiveReadOnly",
			recursive[m->recursive_read_only]);
		json_put_string(o, object, "mountPropagation",
			propagation[m->propagation]);
		json_add(o, list, object);
	}
	return list;
}

json_t *json_container(struct json_out *o, const struct spec_container *c)
{
	json_t *object = json_object();

	json_put_string(o, object, "name", c->name);
	json_put_string(o, object, "image", c->image);
	json_put_strings(o, object, "command",
		(const char *const *)c->command, c->n_command);
	json_put_strings(o, object, "args", (const char *const *)c->args,
		c->n_args);
	json_put_string(o, object, "workingDir", c->working_dir);
	json_put_string(o, object, "restartPolicy",
		c->kind == SPEC_SIDECAR ? "Always" :
					  json_restart(c->restart_policy));
	json_put_filled(o, object, "env", environment(o, c));
	json_put_filled(o, object, "ports", ports(o, c));
	json_put_filled(o, object, "volumeMounts", mounts(o, c));
	json_put_filled(o, object, "resources", resources(o, &c->resources));
	json_put_filled(o, object, "securityContext",
		json_security(o, &c->security));
	json_put_string(o, object, "terminationMessagePath",
		c->termination_message_path);
	if (c->termination_message_from_logs)
		json_put_string(o, object, "terminationMessagePolicy",
			"FallbackToLogsOnError");
	return object;
}
