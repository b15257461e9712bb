#!/usr/bin/env bash
# Plays the whole scene, with every refusal, through unmodified SDKs: Go's and Node's. Called by "make compat".
# Without Node this fails; COMPAT_WITHOUT=node says that it is left out on purpose.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export CGO_ENABLED=0 GOWORK=off

without() { [[ ",${COMPAT_WITHOUT:-}," == *",$1,"* ]]; }

if ! without node && ! { command -v node && command -v npm; } >/dev/null; then
	echo "compat: node and npm are missing, and Node's SDKs are part of this; COMPAT_WITHOUT=node leaves them out" >&2
	exit 1
fi

go build -trimpath -o "$work/lanyard" ./cmd/lanyard
(cd examples/two-clouds && go vet ./... && go test ./... && go build -trimpath -o "$work/two-clouds" .)

COMPAT_LANYARD=$work/lanyard
COMPAT_FUNCTIONS="Go=$work/two-clouds"
if without node; then
	echo "compat: Node was left out (COMPAT_WITHOUT=node)"
else
	(cd compat/node && npm ci --no-fund --no-audit)
	COMPAT_FUNCTIONS+=$'\n'"Node=node '$PWD/compat/node/two-clouds.mjs'"
fi
export COMPAT_LANYARD COMPAT_FUNCTIONS
cd compat
go vet ./...
go test -count=1 -v ./...
