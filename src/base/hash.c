#include "base/compat.h"

#define XXH_INLINE_ALL
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wundef"
#pragma GCC diagnostic ignored "-Wcast-qual"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wswitch-enum"
#include <xxhash.h>
#pragma GCC diagnostic pop

#include "base/err.h"
#include "base/hash.h"

struct hash_stream {
	XXH3_state_t *state;
};

uint64_t
hash_bytes(const void *p, size_t n, uint64_t seed)
{
	return XXH3_64bits_withSeed(p, n, seed);
}

uint64_t
hash_str(struct str s, uint64_t seed)
{
	/* the length takes part: ("ab","c") is not ("a","bc") */
	return hash_bytes(s.n == 0 ? "" : s.p, s.n, seed ^ (s.n << 1));
}

uint64_t
hash_i64(int64_t v, uint64_t seed)
{
	return hash_bytes(&v, sizeof(v), seed);
}

struct hash_stream *
hash_stream_new(void)
{
	struct hash_stream *h = malloc(sizeof(*h));

	if (h == NULL || (h->state = XXH3_createState()) == NULL)
		bug("out of memory");
	(void)XXH3_64bits_reset(h->state); /* fails for NULL only */
	return h;
}

void
hash_stream_add(struct hash_stream *h, const void *p, size_t n)
{
	(void)XXH3_64bits_update(h->state, p, n); /* fails for NULL only */
}

uint64_t
hash_stream_value(const struct hash_stream *h)
{
	return XXH3_64bits_digest(h->state);
}

void
hash_stream_free(struct hash_stream *h)
{
	if (h == NULL)
		return;
	(void)XXH3_freeState(h->state); /* always XXH_OK */
	free(h);
}
