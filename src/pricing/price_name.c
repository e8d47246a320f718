#include "base/compat.h"

#include "pricing/price_card.h"

static const char *const EFFORTS[] = { "minimal", "low", "medium", "high", "xhigh" };

const struct price_name *
price_find_name(const struct price_card *card, struct str name)
{
	size_t lo = 0, hi = card->nnames;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const struct price_name *x = &card->names[mid];
		int c = name.n != x->name.n ? (name.n < x->name.n ? -1 : 1)
					    : memcmp(name.p, x->name.p, name.n);

		if (c == 0)
			return x;
		if (c < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
}

static bool
is_effort(struct str s)
{
	for (size_t i = 0; i < ARRAY_LEN(EFFORTS); i++)
		if (str_eqz(s, EFFORTS[i]))
			return true;
	return false;
}

/* Cut S to its first N bytes and the blanks before them. */
static bool
cut(struct str *s, size_t n)
{
	*s = str_trim(str_n(s->p, n));
	return true;
}

/* A trailing " (text)", or "(effort)" with no blank before it. */
static bool
strip_brackets(struct str *s)
{
	size_t open = s->n;

	if (s->n == 0 || s->p[s->n - 1] != ')')
		return false;
	while (open > 0 && s->p[open - 1] != '(')
		open--;
	if (open < 2)
		return false;
	if (s->p[open - 2] != ' ' && !is_effort(str_n(s->p + open, s->n - 1 - open)))
		return false;
	return cut(s, open - 1);
}

/* A provider and whatever else stands before the last '/'. */
static bool
strip_provider(struct str *s)
{
	for (size_t i = s->n; i > 0; i--)
		if (s->p[i - 1] == '/') {
			*s = str_trim(str_n(s->p + i, s->n - i));
			return true;
		}
	return false;
}

/* True when S has the form PATTERN, in which '0' stands for a digit, and a month and day that can be. */
static bool
is_date(struct str s, const char *pattern)
{
	int digit[8] = { 0 };
	size_t k = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (pattern[i] == '0' ? !str_isdigit(s.p[i]) : s.p[i] != pattern[i])
			return false;
		if (pattern[i] == '0' && k < ARRAY_LEN(digit))
			digit[k++] = s.p[i] - '0';
	}
	int month = digit[4] * 10 + digit[5], day = digit[6] * 10 + digit[7];
	return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

/* A trailing -YYYY-MM-DD or -YYYYMMDD. */
static bool
strip_date(struct str *s)
{
	static const char *const FORMS[] = { "-0000-00-00", "-00000000" };

	for (size_t i = 0; i < ARRAY_LEN(FORMS); i++) {
		size_t n = strlen(FORMS[i]);

		if (s->n > n && is_date(str_n(s->p + s->n - n, n), FORMS[i]))
			return cut(s, s->n - n);
	}
	return false;
}

/* A trailing -effort. */
static bool
strip_effort(struct str *s)
{
	size_t dash = s->n;

	while (dash > 0 && s->p[dash - 1] != '-')
		dash--;
	if (dash < 2 || !is_effort(str_n(s->p + dash, s->n - dash)))
		return false;
	return cut(s, dash - 1);
}

static const char *
unpriced_family(const struct price_card *card, struct str s)
{
	for (size_t i = 0; i < card->nunpriced; i++) {
		struct str x = str_of(card->unpriced[i].name);

		if (x.p[x.n - 1] == '*' && s.n >= x.n - 1 && memcmp(s.p, x.p, x.n - 1) == 0)
			return card->unpriced[i].reason;
	}
	return NULL;
}

struct price_meaning
price_resolve(const struct price_card *card, struct str model)
{
	struct price_meaning none = { -1, PRICE_UNKNOWN_MODEL };
	const struct price_name *x = price_find_name(card, model);
	char buf[PRICE_NAME_MAX];
	struct str s = str_trim(model);

	/* most names are logged as the card has them */
	if (x != NULL)
		return (struct price_meaning){ x->model, x->reason };
	if (s.n == 0 || s.n > sizeof(buf))
		return none;
	for (size_t i = 0; i < s.n; i++)
		buf[i] = str_lower(s.p[i]);
	s = str_n(buf, s.n);
	do {
		const char *reason;

		if ((x = price_find_name(card, s)) != NULL)
			return (struct price_meaning){ x->model, x->reason };
		if ((reason = unpriced_family(card, s)) != NULL)
			return (struct price_meaning){ -1, reason };
	} while (strip_brackets(&s) || strip_provider(&s) || strip_date(&s) || strip_effort(&s));
	return none;
}

int
price_model(const struct price_card *card, struct str model)
{
	return price_resolve(card, model).model;
}

const char *
price_model_name(const struct price_card *card, int id)
{
	return card->models[id].name;
}
