#!/usr/bin/env bash
# Runs the long tests: functions TestSoak... behind the build tag soak, which read how long from SOAKTIME.
set -euo pipefail
dirs=$(grep -rlE --include='*_test.go' '^func TestSoak' cmd internal 2>/dev/null | xargs -r -n1 dirname | sort -u)
if [ -z "$dirs" ]; then
	echo "there is no soak test: nothing was tested" >&2
	exit 1
fi
for dir in $dirs; do
	go test -tags soak -count=1 -timeout 0 -run '^TestSoak' -v "./$dir"
done
