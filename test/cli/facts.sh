#!/bin/bash
# SPDX-License-Identifier: MIT
# cli/facts.sh - describe, inspect, events, get -w, doctor, gc.
# shellcheck source=../support/cli.sh
. "$SRCDIR/test/support/cli.sh"
cleanup "$PODRUN" delete --all --now -q

cat > pod.yaml <<'EOF'
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  terminationGracePeriodSeconds: 1
  initContainers:
  - {name: first, image: host, command: [/bin/true]}
  volumes: [{name: data, emptyDir: {}}]
  containers:
  - name: web
    image: host
    command: [/bin/sleep, "1000"]
    ports: [{containerPort: 80}]
    env: [{name: WHO, value: me}]
    volumeMounts: [{name: data, mountPath: /data, readOnly: true}]
EOF

env --default-signal=INT "$PODRUN" get -w > watched.txt 2>&1 &
watcher=$!
cleanup kill "$watcher"
check "$PODRUN" run -f pod.yaml -q
check "$PODRUN" wait web --for=condition=Ready -q
wait_until 10 grep -q 'web .* Running ' watched.txt
ok 'get -w shows what changes'

run "$PODRUN" describe web
check_status 0
for line in 'Name: +web' 'Namespace: +default' 'UID: +[0-9a-f-]{36}' \
	'Labels: +app=web' 'Annotations: +<none>' 'Status: +Running' \
	'IP: +10\.' 'Init Containers:' '  first:' 'Containers:' '  web:' \
	'    Image: +host' '    Port: +80/TCP' '    State: +Running' \
	'    State: +Terminated' '      Exit Code: +0' '    Ready: +True' \
	'    Restart Count: +0' '      WHO: +me' \
	'      /data from data \(ro\)' 'Conditions:' '  Ready +True' \
	'Volumes:' '  data: +emptyDir' 'Events:' '  Normal +Started '; do
	check_match "
$out" "
$line" 'describe'
done
run "$PODRUN" describe pod nobody
check_status 1
ok 'describe'

run "$PODRUN" inspect web
check_status 0
check python3 -c '
import json, sys
record = json.load(sys.stdin)
assert record["uid"] and record["containers"], record
web = [c for c in record["containers"] if c["name"] == "web"][0]
assert web["pid"] > 1, web
' <<< "$out"
ok 'inspect'

run "$PODRUN" events web
check_status 0
check_match "$out" '^LAST SEEN +TYPE +REASON +OBJECT +MESSAGE
'
check_match "$out" '
[0-9]+s +Normal +Started +pod/web +'
run "$PODRUN" events -o json
check python3 -c '
import json, sys
reasons = [event["reason"] for event in json.load(sys.stdin)]
assert "Started" in reasons, reasons
' <<< "$out"
"$PODRUN" events web -w > events.txt 2>&1 &
pid=$!
wait_until 10 grep -q Started events.txt
check "$PODRUN" delete web -q
kill "$pid" 2> /dev/null
wait "$pid"
run "$PODRUN" events
check_status 0
check_match "$err" 'No resources found'
ok 'events'

run "$PODRUN" doctor
check_status 0
check_match "$out" '^FACT +STATE +FOUND +EFFECT +FIX
'
run "$PODRUN" doctor -o json
check python3 -c '
import json, sys
facts = json.load(sys.stdin)
assert all(f["state"] in ("ok", "degraded") for f in facts), facts
' <<< "$out"
run "$PODRUN" gc --check
check_status 0
run "$PODRUN" gc
check_status 0
check_eq "$out" ''
run "$PODRUN" gc --check -o json
check_eq "$out" '[]'
ok 'doctor and gc'
