#!/bin/bash
# SPDX-License-Identifier: MIT
# security/destinations.sh - S07, S09, S10, S15: where mounts land.
#
# Images and shared volumes whose entries are links to a canary. Either the
# pod is refused or the mount is inside the container; the canary is as it
# was, and the host has no mount more.
# shellcheck source=helpers.bash
. "$SRCDIR/test/security/helpers.bash"
canary=$POD_TEST_TMP/canary
make_canary "$canary"
before=$(state_of "$canary")
mounts=$(host_mounts)

# trap NAME: a fresh image, whose path is then in $image
trap_image()
{
	image=$POD_TEST_TMP/image-$1
	make_image "$image"
}

unharmed()
{
	check_canary "$canary" "$before" "$1"
	check_eq "$(host_mounts)" "$mounts" "$1: mounts of the host"
}

pod()
{
	cat << END
apiVersion: v1
kind: Pod
metadata: {name: trap}
spec:
  restartPolicy: Never
  terminationGracePeriodSeconds: 1
  volumes:
  - name: shared
    emptyDir: {}
  containers:
  - name: main
    image: dir:$image
    command: [/bin/sh, -c, 'exec sleep 1000']
END
}

# /proc, /sys and /dev have to be directories of the image itself.
for target in proc sys dev; do
	for to in "$canary" ../../../../../../../../.."$canary" /etc \
		/proc/self/root; do
		trap_image "$target"
		rm -rf "${image:?}/$target"
		ln -s "$to" "$image/$target"
		pod | refused "/$target"
		unharmed "$target -> $to"
		rm -r "$image"
	done
	trap_image "$target"
	: > "$image/$target"
	pod | refused "/$target"
	unharmed "$target, a file"
	rm -r "$image"
done
ok '/proc, /sys or /dev as a link or a file is refused (S07, S10)'

# What is in an honest /dev of the image is covered, never used.
trap_image dev
mkdir "$image/dev" "$image/proc" "$image/sys"
ln -s "$canary/ptmx" "$image/dev/ptmx"
ln -s "$canary/null" "$image/dev/null"
for f in pts shm mqueue; do
	ln -s "$canary/dir" "$image/dev/$f"
done
ln -s "$canary" "$image/sys/fs"
ln -s "$canary" "$image/proc/sys"
pod > trap.yaml
check "$PODRUN" run -q -f trap.yaml
in_pod trap /bin/sh -c 'echo x > /dev/null; stat -c "%t:%T" /dev/null
	stat -f -c %T /dev/pts /dev/shm; readlink /dev/ptmx
	echo x > /dev/shm/x'
check_status 0
check_match "$out" '^1:3'
check_match "$out" 'pts/ptmx'
unharmed 'links in /dev'
remove_pod trap
unharmed 'links in /dev, deleted'
ok 'links inside the directories we cover have no effect (S10)'

# Files of ours on links of the image: inside, or refused.
for to in "$canary/file" ../../../../../../../../.."$canary/file" \
	"$canary/new" /proc/self/root"$canary/file" /etc/hosts; do
	trap_image etc
	for f in hosts hostname resolv.conf; do
		ln -s "$to" "$image/etc/$f"
	done
	pod > trap.yaml
	run "$PODRUN" run -q -f trap.yaml
	if [ "$status" = 0 ]; then
		in_pod trap /bin/sh -c 'echo poison >> /etc/hosts'
		unharmed "hosts -> $to"
		check_no_match "$(cat "$canary/file")" poison
	else
		check_match "$err" '/etc/(hosts|hostname|resolv.conf)'
	fi
	remove_pod trap
	unharmed "hosts -> $to, deleted"
	rm -r "$image"
done
for to in "$canary" ../../../../../../../../.."$canary"; do
	trap_image etc
	rmdir "$image/etc"
	ln -s "$to" "$image/etc"
	pod > trap.yaml
	"$PODRUN" run -q -f trap.yaml 2> err.txt
	remove_pod trap
	unharmed "etc -> $to"
	rm -r "$image"
done
ok 'nor do hosts, hostname and resolv.conf as links, or /etc as one (S07)'

# Mount points, a working directory and a message file through links.
trap_image made
ln -s "$canary" "$image/abs"
ln -s "../../../../../../../../..$canary" "$image/rel"
ln -s "$canary/dir" "$image/tmp/deep"
ln -s loop "$image/loop"
paths=''
for p in abs rel tmp/deep; do
	paths+=" /$p /$p/a /$p/b/c /$p/dir /$p/new-$$"
done
for p in $paths; do
	{
		pod
		echo "    workingDir: $p/work"
		echo "    terminationMessagePath: $p/message"
		echo "    volumeMounts: [{name: shared, mountPath: $p}]"
	} > trap.yaml
	run "$PODRUN" run -q -f trap.yaml
	if [ "$status" = 0 ]; then
		in_pod trap /bin/sh -c "echo poison > $p/poison; pwd"
		unharmed "$p"
	fi
	remove_pod trap
	unharmed "$p, deleted"
	# what is missing is made in the upper layer, not in the image
	check_eq "$(find "$image" -newer trap.yaml ! -type l)" '' 'image'
done
{ pod; echo '    volumeMounts: [{name: shared, mountPath: /loop/x}]'; } |
	refused '/loop/x.*ELOOP'
unharmed 'a loop of links'
ok 'missing directories are made inside, never through a link (S09)'

# A container that shares its volume with the next and has put links where
# that one has mount points, swapping them all the time.
trap_image swap
cat > trap.yaml << END
apiVersion: v1
kind: Pod
metadata: {name: swap}
spec:
  restartPolicy: Always
  terminationGracePeriodSeconds: 1
  volumes:
  - {name: shared, emptyDir: {}}
  - {name: other, emptyDir: {medium: Memory}}
  containers:
  - name: swapper
    image: dir:$image
    command: [/bin/sh, -c]
    args:
    - |
      cd /shared
      mkdir -p honest/sub
      ln -s $canary trap
      while :; do
        mv -T honest point 2> /tmp/e; mv -T point honest 2> /tmp/e
        mv -T trap point 2> /tmp/e; mv -T point trap 2> /tmp/e
      done
    volumeMounts: [{name: shared, mountPath: /shared}]
  - name: victim
    image: dir:$image
    command: [/bin/sh, -c, 'echo in > /v/point/sub/poison; exit 1']
    volumeMounts:
    - {name: shared, mountPath: /v}
    - {name: other, mountPath: /v/point/sub}
END
for ((i = 0; i < rounds; i++)); do
	"$PODRUN" run -q -f trap.yaml 2> err.txt
	remove_pod swap
	unharmed "swap $i"
done
ok 'links swapped in a shared volume meanwhile (S07)'

# S15: what a container sees is its own: no mount of the host or the pod.
trap_image old
pod > trap.yaml
check "$PODRUN" run -q -f trap.yaml
in_pod trap /bin/cat /proc/1/mountinfo
check_no_match "$out" "$canary"
check_no_match "$out" '/(lower|disk|io|host|mem)(/[^ ]*)? - '
check_eq "$(grep -c ' / / .* - overlay ' <<< "$out")" 1 'roots'
targets=$(awk '{print $5}' <<< "$out" | grep -vE '^/(proc|sys|dev)(/|$)' |
	sort | xargs)
check_eq "$targets" '/ /etc/hostname /etc/hosts /etc/resolv.conf' 'mounts'
in_pod trap /bin/ls "$canary"
[ "$status" != 0 ] || fail 'the canary can be reached'
# ".." of the root is the root, from a process that has joined as well
in_pod trap /bin/sh -c 'cd /; cd ../../..; pwd -P; ls'
check_no_match "$out" 'lower'
remove_pod trap
unharmed 'the end'
ok 'the old root is gone (S15)'
