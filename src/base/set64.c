/*
 * Open addressing, at most half full. The values are fingerprints already, but
 * may be chosen by whoever writes the file: they are mixed once more, and a run
 * of equal slots costs time, never a wrong answer.
 */
#include "base/compat.h"

#include "base/set64.h"
#include "base/xalloc.h"

static uint64_t *
slot(uint64_t *slots, size_t alloc, uint64_t v)
{
	size_t i = (size_t)((v * UINT64_C(0x9e3779b97f4a7c15)) >> 20) & (alloc - 1);

	while (slots[i] != 0 && slots[i] != v)
		i = (i + 1) & (alloc - 1);
	return &slots[i];
}

static void
grow(struct set64 *s)
{
	size_t alloc = s->alloc == 0 ? 16 : s->alloc * 2;
	uint64_t *slots = xcalloc(alloc, sizeof(*slots));

	for (size_t i = 0; i < s->alloc; i++)
		if (s->slots[i] != 0)
			*slot(slots, alloc, s->slots[i]) = s->slots[i];
	free(s->slots);
	s->slots = slots;
	s->alloc = alloc;
}

bool
set64_add(struct set64 *s, uint64_t v)
{
	uint64_t *at;
	bool is_new;

	if (v == 0) {
		is_new = !s->has_zero;
		s->has_zero = true;
		return is_new;
	}
	if (s->len * 2 >= s->alloc)
		grow(s);
	at = slot(s->slots, s->alloc, v);
	is_new = *at == 0;
	*at = v;
	s->len += is_new;
	return is_new;
}

bool
set64_has(const struct set64 *s, uint64_t v)
{
	if (v == 0)
		return s->has_zero;
	return s->alloc > 0 && *slot(s->slots, s->alloc, v) != 0;
}

void
set64_clear(struct set64 *s)
{
	free(s->slots);
	memset(s, 0, sizeof(*s));
}
