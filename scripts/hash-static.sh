#!/bin/sh
# hash-static.sh FROM TO - copies the static files in FROM to TO under names that
# carry a sum of their content (style.css as style.1234567890.css), so that a
# browser may keep them for ever, and writes TO/manifest.json, which says what
# each is called. Older copies in TO are removed.
set -eu

from=$1 to=$2
comma=

mkdir -p "$to"
rm -f "$to"/*.*.css "$to"/*.*.js "$to/manifest.json" "$to/manifest.json.tmp"
{
	printf '{\n'
	for f in "$from"/*.css "$from"/*.js; do
		name=${f##*/}
		sum=$(cksum <"$f")
		hashed=${name%.*}.${sum%% *}.${name##*.}
		cp "$f" "$to/$hashed"
		chmod u+w "$to/$hashed"
		printf '%s  "%s": "%s"' "$comma" "$name" "$hashed"
		comma=',
'
	done
	printf '\n}\n'
} >"$to/manifest.json.tmp"
mv "$to/manifest.json.tmp" "$to/manifest.json"
