#include "base/compat.h"

#include "base/xalloc.h"
#include "store/st_limit.h"

/* no clock shows a later time; what says so is not believed */
#define LATEST_MS INT64_C(253402300799999)

static int
key_of(
    struct store *s, bool writes, struct str limit_id, int64_t minutes, int64_t *key, struct err *e)
{
	static const char FIND[] = "SELECT id FROM limit_key WHERE limit_id = ?1 AND minutes = ?2";
	static const char NEW[] = "INSERT INTO limit_key(limit_id, minutes) VALUES (?1, ?2)";
	struct stmt *q;
	int rc;

	/* October 2025 logged a minute less */
	minutes = minutes == 299 ? 300 : minutes == 10079 ? 10080 : minutes;
	if ((q = store_stmt(s, FIND, e)) == NULL)
		return -1;
	stmt_bind_str(q, 1, limit_id);
	stmt_bind_i64(q, 2, minutes);
	rc = stmt_ask(q, key, e);
	if (rc != 0 || !writes)
		return rc < 0 ? -1 : 0;
	if ((q = store_stmt(s, NEW, e)) == NULL)
		return -1;
	stmt_bind_str(q, 1, limit_id);
	stmt_bind_i64(q, 2, minutes);
	if (stmt_run(q, e) < 0)
		return -1;
	*key = store_last_id(s);
	return 0;
}

/* The windows of the set SET_ID into *OUT; looked up once. */
static int
keys_of(struct store *s, struct st_limit_keys *keys, bool writes, int64_t set_id,
    const struct st_limit_set_keys **out, struct err *e)
{
	static const char SQL[] =
	    "SELECT limit_id, has_first, coalesce(first_minutes, -1), has_second, "
	    "coalesce(second_minutes, -1) FROM limit_set WHERE id = ?1";
	struct st_limit_set_keys k = { .set_id = set_id };
	struct stmt *q;
	int rc;

	for (size_t i = keys->len; i-- > 0;)
		if (keys->p[i].set_id == set_id) {
			*out = &keys->p[i];
			return 0;
		}
	if ((q = store_stmt(s, SQL, e)) == NULL)
		return -1;
	stmt_bind_i64(q, 1, set_id);
	if ((rc = stmt_step(q, e)) == 1) {
		bool second = stmt_i64(q, 3) != 0;

		if (stmt_i64(q, 1) != 0 || !second)
			rc = key_of(s, writes, stmt_str(q, 0), stmt_i64(q, 2), &k.key[0], e);
		if (rc >= 0 && second)
			rc = key_of(s, writes, stmt_str(q, 0), stmt_i64(q, 4), &k.key[1], e);
	}
	stmt_done(q);
	if (rc < 0)
		return -1;
	xgrow(&keys->p, keys->len, &keys->alloc, sizeof(*keys->p));
	keys->p[keys->len++] = k;
	*out = &keys->p[keys->len - 1];
	return 0;
}

int
st_limit_add(struct store *s, struct st_limit_keys *keys, bool writes,
    const struct st_limit_line *line, struct st_spans *spans, struct err *e)
{
	const struct st_limit_set_keys *k;

	if (line->ts_ms < 0)
		return 0;
	if (keys_of(s, keys, writes, line->set_id, &k, e) < 0)
		return -1;
	for (int i = 0; i < 2; i++) {
		struct st_span x = { .key_id = k->key[i],
			.home_id = line->home_id,
			.first_ms = line->ts_ms,
			.last_ms = line->ts_ms,
			.percent = line->percent[i],
			.resets_ms = line->resets_ms[i] };

		if (x.resets_ms < 0 || x.resets_ms > LATEST_MS)
			x.resets_ms = -1;
		if (line->has[i] && k->key[i] != 0)
			st_span_add(spans, &x);
	}
	return 0;
}
