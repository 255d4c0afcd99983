/* SPDX-License-Identifier: MIT */
/*
 * front/text.c - the bytes of a document before anyone parses them.
 *
 * Knows what no document may hold; knows nothing of YAML. libfyaml would end
 * a scalar at the first NUL or malformed byte without a word, so that what is
 * checked would not be what was written.
 */
#include "front/tree.h"

#include <string.h>

/* Only for a message, so once: where byte offset at is. */
static struct spec_where place(const unsigned char *s, size_t at)
{
	struct spec_where w = { 1, 1 };
	size_t i;

	for (i = 0; i < at; i++) {
		if (s[i] == '\n') {
			w.line++;
			w.column = 1;
		} else if ((s[i] & 0xc0) != 0x80) {
			w.column++;
		}
	}
	return w;
}

bool front_text_check(const char *data, size_t size,
	struct spec_problems *list)
{
	const unsigned char *s = (const unsigned char *)data;
	size_t i = 0;

	if (size > FRONT_MAX_BYTES) {
		list->capped = true;
		spec_problem(list, (struct spec_where){ 0 }, "", false,
			"the limit is %d bytes for a manifest",
			FRONT_MAX_BYTES);
		return false;
	}
	while (i < size) {
		size_t n = spec_utf8_next(data + i, size - i);

		if (n && s[i]) {
			i += n;
			continue;
		}
		spec_problem(list, place(s, i), "", false,
			n ? "NUL byte: not a text file" :
			    "byte 0x%02x is not valid UTF-8",
			s[i]);
		return false;
	}
	return true;
}
