/* SPDX-License-Identifier: MIT */
/*
 * fuzz_manifest.c - any bytes into pod_spec_load().
 *
 * What loads must be written as JSON, load again and be written the same; what
 * does not load must have said why.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <pod/spec.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void free_specs(struct pod_spec **specs, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		pod_spec_free(specs[i]);
	free(specs);
}

static void load_again(const struct pod_spec *spec)
{
	struct pod_spec **again = NULL;
	struct pod_error e = { 0 };
	char *json = NULL, *twice = NULL;
	size_t n = 0;

	if (pod_spec_to_json(spec, &json, &e) < 0)
		abort();
	/* Escapes may take it over the cap. */
	if (strlen(json) > 1024 * 1024) {
		free(json);
		return;
	}
	if (pod_spec_load("json", json, strlen(json), POD_SPEC_LENIENT, &again,
		&n, NULL, &e) < 0 || n != 1)
		abort();
	if (pod_spec_to_json(again[0], &twice, &e) < 0 ||
		strcmp(json, twice) != 0)
		abort();
	free_specs(again, n);
	free(twice);
	free(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pod_problems *problems = NULL;
	struct pod_spec **specs = NULL;
	struct pod_problem p;
	struct pod_error e = { 0 };
	char line[256];
	size_t n = 0, i;
	int r;

	r = pod_spec_load("fuzz", (const char *)data, size, POD_SPEC_LENIENT,
		&specs, &n, &problems, &e);
	for (i = 0; pod_problems_get(problems, i, &p) == 0; i++)
		(void)pod_problem_format(&p, line, sizeof(line));
	if (r < 0 && (e.code != r || i == 0))
		abort();
	for (i = 0; r == 0 && i < n; i++)
		load_again(specs[i]);
	if (r == 0)
		free_specs(specs, n);
	pod_problems_free(problems);
	return 0;
}
