#!/bin/bash
# SPDX-License-Identifier: MIT
# cli/names.sh - what a pod may be called on the command line, and how pods
# are chosen and shown.
# shellcheck source=../support/cli.sh
. "$SRCDIR/test/support/cli.sh"

# pod NAME NAMESPACE LABELS
pod()
{
	cat <<EOF
---
apiVersion: v1
kind: Pod
metadata: {name: $1, namespace: $2, labels: {$3}}
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - {name: c, image: host, command: [/bin/sleep, "1000"]}
EOF
}
{
	pod one default 'app: web, tier: front'
	pod two default 'app: db'
	pod one other 'app: web'
} > pods.yaml
cleanup "$PODRUN" delete --all --now -q
cleanup "$PODRUN" delete --all --now -q -n other

run "$PODRUN" run -f - < pods.yaml
check_status 0
check_eq "$out" 'pod/one started
pod/two started
pod/one started'
run "$PODRUN" get -o name
check_eq "$out" 'pod/one
pod/two'
run "$PODRUN" get -n other -o name
check_eq "$out" 'pod/one'
run "$PODRUN" get -A
check_match "$out" '^NAMESPACE +NAME +READY +STATUS +RESTARTS +AGE
default +one .*
default +two .*
other +one '
ok 'several documents, namespaces'

for selector in 'app=web' 'app!=db' 'tier' '!x,app==web' 'app in (web,x)' \
	'app notin (db)'; do
	run "$PODRUN" get pods -l "$selector" -o name
	check_eq "$out" 'pod/one' "-l $selector"
done
run "$PODRUN" get -l app=none
check_status 0
check_match "$err" 'No resources found'
ok 'selectors'

uid=$("$PODRUN" get one -q)
check_match "$uid" '^[0-9a-f-]{36}$'
other=$("$PODRUN" get one -n other -q)
check_no_match "$uid" "$other"
for ref in one pod/one pods/one default/one "$uid" "${uid:0:12}"; do
	run "$PODRUN" get "$ref" -q
	check_status 0
	check_eq "$out" "$uid" "get $ref"
done
run "$PODRUN" get other/one -q
check_eq "$out" "$other"
run "$PODRUN" get pod one -q
check_eq "$out" "$uid"
run "$PODRUN" get one nobody
check_status 1
check_match "$out" 'one +1/1'
check_match "$err" 'pod "nobody" not found'
ok 'name, namespace/name, UID and prefix'

run "$PODRUN" run -f pods.yaml
check_status 1
check_match "$err" '\(EEXIST\)'
check_eq "$out" ''
run "$PODRUN" get one -q
check_eq "$out" "$uid" 'the first pod is untouched'
ok 'a name that is taken'

run "$PODRUN" get -o json
check python3 -c '
import json, sys
pods = json.load(sys.stdin)
assert pods["kind"] == "List" and pods["apiVersion"] == "v1", pods
assert [p["metadata"]["name"] for p in pods["items"]] == ["one", "two"]
assert all(p["status"]["phase"] == "Running" for p in pods["items"])
' <<< "$out"
run "$PODRUN" get one -o json
check python3 -c '
import json, sys
pod = json.load(sys.stdin)
assert pod["kind"] == "Pod" and pod["metadata"]["labels"]["app"] == "web"
' <<< "$out"
run "$PODRUN" get one -o yaml
check_match "$out" '(^|
)kind: Pod
'
check_match "$out" '
    app: web
'
ok 'objects'

run "$PODRUN" get nobody -o json
check_status 1
check python3 -c '
import json, sys
error = json.load(sys.stdin)["error"]
assert error["code"] == "ENOENT", error
' <<< "$err"
run "$PODRUN" delete nobody
check_status 1
check_match "$err" 'pod "nobody" not found'
run "$PODRUN" delete nobody --ignore-not-found
check_status 0
check_eq "$out$err" ''
ok 'who is not there'

run "$PODRUN" delete -f pods.yaml --grace-period=0
check_status 0
check_eq "$out" 'pod "one" deleted
pod "two" deleted
pod "one" deleted'
run "$PODRUN" get -A
check_eq "$err" 'No resources found'
ok 'delete by manifest'

check "$PODRUN" run -q -f pods.yaml
run "$PODRUN" delete --all --wait=false --now
check_status 0
check_eq "$out" 'pod "one" deleted
pod "two" deleted'
run "$PODRUN" delete one -n other --force --grace-period=0
check_status 0
check_eq "$out" 'pod "one" force deleted'
run "$PODRUN" run x -n other --image host --rm -- /bin/true
check_status 0
for name in one two; do
	check "$PODRUN" wait "$name" --for=delete -q
done
wait_until 20 bash -c "[ -z \"\$($PODRUN get -A -q)\" ]"
wait_until 20 "$PODRUN" gc --check
ok 'delete all, by force, without waiting'
