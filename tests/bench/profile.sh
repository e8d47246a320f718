#!/usr/bin/env bash
# profile.sh - where a cold ingest spends its instructions, counted by valgrind:
# the same figures on every run of the same build, however busy the machine is.
# Two tables for each profile of `codex-track demo`, see usage() below and
# doc/PERFORMANCE.md.
set -euo pipefail

usage()
{
	cat <<END
usage: profile.sh [--bytes N] [--no-kinds] [PROFILE...]

Run it in the build folder. Profiles: typical (when none is named), real, tiny-files.

  --bytes N   size of the home (5000000)
  --no-kinds  only the table of groups: one run instead of one for each kind of line
END
}

src=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
program=${TRACK_BUILD:-$PWD}/codex-track
helper=$src/tests/bench/profile.py
bytes=5000000
kinds=1
profiles=()

while [ $# -gt 0 ]; do
	case $1 in
	--bytes) bytes=${2:?--bytes needs a number}; shift ;;
	--no-kinds) kinds= ;;
	--help) usage; exit 0 ;;
	-*) usage >&2; exit 2 ;;
	*) profiles+=("$1") ;;
	esac
	shift
done
[ ${#profiles[@]} -gt 0 ] || profiles=(typical)

if [ ! -x "$program" ]; then
	echo "profile.sh: there is no $program; run it in the build folder" >&2
	exit 1
fi
if ! command -v valgrind >/dev/null; then
	echo 'profile.sh: valgrind is missing (on Debian: apt-get install valgrind)' >&2
	exit 1
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/codex-track-profile.XXXXXX")
trap 'rm -rf -- "$work"' EXIT
export CODEX_USAGE_CONFIG=/dev/null CODEX_USAGE_DATADIR=$src/conf CODEX_USAGE_NOW=2026-11-22T12:00:00Z
export HOME=$work PYTHONDONTWRITEBYTECODE=1
unset CODEX_USAGE_TZ TZ

# counted TOOL OPTION... HOME: run a cold ingest under the valgrind TOOL; prints its instructions.
counted()
{
	local home=${*: -1} log=$work/log

	rm -f -- "$work"/db.sqlite*
	if ! valgrind --tool="$1" "${@:2:$#-2}" --log-file="$log" \
	    "$program" ingest --db "$work/db.sqlite" --home "$home" >/dev/null 2>"$work/said"; then
		cat "$work/said" "$log" >&2
		return 1
	fi
	sed -n 's/,//g; s/.*I *refs: *\([0-9]*\)$/\1/p' "$log"
}

"$program" --version
for profile in "${profiles[@]}"; do
	"$program" demo "$work/$profile" --profile "$profile" --bytes "$bytes" >/dev/null
	python3 "$helper" without '' "$work/$profile/codex-home" "$work/$profile/all"
	python3 "$helper" kinds "$work/$profile/all" >"$work/kinds"
	lines=$(awk '{ n += $2 } END { print n }' "$work/kinds")
	size=$(awk '{ n += $3 } END { print n }' "$work/kinds")
	printf '\n%s: %s lines, %s bytes\n\n' "$profile" "$lines" "$size"
	counted callgrind --compress-strings=no --compress-pos=no --callgrind-out-file="$work/callgrind" \
	    "$work/$profile/all" >/dev/null
	python3 "$helper" groups "$lines" "$size" "$work/callgrind"
	if [ -n "$kinds" ]; then
		quick=(cachegrind --cache-sim=no --cachegrind-out-file=/dev/null)
		total=$(counted "${quick[@]}" "$work/$profile/all")
		# Kinds of more than half a percent of the lines or the bytes. session_meta
		# stays: a file without it is another thread, and not a copy of one.
		awk -v l="$lines" -v b="$size" '$1 != "?" && $1 != "session_meta" && ($2 * 200 > l || $3 * 200 > b)' \
		    "$work/kinds" >"$work/large"
		while read -r kind n b; do
			rm -rf -- "$work/less"
			python3 "$helper" without "$kind" "$work/$profile/all" "$work/less"
			printf '%s %s %s %s\n' "$kind" "$n" "$b" "$(counted "${quick[@]}" "$work/less")"
		done <"$work/large" >"$work/rows"
		printf '\n'
		python3 "$helper" marginal "$total" <"$work/rows"
	fi
done
