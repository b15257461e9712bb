#!/usr/bin/env bash
# Fuzzes each target for a time: all of them, or those whose package changed. The seeds and the findings kept under
# testdata run in every "go test" anyway.
#
# usage: scripts/fuzz.sh TIME all|changed
set -euo pipefail
time=$1 which=$2

# changed lists the folders of the Go files that differ from the upstream branch, or from the commit before.
changed() {
	git rev-parse --git-dir >/dev/null 2>&1 || return 0
	local base=HEAD~1
	if git rev-parse -q --verify origin/main >/dev/null && ! git merge-base --is-ancestor HEAD origin/main; then
		base=$(git merge-base HEAD origin/main)
	fi
	git rev-parse -q --verify "$base" >/dev/null || return 0
	{ git diff --name-only "$base" -- '*.go'; git ls-files --others --exclude-standard -- '*.go'; } |
		while read -r file; do dirname "$file"; done | sort -u
}

# targets prints "folder target" for each fuzz function of the product.
targets() {
	{ grep -rHoE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]+' cmd internal verify 2>/dev/null || true; } |
		sed -E 's#^(.*)/[^/]+:func (Fuzz.*)$#\1 \2#' | sort -u
}

dirs=""
if [ "$which" = changed ]; then
	dirs=$(changed)
fi
count=0
while read -r dir target; do
	[ -n "$dir" ] || continue
	if [ "$which" = changed ] && ! grep -qxF "$dir" <<<"$dirs"; then
		continue
	fi
	echo "fuzz $dir $target"
	(cd "$dir" && go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" . | { grep -vE '^fuzz: elapsed' || true; })
	count=$((count + 1))
done < <(targets)
echo "fuzzed $count targets for $time each"
