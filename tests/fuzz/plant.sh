#!/usr/bin/env bash
# plant.sh - can the fuzz targets find anything? Each patch in plant/ puts an overflow or over-read
# into a copy of the sources, behind a condition on the input; the target of its name has to find it
# within TRACK_PLANT_SECONDS (60). By hand, or by `make check-long`; prints TAP.
#
#   TRACK_BUILD  a build folder, for its src/config.h
#
# usage: plant.sh [NAME...]
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source_dir=$(cd "$here/../.." && pwd)
build=${TRACK_BUILD:?the build folder}
seconds=${TRACK_PLANT_SECONDS:-60}
work=$(mktemp -d "${TMPDIR:-/tmp}/codex-track-plant.XXXXXX")
trap 'rm -rf "$work"' EXIT

names=("$@")
if [ "${#names[@]}" = 0 ]; then
	for patch in "$here"/plant/*.patch; do
		name=${patch##*/}
		names+=("${name%.patch}")
	done
fi

n=0
for name in "${names[@]}"; do
	n=$((n + 1))
	tree=$work/$name
	mkdir -p "$tree/tests"
	cp -R "$source_dir/src" "$source_dir/conf" "$tree/"
	cp -R "$here" "$source_dir/tests/unit" "$tree/tests/"
	chmod -R u+w "$tree"
	if ! patch -s -p1 -d "$tree" <"$here/plant/$name.patch" >"$work/log" 2>&1; then
		printf 'not ok %d - %s: the patch does not fit the sources any more\n' "$n" "$name"
	elif line=$("$here/fuzz.py" --tree "$tree" --build "$build" --dir "$tree/out" --seconds "$seconds" --find "$name" 2>"$work/log"); then
		printf 'ok %d - %s\n' "$n" "$line"
	else
		printf 'not ok %d - %s: %s\n' "$n" "$name" "${line:-the target could not be built or run}"
	fi
	head -n 20 "$work/log" | sed 's/^/# /'
	rm -rf "$tree"
done
printf '1..%d\n' "$n"
