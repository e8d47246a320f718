/*
 * st_limit.h - the rate limits of one usage line as samples: each limit by its
 * row of limit_key, each once in that table.
 */
#ifndef STORE_ST_LIMIT_H
#define STORE_ST_LIMIT_H

#include "store/st_span.h"

/* What a usage line says of its limits. */
struct st_limit_line {
	int64_t set_id; /* row of limit_set */
	int64_t home_id;
	int64_t ts_ms;        /* negative: not known, then it is no sample */
	bool has[2];          /* the first window, the second */
	double percent[2];    /* used part */
	int64_t resets_ms[2]; /* negative: not known */
};

/* Rows of limit_key for the windows of a limit_set; 0: no such window, or no row. */
struct st_limit_set_keys {
	int64_t set_id, key[2];
};

/* Those asked for so far; all zero before the first. */
struct st_limit_keys {
	struct st_limit_set_keys *p;
	size_t len, alloc;
};

/*
 * Add the samples of LINE to SPANS. KEYS remembers the rows of limit_key in S (free KEYS->p);
 * a limit that has none yet gets one when WRITES, else it is left out. Returns 0; -1 with
 * ERR_DB in *E.
 */
int st_limit_add(struct store *s, struct st_limit_keys *keys, bool writes,
    const struct st_limit_line *line, struct st_spans *spans, struct err *e);

#endif
