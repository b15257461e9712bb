#!/usr/bin/env bash
# Builds the command in two folders of different names and wants the same bytes, without a trace of either folder. The
# two builds share Go's cache of compiled packages, so what is compared is our link step and what it writes of paths;
# REPRODUCIBLE=cold gives the second one an empty cache, which takes minutes.
set -euo pipefail
work=$(mktemp -d)
trap 'chmod -R u+w "$work" && rm -rf "$work"' EXIT

build() { (cd "$1" && go build -trimpath -buildvcs=false -o "$2" ./cmd/lanyard); }

mkdir "$work/elsewhere"
git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "$work/elsewhere"
build . "$work/one"
if [ "${REPRODUCIBLE:-}" = cold ]; then
	export GOCACHE=$work/cache
fi
build "$work/elsewhere" "$work/two"
if ! cmp "$work/one" "$work/two"; then
	echo "two builds of the same source differ" >&2
	exit 1
fi
for trace in "$PWD/internal" "$work"; do
	if grep -qaF "$trace" "$work/one"; then
		echo "the command has the path $trace in it" >&2
		exit 1
	fi
done
echo "reproducible: $(sha256sum <"$work/one" | cut -c1-16) twice, from two folders"
