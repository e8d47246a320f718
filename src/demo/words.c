#include "base/compat.h"

#include "demo/words.h"

static const struct project projects[] = {
	{ "/home/dev/src/orchard", "https://git.example.invalid/acme/orchard.git", "main",
	    "4be1c0d27a9f8e3356d01b7c2f9aa0415ce6d8b3" },
	{ "/home/dev/src/orchard/web", "https://git.example.invalid/acme/orchard.git",
	    "feature/tables", "91c7e5d3b8f0a264c1d94e7702bb35fae86d0c19" },
	{ "/home/dev/src/tidewater", "git@git.example.invalid:acme/tidewater.git", "main",
	    "0d6f2b91c8e4a7735b10fd26c94ae835b7f1d20c" },
	{ "/home/dev/src/lanternfish", "https://git.example.invalid/lab/lanternfish.git",
	    "fix/rounding", "c53a9f7e01d84b62fa9037ce15d8b406e2f97a1d" },
	{ "/home/dev/src/lanternfish", "https://git.example.invalid/lab/lanternfish.git", "main",
	    "7fe20b5c6a1d93e84c07f5b29d3ea6180cb4f75e" },
	{ "/home/dev/src/påskägg", "https://git.example.invalid/hem/paskagg.git", "main",
	    "28d4c6b0f5e19a73d82e0b64cf7a9158e3d06b2f" },
	{ "/home/dev/notes", NULL, NULL, NULL },
	{ "/home/dev/src/copper-kettle", "https://git.example.invalid/acme/copper-kettle.git",
	    "release/2.4", "e9a05d7318cb62f40ed7b19f35ac824d6076f3be" },
};

static const struct command commands[] = {
	{ "ls -la", 0, 1 },
	{ "git status --short", 0, 1 },
	{ "git diff --stat", 0, 1 },
	{ "git log --oneline -20", 0, 1 },
	{ "rg -n \"fn parse\" src", 10, 1 },
	{ "rg -n 'TABLE_WIDTH' --glob '*.c'", 15, 1 },
	{ "sed -n '1,160p' src/parser.c", 0, 1 },
	{ "sed -n '160,320p' src/parser.c", 0, 1 },
	{ "cat Makefile", 0, 1 },
	{ "make -j4", 20, 60 },
	{ "make check", 30, 120 },
	{ "cargo test --workspace", 30, 90 },
	{ "cargo clippy --all-targets", 25, 60 },
	{ "npm run build", 15, 45 },
	{ "npx vitest run --reporter=dot", 25, 40 },
	{ "pytest -q", 25, 60 },
	{ "python3 scripts/convert.py --check data/*.csv", 20, 10 },
	{ "git diff --no-ext-diff -- src/table.c && git status", 0, 1 },
	{ "find . -name '*.orig' -print", 0, 1 },
	{ "jq '.rows | length' data/rates.json", 5, 1 },
};

static const char *const files[] = { "src/parser.c", "src/table.c", "src/table.h", "src/main.rs",
	"src/lib.rs", "web/app.ts", "web/grid.tsx", "tests/test_parser.py", "scripts/convert.py",
	"data/rates.json", "README.md", "Makefile", "doc/format.md", "src/räknare.c" };

static const char *const nicknames[] = { "Linden", "Maple", "Rowan", "Alder", "Hazel", "Birch",
	"Juniper", "Willow" };

static const char *const asks[] = { "Why does", "Please fix", "Add a test for", "Rewrite",
	"Explain", "Speed up", "Document", "Find out what calls", "Clean up", "Make a smaller" };

static const char *const words[] = { "the ", "a ", "table ", "parser ", "reads ", "each ", "line ",
	"once ", "and ", "keeps ", "its ", "offset ", "so ", "that ", "later ", "rows ", "do ",
	"not ", "need ", "another ", "pass ", "over ", "this ", "file ", "width ", "of ", "column ",
	"is ", "computed ", "before ", "printing ", "only ", "when ", "value ", "changes ", "we ",
	"should ", "check ", "empty ", "input ", "first ", "then ", "order ", "stays ", "same ",
	"test ", "covers ", "both ", "cases ", "with ", "small ", "numbers ", "rounding ",
	"happens ", "at ", "end ", "to ", "avoid ", "drift ", "in ", "sums ", "between ", "months ",
	"again " };

static_assert(ARRAY_LEN(words) == 64, "some_words takes six bits for each");

#define PICK(r, list) ((list)[rng_below((r), ARRAY_LEN(list))])

const struct project *
words_project(int64_t i)
{
	return &projects[i % (int64_t)ARRAY_LEN(projects)];
}

const struct command *
words_command(struct rng *r)
{
	return &PICK(r, commands);
}

const char *
words_nickname(struct rng *r)
{
	return PICK(r, nicknames);
}

const char *
words_file(struct rng *r)
{
	return PICK(r, files);
}

/* N words from one random number for each ten. */
static void
some_words(struct sbuf *b, struct rng *r, int64_t n)
{
	uint64_t bits = 0;

	for (int64_t i = 0; i < n; i++, bits >>= 6) {
		const char *w;

		if (i % 10 == 0)
			bits = rng_next(r);
		w = words[bits & 63];
		sbuf_addz(b, w);
	}
}

void
words_sentence(struct sbuf *b, struct rng *r)
{
	size_t at = b->len;

	some_words(b, r, rng_between(r, 6, 16));
	if (b->len > at) {
		b->buf[at] = (char)(b->buf[at] - ('a' - 'A'));
		b->buf[b->len - 1] = '.';
	}
}

void
words_prompt(struct sbuf *b, struct rng *r)
{
	sbuf_addz(b, PICK(r, asks));
	sbuf_addc(b, ' ');
	sbuf_addz(b, words_file(r));
	sbuf_addz(b, ": ");
	words_sentence(b, r);
}

void
words_prose(struct sbuf *b, struct rng *r, size_t length)
{
	size_t end = b->len + length;

	while (b->len < end && !b->failed) {
		words_sentence(b, r);
		sbuf_addz(b, rng_chance(r, 20) ? "\n\n" : " ");
	}
}

static void
plain_line(struct sbuf *b, struct rng *r)
{
	/* C does not order arguments, and the bytes are to be the same everywhere */
	int64_t kind = rng_below(r, 4), number = rng_below(r, 90000);

	switch (kind) {
	case 0:
		sbuf_addf(
		    b, "%s:%" PRId64 ":%" PRId64 ": ", words_file(r), number / 80, number % 80);
		break;
	case 1:
		sbuf_addf(b, "test %s_%" PRId64 " ... ok ", words_nickname(r), number);
		break;
	case 2:
		sbuf_addf(b, "-rw-r--r-- 1 dev dev %7" PRId64 " ", number * 11);
		break;
	default:
		break;
	}
	some_words(b, r, rng_between(r, 4, 14));
}

static void
fancy_line(struct sbuf *b, struct rng *r)
{
	static const char *const bits[] = { "\x1b[1;31merror\x1b[0m", "\"quoted \\\"twice\\\"\"",
		"C:\\temp\\räksmörgås", "\tcol\tcol", "“Größe” → 42 µm", "日本語のテスト",
		"emoji 🐙 ✅", "{\"k\": [1, 2, \"\\n\"]}", "\x1b[32m+ added\x1b[0m", "naïve — façade",
		"проверка", "\r 42%" };

	some_words(b, r, rng_between(r, 2, 6));
	sbuf_addz(b, PICK(r, bits));
	sbuf_addc(b, ' ');
	some_words(b, r, rng_between(r, 1, 4));
}

void
words_output(struct sbuf *b, struct rng *r, size_t length, bool fancy)
{
	size_t end = b->len + length;

	while (b->len < end && !b->failed) {
		if (fancy)
			fancy_line(b, r);
		else
			plain_line(b, r);
		sbuf_addc(b, '\n');
	}
}

static void
letters(struct sbuf *b, struct rng *r, size_t length, const char *alphabet, int width)
{
	char piece[4096];
	uint64_t bits = 0;
	int left = 0;

	while (length > 0) {
		size_t n = length < sizeof(piece) ? length : sizeof(piece);

		for (size_t i = 0; i < n; i++, left -= width, bits >>= width) {
			if (left < width) {
				bits = rng_next(r);
				left = 64;
			}
			piece[i] = alphabet[bits & ((1U << width) - 1)];
		}
		sbuf_add(b, piece, n);
		length -= n;
	}
}

void
words_secret(struct sbuf *b, struct rng *r, size_t length)
{
	sbuf_addz(b, "gAAAAAB");
	letters(
	    b, r, length, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", 6);
	sbuf_addz(b, "==");
}

void
words_hex(struct sbuf *b, struct rng *r, size_t length)
{
	letters(b, r, length, "0123456789abcdef", 4);
}
