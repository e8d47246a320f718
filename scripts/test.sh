#!/usr/bin/env bash
# test.sh - installs the packages that the tests need and runs everything: one
# line for each stage, details in log files that it names, and as the last line
# `N passed, N failed`. See usage() below.
set -euo pipefail

unset CDPATH CONFIG_SITE DESTDIR MAKEFLAGS MFLAGS
source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=scripts/common.sh
. "$source_dir/scripts/common.sh"

TEST_PACKAGES=(
	chromium
	clang-14
	curl
	debootstrap
	fcgiwrap
	libclang-rt-14-dev
	libcmocka-dev
	llvm-14
	mandoc
	nginx-light
	procps
	python3
	python3-jsonschema
	sqlite3
	strace
	tidy
	w3m
	wrk
	zstd
)

# The stages in their order: each is a function stage_NAME below, and one test
# of the closing count, but for gcc, which counts every test of `make check`.
# A stage gets a folder of its own as the current one, prints into the log, and
# fails by its exit status (errexit is off: chain with &&).
STAGES=(gcc clang distcheck)

JOBS=2

usage()
{
	cat <<END
usage: test.sh [--help] [--keep] [STAGE...]

Stages: ${STAGES[*]} (all of them when none is named).

  --keep   keep the build folders of a run without failures, too

TMPDIR     where the build folders are made (/tmp)
TRACK_FUZZ_SECONDS
           time for each fuzz target in the stage clang (30 with CI set, else 5)
TRACK_LAB  the lab's folder (../shared/lab beside the checkout); with CI set its
           absence is a failure, otherwise the tests that need it are skipped
END
}

stage_gcc()
{
	"$src/configure" --enable-werror CC=gcc && make -j"$JOBS" && make -j"$JOBS" check
}

stage_clang()
{
	export TRACK_QUICK=1 # every order of every family was tried by the first stage
	export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1:allocator_may_return_null=0
	export UBSAN_OPTIONS=print_stacktrace=1
	export ASAN_SYMBOLIZER_PATH=/usr/bin/llvm-symbolizer-14

	"$src/configure" --enable-werror --enable-asan --enable-ubsan --enable-fuzzing CC=clang-14 &&
	    make -j"$JOBS" && make -j"$JOBS" check
}

# What a release is made of, from a read-only source. Root may write everywhere,
# so root runs it as nobody where nobody can read the lab.
stage_distcheck()
{
	local as=()

	export TRACK_QUICK=1
	if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
		as=(setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs
		    env "HOME=$PWD" "TMPDIR=$PWD/tmp")
		if "${as[@]}" test -x "$src" && { [ -z "$TRACK_LAB" ] || "${as[@]}" test -r "$TRACK_LAB/README.md"; }; then
			mkdir tmp && chown 65534:65534 . tmp || return 1
		else
			as=()
		fi
	fi
	"${as[@]}" "$src/configure" CC=gcc && "${as[@]}" make -j"$JOBS" distcheck
}

# Add the :test-result: lines below a folder to passed, failed, skipped.
count_results()
{
	local word n

	while read -r n word; do
		case $word in
		PASS | XFAIL) passed=$((passed + n)) ;;
		SKIP) skipped=$((skipped + n)) ;;
		*) failed=$((failed + n)) ;;
		esac
	done < <(find "$1" -name '*.trs' -exec sed -n 's/^:test-result: *\([A-Z]*\).*/\1/p' {} + |
	    sort | uniq -c)
}

# The failed TAP lines below a folder with their remarks, under the log that
# holds them; the end of the log where a test died without one.
show_failed()
{
	local trs

	find "$1" -name '*.trs' -exec grep -lE '^:test-result: *(FAIL|ERROR|XPASS)' {} + |
	    sort | while read -r trs; do
		printf '%s\n' "${trs%.trs}.log"
		awk '/^(PASS|FAIL|ERROR|SKIP):/ { next } /^(ok|1\.\.)/ { left = 0 } /^not ok/ { left = 8; some = 1 } left-- > 0
		    { last[NR % 8] = $0 }
		    END { for (i = NR - 7; !some && i <= NR; i++) if (i > 0) print last[i % 8] }' \
		    "${trs%.trs}.log"
	done | cut -c 1-300 | head -n 80
}

run_stage()
{
	local name=$1 dir=$work/$1 log=$work/$1.log started=$SECONDS rc=0 before=$failed
	local text shown

	mkdir "$dir"
	(cd "$dir" && "stage_$name") </dev/null >"$log" 2>&1 || rc=$?
	if [ "$name" = gcc ]; then
		count_results "$dir"
		text="$passed passed, $((failed - before)) failed, $skipped skipped"
		# Something other than a test failed, or no test ran at all.
		if [ "$failed" = "$before" ] && { [ "$rc" != 0 ] || [ "$passed" = 0 ]; }; then
			failed=$((failed + 1))
			text='failed to build or run'
		fi
	elif [ "$rc" = 0 ]; then
		passed=$((passed + 1))
		text=passed
	else
		failed=$((failed + 1))
		text='failed'
	fi
	printf '%-10s %4d s  %s\n' "$name" $((SECONDS - started)) "$text"
	if [ "$name" = clang ] && [ -f "$dir/tests/fuzz/fuzz.log" ]; then
		sed -n 's/^ok [0-9]* - \([a-z]*: .* runs\)/  fuzzed: \1/p' "$dir/tests/fuzz/fuzz.log"
	fi
	if [ "$failed" != "$before" ]; then
		printf -- '--- %s: what failed; the whole log is %s\n' "$name" "$log"
		shown=$(show_failed "$dir")
		if [ -n "$shown" ]; then
			printf '%s\n' "$shown"
			tail -n 3 "$log" | cut -c 1-300
		else
			tail -n 30 "$log" | cut -c 1-300
		fi
		printf -- '---\n'
	fi
}

cleanup()
{
	local rc=$?

	trap - EXIT
	policy_off || true
	[ "${keep-}" ] || [ "${failed-1}" != 0 ] || remove_work
	exit "$rc"
}

remove_work()
{
	[ -n "${work-}" ] || return 0
	chmod -R u+w "$work" # what make distcheck was stopped in is read-only
	rm -rf "$work"
}

keep=
wanted=()
for arg in "$@"; do
	case $arg in
	--help | -h) usage; exit 0 ;;
	--keep) keep=1 ;;
	*)
		if [[ " ${STAGES[*]} " != *" $arg "* ]]; then
			printf 'test.sh: no stage %s\n' "$arg" >&2
			usage >&2
			exit 2
		fi
		wanted+=("$arg")
		;;
	esac
done
[ "${#wanted[@]}" -gt 0 ] || wanted=("${STAGES[@]}")

passed=0 failed=0 skipped=0
tmp_root=${TMPDIR:-/tmp}
case $tmp_root in # configure refuses to work in a folder with a blank in its name
/*[!A-Za-z0-9/._+-]* | [!/]*) tmp_root=/tmp ;;
esac
trap cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

packages_missing "${BUILD_PACKAGES[@]}" "${TEST_PACKAGES[@]}"
if [ "${#MISSING[@]}" -gt 0 ] && ! become_root; then
	packages_ask "${MISSING[@]}"
	exit 1
fi
work=$(mktemp -d "$tmp_root/codex-track-test.XXXXXX")
chmod 755 "$work" # for distcheck as nobody
printf 'Logs and builds: %s\n' "$work"
if [ "${#MISSING[@]}" -gt 0 ]; then
	printf 'Installing %d Debian packages …\n' "${#MISSING[@]}"
	if ! packages_install "$work/packages.log" "${MISSING[@]}"; then
		tail -n 12 "$work/packages.log" | cut -c 1-300
		failed=1
		printf '%d passed, %d failed\n' 0 1
		exit 1
	fi
fi

if [ -z "${TRACK_LAB+set}" ]; then
	TRACK_LAB=$source_dir/../shared/lab
	if [ -d "$TRACK_LAB" ]; then
		TRACK_LAB=$(cd "$TRACK_LAB" && pwd)
	else
		TRACK_LAB=
	fi
fi
export TRACK_LAB
if [ -z "$TRACK_LAB" ]; then
	if [ -n "${CI-}" ]; then
		printf 'The lab (../shared/lab or TRACK_LAB) is missing\n'
		failed=$((failed + 1))
	else
		printf 'No lab (../shared/lab or TRACK_LAB): the tests that need it are skipped\n'
	fi
fi

src=$work/src
copy_sources "$source_dir" "$src"
(cd "$src" && autoreconf -fi) </dev/null >"$work/autoreconf.log" 2>&1 || {
	printf 'autoreconf failed; the end of %s\n' "$work/autoreconf.log"
	tail -n 25 "$work/autoreconf.log"
	failed=$((failed + 1))
	wanted=()
}
chmod -R a+rX "$src"

for name in "${wanted[@]}"; do
	run_stage "$name"
done

if [ "$failed" != 0 ]; then
	printf 'Kept: %s\n' "$work"
fi
if [ "$skipped" -gt 0 ]; then
	printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
else
	printf '%d passed, %d failed\n' "$passed" "$failed"
fi
[ "$failed" = 0 ]
