/* SPDX-License-Identifier: MIT */
/*
 * common/term.h - untrusted text on its way to a terminal.
 *
 * Names, labels, messages and what a container wrote are the container's
 * words: none of them may move the cursor or forge a line.
 */
#ifndef COMMON_TERM_H
#define COMMON_TERM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/*
 * Control characters, bidi controls and invalid UTF-8 become \xNN. Returns
 * the length needed; buf is terminated when size > 0.
 */
size_t term_escape(char *buf, size_t size, const char *text, size_t len);

/* An escaped copy to free(), NULL without memory. */
char *term_escaped(const char *text);

/* Write text escaped. */
void term_print(FILE *f, const char *text);

/*
 * Write a piece of container output. On a terminal it is escaped but for
 * tabs and colours (CSI digits m), which cannot do harm; else byte for byte.
 */
void term_output(FILE *f, bool tty, const char *bytes, size_t len);

/* Columns that text takes: its code points. */
size_t term_width(const char *text);

#endif
