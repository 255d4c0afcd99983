/* SPDX-License-Identifier: MIT */
/*
 * front/tree.c - libfyaml's events into our tree.
 *
 * Knows libfyaml, caps, duplicate keys and the ban on aliases; knows nothing
 * of pods. Events rather than its document: we see every node before the next
 * one is made, so depth and number are bounded, and no alias is ever expanded.
 */
#include "front/tree.h"

#include <errno.h>
#include <libfyaml.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"

struct builder {
	struct arena *arena;
	struct spec_problems *list;
	struct fy_parser *parser;
	const char *data;		/* the input */
	size_t size;
	struct front_document *documents;
	size_t n_documents;
	struct front_node *at;		/* the open map or sequence */
	struct front_node *pending;	/* a key that waits for its value */
	uint32_t depth;
	uint32_t nodes;
	bool no_memory;
};

static struct spec_where where_of(struct fy_event *e)
{
	const struct fy_mark *m = fy_event_start_mark(e);

	if (!m)
		return (struct spec_where){ 0 };
	return (struct spec_where){ (uint32_t)m->line + 1,
		(uint32_t)m->column + 1 };
}

/* Report about node, whose path is found by its parents. */
static void complain(struct builder *b, const struct front_node *node,
	struct spec_where where, const char *reason)
{
	char path[512];

	spec_problem(b->list, where,
		front_path_of(node, NULL, path, sizeof(path)), false, "%s",
		reason);
}

static bool cap(struct builder *b, struct spec_where where, const char *what,
	int limit)
{
	char path[512];

	b->list->capped = true;
	spec_problem(b->list, where,
		front_path_of(b->at, NULL, path, sizeof(path)), false,
		"the limit is %d %s", limit, what);
	return false;
}

static void link_child(struct front_node *parent, struct front_node *child)
{
	child->parent = parent;
	child->index = parent->count++;
	if (parent->last)
		parent->last->next = child;
	else
		parent->first = child;
	parent->last = child;
}

/*
 * The node an event stands for: the pending key's, or a new child of the open
 * sequence, or the root. A key is made as a node too, and waits.
 */
static struct front_node *new_node(struct builder *b, struct spec_where where)
{
	struct front_node *n = b->pending;

	if (!n) {
		if (++b->nodes > FRONT_MAX_NODES) {
			cap(b, where, "values in a manifest", FRONT_MAX_NODES);
			return NULL;
		}
		n = arena_alloc(b->arena, sizeof(*n));
		if (!n) {
			b->no_memory = true;
			return NULL;
		}
		if (b->at)
			link_child(b->at, n);
	}
	/* An absent value has no place of its own: the key's is near. */
	n->where = where.line ? where : n->key_where;
	if (!n->where.line && n->parent)
		n->where = n->parent->where;
	return n;
}

static bool expects_key(const struct builder *b)
{
	return b->at && b->at->type == FRONT_MAP && !b->pending;
}

/* Where the value went: close the pending key, or make it the root. */
static void placed(struct builder *b, struct front_node *n)
{
	if (!b->at && b->documents)
		b->documents[b->n_documents - 1].root = n;
	b->pending = NULL;
}

/* Bad, not fatal: the rest of the document is still worth reading. */
static void refuse(struct builder *b, struct front_node *n, const char *reason)
{
	n->bad = true;
	complain(b, n, n->where, reason);
}

static bool open_node(struct builder *b, struct fy_event *e,
	enum front_node_type type, struct fy_token *tag)
{
	struct spec_where where = where_of(e);
	struct front_node *n;

	if (expects_key(b)) {
		complain(b, b->at, where, "a key must be a string");
		return false;
	}
	if (b->depth == FRONT_MAX_DEPTH)
		return cap(b, where, "levels of nesting", FRONT_MAX_DEPTH);
	n = new_node(b, where);
	if (!n)
		return false;
	n->type = type;
	placed(b, n);
	if (tag)
		refuse(b, n, "tags are not supported");
	b->depth++;
	b->at = n;
	return true;
}

static int by_key(const void *left, const void *right)
{
	const struct front_node *a = *(struct front_node *const *)left;
	const struct front_node *b = *(struct front_node *const *)right;
	int c = strcmp(a->key, b->key);

	return c ? c : (a->index > b->index) - (a->index < b->index);
}

static void duplicate(struct builder *b, struct front_node *n,
	const struct front_node *first)
{
	char path[512];

	n->bad = true;
	spec_problem(b->list, n->key_where,
		front_path_of(n, NULL, path, sizeof(path)), false,
		"duplicate key, first on line %u", first->key_where.line);
}

/* Compare pairwise while that is cheap; sort where it would be an attack. */
static bool check_duplicates(struct builder *b, const struct front_node *map)
{
	struct front_node *n, *first, **sorted;
	size_t i = 0;

	if (map->count <= 16) {
		for (n = map->first; n; n = n->next)
			for (first = map->first; first != n;
				first = first->next)
				if (str_eq(first->key, n->key)) {
					duplicate(b, n, first);
					break;
				}
		return true;
	}
	sorted = arena_array(b->arena, map->count, sizeof(struct front_node *));
	if (!sorted) {
		b->no_memory = true;
		return false;
	}
	for (n = map->first; n; n = n->next)
		sorted[i++] = n;
	qsort(sorted, i, sizeof(struct front_node *), by_key);
	for (i = 1; i < map->count; i++)
		if (str_eq(sorted[i - 1]->key, sorted[i]->key))
			duplicate(b, sorted[i], sorted[i - 1]);
	return true;
}

static bool close_node(struct builder *b)
{
	struct front_node *n = b->at;

	if (!n)		/* libfyaml pairs begin and end */
		return true;
	b->depth--;
	b->at = n->parent;
	return n->type != FRONT_MAP || check_duplicates(b, n);
}

/* Only !!str and "!" (both: a string) are taken; others change meaning. */
static bool is_string_tag(struct fy_token *tag)
{
	static const char str[] = "tag:yaml.org,2002:str";
	size_t len = 0;
	const char *text = fy_token_get_text(tag, &len);

	if (!text)
		return false;
	return (len == 1 && *text == '!') ||
		(len == sizeof(str) - 1 && memcmp(text, str, len) == 0);
}

/*
 * The text of a scalar, read piece by piece where libfyaml would have to put
 * it together: for folded text whose lines are indented unlike its first,
 * fy_token_get_text() of 0.7.12 and its own length disagree, and what is
 * missing is whatever the heap held.
 */
static char *scalar_text(struct builder *b, struct fy_token *value,
	size_t *ret_len)
{
	const struct fy_iter_chunk *chunk = NULL;
	_cleanup_sb_ struct strbuf sb = { 0 };
	struct fy_token_iter *iter;
	const char *text = fy_token_get_text(value, ret_len);
	int failed = 0;

	if (!text)
		return NULL;
	if (*ret_len == 0 || (text >= b->data && text < b->data + b->size))
		return arena_strndup(b->arena, text, *ret_len);
	iter = fy_token_iter_create(value);
	if (!iter)
		return NULL;
	while ((chunk = fy_token_iter_chunk_next(iter, chunk, &failed)))
		sb_add(&sb, chunk->str, chunk->len);
	fy_token_iter_destroy(iter);
	if (failed || sb_result(&sb) < 0)
		return NULL;
	*ret_len = sb.len;
	return arena_strndup(b->arena, sb.data ? sb.data : "", sb.len);
}

/*
 * libfyaml 0.7.12 takes lines into a block scalar that are indented no more
 * than its key, if a blank line comes first, and so swallows the next field:
 * look at the input again.
 */
static bool is_indented(const struct builder *b, struct fy_event *e,
	const struct front_node *n)
{
	const struct fy_mark *mark = fy_event_start_mark(e);
	size_t at = mark ? mark->input_pos : b->size, line;
	uint32_t outer;

	if (!n->parent)
		return true;
	outer = n->key ? n->key_where.column : n->parent->where.column;
	for (line = at; at < b->size; at++) {
		if (b->data[at] == '\n')
			line = at + 1;
		else if (b->data[at] != ' ' && b->data[at] != '\r')
			break;
	}
	/* Columns count from 1: an equal number is one more space. */
	return at >= b->size || at - line >= outer;
}

static bool add_key(struct builder *b, struct front_node *n, const char *text,
	size_t len)
{
	n->key = text;
	n->key_where = n->where;
	b->pending = n;
	if (strlen(text) == len)
		return true;
	complain(b, n->parent, n->where, "NUL character in a key");
	return false;
}

/* libfyaml's mark of a quoted scalar or an alias is behind the sign. */
static struct spec_where where_before(struct fy_event *e, bool sign)
{
	struct spec_where where = where_of(e);

	if (sign && where.column > 1)
		where.column--;
	return where;
}

static bool add_scalar(struct builder *b, struct fy_event *e)
{
	struct fy_token *value = e->scalar.value, *tag = e->scalar.tag;
	enum fy_scalar_style style = fy_token_scalar_style(value);
	bool is_key = expects_key(b);
	struct front_node *n;
	char *copy;
	size_t len = 0;

	copy = value ? scalar_text(b, value, &len) :
		       arena_strdup(b->arena, "");
	if (!copy) {
		b->no_memory = true;
		return false;
	}
	n = new_node(b, where_before(e, style == FYSS_SINGLE_QUOTED ||
		style == FYSS_DOUBLE_QUOTED));
	if (!n)
		return false;
	if (is_key)
		return add_key(b, n, copy, len);
	n->text = copy;
	n->type = tag || style != FYSS_PLAIN ? FRONT_STRING :
					       front_scalar_type(copy, n);
	placed(b, n);
	if ((style == FYSS_LITERAL || style == FYSS_FOLDED) &&
		copy[strspn(copy, "\n")] && !is_indented(b, e, n))
		refuse(b, n, "text must be indented more than what it "
			"belongs to");
	else if (strlen(copy) != len)
		refuse(b, n, "NUL character in a string");
	else if (tag && !is_string_tag(tag))
		refuse(b, n, "tags are not supported");
	return true;
}

static bool add_alias(struct builder *b, struct fy_event *e)
{
	struct front_node *n;

	if (expects_key(b)) {
		complain(b, b->at, where_before(e, true),
			"a key must be a string");
		return false;
	}
	n = new_node(b, where_before(e, true));
	if (!n)
		return false;
	placed(b, n);
	refuse(b, n, "aliases are not supported: write the value out");
	return true;
}

static bool open_document(struct builder *b, struct fy_event *e)
{
	struct front_document *d;

	if (b->n_documents >= FRONT_MAX_NODES)
		return cap(b, where_of(e), "documents", FRONT_MAX_NODES);
	d = arena_append(b->arena, &b->documents, &b->n_documents,
		sizeof(*d));
	if (!d) {
		b->no_memory = true;
		return false;
	}
	d->where = where_of(e);
	if (!d->where.line)
		d->where = (struct spec_where){ 1, 1 };
	b->at = NULL;
	b->pending = NULL;
	b->depth = 0;
	return true;
}

/* False: stop here, the reason is recorded. */
static bool on_event(struct builder *b, struct fy_event *e)
{
	switch (e->type) {
	case FYET_DOCUMENT_START:
		return open_document(b, e);
	case FYET_MAPPING_START:
		return open_node(b, e, FRONT_MAP, e->mapping_start.tag);
	case FYET_SEQUENCE_START:
		return open_node(b, e, FRONT_SEQUENCE, e->sequence_start.tag);
	case FYET_MAPPING_END:
	case FYET_SEQUENCE_END:
		return close_node(b);
	case FYET_SCALAR:
		return add_scalar(b, e);
	case FYET_ALIAS:
		return add_alias(b, e);
	case FYET_NONE:
	case FYET_STREAM_START:
	case FYET_STREAM_END:
	case FYET_DOCUMENT_END:
		break;
	}
	return true;
}

/* What libfyaml collected instead of printing. */
static void syntax_error(struct builder *b, struct fy_diag *diag)
{
	struct fy_diag_error *e;
	void *prev = NULL;
	bool any = false;

	while ((e = fy_diag_errors_iterate(diag, &prev))) {
		struct spec_where w = { e->line > 0 ? (uint32_t)e->line : 1,
			e->column > 0 ? (uint32_t)e->column : 1 };

		if (e->type != FYET_ERROR)
			continue;
		any = true;
		spec_problem(b->list, w, "", false, "%s", e->msg);
	}
	if (!any)
		spec_problem(b->list,
			b->n_documents ?
				b->documents[b->n_documents - 1].where :
				(struct spec_where){ 1, 1 },
			"", false, "not valid YAML");
}

static void build(struct builder *b, struct fy_diag *diag)
{
	struct fy_event *e;
	bool go_on = true;

	while (go_on && (e = fy_parser_parse(b->parser))) {
		go_on = on_event(b, e);
		fy_parser_event_free(b->parser, e);
	}
	if (!go_on || fy_parser_get_stream_error(b->parser)) {
		/* What was only half read is judged no further. */
		if (b->n_documents)
			b->n_documents--;
		if (go_on)
			syntax_error(b, diag);
	}
}

static void cleanup_parser(struct fy_parser **p)
{
	fy_parser_destroy(*p);
}

static void cleanup_diag(struct fy_diag **d)
{
	fy_diag_destroy(*d);
}

int front_tree_parse(struct arena *a, const char *data, size_t size,
	struct front_document **ret_documents, size_t *ret_count,
	struct spec_problems *list)
{
	struct builder b = { .arena = a, .list = list, .data = data,
		.size = size };
	_cleanup_(cleanup_diag) struct fy_diag *diag = NULL;
	_cleanup_(cleanup_parser) struct fy_parser *parser = NULL;
	struct fy_parse_cfg cfg = { .flags = FYPCF_QUIET |
		FYPCF_COLLECT_DIAG | FYPCF_DEFAULT_VERSION_1_2 |
		FYPCF_JSON_NONE };
	struct fy_diag_cfg diag_cfg;

	*ret_documents = NULL;
	*ret_count = 0;
	/* A length of 0 would be read as "until the NUL". */
	if (!front_text_check(data, size, list) || size == 0)
		return 0;
	fy_diag_cfg_default(&diag_cfg);
	diag_cfg.fp = NULL;
	diag = fy_diag_create(&diag_cfg);
	if (!diag)
		return -ENOMEM;
	fy_diag_set_collect_errors(diag, true);
	cfg.diag = diag;
	parser = fy_parser_create(&cfg);
	if (!parser || fy_parser_set_string(parser, data, size) < 0)
		return -ENOMEM;
	b.parser = parser;
	build(&b, diag);
	if (b.no_memory || list->failed)
		return -ENOMEM;
	*ret_documents = b.documents;
	*ret_count = b.n_documents;
	return 0;
}
