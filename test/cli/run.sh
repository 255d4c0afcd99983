#!/bin/bash
# SPDX-License-Identifier: MIT
# cli/run.sh - run from flags, --rm, --wait, and Ctrl-C.
# shellcheck source=../support/cli.sh
. "$SRCDIR/test/support/cli.sh"
cleanup "$PODRUN" delete --all --now -q

for code in 0 1 42; do
	run "$PODRUN" run x --image host --rm --wait -- /bin/sh -c "exit $code"
	check_status $code
	check_eq "$out" 'pod/x started'
	check_eq "$err" ''
done
# shellcheck disable=SC2016 # for the inner shell
run "$PODRUN" run x --image host --rm --wait -- /bin/sh -c \
	'sleep 1000 & kill -KILL $!; wait $!'
check_status 137
run "$PODRUN" get x
check_status 1
ok '--rm --wait gives the status and leaves nothing'

run "$PODRUN" run x --image host --wait --env A=b --env C='d e' --port 80 \
	--port 53/udp -- /bin/sh -c 'echo "$A $C"'
check_status 0
run "$PODRUN" logs x
check_eq "$out" 'b d e'
run "$PODRUN" get x
check_match "$out" 'x +0/1 +Completed +0 '
run "$PODRUN" get x -o json
check python3 -c '
import json, sys
pod = json.load(sys.stdin)
spec = pod["spec"]
assert spec["restartPolicy"] == "Never", spec
ports = [(p["containerPort"], p.get("protocol", "TCP"))
         for p in spec["containers"][0]["ports"]]
assert ports == [(80, "TCP"), (53, "UDP")], ports
assert pod["metadata"]["labels"] == {"run": "x"}, pod
' <<< "$out"
check "$PODRUN" delete x -q
ok 'flags become a pod'

run "$PODRUN" run x --image host --env A
check_status 1
run "$PODRUN" run x --image host --port 70000
check_status 1
run "$PODRUN" run x --image host --restart Sometimes
check_status 1
check_match "$err" 'Sometimes'
run "$PODRUN" run Bad_Name --image host -- /bin/true
check_status 1
run "$PODRUN" get -q
check_eq "$out" ''
ok 'values that make no pod'

run "$PODRUN" run -v x --image host -- /bin/sleep 1000
check_status 0
check_eq "$out" 'pod/x started'
check_match "$err" '^podrun: uid [0-9a-f-]{36}, [0-9]+\.[0-9]{3} ms, ip '
check "$PODRUN" delete x --now -q
run "$PODRUN" run x --image host -o json -- /bin/sleep 1000
check python3 -c '
import json, sys
pod = json.load(sys.stdin)
assert pod["name"] == "x" and pod["action"] == "started", pod
' <<< "$out"
check "$PODRUN" delete x --now -q
ok '-v and -o json'

# interrupt SIGNAL OPTION...: of a run that waits
interrupt()
{
	local signal=$1 pid
	shift

	# a background job of a script ignores INT, which podrun respects
	env --default-signal=INT,TERM "$PODRUN" run x --image host --wait \
		"$@" -- /bin/sh -c 'trap "exit 3" TERM
			while :; do sleep 1000 & wait; done' > out.txt &
	pid=$!
	wait_until 10 grep -q started out.txt
	kill -s "$signal" "$pid"
	wait "$pid"
	status=$?
}
interrupt INT --rm
check_eq "$status" 130
run "$PODRUN" get x
check_status 1
check_match "$err" 'not found'
interrupt TERM
check_eq "$status" 143
run "$PODRUN" get x
check_match "$out" 'x +0/1 '
check_no_match "$out" 'Running'
check "$PODRUN" delete x --now -q
run "$PODRUN" gc --check
check_status 0
ok 'a signal ends what is waited for'

# At any moment of the making: all of it or nothing, never a half.
for delay in 0 0.001 0.002 0.004 0.008 0.016 0.032; do
	for signal in INT KILL; do
		: > out.txt
		env --default-signal=INT "$PODRUN" run x --image host -- \
			/bin/sleep 1000 > out.txt 2> err.txt &
		pid=$!
		read -rt "$delay" <> <(:)
		kill -s $signal "$pid" 2> kill.txt
		wait "$pid" 2> kill.txt
		if [ $? = 130 ]; then
			check_eq "$(cat out.txt)" '' 'said of a pod taken back'
			run "$PODRUN" get x
			check_status 1
		fi
		run "$PODRUN" delete x --now --ignore-not-found -q
		check "$PODRUN" gc -q
		wait_until 10 "$PODRUN" gc --check
	done
done
ok 'Ctrl-C and kill -9 while it is made'
