#!/bin/bash
# SPDX-License-Identifier: MIT
# cli/manifest.sh - validate and plan: neither needs root, nor makes anything.
# shellcheck source=../support/cli.sh
. "$SRCDIR/test/support/cli.sh"

cat > good.yaml <<EOF
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
  - name: web
    image: host
    command: ["/bin/sleep", "1000"]
  - name: side
    image: host
    command: ["/bin/sleep", "1000"]
---
apiVersion: v1
kind: Pod
metadata:
  name: two
spec:
  containers:
  - name: a
    image: host
    command: ["/bin/true"]
EOF
cat > bad.yaml <<EOF
apiVersion: v1
kind: Pod
metadata:
  name: We_b
spec:
  containers:
  - name: web
    image: host
    comand: ["/bin/sleep"]
EOF

run "$PODRUN" validate -f good.yaml
check_status 0
check_eq "$out" 'good.yaml: pod/web is valid
good.yaml: pod/two is valid'
check_eq "$err" ''
run "$PODRUN" validate -f - < good.yaml
check_status 0
check_match "$out" '^-: pod/web is valid'
run "$PODRUN" validate -f good.yaml -o name
check_eq "$out" 'pod/web
pod/two'
ok 'valid pods are named'

run "$PODRUN" validate -f bad.yaml
check_status 1
check_eq "$out" ''
check_match "$err" '(^|
)bad\.yaml:4:9: metadata\.name: '
check_match "$err" \
	'bad\.yaml:9:5: spec\.containers\[0\]\.comand: unknown field'
run "$PODRUN" validate -f good.yaml -f bad.yaml
check_status 1
check_eq "$out" '' 'nothing is valid if something is not'
run "$PODRUN" validate -f bad.yaml -f no-such-file.yaml
check_status 1
check_match "$err" 'bad\.yaml:4:9: '
check_match "$err" 'podrun: no-such-file\.yaml: .*\(ENOENT\)'
ok 'every error of every file is told, with its place'

run "$PODRUN" validate -f bad.yaml -o json
check_status 1
check python3 -c '
import json, sys
found = [json.loads(line)["error"] for line in sys.stdin]
assert len(found) >= 2, found
assert {"line", "column", "field", "message", "source"} <= set(found[0])
' <<< "$err"
run "$PODRUN" validate -f no-such-file.yaml -o json
check python3 -c '
import json, sys
error = json.load(sys.stdin)["error"]
assert error["code"] == "ENOENT" and error["errno"] == 2, error
assert error["subject"] == "no-such-file.yaml", error
' <<< "$err"
ok 'errors are objects with -o json'

run "$PODRUN" validate -f good.yaml -n other
check_status 0
sed '0,/name: web/s//&\n  namespace: mine/' good.yaml > owned.yaml
run "$PODRUN" validate -f owned.yaml -n other
check_status 1
check_match "$err" 'the manifest says "mine", -n says "other"'
ok 'a namespace of its own is not overruled'

run "$PODRUN" plan -f good.yaml
check_status 0
check_match "$out" '^pod web:
   1\. '
check_match "$out" '
container side:
'
check_match "$out" '
pod two:
'
run "$PODRUN" plan -f good.yaml -o json
check_status 0
check python3 -c '
import json, sys
assert len(json.load(sys.stdin)) == 2
' <<< "$out"
ok 'a plan is sentences or JSON'

# Not root, and nowhere to write.
cp "$PODRUN" good.yaml /tmp/ || fail 'copy'
cleanup rm -f /tmp/podrun /tmp/good.yaml
chmod 0644 /tmp/good.yaml
for verb in plan validate; do
	run setpriv --reuid=65534 --regid=65534 --clear-groups \
		/tmp/podrun "$verb" -f /tmp/good.yaml
	check_status 0
done
run setpriv --reuid=65534 --regid=65534 --clear-groups \
	/tmp/podrun create -f /tmp/good.yaml
check_status 1
check_match "$err" '^podrun: create: needs root \(EPERM\)
hint: .*sudo'
ok 'reading needs no root; making does, and says so'
