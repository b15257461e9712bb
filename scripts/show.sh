#!/usr/bin/env bash
# Plays what docs/promises.md promises: one runnable proof a line, its verdict, its seconds and its figures.
#   scripts/show.sh 01            every line of part 01
#   scripts/show.sh 01 01.3 01.7  some of them
# Exits 1 if a line failed. Nothing is skipped: a proof whose tool is missing fails and says which. A figure that misses
# its goal fails its line here, and no test anywhere else. What each proof wrote stands in dist/show.
set -uo pipefail
cd "$(dirname "$0")/.."
part=${1:?say which part: 01, 02 or 03}
shift
only=("$@")
export CGO_ENABLED=0
unset COMPAT_WITHOUT COMPAT_ONLY # a story that is left out would pass
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
		compat/run.sh &&
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

# each wants, of every id, a test whose name carries it, and runs those tests, wherever they stand. An id without a test
# is named, and fails.
each() {
	local id names="" dirs missing=0 pattern
	for id in "$@"; do
		grep -rqE --include='*_test.go' "^func Test[A-Za-z0-9]*$id[A-Za-z0-9]*\(" cmd internal verify ||
			{ echo "no test carries $id"; missing=1; }
	done
	pattern=$(IFS='|'; echo "$*")
	names=$(grep -rhoE --include='*_test.go' "^func Test[A-Za-z0-9]*($pattern)[A-Za-z0-9]*\(" cmd internal |
		sed 's/^func //; s/($//' | sort -u | paste -sd'|')
	dirs=$(grep -rlE --include='*_test.go' "^func ($names)\(" cmd internal | xargs -n1 dirname | sort -u | sed 's#^#./#')
	matched go test -tags proof -count=1 -timeout 30m -v -run "^($names)\$" $dirs && # several folders on purpose
		(cd verify && go test -count=1 ./...) && [ "$missing" = 0 ] &&
		echo "figure: $# ids, $(tr '|' '\n' <<<"$names" | wc -l) tests"
}

# held wants lines of docs/claims.md to be held by tests, runs those of them that need no client, and the law that the page
# and the tests agree. The others are run by the stories of the clients.
held() {
	local n line names dirs
	for n in "$@"; do
		line=$(grep -E "^\| $n \|" docs/claims.md)
		[[ $line == *'`Test'* ]] || { echo "line $n is not held: $line"; return 1; }
		names+=$'\n'$(grep -oE '`Test[A-Za-z0-9_]+`' <<<"$line" | tr -d '`')
	done
	names=$(sort -u <<<"$names" | grep . | paste -sd'|')
	dirs=$(grep -rlE --include='*_test.go' "^func ($names)\(" cmd internal | xargs -rn1 dirname | sort -u | sed 's#^#./#')
	named '^TestClaims' . &&
		{ [ -z "$dirs" ] || matched go test -tags proof -count=1 -timeout 30m -v -run "^($names)\$" $dirs; } &&
		echo "figure: $# claims are held by $(tr '|' '\n' <<<"$names" | wc -l) tests"
}

traps() {
	local all=() n
	for n in $(seq -w 20); do all+=("Wire$n"); done
	each "${all[@]}" && held 5 6 15 23 28 29 30 31 32 33 37 38 45 46 47 && heavy '^TestVerify(SeesARevocation|FailsClosed)$'
}

threats() {
	each J01 J02 J03 J05 J06 J07 J09 J10 J11 J13 J14 J15 J17 J18 J19 J21 J22 J23 J25 J26 J27 J29 J30 J31 \
		F01 F02 F03 F05 F06 F07 F09 F10 F11 F13 F14 F15 F17 F18 F19 F21 F22
}

# outside is the pipeline that has nothing but its own token, at the doors and with real clients.
outside() {
	named '^Test(C05|C06|C35|C36|C39|C40|C41)' ./internal/server ./internal/federation/... &&
		COMPAT_ONLY='^(TestWorkloadIdentity|TestLoginByFederatedToken|TestAJobOfOneRepository)$' compat/run.sh
}

# stories runs every story of every client and compares the page.
stories() {
	compat/run.sh && echo "figure: $(grep -c '| pass |' dist/conformance.md) flows pass, $(grep -c '| transcript |' dist/conformance.md) are transcripts, $(grep -c '| not run' dist/conformance.md) cannot run"
}

# page wants the page to be what the last run of this checkout found, a difference to fail, and a client that is missing to
# fail unless it is left out by name.
page() {
	[ "$(stat -c %Y dist/conformance.md)" -ge "$(git log -1 --format=%ct)" ] || { echo "the last run was of an older checkout: 02.2 first"; return 1; }
	cmp dist/conformance.md docs/conformance.md && (cd compat && go test -count=1 ./page) || return 1
	local bare
	bare=$(mktemp -d)
	for c in bash dirname mktemp rm go id; do ln -s "$(command -v "$c")" "$bare/$c"; done
	if PATH=$bare compat/run.sh >"$bare/said" 2>&1; then
		echo "a run without its clients went through"
		return 1
	fi
	grep -q 'COMPAT_WITHOUT=az leaves it out' "$bare/said" && grep -q 'apt-get install' "$bare/said"
	local said=$?
	cat "$bare/said"
	rm -rf "$bare"
	return "$said"
}

# wrong runs whatever gives the Azure doors and the readers of outside issuers what cannot be: all tests of their rooms.
wrong() {
	whole door/arm door/graph door/entra door/blob door/keyvault door/metadata azwire federation
}

# whole runs all tests of rooms and of their sub-rooms. Each room must have some.
whole() {
	local room all=0
	for room in "$@"; do
		matched go test -count=1 -timeout 30m -v "./internal/$room/..." || all=1
	done
	[ "$all" = 0 ] && echo "figure: all tests of $# rooms"
}

# figures wants each of the benchmarks that it is given: one that is not there fails the line.
figures() {
	local all=0 name
	for name in "$@"; do heavy "^TestBench$name\$" || all=1; done
	return "$all"
}

part02() {
	proof 02.1 outside
	proof 02.2 stories
	proof 02.3 page
	proof 02.4 traps
	proof 02.5 env COMPAT_ONLY='^TestTheSceneWithAzAlone$' compat/run.sh
	proof 02.6 threats
	proof 02.7 figures ARMWrites AssignmentsOfOnePrincipal BlobReads
	proof 02.bad wrong
}

# bound is the role of one function, and everybody who is refused it.
bound() {
	named '^Test(C04ARoleBoundToOneFunction|Container|Instance|P06Service|P07PassRole|Bind|Recreated|TrustIsRead)' ./cmd/lanyard ./internal/door/lambda ./internal/door/metadata \
		./internal/directory/workload ./internal/access
}

# vectors puts the forty traps of the policy language to the engine, to the simulator and to the doors that enforce; the last is
# about the simulator alone.
vectors() {
	local n missing=0
	for n in $(seq -w 40); do
		grep -rqE --include='*_test.go' "^func TestVector$n[A-Z]" internal/iampolicy || { echo "no test of the engine carries $n"; missing=1; }
		[ "$n" = 40 ] || grep -rqE --include='*_test.go' "^func TestVector([0-9]+And)?$n[A-Z]|what: \"$n " internal/door/{s3,sts,iam} ||
			{ echo "no test of a door that enforces carries $n"; missing=1; }
	done
	named '^Test(Vector|VectorsAgree|AgreesWithEnforcement)' ./internal/iampolicy ./internal/access/... ./internal/mint ./internal/door/... &&
		[ "$missing" = 0 ] && go test -run '^$' -fuzz '^FuzzDecide$' -fuzztime "${FUZZTIME:-5m}" ./internal/iampolicy && echo "figure: 40 vectors; ${FUZZTIME:-5m} of random policies against the second evaluator"
}

# signatures changes everything that is signed, and what is not, in requests and in what SAML providers say.
signatures() {
	each A01 A02 A03 A05 A06 A07 A10 A11 A13 A14 A15 A17 A18 A19 A21 A22 P01 P02 P03 P05 P06 P07 P09 P10 P11 P13 P14 P15 P17 P18 P19 \
		S01 S09 S10 S11 S13 S14 S15 S17 S18 S19 S21 S22 S23 S25 S26 &&
		named '^Test(EveryByteThatIsSigned|HarmlessChanges|SuiteOfSignatures|MutatedOneByteRefused)$' ./internal/door/s3 ./internal/awswire
}

# rights wants no session to have more than its role, and no calls to give anybody more than it has.
rights() {
	named '^Test(P03|A11|P07|NoSequence|Nobody|SAMLProvidersOpenNoRoles|C03|SessionsMakeNoOthers)' ./internal/iampolicy ./internal/access \
		./internal/door/sts ./internal/door/iam ./internal/door/eks ./internal/door/graph
}

# clients plays every story of AWS's own clients, and Terraform's backend; and what Terraform's provider calls, as transcripts.
clients() {
	local stories
	stories=$(grep -hoE '^func Test[A-Za-z0-9]+' compat/aws/*_test.go | sed 's/^func //' | grep -vx TestMain | sort -u)
	COMPAT_ONLY="^($(paste -sd'|' <<<"$stories")|TestS3BackendByWebIdentity)\$" compat/run.sh &&
		named '^Test(Transcripts|TerraformHasNothingToChange)$' ./internal/door/iam && echo "figure: $(wc -l <<<"$stories") stories of AWS's clients, and Terraform's s3 backend"
}

# acceptance is the list that docs/promises.md tells item by item; what an item lacks fails the line.
acceptance() {
	local all=0
	COMPAT_ONLY='^Test(CredentialSources|InstanceMetadataOfAnother|S3BySDK|S3ByHostName|C07OneUserAssignedIdentityReadsBoth|C09ByAWebIdentityRole)$' compat/run.sh || all=1
	named '^TestTranscripts$' ./internal/door/iam || all=1
	named '^Test(VectorsAgree|AgreesWithEnforcement)$' ./internal/access/simulate || all=1
	named '^TestSuiteOfSignatures$' ./internal/awswire || all=1
	grep -q CreateSAMLProvider internal/door/iam/testdata/terraform_*.txtar || { echo "not shown: what Terraform's provider calls for a SAML provider"; all=1; }
	return "$all"
}

# speed is what AWS's side takes, and that no decision allocates more for the rules of others.
speed() {
	figures Paths Sessions MultipartUpload Decide
	local all=$?
	named '^TestDecidingDoesNotGrowWithTheAccount$' ./internal/access && return "$all"
}

# input runs whatever gives AWS's doors and the readers of what comes to them what cannot be: all tests of their rooms.
input() {
	whole awswire saml web/query authn door/sts door/iam door/s3 door/lambda door/eks door/metadata
}

part03() {
	proof 03.1 clients
	proof 03.2 bound
	proof 03.3 acceptance
	proof 03.4 vectors
	proof 03.5 signatures
	proof 03.6 rights
	proof 03.7 held 3 4 5 6 10
	proof 03.8 speed
	proof 03.bad input
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
	proof 01.11 heavy '^TestBench(Paths|NewTokens|Sessions|Ledger|Decide)$'
	proof 01.bad inputs
}

go build -trimpath -o bin/lanyard ./cmd/lanyard || exit 1
LANYARD_BINARY=$PWD/bin/lanyard
export LANYARD_BINARY
case "$part" in
01) part01 ;;
02) part02 ;;
03) part03 ;;
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
