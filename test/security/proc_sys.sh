#!/bin/bash
# SPDX-License-Identifier: MIT
# security/proc_sys.sh - S17, S20-S22, S25: what /proc and /sys give away.
# shellcheck source=helpers.bash
. "$SRCDIR/test/security/helpers.bash"
image=$POD_TEST_TMP/image
make_image "$image"

# pod NAME IMAGE SECURITY-CONTEXT POD-SECURITY-CONTEXT
pod()
{
	cat << END
apiVersion: v1
kind: Pod
metadata: {name: $1}
spec:
  restartPolicy: Never
  terminationGracePeriodSeconds: 1
  securityContext: ${4:-{\}}
  containers:
  - name: main
    image: $2
    command: [/bin/sh, -c, 'exec sleep 1000']
    securityContext: ${3:-{\}}
END
}

pod walk host > walk.yaml
check "$PODRUN" run -q -f walk.yaml

# S17: each masked path reads as nothing, and nothing can be written there.
masked='/proc/acpi /proc/asound /proc/interrupts /proc/kallsyms /proc/kcore
	/proc/keys /proc/latency_stats /proc/sched_debug /proc/scsi
	/proc/timer_list /proc/timer_stats /sys/firmware
	/sys/devices/virtual/powercap'
for path in $masked; do
	[ -e "$path" ] || continue
	in_pod walk /bin/sh -c "
		if [ -d $path ]; then
			ls -A $path; : > $path/x && echo WRITTEN
			mkdir $path/y && echo WRITTEN
		else
			cat $path; stat -c %t:%T $path
		fi"
	if [ -d "$path" ]; then
		check_eq "$out" '' "$path"
		check_match "$err" 'Read-only' "$path"
	else
		check_eq "$out" '1:3' "$path"
	fi
done
ok 'masked paths are empty (S17)'

# A mask cannot be taken away, and outlives its source.
in_pod walk /bin/sh -c 'umount /proc/keys; rm -f /dev/null; cat /proc/keys'
check_eq "$out" '' '/proc/keys'
in_pod walk /bin/sh -c 'mknod /dev/null c 1 3; ln -s /etc/passwd /dev/null;
	cat /proc/keys | head -c 10; mv /proc/keys /proc/x; rm /sys/firmware'
check_eq "$out" ''
remove_pod walk
check "$PODRUN" run -q -f walk.yaml
ok 'not even by whoever owns /dev'

for path in /proc/sysrq-trigger /proc/sys/kernel/core_pattern \
	/proc/sys/kernel/hostname /proc/sys/net/ipv4/ip_forward \
	/proc/sys/vm/drop_caches /proc/irq/default_smp_affinity /proc/bus/x \
	/proc/fs/x /sys/kernel/uevent_helper /sys/power/state /sys/x; do
	in_pod walk /bin/sh -c "exec 3>> $path && echo OPENED"
	check_eq "$out" '' "$path for writing"
	check_match "$err" 'Read-only|No such|nonexistent|denied|not permitted' \
		"$path"
done
ok 'the read-only ones are'

# S20: all that has a write bit on a writable mount, but the container's own
# processes. A new line here is a new way to the host: look at it first.
# mtrr and the pressure files want SYS_ADMIN and SYS_RESOURCE on their own.
cat > allowed << 'END'
/proc/mtrr
/proc/pressure/cpu
/proc/pressure/io
/proc/pressure/irq
/proc/pressure/memory
END
# the masks are the null device, as was seen; find goes by what is below them
for path in $masked; do
	[ -d "$path" ] || echo "$path"
done >> allowed
# shellcheck disable=SC2016 # for the inner shell
in_pod walk /usr/bin/find /proc /sys -regextype posix-extended \
	'(' -regex '/proc/[0-9]+' -prune ')' -o \
	'(' ! -type l ! -type c -perm /222 -writable -print ')'
sort <<< "$out" | grep . | grep -vxF -f allowed > surplus
check_eq "$(cat surplus)" '' 'writable in /proc and /sys:'
in_pod walk /bin/sh -c 'echo "disable=99" > /proc/mtrr'
check_no_match "$err$out" '^$' 'mtrr'
# devices below them are our masks, or there are none
in_pod walk /usr/bin/find /proc /sys -regextype posix-extended \
	'(' -regex '/proc/[0-9]+' -prune ')' -o '(' -type c -o -type b ')' \
	-print
check_eq "$(grep -vE '^/proc/(interrupts|kallsyms|kcore|keys|latency_stats|sched_debug|timer_list|timer_stats)$' \
	<<< "$out")" '' 'device nodes in /proc and /sys:'
# other file systems that live below /sys on the host are not there
in_pod walk /bin/sh -c 'ls -A /sys/kernel/debug /sys/kernel/tracing \
	/sys/kernel/security /sys/fs/bpf /sys/fs/selinux /sys/fs/pstore'
check_no_match "$(grep -v ':$' <<< "$out")" '[a-z]' 'below /sys'
in_pod walk /usr/bin/find /dev -mindepth 1 -printf '%p %y\n'
check_eq "$(sort <<< "$out" | grep -v '^/dev/\(pts\|shm\|mqueue\)/' | xargs)" \
	"$(sort << 'END' | xargs
/dev/fd l
/dev/full c
/dev/mqueue d
/dev/null c
/dev/ptmx l
/dev/pts d
/dev/random c
/dev/shm d
/dev/stderr l
/dev/stdin l
/dev/stdout l
/dev/termination-log f
/dev/tty c
/dev/urandom c
/dev/zero c
END
)" '/dev'
in_pod walk /bin/sh -c 'ls -d /proc/[0-9]* | wc -l'
[ "$out" -le 4 ] || fail "$out processes are seen"
ok 'nothing else in /proc, /sys and /dev is there to be written (S20)'

# S25: few mounts, whatever the number of CPUs
in_pod walk /bin/sh -c 'wc -l < /proc/self/mountinfo'
[ "$out" -le 40 ] || fail "$out mounts"
ok 'at most 40 mounts (S25)'

# S21
in_pod walk /bin/ls /sys/fs/cgroup
if [ -n "$out" ]; then
	for file in cgroup.procs memory.max pids.max cgroup.freeze cpu.max \
		../cgroup.procs cgroup.subtree_control; do
		in_pod walk /bin/sh -c "echo 0 > /sys/fs/cgroup/$file"
		check_match "$err" 'Read-only|denied|nonexistent|No such' \
			"cgroup $file"
	done
	in_pod walk /bin/mkdir /sys/fs/cgroup/x
	check_match "$err" 'Read-only'
	in_pod walk /bin/cat /proc/self/cgroup
	check_eq "$(grep '^0:' <<< "$out")" '0::/' 'its own cgroup'
	in_pod walk /bin/mount -t cgroup2 none /mnt
	check_match "$err" 'denied|permitted'
	in_pod walk /bin/mount -o remount,rw /sys/fs/cgroup
	check_match "$err" 'denied|permitted'
fi
remove_pod walk
ok 'the cgroup can be read, no more (S21)'

# S22: the names we allow are in force; all else and odd values are refused.
pod sysctl "dir:$image" '' '{sysctls: [
   {name: net.ipv4.ip_unprivileged_port_start, value: "80"},
   {name: net.ipv4.tcp_rmem, value: "4096 65536 65536"},
   {name: kernel.shm_rmid_forced, value: "1"}]}' > sysctl.yaml
host_before=$(cat /proc/sys/net/ipv4/ip_unprivileged_port_start \
	/proc/sys/net/ipv4/tcp_rmem /proc/sys/kernel/shm_rmid_forced)
check "$PODRUN" run -q -f sysctl.yaml
in_pod sysctl /bin/sh -c 'cd /proc/sys; cat net/ipv4/tcp_rmem \
	net/ipv4/ip_unprivileged_port_start kernel/shm_rmid_forced \
	net/ipv4/ping_group_range'
check_eq "$(tr '\t\n' '  ' <<< "$out" | xargs)" \
	'4096 65536 65536 80 1 0 2147483647'
check_eq "$(cat /proc/sys/net/ipv4/ip_unprivileged_port_start \
	/proc/sys/net/ipv4/tcp_rmem /proc/sys/kernel/shm_rmid_forced)" \
	"$host_before" 'sysctls of the host'
remove_pod sysctl
ok 'a safe sysctl is set in the pod only'

core=$(cat /proc/sys/kernel/core_pattern)
while read -r name; do
	pod bad "dir:$image" '' "{sysctls: [{name: '$name', value: '1'}]}" |
		refused 'sysctls'
done << 'END'
kernel.core_pattern
kernel/core_pattern
kernel.shm_rmid_forced/../core_pattern
net.ipv4.tcp_rmem/../../../kernel/core_pattern
net.ipv4.conf.all.route_localnet
net.ipv4.ip_forward
vm.overcommit_memory
fs.suid_dumpable
kernel.modprobe
kernel.panic
../kernel.panic
/proc/sys/kernel/panic
net..ipv4.tcp_rmem
net.ipv4.tcp_rmem.
NET.IPV4.TCP_RMEM

END
for value in '1+kernel.core_pattern=x' '1\n2' '1\0' '/etc' '..' '$(id)' \
	'|/bin/sh' '' '1;2' 'a' '\e[31m'; do
	pod bad "dir:$image" '' "{sysctls: [{name: net.ipv4.tcp_rmem,
		value: \"${value//\\0/\\x00}\"}]}" | refused 'sysctls|value|yaml'
done
for host in hostNetwork hostIPC; do
	name=net.ipv4.tcp_syncookies
	[ $host = hostIPC ] && name=kernel.shm_rmid_forced
	pod bad "dir:$image" '' "{sysctls: [{name: $name, value: '1'}]}" |
		sed "s/^spec:/&\n  $host: true/" | refused 'sysctls.*host'
done
check_eq "$(cat /proc/sys/kernel/core_pattern)" "$core" core_pattern
ok 'any other name, and any value but numbers, is refused (S22)'
