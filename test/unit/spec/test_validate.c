/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pod/spec.h>

#include "base/str.h"
#include "spec/spec.h"

/*
 * Rows are manifests, because that is the shortest way to say a spec: a part
 * of spec, and a part of its container.
 */
static const struct row {
	const char *pod, *container;
	const char *field, *reason;	/* reason: how it begins; NULL: valid */
} rows[] = {
	{ "", "", NULL, NULL },

	/* hostnames */
	{ "hostname: a.b", "", "spec.hostname", "\"a.b\": must be" },
	{ "hostname: \"a\\nb\"", "", "spec.hostname", "\"a\nb\": must be" },
	{ "subdomain: A", "", "spec.subdomain", "\"A\": must be" },
	{ "nodeName: a_b", "", "spec.nodeName", "\"a_b\": must be" },

	/* lifetime */
	{ "terminationGracePeriodSeconds: -1", "",
	  "spec.terminationGracePeriodSeconds", "must be from 0" },
	{ "terminationGracePeriodSeconds: 0", "", NULL, NULL },

	/* namespaces */
	{ "hostPID: true, shareProcessNamespace: true", "",
	  "spec.shareProcessNamespace", "may not be true" },

	/* ids */
	{ "securityContext: {runAsUser: 4294967294}", "", NULL, NULL },
	{ "securityContext: {runAsUser: 4294967295}", "",
	  "spec.securityContext.runAsUser", "must be from 0" },
	{ "securityContext: {fsGroup: -1}", "",
	  "spec.securityContext.fsGroup", "must be from 0" },
	{ "securityContext: {supplementalGroups: [1, -1]}", "",
	  "spec.securityContext.supplementalGroups[1]", "must be from 0" },
	{ "securityContext: {runAsNonRoot: true, runAsUser: 0}", "",
	  "spec.securityContext.runAsUser", "0 contradicts" },
	{ "securityContext: {runAsNonRoot: true}",
	  "securityContext: {runAsUser: 0}",
	  "spec.containers[0].securityContext.runAsUser", "0 contradicts" },
	{ "securityContext: {runAsUser: 0}",
	  "securityContext: {runAsNonRoot: true}",
	  "spec.containers[0].securityContext.runAsNonRoot",
	  "contradicts the pod's" },
	{ "", "securityContext: {runAsGroup: -5}",
	  "spec.containers[0].securityContext.runAsGroup", "must be from 0" },

	/* sysctls */
	{ "securityContext: {sysctls: [{name: net.ipv4.tcp_rmem, value: "
	  "'4096 1 2'}]}", "", NULL, NULL },
	{ "securityContext: {sysctls: [{name: kernel.core_pattern, value: "
	  "'1'}]}", "", "spec.securityContext.sysctls[0].name",
	  "\"kernel.core_pattern\": is not one of the safe" },
	{ "securityContext: {sysctls: [{name: net/ipv4/tcp_rmem, value: "
	  "'1'}]}", "", "spec.securityContext.sysctls[0].name",
	  "\"net/ipv4/tcp_rmem\": is not" },
	{ "securityContext: {sysctls: [{name: net.ipv4.tcp_rmem, value: "
	  "\"1\\n2\"}]}", "", "spec.securityContext.sysctls[0].value",
	  "\"1\n2\": must be numbers" },
	{ "hostNetwork: true, securityContext: {sysctls: [{name: "
	  "net.ipv4.tcp_rmem, value: '1'}]}", "",
	  "spec.securityContext.sysctls[0].name", "net.ipv4.tcp_rmem would" },
	{ "hostIPC: true, securityContext: {sysctls: [{name: "
	  "kernel.shm_rmid_forced, value: '1'}]}", "",
	  "spec.securityContext.sysctls[0].name", "kernel.shm_rmid_forced w" },

	/* dns and hosts */
	{ "dnsPolicy: None", "", "spec.dnsConfig.nameservers", "required" },
	{ "dnsConfig: {nameservers: [a]}", "",
	  "spec.dnsConfig.nameservers[0]", "\"a\": must be an IP" },
	{ "dnsConfig: {nameservers: [1.1.1.1, '::1', 2.2.2.2, 3.3.3.3]}", "",
	  "spec.dnsConfig.nameservers", "4 nameservers: the limit is 3" },
	{ "dnsConfig: {searches: [., a.b., a]}", "", NULL, NULL },
	{ "dnsConfig: {searches: ['a b']}", "",
	  "spec.dnsConfig.searches[0]", "\"a b\": must be a domain" },
	{ "dnsConfig: {options: [{name: \"a\\nnameserver\"}]}", "",
	  "spec.dnsConfig.options[0].name", "required: letters" },
	{ "dnsConfig: {options: [{name: a, value: 'b c'}]}", "",
	  "spec.dnsConfig.options[0].value", "\"b c\": must be" },
	{ "hostAliases: [{ip: x, hostnames: [a]}]", "",
	  "spec.hostAliases[0].ip", "\"x\": must be an IP" },
	{ "hostAliases: [{ip: '::1', hostnames: [a, 'b c']}]", "",
	  "spec.hostAliases[0].hostnames[1]", "\"b c\": must be" },

	/* volumes and mounts */
	{ "volumes: [{emptyDir: {}}]", "", "spec.volumes[0].name",
	  "required" },
	{ "volumes: [{name: A}]", "", "spec.volumes[0].name",
	  "\"A\": must be" },
	{ "volumes: [{name: a}, {name: a}]", "", "spec.volumes[1].name",
	  "\"a\": duplicate of spec.volumes[0]" },
	{ "volumes: [{name: a, hostPath: {path: /a/../b}}]", "",
	  "spec.volumes[0].hostPath.path", "\"/a/../b\": must be" },
	{ "volumes: [{name: a, hostPath: {}}]", "",
	  "spec.volumes[0].hostPath.path", "\"\": must be" },
	{ "volumes: [{name: a, emptyDir: {sizeLimit: 0}}]", "",
	  "spec.volumes[0].emptyDir.sizeLimit", "must be greater" },
	{ "volumes: [{name: a}]", "volumeMounts: [{name: a, mountPath: /a}, "
	  "{name: a, mountPath: //a/./}]",
	  "spec.containers[0].volumeMounts[1].mountPath",
	  "\"//a/./\": duplicate of volumeMounts[0]" },
	{ "volumes: [{name: a}]", "volumeMounts: [{name: a, mountPath: "
	  "'/a:b'}]", "spec.containers[0].volumeMounts[0].mountPath",
	  "\"/a:b\": must be" },
	{ "volumes: [{name: a}]", "volumeMounts: [{name: a, mountPath: "
	  "/a/..}]", "spec.containers[0].volumeMounts[0].mountPath",
	  "\"/a/..\": must be" },
	{ "volumes: [{name: a}]", "volumeMounts: [{name: a, mountPath: /}]",
	  "spec.containers[0].volumeMounts[0].mountPath", "the root" },
	{ "volumes: [{name: a}]", "volumeMounts: [{name: a}]",
	  "spec.containers[0].volumeMounts[0].mountPath", "required" },
	{ "volumes: [{name: a}]", "volumeMounts: [{name: a, mountPath: /a, "
	  "subPath: ../b}]", "spec.containers[0].volumeMounts[0].subPath",
	  "\"../b\": must be relative" },
	{ "volumes: [{name: a}]", "volumeMounts: [{name: a, mountPath: /a, "
	  "subPath: /b}]", "spec.containers[0].volumeMounts[0].subPath",
	  "\"/b\": must be relative" },
	{ "volumes: [{name: a}]", "volumeMounts: [{name: a, mountPath: /a, "
	  "recursiveReadOnly: Enabled}]",
	  "spec.containers[0].volumeMounts[0].recursiveReadOnly", "needs" },

	/* containers */
	{ "", "workingDir: a", "spec.containers[0].workingDir",
	  "\"a\": must be" },
	{ "", "terminationMessagePath: /../x",
	  "spec.containers[0].terminationMessagePath", "\"/../x\": must" },
	{ "", "env: [{name: ''}]", "spec.containers[0].env[0].name",
	  "required" },
	{ "", "env: [{name: A, value: b, valueFrom: {fieldRef: {fieldPath: "
	  "metadata.name}}}]", "spec.containers[0].env[0].value",
	  "may not be given" },
	{ "", "env: [{name: A, valueFrom: {fieldRef: {fieldPath: "
	  "spec.foo}}}]",
	  "spec.containers[0].env[0].valueFrom.fieldRef.fieldPath",
	  "\"spec.foo\": is no field" },
	{ "", "env: [{name: A, valueFrom: {resourceFieldRef: {resource: "
	  "limits.gpu}}}]",
	  "spec.containers[0].env[0].valueFrom.resourceFieldRef.resource",
	  "\"limits.gpu\": must be" },
	{ "", "env: [{name: A, valueFrom: {resourceFieldRef: {resource: "
	  "limits.cpu, containerName: x}}}]",
	  "spec.containers[0].env[0].valueFrom.resourceFieldRef"
	  ".containerName", "\"x\": no such" },
	{ "", "resources: {limits: {cpu: 1m, memory: 4Ki}}", NULL, NULL },
	{ "", "resources: {limits: {memory: 100m}}",
	  "spec.containers[0].resources.limits.memory", "1 bytes: must" },
	{ "", "resources: {limits: {cpu: 1}, requests: {cpu: 1001m}}",
	  "spec.containers[0].resources.requests.cpu", "must not be more" },

	/* ports */
	{ "", "ports: [{containerPort: 0}]",
	  "spec.containers[0].ports[0].containerPort", "0: must be from 1" },
	{ "", "ports: [{containerPort: 53, protocol: UDP}, {containerPort: "
	  "53}]", NULL, NULL },
	{ "", "ports: [{name: a, containerPort: 1}, {name: a, containerPort: "
	  "2}]", "spec.containers[0].ports[1].name", "\"a\": duplicate" },
	{ "", "ports: [{name: '80', containerPort: 1}]",
	  "spec.containers[0].ports[0].name", "\"80\": must be" },

	/* privileges */
	{ "", "securityContext: {privileged: true, "
	  "allowPrivilegeEscalation: false}",
	  "spec.containers[0].securityContext.allowPrivilegeEscalation",
	  "may not be false with privileged" },
	{ "", "securityContext: {capabilities: {add: [CAP_SYS_ADMIN]}, "
	  "allowPrivilegeEscalation: false}",
	  "spec.containers[0].securityContext.allowPrivilegeEscalation",
	  "may not be false when SYS_ADMIN" },
	{ "", "securityContext: {procMount: Unmasked}",
	  "spec.containers[0].securityContext.procMount", "Unmasked needs" },
	{ "", "securityContext: {capabilities: {drop: [x y]}}",
	  "spec.containers[0].securityContext.capabilities.drop[0]",
	  "\"x y\": must be a name" },
	{ "", "securityContext: {seccompProfile: {type: Localhost}}",
	  "spec.containers[0].securityContext.seccompProfile"
	  ".localhostProfile", "required" },
	{ "securityContext: {seccompProfile: {type: Localhost, "
	  "localhostProfile: ../x}}", "",
	  "spec.securityContext.seccompProfile.localhostProfile",
	  "\"../x\": must be" },
	{ "securityContext: {seccompProfile: {type: Unconfined, "
	  "localhostProfile: x}}", "",
	  "spec.securityContext.seccompProfile.localhostProfile", "only" },
};

static int load_one(const char *annotations, const char *pod,
	const char *container, struct pod_problems **problems)
{
	_cleanup_sb_ struct strbuf sb = { 0 };
	struct pod_spec **specs = NULL;
	size_t n = 0, i;
	int r;

	sb_printf(&sb, "{apiVersion: v1, kind: Pod, metadata: {name: p, "
		"annotations: {%s}}, spec: {%s%scontainers: [{name: c, "
		"image: host%s%s}]}}", annotations, pod, *pod ? ", " : "",
		*container ? ", " : "", container);
	ck_assert_int_eq(sb_result(&sb), 0);
	r = pod_spec_load("f", sb.data, sb.len, 0, &specs, &n, problems, NULL);
	for (i = 0; i < n; i++)
		pod_spec_free(specs[i]);
	free(specs);
	return r;
}

START_TEST(test_spec_validate__finds_what_is_wrong_and_only_that)
{
	const struct row *row = &rows[_i];
	struct pod_problems *problems = NULL;
	struct pod_problem p;
	int r = load_one("", row->pod, row->container, &problems);

	if (!row->reason) {
		ck_assert_uint_eq(pod_problems_count(problems), 0);
		ck_assert_int_eq(r, 0);
	} else {
		ck_assert_int_eq(r, -EINVAL);
		ck_assert_int_eq(pod_problems_get(problems, 0, &p), 0);
		ck_assert_str_eq(p.field, row->field);
		ck_assert_msg(str_has_prefix(p.reason, row->reason),
			"row %d: %s", _i, p.reason);
		ck_assert_uint_eq(p.line, 1);
		ck_assert_uint_eq(pod_problems_count(problems), 1);
	}
	pod_problems_free(problems);
}
END_TEST

static const struct row restricted[] = {
	{ "securityContext: {runAsUser: 1}", "", NULL, NULL },
	{ "", "", "spec.containers[0].securityContext.runAsUser", "" },
	{ "securityContext: {runAsUser: 0}", "",
	  "spec.securityContext.runAsUser", "" },
	{ "securityContext: {runAsUser: 1}, hostNetwork: true", "",
	  "spec.hostNetwork", "" },
	{ "securityContext: {runAsUser: 1}, hostPID: true", "",
	  "spec.hostPID", "" },
	{ "securityContext: {runAsUser: 1}, hostIPC: true", "",
	  "spec.hostIPC", "" },
	{ "securityContext: {runAsUser: 1}, volumes: [{name: a, hostPath: "
	  "{path: /}}]", "", "spec.volumes[0].hostPath", "" },
	{ "securityContext: {runAsUser: 1, runAsNonRoot: false}", "",
	  "spec.securityContext.runAsNonRoot", "" },
	{ "", "securityContext: {runAsUser: 1, privileged: true}",
	  "spec.containers[0].securityContext.privileged", "" },
	{ "", "securityContext: {runAsUser: 1, allowPrivilegeEscalation: "
	  "true}", "spec.containers[0].securityContext"
	  ".allowPrivilegeEscalation", "" },
	{ "", "securityContext: {runAsUser: 1, readOnlyRootFilesystem: "
	  "false}", "spec.containers[0].securityContext"
	  ".readOnlyRootFilesystem", "" },
	{ "", "securityContext: {runAsUser: 1, capabilities: {add: "
	  "[NET_RAW]}}", "spec.containers[0].securityContext.capabilities"
	  ".add", "" },
	{ "", "securityContext: {runAsUser: 1, seccompProfile: {type: "
	  "Unconfined}}", "spec.containers[0].securityContext"
	  ".seccompProfile.type", "" },
};

START_TEST(test_spec_validate__restricted_profile_refuses_privilege)
{
	const struct row *row = &restricted[_i];
	struct pod_problems *problems = NULL;
	struct pod_problem p;
	size_t i;
	int r = load_one("libpod.dev/profile: restricted", row->pod,
		row->container, &problems);

	ck_assert_int_eq(r, row->field ? -EINVAL : 0);
	for (i = 0; pod_problems_get(problems, i, &p) == 0; i++)
		if (row->field && str_eq(p.field, row->field))
			break;
	ck_assert_msg(!row->field || i < pod_problems_count(problems),
		"row %d", _i);
	pod_problems_free(problems);
}
END_TEST

/* Limits: one more than is allowed is -E2BIG, and the message has the limit. */
static void expect_cap(struct pod_spec *s, const char *text)
{
	struct pod_problems *problems = NULL;
	struct pod_problem p;

	ck_assert_int_eq(pod_spec_validate(s, &problems, NULL), -E2BIG);
	ck_assert_int_eq(pod_problems_get(problems, 0, &p), 0);
	ck_assert_ptr_nonnull(strstr(p.reason, text));
	pod_problems_free(problems);
}

START_TEST(test_spec_validate__caps_the_size_of_a_pod)
{
	struct pod_spec *s = NULL;
	char name[32], *big;
	size_t i;

	ck_assert_int_eq(pod_spec_new("p", &s, NULL), 0);
	for (i = 0; i <= SPEC_MAX_CONTAINERS; i++) {
		(void)snprintf(name, sizeof(name), "c%zu", i);
		ck_assert_int_eq(pod_spec_add_container(s, "container", name,
			"host", NULL), 0);
		if (i == SPEC_MAX_CONTAINERS - 1)
			ck_assert_int_eq(pod_spec_validate(s, NULL, NULL), 0);
	}
	expect_cap(s, "257 containers: the limit is 256");
	pod_spec_free(s);

	ck_assert_int_eq(pod_spec_new("p", &s, NULL), 0);
	ck_assert_int_eq(pod_spec_add_container(s, "container", "c", "host",
		NULL), 0);
	ck_assert_int_eq(pod_spec_add_empty_dir(s, "v", 0, 0), 0);
	for (i = 0; i <= SPEC_MAX_MOUNTS; i++) {
		(void)snprintf(name, sizeof(name), "/m%zu", i);
		ck_assert_int_eq(pod_spec_add_mount(s, "c", "v", name, 0), 0);
	}
	expect_cap(s, "1025 volumeMounts: the limit is 1024");
	pod_spec_free(s);

	big = calloc(1, SPEC_MAX_ENV_BYTES);
	ck_assert_ptr_nonnull(big);
	memset(big, 'x', SPEC_MAX_ENV_BYTES - 1);
	ck_assert_int_eq(pod_spec_new("p", &s, NULL), 0);
	ck_assert_int_eq(pod_spec_add_container(s, "container", "c", "host",
		NULL), 0);
	ck_assert_int_eq(pod_spec_add_env(s, "c", "A", big), 0);
	expect_cap(s, "the limit is 131072 bytes");
	pod_spec_free(s);
	free(big);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("spec/validate");
	TCase *t = tcase_create("all");
	SRunner *sr;
	int failed;

	tcase_add_loop_test(t,
		test_spec_validate__finds_what_is_wrong_and_only_that, 0,
		(int)(sizeof(rows) / sizeof(rows[0])));
	tcase_add_loop_test(t,
		test_spec_validate__restricted_profile_refuses_privilege, 0,
		(int)(sizeof(restricted) / sizeof(restricted[0])));
	tcase_add_test(t, test_spec_validate__caps_the_size_of_a_pod);
	suite_add_tcase(s, t);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
