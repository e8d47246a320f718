#include "base/compat.h"

#include "base/hash.h"
#include "base/xalloc.h"
#include "ingest/calls.h"

static uint64_t
print(struct str call_id)
{
	return hash_str(call_id, 0);
}

/* Let the views of C point into a copy of their texts. */
static char *
keep(struct st_call *c)
{
	struct str *const views[] = { &c->name, &c->space, &c->call_id, &c->command };
	size_t n = 1, at = 0;
	char *texts;

	for (size_t i = 0; i < ARRAY_LEN(views); i++)
		n += views[i]->n;
	texts = xmalloc(n);
	for (size_t i = 0; i < ARRAY_LEN(views); i++) {
		if (views[i]->p == NULL)
			continue;
		memcpy(texts + at, views[i]->p, views[i]->n);
		views[i]->p = texts + at;
		at += views[i]->n;
	}
	return texts;
}

static int
store_call(struct calls *c, struct store *s, const struct st_call *call, struct err *e)
{
	if (call->call_id.p != NULL)
		(void)set64_add(&c->stored, print(call->call_id));
	c->added++;
	c->failures += st_call_failed(call);
	return st_call_put(s, call, e);
}

/* Store the open call number I and take it off the list. */
static int
put(struct calls *c, struct store *s, size_t i, struct err *e)
{
	struct open_call *o = &c->open[i];
	int rc = store_call(c, s, &o->call, e);

	if (o->call.output_line == 0)
		c->earlier = true;
	free(o->texts);
	c->len--;
	memmove(o, o + 1, (c->len - i) * sizeof(*o));
	return rc;
}

int
calls_add(struct calls *c, struct store *s, const struct st_place *p, const struct record *rec,
    struct err *e)
{
	struct st_call call = st_call_of(p, rec);

	if (call.output_line != 0)
		return store_call(c, s, &call, e);
	if (c->len == CALLS_OPEN && put(c, s, 0, e) < 0)
		return -1;
	c->open[c->len].call = call;
	c->open[c->len].texts = keep(&c->open[c->len].call);
	c->len++;
	return 0;
}

/* Merge the event REC at P into the open call O, whose texts may grow by a command. */
static void
merge(struct open_call *o, const struct st_place *p, const struct record *rec)
{
	char *old = o->texts;

	st_call_merge(&o->call, p, rec);
	o->texts = keep(&o->call);
	free(old);
}

/* The end event REC: of the newest call of its id; without one, of the oldest open call of the turn. */
static int
event(struct calls *c, struct store *s, const struct st_place *p, const struct record *rec,
    struct err *e)
{
	struct str id = rec->output.call_id;
	int rc;

	for (size_t i = c->len; id.p != NULL && i-- > 0;)
		if (str_eq(c->open[i].call.call_id, id)) {
			merge(&c->open[i], p, rec);
			return 1;
		}
	if (id.p != NULL)
		return c->earlier || set64_has(&c->stored, print(id))
			   ? st_call_output(s, p, rec, &c->failures, e)
			   : 0;
	if (c->earlier && (rc = st_call_output(s, p, rec, &c->failures, e)) != 0)
		return rc;
	for (size_t i = 0; i < c->len; i++)
		if (c->open[i].call.turn_seq == rec->turn_seq) {
			merge(&c->open[i], p, rec);
			return 1;
		}
	return 0;
}

int
calls_output(struct calls *c, struct store *s, const struct st_place *p, const struct record *rec,
    struct err *e)
{
	struct str id = rec->output.call_id;
	int rc = 0;

	if (rec->output.is_event)
		return event(c, s, p, rec, e);
	if (id.p == NULL)
		return 0;
	if (c->earlier && (rc = st_call_output(s, p, rec, &c->failures, e)) < 0)
		return -1;
	for (size_t i = 0; i < c->len;) {
		if (!str_eq(c->open[i].call.call_id, id)) {
			i++;
			continue;
		}
		st_call_merge(&c->open[i].call, p, rec);
		if (put(c, s, i, e) < 0)
			return -1;
		rc = 1;
	}
	return rc;
}

int
calls_end(struct calls *c, struct store *s, struct err *e)
{
	while (c->len > 0)
		if (put(c, s, 0, e) < 0)
			return -1;
	return 0;
}

void
calls_clear(struct calls *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->len; i++)
		free(c->open[i].texts);
	set64_clear(&c->stored);
	memset(c, 0, sizeof(*c));
}
