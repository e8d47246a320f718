/*
 * show_session.h - panels of the page of one session and of one of its turns,
 * made of C->data (report/session.h). doc/PAGES.md describes the trees.
 */
#ifndef WEB_SHOW_SESSION_H
#define WEB_SHOW_SESSION_H

#include "web/show.h"

/* Of a longer list than SHOW_ROWS the page of a session shows only so many turns and responses. */
#define SHOW_SESSION_ROWS 200

/* Members of a list that are drawn as one column, so that at most MAX columns are needed. */
struct show_fold {
	struct json_object *list; /* lent */
	size_t per;
	int len; /* columns */
};

/* How LIST (lent) is drawn in at most MAX columns. Returns it by value; cannot fail. */
struct show_fold show_fold(struct json_object *list, int max);

/* Values of M by column of F, added up. Returns F->len + 1 of them, owned by the caller; aborts when out of memory. */
int64_t *show_fold_sums(const struct show_fold *f, enum metric m);

/* The largest integer KEY by column of F, -1 where there is none. Returns F->len + 1 of them, owned by the caller; aborts when out of memory. */
int64_t *show_fold_most(const struct show_fold *f, const char *key);

/* V thousandths in percent, a dot when it is negative. Returns the text by value; cannot fail. */
struct text show_permille(int64_t v);

/* Time of day of MS on the clock of C's zone, to the second. Returns the text by value; cannot fail. */
struct text show_seconds(const struct ctx *c, int64_t ms);

/* N of ONE, with an s behind it unless it is one: "3 turns". Returns the text by value; cannot fail. */
struct text show_many(int64_t n, const char *one);

/*
 * The responses LIST, the last of TOTAL, into PANEL as _chart, _table and _note, null when there
 * are none. Aborts when out of memory.
 */
void show_responses(
    const struct ctx *c, struct json_object *panel, struct json_object *list, int64_t total);

/* C->data's turns into PANEL as _table and _note; rows open to their responses. Aborts when out of memory. */
void show_turns(const struct ctx *c, struct json_object *panel);

/* C->data's family into PANEL as _table, null when the session is alone. Aborts when out of memory. */
void show_family(const struct ctx *c, struct json_object *panel);

/* C->data's tools into PANEL as _table. Aborts when out of memory. */
void show_tools(const struct ctx *c, struct json_object *panel);

/* C->data's limits into PANEL as _table. Aborts when out of memory. */
void show_limits_touched(const struct ctx *c, struct json_object *panel);

/* C->data's verdicts and arithmetic into PANEL as _sum, _table, _check. Aborts when out of memory. */
void show_explain(const struct ctx *c, struct json_object *panel);

#endif
