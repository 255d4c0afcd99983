#!/bin/bash
# SPDX-License-Identifier: MIT
# cli/wait.sh - block until a condition, a phase, the end.
# shellcheck source=../support/cli.sh
. "$SRCDIR/test/support/cli.sh"
cleanup "$PODRUN" delete --all --now -q

check "$PODRUN" run a --image host -q -- /bin/sleep 1000
check "$PODRUN" run b --image host --restart Never -q -- /bin/true
check "$PODRUN" run c --image host --restart Never -q -- /bin/false

run "$PODRUN" wait a --for=condition=Ready
check_status 0
check_eq "$out" 'pod/a condition met'
run "$PODRUN" wait pod/a --for condition=ready=true --timeout=2m
check_status 0
run "$PODRUN" wait a --for=phase=Running
check_status 0
run "$PODRUN" wait b --for=phase=Succeeded
check_status 0
run "$PODRUN" wait c --for=phase=Failed
check_status 0
run "$PODRUN" wait b c --for=condition=Ready=False
check_status 0
check_eq "$out" 'pod/b condition met
pod/c condition met'
ok 'conditions and phases'

run "$PODRUN" wait a --for=phase=Succeeded --timeout=100ms
check_status 1
check_eq "$err" 'error: timed out waiting for the condition on pods/a'
run "$PODRUN" wait a --for=delete --timeout=0
check_status 1
check_match "$err" 'timed out'
run "$PODRUN" wait nobody --for=phase=Running
check_status 1
check_match "$err" 'pod "nobody" not found'
run "$PODRUN" wait nobody --for=delete
check_status 0
ok 'timeouts and who is not there'

"$PODRUN" wait a --for=delete > waited.txt 2>&1 &
pid=$!
check "$PODRUN" delete a --now -q
wait "$pid"
check_eq "$?" 0 "wait --for=delete: $(cat waited.txt)"
check "$PODRUN" delete b c -q
ok 'delete'
