#!/bin/bash
# SPDX-License-Identifier: MIT
# cli/usage.sh - the command line itself: help, usage errors, completion.
# shellcheck source=../support/cli.sh
. "$SRCDIR/test/support/cli.sh"

verbs='create start run stop kill delete get describe inspect logs exec wait
events plan validate doctor gc version completion help'

run "$PODRUN" help
check_status 0
overview=$out
for verb in $verbs; do
	check_match "$overview" "  $verb +" "help lists $verb"
	run "$PODRUN" "$verb" --help
	check_status 0
	check_match "$out" "usage: podrun $verb " "$verb --help"
	check_match "$out" '--namespace NS'
	check_eq "$err" '' "$verb --help is quiet on standard error"
	run "$PODRUN" "$verb" --no-such-option
	check_status 2
	check_match "$err" "podrun: $verb: option --no-such-option is unknown"
	check_match "$err" "usage: podrun $verb "
	check_eq "$out" '' "a usage error prints nothing on standard output"
done
ok 'every command explains itself and refuses what it does not know'

run "$PODRUN" --help
check_status 0
check_eq "$out" "$overview" '--help is help'
run "$PODRUN" help get
get_help=$out
run "$PODRUN" ps --help
check_eq "$out" "$get_help" 'ps is get'

run "$PODRUN"
check_status 2
run "$PODRUN" frobnicate
check_status 2
check_match "$err" 'unknown command "frobnicate"'
for verb in attach top pause resume resize image apply; do
	run "$PODRUN" "$verb" x
	check_status 2
	check_eq "$err" "podrun: $verb: not available in this version"
done
run "$PODRUN" exec -t x -- sh
check_status 2
check_match "$err" 'no terminal support in this version; use -i'
run "$PODRUN" exec -it x -- sh
check_status 2
run "$PODRUN" run x --image host -it
check_status 2
ok 'what comes later says so'

for words in 'create' 'create -f' 'create -f x extra' 'start' 'stop' 'kill' \
	'delete' 'delete x --all' 'delete x --now --grace-period=3' \
	'delete x --force --grace-period=3' 'delete x --wait=maybe' \
	'run' 'run x' 'run -f x y' 'run -f x --image host' \
	'kill x -s NOSUCH' 'kill x -s 0' 'stop x --grace-period=soon' \
	'logs' 'logs x --tail=many' 'logs x --since=yesterday' \
	'logs x -c a --all-containers' 'exec' 'exec x' 'wait x' \
	'wait --for=delete' 'wait x --for=jsonpath=x' \
	'wait x --for=delete --timeout=later' 'inspect' 'inspect x y' \
	'get x -l a=b' 'get x -A' 'get -l a=(b' 'get -o xml' 'plan' \
	'validate' 'validate -f' 'completion' 'completion tcsh' 'version x' \
	'doctor x' 'gc x' 'delete -o yaml x' '-o bad get' '-n'; do
	# shellcheck disable=SC2086 # words are words
	run "$PODRUN" $words
	check_status 2
	check_match "$err" 'usage: podrun ' "podrun $words"
done
ok 'a wrong command line is status 2 with a usage line'

run "$PODRUN" version
check_status 0
check_match "$out" '^podrun [0-9.]+ \(libpod-core [0-9.]+\)$'
plain=$out
for words in '-o json version' 'version -o json' 'version -o yaml -o json' \
	'version -ojson' 'version --output=json' 'version --output json'; do
	# shellcheck disable=SC2086
	run "$PODRUN" $words
	check_status 0
	check_match "$out" '"podrun": "[0-9.]+"' "podrun $words"
done
run "$PODRUN" -o json version -o table
check_eq "$out" "$plain" 'the last of two wins'
ok 'global options stand before and after the command'

for shell in bash zsh fish; do
	run "$PODRUN" completion "$shell"
	check_status 0
	printf '%s\n' "$out" > "completion.$shell"
	for verb in $verbs; do
		check_match "$out" "$verb" "$shell completes $verb"
	done
	if command -v "$shell" > /dev/null; then
		check "$shell" -n "completion.$shell"
	fi
done
complete_line()
{
	COMP_WORDS=("$@")
	COMP_CWORD=$(($# - 1))
	COMPREPLY=()
	_podrun
	echo "${COMPREPLY[*]}"
}
# shellcheck source=/dev/null
. ./completion.bash
check_eq "$(complete_line podrun de)" 'delete describe'
check_eq "$(complete_line podrun delete --fo)" '--force'
check_eq "$(complete_line podrun -n x logs --ta)" '--tail'
check_eq "$(complete_line podrun completion f)" 'fish'
check_eq "$(complete_line podrun get -o j)" 'json'
ok 'completion scripts parse, and bash completes'

# Only a full device makes write errors; output that is lost is a failure.
"$PODRUN" help > /dev/full 2> err.txt
check_eq "$?" 1 'help into a full device'
check_match "$(cat err.txt)" 'ENOSPC'
ok 'lost output is an error'
