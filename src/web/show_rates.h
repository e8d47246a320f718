/*
 * show_rates.h - the rate card as a table, and its dates, for Cost.
 */
#ifndef WEB_SHOW_RATES_H
#define WEB_SHOW_RATES_H

#include "web/show.h"

/* The day DAY ("2026-11-22") at 0:00 UTC in ms; -1 when it is none. Cannot fail. */
int64_t show_day(struct str day);

/* The day DAY for people: "22 Nov 2026"; a dot when it is none. Returns the text by value; cannot fail. */
struct text show_day_text(struct str day);

/* The rates, aliases and names without a price of C->data (report/cost.h) into PANEL as _table. Aborts when out of memory. */
void show_rates(const struct ctx *c, struct json_object *panel);

#endif
