#!/bin/bash
# SPDX-License-Identifier: MIT
# cli/life.sh - one pod from create to delete, by the words of the contract.
# shellcheck source=../support/cli.sh
. "$SRCDIR/test/support/cli.sh"

cat > pod.yaml <<EOF
apiVersion: v1
kind: Pod
metadata:
  name: web
  labels: {app: web}
spec:
  terminationGracePeriodSeconds: 5
  volumes:
  - {name: data, emptyDir: {}}
  containers:
  - name: web
    image: host
    command: [/bin/sh, -c]
    args:
    - |
      trap 'echo got USR1; touch /data/usr1' USR1
      trap 'echo bye; exit 0' TERM
      echo hello; touch /data/up
      while :; do sleep 1000 & wait; done
    volumeMounts: [{name: data, mountPath: /data}]
  - name: side
    image: host
    command: [/bin/sleep, "1000"]
EOF
cleanup "$PODRUN" delete web --now --ignore-not-found -q

run "$PODRUN" create -f pod.yaml
check_status 0
check_eq "$out" 'pod/web created'
check_eq "$err" ''
run "$PODRUN" get web
check_status 0
check_match "$out" \
	'^NAME +READY +STATUS +RESTARTS +AGE
web +0/2 +[A-Za-z]+ +0 +[0-9]+s$'
ok 'create builds a pod that waits'

run "$PODRUN" start web
check_status 0
check_eq "$out" 'pod/web started'
check "$PODRUN" wait web --for=condition=Ready -q
run "$PODRUN" get
check_match "$out" '
web +2/2 +Running +0 +[0-9]+s$'
run "$PODRUN" ps -o wide
check_match "$out" \
	'^NAME +READY +STATUS +RESTARTS +AGE +IP +UID +SUPERVISOR
web +2/2 +Running +0 +[0-9]+s +10\.[0-9.]+ +[0-9a-f-]{36} +[0-9]+$'
run "$PODRUN" start web
check_status 1
check_match "$err" '^podrun: .*\(EALREADY\)'
ok 'start lets it run, once'

wait_until 10 "$PODRUN" exec web -- test -e /data/up
run "$PODRUN" exec web -- /bin/sh -c 'echo in; echo err >&2; exit 7'
check_status 7
check_eq "$out" 'in'
check_eq "$err" 'err'
run "$PODRUN" logs web -c web
check_status 0
check_eq "$out" 'hello'
ok 'exec and logs'

run "$PODRUN" kill web -s USR1 -c web
check_status 0
check_eq "$out" 'pod/web signalled'
wait_until 10 "$PODRUN" exec web -- test -e /data/usr1
run "$PODRUN" kill web -c nobody
check_status 1
check_match "$err" 'nobody'
ok 'kill reaches the main process'

run "$PODRUN" stop web
check_status 0
check_eq "$out" 'pod/web stopped'
run "$PODRUN" logs web -c web
check_match "$out" '^hello
got USR1
bye$' 'the log outlives the container'
run "$PODRUN" get web
check_match "$out" 'web +0/2 +'
check_no_match "$out" 'Running'
ok 'stop keeps record and logs'

run "$PODRUN" delete web
check_status 0
check_eq "$out" 'pod "web" deleted'
run "$PODRUN" get web
check_status 1
check_match "$err" 'pod "web" not found'
run "$PODRUN" get
check_status 0
check_eq "$out" ''
check_eq "$err" 'No resources found in default namespace.'
run "$PODRUN" gc --check
check_status 0
check_eq "$out" ''
ok 'delete leaves nothing'

# The same again, all in one.
run "$PODRUN" run -f pod.yaml
check_status 0
check_eq "$out" 'pod/web started'
run "$PODRUN" delete pod/web --now
check_status 0
check_eq "$out" 'pod "web" deleted'
ok 'the name is free again'
