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

#include "base/hash.h"

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
