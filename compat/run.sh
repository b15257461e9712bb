#!/usr/bin/env bash
# Plays the whole scene, with every refusal, through unmodified SDKs: Go's, then Node's. Called by "make compat".
# Without Node this fails; COMPAT_WITHOUT=node says that it was left out on purpose.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

passed=0 failed=0
scene() {
	local name=$1 start=$SECONDS
	shift
	echo "== $name"
	if "$@"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
	fi
	echo "== $name: $((SECONDS - start)) s"
}

without() { [[ ",${COMPAT_WITHOUT:-}," == *",$1,"* ]]; }

if ! without node && ! { command -v node && command -v npm; } >/dev/null; then
	echo "compat: node and npm are missing, and Node's SDKs are part of this; COMPAT_WITHOUT=node leaves them out" >&2
	exit 1
fi

export CGO_ENABLED=0
go build -trimpath -o "$work/lanyard" ./cmd/lanyard
(cd examples/two-clouds && go vet ./... && go test ./... && go build -trimpath -o "$work/two-clouds" .)

scene "Go, user-assigned identity" "$work/lanyard" demo --function "$work/two-clouds"
scene "Go, system-assigned identity" "$work/lanyard" demo --function "$work/two-clouds" --system-assigned
if without node; then
	echo "== Node was left out (COMPAT_WITHOUT=node)"
else
	(cd compat/node && npm ci --no-fund --no-audit)
	scene "Node, user-assigned identity" "$work/lanyard" demo --function "node compat/node/two-clouds.mjs"
	scene "Node, system-assigned identity" "$work/lanyard" demo --function "node compat/node/two-clouds.mjs" --system-assigned
fi

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
