#!/bin/bash
# SPDX-License-Identifier: MIT
# support/test_runner.sh - the runner sees each kind of leak, and nothing else.
#
# usage: test_runner.sh RUNNER
set -u
runner=$1
failed=0
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# expect STATUS TEXT SHELL-COMMAND: TEXT is in the runner's messages ("" means
# that there are none).
expect()
{
	local status

	"$runner" --settle 100 --name seeded -- sh -c "$3" \
		> /dev/null 2> "$work/err"
	status=$?
	if [ "$status" != "$1" ] || ! grep -qF -e "$2" "$work/err" &&
		[ -n "$2" ] || { [ -z "$2" ] && [ -s "$work/err" ]; }; then
		echo "FAIL: $3: status $status, want $1 and '$2':" >&2
		cat "$work/err" >&2
		failed=1
	fi
}

unset POD_TEST_MUST_RUN
expect 0 '' true
expect 3 '' 'exit 3'
expect 77 '' 'exit 77'
# shellcheck disable=SC2016 # for the inner shell
{
	expect 143 '' 'kill $$'
	expect 0 '' '[ -d "$POD_TEST_TMP" ] && [ "$TMPDIR" != /tmp ]'
	expect 0 '' 'touch "$TMPDIR/x"; mkdir "$PODRUN_RUN/leases"'
	expect 0 '' 'mkdir "$PODRUN_ROOT/cache"; touch "$PODRUN_ROOT/cache/x"'
	expect 1 'left behind: file ' 'touch "$PODRUN_RUN/x"'
	expect 1 'left behind: file ' \
		'mkdir "$PODRUN_ROOT/01234567-89ab-cdef-0123-456789abcdef"'
}
expect 1 'left behind: process' 'sleep 1000 &'
expect 1 'left behind: process' 'setsid sleep 1000 > /dev/null 2>&1 &'
expect 1 'left behind: link seeded' \
	'ip link add name seeded type veth peer name other'
expect 1 'left behind: route to 0000090A' \
	'ip route add unreachable 10.9.0.0/16'
# the node's own, which pods bring and do not take away
expect 0 '' 'ip route del unreachable 10.245.0.0/16'
expect 1 'left behind: mount of tmpfs on /mnt' 'mount -t tmpfs x /mnt'
expect 1 'left behind: System V shared memory' 'ipcmk -M 100'
expect 1 'left behind: System V queue' 'ipcmk -Q'
expect 1 'left behind: cgroup /pods/seeded' 'mkdir /sys/fs/cgroup/pods/seeded'
expect 3 'left behind: cgroup /pods/seeded' \
	'mkdir /sys/fs/cgroup/pods/seeded; exit 3'

# A runner that is killed takes everything with it; the next one tidies up.
mkfifo "$work/ready"
TMPDIR=$work "$runner" -- sh -c "sleep 1000 & echo \$POD_TEST_TMP > $work/ready; wait" &
victim=$!
read -r _ < "$work/ready"
kill -KILL "$victim"
wait "$victim" 2> /dev/null
expect 0 '' true

# Under POD_TEST_MUST_RUN a skip needs an excuse.
export POD_TEST_MUST_RUN=1
printf 'any %s a reason\n' 'excused*' > "$work/exceptions"
"$runner" --plain --name other --exceptions "$work/exceptions" \
	sh -c 'exit 77' 2> /dev/null
[ $? = 1 ] || { echo 'FAIL: a skip without an excuse' >&2; failed=1; }
"$runner" --plain --name excused-test --exceptions "$work/exceptions" \
	sh -c 'exit 77' 2> /dev/null
[ $? = 77 ] || { echo 'FAIL: a skip with an excuse' >&2; failed=1; }
exit "$failed"
