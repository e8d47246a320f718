#!/usr/bin/env bash
# fresh-root.sh - README's commands on a machine that has nothing yet. Makes a
# minimal Debian 12 root with debootstrap, and a copy of it for root and one for
# an ordinary user with sudo, so that each begins with no package; puts in a
# clone of this checkout and ../shared; runs the commands as both, then again.
# Prints time, lines of output and new listeners of each command; exits 1 when a
# command failed, a listener or a process stayed, or a service policy was left
# behind. Takes over half an hour: run it by hand, as root.
set -euo pipefail

usage()
{
	cat <<'END'
usage: fresh-root.sh [--install-only] [--once] [--worktree] [--keep] [FOLDER]

  --install-only  leave out ./scripts/test.sh
  --once          one round instead of two
  --worktree      copy the working tree instead of cloning the last commit
  --keep          keep the roots; a minimal root that is there already is used again
  FOLDER          where the roots are made (a new folder in TMPDIR)

The mirror and proxies are those of this machine's apt. The log is FOLDER.log.
END
}

die()
{
	printf 'fresh-root.sh: %s\n' "$*" >&2
	exit 1
}

tests=1
rounds=(first second)
worktree=''
keep=''
top=''
for arg in "$@"; do
	case $arg in
	--help | -h) usage; exit 0 ;;
	--install-only) tests='' ;;
	--once) rounds=(first) ;;
	--worktree) worktree=1 ;;
	--keep) keep=1 ;;
	-*) usage >&2; exit 2 ;;
	*) top=$(realpath -m -- "$arg") ;;
	esac
done
checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=scripts/common.sh
. "$checkout/scripts/common.sh"
[ "$(id -u)" = 0 ] || die 'only root can make a root'
for tool in debootstrap git ss apt-get; do
	command -v "$tool" >/dev/null || die "$tool is missing"
done
[ -d "$checkout/../shared" ] || die '../shared is missing'

[ -n "$top" ] || top=$(mktemp -d "${TMPDIR:-/tmp}/fresh-root.XXXXXX")
mkdir -p "$top"
chmod 755 "$top"
log=$top.log
: >"$log"
bad=0

# shellcheck disable=SC2317  # called by the trap
cleanup()
{
	local rc=$? user fs

	trap - EXIT
	for user in root tester; do
		for fs in dev/pts proc; do
			umount "$top/$user/$fs" 2>/dev/null || umount -l "$top/$user/$fs" 2>/dev/null || true
		done
	done
	# Nothing is removed while something is mounted below it.
	if [ -z "$keep" ] && ! grep -qF " $top/" /proc/mounts; then
		rm -rf --one-file-system "$top"
	fi
	exit "$rc"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

say()
{
	printf '%s\n' "$*" | tee -a "$log"
}

listeners()
{
	ss -Hltn | awk '{ print $4 }' | sort
}

# Processes whose root is $1: what a command left running. They get a moment.
left_running()
{
	local p

	sleep 2
	for p in /proc/[0-9]*; do
		if [ "$(readlink "$p/root" 2>/dev/null)" = "$1" ]; then
			tr '\0' ' ' <"$p/cmdline" 2>/dev/null || true
			printf '(pid %s)\n' "${p#/proc/}"
		fi
	done
}

# try USER MOST-LINES COMMAND: one row of the result (MOST-LINES 0: any number).
try()
{
	local user=$1 most=$2 command=$3 rc=0 started took lines before new left
	local root=$top/$1 out=$top/out remarks=''

	before=$(listeners)
	started=$SECONDS
	printf '\n=== %s: %s\n' "$user" "$command" >>"$log"
	chroot "$root" /bin/su -l "$user" -c "cd main && $command" </dev/null >"$out" 2>&1 || rc=$?
	cat "$out" >>"$log"
	took=$((SECONDS - started))
	lines=$(wc -l <"$out")
	new=$(comm -13 <(printf '%s\n' "$before") <(listeners) | tr '\n' ' ')
	left=$(left_running "$root")
	[ "$rc" = 0 ] || remarks+=" FAILED($rc)"
	[ -z "$new" ] || remarks+=" NEW LISTENERS: $new"
	[ -z "$left" ] || remarks+=" LEFT RUNNING: $left"
	[ "$most" = 0 ] || [ "$lines" -le "$most" ] || remarks+=" MORE THAN $most LINES"
	[ ! -e "$root/usr/sbin/policy-rc.d" ] || remarks+=' POLICY LEFT BEHIND'
	say "$(printf '%-7s %5d s %4d lines  %d new listeners  %s%s' "$user" \
	    "$took" "$lines" "$(wc -w <<<"$new")" "$command" "$remarks")"
	[ -z "$remarks" ] || bad=1
	[ "$rc" = 0 ] || tail -n 20 "$out"
}

# The minimal root, made once.
make_base()
{
	local root=$top/base mirror

	if [ ! -e "$root/etc/sudoers.d/tester" ]; then
		# shellcheck disable=SC2016  # apt's own variable
		mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' \
		    'Codename: bookworm' 'Component: main' | head -n 1)
		[ -n "$mirror" ] || die "this machine's apt knows no mirror of bookworm"
		rm -rf --one-file-system "$root"
		debootstrap --variant=minbase --include=sudo bookworm "$root" "$mirror" >>"$log" 2>&1 ||
		    die "debootstrap failed: $log"
		chroot "$root" useradd -m -s /bin/bash tester
		echo 'tester ALL=(ALL) NOPASSWD: ALL' >"$root/etc/sudoers.d/tester"
		chmod 440 "$root/etc/sudoers.d/tester"
	fi
	cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
	apt-config dump | grep -Ei '^Acquire::(https?::|Check-(Date|Valid-Until))' \
	    >"$root/etc/apt/apt.conf.d/90fresh-root" || true
}

# The root of USER, with a checkout and ../shared in the home HOME.
make_root()
{
	local user=$1 home=$2 root=$top/$1

	! mountpoint -q "$root/dev/pts" || umount "$root/dev/pts"
	! mountpoint -q "$root/proc" || umount "$root/proc"
	rm -rf --one-file-system "$root"
	cp -a "$top/base" "$root"
	mount -t proc proc "$root/proc"
	# Terminals of its own: a machine has them, a folder has not.
	mkdir -p "$root/dev/pts"
	mount -t devpts -o newinstance,ptmxmode=0666,mode=0620,gid=5 devpts "$root/dev/pts"
	rm -f "$root/dev/ptmx"
	ln -s pts/ptmx "$root/dev/ptmx"
	if [ -n "$worktree" ]; then
		copy_sources "$checkout" "$root$home/main"
	else
		git clone -q --no-hardlinks "$checkout" "$root$home/main"
	fi
	cp -R "$checkout/../shared" "$root$home/shared"
	chroot "$root" chown -R "$user:" "$home/main" "$home/shared"
	chroot "$root" chmod -R u+w "$home/shared"
}

started=$SECONDS
make_base
make_root root /root
make_root tester /home/tester
say "Roots in $top after $((SECONDS - started)) s; log: $log"

# A report of a home from the lab, and the dashboard for some seconds.
home=$(cd "$checkout/../shared" && find lab -type d -name sessions | sort -V | tail -n 1)
home=../shared/$(dirname "$home")
for round in "${rounds[@]}"; do
	say "--- $round round"
	for user in root tester; do
		try "$user" 25 './scripts/install.sh'
		try "$user" 0 "\$HOME/.local/bin/codex-track report --home $home"
		try "$user" 0 "timeout --preserve-status 8 \$HOME/.local/bin/codex-track web --demo"
		[ -z "$tests" ] || try "$user" 0 './scripts/test.sh'
	done
done
[ "$bad" != 0 ] || say 'All well.'
exit "$bad"
