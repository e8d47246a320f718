/*
 * pack.h - plain data that is mostly zero, made short: a zero byte is followed by how many zeros
 * stand there (1 to 255), every other byte is itself.
 */
#ifndef BASE_PACK_H
#define BASE_PACK_H

#include <stdbool.h>
#include <stddef.h>

/* The N bytes at P packed into a new block *OUT of *LEN bytes, owned by the caller (free). Aborts when out of memory. */
void pack(const void *p, size_t n, void **out, size_t *len);

/* Unpack LEN bytes at IN into the N bytes at P. Returns false, with P in any state, when they are not exactly N. */
bool unpack(const void *in, size_t len, void *p, size_t n);

#endif
