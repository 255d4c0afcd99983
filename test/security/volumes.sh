#!/bin/bash
# SPDX-License-Identifier: MIT
# security/volumes.sh - S08, S37, S38: subPath, flags, nested mounts, nodes.
# shellcheck source=helpers.bash
. "$SRCDIR/test/security/helpers.bash"
image=$POD_TEST_TMP/image
make_image "$image"
canary=$POD_TEST_TMP/canary
make_canary "$canary"
volume=$POD_TEST_TMP/volume
mkdir -p "$volume/a/inside" "$volume/nested"
ln -s "$canary" "$volume/a/link"
ln -s "../../canary" "$volume/a/up"
ln -s "$canary/file" "$volume/a/file-link"
ln -s inside "$volume/a/honest-link"
ln -s /proc/self/root "$volume/a/magic"
before=$(state_of "$canary")
mounts=$(host_mounts)

# pod SUBPATH MORE: a container with the volume's SUBPATH on /v
pod()
{
	cat << END
apiVersion: v1
kind: Pod
metadata: {name: vol}
spec:
  restartPolicy: Never
  terminationGracePeriodSeconds: 1
  volumes:
  - name: v
    hostPath: {path: $volume, type: Directory}
  containers:
  - name: main
    image: dir:$image
    command: [/bin/sh, -c, 'exec sleep 1000']
    volumeMounts: [{name: v, mountPath: /v, subPath: '$1'${2:+, $2}}]
END
}

for sub in a/link a/link/dir a/up a/up/dir a/file-link a/magic \
	a/magic/etc a/honest-link a/inside/../link; do
	pod $sub | refused "$sub"
	check_canary "$canary" "$before" $sub
done
for sub in .. ../canary a/../../canary /etc "$canary" a/.. ./..; do
	pod "$sub" | refused 'subPath'
	check_canary "$canary" "$before" "$sub"
done
pod a/link/new/made | refused 'a/link'
check_canary "$canary" "$before" 'a subPath to be made through a link'
for sub in a/inside a/inside/ ./a/inside a//inside new/made; do
	pod "$sub" > vol.yaml
	check "$PODRUN" run -q -f vol.yaml
	in_pod vol /bin/ls -A /v
	check_eq "$out" ''
	in_pod vol /bin/sh -c 'cd /v/..; ls -d /v/../a /v/../../canary'
	[ "$status" != 0 ] || fail 'outside of the subPath'
	remove_pod vol
done
[ -d "$volume/new/made" ] || fail 'a missing subPath was not made'
ok 'a subPath stays in its volume, and takes no link (S08)'

# swapped while it is resolved
cat > swapper << 'END'
cd "$1/a" || exit 1
mkdir -p honest
while [ -e ../swapping ]; do
	mv -T honest point; mv -T point honest
	mv -T link point; mv -T point link
done 2> /dev/null
END
: > "$volume/swapping"
bash swapper "$volume" &
swapper=$!
for ((i = 0; i < rounds; i++)); do
	pod a/point/dir > vol.yaml
	run "$PODRUN" run -q -f vol.yaml
	if [ "$status" = 0 ]; then
		in_pod vol /bin/ls /v
		check_no_match "$out" nest
	fi
	remove_pod vol
done
rm "$volume/swapping"
wait "$swapper"
rm -rf "$volume/a/honest" "$volume/a/point"
# a mkdir of the runtime may have made "dir" in the honest one: not here
check_canary "$canary" "$before" 'swapped'
ok 'not even one that is swapped meanwhile'

# S37: read-only means all of it, also what is mounted below.
mount -t tmpfs -o size=1m none "$volume/nested" || fail 'mount'
cleanup umount "$volume/nested"
echo deep > "$volume/nested/file"
cp "$(command -v busybox)" "$volume/busybox-suid"
chmod 4755 "$volume/busybox-suid"
mknod "$volume/disk" b 7 0
mknod "$volume/mem" c 1 1
mknod "$volume/zero" c 1 5
chmod 666 "$volume/disk" "$volume/mem" "$volume/zero"
mounts=$(host_mounts)
pod '' 'readOnly: true' > vol.yaml
check "$PODRUN" run -q -f vol.yaml
in_pod vol /bin/cat /v/nested/file
check_eq "$out" deep
for path in /v/x /v/a/x /v/nested/x; do
	in_pod vol /bin/sh -c ": > $path"
	check_match "$out$err" 'Read-only' "$path"
done
in_pod vol /bin/mount -o remount,rw /v
check_match "$out$err" 'not permitted|denied'
check_eq "$(cat "$volume/nested/file")" deep
in_pod vol /bin/grep ' /v' /proc/self/mountinfo
check_eq "$(grep -cE ' /v(/nested)? ro,nosuid,nodev' <<< "$out")" 2 "$out"
remove_pod vol
ok 'readOnly goes down to nested mounts (S37)'

pod '' > vol.yaml
check "$PODRUN" run -q -f vol.yaml
in_pod vol /bin/grep ' /v' /proc/self/mountinfo
check_eq "$(grep -cE ' /v(/nested)? rw,nosuid,nodev' <<< "$out")" 2 "$out"
check_no_match "$out" 'shared:|master:' 'propagation'
for node in disk mem zero; do
	in_pod vol /bin/sh -c ": < /v/$node"
	check_match "$out$err" 'denied' "a device node on a volume: $node"
done
in_pod vol /bin/sh -c ': > /v/nested/ok && echo made'
check_eq "$out" made
remove_pod vol
ok 'volumes are nosuid, nodev and private (S37, S38)'

# A set-user-ID program on a volume gives nothing; emptyDir is the same.
cat > suid.yaml << END
apiVersion: v1
kind: Pod
metadata: {name: suid}
spec:
  restartPolicy: Never
  terminationGracePeriodSeconds: 1
  securityContext: {runAsUser: 1000, runAsGroup: 1000}
  volumes:
  - {name: v, hostPath: {path: $volume, type: Directory}}
  - {name: e, emptyDir: {}}
  - {name: m, emptyDir: {medium: Memory}}
  initContainers:
  - name: plant
    image: dir:$image
    securityContext: {runAsUser: 0, runAsGroup: 0}
    command: [/bin/sh, -c]
    args: ['for d in e m; do cp /bin/busybox /\$d/busybox-suid;
      chmod 4755 /\$d/busybox-suid; done']
    volumeMounts: [{name: e, mountPath: /e}, {name: m, mountPath: /m}]
  containers:
  - name: main
    image: dir:$image
    command: [/bin/sh, -c, 'exec sleep 1000']
    volumeMounts: [{name: e, mountPath: /e}, {name: m, mountPath: /m},
      {name: v, mountPath: /v}]
END
sed -i 's/\\\$/$/g' suid.yaml
check "$PODRUN" run -q -f suid.yaml
ready suid
for dir in v e m; do
	in_pod suid /$dir/busybox-suid id -u
	check_eq "$out$err" 1000 "set-user-ID on /$dir"
	in_pod suid /bin/grep " /$dir " /proc/self/mountinfo
	check_match "$out" 'nosuid,nodev' "/$dir"
done
remove_pod suid
ok 'a set-user-ID program on a volume gains nothing (S37)'

check_canary "$canary" "$before"
check_eq "$(host_mounts)" "$mounts" 'mounts of the host'
[ -b "$volume/disk" ] || fail 'the volume was touched by delete'
ok 'the host has the mounts it had'
