#!/usr/bin/env bash
# Vets the product for the systems that it is not tested on, and the files that only long runs build.
set -euo pipefail
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
for os in darwin windows; do
	start=$SECONDS
	GOOS=$os go vet ./...
	(cd verify && GOOS=$os go vet ./...)
	GOOS=$os go build -trimpath -o "$out/$os/" ./cmd/...
	echo "cross $os: vetted and built in $((SECONDS - start)) s"
done
for tag in proof soak; do
	go vet -tags "$tag" ./...
	echo "tag $tag: vetted"
done
