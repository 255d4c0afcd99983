#!/bin/bash
# SPDX-License-Identifier: MIT
# cli/logs.sh - what containers have written.
# shellcheck source=../support/cli.sh
. "$SRCDIR/test/support/cli.sh"
cleanup "$PODRUN" delete --all --now -q

cat > pod.yaml <<'EOF'
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  restartPolicy: Never
  initContainers:
  - {name: first, image: host, command: [/bin/echo, from init]}
  containers:
  - name: web
    image: host
    command: [/bin/sh, -c]
    args: ['for i in 1 2 3 4 5; do echo line $i; done; echo error >&2']
  - {name: side, image: host, command: [/bin/echo, from side]}
EOF
check "$PODRUN" run -f pod.yaml --wait -q
all='line 1
line 2
line 3
line 4
line 5'

run "$PODRUN" logs web
check_status 0
check_eq "$(grep -v error <<< "$out")" "$all"
check_match "$out" 'error'
check_eq "$err" 'Defaulted container "web" out of: first (init), web, side'
run "$PODRUN" logs web -c side
check_eq "$out" 'from side'
check_eq "$err" ''
run "$PODRUN" logs web first
check_eq "$out" 'from init'
run "$PODRUN" logs web -c nobody
check_status 1
check_match "$err" 'nobody'
run "$PODRUN" logs nobody
check_status 1
ok 'containers'

run "$PODRUN" logs web --all-containers
check_status 0
check_match "$out" '^\[pod/web/first\] from init
'
check_match "$out" '
\[pod/web/web\] line 3
'
check_match "$out" '
\[pod/web/side\] from side$'
ok 'all containers'

run "$PODRUN" logs web -c web --tail 2
check_eq "$(wc -l <<< "$out")" 2
run "$PODRUN" logs web -c web --tail=0
check_eq "$out" ''
run "$PODRUN" logs web -c web --tail=-1
check_eq "$(wc -l <<< "$out")" 6
run "$PODRUN" logs web -c side --timestamps
check_match "$out" \
	'^[0-9-]{10}T[0-9:]{8}\.[0-9]+(Z|[+-][0-9:]{5}) from side$'
run "$PODRUN" logs web -c side --since 1h
check_eq "$out" 'from side'
run "$PODRUN" logs web -c side --since 1us
check_eq "$out" ''
run "$PODRUN" logs web -c side -p
check_status 1
check_match "$err" 'previous terminated container "side" in pod "web" not found'
run timeout 10 "$PODRUN" logs web -f -c side
check_status 0
check_eq "$out" 'from side'
check "$PODRUN" delete web -q
ok 'tail, since, timestamps, previous'

# A program that has written nothing is no error.
check "$PODRUN" run x --image host --restart Never -q -- /bin/sleep 1000
run "$PODRUN" logs x
check_status 0
check_eq "$out$err" ''
timeout 30 "$PODRUN" logs x -f > followed.txt &
pid=$!
check "$PODRUN" kill x -s KILL -q
wait "$pid"
check_eq "$?" 0 'logs -f of a silent program'
check "$PODRUN" delete x --now -q
ok 'no output'

# Followed from the start to the end, nothing lost.
check "$PODRUN" run x --image host --restart Never -q -- /bin/bash -c '
	echo begin
	until read -rt 0.1 <> <(:) || [ -e /dev/shm/go ]; do :; done
	for ((i = 0; i < 2000; i++)); do echo $i; done'
timeout 30 "$PODRUN" logs x -f > followed.txt &
pid=$!
wait_until 10 grep -q begin followed.txt
check "$PODRUN" exec x -- touch /dev/shm/go
wait "$pid"
check_eq "$?" 0 'logs -f ends with the container'
check_eq "$(cat followed.txt)" "$(echo begin; seq 0 1999)"
check "$PODRUN" delete x -q
ok 'follow'

# One line of 100,000 bytes is one line, whatever parts it came in.
check "$PODRUN" run x --image host --wait -q -- /bin/bash -c \
	'printf "%0100000d\n" 7; echo end'
run "$PODRUN" logs x
check_eq "$(sed -n 1p <<< "$out" | wc -c)" 100001
check_eq "$(sed -n 2p <<< "$out")" 'end'
run "$PODRUN" logs x --tail 1
check_eq "$out" 'end'
check "$PODRUN" delete x -q
ok 'long lines'

# The first run writes one thing, the second another.
cat > again.yaml <<'EOF'
apiVersion: v1
kind: Pod
metadata: {name: x}
spec:
  terminationGracePeriodSeconds: 1
  restartPolicy: OnFailure
  volumes: [{name: v, emptyDir: {}}]
  containers:
  - name: c
    image: host
    command: [/bin/sh, -c]
    args:
    - |
      [ -e /v/x ] && echo again && exec sleep 1000
      echo first; touch /v/x; exit 1
    volumeMounts: [{name: v, mountPath: /v}]
EOF
check "$PODRUN" run -f again.yaml -q
restarted()
{
	"$PODRUN" logs x | grep -q again
}
wait_until 30 restarted
run "$PODRUN" logs x -p
check_status 0
check_eq "$out" 'first'
run "$PODRUN" get x
check_match "$out" 'x +1/1 +Running +1 \([0-9]+s ago\) '
check "$PODRUN" delete x --now -q
ok 'the run before the restart'
