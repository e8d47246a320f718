/*
 * params.h - the parameters of a URL by one table (params.def and report/dims.h):
 * reading with a list of all faults, the canonical query, help for the form and
 * for the OpenAPI document.
 *
 * Source: pages.md 4.
 */
#ifndef WEB_PARAMS_H
#define WEB_PARAMS_H

#include "base/sbuf.h"
#include "web/request.h"

enum param_kind {
	PARAM_CHOICE, /* one of a list */
	PARAM_DATE,   /* 2026-01-02 */
	PARAM_WHEN,   /* a date or a time */
	PARAM_ZONE,
	PARAM_DIM, /* name of a dimension */
	PARAM_INT, /* between two bounds */
	PARAM_TEXT,
	PARAM_FILTER /* value of a dimension; may be repeated */
};

struct param {
	const char *name;
	enum param_kind kind;
	const char *dflt; /* "": none */
	const char
	    *allowed; /* words for PARAM_CHOICE, "least-most" for PARAM_INT, else for people */
	const char *help;
};

struct param_value {
	struct param def;
	char *text; /* never "" */
};

struct param_fault {
	char *param, *value; /* as sent */
	char *what, *allowed;
};

struct params {
	const char *takes;
	struct param_value *v; /* in the order of the table, repeated ones as they came */
	size_t len;
	struct param_fault *faults;
	size_t faults_len;
};

/* Parameter number I from 0 into *OUT. Returns false behind the last; cannot fail. */
bool param_at(size_t i, struct param *out);

/* Parameter number I from 0, with the default that TAKES has for it, into *OUT. Returns false behind the last; cannot fail. */
bool param_of(const char *takes, size_t i, struct param *out);

/* True when TAKES (names with blanks between; "filters": all dimensions) has P; cannot fail. */
bool param_is_taken(const char *takes, const struct param *p);

/*
 * Read the N pairs PAIRS by TAKES (static) into *OUT (params_clear). An empty value
 * counts as not given. What is wrong is in OUT->faults, each with what would be right,
 * and is then taken as not given; cannot fail otherwise.
 */
void params_read(struct params *out, const char *takes, const struct request_pair *pairs, size_t n);

/* Free what P owns. NULL-safe; cannot fail. */
void params_clear(struct params *p);

/* Value of the parameter NAME in P, else its default, else NULL. Lends; cannot fail. */
const char *params_get(const struct params *p, const char *name);

/* Number of the PARAM_INT NAME in P, DFLT when it has neither value nor default; cannot fail. */
int64_t params_int(const struct params *p, const char *name, int64_t dflt);

/* Note that VALUE of the parameter NAME is wrong because of WHAT, ALLOWED being right (NULL: nothing to name), and take it out of P; VALUE NULL: all it has. Texts are copied; cannot fail. */
void params_fault(
    struct params *p, const char *name, const char *value, const char *what, const char *allowed);

/*
 * Append to OUT the canonical query of P: known keys in the order of the table, without
 * defaults, "a=b&c=d"; the keys named in LESS (blanks between) are left out, and
 * MORE_NAME with MORE_VALUE (NULL: none) is put behind. Errors stay in OUT.
 */
void params_canonical(const struct params *p, const char *less, const char *more_name,
    const char *more_value, struct sbuf *out);

#endif
