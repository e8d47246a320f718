# sql2c.awk - migrations as a C table: awk -f sql2c.awk DIR/NNNN_name.sql ... > schema_gen.c
#
# Each text becomes one string literal with the same bytes, whatever they are
# but NUL: backslash, quote, question mark (trigraphs) and control characters
# are escaped. Run it with LC_ALL=C. The number in the name is the version;
# they count from 1 without a gap, in the order given, else it exits 1.

function die(text)
{
	print "sql2c.awk: " text > "/dev/stderr"
	failed = 1
	exit 1
}

# The line S as the inside of a C string literal.
function quoted(s,    out, i, c)
{
	if (s !~ /[\\"?]|[^\t -~\200-\377]/)
		return s
	out = ""
	for (i = 1; i <= length(s); i++) {
		c = substr(s, i, 1)
		out = out ((c in escape) ? escape[c] : c)
	}
	return out
}

BEGIN {
	for (i = 1; i < 32; i++)
		escape[sprintf("%c", i)] = sprintf("\\%03o", i)
	escape["\177"] = "\\177"
	escape["\\"] = "\\\\"
	escape["\""] = "\\\""
	escape["?"] = "\\?"

	print "/* Made by scripts/sql2c.awk from src/store/sql: change the files there. */"
	print "#include \"base/compat.h\""
	print "#include \"store/schema.h\""
	print ""
	print "#pragma GCC diagnostic ignored \"-Woverlength-strings\""
	print ""
	print "const struct schema_step schema_steps[] = {"
	for (n = 1; n < ARGC; n++) {
		name = ARGV[n]
		sub(/.*\//, "", name)
		if (name !~ /^[0-9][0-9][0-9][0-9]_[a-z0-9_]+\.sql$/)
			die(name ": not of the form NNNN_name.sql")
		sub(/\.sql$/, "", name)
		if (substr(name, 1, 4) + 0 != n)
			die(name ": number " n " expected")
		printf "\t{ %d, \"%s\",\n", n, name
		lines = 0
		while ((got = (getline line < ARGV[n])) > 0) {
			printf "\t  \"%s\\n\"\n", quoted(line)
			lines++
		}
		if (got < 0)
			die(ARGV[n] ": cannot be read")
		if (lines == 0)
			die(ARGV[n] ": empty")
		close(ARGV[n])
		print "\t},"
	}
	print "\t{ 0, NULL, NULL } /* not counted: a table is never empty */"
	print "};"
	printf "const size_t schema_steps_len = %d;\n", ARGC - 1
	exit
}

END {
	exit failed
}
