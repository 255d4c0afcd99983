/* SPDX-License-Identifier: MIT */
/*
 * lint/analyzer.h - included first in most files that clang-tidy reads.
 *
 * The analyzer of clang 14 cannot reason about the minus in "return -errno":
 * to it that may be a success, and it follows every path from there. With one
 * known errno it does not; the price is that it does not follow what is done
 * about other ones. The same goes for the library's own functions that
 * record an error and return it, which it cannot look into.
 */
#ifndef LINT_ANALYZER_H
#define LINT_ANALYZER_H

#include <errno.h>

#undef errno
#define errno                                          \
	(*__extension__({                              \
		int *lint_errno_ = __errno_location(); \
		*lint_errno_ = EIO;                    \
		lint_errno_;                           \
	}))

#if __has_include("base/err.h")
#include "base/err.h"
#define err_errno(...) ((void)err_errno(__VA_ARGS__), -EIO)
#define err_code(...) ((void)err_code(__VA_ARGS__), -EIO)
#define err_set(...) ((void)err_set(__VA_ARGS__), -EIO)
#endif

#endif
