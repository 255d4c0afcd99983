/* SPDX-License-Identifier: MIT */
/*
 * front/tree.h - a parsed document: nodes that know where they were written.
 *
 * YAML and JSON give the same tree. Everything lives in the arena given.
 */
#ifndef FRONT_TREE_H
#define FRONT_TREE_H

#include "spec/spec.h"

#define FRONT_MAX_BYTES (1024 * 1024)
#define FRONT_MAX_DEPTH 64
#define FRONT_MAX_NODES 100000

/* Scalars as YAML 1.2's core schema reads them: yes and on are strings. */
enum front_node_type {
	FRONT_NULL = 0,
	FRONT_BOOLEAN,
	FRONT_INTEGER,
	FRONT_FLOAT,
	FRONT_STRING,
	FRONT_MAP,
	FRONT_SEQUENCE,
};

struct front_node {
	enum front_node_type type;
	bool bad;		/* an error was reported here */
	bool out_of_range;	/* an integer that does not fit */
	uint32_t index;		/* among its siblings */
	uint32_t count;		/* children */
	struct spec_where where;	/* of the value */
	struct spec_where key_where;	/* of the key, in a map */
	const char *key;	/* NULL unless in a map */
	const char *text;	/* of a scalar */
	int64_t integer;	/* also 0 or 1 of a boolean */
	struct front_node *parent, *next, *first, *last;
};

struct front_document {
	struct front_node *root;	/* NULL: an empty document */
	struct spec_where where;
};

/*
 * Parse all documents. Errors of syntax, duplicate keys, aliases and caps are
 * appended to list, as many as can be seen; documents before a syntax error
 * are still returned. -ENOMEM, else 0: look at list->errors.
 */
int front_tree_parse(struct arena *a, const char *data, size_t size,
	struct front_document **ret_documents, size_t *ret_count,
	struct spec_problems *list);

/* text.c: the bytes are UTF-8 without NUL, and not too many. */
bool front_text_check(const char *data, size_t size,
	struct spec_problems *list);

/* scalar.c: the type of an unquoted scalar; fills integer, out_of_range. */
enum front_node_type front_scalar_type(const char *text,
	struct front_node *node);

/* path.c: "spec.containers[0].image", relative to top (NULL: the root). */
const char *front_path_of(const struct front_node *node,
	const struct front_node *top, char *buf, size_t size);
/*
 * The node a path names, below top; *ret_exact tells whether all of it was
 * found, or only an enclosing node.
 */
struct front_node *front_path_find(struct front_node *top, const char *path,
	bool *ret_exact);

/* The child of that key, or NULL. */
struct front_node *front_child(const struct front_node *map, const char *key);

/* "string", "integer"... */
const char *front_type_name(enum front_node_type type);

/* emit.c: compact JSON, -ENOMEM. */
struct strbuf;
void front_tree_emit(struct strbuf *sb, const struct front_node *node);

#endif
