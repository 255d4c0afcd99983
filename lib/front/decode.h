/* SPDX-License-Identifier: MIT */
/*
 * front/decode.h - tables that say what an object may hold, and the one
 * decoder that reads them.
 *
 * A table lists every field the API knows, so that "not supported yet" and
 * "unknown" are told apart. Adding support for a field is changing its row.
 */
#ifndef FRONT_DECODE_H
#define FRONT_DECODE_H

#include "base/cleanup.h"
#include "front/tree.h"

struct front_type;
struct front_decode;

enum front_kind {
	FRONT_KIND_ANY = 0,	/* not looked into */
	FRONT_KIND_STRING,	/* const char * */
	FRONT_KIND_BOOL,	/* bool */
	FRONT_KIND_TRI,		/* enum spec_tri */
	FRONT_KIND_INT,		/* int64_t */
	FRONT_KIND_INT_OR_STRING,
	FRONT_KIND_CHOICE,	/* an enum, by name */
	FRONT_KIND_FLAG,	/* bool, by name: the choice's value */
	FRONT_KIND_MILLI,	/* Quantity -> int64_t, 10^-3 */
	FRONT_KIND_UNITS,	/* Quantity -> int64_t */
	FRONT_KIND_STRINGS,	/* const char **, size_t */
	FRONT_KIND_INTS,	/* int64_t *, size_t */
	FRONT_KIND_STRING_MAP,	/* struct spec_pair *, size_t */
	FRONT_KIND_OBJECT,	/* of type, at offset */
	FRONT_KIND_LIST,	/* of type, array and size_t */
	FRONT_KIND_CUSTOM,	/* calls custom */
};

enum front_support {
	FRONT_SUPPORTED = 0,
	FRONT_IGNORED,		/* no effect on one node: checked, dropped */
	FRONT_UNSUPPORTED,	/* known, not done yet: an error or a warning */
};

struct front_choice {
	const char *name;
	unsigned int value;
};

struct front_field {
	const char *name;
	enum front_kind kind;
	enum front_support support;
	uint16_t offset;	/* in the target */
	uint16_t count_offset;	/* of the size_t of a list */
	const struct front_type *type;
	const struct front_choice *choices;	/* ended by a NULL name */
	/* base is NULL where the value is only checked */
	int (*custom)(struct front_decode *d, struct front_node *node,
		void *base);
	const char *neutral;	/* unsupported, but this value is no wish */
	const char *note;	/* what lenient does instead of ignoring */
};

/* neutral of a field whose mere presence is a wish. */
#define FRONT_PRESENCE "\x01"

struct front_type {
	const struct front_field *fields;
	size_t n_fields;
	size_t size;		/* of a list's element */
	uint16_t where_offset;	/* of its struct spec_where; 0: none */
	void (*init)(void *base);	/* before the fields */
	/* After them, with a target only. */
	int (*finish)(struct front_decode *d, struct front_node *node,
		void *base);
};

#define FRONT_TYPE_FIELDS(table) .fields = table, .n_fields = ARRAY_LEN(table)

struct front_decode {
	struct arena *arena;	/* the spec's: what it points to */
	struct spec_problems *list;
	bool lenient;
	struct pod_spec *spec;
	struct spec_container *init;	/* until they are put first */
	size_t n_init;
};

/*
 * Read node into base; base NULL only checks names and types. Findings go to
 * d->list; -ENOMEM is the only failure.
 */
int front_object(struct front_decode *d, struct front_node *node,
	const struct front_type *type, void *base);
int front_list(struct front_decode *d, struct front_node *node,
	const struct front_type *type, void *array, size_t *count);
/* The kinds; ret NULL only checks, and a value that is wrong leaves it. */
int front_string(struct front_decode *d, struct front_node *node,
	const char **ret);
int front_strings(struct front_decode *d, struct front_node *node,
	const char ***ret, size_t *ret_count);
int front_quantity(struct front_decode *d, struct front_node *node,
	unsigned int digits, int64_t *ret);

int front_read_ints(struct front_decode *d, struct front_node *node,
	int64_t **ret, size_t *ret_count);
int front_read_pairs(struct front_decode *d, struct front_node *node,
	struct spec_pair **ret, size_t *ret_count);
/* These need ret; -EINVAL: reported. */
int front_read_bool(struct front_decode *d, struct front_node *node,
	bool *ret);
int front_read_int(struct front_decode *d, struct front_node *node,
	int64_t *ret);
int front_read_choice(struct front_decode *d, struct front_node *node,
	const struct front_choice *choices, unsigned int *ret);

/* Null in a field means the field is not there. */
bool front_is_absent(const struct front_node *node);
/* "expected integer, found string" and advice. */
void front_wrong_type(struct front_decode *d, struct front_node *node,
	const char *expected, const char *advice);

/* An error at the node's value, or at its key; the node becomes bad. */
void front_error(struct front_decode *d, struct front_node *node,
	const char *format, ...) __attribute__((format(printf, 3, 4)));
void front_error_key(struct front_decode *d, struct front_node *node,
	const char *format, ...) __attribute__((format(printf, 3, 4)));
/* "Not supported yet": an error, or with lenient a warning. */
void front_unsupported(struct front_decode *d, struct front_node *node,
	const char *note);

/* nearest.c: the field a misspelt name probably meant, or NULL. */
const char *front_nearest(const char *name, const struct front_field *fields,
	size_t n_fields);

/* The tables of a v1 Pod. */
extern const struct front_type front_container_type;	/* container.c */
extern const struct front_type front_init_container_type;
extern const struct front_type front_ephemeral_container_type;
extern const struct front_type front_resources_type;	/* resources.c */
extern const struct front_type front_pod_security_type;	/* security.c */
extern const struct front_type front_container_security_type;
extern const struct front_type front_volume_type;	/* volume.c */
extern const struct front_type front_probe_type;	/* hook.c */
extern const struct front_type front_lifecycle_type;
extern const struct front_type front_affinity_type;	/* placement.c */
extern const struct front_type front_toleration_type;
extern const struct front_type front_spread_type;
extern const struct front_type front_label_selector_type;

/* pod.c: a Pod, from a document's root or a List's item, into d->spec. */
int front_pod(struct front_decode *d, struct front_node *node);

#endif
