#!/bin/bash
# SPDX-License-Identifier: MIT
# cli/failure.sh - bad input and bad days: a clear error, nothing left, and
# the same command works afterwards.
# shellcheck source=../support/cli.sh
. "$SRCDIR/test/support/cli.sh"
cleanup "$PODRUN" delete --all --now -q

nothing_left()
{
	run "$PODRUN" get -A -q
	check_eq "$out" '' "pods after $1"
	run "$PODRUN" gc --check
	check_status 0
}

run "$PODRUN" run x --image host --wait -- /no/such/program
check_status 127
check_match "$err" '^podrun: x: .*/no/such/program.*\(ENOENT\)'
nothing_left 'a missing program'
echo text > plain
chmod 0644 plain
run "$PODRUN" run x --image host --wait -- "$PWD/plain"
case $status in
126) check_match "$err" '\(EACCES\)' ;;
127) check_match "$err" '\(ENOENT\)' ;; # hidden behind a mount of the runner
*) fail "status $status: $err" ;;
esac
run "$PODRUN" run x --image host --wait -- /etc/hostname
check_status 126
check_match "$err" '\(EACCES\)'
run "$PODRUN" run x --image host -- /no/such/program
check_status 1
nothing_left 'a program that cannot be executed'
ok '127, 126, and 1 without --wait'

run "$PODRUN" run x --image no-such-image:1 --wait -- /bin/true
check_match "$status" '^(1|125)$'
check_match "$err" 'no-such-image:1'
run "$PODRUN" run x --image dir:/no/such/dir --wait -- /bin/true
check_status 125
check_match "$err" '/no/such/dir.*\(ENOENT\)'
nothing_left 'an unknown image'

cat > volume.yaml <<EOF
apiVersion: v1
kind: Pod
metadata: {name: x}
spec:
  volumes:
  - {name: v, hostPath: {path: /no/such/dir, type: Directory}}
  containers:
  - name: c
    image: host
    command: [/bin/true]
    volumeMounts: [{name: v, mountPath: /v}]
EOF
run "$PODRUN" run -f volume.yaml --wait
check_status 125
check_match "$err" '/no/such/dir'
nothing_left 'a missing volume'
sed -i 's/name: v, mountPath/name: w, mountPath/' volume.yaml
run "$PODRUN" create -f volume.yaml
check_status 1
check_match "$err" '^volume\.yaml:[0-9]+:[0-9]+: spec\.containers\[0\]\.'
nothing_left 'a manifest with errors'
ok 'image and volume that are not there'

# The second of three fails: the others are made.
for name in a b c; do
	program=/bin/sleep
	[ $name != b ] || program=/no/such/program
	cat <<EOF
---
apiVersion: v1
kind: Pod
metadata: {name: $name}
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - {name: c, image: host, command: [$program, "1000"]}
EOF
done > three.yaml
run "$PODRUN" run -f three.yaml
check_status 1
check_eq "$out" 'pod/a started
pod/c started'
check_match "$err" '/no/such/program'
run "$PODRUN" delete a c --now
check_status 0
nothing_left 'three pods'
ok 'one of three'

# Two of the same name at once: one wins, one is told.
: > both
for i in 1 2; do
	"$PODRUN" run x --image host -- /bin/sleep 1000 > "out.$i" 2> "err.$i" &
	pids[i]=$!
done
won=0
for i in 1 2; do
	if wait "${pids[i]}"; then
		won=$((won + 1))
	else
		check_match "$(cat "err.$i")" '\(EEXIST\)'
	fi
done
check_eq "$won" 1 'winners'
check "$PODRUN" delete x --now -q
nothing_left 'two at once'
ok 'two of one name at once'

# The supervisor is killed: said, and removable.
check "$PODRUN" run x --image host -q -- /bin/sleep 1000
read -r _ pid < <("$PODRUN" get x -o wide |
	awk 'NR == 2 { print $7, $8 }')
kill -KILL "$pid"
wait_until 10 bash -c "$PODRUN get x -o wide | grep -q dead"
run "$PODRUN" kill x
check_status 1
check_match "$err" 'supervisor.*dead.*\(EPIPE\)'
check_match "$err" '
hint: '
run "$PODRUN" delete x --now
check_status 0
nothing_left 'a dead supervisor'
run "$PODRUN" run x --image host --rm --wait -- /bin/true
check_status 0
ok 'a dead supervisor'
