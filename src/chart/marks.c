#include "base/compat.h"

#include <math.h>

#include "chart/marks.h"

#define MIN_UNITS CHART_PX /* a pixel */

struct chart_rect
chart_column(int i, int n)
{
	int from, to, gap;

	if (n < 1)
		n = 1;
	from = (int)((int64_t)i * CHART_WIDTH / n);
	to = (int)((int64_t)(i + 1) * CHART_WIDTH / n);
	gap = (to - from) * (n > 120 ? 15 : 26) / 100;
	if (to - from - gap > 700) /* three columns are no three walls */
		gap = to - from - 700;
	return (struct chart_rect){ .x = from + gap / 2, .w = to - from - gap };
}

int
chart_stack(const struct chart_scale *s, int i, int n, const int64_t *v, int count, int height,
    struct chart_rect *out)
{
	const struct chart_rect column = chart_column(i, n);
	int64_t sum = 0;
	int below = 0, top = 0, last = -1;

	for (int k = 0; k < count; k++) {
		int64_t more = v[k] > 0 ? v[k] : 0;

		if (__builtin_add_overflow(sum, more, &sum))
			sum = INT64_MAX;
		top = chart_height(s, sum, height);
		out[k] = column;
		out[k].y = height - top;
		out[k].h = top - below;
		below = top;
		if (more > 0)
			last = k;
	}
	if (last >= 0 && top < MIN_UNITS && height >= MIN_UNITS) {
		out[last].h += MIN_UNITS - top;
		out[last].y -= MIN_UNITS - top;
		top = MIN_UNITS;
	}
	return top;
}

void
chart_add_rect(struct sbuf *b, const struct chart_rect *r)
{
	if (r->h > 0 && r->w > 0)
		sbuf_addf(b, "M%d %dv%dh%dv-%dz", r->x, r->y, r->h, r->w, r->h);
}

int
chart_at(int64_t at, int64_t from, int64_t to)
{
	if (at <= from || to <= from)
		return 0;
	if (at >= to)
		return CHART_WIDTH;
	return (int)((double)(at - from) / (double)(to - from) * CHART_WIDTH + 0.5);
}

void
chart_add_steps(struct sbuf *b, const struct chart_scale *s, const struct chart_sample *p, size_t n,
    int64_t from, int64_t to, int64_t until, int height)
{
	const int cell = CHART_WIDTH / CHART_MAX_COLUMNS;
	int x = 0, y = -1, end;

	for (size_t i = 0; i < n; i++) {
		int px = chart_at(p[i].at, from, to), py = height - chart_height(s, p[i].v, height);

		/* the next sample lies in the same cell and goes on from this one */
		if (i + 1 < n && p[i].how == CHART_ON && p[i + 1].how == CHART_ON &&
		    chart_at(p[i + 1].at, from, to) / cell == px / cell)
			continue;
		if (p[i].how == CHART_RESET && y >= 0 && px > x)
			sbuf_addf(b, "H%d", px);
		if (p[i].how == CHART_RESET)
			sbuf_addf(b, "M%d %dV%d", px, height, py);
		else if (y < 0 || p[i].how == CHART_GAP)
			sbuf_addf(b, "M%d %d", px, py);
		else if (py != y)
			sbuf_addf(b, "H%dV%d", px, py);
		x = px;
		y = py;
	}
	end = chart_at(until, from, to);
	if (y >= 0 && end > x)
		sbuf_addf(b, "H%d", end);
}

void
chart_add_levels(
    struct sbuf *b, const struct chart_scale *s, const int64_t *v, int n, int height, bool filled)
{
	bool on = false;
	int last = 0;

	for (int i = 0; i < n; i++) {
		int x = (int)((int64_t)i * CHART_WIDTH / n),
		    end = (int)((int64_t)(i + 1) * CHART_WIDTH / n);
		int y = height - chart_height(s, v[i], height);

		if (v[i] < 0) {
			if (on && filled)
				sbuf_addf(b, "V%dz", height);
			on = false;
			continue;
		}
		if (!on && filled)
			sbuf_addf(b, "M%d %dV%d", x, height, y);
		else if (!on)
			sbuf_addf(b, "M%d %d", x, y);
		else if (y != last)
			sbuf_addf(b, "V%d", y);
		sbuf_addf(b, "H%d", end);
		last = y;
		on = true;
	}
	if (on && filled)
		sbuf_addf(b, "V%dz", height);
}

int
chart_share(int64_t part, int64_t whole)
{
	double share;

	if (part <= 0 || whole <= 0)
		return 0;
	if (part >= whole)
		return CHART_WIDTH;
	share = (double)part / (double)whole * CHART_WIDTH + 0.5;
	return share < 1 ? 1 : (int)share;
}

int
chart_per_column(int64_t n, int max)
{
	int64_t per = max < 1 ? n : (n + max - 1) / max;

	return per < 1 ? 1 : per > INT_MAX ? INT_MAX : (int)per;
}

int
chart_log(int64_t v, int64_t low, int64_t high)
{
	if (v <= low || low < 1 || high <= low)
		return 0;
	if (v >= high)
		return CHART_WIDTH;
	return (int)(log((double)v / (double)low) / log((double)high / (double)low) * CHART_WIDTH +
		     0.5);
}
