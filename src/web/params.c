#include "base/compat.h"

#include "base/num.h"
#include "base/xalloc.h"
#include "report/dims.h"
#include "time/civil.h"
#include "time/tz.h"
#include "web/params.h"
#include "web/url.h"

#define ALLOWED_MAX 4096

static const struct param table[] = {
#define PARAM(name, kind, dflt, allowed, help) { name, kind, dflt, allowed, help },
#define DEFAULT(word, name, dflt)
#include "web/params.def"
#undef PARAM
#undef DEFAULT
};

static const struct {
	const char *word, *name, *dflt;
} defaults[] = {
#define PARAM(name, kind, dflt, allowed, help)
#define DEFAULT(word, name, dflt) { word, name, dflt },
#include "web/params.def"
#undef PARAM
#undef DEFAULT
};

bool
param_at(size_t i, struct param *out)
{
	const struct dim *d;

	if (i < ARRAY_LEN(table)) {
		*out = table[i];
		return true;
	}
	if ((d = dim_at(i - ARRAY_LEN(table))) == NULL)
		return false;
	*out = (struct param){ d->name, PARAM_FILTER, "", "VALUE, !VALUE, VALUE*, <unknown>",
		"only this one; may be repeated" };
	return true;
}

static bool
has_word(const char *words, const char *word)
{
	struct str rest = str_of(words), w;

	while (str_split(&rest, ' ', &w))
		if (str_eqz(w, word))
			return true;
	return false;
}

/* The default of its own that TAKES has for P; static, NULL: none. */
static const char *
other_default(const char *takes, const struct param *p)
{
	for (size_t i = 0; takes != NULL && i < ARRAY_LEN(defaults); i++)
		if (strcmp(defaults[i].name, p->name) == 0 && has_word(takes, defaults[i].word))
			return defaults[i].dflt;
	return NULL;
}

bool
param_is_taken(const char *takes, const struct param *p)
{
	return has_word(takes, p->name) ||
	       (p->kind == PARAM_FILTER && has_word(takes, "filters")) ||
	       other_default(takes, p) != NULL;
}

bool
param_of(const char *takes, size_t i, struct param *out)
{
	const char *dflt;

	if (!param_at(i, out))
		return false;
	if ((dflt = other_default(takes, out)) != NULL)
		out->dflt = dflt;
	return true;
}

/* The parameter NAME, as TAKES has it, into *OUT. */
static bool
find(const char *takes, const char *name, struct param *out)
{
	for (size_t i = 0; param_of(takes, i, out); i++)
		if (strcmp(out->name, name) == 0)
			return true;
	return false;
}

static void
add_fault(
    struct params *p, const char *name, const char *value, const char *what, const char *allowed)
{
	p->faults = xreallocarray(p->faults, p->faults_len + 1, sizeof(*p->faults));
	p->faults[p->faults_len++] = (struct param_fault){ xstrdup(name), xstrdup(value),
		xstrdup(what), xstrdup(allowed == NULL ? "" : allowed) };
}

/* Names of all parameters that P takes, with blanks between. */
static char *
all_names(const struct params *p)
{
	struct sbuf b;
	struct param d;

	sbuf_init(&b, ALLOWED_MAX);
	for (size_t i = 0; param_at(i, &d); i++)
		if (param_is_taken(p->takes, &d))
			sbuf_addf(&b, "%s%s", b.len > 0 ? " " : "", d.name);
	return sbuf_detach(&b);
}

static char *
allowed_of(const struct param *d)
{
	struct sbuf b;

	if (d->kind != PARAM_DIM)
		return xstrdup(d->allowed);
	sbuf_init(&b, ALLOWED_MAX);
	for (size_t i = 0; dim_at(i) != NULL; i++)
		sbuf_addf(&b, "%s%s", i > 0 ? " " : "", dim_at(i)->name);
	return sbuf_detach(&b);
}

static bool
int_bounds(const struct param *d, int64_t *min, int64_t *max)
{
	struct str rest = str_of(d->allowed), least;

	return str_split(&rest, '-', &least) && num_i64(least, 0, INT_MAX, min) == 0 &&
	       num_i64(rest, 0, INT_MAX, max) == 0;
}

/* What is wrong with TEXT for D, NULL when nothing is. Static. */
static const char *
wrong(const struct param *d, const char *text)
{
	int64_t v, min = 0, max = 0;
	struct date day;
	int32_t ms, offset;
	bool has_time, has_offset;

	switch (d->kind) {
	case PARAM_CHOICE:
		return has_word(d->allowed, text) ? NULL : "is not one of the values";
	case PARAM_DIM:
		return dim_find(text) != NULL ? NULL : "is not one of the dimensions";
	case PARAM_INT:
		return int_bounds(d, &min, &max) && num_i64(str_of(text), min, max, &v) == 0
			   ? NULL
			   : "is not a whole number in the range";
	case PARAM_DATE:
	case PARAM_WHEN:
		if (civil_parse_local(str_of(text), &day, &ms, &has_time, &has_offset, &offset) < 0)
			return "is not a date or time";
		return d->kind == PARAM_DATE && has_time ? "is not a date" : NULL;
	case PARAM_ZONE:
		return tz_name_valid(text) ? NULL : "is not the name of a time zone";
	case PARAM_TEXT:
		return NULL;
	case PARAM_FILTER:
		return strcmp(text, "!") == 0 ? "is empty behind the !" : NULL;
	}
	return NULL;
}

static void
add_value(struct params *p, const struct param *d, const char *text)
{
	const char *what = wrong(d, text);

	for (size_t i = 0; what == NULL && d->kind != PARAM_FILTER && i < p->len; i++)
		if (strcmp(p->v[i].def.name, d->name) == 0)
			what = "is given twice";
	if (what != NULL) {
		char *allowed = allowed_of(d);

		add_fault(p, d->name, text, what, allowed);
		free(allowed);
		return;
	}
	p->v = xreallocarray(p->v, p->len + 1, sizeof(*p->v));
	p->v[p->len++] = (struct param_value){ *d, xstrdup(text) };
}

void
params_read(struct params *out, const char *takes, const struct request_pair *pairs, size_t n)
{
	struct param d;

	memset(out, 0, sizeof(*out));
	out->takes = takes;
	for (size_t i = 0; i < n; i++)
		if (!find(takes, pairs[i].name, &d) || !param_is_taken(takes, &d)) {
			char *names = all_names(out);

			add_fault(
			    out, pairs[i].name, pairs[i].value, "is no parameter of this", names);
			free(names);
		}
	for (size_t k = 0; param_of(takes, k, &d); k++)
		for (size_t i = 0; i < n; i++)
			if (strcmp(pairs[i].name, d.name) == 0 && pairs[i].value[0] != '\0' &&
			    param_is_taken(takes, &d))
				add_value(out, &d, pairs[i].value);
}

void
params_clear(struct params *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < p->len; i++)
		free(p->v[i].text);
	for (size_t i = 0; i < p->faults_len; i++) {
		free(p->faults[i].param);
		free(p->faults[i].value);
		free(p->faults[i].what);
		free(p->faults[i].allowed);
	}
	free(p->v);
	free(p->faults);
	memset(p, 0, sizeof(*p));
}

const char *
params_get(const struct params *p, const char *name)
{
	struct param d;

	for (size_t i = 0; i < p->len; i++)
		if (strcmp(p->v[i].def.name, name) == 0)
			return p->v[i].text;
	return find(p->takes, name, &d) && d.dflt[0] != '\0' ? d.dflt : NULL;
}

int64_t
params_int(const struct params *p, const char *name, int64_t dflt)
{
	const char *text = params_get(p, name);
	int64_t v = dflt;

	if (text != NULL && num_i64(str_of(text), 0, INT_MAX, &v) < 0)
		return dflt;
	return v;
}

void
params_fault(
    struct params *p, const char *name, const char *value, const char *what, const char *allowed)
{
	const char *sent = value == NULL ? params_get(p, name) : value;
	size_t kept = 0;

	add_fault(p, name, sent == NULL ? "" : sent, what, allowed);
	for (size_t i = 0; i < p->len; i++)
		if (strcmp(p->v[i].def.name, name) == 0 &&
		    (value == NULL || strcmp(p->v[i].text, value) == 0))
			free(p->v[i].text);
		else
			p->v[kept++] = p->v[i];
	p->len = kept;
}

static void
add_pair(struct sbuf *out, size_t start, const char *name, const char *value)
{
	if (out->len > start)
		sbuf_addc(out, '&');
	url_encode(out, str_of(name));
	sbuf_addc(out, '=');
	url_encode(out, str_of(value));
}

void
params_canonical(const struct params *p, const char *less, const char *more_name,
    const char *more_value, struct sbuf *out)
{
	size_t start = out->len;

	for (size_t i = 0; i < p->len; i++)
		if (strcmp(p->v[i].text, p->v[i].def.dflt) != 0 &&
		    !has_word(less, p->v[i].def.name))
			add_pair(out, start, p->v[i].def.name, p->v[i].text);
	if (more_value != NULL)
		add_pair(out, start, more_name, more_value);
}
