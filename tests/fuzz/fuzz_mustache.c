/*
 * Templates that nobody has checked, filled from values that are invented on
 * the way: the compiler refuses with a place, or the set renders the same twice
 * and in pieces, within its limits.
 *
 * Input: templates "a", "b", "c" …, each ended by a byte 0x1e; the last piece is
 * the seed of the values.
 */
#include "base/compat.h"

#include "base/hash.h"
#include "mustache/mustache.h"

#define MAX_TEMPLATES 6
#define MAX_BYTES ((size_t)64 * 1024)
#define MAX_LOOKUPS 20000 /* then there is nothing more: recursion ends, a run is short */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct world {
	uint64_t seed;
	int lookups;
};

/* A node is a number; its low bits say what it is. */
static uint64_t
number(const void *node)
{
	return (uint64_t)(uintptr_t)node;
}

static enum mustache_state
judge(void *data UNUSED, const void *node)
{
	static const enum mustache_state states[] = { MUSTACHE_FALSEY, MUSTACHE_VALUE,
		MUSTACHE_LIST, MUSTACHE_VALUE };

	return states[number(node) & 3];
}

static enum mustache_state
lookup(void *data, const void *node, const struct mustache_name *name, const void **found)
{
	struct world *w = data;
	uint64_t h = hash_bytes(name->z, name->n, w->seed ^ (number(node) >> 5));

	if (strlen(name->z) != name->n)
		abort();
	if (w->lookups++ > MAX_LOOKUPS || (h & 7) == 0)
		return MUSTACHE_ABSENT;
	*found = (const void *)(uintptr_t)(h >> 3);
	return judge(data, *found);
}

static bool
iterate(void *data, const void *list, size_t i, const void **element)
{
	struct world *w = data;

	if (i >= ((number(list) >> 2) & 3))
		return false;
	*element = (const void *)(uintptr_t)hash_i64((int64_t)i, w->seed ^ number(list));
	return true;
}

static struct str
text(void *data UNUSED, const void *node, char *scratch)
{
	static const struct str texts[] = { { NULL, 0 }, { "", 0 }, { "<a href=\"x\">'&'", 16 },
		{ "b", 1 }, { "{{c}}\n  x\n", 10 }, { "\0\xff", 2 }, { "a", 1 } };
	uint64_t n = number(node) >> 4;

	if (n % 8 < ARRAY_LEN(texts))
		return texts[n % 8];
	memset(scratch, '9', MUSTACHE_SCRATCH);
	return str_n(scratch, MUSTACHE_SCRATCH);
}

static int
take(void *arg, const char *p, size_t n, struct err *e UNUSED)
{
	sbuf_add(arg, p, n);
	return 0;
}

static void
render(const struct mustache_set *set, const char *name, uint64_t seed)
{
	static const struct mustache_source source = { lookup, judge, iterate, text };
	struct world w[3] = { { seed, 0 }, { seed, 0 }, { seed, 0 } };
	struct sbuf out[3];
	struct err e[3];
	int rc[3];

	for (int i = 0; i < 3; i++) {
		struct mustache_view view = { .source = &source,
			.data = &w[i],
			.root = (const void *)(uintptr_t)seed,
			.max_bytes = MAX_BYTES,
			.strict = (seed & 64) != 0 };

		e[i] = (struct err){ .code = ERR_NONE };
		sbuf_init(&out[i], MAX_BYTES);
		rc[i] = i < 2 ? mustache_render(set, name, &view, &out[i], &e[i])
			      : mustache_render_to(set, name, &view, take, &out[i], &e[i]);
		if (out[i].failed || rc[i] != rc[0] || strcmp(e[i].msg, e[0].msg) != 0)
			abort();
		if (rc[i] == 0
			? !str_eq(str_n(out[i].buf, out[i].len), str_n(out[0].buf, out[0].len))
			: e[i].code != ERR_LIMIT && e[i].code != ERR_INPUT)
			abort();
		if (i < 2 && rc[i] < 0 && out[i].len != 0)
			abort();
	}
	for (int i = 0; i < 3; i++)
		sbuf_free(&out[i]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = str_n((const char *)data, size), piece;
	struct mustache_set *set = mustache_set_new();
	struct err e = { .code = ERR_NONE };
	char name[2] = "a";
	int rc = 0;

	while (rc == 0 && name[0] < 'a' + MAX_TEMPLATES && str_chr(rest, '\x1e') < rest.n &&
	       str_split(&rest, '\x1e', &piece)) {
		rc = mustache_set_add(set, name, NULL, piece, &e);
		if (rc < 0 && (e.msg[0] != name[0] || e.msg[1] != ':' || !str_isdigit(e.msg[2])))
			abort();
		name[0]++;
	}
	if (rc == 0 && name[0] > 'a') {
		uint64_t seed = hash_str(rest, 0);

		if (mustache_set_finish(set, (seed & 128) == 0, &e) == 0)
			for (char c = 'a'; c < name[0]; c++)
				render(set, (const char[]){ c, '\0' }, seed);
		else if (e.code != ERR_INPUT)
			abort();
	}
	mustache_set_free(set);
	return 0;
}
