#!/bin/sh
# SPDX-License-Identifier: MIT
# Regenerate syscalls_x86_64.inc and syscalls_aarch64.inc from the kernel's
# UAPI headers: gen-syscalls.sh [UNISTD_64_H [ASM_GENERIC_UNISTD_H]]
# Numbers from 451 on are the same on both architectures; those newer than
# the installed headers come from the list below.
set -eu
cd "$(dirname "$0")"
x86=${1:-/usr/include/x86_64-linux-gnu/asm/unistd_64.h}
generic=${2:-/usr/include/asm-generic/unistd.h}

newer() {
	cat <<-END
	cachestat 451
	fchmodat2 452
	map_shadow_stack 453
	futex_wake 454
	futex_wait 455
	futex_requeue 456
	statmount 457
	listmount 458
	lsm_get_self_attr 459
	lsm_set_self_attr 460
	lsm_list_modules 461
	mseal 462
	setxattrat 463
	getxattrat 464
	listxattrat 465
	removexattrat 466
	open_tree_attr 467
	file_getattr 468
	file_setattr 469
	listns 470
	rseq_slice_yield 471
	END
}

emit() {
	echo "/* SPDX-License-Identifier: MIT */"
	echo "/* Made by gen-syscalls.sh: native system calls by name. */"
	LC_ALL=C sort -u | awk '{ printf "{ \"%s\", %d },\n", $1, $2 }'
}

{
	sed -n 's/^#define __NR_\([a-z_0-9]*\)[ \t]*\([0-9]*\)$/\1 \2/p' "$x86"
	printf 'uretprobe 335\nuprobe 336\n'
	newer
} | emit >syscalls_x86_64.inc

# asm-generic is used by arm64 with these three selected; __NR3264_x takes
# its 64-bit name from the end of the same header.
{
	{
		echo "#define __BITS_PER_LONG 64"
		echo "#define __ARCH_WANT_RENAMEAT"
		echo "#define __ARCH_WANT_SET_GET_RLIMIT"
		echo "#define __ARCH_WANT_NEW_STAT"
		echo "#define __ARCH_WANT_TIME32_SYSCALLS_64"
		echo "#define __ARCH_WANT_SYS_CLONE3"
		echo "#define __ARCH_WANT_MEMFD_SECRET"
		sed '/^#include/d' "$generic"
	} | cc -E -dM -x c - | awk '
		/^#define __NR3264_/ {
			old[substr($2, 10)] = $3
		}
		/^#define __NR_[a-z]/ && $2 !~ /syscalls$|arch_specific/ {
			name[substr($2, 6)] = $3
		}
		END {
			for (n in name) {
				v = name[n]
				if (v ~ /^__NR3264_/)
					v = old[substr(v, 10)]
				if (v ~ /^[0-9]+$/)
					print n, v
			}
		}'
	newer
} | emit >syscalls_aarch64.inc
