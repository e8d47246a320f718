/*
 * hash.h - XXH3, 64 bits: for fingerprints of text and files, never for
 * secrets.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "base/str.h"

/* Fingerprint of the N bytes at P (borrowed), continuing from SEED (0 to begin). Returns 64 bits; cannot fail. */
uint64_t hash_bytes(const void *p, size_t n, uint64_t seed);

/* Fingerprint of the view S, continuing from SEED. Returns 64 bits; cannot fail. */
uint64_t hash_str(struct str s, uint64_t seed);

/* Fingerprint of the integer V, continuing from SEED. Returns 64 bits; cannot fail. */
uint64_t hash_i64(int64_t v, uint64_t seed);

#endif
