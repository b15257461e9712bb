#!/usr/bin/env bash
# Holds the statement coverage of the engines to its bounds: what decides is covered whole.
set -euo pipefail
bad=0
check() {
	local bound=$1 dir=$2 line percent
	if [ ! -d "$dir" ]; then
		echo "missing  $dir"
		bad=1
		return
	fi
	line=$(cd "$dir" && go test -cover . 2>&1 | tail -n 1) || true
	percent=$(sed -nE 's/.*coverage: ([0-9.]+)% of statements.*/\1/p' <<<"$line")
	if [ -z "$percent" ]; then
		echo "FAIL     $dir: $line"
		bad=1
	elif awk -v p="$percent" -v b="$bound" 'BEGIN { exit !(p < b) }'; then
		echo "$percent% $dir: below $bound%"
		bad=1
	else
		echo "$percent% $dir"
	fi
}
for dir in internal/{rbac,iampolicy,claims,glob,cond} verify/strictjson; do check 100 "$dir"; done
for dir in internal/{jose,awswire,azwire}; do check 95 "$dir"; done
exit "$bad"
