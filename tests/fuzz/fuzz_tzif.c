/* A zone file; after the byte 'R' a rule alone, as it stands in the footer of one. */
#include "base/compat.h"

#include "fuzz.h"
#include "time/tz.h"
#include "time/tzif.h"
#include "time/tzrule.h"

static const int64_t instants[] = { INT64_MIN, -62135596800000, -1, 0, 1763790000000,
	253402300799000, INT64_MAX };

static void
rule(struct str text)
{
	struct tzrule r;

	if (tzrule_parse(text, &r) < 0)
		return;
	MUST(r.std_s > -200 * 3600 && r.std_s < 200 * 3600);
	if (!r.has_dst)
		return;
	for (int32_t y = 1969; y < 2400; y += 43) {
		/* a change lies no more than 8 days outside its year */
		int64_t new_year = civil_days((struct date){ y, 1, 1 }) * 86400;
		int64_t from = tzrule_start(&r, y) - new_year, to = tzrule_end(&r, y) - new_year;

		MUST(from > -20 * 86400 && from < 386 * 86400);
		MUST(to > -20 * 86400 && to < 386 * 86400);
	}
}

static void
look_up(const struct tz *z, int64_t ms)
{
	int64_t from, to;
	struct date d;
	int32_t off = tz_offset_s(z, ms), in_day, shown;

	tz_span(z, ms, &from, &to);
	MUST(from <= to);
	if (from < ms && from > -62135596800000)
		MUST(tz_offset_s(z, from) == off);
	if (to > ms && to < 253402300799000)
		MUST(tz_offset_s(z, to - 1) == off);
	tz_local(z, ms, &d, &in_day, &shown);
	MUST(in_day >= 0 && in_day < 86400000);
	if (ms > -62135596800000 && ms < 253402300799000 - 86400000) {
		MUST(shown == off);
		(void)tz_from_local(z, d, in_day);
		(void)tz_day_start(z, d);
	}
}

static void
zone(struct str file)
{
	struct tz *z;
	struct err e;

	if (tz_parse(file.p, file.n, &z, &e) < 0) {
		MUST(e.code == ERR_INPUT && e.msg[0] != '\0');
		return;
	}
	for (size_t i = 1; i < z->n; i++)
		MUST(z->at_s[i] > z->at_s[i - 1] && z->off_s[i] != z->off_s[i - 1]);
	for (size_t i = 0; i < ARRAY_LEN(instants); i++)
		look_up(z, instants[i]);
	for (size_t i = 0; i < z->n && i < 8; i++)
		if (z->at_s[i] > -62135596800 && z->at_s[i] < 253402300799)
			look_up(z, z->at_s[i] * 1000);
	tz_free(z);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	bool alone = n > 0 && data[0] == 'R';
	struct str s = fuzz_exact(data + alone, n - alone);

	if (alone)
		rule(s);
	else
		zone(s);
	free((char *)(uintptr_t)s.p);
	return 0;
}
