/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pod/spec.h>

#include "base/str.h"
#include "spec/spec.h"

/* The body of the spec begins on line 5, that of the container on line 8. */
#define POD(body) "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n" body
#define CTR(body) POD("  containers:\n  - name: c\n    image: host\n" body)
#define OK_CTR "  containers: [{name: c, image: host}]\n"

struct loaded {
	int r;
	struct pod_spec **specs;
	size_t n;
	struct pod_problems *problems;
	struct pod_error error;
	char text[8192];	/* every finding, one a line */
};

static void load(struct loaded *l, const char *data, size_t size,
	unsigned int flags)
{
	struct pod_problem p;
	size_t at = 0, i;

	memset(l, 0, sizeof(*l));
	l->r = pod_spec_load("f", data, size, flags, &l->specs, &l->n,
		&l->problems, &l->error);
	for (i = 0; pod_problems_get(l->problems, i, &p) == 0; i++) {
		at += (size_t)pod_problem_format(&p, l->text + at,
			sizeof(l->text) - at - 1);
		ck_assert_uint_lt(at, sizeof(l->text) - 1);
		l->text[at++] = '\n';
		l->text[at] = '\0';
	}
}

static void unload(struct loaded *l)
{
	size_t i;

	for (i = 0; l->r == 0 && i < l->n; i++)
		pod_spec_free(l->specs[i]);
	if (l->r == 0)
		free(l->specs);
	pod_problems_free(l->problems);
}

static const struct row {
	const char *yaml;
	const char *findings;	/* "" : loads */
} rows[] = {
	{ POD(OK_CTR), "" },

	/* documents and kinds */
	{ "", "f:1:1: no pod in it\n" },
	{ "---\n---\n# x\n", "f:1:1: no pod in it\n" },
	{ "x", "f:1:1: expected a Pod\n" },
	{ "{}", "f:1:1: kind: required: Pod\n"
		"f:1:1: apiVersion: required: v1\n" },
	{ "kind: Pod\nspec: {}\n", "f:1:1: apiVersion: required: v1\n" },
	{ "apiVersion: apps/v1\nkind: Deployment\n",
	  "f:2:7: kind: Deployment of apps/v1 is not supported: only Pod of "
	  "v1, and List of pods\n" },
	{ "apiVersion: v1\nkind: List\n",
	  "f:1:1: items: required: a list of pods\n" },
	{ "apiVersion: v1\nkind: List\nitems:\n- kind: Service\n"
	  "  apiVersion: v1\n",
	  "f:4:9: items[0].kind: Service of v1 is not supported: only Pod of "
	  "v1, and List of pods\n" },
	{ "apiVersion: v1\nkind: PodList\nitems:\n- metadata: {name: a}\n"
	  "  spec: {containers: [{name: c}]}\n",
	  "f:5:23: items[0].spec.containers[0].image: required: host, or "
	  "dir:/PATH\n" },
	{ POD(OK_CTR) "---\n" POD(OK_CTR),
	  "f:9:18: metadata.name: duplicate: an earlier pod has this name and "
	  "namespace\n" },

	/* syntax */
	{ "a: [1\n",
	  "f:2:1: flow sequence without a closing bracket\n" },
	{ "a:\n\tb: 1\n",
	  "f:2:1: tab character may not be used as indentation\n" },
	{ POD("  hostname: !foo x\n" OK_CTR),
	  "f:5:18: spec.hostname: tags are not supported\n" },
	{ POD("  hostname: !!str 12\n" OK_CTR), "" },

	/* unknown, duplicate, wrong type */
	{ POD("  container: []\n" OK_CTR),
	  "f:5:3: spec.container: unknown field, did you mean "
	  "\"containers\"?\n" },
	{ POD("  xyzzy: 1\n" OK_CTR), "f:5:3: spec.xyzzy: unknown field\n" },
	{ CTR("    nmae: x\n"),
	  "f:8:5: spec.containers[0].nmae: unknown field, did you mean "
	  "\"name\"?\n" },
	{ CTR("    image: host\n"),
	  "f:8:5: spec.containers[0].image: duplicate key, first on line "
	  "7\n" },
	{ POD("  hostNetwork: \"true\"\n" OK_CTR),
	  "f:5:16: spec.hostNetwork: expected boolean, found string: write "
	  "true or false, without quotes\n" },
	{ POD("  hostNetwork: yes\n" OK_CTR),
	  "f:5:16: spec.hostNetwork: expected boolean, found string: write "
	  "true or false, without quotes\n" },
	{ POD("  hostNetwork: 1\n" OK_CTR),
	  "f:5:16: spec.hostNetwork: expected boolean, found integer\n" },
	{ POD("  hostname: on\n" OK_CTR), "" },
	{ POD("  containers: {}\n"),
	  "f:5:15: spec.containers: expected list, found object\n" },
	{ POD("  containers: [x]\n"),
	  "f:5:16: spec.containers[0]: expected object, found string\n" },
	{ POD("  containers: [null]\n"),
	  "f:5:16: spec.containers[0]: expected object, found null\n" },
	{ "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: []\n",
	  "f:4:7: spec: expected object, found list\n" },
	{ CTR("    env: [{name: A, value: 8080}]\n"),
	  "f:8:28: spec.containers[0].env[0].value: expected string, found "
	  "integer: quote it\n" },
	{ CTR("    env: [{name: A, value: \"8080\"}]\n"), "" },
	{ CTR("    args: [1.5, true]\n"),
	  "f:8:12: spec.containers[0].args[0]: expected string, found number: "
	  "quote it\n"
	  "f:8:17: spec.containers[0].args[1]: expected string, found "
	  "boolean: quote it\n" },
	{ CTR("    ports: [{containerPort: \"80\"}]\n"),
	  "f:8:29: spec.containers[0].ports[0].containerPort: expected "
	  "integer, found string: remove the quotes\n" },
	{ POD("  terminationGracePeriodSeconds: 99999999999999999999\n" OK_CTR),
	  "f:5:34: spec.terminationGracePeriodSeconds: 99999999999999999999: "
	  "out of range\n" },
	{ POD("  securityContext: {runAsUser: 0644}\n" OK_CTR),
	  "f:5:32: spec.securityContext.runAsUser: 0644: octal in YAML 1.1, "
	  "decimal in 1.2: write 0o644 or a decimal number\n" },
	{ POD("  securityContext: {runAsUser: 0o644}\n" OK_CTR), "" },
	{ POD("  restartPolicy: always\n" OK_CTR),
	  "f:5:18: spec.restartPolicy: \"always\": must be one of Always, "
	  "OnFailure, Never\n" },
	{ POD("  tolerations: [{kye: a}]\n" OK_CTR),
	  "f:5:18: spec.tolerations[0].kye: unknown field, did you mean "
	  "\"key\"?\n" },

	/* known, but not yet */
	{ POD("  activeDeadlineSeconds: 5\n" OK_CTR),
	  "f:5:3: spec.activeDeadlineSeconds: not supported yet\n" },
	{ POD("  hostUsers: false\n" OK_CTR),
	  "f:5:3: spec.hostUsers: not supported yet\n" },
	{ POD("  hostUsers: true\n" OK_CTR), "" },
	{ POD("  runtimeClassName: \"\"\n  readinessGates: []\n"
	  "  resources: {limits: {}}\n" OK_CTR), "" },
	{ CTR("    livenessProbe:\n      httpGet: {path: /, prot: 80}\n"),
	  "f:8:5: spec.containers[0].livenessProbe: not supported yet\n"
	  "f:9:26: spec.containers[0].livenessProbe.httpGet.prot: unknown "
	  "field, did you mean \"port\"?\n" },
	{ CTR("    stdin: true\n    tty: false\n"),
	  "f:8:5: spec.containers[0].stdin: not supported yet\n" },
	{ CTR("    ports: [{containerPort: 80, hostPort: 80}]\n"),
	  "f:8:33: spec.containers[0].ports[0].hostPort: not supported yet\n" },
	{ CTR("    restartPolicy: Always\n"),
	  "f:8:5: spec.containers[0].restartPolicy: not supported yet\n" },
	{ CTR("    resources: {limits: {nvidia.com/gpu: 1}}\n"),
	  "f:8:26: spec.containers[0].resources.limits[nvidia.com/gpu]: not "
	  "supported yet\n" },
	{ CTR("    resizePolicy: [{resourceName: cpu, restartPolicy: "
	  "RestartContainer}]\n"),
	  "f:8:40: spec.containers[0].resizePolicy[0].restartPolicy: not "
	  "supported yet\n" },
	{ POD(OK_CTR "  volumes: [{name: v, configMap: {name: x}}]\n"),
	  "f:6:23: spec.volumes[0].configMap: not supported yet\n" },
	{ CTR("    volumeMounts: [{name: v, mountPath: /v, mountPropagation: "
	  "Bidirectional}]\n  volumes: [{name: v}]\n"),
	  "f:8:45: spec.containers[0].volumeMounts[0].mountPropagation: not "
	  "supported yet\n" },
	{ CTR("    env: [{name: A, valueFrom: {secretKeyRef: {name: s, key: "
	  "k}}}]\n"),
	  "f:8:33: spec.containers[0].env[0].valueFrom.secretKeyRef: not "
	  "supported yet\n" },

	/* aliases: refused, and the rest is still read */
	{ "x: &a [1]\n" CTR("    args: *a\n    tty: 1\n"),
	  "f:1:1: x: unknown field\n"
	  "f:9:11: spec.containers[0].args: aliases are not supported: write "
	  "the value out\n"
	  "f:10:5: spec.containers[0].tty: not supported yet\n"
	  "f:10:10: spec.containers[0].tty: expected boolean, found "
	  "integer\n" },

	/* our own annotations */
	{ "apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\n  annotations:\n"
	  "    libpod.dev/profile: docker\n    libpod.dev/x: y\nspec:\n" OK_CTR,
	  "f:6:25: metadata.annotations[libpod.dev/profile]: \"docker\": must "
	  "be one of docker-compat, restricted\n"
	  "f:7:5: metadata.annotations[libpod.dev/x]: unknown annotation: "
	  "there are libpod.dev/profile and libpod.dev/writable-layer\n" },

	/* validation finds its place by the path */
	{ CTR("    volumeMounts:\n    - {name: v, mountPath: /a}\n"),
	  "f:9:14: spec.containers[0].volumeMounts[0].name: \"v\": no such "
	  "volume in spec.volumes\n" },
	{ POD("  initContainers: [{name: c, image: host}]\n" OK_CTR),
	  "f:6:23: spec.containers[0].name: \"c\": duplicate, names are "
	  "unique across containers and initContainers\n" },
	{ POD("  containers:\n  - name: c\n    image: nginx:1.25\n"),
	  "f:7:12: spec.containers[0].image: \"nginx:1.25\": this release "
	  "runs host (the host's own files) and dir:/PATH (a directory)\n" },
	{ POD("  restartPolicy: Never\n"),
	  "f:5:3: spec.containers: required: at least one container\n" },
	{ CTR("    securityContext: {seccompProfile: {}}\n"),
	  "f:8:39: spec.containers[0].securityContext.seccompProfile: type is "
	  "required: RuntimeDefault, Unconfined or Localhost\n" },
	{ CTR("    env: [{name: A, valueFrom: {}}]\n"),
	  "f:8:32: spec.containers[0].env[0].valueFrom: required: fieldRef "
	  "with a fieldPath, or resourceFieldRef with a resource\n" },
	{ CTR("    resources: {limits: {memory: 1X, cpu: -1}}\n"),
	  "f:8:34: spec.containers[0].resources.limits.memory: \"1X\": not a "
	  "quantity such as 100m, 0.5, 64Mi or 1e3\n"
	  "f:8:43: spec.containers[0].resources.limits.cpu: \"-1\": must not "
	  "be negative\n" },
	{ POD(OK_CTR "  volumes: [{name: v, emptyDir: {}, hostPath: {path: "
	  "x}}]\n"),
	  "f:6:13: spec.volumes[0]: may have only one source, found emptyDir "
	  "and hostPath\n"
	  "f:6:54: spec.volumes[0].hostPath.path: \"x\": must be an absolute "
	  "path without '..' or control characters\n" },

	{ CTR("    workingDir: ''\n    command: [\"\", 'a\"', \"b\"]\n"),
	  "f:9:15: spec.containers[0].command[0]: required: the program to "
	  "run\n" },

	/* text for a terminal is escaped */
	{ POD("  \"a\\e[31m\": 1\n" OK_CTR),
	  "f:5:3: spec[a\\x1b[31m]: unknown field\n" },
};

START_TEST(test_front_load__reports_every_error_at_its_place)
{
	struct loaded l;

	load(&l, rows[_i].yaml, strlen(rows[_i].yaml), 0);
	ck_assert_str_eq(l.text, rows[_i].findings);
	ck_assert_int_eq(l.r, *rows[_i].findings ? -EINVAL : 0);
	ck_assert_int_eq(l.error.code, l.r);
	unload(&l);
}
END_TEST

START_TEST(test_front_load__lenient_warns_of_the_unsupported_only)
{
	static const char yaml[] = CTR("    tty: true\n"
		"  volumes: [{name: v, secret: {secretName: s}}]\n"
		"  hostUsers: false\n");
	static const char unknown[] = CTR("    tyt: true\n");
	struct loaded l;

	load(&l, yaml, strlen(yaml), POD_SPEC_LENIENT);
	ck_assert_int_eq(l.r, 0);
	ck_assert_str_eq(l.text,
		"f:8:5: spec.containers[0].tty: not supported yet: ignored\n"
		"f:9:23: spec.volumes[0].secret: not supported yet: an empty "
		"directory takes its place\n"
		"f:10:3: spec.hostUsers: not supported yet: ignored\n");
	ck_assert_int_eq(l.specs[0]->volumes[0].type, SPEC_VOLUME_EMPTY_DIR);
	unload(&l);
	load(&l, unknown, strlen(unknown), POD_SPEC_LENIENT);
	ck_assert_int_eq(l.r, -EINVAL);
	unload(&l);
}
END_TEST

START_TEST(test_front_load__first_error_is_the_pod_error)
{
	static const char yaml[] = CTR("    args: 1\n    command: 2\n");
	struct loaded l;

	load(&l, yaml, strlen(yaml), 0);
	ck_assert_int_eq(l.error.stage, POD_STAGE_MANIFEST);
	ck_assert_str_eq(l.error.subject, "f:8:11");
	ck_assert_str_eq(l.error.operation, "spec.containers[0].args");
	ck_assert_str_eq(l.error.message, "expected list, found integer");
	ck_assert_str_eq(l.error.hint, "1 more error");
	unload(&l);
}
END_TEST

START_TEST(test_front_load__several_documents_and_lists)
{
	static const char yaml[] = POD(OK_CTR) "---\n---\n"
		"{\"apiVersion\": \"v1\", \"kind\": \"List\", \"items\": ["
		"{\"metadata\": {\"name\": \"a\"}, \"spec\": {\"containers\": "
		"[{\"name\": \"c\", \"image\": \"host\"}]}}]}\n...\n";
	struct loaded l;

	load(&l, yaml, strlen(yaml), 0);
	ck_assert_str_eq(l.text, "");
	ck_assert_uint_eq(l.n, 2);
	ck_assert_str_eq(l.specs[0]->name, "p");
	ck_assert_str_eq(l.specs[1]->name, "a");
	ck_assert_str_eq(l.specs[1]->manifest_json,
		"{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name"
		"\":\"a\"},\"spec\":{\"containers\":[{\"name\":\"c\",\"image"
		"\":\"host\"}]}}");
	unload(&l);
}
END_TEST

/* Every field of the struct, from one document. */
static const char everything[] =
	"apiVersion: v1\nkind: Pod\nmetadata:\n  name: all\n  namespace: ns\n"
	"  uid: u-1\n  labels: {a: b}\n  annotations:\n    x/y: z\n"
	"    libpod.dev/profile: docker-compat\nspec:\n"
	"  restartPolicy: OnFailure\n  terminationGracePeriodSeconds: 7\n"
	"  hostIPC: true\n  shareProcessNamespace: true\n  hostname: h\n"
	"  subdomain: s\n  nodeName: n\n  serviceAccountName: sa\n"
	"  dnsPolicy: None\n  dnsConfig: {nameservers: [1.1.1.1], searches: "
	"[a.b], options: [{name: ndots, value: '5'}]}\n"
	"  hostAliases: [{ip: '::1', hostnames: [x]}]\n"
	"  securityContext:\n    runAsUser: 1\n    runAsGroup: 2\n"
	"    runAsNonRoot: true\n    fsGroup: 3\n"
	"    supplementalGroups: [4, 5]\n"
	"    sysctls: [{name: net.ipv4.tcp_syncookies, value: '1'}]\n"
	"    seccompProfile: {type: Localhost, localhostProfile: p.json}\n"
	"  volumes:\n"
	"  - {name: e, emptyDir: {medium: Memory, sizeLimit: 1Mi}}\n"
	"  - {name: h, hostPath: {path: /h, type: File}}\n"
	"  containers:\n  - name: c\n    image: dir:/x\n    command: [a]\n"
	"    args: [b]\n    workingDir: /w\n    env:\n"
	"    - {name: A, value: b}\n    - {name: F, valueFrom: {fieldRef: "
	"{apiVersion: v1, fieldPath: \"metadata.labels['a']\"}}}\n"
	"    - {name: R, valueFrom: {resourceFieldRef: {containerName: c, "
	"resource: limits.cpu, divisor: 1m}}}\n"
	"    ports: [{name: p, containerPort: 53, protocol: UDP}]\n"
	"    volumeMounts: [{name: e, mountPath: /e, subPath: s, readOnly: "
	"true, recursiveReadOnly: Enabled}]\n"
	"    resources: {limits: {cpu: 1, memory: 1Mi}, requests: {cpu: "
	"0.0001}}\n"
	"    terminationMessagePath: /t\n"
	"    terminationMessagePolicy: FallbackToLogsOnError\n"
	"    securityContext: {privileged: false, allowPrivilegeEscalation: "
	"false, readOnlyRootFilesystem: true, capabilities: {add: "
	"[CAP_NET_RAW], drop: [all]}}\n"
	"  initContainers:\n  - {name: i, image: host, restartPolicy: Never}\n"
	"  - {name: s, image: host, restartPolicy: Always}\n";

START_TEST(test_front_load__fills_every_field_of_the_pod)
{
	const struct pod_spec *s;
	struct loaded l;

	load(&l, everything, strlen(everything), 0);
	ck_assert_str_eq(l.text, "");
	s = l.specs[0];
	ck_assert_str_eq(s->source, "f");
	ck_assert_str_eq(s->namespace_, "ns");
	ck_assert_str_eq(s->uid, "u-1");
	ck_assert_str_eq(s->labels[0].value, "b");
	ck_assert_str_eq(s->annotations[0].key, "x/y");
	ck_assert_int_eq(s->profile, SPEC_PROFILE_DOCKER);
	ck_assert_int_eq(s->restart_policy, SPEC_RESTART_ON_FAILURE);
	ck_assert_int_eq(s->grace_seconds, 7);
	ck_assert(s->host_ipc && s->share_process_namespace);
	ck_assert(!s->host_network && !s->host_pid);
	ck_assert_str_eq(s->hostname, "h");
	ck_assert_str_eq(s->subdomain, "s");
	ck_assert_str_eq(s->node_name, "n");
	ck_assert_str_eq(s->service_account_name, "sa");
	ck_assert_int_eq(s->dns_policy, SPEC_DNS_NONE);
	ck_assert_str_eq(s->nameservers[0], "1.1.1.1");
	ck_assert_str_eq(s->searches[0], "a.b");
	ck_assert_str_eq(s->dns_options[0].value, "5");
	ck_assert_str_eq(s->host_aliases[0].hostnames[0], "x");
	ck_assert_int_eq(s->security.run_as_user, 1);
	ck_assert_int_eq(s->security.run_as_group, 2);
	ck_assert_int_eq(s->security.run_as_non_root, SPEC_YES);
	ck_assert_int_eq(s->security.seccomp, SPEC_SECCOMP_LOCALHOST);
	ck_assert_str_eq(s->security.seccomp_localhost_profile, "p.json");
	ck_assert_int_eq(s->fs_group, 3);
	ck_assert_uint_eq(s->n_supplemental_groups, 2);
	ck_assert_int_eq(s->supplemental_groups[1], 5);
	ck_assert_str_eq(s->sysctls[0].key, "net.ipv4.tcp_syncookies");
	ck_assert(s->volumes[0].memory_medium);
	ck_assert_int_eq(s->volumes[0].size_limit_bytes, 1048576);
	ck_assert_str_eq(s->volumes[1].host_path, "/h");
	ck_assert_int_eq(s->volumes[1].host_type, SPEC_HOST_FILE);
	unload(&l);
}
END_TEST

START_TEST(test_front_load__fills_every_field_of_a_container)
{
	const struct spec_container *c;
	struct loaded l;

	load(&l, everything, strlen(everything), 0);
	ck_assert_uint_eq(l.specs[0]->n_containers, 3);
	c = l.specs[0]->containers;
	ck_assert_int_eq(c[0].kind, SPEC_INIT);
	ck_assert_int_eq(c[0].restart_policy, SPEC_RESTART_NEVER);
	ck_assert_int_eq(c[1].kind, SPEC_SIDECAR);
	ck_assert_int_eq(c[2].kind, SPEC_REGULAR);
	c += 2;
	ck_assert_str_eq(c->image, "dir:/x");
	ck_assert_str_eq(c->command[0], "a");
	ck_assert_str_eq(c->args[0], "b");
	ck_assert_str_eq(c->working_dir, "/w");
	ck_assert_uint_eq(c->n_env, 3);
	ck_assert_str_eq(c->env[0].value, "b");
	ck_assert_str_eq(c->env[1].field_path, "metadata.labels['a']");
	ck_assert_ptr_null(c->env[1].value);
	ck_assert_str_eq(c->env[2].resource, "limits.cpu");
	ck_assert_int_eq(c->env[2].resource_divisor_milli, 1);
	ck_assert_int_eq(c->ports[0].protocol, SPEC_UDP);
	ck_assert_int_eq(c->ports[0].host_port, SPEC_UNSET);
	ck_assert_str_eq(c->mounts[0].sub_path, "s");
	ck_assert(c->mounts[0].read_only);
	ck_assert_int_eq(c->mounts[0].recursive_read_only, SPEC_RRO_ENABLED);
	ck_assert_int_eq(c->resources.cpu_limit_milli, 1000);
	ck_assert_int_eq(c->resources.cpu_request_milli, 1);
	ck_assert_int_eq(c->resources.memory_request_bytes, 1048576);
	ck_assert_str_eq(c->termination_message_path, "/t");
	ck_assert(c->termination_message_from_logs);
	ck_assert_int_eq(c->security.privileged, SPEC_NO);
	ck_assert_str_eq(c->security.cap_add[0], "NET_RAW");
	ck_assert_str_eq(c->security.cap_drop[0], "ALL");
	ck_assert_uint_eq(c->where.line, 35);
	unload(&l);
}
END_TEST

/* Written without the kept document, it reads back as the same pod. */
START_TEST(test_front_load__reads_back_what_the_spec_writes)
{
	char *once = NULL, *twice = NULL;
	struct loaded l, again;

	load(&l, everything, strlen(everything), 0);
	l.specs[0]->manifest_json = NULL;
	ck_assert_int_eq(pod_spec_to_json(l.specs[0], &once, NULL), 0);
	load(&again, once, strlen(once), 0);
	ck_assert_str_eq(again.text, "");
	ck_assert_int_eq(again.specs[0]->profile, SPEC_PROFILE_DOCKER);
	again.specs[0]->manifest_json = NULL;
	ck_assert_int_eq(pod_spec_to_json(again.specs[0], &twice, NULL), 0);
	ck_assert_str_eq(once, twice);
	free(once);
	free(twice);
	unload(&l);
	unload(&again);
}
END_TEST

START_TEST(test_front_load__takes_the_examples_of_the_documentation)
{
	DIR *d = opendir(TEST_DATA_DIR "/manifests");
	struct dirent *e;
	int seen = 0;

	ck_assert_ptr_nonnull(d);
	while ((e = readdir(d))) {
		struct pod_problems *p = NULL;
		struct pod_spec **specs;
		char path[PATH_MAX];
		size_t n;

		if (e->d_name[0] == '.')
			continue;
		(void)snprintf(path, sizeof(path), "%s/manifests/%s",
			TEST_DATA_DIR, e->d_name);
		ck_assert_msg(pod_spec_load_file(path, 0, &specs, &n, &p,
			NULL) == 0, "%s", path);
		ck_assert_uint_eq(pod_problems_count(p), 0);
		ck_assert_uint_eq(n, 1);
		pod_spec_free(specs[0]);
		free(specs);
		pod_problems_free(p);
		seen++;
	}
	(void)closedir(d);
	ck_assert_int_ge(seen, 9);
}
END_TEST

START_TEST(test_front_load__ten_thousand_bad_names_each_get_a_line)
{
	_cleanup_sb_ struct strbuf sb = { 0 };
	struct pod_problem p;
	struct loaded l;
	size_t i;

	sb_puts(&sb, "apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\n"
		"  labels:\n");
	for (i = 0; i < 10000; i++)
		sb_printf(&sb, "    \"-%zu\": x\n", i);
	sb_puts(&sb, "spec:\n" OK_CTR);
	memset(&l, 0, sizeof(l));
	l.r = pod_spec_load("f", sb.data, sb.len, 0, &l.specs, &l.n,
		&l.problems, &l.error);
	ck_assert_int_eq(l.r, -EINVAL);
	ck_assert_uint_eq(pod_problems_count(l.problems),
		SPEC_MAX_PROBLEMS + 1);
	ck_assert_int_eq(pod_problems_get(l.problems, 999, &p), 0);
	ck_assert_uint_eq(p.line, 1005);
	ck_assert_int_eq(pod_problems_get(l.problems, 1000, &p), 0);
	ck_assert_str_eq(p.reason,
		"too many findings, the rest is not listed");
	unload(&l);
}
END_TEST

static TCase *one_by_one(void)
{
	TCase *t = tcase_create("one by one");

	tcase_add_test(t,
		test_front_load__lenient_warns_of_the_unsupported_only);
	tcase_add_test(t, test_front_load__first_error_is_the_pod_error);
	tcase_add_test(t, test_front_load__several_documents_and_lists);
	tcase_add_test(t, test_front_load__fills_every_field_of_the_pod);
	tcase_add_test(t, test_front_load__fills_every_field_of_a_container);
	tcase_add_test(t, test_front_load__reads_back_what_the_spec_writes);
	tcase_add_test(t,
		test_front_load__takes_the_examples_of_the_documentation);
	tcase_add_test(t,
		test_front_load__ten_thousand_bad_names_each_get_a_line);
	return t;
}

int main(void)
{
	Suite *s = suite_create("front/load");
	TCase *t = tcase_create("table");
	SRunner *sr;
	int failed;

	tcase_add_loop_test(t,
		test_front_load__reports_every_error_at_its_place, 0,
		(int)(sizeof(rows) / sizeof(rows[0])));
	suite_add_tcase(s, t);
	suite_add_tcase(s, one_by_one());
	sr = srunner_create(s);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
