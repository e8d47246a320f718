#include "base/compat.h"

#include "base/str.h"
#include "base/utf8.h"
#include "chart/scale.h"

#define CHAR_PX 8 /* of a label, in the widest of the usual fonts */
#define GAP_PX 10 /* between two labels */

struct chart_scale
chart_scale(int64_t max, int want)
{
	static const int64_t factor[] = { 1, 2, 5 };
	struct chart_scale s = { 1, 1, 1 };
	int64_t ten = 1;

	if (max < 1)
		return s;
	want = want < 2 ? 2 : want > CHART_MAX_TICKS ? CHART_MAX_TICKS : want;
	for (int i = 0;; i = i == 2 ? 0 : i + 1) {
		s.step = ten * factor[i];
		if (max / s.step < want || (max / s.step == want && max % s.step == 0))
			break;
		if (i == 2 && ten <= INT64_MAX / 50)
			ten *= 10;
	}
	s.count = (int)(max / s.step) + (max % s.step != 0 ? 1 : 0);
	if (__builtin_mul_overflow(s.step, (int64_t)s.count, &s.top))
		s.top = INT64_MAX;
	return s;
}

int
chart_height(const struct chart_scale *s, int64_t v, int height)
{
	if (v <= 0 || height <= 0)
		return 0;
	if (v >= s->top)
		return height;
	/* a value near the end of int64_t would not bear the factor */
	while (v > INT64_MAX / 2 / height) {
		int64_t top = s->top / 2;

		return chart_height(
		    &(struct chart_scale){ top < 1 ? 1 : top, 1, 1 }, v / 2, height);
	}
	return (int)((v * height + s->top / 2) / s->top);
}

static int
label_units(const struct chart_label *l, int px)
{
	int chars = (int)utf8_length(str_of(l->text));

	return (chars * CHAR_PX + GAP_PX) * CHART_WIDTH / (px < 1 ? 1 : px);
}

/* True when every EVERYth of the C labels at index IDX has room for itself before the next. */
static bool
fits(const struct chart_label *l, const int *idx, int c, int every, int px)
{
	for (int i = 0; i + every < c; i += every)
		if (l[idx[i + every]].x - l[idx[i]].x < label_units(&l[idx[i]], px))
			return false;
	return true;
}

void
chart_labels(const struct chart_label *l, int n, int wide, int narrow, enum chart_shown *shown)
{
	int idx[512], c = 0, majors = 0, every = 1, few;

	for (int i = 0; i < n; i++) {
		shown[i] = CHART_HIDDEN;
		majors += l[i].text != NULL && l[i].text[0] != '\0' && l[i].major ? 1 : 0;
	}
	for (int i = 0; i < n && c < (int)ARRAY_LEN(idx); i++)
		if (l[i].text != NULL && l[i].text[0] != '\0' && (majors < 2 || l[i].major))
			idx[c++] = i;
	/* few columns: all labels, if they have room, are better than the major ones */
	if (majors >= 2 && n <= 16) {
		int all[16], k = 0;

		for (int i = 0; i < n; i++)
			if (l[i].text != NULL && l[i].text[0] != '\0')
				all[k++] = i;
		if (fits(l, all, k, 1, wide)) {
			memcpy(idx, all, (size_t)k * sizeof(*idx));
			c = k;
		}
	}
	while (every < c && !fits(l, idx, c, every, wide))
		every++;
	for (few = every; few < c && !fits(l, idx, c, few, narrow);)
		few += every;
	for (int i = 0; i < c; i++)
		if (i % every == 0)
			shown[idx[i]] = i % few == 0 ? CHART_ALWAYS : CHART_WIDE;
}
