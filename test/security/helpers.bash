# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# security/helpers.bash - what the security scripts share; sourced first:
#
#	. "$SRCDIR/test/security/helpers.bash"
#
# Gives what support/cli.sh gives, images to be hostile with, and canaries:
# directories outside of every container that traps point at. All pods of a
# script are deleted at its end.
# shellcheck source=../support/cli.sh
. "$SRCDIR/test/support/cli.sh"
cleanup "$PODRUN" delete --all --now -q
probes=${BUILDDIR:?}/test
# How often a race is tried, and odd names in how many: a guest is slow.
# shellcheck disable=SC2034 # used by the scripts
rounds=25 names=10000
# shellcheck disable=SC2034
[ -z "${VM_RUN-}" ] || rounds=3 names=500

# make_image DIR: a root file system of busybox and the probes.
make_image()
{
	command -v busybox > /dev/null || skip 'busybox-static is not installed'
	mkdir -p "$1/bin" "$1/etc" "$1/tmp" || fail "make $1"
	cp "$(command -v busybox)" "$1/bin/busybox" || fail 'copy busybox'
	chroot "$1" /bin/busybox --install -s /bin || fail 'install busybox'
	cp "$probes/probe_calls" "$probes/probe_watch" "$1/bin/" ||
		fail 'copy the probes: are they built?'
}

# make_canary DIR: what nothing may change.
make_canary()
{
	mkdir -p "$1/dir" || fail "make $1"
	echo 'the canary lives' > "$1/file"
	echo 'and its nest' > "$1/dir/nest"
	: > "$1/null"
	: > "$1/ptmx"
	chmod 0604 "$1/file"
	chmod 0705 "$1/dir"
}

# state_of DIR: all that can change below it but the time of access.
state_of()
{
	(cd "$1" && find . -printf '%p %y %m %U:%G %s %i %n %T@ %C@ %l\n' |
		sort && find . -type f -exec sha256sum {} + | sort)
}

# check_canary DIR STATE [WHAT]
check_canary()
{
	check_eq "$(state_of "$1")" "$2" "canary ${3-}"
}

# Mounts of this mount namespace: nothing of ours may appear among them.
host_mounts()
{
	sort /proc/self/mountinfo
}

# remove_pod NAME: at once. What runs as process 1 here mostly ignores TERM, and
# would have its two seconds each time.
remove_pod()
{
	"$PODRUN" kill -q -s KILL "$1" > /dev/null 2>&1
	check "$PODRUN" delete -q "$1" --now --ignore-not-found
}

# start_pod NAME: a manifest on standard input, running afterwards.
start_pod()
{
	cat > "$1.yaml"
	check "$PODRUN" run -q -f "$1.yaml"
}

# ready NAME: wait until its init containers are done and it runs.
ready()
{
	check "$PODRUN" wait -q "$1" --for=condition=Ready --timeout 10s
}

# refused REGEX: the manifest on standard input makes no pod and an error.
refused()
{
	cat > refused.yaml
	run "$PODRUN" run -q -f refused.yaml
	if [ "$status" = 0 ]; then
		run cat refused.yaml
		fail "not refused: $out"
	fi
	check_match "$err" "$1"
	run "$PODRUN" get -A -q -o name
	check_eq "$out" "${2-}" 'left by a refused pod'
}

# in_pod NAME CMD...: its output, by exec; the status of CMD in $status.
in_pod()
{
	local name=$1
	shift

	run "$PODRUN" exec "$name" -- "$@"
}

# verdicts NAME CALL...: of probe_calls in a busybox image.
verdicts()
{
	local name=$1
	shift

	in_pod "$name" /bin/probe_calls "$@"
	check_status 0
}

# verdict CALL WANT: in the output of the last verdicts.
verdict()
{
	grep -qx "$1 $2" <<< "$out" ||
		fail "$1: $(grep "^$1 " <<< "$out"), not $2"
}

# field NAME FILE: a field of a /proc/PID/status.
field()
{
	sed -n "s/^$1:[[:space:]]*//p" "$2"
}

# pid_of NAME [CONTAINER]: the main process, as this namespace sees it.
pid_of()
{
	"$PODRUN" inspect "$1" | python3 -c '
import json, sys
for c in json.load(sys.stdin)["containers"]:
    if len(sys.argv) < 2 or c["name"] == sys.argv[1]:
        print(c["pid"])
        break
' "${@:2}"
}

# supervisor_of NAME
supervisor_of()
{
	"$PODRUN" inspect "$1" | python3 -c '
import json, sys
print(json.load(sys.stdin)["supervisor"]["pid"])'
}

# watch NAME MODE CAPABILITIES: 60 processes join a container of $image while
# its process 1 tries to get at them. The counters go to counts-NAME.
# shellcheck disable=SC2154 # image is the script's
watch()
{
	local i

	start_pod "$1" << END
apiVersion: v1
kind: Pod
metadata: {name: $1}
spec:
  restartPolicy: Never
  containers:
  - name: main
    image: dir:$image
    command: [/bin/probe_watch, $2]
    securityContext: {capabilities: {add: [$3]}}
END
	# shellcheck disable=SC2016 # for the inner shell
	wait_until 10 bash -c '"$PODRUN" logs "$1" | grep -q watching' x "$1"
	for ((i = 0; i < 60; i++)); do
		check "$PODRUN" exec "$1" -- /bin/probe_watch noop
	done
	check "$PODRUN" kill -q "$1"
	check "$PODRUN" wait -q "$1" --for=phase=Succeeded --timeout 10s
	"$PODRUN" logs "$1" > "counts-$1"
	remove_pod "$1"
	cat "counts-$1"
	[ "$(count "$1" seen)" -gt 0 ] ||
		fail "$1: the watcher met nobody: this proves nothing"
}

# count NAME WHAT
count()
{
	sed -n "s/^$2 //p" "counts-$1"
}

# none NAME WHAT...
none()
{
	local name=$1 what
	shift

	for what; do
		check_eq "$(count "$name" "$what")" 0 "$name: $what:"
	done
}
