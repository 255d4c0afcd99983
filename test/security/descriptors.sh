#!/bin/bash
# SPDX-License-Identifier: MIT
# security/descriptors.sh - S02, S04: a process has 0, 1, 2, and a root.
# shellcheck source=helpers.bash
. "$SRCDIR/test/security/helpers.bash"
image=$POD_TEST_TMP/image
make_image "$image"

# What the caller has open must not get in, whatever its number.
exec 9< /etc/passwd 77> "$POD_TEST_TMP/open"
eval "exec 500< /"

cat > fds.yaml << END
apiVersion: v1
kind: Pod
metadata: {name: fds}
spec:
  restartPolicy: Never
  terminationGracePeriodSeconds: 1
  initContainers:
  - name: init
    image: dir:$image
    command: [/bin/sh, -c, 'ls -l /proc/self/fd; echo end']
  containers:
  - name: main
    image: dir:$image
    command: [/bin/sh, -c, 'ls -l /proc/self/fd; echo end; exec sleep 1000']
END
check "$PODRUN" run -q -f fds.yaml

# check_table TEXT WHAT: of ls -l; 3 may be the directory that ls reads. The
# caller of exec gives its own 0, 1 and 2.
check_table()
{
	local numbers

	numbers=$(sed -n 's/.* \([0-9]*\) -> .*/\1/p' <<< "$1" | xargs)
	check_match "$numbers" '^0 1 2( 3)?$' "descriptors of $2:"
	check_no_match "$(grep -v ' 3 -> ' <<< "$1")" \
		'-> (/etc|/proc|/sys|/tmp/[^.]*/open|/(\n|$))' "$2"
}
for c in init main; do
	# shellcheck disable=SC2016 # for the inner shell
	wait_until 10 bash -c '"$PODRUN" logs fds -c "$1" | grep -q end' x $c
	check_table "$("$PODRUN" logs fds -c $c)" $c
	check_match "$("$PODRUN" logs fds -c $c)" '0 -> /dev/null'
done
ok 'start: 0, 1, 2 and nothing of the caller'

in_pod fds /bin/sh -c 'ls -l /proc/self/fd'
check_table "$out" exec
run "$PODRUN" exec -i fds -- /bin/sh -c 'ls -l /proc/self/fd' < /dev/null
check_table "$out" 'exec -i'
main=$(pid_of fds main)
check_eq "$(find "/proc/$main/fd" -mindepth 1 -printf '%f ' | xargs)" '0 1 2' \
	'as the host sees it'
ok 'exec: the same'
remove_pod fds

# S02: a working directory that is somebody's descriptor is refused, or it is
# inside; what is never so is getcwd() outside the root.
for dir in /proc/self/fd/{0..20} /proc/self/fd/{77,500,1023} /proc/1/cwd \
	/proc/1/root /proc/self/cwd /proc/self/root /proc/thread-self/cwd; do
	cat > cwd.yaml << END
apiVersion: v1
kind: Pod
metadata: {name: cwd}
spec:
  restartPolicy: Never
  containers:
  - name: main
    image: dir:$image
    workingDir: $dir
    command: [/bin/sh, -c, 'cat /proc/self/mountinfo | wc -l; ls ..; pwd -P']
END
	run "$PODRUN" run -q -f cwd.yaml --wait
	if [ "$status" = 0 ]; then
		check_match "$("$PODRUN" logs cwd | tail -n 1)" '^/' "$dir"
		check_no_match "$("$PODRUN" logs cwd)" 'pods|lower|disk' "$dir"
	else
		check_match "$err" "$dir|${dir%/*}" 'the message names it'
	fi
	remove_pod cwd
done
ok 'a working directory through /proc is refused or inside'

# exec takes it from the container, too
start_pod cwd << END
apiVersion: v1
kind: Pod
metadata: {name: cwd}
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - name: main
    image: dir:$image
    workingDir: /work
    command: [/bin/sh, -c, 'exec sleep 1000']
END
in_pod cwd /bin/sh -c 'pwd; cd /; rm -r /work; ln -s /proc/1/root/.. /work'
check_status 0
in_pod cwd /bin/sh -c 'pwd -P; ls /'
check_no_match "$out" 'lower|disk|pods'
remove_pod cwd
ok 'nor by exec, after the container made a link of it'

# S04: /dev/null of the image, a link to a canary, is not what stdin is.
canary=$POD_TEST_TMP/canary
make_canary "$canary"
before=$(state_of "$canary")
mkdir "$image/dev"
ln -s "$canary/file" "$image/dev/null"
start_pod stdio << END
apiVersion: v1
kind: Pod
metadata: {name: stdio}
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - name: main
    image: dir:$image
    command: [/bin/sh, -c, 'exec sleep 1000']
END
main=$(pid_of stdio)
check_eq "$(stat -L -c '%t:%T %F' "/proc/$main/fd/0")" \
	'1:3 character special file' 'standard input'
# the container's own device is replaced while it runs
in_pod stdio /bin/sh -c 'rm /dev/null; ln -s /etc/planted /dev/null;
	echo old > /etc/planted'
run "$PODRUN" exec stdio -- /bin/sh -c 'stat -L -c "%t:%T" /proc/self/fd/0' \
	< /dev/null
check_eq "$out" '1:3' 'of exec, after /dev/null was replaced'
in_pod stdio /bin/cat /etc/planted
check_eq "$out" old
# with all three closed by the caller
"$PODRUN" exec stdio -- /bin/true <&- >&- 2>&-
check_eq $? 0 'exec without descriptors'
remove_pod stdio
"$PODRUN" run -q -f cwd.yaml <&- >&- 2>&-
main=$(pid_of cwd)
if [ -d "/proc/$main" ]; then
	check_eq "$(stat -L -c '%t:%T' "/proc/$main/fd/0")" '1:3'
fi
remove_pod cwd
check_canary "$canary" "$before"
ok 'standard streams are ours, whatever the image has for /dev/null'
