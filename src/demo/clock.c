#include "base/compat.h"

#include "base/xalloc.h"
#include "demo/clock.h"

#define HOUR_MS INT64_C(3600000)
#define LAST_MS INT64_C(1500000) /* nothing is begun in the last 25 minutes */
#define RESPONSE_MS 45000        /* what a response takes with its share of waiting */

static const int by_hour[24] = { 1, 0, 0, 0, 0, 0, 1, 4, 14, 26, 30, 24, 12, 22, 28, 28, 26, 18, 8,
	6, 9, 10, 6, 2 };
static const int by_weekday[7] = { 10, 11, 12, 11, 8, 2, 1 };

void
clock_init(struct clock *c, int64_t now_ms, int64_t days, const struct tz *tz, struct rng *r,
    int64_t responses)
{
	int64_t noise = 100, today = INT64_MIN, active = 0;
	uint64_t sum = 0;

	*c = (struct clock){ .hours = (size_t)days * 24, .end_ms = now_ms };
	c->start_ms = c->ms = now_ms - days * CIVIL_DAY_MS;
	c->work = xcalloc(c->hours, sizeof(*c->work));
	for (size_t i = 0; i < c->hours; i++) {
		struct date d;
		int32_t of_day;

		tz_local(tz, c->start_ms + (int64_t)i * HOUR_MS, &d, &of_day, NULL);
		if (civil_days(d) != today) {
			today = civil_days(d);
			noise = rng_chance(r, 4) ? 5 : rng_between(r, 50, 150);
		}
		/* one for each hour: a night is no gap in the sums */
		sum += 1 + (uint64_t)(by_hour[of_day / (int32_t)HOUR_MS] *
				      by_weekday[civil_weekday(d)] * noise);
		active += by_hour[of_day / (int32_t)HOUR_MS] >= 8 ? HOUR_MS : 0;
		c->work[i] = sum;
	}
	c->pace = 1000;
	if (responses > 0 && active / responses < RESPONSE_MS)
		c->pace = active / responses * 1000 / RESPONSE_MS;
}

void
clock_free(struct clock *c)
{
	free(c->work);
	c->work = NULL;
}

static void
forward(struct clock *c, int64_t ms)
{
	if (ms > c->end_ms)
		ms = c->end_ms;
	if (ms > c->ms)
		c->ms = ms;
}

void
clock_seek(struct clock *c, int64_t done, int64_t whole)
{
	int64_t part = done >= whole ? 1000000 : done * 1000 / (whole / 1000 + 1);
	uint64_t sum = c->work[c->hours - 1], want = sum * (uint64_t)part / 1000000, before;
	size_t low = 0, high = c->hours - 1;
	int64_t ms;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (c->work[mid] < want)
			low = mid + 1;
		else
			high = mid;
	}
	before = low == 0 ? 0 : c->work[low - 1];
	ms = (int64_t)((want > before ? want - before : 0) * (uint64_t)HOUR_MS /
		       (c->work[low] - before));
	ms += c->start_ms + (int64_t)low * HOUR_MS;
	forward(c, ms > c->end_ms - LAST_MS ? c->end_ms - LAST_MS : ms);
}

void
clock_pass(struct clock *c, int64_t ms)
{
	ms = ms * c->pace / 1000;
	forward(c, c->ms + (ms < 1 ? 1 : ms));
}

static void
uuid(uint64_t high, uint64_t low, char out[static ID_SIZE])
{
	(void)snprintf(out, ID_SIZE, "%08x-%04x-%04x-%04x-%012" PRIx64, (unsigned)(high >> 32),
	    (unsigned)(high >> 16 & 0xffff), (unsigned)(high & 0xffff),
	    (unsigned)(0x8000 | (low >> 48 & 0x3fff)), low & UINT64_C(0xffffffffffff));
}

void
clock_uuid7(struct clock *c, struct rng *r, char out[static ID_SIZE])
{
	uint64_t random = rng_next(r);

	c->id_ms = c->ms > c->id_ms ? c->ms : c->id_ms + 1;
	uuid((uint64_t)c->id_ms << 16 | 0x7000 | random >> 52, random * 0x9e3779b97f4a7c15, out);
}

void
clock_uuid4(struct rng *r, char out[static ID_SIZE])
{
	uint64_t high = rng_next(r);

	uuid((high & ~UINT64_C(0xf000)) | 0x4000, rng_next(r), out);
}
