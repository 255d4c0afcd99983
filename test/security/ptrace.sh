#!/bin/bash
# SPDX-License-Identifier: MIT
# security/ptrace.sh - S03: who joins a container is watched by its process 1.
#
# Not dumpable, it is closed to everybody in there but to a holder of
# CAP_SYS_PTRACE: while there is one user namespace, that capability reaches
# every process that it can see. For such a pod the joining process is a copy:
# what is found in it is not the supervisor's memory.
# shellcheck source=helpers.bash
. "$SRCDIR/test/security/helpers.bash"
image=$POD_TEST_TMP/image
make_image "$image"

watch files files KILL
none files mem fd environ cwd exe-write
ok 'who joins cannot be looked into'
watch trace trace KILL
none trace seize
ok 'nor be traced'

start_pod scribble << END
apiVersion: v1
kind: Pod
metadata: {name: scribble}
spec:
  restartPolicy: Never
  containers:
  - name: main
    image: dir:$image
    command: [/bin/sh, -c]
    args:
    - |
      cd /proc; echo watching
      while :; do
        for p in [0-9]*; do
          [ \$p -gt 2 ] && dd if=/dev/zero of=\$p/mem bs=4096 seek=1024 \
            count=512 conv=notrunc 2> /dev/null
        done
      done
    securityContext: {capabilities: {add: [SYS_PTRACE]}}
END
supervisor=$("$PODRUN" get scribble -o wide | awk 'NR == 2 {print $NF}')
for ((i = 0; i < 60; i++)); do
	# it may be destroyed on its way: that is the container's own loss
	"$PODRUN" exec scribble -- /bin/probe_watch noop > /dev/null 2>&1
done
check_eq "$("$PODRUN" get scribble -o wide | awk 'NR == 2 {print $NF}')" \
	"$supervisor" 'the supervisor after 60 processes were scribbled over'
remove_pod scribble
ok 'with SYS_PTRACE it is a copy that is found, not the supervisor'
