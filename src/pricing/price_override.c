#include "base/compat.h"

#include "base/utf8.h"
#include "base/xalloc.h"
#include "json/jx.h"
#include "pricing/price_card.h"
#include "pricing/price_text.h"

#define PER_UNIT_MAX ((int64_t)1000000000)

static const char *const PRICING_KEYS[] = { "unit", "per_unit", "models", NULL };
static const char *const MODEL_KEYS[] = { "input_rate", "cached_input_rate", "output_rate",
	"cache_write_rate", NULL };

/* One model of the configuration while it is read. */
struct model {
	struct json_object *o;        /* its object, borrowed */
	struct sbuf shown;            /* its name for messages */
	const struct price_row *base; /* the card's newest row to inherit from, or NULL */
	int64_t per_unit;
};

/* Refuse the key KEY, which is none of ACCEPTED. */
static int
refuse_key(const char *key, const char *accepted, struct err *e)
{
	struct sbuf b;

	sbuf_init(&b, 256);
	utf8_add_plain(&b, str_of(key));
	(void)err_set(e, ERR_USAGE, "unknown key \"%.60s\" (accepted: %s)", b.buf, accepted);
	sbuf_free(&b);
	return -1;
}

/* Refuse KEY of M, saying what is there and what would be accepted. */
static int
refuse(const struct model *m, const char *key, struct err *e)
{
	struct json_object *v = jx_any(m->o, key);
	struct sbuf b;

	sbuf_init(&b, 256);
	if (v == NULL)
		sbuf_addz(
		    &b, "missing, and the rate card has no price for this model to take it from");
	else
		price_add_shown(&b, v);
	(void)err_set(e, ERR_USAGE,
	    "pricing.models.%s.%s: %s%s (accepted: a number or numeric string, USD per %" PRId64
	    " tokens, not negative, at most 1 USD per token, "
	    "no finer than 0.000001 USD per 1000000 tokens)",
	    m->shown.buf, key, b.buf, v == NULL ? "" : " is not a price", m->per_unit);
	sbuf_free(&b);
	return -1;
}

/*
 * Rate KEY of M into *OUT. *HAS says whether M or the row it inherits from has
 * it (INHERITED, when BASE_HAS); NULL HAS: it must be there.
 */
static int
take_rate(const struct model *m, const char *key, bool base_has, int64_t inherited, bool *has,
    int64_t *out, struct err *e)
{
	struct json_object *v = jx_any(m->o, key);
	int64_t x;

	if (v == NULL) {
		if (has == NULL && !base_has)
			return refuse(m, key, e);
		if (has != NULL)
			*has = base_has;
		if (base_has)
			*out = inherited;
		return 0;
	}
	/* pico-USD per unit, so that the quotient is pico-USD per token */
	if (price_decimal(price_number_text(v), 12, &x) < 0 || x % m->per_unit != 0 ||
	    x / m->per_unit > PRICE_RATE_MAX)
		return refuse(m, key, e);
	if (has != NULL)
		*has = true;
	*out = x / m->per_unit;
	return 0;
}

static void
take_tiers(const struct price_card *card, const struct price_row *base, struct price_row_info *r)
{
	const struct price_rates *f = &card->long_multipliers;

	for (size_t t = 0; t < PRICE_TIERS; t++)
		for (size_t l = 0; l < 2; l++)
			r->factor[t][l] = base == NULL ? PRICE_FACTOR_ONE : base->info.factor[t][l];
	r->has_long = base != NULL && base->info.has_long;
	r->long_rates = r->rates;
	if (!r->has_long)
		return;
	r->long_threshold = base->info.long_threshold;
	r->long_rates.input = price_scale(r->rates.input, f->input);
	r->long_rates.cached =
	    r->has_cached ? price_scale(r->rates.cached, f->cached) : r->long_rates.input;
	r->long_rates.cache_write = r->has_cache_write
					? price_scale(r->rates.cache_write, f->cache_write)
					: r->long_rates.input;
	r->long_rates.output = price_scale(r->rates.output, f->output);
}

static int
take_model(
    const struct price_card *card, const struct model *m, struct price_row_info *r, struct err *e)
{
	static const struct price_row_info NOTHING;
	const struct price_row_info *b = m->base == NULL ? &NOTHING : &m->base->info;
	const char *key;

	if (m->o == NULL || !json_object_is_type(m->o, json_type_object))
		return err_set(e, ERR_USAGE,
		    "pricing.models.%s: must be an object "
		    "(input_rate, cached_input_rate, output_rate, cache_write_rate)",
		    m->shown.buf);
	key = price_unknown_key(m->o, MODEL_KEYS);
	if (key != NULL) {
		(void)refuse_key(
		    key, "input_rate, cached_input_rate, output_rate, cache_write_rate", e);
		return err_prefix(e, "pricing.models.%s", m->shown.buf);
	}
	if (take_rate(m, "input_rate", m->base != NULL, b->rates.input, NULL, &r->rates.input, e) <
	    0)
		return -1;
	r->rates.cached = r->rates.cache_write = r->rates.input;
	r->is_override = true;
	r->source = "configuration";
	r->checked_on = r->note = "";
	/* a model that the card prices without cached input needs no such price here either */
	if (take_rate(m, "cached_input_rate", b->has_cached, b->rates.cached,
		m->base == NULL ? NULL : &r->has_cached, &r->rates.cached, e) < 0 ||
	    take_rate(m, "output_rate", m->base != NULL, b->rates.output, NULL, &r->rates.output,
		e) < 0 ||
	    take_rate(m, "cache_write_rate", b->has_cache_write, b->rates.cache_write,
		&r->has_cache_write, &r->rates.cache_write, e) < 0)
		return -1;
	if (m->base == NULL)
		r->has_cached = true;
	take_tiers(card, m->base, r);
	return 0;
}

/* The model NAME with its value O as a row appended to *ROWS. */
static int
add_model(struct price_card *card, struct str name, struct json_object *o, int64_t per_unit,
    struct price_row **rows, size_t *n, size_t *alloc, struct err *e)
{
	struct model m = { .o = o, .per_unit = per_unit };
	struct price_row row = { .gone = false };
	int rc, id;

	name = str_trim(name);
	if (name.n == 0 || name.n > PRICE_NAME_MAX)
		return err_set(e, ERR_USAGE, "pricing.models: a model's name has 1 to %zu bytes",
		    PRICE_NAME_MAX);
	id = price_model(card, name);
	if (id >= 0)
		m.base = &card->rows[card->models[id].first + card->models[id].count - 1];
	sbuf_init(&m.shown, 4 * PRICE_NAME_MAX);
	utf8_add_plain(&m.shown, name);
	rc = take_model(card, &m, &row.info, e);
	sbuf_free(&m.shown);
	if (rc < 0)
		return -1;
	char *copy = arena_dup(card->arena, name);
	str_lowerz(copy);
	row.info.model = copy;
	xgrow(rows, *n, alloc, sizeof(**rows));
	(*rows)[(*n)++] = row;
	return 0;
}

/* Put ROW on CARD: whatever the card says about this very name goes. */
static void
replace(struct price_card *card, const struct price_row *row)
{
	const char *name = row->info.model;
	const struct price_name *x = price_find_name(card, str_of(name));
	size_t n = 0;

	if (x == NULL)
		return;
	if (x->model >= 0 && strcmp(card->models[x->model].name, name) == 0) {
		const struct price_model *m = &card->models[x->model];

		for (size_t i = 0; i < m->count; i++)
			card->rows[m->first + i].gone = true;
		return;
	}
	for (size_t i = 0; i < card->naliases; i++)
		if (strcmp(card->aliases[i].name, name) != 0)
			card->aliases[n++] = card->aliases[i];
	card->naliases = n;
	n = 0;
	for (size_t i = 0; i < card->nunpriced; i++)
		if (strcmp(card->unpriced[i].name, name) != 0)
			card->unpriced[n++] = card->unpriced[i];
	card->nunpriced = n;
}

static int
apply(struct price_card *card, const struct price_row *rows, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++)
		replace(card, &rows[i]);
	for (size_t i = 0; i < n; i++) {
		xgrow(&card->rows, card->nrows, &card->rows_alloc, sizeof(*card->rows));
		card->rows[card->nrows++] = rows[i];
	}
	if (price_index(card, e) == 0)
		return 0;
	/* the card was in order before: only two overrides of one name are left */
	return err_set(e, ERR_USAGE,
	    "pricing.models: the same model is named twice (blanks and upper case do not matter)");
}

static int
take_per_unit(struct json_object *o, int64_t *out, struct err *e)
{
	struct json_object *v = jx_any(o, "per_unit");
	struct sbuf b;

	*out = 1000000;
	if (v == NULL ||
	    (price_decimal(price_number_text(v), 0, out) == 0 && *out > 0 && *out <= PER_UNIT_MAX))
		return 0;
	sbuf_init(&b, 256);
	price_add_shown(&b, v);
	(void)err_set(e, ERR_USAGE,
	    "pricing.per_unit: %s is not a number of tokens (accepted: a whole number or numeric "
	    "string, 1 to %" PRId64 ")",
	    b.buf, PER_UNIT_MAX);
	sbuf_free(&b);
	return -1;
}

int
price_override(struct price_card *card, struct json_object *o, struct err *e)
{
	struct price_row *rows = NULL;
	struct json_object *models, *unit;
	size_t n = 0, alloc = 0;
	int64_t per_unit;
	const char *key;
	int rc = 0;

	if (!json_object_is_type(o, json_type_object))
		return err_set(e, ERR_USAGE, "pricing: must be an object (unit, per_unit, models)");
	key = price_unknown_key(o, PRICING_KEYS);
	if (key != NULL) {
		(void)refuse_key(key, "unit, per_unit, models", e);
		return err_prefix(e, "pricing");
	}
	unit = jx_any(o, "unit");
	if (unit != NULL && !json_object_is_type(unit, json_type_string))
		return err_set(
		    e, ERR_USAGE, "pricing.unit: must be a text (a label; per_unit is the number)");
	if (take_per_unit(o, &per_unit, e) < 0)
		return -1;
	models = jx_any(o, "models");
	if (models == NULL)
		return 0;
	if (!json_object_is_type(models, json_type_object))
		return err_set(e, ERR_USAGE, "pricing.models: must be an object of models by name");
	struct json_object_iterator it = json_object_iter_begin(models),
				    end = json_object_iter_end(models);
	for (; rc == 0 && !json_object_iter_equal(&it, &end); json_object_iter_next(&it))
		rc = add_model(card, str_of(json_object_iter_peek_name(&it)),
		    json_object_iter_peek_value(&it), per_unit, &rows, &n, &alloc, e);
	if (rc == 0)
		rc = apply(card, rows, n, e);
	free(rows);
	return rc;
}
