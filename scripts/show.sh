#!/usr/bin/env bash
# Plays what docs/promises.md promises: one runnable proof a line, its verdict, its seconds and its figures.
#   scripts/show.sh 01            every line of part 01
#   scripts/show.sh 01 01.3 01.7  some of them
# Exits 1 if a line failed. Nothing is skipped: a proof whose tool is missing fails and says which. A figure that misses
# its goal fails its line here, and no test anywhere else. What each proof wrote stands in dist/show.
set -uo pipefail
cd "$(dirname "$0")/.."
part=${1:?say which part: 01}
shift
only=("$@")
export CGO_ENABLED=0
log=dist/show
mkdir -p "$log" bin
failed=0 played=0

# proof ID COMMAND...: runs the command, prints the verdict and every line "figure: ..." of its output.
proof() {
	local id=$1 began=$SECONDS verdict=pass
	shift
	if [ "${#only[@]}" -gt 0 ] && [[ ! " ${only[*]} " == *" $id "* ]]; then return; fi
	played=$((played + 1))
	"$@" >"$log/$id" 2>&1 || verdict=fail
	if grep -q 'figure: .*MISSED' "$log/$id"; then verdict=fail; fi
	printf '%s  %s  %s s\n' "$id" "$verdict" "$((SECONDS - began))"
	sed -n 's/^.*figure: /       /p' "$log/$id"
	if [ "$verdict" = fail ]; then
		failed=1
		grep -vE 'figure: |^(=== |ok |PASS)' "$log/$id" | tail -n 25 | sed 's/^/       | /'
	fi
}

# heavy runs tests of the whole binary that are behind the build tag proof. No match is a failure.
heavy() { matched go test -tags proof -count=1 -timeout 60m -v -run "$1" ./internal/proof; }

# named runs quick tests by name in some packages. No match is a failure.
named() { matched go test -count=1 -timeout 30m -v -run "$1" "${@:2}"; }

matched() {
	local out
	out=$(mktemp)
	"$@" 2>&1 | tee "$out"
	local code=$?
	grep -q '^--- PASS' "$out" || { echo "no test ran: $*"; code=1; }
	rm -f "$out"
	return "$code"
}

house() {
	go test -count=1 . && scripts/cover.sh && make lint &&
		echo "figure: floors, package pages, sizes, a fuzz target for each parser, coverage and lint hold; no cloud SDK, nothing dials out"
}

# claims runs every test that docs/claims.md names, wherever it stands, and the law that none is missing.
claims() {
	local names dirs
	names=$(grep -oE '`TestC[0-9][A-Za-z0-9_]+`' docs/claims.md | tr -d '`' | sort -u | paste -sd'|')
	dirs=$(grep -rlE --include='*_test.go' "^func ($names)\(" cmd internal | xargs -n1 dirname | sort -u | sed 's#^#./#')
	named '^TestClaims' . &&
		matched go test -tags proof -count=1 -timeout 30m -v -run "^($names)\$" $dirs && # several folders on purpose
		COMPAT_WITHOUT=$(command -v npm >/dev/null || echo node) compat/run.sh &&
		echo "figure: $(tr '|' '\n' <<<"$names" | wc -l) tests hold the claims that are not planned"
}

writes() {
	export LANYARD_KILLS=50
	named 'Kill|Crash|Fatal|FullDisk' ./internal/store/etcd &&
		heavy '^Test(AcknowledgedWritesSurviveKills|TheDiarySeesALostWrite|AFailedStoreSyncEndsTheServer|AFailedLedgerSyncReleasesNothing|AFullDiskIsRefusedBeforeItIsFull)$'
}

# inputs gives the running binary, the command and the readers of manifests and configurations what cannot be.
inputs() {
	heavy '^Test(AManifestThatCannotBeIsRefusedWhole|ADataFolderOfANewerVersionIsLeftAlone|ADamagedStoreNamesTheWayOut|ADiskThatCannotBeWrittenIsSaidSo)$' &&
		go test -count=1 ./cmd/lanyard ./internal/server ./internal/manifest &&
		echo "figure: manifests, configurations, ports, folders, disks, keys and stores that cannot be are refused, and the place or the way out is named"
}

part01() {
	proof 01.1 heavy '^Test(MakeDemoOnAFreshCheckout|TheDemoShowsEveryRefusal)$'
	proof 01.2 heavy '^TestBothKindsOfIdentitySurviveKills$'
	proof 01.3 heavy '^TestT01'
	proof 01.4 claims
	proof 01.5 house
	proof 01.6 writes
	proof 01.7 heavy '^TestAMillionJunkTokens$'
	proof 01.8 heavy '^Test(ARestoreBringsTheSceneBackAndLeaksNothing|TheSearchFindsEverySeed)$'
	proof 01.9 heavy '^Test(APoisonedEnvironmentLeadsNowhere|TheTraceSeesAStranger)$'
	proof 01.10 heavy '^Test(AnEmptyServerStartsQuickly|AFullServerStartsQuickly)$'
	proof 01.11 heavy '^TestBench'
	proof 01.bad inputs
}

go build -trimpath -o bin/lanyard ./cmd/lanyard || exit 1
LANYARD_BINARY=$PWD/bin/lanyard
export LANYARD_BINARY
case "$part" in
01) part01 ;;
*)
	echo "there is no part $part" >&2
	exit 2
	;;
esac
if [ "$played" -eq 0 ]; then
	echo "there is no line ${only[*]} in part $part" >&2
	exit 2
fi
exit "$failed"
