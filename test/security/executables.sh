#!/bin/bash
# SPDX-License-Identifier: MIT
# security/executables.sh - S01, S03, S05: nobody gets at our programs.
# shellcheck source=helpers.bash
. "$SRCDIR/test/security/helpers.bash"

# Not the place in memory, but what the next pod would execute.
installed()
{
	stat -c '%n %i %s %Z %a' "$PODRUN" "$POD_SUPERVISOR"
	sha256sum "$PODRUN" "$POD_SUPERVISOR"
}
before=$(installed)
image=$POD_TEST_TMP/image
make_image "$image"

watch files files ''
none files exe-write exe-later exe mem cwd fd environ
[ "$(count files denied)" -gt 0 ] || fail 'nothing was denied'
ok 'who joins cannot be looked into (S03)'

watch trace trace ''
none trace seize exe
ok 'nor traced'

watch files-ptrace files SYS_PTRACE
none files-ptrace exe-write exe-later
ok 'its executable cannot be written, not even with SYS_PTRACE (S01)'

# What is kept open must be closed to writers for good: the supervisor's, as
# one sees it who shares the host's processes and may trace them.
start_pod spy << END
apiVersion: v1
kind: Pod
metadata: {name: spy}
spec:
  hostPID: true
  terminationGracePeriodSeconds: 1
  containers:
  - name: main
    image: dir:$image
    command: [/bin/sh, -c, 'exec sleep 1000']
    securityContext: {capabilities: {add: [SYS_PTRACE]}}
END
start_pod victim << END
apiVersion: v1
kind: Pod
metadata: {name: victim}
spec:
  shareProcessNamespace: true
  terminationGracePeriodSeconds: 1
  containers:
  - name: main
    image: dir:$image
    command: [/bin/sh, -c, 'exec sleep 1000']
END
supervisor=$(supervisor_of victim)
init=$(awk '{print $4}' "/proc/$(pid_of victim)/stat")
pod_init=$(for p in /proc/[0-9]*; do
	[ "$(awk '{print $4}' "$p/stat" 2> /dev/null)" = "$supervisor" ] &&
		grep -q '^NSpid:.*[[:space:]]1$' "$p/status" && echo "${p##*/}"
done)
check_eq "$init" "$supervisor" 'the parent of a container'
check_match "$pod_init" '^[0-9]+$' 'pod-init of a shared PID namespace'
# open for reading and keep; then for writing, before and after its end
cat > "$image/spy.sh" << 'END'
exec 5< "/proc/$1/exe" || exit 9
for path in "/proc/$1/exe" /proc/self/fd/5; do
	if (exec 6<> "$path") 2> /tmp/why; then
		(exec 6<> "$path"; printf x >&6) 2> /tmp/why &&
			echo "WRITTEN through $path"
	fi
	sed 's/.*: //' /tmp/why
done
echo held
until [ -e /tmp/gone ]; do sleep 0.05; done
(exec 6<> /proc/self/fd/5) 2> /tmp/why && {
	(exec 6<> /proc/self/fd/5; printf x >&6) 2> /tmp/why &&
		echo 'WRITTEN afterwards'
}
sed 's/.*: //' /tmp/why
echo end
END
for who in "$supervisor" "$pod_init"; do
	"$PODRUN" exec spy -- /bin/sh -c "exec sh /spy.sh $who" \
		> "spy-$who" 2> "spy-$who.err" &
done
for who in "$supervisor" "$pod_init"; do
	wait_until 10 grep -q held "spy-$who"
done
remove_pod victim
wait_until 10 test ! -e "/proc/$supervisor"
in_pod spy /bin/sh -c ': > /tmp/gone'
for who in "$supervisor" "$pod_init"; do
	wait_until 10 grep -q end "spy-$who"
	cat "spy-$who"
	check_no_match "$(cat "spy-$who")" WRITTEN
done
ok 'an executable kept open stays closed to writers (S01)'

check_eq "$(installed)" "$before" 'our programs'
ok 'the installed programs are as before'

# S05: nothing of the image is loaded on the way to the payload.
bait=$POD_TEST_TMP/bait
make_image "$bait"
mkdir -p "$bait/lib" "$bait/lib64" "$bait/usr/lib/x86_64-linux-gnu/gconv"
for f in lib/libnss_files.so.2 lib/evil.so etc/ld.so.preload \
	etc/nsswitch.conf etc/ld.so.cache etc/passwd etc/group \
	usr/lib/x86_64-linux-gnu/gconv/gconv-modules etc/localtime; do
	mkfifo "$bait/$f"	# whoever opens one to read it hangs
done
start_pod bait << END
apiVersion: v1
kind: Pod
metadata: {name: bait}
spec:
  restartPolicy: Never
  containers:
  - name: main
    image: dir:$bait
    command: [/bin/sh, -c, 'exec sleep 1000']
    env:
    - {name: LD_PRELOAD, value: /lib/evil.so}
    - {name: LD_LIBRARY_PATH, value: /lib}
    - {name: GCONV_PATH, value: /lib}
    - {name: LD_AUDIT, value: /lib/evil.so}
END
in_pod bait /bin/true
check_status 0
check_no_match "$(tr '\0' '\n' < "/proc/$(supervisor_of bait)/environ")" \
	'LD_|GCONV|bait'
remove_pod bait
ok 'no file of the image is read, no variable of it inherited (S05)'
