#!/usr/bin/env bash
# Fuzzes targets for a time each: all of them, or those whose package changed. The seeds and the findings kept under
# testdata run in every "go test" anyway.
#
# What changed is measured against BASE, else against origin/main where HEAD is ahead of it. Where nobody knows the last
# landing (a fresh clone), everything counts as changed. At most FUZZMAX of what changed is fuzzed; which, the commit
# decides, so that each landing takes others.
#
# usage: scripts/fuzz.sh TIME all|changed
set -euo pipefail
time=$1 which=$2 max=${FUZZMAX:-12}

# base prints the commit to compare with; nothing where there is none.
base() {
	if [ -n "${BASE:-}" ]; then
		git rev-parse --verify "$BASE^{commit}"
	elif git rev-parse -q --verify origin/main >/dev/null && ! git merge-base --is-ancestor HEAD origin/main; then
		git merge-base HEAD origin/main
	fi
}

# targets prints "folder target" for each fuzz function of the product.
targets() {
	{ grep -rHoE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]+' cmd internal verify || true; } |
		sed -E 's#^(.*)/[^/]+:func (Fuzz.*)$#\1 \2#' | sort -u
}

# of_changed keeps the targets whose folder has a Go file or test data that differs from the commit $1.
of_changed() {
	local folders
	folders=$({ git diff --name-only "$1"; git ls-files --others --exclude-standard; } |
		sed -nE 's#/testdata/.*#/#; s#/[^/]*\.go$#/#; s#/$##p' | sort -u)
	while read -r dir target; do
		if grep -qxF "$dir" <<<"$folders"; then echo "$dir $target"; fi
	done
}

# by_commit puts lines into an order that is the commit's own.
by_commit() {
	local head
	head=$(git rev-parse HEAD 2>/dev/null || echo none)
	while read -r line; do
		echo "$(sha256sum <<<"$head $line" | cut -c1-16) $line"
	done | sort | cut -d' ' -f2-
}

all=$(targets)
chosen=$all
if [ "$which" = changed ]; then
	since=$(base)
	if [ -n "$since" ]; then
		chosen=$(of_changed "$since" <<<"$all")
		say="changed since ${since:0:12}"
	else
		say="counted as changed: the last landing is not known here"
	fi
	chosen=$(sed '/^$/d' <<<"$chosen")
	changed=$(grep -c . <<<"$chosen" || true)
	chosen=$(sed '/^$/d' <<<"$chosen" | by_commit | head -n "$max")
fi

# fuzz_one fuzzes one target. Before Go 1.27 a target may fail at the end of its time by "context deadline exceeded", without
# an input (go.dev/issue/75804): that is no finding, and the target gets its time again.
fuzz_one() {
	local said try
	for try in 1 2 3 4; do
		if said=$(cd "$1" && go test -run '^$' -fuzz "^$2\$" -fuzztime "$time" . 2>&1); then
			grep -vE '^(fuzz: elapsed|PASS)' <<<"$said" || true
			return 0
		fi
		grep -q 'context deadline exceeded' <<<"$said" && ! grep -q 'Failing input' <<<"$said" || break
		echo "ended without an input, try $try"
	done
	grep -vE '^(fuzz: elapsed|PASS)' <<<"$said" || true
	return 1
}

count=0 failed=0
while read -r dir target; do
	[ -n "$dir" ] || continue
	echo "fuzz $dir $target"
	fuzz_one "$dir" "$target" || failed=$((failed + 1))
	count=$((count + 1))
done <<<"$chosen"
total=$(grep -c . <<<"$all" || true)
if [ "$which" = changed ]; then
	echo "fuzzed $count of $total targets for $time each; $changed $say, at most $max are fuzzed, the others ran their seeds"
else
	echo "fuzzed $count of $total targets for $time each"
fi
[ "$failed" -eq 0 ] || { echo "$failed targets failed: keep what they found under testdata" >&2; exit 1; }
[ "$total" -gt 0 ] || { echo "no fuzz target was found" >&2; exit 1; }
