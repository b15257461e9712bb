#!/usr/bin/env bash
# Runs the stories of unmodified clients against servers of this checkout, makes the page of what works out of them and
# compares it with docs/conformance.md. Called by "make compat".
#   COMPAT_WITHOUT=az,node   leaves clients out on purpose; without that, a client that is missing is a failure
#   COMPAT_ONLY=TestAz       runs some stories only, and makes no page
set -euo pipefail
cd "$(dirname "$0")/.."
export CGO_ENABLED=0 GOWORK=off
export COMPAT_ROOT=$PWD/compat
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

without() { [[ ",${COMPAT_WITHOUT:-}," == *",$1,"* ]]; }

# A version manager's aws is a script that starts others before each call, and the stories call it hundreds of times: what
# it would choose comes first in the path.
if chosen=$(pyenv which aws 2>/dev/null); then PATH=$(dirname "$chosen"):$PATH; fi

# provide wants the commands behind "--". What the system's packages can bring is installed where that is allowed.
provide() {
	local key=$1 packages=$2 missing=()
	shift 2
	without "$key" && { echo "compat: $key was left out (COMPAT_WITHOUT)"; return; }
	for c in "$@"; do command -v "$c" >/dev/null || missing+=("$c"); done
	[ "${#missing[@]}" -gt 0 ] || return 0
	local install="apt-get install -y --no-install-recommends $packages"
	if [ -n "$packages" ] && [ "$(id -u)" = 0 ] && [ -e /etc/debian_version ]; then
		echo "compat: ${missing[*]} missing: $install"
		# shellcheck disable=SC2086 # several words on purpose
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive $install -qq >/dev/null
	fi
	for c in "${missing[@]}"; do
		command -v "$c" >/dev/null && continue
		[ -n "$packages" ] && echo "compat: $c is missing: sudo $install" >&2 || echo "compat: $c is missing" >&2
		echo "compat: COMPAT_WITHOUT=$key leaves it out" >&2
		exit 1
	done
}
provide az azure-cli az
provide node "nodejs npm" node npm
provide python python3-azure /usr/bin/python3
provide terraform "" terraform
provide aws awscli aws
provide boto3 python3-boto3 python3

go build -trimpath -o "$work/lanyard" ./cmd/lanyard
(cd examples/two-clouds && go vet ./... && go test ./... && go build -trimpath -o "$work/two-clouds" .)
(cd compat/goclient && go vet ./... && go build -trimpath -o "$work/goclient" .)
(cd compat/awsclient && go vet ./... && go build -trimpath -o "$work/awsclient" .)
(cd compat/hashicorp && go vet ./... && go build -trimpath -o "$work/hashicorp" .)

export COMPAT_LANYARD=$work/lanyard COMPAT_GOCLIENT=$work/goclient COMPAT_AWSCLIENT=$work/awsclient COMPAT_HASHICORP=$work/hashicorp COMPAT_ROWS=$work/rows
COMPAT_FUNCTIONS="Go=$work/two-clouds"
mkdir "$COMPAT_ROWS"
if ! without node; then
	# What is installed already, for this very lock file, is not fetched again.
	cmp -s compat/node/package-lock.json compat/node/node_modules/.installed ||
		(cd compat/node && npm ci --no-fund --no-audit && cp package-lock.json node_modules/.installed)
	COMPAT_FUNCTIONS+=$'\n'"Node=node '$PWD/compat/node/two-clouds.mjs'"
fi
export COMPAT_FUNCTIONS

cd compat
go vet ./...
if [ -n "${COMPAT_ONLY:-}" ]; then
	go test -count=1 -timeout 20m -v -run "$COMPAT_ONLY" ./... | tee "$work/said"
	grep -q '^--- PASS' "$work/said" || { echo "compat: no story is called $COMPAT_ONLY" >&2; exit 1; }
	exit
fi
result=0
go test -count=1 -timeout 20m -v -p 2 ./... || result=1
go build -o "$work/page" ./page
cd ..
"$work/page" "$COMPAT_ROWS" docs/conformance.md dist/conformance.md || result=1
exit "$result"
