#!/usr/bin/env bash
# Runs the tests under the race detector, in random order. The words and engines (floors 0 and 1) are left out: they
# start no goroutine and keep no state, which "go test" holds them to (floors_test.go), and the detector makes the
# engines' comparisons with random policies ten times slower. What they share is raced where it is used. The tests that
# kill processes are left out too: the detector sees nothing of what a killed process did; and the walks of random calls,
# which run no two things at once.
set -euo pipefail
command -v "$(CGO_ENABLED=1 go env CC)" >/dev/null ||
	{ echo "make race needs a C compiler: Go's race detector is built with cgo, and '$(go env CC)' was not found" >&2; exit 1; }

module=$(go list -m)
pure=$(awk '$1 ~ /^[01]$/ && $2 ~ /^internal\// { print $2 }' floors.txt)
left=$(go list ./... | sed "s#^$module/##" | grep -vE "^($(paste -sd'|' <<<"$pure"))(/|\$)" | grep -vxE "internal/proof")
echo "race: $(wc -l <<<"$left") packages; left out: $(paste -sd' ' <<<"$pure") internal/proof"

export CGO_ENABLED=1
sed "s#^#./#; s#^./$module\$#.#" <<<"$left" | xargs go test -race -shuffle=on -skip 'TestKillDuringPuts|TestCrash$|TestAcknowledgedWritesSurviveKill|NoSequenceOfCallsWidens'
cd verify && go test -race -shuffle=on ./...
