/* SPDX-License-Identifier: MIT */
/*
 * common/selector.c - label selectors as kubectl reads them.
 *
 * Knows =, ==, !=, in, notin, key and !key; knows nothing of pods.
 */
#include "common/selector.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Cut white space at both ends, in place. */
static char *trim(char *s)
{
	char *end;

	while (isspace((unsigned char)*s))
		s++;
	end = s + strlen(s);
	while (end > s && isspace((unsigned char)end[-1]))
		*--end = '\0';
	return s;
}

static bool is_label_text(const char *s)
{
	for (; *s; s++)
		if (!isalnum((unsigned char)*s) && !strchr("-_./", *s))
			return false;
	return true;
}

/* "(a, b)" -> "a\0b\0", the count; -EINVAL. */
static int parse_set(char *list, const char **ret_values)
{
	size_t len = strlen(list);
	char *out = list, *next, *value;
	int n = 0;

	if (len < 2 || list[0] != '(' || list[len - 1] != ')')
		return -EINVAL;
	list[len - 1] = '\0';
	*ret_values = list;
	for (list++; list; list = next) {
		next = strchr(list, ',');
		if (next)
			*next++ = '\0';
		value = trim(list);
		if (!is_label_text(value))
			return -EINVAL;
		len = strlen(value) + 1;
		memmove(out, value, len);
		out += len;
		n++;
	}
	return n;
}

/* "key in (a,b)" or "key notin (a,b)"; 0: it is neither. */
static int parse_set_term(char *text, struct selector_term *t)
{
	char *word = text + strcspn(text, " \t(");
	char *list;
	int n;

	if (!*word || *word == '(')
		return 0;
	*word++ = '\0';
	while (isspace((unsigned char)*word))
		word++;
	list = word + strcspn(word, " \t(");
	if (list - word == 2 && strncmp(word, "in", 2) == 0)
		t->operator = SELECTOR_IN;
	else if (list - word == 5 && strncmp(word, "notin", 5) == 0)
		t->operator = SELECTOR_NOT_IN;
	else
		return -EINVAL;
	while (isspace((unsigned char)*list))
		list++;
	n = parse_set(list, &t->values);
	if (n < 0)
		return n;
	t->n_values = (size_t)n;
	t->key = text;
	return 1;
}

static int parse_term(char *text, struct selector_term *t)
{
	char *equal = strchr(text, '=');
	char *value;
	int r;

	if (equal) {
		bool negative = equal > text && equal[-1] == '!';

		value = equal + 1 + (!negative && equal[1] == '=');
		equal[negative ? -1 : 0] = '\0';
		t->operator = negative ? SELECTOR_NOT_IN : SELECTOR_IN;
		t->key = trim(text);
		t->values = trim(value);
		t->n_values = 1;
		r = is_label_text(t->values) ? 1 : -EINVAL;
	} else {
		r = parse_set_term(text, t);
	}
	if (r < 0)
		return r;
	if (r == 0) {
		t->operator = *text == '!' ? SELECTOR_HAS_NOT : SELECTOR_HAS;
		t->key = trim(text + (*text == '!'));
	}
	return *t->key && is_label_text(t->key) ? 0 : -EINVAL;
}

/* The comma that ends the term at s, not one inside parentheses. */
static char *term_end(char *s)
{
	int depth = 0;

	for (; *s; s++) {
		if (*s == '(')
			depth++;
		else if (*s == ')')
			depth--;
		else if (*s == ',' && depth <= 0)
			return s;
	}
	return NULL;
}

int selector_parse(struct selector *s, const char *text)
{
	char *at, *next;
	int r;

	memset(s, 0, sizeof(*s));
	s->text = strdup(text);
	if (!s->text)
		return -ENOMEM;
	if (!*trim(s->text))
		return 0;
	for (at = s->text; at; at = next) {
		next = term_end(at);
		if (next)
			*next++ = '\0';
		if (s->count == SELECTOR_TERMS)
			return -E2BIG;
		r = parse_term(trim(at), &s->terms[s->count++]);
		if (r < 0)
			return r;
	}
	return 0;
}

static bool term_matches(const struct selector_term *t, const char *value)
{
	const char *candidate = t->values;
	size_t i;

	if (t->operator == SELECTOR_HAS)
		return value;
	if (t->operator == SELECTOR_HAS_NOT)
		return !value;
	for (i = 0; value && i < t->n_values; i++) {
		if (strcmp(candidate, value) == 0)
			return t->operator == SELECTOR_IN;
		candidate += strlen(candidate) + 1;
	}
	/* As in Kubernetes, != and notin match where the key is missing. */
	return t->operator == SELECTOR_NOT_IN;
}

bool selector_matches(const struct selector *s, const json_t *labels)
{
	size_t i;

	for (i = 0; i < s->count; i++) {
		const json_t *v = json_object_get(labels, s->terms[i].key);

		if (!term_matches(&s->terms[i], json_string_value(v)))
			return false;
	}
	return true;
}

void selector_done(struct selector *s)
{
	free(s->text);
	memset(s, 0, sizeof(*s));
}
