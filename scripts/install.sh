#!/usr/bin/env bash
# install.sh - build codex-track from this checkout and install it for the user
# who runs it. See usage() below.
#
# The install folder holds versions/<stamp>, and a link `current` that is
# switched in one rename when a version is complete: whatever interrupts this
# script, `current` names a whole version. The programs in the bin folder are
# links through `current`.
set -euo pipefail

unset CDPATH CONFIG_SITE DESTDIR MAKEFLAGS MFLAGS
source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=scripts/common.sh
. "$source_dir/scripts/common.sh"

usage()
{
	cat <<'END'
usage: install.sh [--help | --uninstall]

Builds codex-track and installs it; a second run upgrades in place. Missing
Debian packages are installed first (as root or through sudo).

  --uninstall   remove what was installed; the database and the configuration stay
  --help        this text

CODEX_USAGE_INSTALL_DIR  where it is installed   (~/.codex-usage-tracker)
CODEX_USAGE_BIN_DIR      where the programs are linked       (~/.local/bin)
END
}

say()
{
	printf '%s\n' "$*"
}

fail()
{
	printf 'install.sh: %s\n' "$*" >&2
	exit 1
}

# End with the last lines of the log: what did not work is the argument.
fail_log()
{
	printf 'install.sh: %s; the end of %s:\n' "$1" "$log" >&2
	tail -n 12 "$log" | cut -c 1-200 >&2
	exit 1
}

# ${!1} when it is an absolute path, else ~/$2: the rule for XDG variables.
xdg()
{
	case ${!1-} in
	/*) printf '%s' "${!1}" ;;
	*) printf '%s' "$HOME/$2" ;;
	esac
}

# True when the link $1 is one of ours.
is_our_link()
{
	[ -L "$1" ] || return 1
	case $(readlink -- "$1") in
	"$install_dir/current/bin/"* | "$install_dir/current/share/man/"*) return 0 ;;
	esac
	return 1
}

# Make the link $2 point to $1, replacing an old link in one step.
set_link()
{
	local tmp

	tmp=$(dirname -- "$2")/.$(basename -- "$2").new.$$
	rm -f -- "$tmp"
	ln -s -- "$1" "$tmp"
	mv -T -- "$tmp" "$2"
}

# Remove every version but $1 and what interrupted runs left. The lock is held.
remove_versions()
{
	local v

	for v in "$install_dir"/versions/.new-* "$install_dir"/versions/[0-9]*T[0-9]*Z-*; do
		[ -d "$v" ] || continue
		[ "${v##*/}" != "$1" ] || continue
		rm -rf -- "$v"
	done
	rm -f -- "$install_dir"/.current.new.* "$bin_dir"/.codex-track*.new.*
}

# Remove build folders of runs that were killed: ours, with a process that is gone.
remove_stale_builds()
{
	local d pid

	for d in "$tmp_root"/codex-track-build.*; do
		if [ -O "$d" ] && [ -f "$d/pid" ] && read -r pid <"$d/pid" &&
		    ! kill -0 "$pid" 2>/dev/null; then
			rm -rf -- "$d"
		fi
	done
}

cleanup()
{
	local rc=$?

	trap - EXIT
	policy_off || true
	[ -z "${work-}" ] || rm -rf -- "$work"
	[ -z "${staging-}" ] || rm -rf -- "$staging"
	exit "$rc"
}

# One installation or removal at a time in this folder.
take_lock()
{
	exec 9>"$install_dir/.lock"
	! command -v flock >/dev/null || flock -n 9 || fail "another run is at work in $install_dir"
}

# " (there is none)" when the file $1 does not exist.
there()
{
	[ -e "$1" ] || printf ' (there is none)'
}

do_uninstall()
{
	local f removed='' db config

	db=${CODEX_USAGE_DB:-$(xdg XDG_DATA_HOME .local/share)/codex-usage-tracker/usage.sqlite}
	config=${CODEX_USAGE_CONFIG:-$(xdg XDG_CONFIG_HOME .config)/codex-usage-tracker/config.json}
	for f in "$bin_dir"/* "$man_dir"/*; do
		if is_our_link "$f"; then
			rm -f -- "$f"
			say "Removed $f"
			removed=1
		fi
	done
	rmdir -p --ignore-fail-on-non-empty -- "$man_dir" 2>/dev/null || true
	if [ -L "$install_dir/current" ] || [ -d "$install_dir/versions" ]; then
		take_lock
		rm -f -- "$install_dir/current"
		remove_versions ''
		rmdir -- "$install_dir/versions" 2>/dev/null || true
		rm -f -- "$install_dir/install.log" "$install_dir/.lock"
		rmdir -- "$install_dir" 2>/dev/null || say "Kept $install_dir: it holds files that are not ours"
		say "Removed the programs from $install_dir"
		removed=1
	fi
	[ -n "$removed" ] || say "Nothing is installed in $install_dir"
	say "Database, left as it is: $db$(there "$db")"
	say "Configuration, left as it is: $config$(there "$config")"
}

check_places()
{
	local f

	if [ -e "$install_dir/current" ] && [ ! -L "$install_dir/current" ]; then
		fail "$install_dir/current is not ours: choose another CODEX_USAGE_INSTALL_DIR"
	fi
	for f in codex-track codex-track-ingest; do
		if { [ -e "$bin_dir/$f" ] || [ -L "$bin_dir/$f" ]; } && ! is_our_link "$bin_dir/$f"; then
			fail "$bin_dir/$f is there and not ours: move it away or choose another CODEX_USAGE_BIN_DIR"
		fi
	done
}

# Chained by &&: errexit does not work below an `||`.
build()
{
	copy_sources "$source_dir" "$work/src" &&
	    mkdir "$work/build" "$work/stage" &&
	    cd "$work/src" && autoreconf -fi &&
	    cd "$work/build" && ../src/configure --prefix=/codex-track &&
	    make -j"$(nproc)" && make install DESTDIR="$work/stage"
}

# The program must start before anything is switched.
works()
{
	local p

	for p in bin/codex-track bin/codex-track-ingest libexec/codex-track/codex-track.fcgi; do
		"$1/$p" --version </dev/null >>"$log" 2>&1 || return 1
	done
}

do_install()
{
	local started=$SECONDS stamp f name

	check_places
	packages_missing "${BUILD_PACKAGES[@]}"
	if [ "${#MISSING[@]}" -gt 0 ] && ! become_root; then
		packages_ask "${MISSING[@]}"
		exit 1
	fi

	mkdir -p -- "$install_dir/versions" "$bin_dir"
	take_lock
	log=$install_dir/install.log
	: >"$log"
	remove_stale_builds
	work=$(mktemp -d "$tmp_root/codex-track-build.XXXXXX")
	echo "$$" >"$work/pid"
	say "Details: $log"

	if [ "${#MISSING[@]}" -gt 0 ]; then
		say "Installing ${#MISSING[@]} Debian packages …"
		packages_install "$log" "${MISSING[@]}" 9>&- || fail_log 'apt-get failed'
	fi
	say "Building …"
	(build) </dev/null >>"$log" 2>&1 9>&- || fail_log 'the build failed'

	# All of it on the disk where it will stay, then one rename, then the switch.
	stamp=$(date -u +%Y%m%dT%H%M%SZ)-$$
	staging=$install_dir/versions/.new-$stamp
	mkdir -- "$staging"
	cp -a -- "$work/stage/codex-track/." "$staging/"
	works "$staging" || fail_log 'the new programs do not start'
	mv -T -- "$staging" "$install_dir/versions/$stamp"
	staging=
	set_link "versions/$stamp" "$install_dir/current"
	for f in "$install_dir"/current/bin/*; do
		name=${f##*/}
		is_our_link "$bin_dir/$name" || set_link "$install_dir/current/bin/$name" "$bin_dir/$name"
	done
	# `man` looks for the manual beside the folder of a program on PATH. With a bin folder of
	# the user's choice nothing is written beside it.
	[ -n "${CODEX_USAGE_BIN_DIR-}" ] || mkdir -p -- "$man_dir"
	for f in "$install_dir"/current/share/man/man1/*; do
		[ -z "${CODEX_USAGE_BIN_DIR-}" ] || break
		name=${f##*/}
		if is_our_link "$man_dir/$name" || [ ! -e "$man_dir/$name" ]; then
			set_link "$install_dir/current/share/man/man1/$name" "$man_dir/$name"
		fi
	done
	for f in "$bin_dir"/* "$man_dir"/*; do # what this version no longer has
		if is_our_link "$f" && [ ! -e "$f" ]; then
			rm -f -- "$f"
		fi
	done
	remove_versions "$stamp"

	say "Installed $("$bin_dir/codex-track" --version | head -n 1) in $install_dir ($((SECONDS - started)) s)"
	say "Programs: $bin_dir/codex-track, $bin_dir/codex-track-ingest"
	case :${PATH-}: in
	*:"$bin_dir":*) ;;
	*)
		say "$bin_dir is not on PATH; add this line to your shell's profile:"
		# shellcheck disable=SC2016  # $PATH is for the profile
		printf 'export PATH=%q:"$PATH"\n' "$bin_dir"
		;;
	esac
}

mode=do_install
for arg in "$@"; do
	case $arg in
	--help | -h) usage; exit 0 ;;
	--uninstall) mode=do_uninstall ;;
	*)
		printf 'install.sh: unknown option %s\n' "$arg" >&2
		usage >&2
		exit 2
		;;
	esac
done

: "${HOME:=$(getent passwd "$(id -u)" | cut -d: -f6)}"
install_dir=$(realpath -ms -- "${CODEX_USAGE_INSTALL_DIR:-$HOME/.codex-usage-tracker}")
bin_dir=$(realpath -ms -- "${CODEX_USAGE_BIN_DIR:-$HOME/.local/bin}")
man_dir=${bin_dir%/*}/share/man/man1
# configure refuses to work in a folder with a blank in its name.
tmp_root=${TMPDIR:-/tmp}
case $tmp_root in
/*[!A-Za-z0-9/._+-]* | [!/]*) tmp_root=/tmp ;;
esac
trap cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
"$mode"
