/* SPDX-License-Identifier: MIT */
/*
 * common/yaml.h - JSON values written as YAML.
 */
#ifndef COMMON_YAML_H
#define COMMON_YAML_H

#include <stdio.h>

#include <jansson.h>

/*
 * Write value as one YAML document, block style, members in their order.
 * Any YAML 1.1 or 1.2 reader gets the same value back; control characters
 * are always escaped, so the text is safe on a terminal.
 */
void yaml_print(FILE *f, const json_t *value);

#endif
