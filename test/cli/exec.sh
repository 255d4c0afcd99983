#!/bin/bash
# SPDX-License-Identifier: MIT
# cli/exec.sh - a process in a running container.
# shellcheck source=../support/cli.sh
. "$SRCDIR/test/support/cli.sh"
cleanup "$PODRUN" delete --all --now -q

cat > pod.yaml <<'EOF'
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - name: web
    image: host
    command: [/bin/sleep, "1000"]
    env: [{name: WHO, value: web}]
  - name: side
    image: host
    command: [/bin/sleep, "1000"]
    env: [{name: WHO, value: side}]
EOF
check "$PODRUN" run -f pod.yaml -q

for code in 0 1 42 255; do
	run "$PODRUN" exec web -- /bin/sh -c "exit $code"
	check_status $code
done
# shellcheck disable=SC2016 # for the inner shell
run "$PODRUN" exec web -- /bin/bash -c 'kill -TERM $$'
check_status 143
ok 'the status is the process'\''s'

# shellcheck disable=SC2016
run "$PODRUN" exec web -c side -- /bin/sh -c 'echo $WHO'
check_eq "$out" 'side'
# shellcheck disable=SC2016
run "$PODRUN" exec -c side pod/web /bin/sh -c 'echo $WHO'
check_eq "$out" 'side'
# shellcheck disable=SC2016
run "$PODRUN" exec web /bin/sh -c 'echo $WHO'
check_eq "$out" 'web' 'without --, the first container'
run "$PODRUN" exec web -- /bin/echo -n --help -c x
check_eq "$out" '--help -c x' 'what follows the command is its own'
run "$PODRUN" exec web /bin/echo -o json --
check_eq "$out" '-o json --'
ok 'container and arguments'

run "$PODRUN" exec -i web -- /bin/cat <<< 'some text'
check_status 0
check_eq "$out" 'some text'
run "$PODRUN" exec web -- /bin/cat <<< 'some text'
check_status 0
check_eq "$out" '' 'without -i standard input is empty'
head -c 300000 /dev/urandom > bytes
"$PODRUN" exec -i web -- /bin/cat < bytes > copy
check cmp bytes copy
ok 'standard input and output, byte for byte'

run "$PODRUN" exec web -- /no/such/program
check_status 127
check_match "$err" '/no/such/program.*\(ENOENT\)'
run "$PODRUN" exec web -- /etc/hostname
check_status 126
run "$PODRUN" exec web -c nobody -- /bin/true
check_status 125
check_match "$err" 'nobody'
run "$PODRUN" exec nobody -- /bin/true
check_status 125
check_match "$err" 'pod "nobody" not found'
check "$PODRUN" stop web -q
run "$PODRUN" exec web -- /bin/true
check_status 125
check "$PODRUN" delete web --now -q
ok '125, 126, 127'
