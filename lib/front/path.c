/* SPDX-License-Identifier: MIT */
/*
 * front/path.c - from a node to its field path and back.
 *
 * Knows the spelling "spec.containers[0].env[2].name" and
 * "metadata.labels[a.b/c]"; knows nothing of which fields exist. Validation
 * speaks in paths, so this is how its findings get a line and a column.
 */
#include "front/tree.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"

/* A longer key is cut: it is there to be recognised, not to fill memory. */
#define KEY_SHOWN 64

struct front_node *front_child(const struct front_node *map, const char *key)
{
	struct front_node *n;

	if (!map || map->type != FRONT_MAP)
		return NULL;
	for (n = map->first; n; n = n->next)
		if (str_eq(n->key, key))
			return n;
	return NULL;
}

static size_t append(char *buf, size_t size, size_t at,
	const struct front_node *n)
{
	int w;

	if (at >= size)
		return at;
	if (!n->key)
		w = snprintf(buf + at, size - at, "[%u]", n->index);
	else if (!spec_is_plain_key(n->key))
		w = snprintf(buf + at, size - at, "[%.*s]", KEY_SHOWN, n->key);
	else
		w = snprintf(buf + at, size - at, "%s%.*s", at ? "." : "",
			KEY_SHOWN, n->key);
	return w < 0 ? at : at + (size_t)w;
}

const char *front_path_of(const struct front_node *node,
	const struct front_node *top, char *buf, size_t size)
{
	const struct front_node *chain[FRONT_MAX_DEPTH + 2];
	size_t n = 0, at = 0;

	buf[0] = '\0';
	for (; node && node != top && node->parent &&
		n < FRONT_MAX_DEPTH + 2; node = node->parent)
		chain[n++] = node;
	while (n > 0)
		at = append(buf, size, at, chain[--n]);
	return buf;
}

/* One step of a path: where it ends, and the child it names. */
static struct front_node *step(const struct front_node *from,
	const char **path)
{
	const char *p = *path;
	bool bracket = *p == '[';
	struct front_node *n;
	char shown[32];
	size_t len;

	if (bracket || *p == '.')
		p++;
	len = bracket ? strcspn(p, "]") : strcspn(p, ".[");
	*path = p + len + (bracket && p[len] == ']');
	for (n = from->first; n; n = n->next) {
		const char *name = n->key;

		if (!name) {
			(void)snprintf(shown, sizeof(shown), "%u", n->index);
			name = shown;
		}
		if (strlen(name) == len && strncmp(name, p, len) == 0)
			return n;
	}
	return NULL;
}

struct front_node *front_path_find(struct front_node *top, const char *path,
	bool *ret_exact)
{
	struct front_node *at = top;

	while (*path) {
		struct front_node *next = step(at, &path);

		if (!next) {
			*ret_exact = false;
			return at;
		}
		at = next;
	}
	*ret_exact = true;
	return at;
}
