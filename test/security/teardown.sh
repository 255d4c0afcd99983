#!/bin/bash
# SPDX-License-Identifier: MIT
# security/teardown.sh - S11, S53, S54: the end of hostile containers.
# shellcheck source=helpers.bash
. "$SRCDIR/test/security/helpers.bash"
image=$POD_TEST_TMP/image
make_image "$image"
canary=$POD_TEST_TMP/canary
make_canary "$canary"
volume=$POD_TEST_TMP/volume
mkdir "$volume"
echo kept > "$volume/file"
before=$(state_of "$canary")
mounts=$(host_mounts)

# What was ours is gone, what was not is as before.
gone()
{
	local uid=$1

	# a forced one stays visible until its last process is gone
	# shellcheck disable=SC2016 # for the inner shell
	wait_until 10 bash -c '[ -z "$("$PODRUN" get -A -q -o name)" ]'
	check_eq "$(find "$PODRUN_ROOT" "$PODRUN_RUN" -name "*$uid*")" '' \
		'left of the pod'
	check_canary "$canary" "$before"
	check_eq "$(host_mounts)" "$mounts" 'mounts of the host'
	check_eq "$(cat "$volume/file")" kept
}

# uid NAME
uid()
{
	"$PODRUN" inspect "$1" | sed -n 's/^    "uid": "\(.*\)",/\1/p'
}

cat > links.yaml << END
apiVersion: v1
kind: Pod
metadata: {name: links}
spec:
  restartPolicy: Never
  terminationGracePeriodSeconds: 1
  volumes:
  - {name: e, emptyDir: {}}
  - {name: m, emptyDir: {medium: Memory}}
  - {name: h, hostPath: {path: $volume, type: Directory}}
  containers:
  - name: main
    image: dir:$image
    command: [/bin/sh, -c]
    args:
    - |
      for d in /e /m / /etc /tmp /dev; do
        ln -s $canary \$d/abs
        ln -s ../../../../../../../../../..$canary \$d/rel
        ln -s $canary/file \$d/file-link
        ln -s . \$d/self
        mkdir -p \$d/full/a
        ln -s $canary \$d/full/a/b
        mkfifo \$d/fifo
        touch \$d/"\$(printf 'new\nline \033[31m')"
      done
      mkdir -m 0 /e/locked; mkdir /e/immutable
      for f in /etc/hosts /etc/hostname /etc/resolv.conf \
        /dev/termination-log; do
        rm -f \$f; ln -sf $canary/file \$f
      done
      rm -rf /dev/shm/* /dev/pts /bin/id
      ln -s $canary /e/../vol
      mount -t tmpfs none /e/full
      mount --bind / /e/full
      echo done
      exec sleep 1000
    volumeMounts:
    - {name: e, mountPath: /e}
    - {name: m, mountPath: /m}
    - {name: h, mountPath: /h}
END
sed -i 's/\\\$/$/g' links.yaml
ends=('delete --now' 'delete --force --grace-period=0' stop kill9) deep=3000
# a guest is slow
[ -z "${VM_RUN-}" ] || ends=('delete --now' kill9) deep=300
for caps in '[]' '[SYS_ADMIN, MKNOD, LINUX_IMMUTABLE, FOWNER]'; do
	sed "s/^    image:.*/&\n    securityContext:\n      capabilities: {add: $caps}/" \
		links.yaml > pod.yaml
	for end in "${ends[@]}"; do
		check "$PODRUN" run -q -f pod.yaml
		# shellcheck disable=SC2016 # for the inner shell
		wait_until 10 bash -c '"$PODRUN" logs links | grep -q ^done'
		uid=$(uid links)
		case $end in
		stop)
			check "$PODRUN" stop -q links
			;;
		kill9)
			kill -KILL "$(supervisor_of links)" "$(pid_of links)"
			;;
		*)
			# shellcheck disable=SC2086 # words
			check "$PODRUN" $end -q links
			;;
		esac
		"$PODRUN" delete -q links --now --ignore-not-found
		"$PODRUN" gc -q
		wait_until 10 "$PODRUN" gc --check
		gone "$uid"
	done
done
ok 'links, mounts and odd names are deleted, not followed (S11)'

# S54: deeper than any path, and wide
cat > deep.yaml << END
apiVersion: v1
kind: Pod
metadata: {name: deep}
spec:
  restartPolicy: Never
  terminationGracePeriodSeconds: 1
  volumes: [{name: e, emptyDir: {}}]
  containers:
  - name: main
    image: dir:$image
    command: [/bin/sh, -c]
    args:
    - |
      cd /e; i=0
      while [ \$i -lt $deep ]; do mkdir d; cd -P d; i=\$((i+1)); done
      cd /e; mkdir wide; cd wide; i=0
      while [ \$i -lt ${deep}0 ]; do : > \$i; i=\$((i+1)); done
      cd /e; touch done; exec sleep 1000
    volumeMounts: [{name: e, mountPath: /e}]
END
sed -i 's/\\\$/$/g' deep.yaml
check "$PODRUN" run -q -f deep.yaml
wait_until 60 "$PODRUN" exec deep -- /bin/test -e /e/done
uid=$(uid deep)
(ulimit -s 256; ulimit -n 128; exec "$PODRUN" delete -q deep --now) ||
	fail 'delete'
gone "$uid"
ok 'a deep and a wide tree are deleted with few descriptors (S54)'

# S53: processes that breed are gone soon. Bounded: at most 150 at a time.
bounded='ulimit -u 200'
cat > fork.yaml << END
apiVersion: v1
kind: Pod
metadata: {name: fork}
spec:
  restartPolicy: Never
  terminationGracePeriodSeconds: 1
  containers:
  - name: main
    image: dir:$image
    securityContext: {runAsUser: 61234, runAsGroup: 61234}
    command: [/bin/sh, -c]
    args:
    - |
      $bounded
      breed() { trap '' TERM; while :; do
        (sleep 0.2; sleep 1000) & sleep 0.02; done; }
      for i in 1 2 3 4; do breed & done
      while :; do sleep 1; done
END
check "$PODRUN" run -q -f fork.yaml
uid=$(uid fork)
wait_until 10 bash -c '[ "$(pgrep -cu 61234)" -gt 20 ]'
now=$SECONDS
check "$PODRUN" delete -q fork --force --grace-period=0
wait_until 10 bash -c '[ "$(pgrep -cu 61234)" = 0 ]'
[ $((SECONDS - now)) -le 10 ] || fail "$((SECONDS - now)) s"
gone "$uid"
ok 'processes that fork until the end are gone (S53)'
