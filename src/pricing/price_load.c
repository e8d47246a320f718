#include "base/compat.h"

#include "base/num.h"
#include "base/xalloc.h"
#include "json/jx.h"
#include "pricing/price_card.h"
#include "pricing/price_text.h"

#define FILE_MAX ((size_t)1 << 20)
#define MODEL_MAX 100
#define TEXT_MAX 400
#define THRESHOLD_MAX ((int64_t)1000000000000)

static const char *const CARD_KEYS[] = { "about", "format", "long_multipliers", "rows", "aliases",
	"unpriced", NULL };
static const char *const ROW_KEYS[] = { "model", "valid_from", "input", "cached", "cache_write",
	"output", "long", "tiers", "source", "checked_on", "note", NULL };
static const char *const LONG_KEYS[] = { "threshold", "input", "cached", "cache_write", "output",
	NULL };
static const char *const TIER_KEYS[] = { "priority", "priority_long", "flex", "flex_long", NULL };
static const char *const RATE_KEYS[] = { "input", "cached", "cache_write", "output", NULL };
static const char *const ALIAS_KEYS[] = { "name", "model", "note", NULL };
static const char *const UNPRICED_KEYS[] = { "name", "reason", NULL };

static int
known_keys(struct json_object *o, const char *const *known, struct err *e)
{
	const char *key;

	if (o == NULL || !json_object_is_type(o, json_type_object))
		return err_set(e, ERR_INPUT, "must be an object");
	key = price_unknown_key(o, known);
	if (key != NULL) {
		char safe[64];
		size_t n = 0;

		for (; key[n] != '\0' && n < sizeof(safe) - 1; n++)
			safe[n] = key[n] >= ' ' && key[n] <= '~' ? key[n] : '?';
		safe[n] = '\0';
		return err_set(e, ERR_INPUT, "unknown key \"%s\"", safe);
	}
	return 0;
}

/* Refuse member KEY of O: its value, or that it is missing, and what it must be (FORM). */
static int
refuse(struct json_object *o, const char *key, const char *form, struct err *e)
{
	struct json_object *v = jx_any(o, key);
	struct sbuf b;

	if (v == NULL)
		return err_set(e, ERR_INPUT, "%s: missing (%s)", key, form);
	sbuf_init(&b, 256);
	price_add_shown(&b, v);
	(void)err_set(e, ERR_INPUT, "%s: %s is not %s", key, b.buf, form);
	sbuf_free(&b);
	return -1;
}

/* Text KEY of O into *OUT, owned by CARD; absent is "" unless NEEDED. */
static int
take_text(struct price_card *card, struct json_object *o, const char *key, bool needed,
    const char **out, struct err *e)
{
	struct str s = jx_str(o, key);

	*out = "";
	if (!needed && !json_object_object_get_ex(o, key, NULL))
		return 0;
	if (s.n == 0 || s.n > TEXT_MAX || memchr(s.p, '\0', s.n) != NULL)
		return refuse(o, key, "a text of 1 to 400 bytes", e);
	*out = arena_dup(card->arena, s);
	return 0;
}

/* Model name KEY of O into *OUT, owned by CARD; a '*' at its end only for FAMILY. */
static int
take_name(struct price_card *card, struct json_object *o, const char *key, bool family,
    const char **out, struct err *e)
{
	struct str s = jx_str(o, key);
	size_t n = s.n;

	if (family && n > 1 && s.p[n - 1] == '*')
		n--;
	if (n == 0 || n > MODEL_MAX || str_trim(s).n != s.n)
		return refuse(o, key, "a model name", e);
	for (size_t i = 0; i < n; i++)
		if (!str_isdigit(s.p[i]) && !(str_isalpha(s.p[i]) && str_lower(s.p[i]) == s.p[i]) &&
		    strchr("-._ ", s.p[i]) == NULL)
			return refuse(
			    o, key, "a model name (lower case, digits, '-', '.', '_')", e);
	if (memchr(s.p, '\0', s.n) != NULL)
		return refuse(o, key, "a model name", e);
	*out = arena_dup(card->arena, s);
	return 0;
}

/* Date KEY of O; its text (owned by CARD) and its first millisecond. */
static int
take_date(struct price_card *card, struct json_object *o, const char *key, const char **text,
    int64_t *ms, struct err *e)
{
	struct str s = jx_str(o, key);

	if (price_date(s, ms) < 0)
		return refuse(o, key, "a date \"YYYY-MM-DD\"", e);
	*text = arena_dup(card->arena, s);
	return 0;
}

/* Price KEY of O into *OUT; *HAS says whether it is there, which it must be when HAS is NULL. */
static int
take_price(struct json_object *o, const char *key, bool *has, int64_t *out, struct err *e)
{
	struct str s = jx_str(o, key);

	if (has != NULL) {
		*has = json_object_object_get_ex(o, key, NULL);
		if (!*has)
			return 0;
	}
	if (num_decimal(s, 6, out) < 0 || *out > PRICE_RATE_MAX)
		return refuse(o, key,
		    "a price: a string such as \"1.75\", USD per 1000000 tokens, "
		    "0 to 1000000, at most 6 decimals",
		    e);
	return 0;
}

/* The four prices of O; those that are absent repeat the input price. */
static int
take_rates(struct json_object *o, struct price_rates *r, bool *has_cached, bool *has_cache_write,
    struct err *e)
{
	if (take_price(o, "input", NULL, &r->input, e) < 0)
		return -1;
	r->cached = r->cache_write = r->input;
	if (take_price(o, "cached", has_cached, &r->cached, e) < 0 ||
	    take_price(o, "cache_write", has_cache_write, &r->cache_write, e) < 0)
		return -1;
	return take_price(o, "output", NULL, &r->output, e);
}

/* Factor KEY of O into *OUT; absent gives 0 unless NEEDED. */
static int
take_factor(struct json_object *o, const char *key, bool needed, int64_t *out, struct err *e)
{
	*out = 0;
	if (!needed && !json_object_object_get_ex(o, key, NULL))
		return 0;
	if (num_decimal(jx_str(o, key), 6, out) < 0 || *out == 0 || *out > PRICE_FACTOR_MAX)
		return refuse(
		    o, key, "a factor: a string such as \"2\" or \"0.5\", above 0, at most 100", e);
	return 0;
}

static int
take_long(struct json_object *o, struct price_row_info *r, struct err *e)
{
	struct json_object *l = jx_any(o, "long");
	bool cached, cache_write;

	r->long_rates = r->rates;
	r->has_long = json_object_object_get_ex(o, "long", NULL);
	if (!r->has_long)
		return 0;
	if (known_keys(l, LONG_KEYS, e) < 0)
		goto fail;
	if (!jx_i64(l, "threshold", 1, THRESHOLD_MAX, &r->long_threshold)) {
		(void)refuse(l, "threshold", "a number of tokens above 0", e);
		goto fail;
	}
	if (take_rates(l, &r->long_rates, &cached, &cache_write, e) < 0)
		goto fail;
	if (cached != r->has_cached || cache_write != r->has_cache_write) {
		(void)err_set(
		    e, ERR_INPUT, "must have the same prices as the row (cached, cache_write)");
		goto fail;
	}
	return 0;
fail:
	return err_prefix(e, "long");
}

static int
take_tiers(struct json_object *o, struct price_row_info *r, struct err *e)
{
	static const char *const SHORT[PRICE_TIERS] = { NULL, "priority", "flex", NULL };
	static const char *const LONG[PRICE_TIERS] = { NULL, "priority_long", "flex_long", NULL };
	struct json_object *t = jx_any(o, "tiers");
	bool present = json_object_object_get_ex(o, "tiers", NULL);

	if (present && known_keys(t, TIER_KEYS, e) < 0)
		return err_prefix(e, "tiers");
	for (size_t i = 0; i < PRICE_TIERS; i++) {
		int64_t *f = r->factor[i];

		f[0] = f[1] = SHORT[i] == NULL ? PRICE_FACTOR_ONE : 0;
		if (SHORT[i] == NULL || !present)
			continue;
		if (take_factor(t, SHORT[i], false, &f[0], e) < 0 ||
		    take_factor(t, LONG[i], false, &f[1], e) < 0)
			return err_prefix(e, "tiers");
		if (f[1] != 0 && !r->has_long)
			return err_set(e, ERR_INPUT, "tiers: %s without a long tier", LONG[i]);
		if (!r->has_long)
			f[1] = f[0];
	}
	return 0;
}

/* One element of "rows" into *R. */
static int
take_row(struct price_card *card, struct json_object *o, struct price_row_info *r, struct err *e)
{
	const char *text;
	int64_t ms;

	if (known_keys(o, ROW_KEYS, e) < 0 || take_name(card, o, "model", false, &r->model, e) < 0)
		return -1;
	if (take_date(card, o, "valid_from", &text, &r->valid_from_ms, e) < 0 ||
	    take_rates(o, &r->rates, &r->has_cached, &r->has_cache_write, e) < 0 ||
	    take_long(o, r, e) < 0 || take_tiers(o, r, e) < 0 ||
	    take_text(card, o, "source", true, &r->source, e) < 0 ||
	    take_date(card, o, "checked_on", &r->checked_on, &ms, e) < 0 ||
	    take_text(card, o, "note", false, &r->note, e) < 0)
		return err_prefix(e, "%s", r->model);
	return 0;
}

static int
take_rows(struct price_card *card, struct json_object *root, struct err *e)
{
	struct json_object *a = jx_arr(root, "rows");

	if (jx_len(a) == 0)
		return err_set(e, ERR_INPUT, "rows: must be an array of at least one row");
	for (size_t i = 0; i < jx_len(a); i++) {
		struct price_row row = { .gone = false };

		if (take_row(card, jx_at(a, i), &row.info, e) < 0)
			return err_prefix(e, "rows[%zu]", i);
		xgrow(&card->rows, card->nrows, &card->rows_alloc, sizeof(*card->rows));
		card->rows[card->nrows++] = row;
	}
	return 0;
}

static int
take_aliases(struct price_card *card, struct json_object *root, struct err *e)
{
	struct json_object *a = jx_arr(root, "aliases");

	if (a == NULL && json_object_object_get_ex(root, "aliases", NULL))
		return err_set(e, ERR_INPUT, "aliases: must be an array");
	for (size_t i = 0; i < jx_len(a); i++) {
		struct json_object *o = jx_at(a, i);
		struct price_alias_info x;

		if (known_keys(o, ALIAS_KEYS, e) < 0 ||
		    take_name(card, o, "name", false, &x.name, e) < 0 ||
		    take_name(card, o, "model", false, &x.model, e) < 0 ||
		    take_text(card, o, "note", false, &x.note, e) < 0)
			return err_prefix(e, "aliases[%zu]", i);
		xgrow(&card->aliases, card->naliases, &card->aliases_alloc, sizeof(*card->aliases));
		card->aliases[card->naliases++] = x;
	}
	return 0;
}

static int
take_unpriced(struct price_card *card, struct json_object *root, struct err *e)
{
	struct json_object *a = jx_arr(root, "unpriced");

	if (a == NULL && json_object_object_get_ex(root, "unpriced", NULL))
		return err_set(e, ERR_INPUT, "unpriced: must be an array");
	for (size_t i = 0; i < jx_len(a); i++) {
		struct json_object *o = jx_at(a, i);
		struct price_unpriced_info x;

		if (known_keys(o, UNPRICED_KEYS, e) < 0 ||
		    take_name(card, o, "name", true, &x.name, e) < 0 ||
		    take_text(card, o, "reason", true, &x.reason, e) < 0)
			return err_prefix(e, "unpriced[%zu]", i);
		xgrow(&card->unpriced, card->nunpriced, &card->unpriced_alloc,
		    sizeof(*card->unpriced));
		card->unpriced[card->nunpriced++] = x;
	}
	return 0;
}

static int
take_card(struct price_card *card, struct json_object *root, struct err *e)
{
	struct json_object *m = jx_any(root, "long_multipliers");
	struct price_rates *f = &card->long_multipliers;
	int64_t format;

	if (known_keys(root, CARD_KEYS, e) < 0)
		return -1;
	if (!jx_i64(root, "format", 1, 1, &format))
		return refuse(root, "format", "1, the only format this program reads", e);
	if (known_keys(m, RATE_KEYS, e) < 0 || take_factor(m, "input", true, &f->input, e) < 0 ||
	    take_factor(m, "cached", true, &f->cached, e) < 0 ||
	    take_factor(m, "cache_write", true, &f->cache_write, e) < 0 ||
	    take_factor(m, "output", true, &f->output, e) < 0)
		return err_prefix(e, "long_multipliers");
	if (take_rows(card, root, e) < 0 || take_aliases(card, root, e) < 0 ||
	    take_unpriced(card, root, e) < 0)
		return -1;
	return price_index(card, e);
}

int
price_card_build(struct price_card **out, struct json_object *root, const char *where,
    struct json_object *overrides, struct err *e)
{
	struct price_card *card = xcalloc(1, sizeof(*card));
	int rc;

	card->arena = arena_new();
	rc = take_card(card, root, e);
	if (rc < 0)
		(void)err_prefix(e, "%s", where);
	else if (overrides != NULL)
		rc = price_override(card, overrides, e);
	if (rc < 0) {
		price_card_free(card);
		return -1;
	}
	*out = card;
	return 0;
}

int
price_card_load(
    struct price_card **out, const char *path, struct json_object *overrides, struct err *e)
{
	struct json_object *root = NULL;
	int rc;

	if (jx_file(path, FILE_MAX, &root, e) < 0)
		return -1;
	rc = price_card_build(out, root, path, overrides, e);
	json_object_put(root);
	return rc;
}
