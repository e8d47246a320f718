# shellcheck shell=bash disable=SC2034
# common.sh - sourced by install.sh and test.sh (bash, set -eu): Debian packages
# and a clean copy of the sources. Nothing here asks a question or reads stdin.

# What the build needs, and lighttpd, which `codex-track web` starts by itself.
BUILD_PACKAGES=(
	autoconf
	autoconf-archive
	automake
	build-essential
	libfcgi-dev
	libjson-c-dev
	libsqlite3-dev
	libutf8proc-dev
	libxxhash-dev
	libzstd-dev
	lighttpd
	pkg-config
	tzdata
	uthash-dev
)

# Packages that start a server for the whole network when they are installed.
SERVER_PACKAGES=(lighttpd nginx nginx-light fcgiwrap)

POLICY=/usr/sbin/policy-rc.d
POLICY_MARK='codex-track: removed when the installation ends'
policy_is_ours=
SUDO=()

# packages_missing PACKAGE...: fills the array MISSING. Empty where there is no dpkg.
packages_missing()
{
	local p

	MISSING=()
	command -v dpkg-query >/dev/null || return 0
	for p in "$@"; do
		# shellcheck disable=SC2016  # dpkg-query's own variable
		case " $(dpkg-query -W -f '${db:Status-Status} ' "$p" 2>/dev/null)" in
		*' installed '*) ;;
		*) MISSING+=("$p") ;;
		esac
	done
}

# become_root: fills SUDO with what must stand before a command; 1 when there is no way.
become_root()
{
	SUDO=()
	[ "$(id -u)" != 0 ] || return 0
	command -v sudo >/dev/null || return 1
	if sudo -n true </dev/null 2>/dev/null; then
		SUDO=(sudo -n)
	elif [ -t 0 ] && [ -t 2 ] && sudo -v; then
		SUDO=(sudo)
	else
		return 1
	fi
}

# is_server PACKAGE: true for one that starts a public server.
is_server()
{
	local s

	for s in "${SERVER_PACKAGES[@]}"; do
		[ "$1" != "$s" ] || return 0
	done
	return 1
}

# While packages are installed, refuse to start the servers among them, and
# nothing else. A policy that somebody else put there stays and rules alone.
policy_on()
{
	if [ -e "$POLICY" ] && ! grep -qF "$POLICY_MARK" "$POLICY"; then
		return 0
	fi
	policy_is_ours=1
	# shellcheck disable=SC2016  # for the shell that runs the policy
	printf '%s\n' '#!/bin/sh' "# $POLICY_MARK" 'for word; do' '	case $word in' \
	    '	lighttpd*|nginx*|fcgiwrap*) exit 101 ;;' '	esac' 'done' 'exit 0' |
	    "${SUDO[@]}" sh -c "umask 022; cat >'$POLICY' && chmod 755 '$POLICY'"
}

# Take our policy away again: called on every way out (trap).
policy_off()
{
	[ -n "$policy_is_ours" ] || return 0
	policy_is_ours=
	"${SUDO[@]}" rm -f "$POLICY"
}

# packages_install LOG PACKAGE...: 1 when apt-get failed. The caller's EXIT trap calls policy_off.
packages_install()
{
	local log=$1 p service rc=0
	local apt=(env DEBIAN_FRONTEND=noninteractive "PATH=$PATH:/usr/sbin:/sbin" apt-get -q -y
	    -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confdef
	    -o Dpkg::Options::=--force-confold)

	shift

	for p in "$@"; do
		if is_server "$p"; then
			policy_on || return 1
			break
		fi
	done
	{
		"${SUDO[@]}" "${apt[@]}" update ||
		    echo 'apt-get update failed; trying with the lists that are there'
		"${SUDO[@]}" "${apt[@]}" install --no-install-recommends "$@"
	} </dev/null >>"$log" 2>&1 || rc=1
	policy_off
	# A server that came with us is not to start at the next boot either.
	for p in "$@"; do
		is_server "$p" || continue
		for service in "$p.service" "$p.socket"; do
			if command -v systemctl >/dev/null; then
				"${SUDO[@]}" systemctl disable "$service" </dev/null >>"$log" 2>&1 || true
			fi
		done
		if [ ! -d /run/systemd/system ] && [ -e "/etc/init.d/$p" ]; then
			"${SUDO[@]}" env "PATH=$PATH:/usr/sbin:/sbin" update-rc.d "$p" disable </dev/null >>"$log" 2>&1 || true
		fi
	done
	return "$rc"
}

# packages_ask PACKAGE...: the one line for somebody who may install packages.
packages_ask()
{
	local p

	echo "Packages are missing, and there is neither root nor a sudo that works without asking. Have this run, then start again:"
	echo "  apt-get install --no-install-recommends $*"
	for p in "$@"; do
		if is_server "$p"; then
			echo "($p starts a server on port 80 when it is installed; it is not needed running: systemctl disable --now $p)"
		fi
	done
}

# copy_sources FROM TO: the sources without repository, editor and build leavings,
# so that autoreconf and the build leave FROM as it is. The copy may be written to even
# where FROM, as in a distcheck, may not.
copy_sources()
{
	local from=$1 to=$2 f
	local have=()

	for f in .ci .clang-format Makefile.am README.md conf configure.ac doc scripts \
	    src static templates tests; do
		[ ! -e "$from/$f" ] || have+=("$f")
	done
	mkdir -p "$to"
	tar -C "$from" -cf - --exclude='*.o' --exclude='*.a' --exclude=.deps --exclude=.dirstamp \
	    --exclude=__pycache__ --exclude='*.trs' --exclude='*.gcda' --exclude='*.gcno' \
	    --exclude=src/config.h --exclude='src/config.h.in*' --exclude=src/stamp-h1 \
	    --exclude=src/store/schema_gen.c -- "${have[@]}" | tar -C "$to" -xf - --no-same-owner &&
	    chmod -R u+w -- "$to"
}
