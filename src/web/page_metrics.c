/*
 * /metrics: counters and gauges in the text format of Prometheus. Models are
 * the only names: no session, no path.
 *
 * Source: pages.md 5 "metrics".
 */
#include "base/compat.h"

#include "base/table.h"
#include "base/xalloc.h"
#include "report/report.h"
#include "report/status.h"
#include "web/router.h"

raw_fn raw_metrics;

struct model {
	char *name;
	struct report_sum sum;
	UT_hash_handle hh;
};

static void
family(struct sbuf *b, const char *name, const char *type, const char *help)
{
	sbuf_addf(b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* S as the value of a label. */
static void
label(struct sbuf *b, const char *s)
{
	for (; *s != '\0'; s++)
		if (*s == '\\' || *s == '"')
			sbuf_addf(b, "\\%c", *s);
		else if (*s == '\n')
			sbuf_addz(b, "\\n");
		else
			sbuf_addc(b, *s);
}

static void
sample(struct sbuf *b, const char *name, const char *model, const char *class, int64_t v)
{
	sbuf_addf(b, "%s{model=\"", name);
	label(b, model);
	sbuf_addf(b, "\",class=\"%s\"} %" PRId64 "\n", class, v);
}

/* Sums by model: the rows are by month, too. */
static struct model *
by_model(const struct report *r)
{
	struct model *models = NULL, *m;

	for (size_t i = 0; i < r->len; i++) {
		const struct report_sum *s = &r->rows[i].sum;

		HASH_FIND_STR(models, r->rows[i].group, m);
		if (m == NULL) {
			m = xcalloc(1, sizeof(*m));
			m->name = xstrdup(r->rows[i].group);
			HASH_ADD_KEYPTR(hh, models, m->name, strlen(m->name), m);
		}
		m->sum.input += s->input;
		m->sum.cached += s->cached;
		m->sum.cache_write += s->cache_write;
		m->sum.output += s->output;
		m->sum.reasoning += s->reasoning;
		m->sum.priced += s->priced;
		m->sum.cost += s->cost;
	}
	return models;
}

/* The classes do not overlap, so that their sum is the total: input without cached, output without reasoning. */
static void
tokens(struct sbuf *b, const struct model *models)
{
	static const char name[] = "codex_tokens_total";

	family(
	    b, name, "counter", "Tokens counted, by model and class; the classes do not overlap.");
	for (const struct model *m = models; m != NULL; m = m->hh.next) {
		sample(b, name, m->name, "input_uncached",
		    m->sum.input - m->sum.cached - m->sum.cache_write);
		sample(b, name, m->name, "input_cached", m->sum.cached);
		sample(b, name, m->name, "cache_write", m->sum.cache_write);
		sample(b, name, m->name, "output", m->sum.output - m->sum.reasoning);
		sample(b, name, m->name, "reasoning", m->sum.reasoning);
	}
}

static void
costs(struct sbuf *b, const struct model *models)
{
	char usd[64];

	family(b, "codex_cost_usd_total", "counter",
	    "What the priced tokens cost at API list prices; not a bill.");
	for (const struct model *m = models; m != NULL; m = m->hh.next) {
		if (m->sum.priced == 0)
			continue;
		price_format_decimal(m->sum.cost, usd);
		sbuf_addz(b, "codex_cost_usd_total{model=\"");
		label(b, m->name);
		sbuf_addf(b, "\"} %s\n", usd);
	}
}

static void
limit(struct sbuf *b, const char *name, const struct status_limit *l, const char *value)
{
	char window[32];

	status_window_name(l->minutes, window);
	sbuf_addf(b, "%s{limit=\"", name);
	label(b, l->limit_id);
	sbuf_addz(b, "\",window=\"");
	label(b, window);
	sbuf_addf(b, "\"} %s\n", value);
}

/* Live windows of the first home that has a limit: no label tells homes apart. */
static void
limits(struct sbuf *b, const struct status *st)
{
	static const char used[] = "codex_limit_used_ratio";
	static const char reset[] = "codex_limit_reset_timestamp_seconds";
	const char *home = st->limits_len > 0 ? st->limits[0].home : "";
	char text[32];

	family(b, used, "gauge",
	    "Part of a limit that is used, 0 to 1; windows that are over are left out.");
	for (size_t i = 0; i < st->limits_len; i++) {
		const struct status_limit *l = &st->limits[i];

		(void)snprintf(text, sizeof(text), "%.6g", l->used_percent / 100);
		if (!l->is_reset && strcmp(l->home, home) == 0)
			limit(b, used, l, text);
	}
	family(b, reset, "gauge", "When the window ends.");
	for (size_t i = 0; i < st->limits_len; i++) {
		const struct status_limit *l = &st->limits[i];

		(void)snprintf(text, sizeof(text), "%" PRId64, l->resets_ms / 1000);
		if (!l->is_reset && l->resets_ms >= 0 && strcmp(l->home, home) == 0)
			limit(b, reset, l, text);
	}
}

static void
rest(struct ctx *c, struct sbuf *b)
{
	int64_t checked = web_checked_ms(c->web);

	if (checked >= 0) {
		family(b, "codex_ingest_last_success_timestamp_seconds", "gauge",
		    "When the files were last looked at, to the end.");
		sbuf_addf(
		    b, "codex_ingest_last_success_timestamp_seconds %" PRId64 "\n", checked / 1000);
	}
	family(b, "codex_build_info", "gauge", "The version of the program.");
	sbuf_addz(b, "codex_build_info{version=\"" PACKAGE_VERSION "\"} 1\n");
}

int
raw_metrics(struct ctx *c, struct err *e)
{
	struct sbuf *b = &c->resp->body;
	struct model *models, *m, *next;
	struct report r;
	struct status st;

	c->query.range = (struct period){ PERIOD_MIN, PERIOD_MAX };
	c->query.group = BUCKET_MONTH;
	c->query.by = dim_find("model");
	if (report_run(c->web->store, &c->query, c->web->in.card, &r, e) < 0)
		return -1;
	models = by_model(&r);
	report_clear(&r);
	tokens(b, models);
	costs(b, models);
	HASH_ITER(hh, models, m, next)
	{
		HASH_DEL(models, m);
		free(m->name);
		free(m);
	}
	if (status_run(c->web->store, c->now_ms, &st, e) < 0)
		return -1;
	limits(b, &st);
	status_clear(&st);
	rest(c, b);
	if (sbuf_check(b, e) < 0)
		return -1;
	resp_header(c->resp, "Content-Type", "text/plain; version=0.0.4; charset=utf-8");
	resp_send(c->resp);
	return 0;
}
