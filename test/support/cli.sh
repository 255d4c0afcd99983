# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# support/cli.sh - what a test script of podrun needs; sourced first:
#
#	. "$SRCDIR/test/support/cli.sh"
#
# Environment from the runner: PODRUN, POD_SUPERVISOR, SRCDIR, POD_TEST_TMP,
# POD_TEST_CGROUP, TMPDIR. A script ends with status 0, 1 at the first check
# that fails (printing its line), or 77 by skip.
# shellcheck disable=SC2034 # status, out and err are for the scripts
set -u
: "${PODRUN:?}" "${SRCDIR:?}" "${POD_TEST_TMP:?run this by pod-test-runner}"
cd "$TMPDIR" || exit 1
cleanups=()

# ok TEXT: say that a step is done.
ok()
{
	echo "ok: $*"
}

# fail TEXT: end the script, saying where.
fail()
{
	local frame=0

	# the first frame that is not in this file
	while [ "${BASH_SOURCE[frame]}" = "${BASH_SOURCE[0]}" ] &&
		[ "$frame" -lt $((${#BASH_SOURCE[@]} - 1)) ]; do
		frame=$((frame + 1))
	done
	echo "FAIL: ${BASH_SOURCE[frame]}:${BASH_LINENO[frame - 1]}: $*" >&2
	sed -n "${BASH_LINENO[frame - 1]}p" "${BASH_SOURCE[frame]}" >&2
	exit 1
}

# skip REASON
skip()
{
	echo "skipped: $*" >&2
	exit 77
}

# run CMD...: keeps its status in $status, its output in $out and $err.
run()
{
	"$@" > "$TMPDIR/.out" 2> "$TMPDIR/.err"
	status=$?
	out=$(cat "$TMPDIR/.out")
	err=$(cat "$TMPDIR/.err")
	return 0
}

# check CMD...: it must succeed.
check()
{
	"$@" || fail "status $? of: $*"
}

# check_status WANT: of the last run.
check_status()
{
	[ "$status" = "$1" ] ||
		fail "status $status, not $1; stdout: $out; stderr: $err"
}

# check_eq GOT WANT [WHAT]
check_eq()
{
	[ "$1" = "$2" ] || fail "${3-} got: $1; want: $2"
}

# check_match TEXT REGEX [WHAT]: extended regular expression.
check_match()
{
	[[ $1 =~ $2 ]] || fail "${3-} got: $1; want a match of: $2"
}

# check_no_match TEXT REGEX [WHAT]
check_no_match()
{
	[[ ! $1 =~ $2 ]] || fail "${3-} got: $1; want no match of: $2"
}

# wait_until SECONDS CMD...: until it succeeds, or fail. For states without
# an event; podrun wait is the better way where it serves.
wait_until()
{
	local end=$((SECONDS + $1))
	shift

	until "$@" > /dev/null 2>&1; do
		[ "$SECONDS" -le "$end" ] || fail "not in time: $*"
		read -rt 0.02 <> <(:) || true
	done
}

# cleanup CMD...: run at the end, last one first, however the script ends.
cleanup()
{
	cleanups+=("$(printf '%q ' "$@")")
}

run_cleanups()
{
	local result=$? i

	for ((i = ${#cleanups[@]} - 1; i >= 0; i--)); do
		eval "${cleanups[i]}"
	done
	exit "$result"
}
trap run_cleanups EXIT
