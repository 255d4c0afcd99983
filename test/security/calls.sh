#!/bin/bash
# SPDX-License-Identifier: MIT
# security/calls.sh - S21, S23, S28, S33-S36, S38: what the kernel is asked.
#
# The table of all numbers is held by ns/test_sec_seccomp; here real
# processes of real containers probe that it is in force, and how.
# shellcheck source=helpers.bash
. "$SRCDIR/test/security/helpers.bash"
image=$POD_TEST_TMP/image
make_image "$image"

# pod NAME SECURITY-CONTEXT
pod()
{
	start_pod "$1" << END
apiVersion: v1
kind: Pod
metadata: {name: $1}
spec:
  restartPolicy: Never
  terminationGracePeriodSeconds: 1
  containers:
  - name: main
    image: dir:$image
    command: [/bin/sh, -c, 'probe_calls clone3 keyctl unshare_user > /start;
      exec sleep 1000']
    securityContext: $2
END
}

check_default()
{
	local call

	verdicts "$1" getpid unknown clone3 io_uring_setup io_uring_enter \
		keyctl add_key request_key unshare_user unshare_mount \
		clone_user clone_user_high setns fsopen open_tree move_mount \
		mount_setattr pivot_root umount2 open_by_handle_at bpf \
		perf_event_open userfaultfd init_module finit_module \
		kexec_load reboot settimeofday clock_settime swapon acct \
		syslog sethostname quotactl vmsplice kcmp pidfd_getfd mbind \
		personality_random personality_query mount_cgroup2 \
		mount_cgroup mount_proc
	for call in getpid personality_query; do
		verdict $call OK
	done
	for call in unknown clone3 io_uring_setup io_uring_enter; do
		verdict $call ENOSYS
	done
	for call in keyctl add_key request_key unshare_user unshare_mount \
		clone_user clone_user_high setns fsopen open_tree move_mount \
		mount_setattr pivot_root umount2 open_by_handle_at bpf \
		perf_event_open userfaultfd init_module finit_module \
		kexec_load reboot settimeofday clock_settime swapon acct \
		syslog sethostname quotactl vmsplice kcmp pidfd_getfd mbind \
		personality_random mount_cgroup2 mount_cgroup mount_proc; do
		verdict $call EPERM
	done
}

pod plain '{}'
check_default plain
in_pod plain /bin/cat /start
check_eq "$out" "$(printf '%s\n' 'clone3 ENOSYS' 'keyctl EPERM' \
	'unshare_user EPERM')" 'the container'\''s own process'
ok 'known and denied is EPERM, unknown and replaceable is ENOSYS (S33)'

# AF_UNIX 1, INET 2, INET6 10, NETLINK 16; any other family is none.
verdicts plain socket={0..45} socket_high={1,2,17,38,40} \
	socketpair={1,17,38,40} netlink_audit socket_raw=2 socket_raw=17
for i in {0..45}; do
	case $i in
	1 | 2 | 10) verdict "socket=$i" OK ;;
	16) verdict "socket=$i" OK ;;
	*) verdict "socket=$i" EAFNOSUPPORT ;;
	esac
done
for i in 17 38 40; do
	verdict "socket_high=$i" EAFNOSUPPORT
	verdict "socketpair=$i" EAFNOSUPPORT
done
verdict socket_high=1 OK
verdict netlink_audit EAFNOSUPPORT
verdict socket_raw=2 EPERM
verdict socket_raw=17 EAFNOSUPPORT
ok 'AF_ALG, AF_VSOCK, AF_PACKET and the rest do not exist (S35)'

verdicts plain tiocsti tiocsti_high tioclinux tioclinux_high
for call in tiocsti tiocsti_high tioclinux tioclinux_high; do
	verdict $call EPERM
done
if [ "$(uname -m)" = x86_64 ]; then
	verdicts plain x32_getpid i386_getpid iopl ioperm modify_ldt
	check_match "$out" $'(^|\n)x32_getpid (ENOSYS|SIG31)'
	check_match "$out" $'(^|\n)i386_getpid (ENOSYS|SIG31|SIG11)'
	verdict iopl EPERM
	verdict ioperm EPERM
	verdict modify_ldt ENOSYS
fi
ok 'high bits and other ABIs are no way around (S23, S34)'

verdicts plain mknod_block mknod_char
verdict mknod_block EPERM
verdict mknod_char EPERM
ok 'no device node without MKNOD (S38)'
remove_pod plain

# A node in the image's own file system is not opened either.
mknod "$image/disk" b 7 0
mknod "$image/zero" c 1 5
chmod 666 "$image/disk" "$image/zero"
pod nodes '{capabilities: {add: [MKNOD, NET_RAW]}}'
for node in disk zero; do
	in_pod nodes /bin/sh -c ": < /$node"
	check_match "$err" 'denied' "/$node of the image"
	in_pod nodes /bin/sh -c "mknod /made-$node b 7 0; : < /made-$node"
	check_match "$err" 'denied' "/made-$node with MKNOD"
done
verdicts nodes socket_raw=17 socket_raw=2 socket=38 socket=40
verdict socket_raw=17 OK
verdict socket_raw=2 OK
verdict socket=38 EAFNOSUPPORT
verdict socket=40 EAFNOSUPPORT
remove_pod nodes
rm "$image/disk" "$image/zero"
ok 'nodes of images are dead, AF_PACKET comes with NET_RAW (S35, S38)'

pod user '{runAsUser: 1000, runAsGroup: 1000}'
check_default user
remove_pod user
pod nnp '{allowPrivilegeEscalation: false}'
check_default nnp
remove_pod nnp
pod dropped '{capabilities: {drop: [ALL]}}'
check_default dropped
verdicts dropped mknod_block mknod_char socket_raw=17
verdict mknod_block EPERM
remove_pod dropped
ok 'the same for a user, with no_new_privs and without capabilities'

# The filter goes by the capabilities: what one opens, the others do not.
pod admin '{capabilities: {add: [SYS_ADMIN]}}'
verdicts admin unshare_mount setns keyctl open_by_handle_at clone3 bpf \
	userfaultfd reboot
verdict unshare_mount OK
verdict setns EBADF
verdict keyctl EPERM
verdict open_by_handle_at EPERM
verdict userfaultfd EPERM
verdict reboot EPERM
remove_pod admin
ok 'SYS_ADMIN opens mounting and nothing else'

# S36: keyrings are not namespaced; where the calls are open (Unconfined),
# the session keyring is still a new and empty one.
pod keys '{seccompProfile: {type: Unconfined}}'
in_pod keys /bin/cat /proc/keys
check_eq "$out" '' '/proc/keys'
verdicts keys keyctl unshare_user getpid
verdict keyctl OK
remove_pod keys
ok 'keys are hidden (S36)'
