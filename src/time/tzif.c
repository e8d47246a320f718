#include "base/compat.h"
#include "base/xalloc.h"
#include "time/civil.h"
#include "time/tzif.h"
#include "time/tzrule.h"

#define HEADER_BYTES ((size_t)44)
#define TYPE_BYTES ((size_t)6)
#define MIN_OFFSET_S (-89999) /* Source: RFC 8536, 3.2, "utoff" */
#define MAX_OFFSET_S 93599
#define RULE_YEARS 407      /* 400, and some on both sides that are cut off */
#define NO_CHANGE_YEAR 1898 /* a file without changes: its rule counts from here */

struct header {
	int version;                                   /* 0, or the digit */
	uint64_t isut, isstd, leap, time, type, chars; /* counts */
};

/* one change of the clock by the rule */
struct change {
	int64_t at_s;
	int32_t off_s;
	bool start; /* of summer time */
};

static uint32_t
be32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | (uint32_t)p[3];
}

/* two's complement without leaning on the compiler */
static int64_t
signed32(const unsigned char *p)
{
	int64_t v = be32(p);

	return v > INT32_MAX ? v - (INT64_C(1) << 32) : v;
}

static int64_t
signed64(const unsigned char *p)
{
	uint64_t v = (uint64_t)be32(p) << 32 | be32(p + 4);

	return v > INT64_MAX ? -(int64_t)(UINT64_MAX - v) - 1 : (int64_t)v;
}

static int
bad(struct err *e, const char *what)
{
	return err_set(e, ERR_INPUT, "not a usable time zone file: %s", what);
}

static int
read_header(const unsigned char *p, size_t n, struct header *h, struct err *e)
{
	if (n < HEADER_BYTES || memcmp(p, "TZif", 4) != 0)
		return bad(e, "no TZif header");
	if (p[4] != 0 && (p[4] < '2' || p[4] > '9'))
		return bad(e, "unknown version");
	h->version = p[4] == 0 ? 0 : p[4] - '0';
	h->isut = be32(p + 20);
	h->isstd = be32(p + 24);
	h->leap = be32(p + 28);
	h->time = be32(p + 32);
	h->type = be32(p + 36);
	h->chars = be32(p + 40);
	return 0;
}

/* bytes of the data block whose times take TIME bytes; counts are 32 bits: no overflow */
static uint64_t
block_bytes(const struct header *h, uint64_t time)
{
	return h->time * (time + 1) + h->type * TYPE_BYTES + h->chars + h->leap * (time + 4) +
	       h->isstd + h->isut;
}

/* the local time types at P: all offsets and indices within bounds */
static int
check_types(const unsigned char *p, const struct header *h, struct err *e)
{
	for (uint64_t i = 0; i < h->type; i++, p += TYPE_BYTES) {
		int64_t off = signed32(p);

		if (off < MIN_OFFSET_S || off > MAX_OFFSET_S)
			return bad(e, "offset out of range");
		if (p[4] > 1 || p[5] >= h->chars)
			return bad(e, "bad local time type");
	}
	return 0;
}

/*
 * The data block at P, already known to be whole, into *Z with room for EXTRA
 * more changes. Times take WIDE bytes.
 */
static int
read_block(const unsigned char *p, const struct header *h, size_t wide, size_t extra, struct tz *z,
    struct err *e)
{
	const unsigned char *index = p + h->time * wide;
	const unsigned char *types = index + h->time;

	if (h->type == 0 || h->type > 256 || h->chars == 0 ||
	    (h->isut != 0 && h->isut != h->type) || (h->isstd != 0 && h->isstd != h->type))
		return bad(e, "bad counts");
	if (h->leap != 0)
		return bad(e, "it counts leap seconds");
	if (check_types(types, h, e) < 0)
		return -1;
	z->at_s = xcalloc((size_t)h->time + extra, sizeof(*z->at_s));
	z->off_s = xcalloc((size_t)h->time + extra, sizeof(*z->off_s));
	z->first_s = (int32_t)signed32(types);
	z->n = (size_t)h->time;
	for (size_t i = 0; i < z->n; i++) {
		const unsigned char *at = p + i * wide;

		z->at_s[i] = wide == 8 ? signed64(at) : signed32(at);
		if (i > 0 && z->at_s[i] <= z->at_s[i - 1])
			return bad(e, "times do not ascend");
		if (index[i] >= h->type)
			return bad(e, "no such local time type");
		z->off_s[i] = (int32_t)signed32(types + index[i] * TYPE_BYTES);
	}
	return 0;
}

/* the text between the two line ends behind the last block */
static int
read_footer(const unsigned char *p, size_t n, struct str *rule, struct err *e)
{
	struct str s = str_n((const char *)p, n);
	size_t end;

	if (n == 0 || s.p[0] != '\n')
		return bad(e, "no footer");
	s = str_n(s.p + 1, n - 1);
	end = str_chr(s, '\n');
	if (end == s.n)
		return bad(e, "footer without end");
	*rule = str_n(s.p, end);
	return 0;
}

static bool
later(const struct change *a, const struct change *b)
{
	/* when one ends as the next begins, summer time goes on */
	return a->at_s > b->at_s || (a->at_s == b->at_s && a->start && !b->start);
}

/* put C where it belongs in the N changes at V, which are nearly in order */
static void
insert(struct change *v, size_t n, struct change c)
{
	for (; n > 0 && later(&v[n - 1], &c); n--)
		v[n] = v[n - 1];
	v[n] = c;
}

static int64_t
july(int64_t y)
{
	return civil_days((struct date){ (int32_t)y, 7, 1 }) * CIVIL_DAY_S;
}

/*
 * Let rule R go on after the last change in *Z, which has room for
 * 2 * RULE_YEARS changes. That last change stands until the rule's next one:
 * they must agree (RFC 8536, 3.3), but zic has written slim files where they do
 * not (America/Ojinaga 2022-10-30), and there the table is right. Rules that
 * begin after the year 9999 are not looked at.
 */
static void
extend(struct tz *z, const struct tzrule *r)
{
	struct change v[2 * RULE_YEARS];
	int64_t last = z->n > 0 ? z->at_s[z->n - 1] : INT64_MIN;
	int64_t y = NO_CHANGE_YEAR + 2, hi;
	size_t n = 0;

	if (!r->has_dst) {
		if (z->n == 0)
			z->first_s = r->std_s;
		return;
	}
	if (last > CIVIL_MAX_MS / 1000)
		return;
	if (last > july(y))
		y = civil_date(civil_floor_div(last, CIVIL_DAY_S)).y;
	for (int64_t i = y - 3; i < y - 3 + RULE_YEARS; i++) {
		insert(v, n++, (struct change){ tzrule_start(r, (int32_t)i), r->dst_s, true });
		insert(v, n++, (struct change){ tzrule_end(r, (int32_t)i), r->std_s, false });
	}
	/* a change may lie a week outside its year: in July all are there */
	hi = july(y + 402);
	if (z->n == 0)
		last = july(NO_CHANGE_YEAR);
	for (size_t i = 0; i < n && v[i].at_s < hi; i++) {
		if (v[i].at_s > last) {
			z->at_s[z->n] = v[i].at_s;
			z->off_s[z->n++] = v[i].off_s;
		} else if (z->n == 0)
			z->first_s = v[i].off_s;
	}
}

/* drop changes that change nothing; of two at one instant the later counts */
static void
squeeze(struct tz *z)
{
	size_t n = 0;

	for (size_t i = 0; i < z->n; i++) {
		int32_t before = n > 0 ? z->off_s[n - 1] : z->first_s;

		if (i + 1 < z->n && z->at_s[i + 1] == z->at_s[i])
			continue;
		if (z->off_s[i] == before)
			continue;
		z->at_s[n] = z->at_s[i];
		z->off_s[n++] = z->off_s[i];
	}
	z->n = n;
}

static int
read_all(const unsigned char *p, size_t n, struct tz *z, struct err *e)
{
	struct tzrule rule;
	struct str text = STR("");
	struct header h;
	size_t wide = 4;
	int64_t last;

	if (read_header(p, n, &h, e) < 0)
		return -1;
	p += HEADER_BYTES;
	n -= HEADER_BYTES;
	if (h.version > 0) {
		/* the first block repeats a part for readers of version 1 */
		if (block_bytes(&h, 4) > n)
			return bad(e, "cut off");
		p += block_bytes(&h, 4);
		n -= block_bytes(&h, 4);
		if (read_header(p, n, &h, e) < 0)
			return -1;
		p += HEADER_BYTES;
		n -= HEADER_BYTES;
		wide = 8;
	}
	if (block_bytes(&h, wide) > n)
		return bad(e, "cut off");
	if (wide == 8 &&
	    read_footer(p + block_bytes(&h, wide), n - block_bytes(&h, wide), &text, e) < 0)
		return -1;
	if (text.n > 0 && tzrule_parse(text, &rule) < 0)
		return bad(e, "bad rule in the footer");
	if (read_block(p, &h, wide, 2 * RULE_YEARS, z, e) < 0)
		return -1;
	last = z->n > 0 ? z->at_s[z->n - 1] : july(NO_CHANGE_YEAR);
	if (text.n > 0)
		extend(z, &rule);
	squeeze(z);
	/* 400 years of rule behind the last recorded change, or no rule */
	z->cyclic =
	    z->n > 0 && last < CIVIL_MAX_MS / 1000 && z->at_s[z->n - 1] > last + TZIF_CYCLE_S;
	return 0;
}

int
tzif_parse(const void *p, size_t n, struct tz *z, struct err *e)
{
	struct tz t = { 0 };

	if (read_all(p, n, &t, e) < 0) {
		free(t.at_s);
		free(t.off_s);
		return -1;
	}
	*z = t;
	return 0;
}
