#!/bin/bash
# SPDX-License-Identifier: MIT
# install/examples.sh - the examples, built against the installed library and
# run; and the CMake package. The prefix is a tmpfs of this test's own mount
# namespace: the real places, and nothing reaches the machine.
set -eu
: "${SRCDIR:?}" "${BUILDDIR:?}" "${POD_TEST_TMP:?run this by pod-test-runner}"
prefix=$(sed -n 's/^CMAKE_INSTALL_PREFIX:PATH=//p' "$BUILDDIR/CMakeCache.txt")
[ "$prefix" = /usr/local ] || { echo "skipped: prefix is $prefix"; exit 77; }

mount -t tmpfs -o mode=755 install "$prefix"
trap 'cd /; umount "$prefix"' EXIT
cmake --install "$BUILDDIR" > "$TMPDIR/install.log"

for file in bin/podrun libexec/pod-supervisor lib/libpod-core.so \
	lib/pkgconfig/libpod-core.pc include/pod/pod.h share/man/man1/podrun.1
do
	[ -e "$prefix/$file" ] || { echo "not installed: $file"; exit 1; }
done
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig LD_LIBRARY_PATH=$prefix/lib
read -ra flags <<< "$(pkg-config --cflags --libs libpod-core)"

run_example()
{
	local name=$1

	echo "== $name"
	"${CC:-cc}" -std=c11 -D_GNU_SOURCE -Wall -Wextra -Werror \
		-o "$TMPDIR/$name" "$SRCDIR/examples/$name.c" "${flags[@]}"
	timeout 60 "$TMPDIR/$name"
}

count=0
for example in "$SRCDIR"/examples/*.c; do
	[ -e "$example" ] || continue
	run_example "$(basename "$example" .c)"
	count=$((count + 1))
done
"$prefix/bin/podrun" delete --now detached
[ "$count" -gt 0 ] || { echo 'no examples'; exit 1; }

mkdir "$TMPDIR/package"
cat > "$TMPDIR/package/CMakeLists.txt" << 'END'
cmake_minimum_required(VERSION 3.25)
project(consumer LANGUAGES C)
find_package(libpod-core REQUIRED)
add_executable(consumer consumer.c)
target_link_libraries(consumer PRIVATE pod::core)
END
cat > "$TMPDIR/package/consumer.c" << 'END'
#include <pod/pod.h>
int main(void)
{
	return pod_errno_name(0) == 0;
}
END
cmake -S "$TMPDIR/package" -B "$TMPDIR/package/build" -G Ninja > /dev/null
cmake --build "$TMPDIR/package/build" > /dev/null
"$TMPDIR/package/build/consumer"
