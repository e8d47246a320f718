/*
 * set64.h - a set of 64-bit fingerprints, 8 to 16 bytes each; nothing is taken out.
 */
#ifndef BASE_SET64_H
#define BASE_SET64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All zero is an empty set. */
struct set64 {
	uint64_t *slots; /* owned; 0 is a free one */
	size_t len, alloc;
	bool has_zero;
};

/* Put V into S. Returns true when it was not there. Aborts when out of memory. */
bool set64_add(struct set64 *s, uint64_t v);

/* Is V in S? S is borrowed; cannot fail. */
bool set64_has(const struct set64 *s, uint64_t v);

/* Free what S owns and make it empty. Cannot fail. */
void set64_clear(struct set64 *s);

#endif
