# shellcheck shell=bash
# tap.sh - for tests/*/*.t in bash:  . "$TRACK_SRC/tests/tap/tap.sh"
#
# One TAP line for each check; tap_done at the end prints the plan. A check
# never ends the test, so that one run shows all that is wrong. $TAP_DIR is a
# folder of the test's own, removed at the end.

TAP_N=0
TAP_DIR=$(mktemp -d "${TMPDIR:-/tmp}/codex-track-tap.XXXXXX")
trap 'chmod -R u+rwX "$TAP_DIR"; rm -rf "$TAP_DIR"' EXIT

# diag TEXT...: a remark in the log, each line behind a '#'.
diag()
{
	printf '%s\n' "$*" | sed 's/^/# /'
}

# pass NAME, fail NAME: the result of one check.
pass()
{
	TAP_N=$((TAP_N + 1))
	printf 'ok %d - %s\n' "$TAP_N" "$1"
}
fail()
{
	TAP_N=$((TAP_N + 1))
	printf 'not ok %d - %s\n' "$TAP_N" "$1"
}

# skip NAME REASON: a check that cannot be made here.
skip()
{
	TAP_N=$((TAP_N + 1))
	printf 'ok %d - %s # SKIP %s\n' "$TAP_N" "$1" "$2"
}

# is GOT WANTED NAME: equal texts.
is()
{
	if [ "$1" = "$2" ]; then
		pass "$3"
	else
		fail "$3"
		diag "got:    $1"
		diag "wanted: $2"
	fi
}

# like GOT PATTERN NAME: an extended regular expression somewhere in GOT.
like()
{
	if [[ $1 =~ $2 ]]; then
		pass "$3"
	else
		fail "$3"
		diag "got:     $1"
		diag "pattern: $2"
	fi
}

# unlike GOT PATTERN NAME: nowhere in GOT.
unlike()
{
	if [[ $1 =~ $2 ]]; then
		fail "$3"
		diag "got:       $1"
		diag "unwanted:  $2"
	else
		pass "$3"
	fi
}

# ok NAME COMMAND...: the command succeeds; its output goes into the log.
ok()
{
	local name=$1 out

	shift
	if out=$("$@" 2>&1 </dev/null); then
		pass "$name"
	else
		fail "$name"
		diag "$* -> exit $?"
		diag "$out"
	fi
}

# run COMMAND...: fills $status, $out (stdout) and $err (stderr), each without its last newlines.
# shellcheck disable=SC2034
run()
{
	status=0
	"$@" >"$TAP_DIR/.out" 2>"$TAP_DIR/.err" </dev/null || status=$?
	out=$(cat "$TAP_DIR/.out")
	err=$(cat "$TAP_DIR/.err")
}

# exits STATUS NAME: the status of the last run; shows its stderr when it differs.
exits()
{
	if [ "$status" = "$1" ]; then
		pass "$2"
	else
		fail "$2"
		diag "exit $status, wanted $1"
		diag "$err"
	fi
}

# need_lab: ends a test that needs the lab where there is none: skipped, or with
# CI set failed.
need_lab()
{
	[ -z "${TRACK_LAB-}" ] || return 0
	if [ -n "${CI-}" ]; then
		echo '1..1'
		echo 'not ok 1 - the lab (../shared/lab) is missing'
		exit 1
	fi
	echo '1..0 # SKIP no lab (../shared/lab)'
	exit 0
}

# tap_done: the plan. The last command of every test.
tap_done()
{
	printf '1..%d\n' "$TAP_N"
}
