#include "base/compat.h"

#include "base/hash.h"
#include "web/header.h"
#include "web/router.h"
#include "web/validator.h"

#define TEXT_MAX ((size_t)131072)
#define MINUTE_MS INT64_C(60000)
#define FRESH_MS 2000 /* a second may still bring another change */

static int64_t
tick_ms(const struct ctx *c)
{
	return (c->route->flags & ROUTE_MINUTE) != 0 ? MINUTE_MS : PERIOD_QUARTER_MS;
}

/* What an answer depends on beside the query: the data, the address, the form. */
static void
add_place(const struct ctx *c, struct sbuf *b)
{
	if (c->web->store != NULL)
		sbuf_addf(b, "%s %" PRId64 " ", c->web->database_id, c->web->generation);
	sbuf_addf(b, "%s %s %d ", c->req->prefix, c->req->path, c->is_html);
}

static void
etag_of(const struct ctx *c, const char *progress, char out[static WEB_ETAG_LEN])
{
	uint64_t h[2] = { c->web->base_hash, ~c->web->base_hash };
	struct sbuf b;

	sbuf_init(&b, TEXT_MAX);
	add_place(c, &b);
	sbuf_addf(&b, "%s ", c->query.tz == NULL ? "" : tz_name(c->query.tz));
	sbuf_addf(&b, "%" PRId64 " ", c->query.range.from_ms);
	if (!c->is_relative)
		sbuf_addf(&b, "%" PRId64 " ", c->query.range.to_ms);
	sbuf_addf(&b, "%" PRId64 " ", c->now_ms / tick_ms(c));
	params_canonical(&c->params, "", NULL, NULL, &b);
	for (size_t i = 0; i < c->params.faults_len; i++)
		sbuf_addf(&b, " %s=%s", c->params.faults[i].param, c->params.faults[i].value);
	sbuf_addf(&b, " %s", progress == NULL ? "" : progress);
	for (int i = 0; i < 2; i++)
		h[i] = hash_bytes(b.buf, b.len, h[i]);
	(void)snprintf(out, WEB_ETAG_LEN, "\"%016" PRIx64 "%016" PRIx64 "\"", h[0], h[1]);
	sbuf_free(&b);
}

/* The request of C as it came, in this minute: what resolves to one query. */
static uint64_t
key_of(const struct ctx *c, int64_t now_ms)
{
	struct sbuf b;
	uint64_t key;

	sbuf_init(&b, TEXT_MAX);
	add_place(c, &b);
	sbuf_addf(&b, "%" PRId64, now_ms / MINUTE_MS);
	for (size_t i = 0; i < c->req->pairs_len; i++)
		sbuf_addf(&b, "&%s=%s", c->req->pairs[i].name, c->req->pairs[i].value);
	key = hash_bytes(b.buf, b.len, 0);
	sbuf_free(&b);
	return key;
}

static struct web_recent *
slot_of(const struct ctx *c, uint64_t key)
{
	return &c->web->recent[key % WEB_RECENT];
}

/*
 * Put ETAG and the time MS (-1: not known) of the last change into the head. The date has whole
 * seconds: one that is not over is told as the one before, and answers no question.
 */
static bool
put(struct ctx *c, const char *etag, int64_t ms, int64_t now_ms)
{
	bool is_fresh = now_ms - ms < FRESH_MS;
	char date[HEADER_DATE_LEN];

	resp_header(c->resp, "Cache-Control", "private, no-cache");
	resp_header(c->resp, "ETag", etag);
	if (ms >= 0) {
		header_date((ms < now_ms ? ms : now_ms) - (is_fresh ? 1000 : 0), date);
		resp_header(c->resp, "Last-Modified", date);
	}
	if (c->req->if_none_match != NULL)
		return resp_matches(c->req->if_none_match, etag);
	return ms >= 0 && !is_fresh && ms / 1000 * 1000 <= c->req->since_ms;
}

bool
validator_is_recent(struct ctx *c)
{
	int64_t now_ms = c->web->in.now_ms(c->web->in.now_arg);
	uint64_t key = key_of(c, now_ms);
	const struct web_recent *r = slot_of(c, key);
	char *progress;

	if (c->req->if_none_match == NULL || r->key != key ||
	    !resp_matches(c->req->if_none_match, r->etag))
		return false;
	web_progress(c->web, &progress);
	if (progress != NULL) { /* it changes by itself */
		free(progress);
		return false;
	}
	return put(c, r->etag, r->modified_ms, now_ms);
}

bool
validator_is_known(struct ctx *c)
{
	int64_t tick = c->now_ms - c->now_ms % tick_ms(c), ms = web_changed_ms(c->web);
	uint64_t key = key_of(c, c->now_ms);
	struct web_recent *r = slot_of(c, key), now = { .key = key };
	char *progress;

	web_progress(c->web, &progress);
	etag_of(c, progress, now.etag);
	now.modified_ms = progress != NULL ? -1 : ms > tick ? ms : tick;
	if (progress == NULL)
		*r = now;
	free(progress);
	return put(c, now.etag, now.modified_ms, c->now_ms);
}
