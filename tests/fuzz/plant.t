#!/usr/bin/env bash
# What is planted is found: plant.sh, for make check-long.
set -u
if [ -z "${TRACK_LONG-}" ]; then
	echo '1..0 # SKIP takes minutes; make check-long runs it'
elif ! command -v clang-14 >/dev/null || ! command -v zstd >/dev/null; then
	echo '1..0 # SKIP no clang-14 or no zstd'
else
	exec "${TRACK_SRC:?}/tests/fuzz/plant.sh"
fi
