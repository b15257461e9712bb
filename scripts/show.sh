#!/usr/bin/env bash
# Plays what docs/promises.md promises: one runnable proof a line, its verdict, its figures and its seconds.
#   scripts/show.sh 01          every line of part 01
#   scripts/show.sh 01 01.3     one line
# Exits 1 if a line failed. Nothing is skipped: a proof whose tool is missing fails and says which.
set -uo pipefail
cd "$(dirname "$0")/.."
part=${1:?say which part: 01}
shift || true
log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT
failed=0

# proof ID COMMAND...: runs the command, prints the verdict and every line "figure: ..." of its output.
proof() {
	local id=$1 began=$SECONDS verdict=pass
	shift
	if [ "${#only[@]}" -gt 0 ] && [[ ! " ${only[*]} " == *" $id "* ]]; then return; fi
	"$@" >"$log/$id" 2>&1 || verdict=FAIL
	[ "$verdict" = pass ] || failed=1
	printf '%s  %s  %ss\n' "$id" "$verdict" "$((SECONDS - began))"
	sed -n 's/^.*figure: /       /p' "$log/$id"
	if [ "$verdict" = FAIL ]; then tail -n 25 "$log/$id" | sed 's/^/       | /'; fi
}

# heavy runs tests of the whole binary that are behind the build tag proof.
heavy() { go test -tags proof -count=1 -timeout 60m -v -run "$1" ./internal/proof; }

# named runs tests by name anywhere in the tree and fails where none matches.
named() {
	local out
	out=$(go test -count=1 -v -run "$1" "${@:2}" 2>&1) || { echo "$out"; return 1; }
	grep -q '^--- PASS' <<<"$out" || { echo "no test matches $1"; return 1; }
	echo "figure: $(grep -c '^--- PASS' <<<"$out") tests"
}

both() { "$1" "${@:3}" && "$2" "${@:3}"; }

house() {
	named '^Test(Floors|Dependencies|PackageComments|Sizes|ErrorsPage|EveryParser|Claims|NothingDialsOut)' . &&
		scripts/cover.sh && make lint
}

writes() {
	LANYARD_KILLS=50 go test -count=1 -v -run '^TestAcknowledgedWritesSurviveKill$' ./internal/store/etcd &&
		heavy '^Test(AcknowledgedWritesSurviveKills|AFailedStoreSyncEndsTheServer|AFailedLedgerSyncReleasesNothing|AFullDiskIsRefusedBeforeItIsFull)$'
}

claims() { named '^TestC[0-9]+' ./... && (cd compat && go test -count=1 ./... ) && heavy '^TestC[0-9]+' && named '^TestClaims' .; }

part01() {
	proof 01.1 heavy '^Test(MakeDemoOnAFreshCheckout|TheDemoShowsEveryRefusal)$'
	proof 01.2 heavy '^TestBothKindsOfIdentitySurviveKills$'
	proof 01.3 heavy '^TestT01'
	proof 01.4 claims
	proof 01.5 house
	proof 01.6 writes
	proof 01.7 heavy '^TestAMillionJunkTokens$'
	proof 01.8 heavy '^TestARestoreBringsTheSceneBackAndLeaksNothing$'
	proof 01.9 heavy '^Test(APoisonedEnvironmentLeadsNowhere|TheTraceSeesAStranger)$'
	proof 01.10 heavy '^TestA(n)?(Empty|Full)?ServerStartsQuickly$|^TestAnEmptyServerStartsQuickly$|^TestAFullServerStartsQuickly$'
	proof 01.11 heavy '^TestBench'
	proof 01.bad named '^Test(AManifestThatCannotBeIsRefusedWhole|ADataFolderOfANewerVersionIsLeftAlone|ADamagedStoreNamesTheWayOut|AWrongConfigIsRefusedWithItsPlace|Scripts?)$' ./internal/proof ./internal/server ./cmd/lanyard
}

only=("$@")
case "$part" in
01) part01 ;;
*)
	echo "there is no part $part" >&2
	exit 2
	;;
esac
exit "$failed"
