#!/bin/bash
# SPDX-License-Identifier: MIT
# security/privileges.sh - S26-S30, S32: ids and capabilities, exactly.
# shellcheck source=helpers.bash
. "$SRCDIR/test/security/helpers.bash"
image=$POD_TEST_TMP/image
make_image "$image"

# CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID SETPCAP
# NET_BIND_SERVICE SYS_CHROOT SETFCAP
ELEVEN=00000000800405fb
NONE=0000000000000000

# pod NAME SECURITY POD-SECURITY: init, main and side, each with its status
# in its log.
pod()
{
	cat << END
apiVersion: v1
kind: Pod
metadata: {name: $1}
spec:
  restartPolicy: Never
  terminationGracePeriodSeconds: 1
  securityContext: ${3:-{\}}
  initContainers:
  - {name: init, image: "dir:$image", securityContext: $2,
     command: [/bin/cat, /proc/self/status]}
  - {name: side, image: "dir:$image", securityContext: $2,
     restartPolicy: Always,
     command: [/bin/sh, -c, 'cat /proc/self/status; exec sleep 1000']}
  containers:
  - {name: main, image: "dir:$image", securityContext: $2,
     command: [/bin/sh, -c, 'cat /proc/self/status; exec sleep 1000']}
END
}

# statuses NAME: of every kind of process, in files
statuses()
{
	local c

	for c in init side main; do
		# shellcheck disable=SC2016 # for the inner shell
		wait_until 10 bash -c '"$PODRUN" logs "$1" -c "$2" |
			grep -q ^nonvoluntary' x "$1" $c
		"$PODRUN" logs "$1" -c $c > "status-$c"
	done
	for c in side main; do
		"$PODRUN" exec "$1" -c $c -- /bin/cat /proc/self/status \
			> "status-exec-$c"
		cat "/proc/$(pid_of "$1" $c)/status" > "status-host-$c"
	done
}

# each FIELD WANT: in all of them
each()
{
	local file

	for file in status-*; do
		check_eq "$(field "$1" "$file" | xargs)" "$2" "$file: $1:"
	done
}

# with NAME SECURITY POD-SECURITY: make it and read
with()
{
	rm -f status-*
	pod "$@" > pod.yaml
	check "$PODRUN" run -q -f pod.yaml
	statuses "$1"
	"$PODRUN" inspect "$1" > inspect.json
	remove_pod "$1"
}

# caps EFFECTIVE BOUNDING: and never inheritable or ambient (S26)
caps()
{
	each CapInh $NONE
	each CapAmb $NONE
	each CapEff "$1"
	each CapPrm "$1"
	each CapBnd "$2"
}

with root '{}'
caps $ELEVEN $ELEVEN
each Uid '0 0 0 0'
each Gid '0 0 0 0'
each Groups 0
each NoNewPrivs 0
each Seccomp 2
each Umask 0022
# S32: what inspect says is what the kernel says
check python3 - << 'END'
import json
status = dict(line.rstrip("\n").split(":\t", 1)
              for line in open("status-host-main") if ":\t" in line)
main = [c for c in json.load(open("inspect.json"))["containers"]
        if c["name"] == "main"][0]["kernel"]
names = {"bounding": "CapBnd", "effective": "CapEff", "permitted": "CapPrm",
         "inheritable": "CapInh", "ambient": "CapAmb"}
for ours, kernels in names.items():
    assert main["capabilities"][ours]["hex"] == status[kernels], ours
assert main["uid"] == [int(i) for i in status["Uid"].split()]
assert main["gid"] == [int(i) for i in status["Gid"].split()]
assert main["groups"] == [int(i) for i in status["Groups"].split()]
assert main["noNewPrivs"] == (status["NoNewPrivs"] == "1")
assert (main["seccomp"] == "filter") == (status["Seccomp"] == "2")
END
ok 'root: eleven capabilities, none to inherit, on start and exec (S26, S32)'

with user '{runAsUser: 1000, runAsGroup: 3000}' \
	'{supplementalGroups: [4000, 5000], fsGroup: 2000}'
caps $NONE $ELEVEN
each Uid '1000 1000 1000 1000'
each Gid '3000 3000 3000 3000'
for file in status-*; do
	check_eq "$(field Groups "$file" | xargs -n 1 | sort -n | xargs)" \
		'2000 3000 4000 5000' "$file"
done
ok 'a user: no capability; groups are what was asked for (S27, S29)'

with added '{runAsUser: 1000, capabilities: {add: [NET_RAW, SYS_PTRACE]}}'
caps $NONE 00000000800c25fb
with none '{capabilities: {drop: [ALL]}}'
caps $NONE $NONE
with one '{capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}}'
caps 0000000000000400 0000000000000400
with two '{capabilities: {add: [CAP_NET_RAW, MKNOD], drop: [KILL, CHOWN]}}'
caps 00000000880425da 00000000880425da
with nnp '{allowPrivilegeEscalation: false}'
caps $ELEVEN $ELEVEN
each NoNewPrivs 1
each Seccomp 2
with free '{seccompProfile: {type: Unconfined}, runAsUser: 1}'
each Seccomp 0
caps $NONE $ELEVEN
ok 'the bounding set is exactly that, and nothing beyond it (S28)'

# File capabilities and set-user-ID inside: to the bounding set, no further;
# with no_new_privs nowhere.
cp "$image/bin/busybox" "$image/bin/busybox-suid"
chmod 4755 "$image/bin/busybox-suid"
pod suid '{runAsUser: 1000}' > pod.yaml
check "$PODRUN" run -q -f pod.yaml
ready suid
run "$PODRUN" exec suid -c main -- /bin/busybox-suid grep Cap \
	/proc/self/status
check_match "$out" "CapBnd:[[:space:]]$ELEVEN"
check_match "$out" "CapInh:[[:space:]]$NONE"
remove_pod suid
pod suid '{runAsUser: 1000, allowPrivilegeEscalation: false}' > pod.yaml
check "$PODRUN" run -q -f pod.yaml
ready suid
run "$PODRUN" exec suid -c main -- /bin/busybox-suid grep -E 'CapEff|CapPrm|^Uid' \
	/proc/self/status
check_eq "$(xargs <<< "$out")" \
	"Uid: 1000 1000 1000 1000 CapPrm: $NONE CapEff: $NONE"
remove_pod suid
ok 'a set-user-ID program gains nothing under no_new_privs'

# S29: the groups of the caller are not there; a group can be denied.
echo secret > "$image/denied"
chown 0:4000 "$image/denied"
chmod 0704 "$image/denied"
pod group '{runAsUser: 1000, runAsGroup: 1000}' \
	'{supplementalGroups: [4000]}' > pod.yaml
setpriv --groups 6,20,27 -- "$PODRUN" run -q -f pod.yaml
ready group
run "$PODRUN" exec group -c main -- /bin/cat /denied
check_match "$err" 'denied'
run setpriv --groups 6,20,27 -- "$PODRUN" exec group -c main -- \
	/bin/grep Groups /proc/self/status
check_eq "$(xargs <<< "$out")" 'Groups: 1000 4000'
remove_pod group
ok 'no group of the caller (S29)'

# The same user at each restart (S27)
sed -e 's/restartPolicy: Never/restartPolicy: Always/' \
	-e '/initContainers/,/exec sleep 1000.\]}$/d' pod.yaml > again.yaml
cat >> again.yaml << END
  containers:
  - {name: main, image: "dir:$image", securityContext: {runAsUser: 1000},
     command: [/bin/sh, -c, 'grep -E "^Uid|CapEff" /proc/self/status; exit 1']}
END
sed -i '0,/^  containers:$/!b' again.yaml
python3 - << 'END'
text = open("again.yaml").read()
head, _, tail = text.rpartition("  containers:\n")
head = head.split("  containers:\n")[0]
open("again.yaml", "w").write(head + "  containers:\n" + tail)
END
check "$PODRUN" run -q -f again.yaml
# shellcheck disable=SC2016 # for the inner shell
wait_until 30 bash -c '[ $("$PODRUN" get group -o json |
	grep -c "\"restartCount\": [2-9]") -gt 0 ]'
check_eq "$("$PODRUN" logs group | sort -u | xargs)" \
	"CapEff: $NONE Uid: 1000 1000 1000 1000"
check_eq "$("$PODRUN" logs group -p | sort -u | xargs)" \
	"CapEff: $NONE Uid: 1000 1000 1000 1000"
remove_pod group
ok 'a restart has the same user and no capability either (S27)'

# S30: a user is a number in range, or the pod is refused.
for user in -1 4294967295 4294967296 18446744073709551616 1.5 '"0"' '"1000"' \
	'" 1"' '"+1"' '"root"' '0x0' '1e3' '""' '[0]' 'true' '~~' '1000u'; do
	pod bad "{runAsUser: $user}" | refused 'runAsUser'
	pod bad "{runAsGroup: $user}" | refused 'runAsGroup'
	pod bad '{}' "{fsGroup: $user}" | refused 'fsGroup'
	pod bad '{}' "{supplementalGroups: [$user]}" |
		refused 'supplementalGroups'
done
pod bad '{runAsNonRoot: true}' | refused 'root'
pod bad '{runAsNonRoot: true, runAsUser: 0}' | refused 'root|runAs'
pod bad '{}' '{runAsNonRoot: true, runAsUser: 0}' | refused 'root|runAs'
for cap in EVIL CAP_ '""' 'CAP_CAP_CHOWN' '41' 'chown\n'; do
	pod bad "{capabilities: {add: [\"${cap//\"/}\"]}}" |
		refused 'capabilities'
done
for profile in '{}' '{type: ""}' '{type: unconfined}' '{type: none}' \
	'{type: Localhost}' '{type: Localhost, localhostProfile: ""}' \
	'{type: Localhost, localhostProfile: ../../etc/passwd}' \
	'{type: Localhost, localhostProfile: /nowhere}' \
	'{type: Localhost, localhostProfile: /etc/passwd}' \
	'{type: RuntimeDefault, localhostProfile: x}'; do
	pod bad "{seccompProfile: $profile}" | refused 'seccomp|nowhere|passwd'
done
ok 'odd users, capabilities and profiles are refused (S30, S32)'
