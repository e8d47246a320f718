/*
 * skim_run.h - the inner loop of the skimmer: how far a string goes on without
 * anything special, 16 bytes at a time where the machine has SSE2, 8 elsewhere.
 * SKIM_PORTABLE takes the second everywhere, for the tests.
 */
#ifndef JSON_SKIM_RUN_H
#define JSON_SKIM_RUN_H

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#if defined(__SSE2__) && !defined(SKIM_PORTABLE)
#define SKIM_RUN skim_run_sse2
#else
#define SKIM_RUN skim_run_words
#endif

/* The rest of a run, byte by byte: the first QUOTE, backslash or NUL of P to END, or END. Bits of 0x80 are added to *HIGH. Lends; cannot fail. */
static inline const unsigned char *
skim_run_bytes(
    const unsigned char *p, const unsigned char *end, unsigned char quote, unsigned *high)
{
	for (; p < end && *p != quote && *p != '\\' && *p != '\0'; p++)
		*high |= *p & 0x80U;
	return p;
}

/* The bytes of V that are zero, as bits of 0x80; those behind the first may be wrong. Cannot fail. */
static inline uint64_t
skim_zeros(uint64_t v)
{
	return (v - 0x0101010101010101U) & ~v & 0x8080808080808080U;
}

/*
 * The first QUOTE, backslash or NUL of P to END, or END. *HIGH becomes other
 * than 0 when a byte before it is not ASCII. Lends; cannot fail.
 */
static inline const unsigned char *
skim_run_words(
    const unsigned char *p, const unsigned char *end, unsigned char quote, unsigned *high)
{
	const uint64_t ones = 0x0101010101010101U;

	while (end - p >= 8) {
		uint64_t v;

		memcpy(&v, p, sizeof(v));
		if ((skim_zeros(v) | skim_zeros(v ^ ones * quote) | skim_zeros(v ^ ones * '\\')) !=
		    0)
			break;
		*high |= (v & 0x8080808080808080U) != 0;
		p += 8;
	}
	return skim_run_bytes(p, end, quote, high);
}

#ifdef __SSE2__
/* As skim_run_words: the first QUOTE, backslash or NUL of P to END, or END; *HIGH. Lends; cannot fail. */
static inline const unsigned char *
skim_run_sse2(const unsigned char *p, const unsigned char *end, unsigned char quote, unsigned *high)
{
	const __m128i quotes = _mm_set1_epi8((char)quote), slashes = _mm_set1_epi8('\\');

	while (end - p >= 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
		__m128i special = _mm_or_si128(
		    _mm_cmpeq_epi8(v, quotes), _mm_or_si128(_mm_cmpeq_epi8(v, slashes),
						   _mm_cmpeq_epi8(v, _mm_setzero_si128())));
		unsigned stop = (unsigned)_mm_movemask_epi8(special);
		unsigned above = (unsigned)_mm_movemask_epi8(v);

		if (stop != 0) {
			/* those below the lowest bit of STOP */
			*high |= above & (stop - 1) & ~stop;
			return p + __builtin_ctz(stop);
		}
		*high |= above;
		p += 16;
	}
	return skim_run_bytes(p, end, quote, high);
}
#endif

#endif
