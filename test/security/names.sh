#!/bin/bash
# SPDX-License-Identifier: MIT
# security/names.sh - S31, S43: names and strings are no paths and no syntax.
# shellcheck source=helpers.bash
. "$SRCDIR/test/security/helpers.bash"
image=$POD_TEST_TMP/image
make_image "$image"
files=$(find "$PODRUN_ROOT" "$PODRUN_RUN" 2> /dev/null | sort)

# Ten thousand, of which none is a name. As one stream of documents: what
# counts is that each is refused, and that nothing has happened.
cat > names.py << 'END'
import json, random
random.seed(43)
fixed = ["", ".", "..", "/", "a/b", "../x", "a/../b", "-", "-x", "x-", "--all",
         "-f", "A", "a_b", "a b", "a\tb", "a\nb", "a\rb", "a\x1b[31m", "a%2fb",
         "a" * 254, "a" * 4096, "é", "\u202ea", "a\u200b", "$(id)", "`id`",
         "a;b", "a|b", "*", "a*", "~", "~root", "a:b", "a=b", "a,b", "con/aux",
         "\\", "a\\b", "'", '"', "a\x7f", "\ufeffa", "a.", ".a", "a..b",
         "proc/self", "/proc/1", "\uff41", "a@b", "a#b", "0\u0661"]
bad = list("/._-A \n\t\x01\x1b%$`*~:;|\\\"'<>&()[]{}!?@#,+=^") + \
    ["..", "../", "é", "\u202e", "\u0000x"[1:].upper(), "\U0001f600"]
def names():
    yield from fixed
    n = len(fixed)
    while n < 10000:
        text = [random.choice("abcxyz019") for _ in range(random.randint(0, 70))]
        text.insert(random.randint(0, len(text)), random.choice(bad))
        name = "".join(text)
        if all(c in "abcdefghijklmnopqrstuvwxyz0123456789-." for c in name) \
           and name.strip("-.") == name and "" not in name.split(".") \
           and not any(p.startswith("-") or p.endswith("-")
                       for p in name.split(".")):
            continue    # that is a name after all
        n += 1
        yield name
import sys
kind, start = sys.argv[1], int(sys.argv[2])
for i, name in enumerate(names()):
    if i < start or i >= start + int(sys.argv[3]):
        continue
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "ok"},
           "spec": {"volumes": [{"name": "vol", "emptyDir": {}}],
                    "containers": [{"name": "main", "image": "host",
                                    "command": ["/bin/true"]}]}}
    if kind == "pod":
        pod["metadata"]["name"] = name
    elif kind == "container":
        pod["spec"]["containers"][0]["name"] = name
    elif kind == "volume":
        pod["spec"]["volumes"][0]["name"] = name
    elif kind == "namespace":
        pod["metadata"]["namespace"] = name
    print("---")
    print(json.dumps(pod))
END
# count KIND: every document has its own error
corpus()
{
	local at docs=0 bad=0 chunk=250

	[ "$2" -ge "$chunk" ] || chunk=$2

	for ((at = 0; at < $2; at += chunk)); do
		python3 names.py "$1" $at $chunk > names.yaml
		docs=$((docs + $(grep -c '^---$' names.yaml)))
		run "$PODRUN" create -q -f names.yaml
		check_status 1
		check_no_match "$err" $'[\x01-\x08\x0b-\x1f\x7f]' \
			'control characters in a message'
		bad=$((bad + $(grep -oE '^names.yaml:[0-9]+' <<< "$err" |
			sort -u | wc -l)))
	done
	[ "$bad" -ge $((docs - $3)) ] ||
		fail "$1: only $bad of $docs documents have an error"
	check_eq "$(find "$PODRUN_ROOT" "$PODRUN_RUN" 2> /dev/null | sort)" \
		"$files" "$1: files"
	check_eq "$("$PODRUN" get -A -q -o name)" ''
}
# An empty namespace is the default one.
corpus pod "$names" 0
corpus container $((names / 20)) 0
corpus volume $((names / 20)) 0
corpus namespace $((names / 20)) 1
ok "$names names that are none (S43)"

# On the command line, too: as a reference and as a name to be.
while IFS= read -r name; do
	for verb in get inspect delete stop kill logs describe; do
		run "$PODRUN" $verb -- "$name"
		[ "$status" != 0 ] || fail "$verb $name"
	done
	run "$PODRUN" run --image host -- "$name"
	[ "$status" != 0 ] || fail "run $name"
	run "$PODRUN" get -n "$name"
	check_no_match "$out" '\.\.'
done << 'END'
..
../pods
../../etc
a/b
pod/../x
.
/etc/passwd
default/../x
A
$(id)
END
check_eq "$(find "$PODRUN_ROOT" "$PODRUN_RUN" 2> /dev/null | sort)" "$files"
ok 'nor as an argument'

# S31: control characters in a field that becomes a line, a path or a name.
spec()
{
	cat << END
{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"},
 "spec": {"restartPolicy": "Never", "terminationGracePeriodSeconds": 1,
  $1
  "volumes": [{"name": "v", $3}],
  "containers": [{"name": "main", "image": "dir:$image", $2
   "command": ["/bin/sh", "-c", "exec sleep 1000"]}]}}
END
}
empty='"emptyDir": {}'
for c in '\n' '\r' '\u0001' '\u001b[2J' '\u007f' '\u0000'; do
	while read -r where text; do
		text=${text//@/$c}
		case $where in
		pod) spec "$text," '' "$empty" ;;
		container) spec '' "$text," "$empty" ;;
		volume) spec '' '' "$text" ;;
		esac | refused 'refused.yaml:'
		check_no_match "$err" $'[\x01-\x08\x0b-\x1f\x7f]' "$text"
	done << 'END'
pod "hostname": "a@b"
pod "subdomain": "a@b"
pod "hostAliases": [{"ip": "127.0.0.1", "hostnames": ["a@127.0.0.9 b"]}]
pod "hostAliases": [{"ip": "127.0.0.1@", "hostnames": ["a"]}]
pod "dnsPolicy": "None", "dnsConfig": {"nameservers": ["1.1.1.1@"]}
pod "dnsConfig": {"searches": ["a@nameserver 6.6.6.6"]}
pod "dnsConfig": {"options": [{"name": "ndots@x", "value": "1"}]}
pod "dnsConfig": {"options": [{"name": "ndots", "value": "1@x"}]}
pod "nodeName": "a@b"
pod "securityContext": {"sysctls": [{"name": "net.ipv4.tcp_rmem", "value": "1@"}]}
container "workingDir": "/a@b"
container "terminationMessagePath": "/a@b"
container "volumeMounts": [{"name": "v", "mountPath": "/a@b"}]
container "volumeMounts": [{"name": "v", "mountPath": "/a", "subPath": "x@y"}]
container "env": [{"name": "A@B", "value": "x"}]
container "env": [{"name": "A=B@", "value": "x"}]
container "ports": [{"containerPort": 80, "name": "a@b"}]
container "securityContext": {"capabilities": {"add": ["CHOWN@"]}}
volume "hostPath": {"path": "/tmp/@x"}
volume "hostPath": {"path": "/tmp", "type": "Directory@"}
END
done
ok 'control characters are refused where they would be syntax (S31)'

# An argument and a value reach the process byte for byte.
start_pod x << END
{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"},
 "spec": {"restartPolicy": "Never", "terminationGracePeriodSeconds": 1,
  "containers": [{"name": "main", "image": "dir:$image",
   "env": [{"name": "E", "value": "-a\nLD_PRELOAD=x\u001b[31m"}],
   "command": ["/bin/sh", "-c", "exec sleep 1000", "--rm", "-v\n", ";id",
     "\$\$(id)"]}]}}
END
main=$(pid_of x)
check_eq "$(tr '\0' '|' < "/proc/$main/environ" | grep -c '^LD_PRELOAD=x')" 1 \
	'one value of two lines'
check_eq "$(tr -d '\0' < "/proc/$main/environ" | grep -ao 'E=-a' | wc -l)" 1
in_pod x /bin/sh -c 'env | grep -c ^E='
check_eq "$out" 1
remove_pod x
spec '' '"env": [{"name": "A", "value": "a\u0000b"}],' "$empty" |
	refused 'refused.yaml:'
ok 'and reach the process as they are where they are data'
