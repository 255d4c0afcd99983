/* SPDX-License-Identifier: MIT */
/*
 * base/arena.h - memory that is freed all at once.
 *
 * What a spec points to lives in its arena. Zero-initialise; arena_done()
 * frees everything. Memory is zeroed. All return NULL on failure.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
	struct arena_block *blocks;
	size_t used_bytes;	/* handed out so far */
};

void *arena_alloc(struct arena *a, size_t size);
/* Room for count elements; NULL if the product overflows. */
void *arena_array(struct arena *a, size_t count, size_t size);
char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t len);
char *arena_printf(struct arena *a, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/*
 * Append one element to an array that grows by doubling inside the arena:
 * *array and *count are updated; returns the new, zeroed element.
 */
void *arena_append(struct arena *a, void *array, size_t *count, size_t size);
void arena_done(struct arena *a);

#endif
