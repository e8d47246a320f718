/*
 * hash.h - XXH3, 64 bits: for fingerprints of text and files, never for
 * secrets.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "base/str.h"

struct hash_stream;

/* Fingerprint of the N bytes at P (borrowed), continuing from SEED (0 to begin). Returns 64 bits; cannot fail. */
uint64_t hash_bytes(const void *p, size_t n, uint64_t seed);

/* Fingerprint of the view S, continuing from SEED. Returns 64 bits; cannot fail. */
uint64_t hash_str(struct str s, uint64_t seed);

/* Fingerprint of the integer V, continuing from SEED. Returns 64 bits; cannot fail. */
uint64_t hash_i64(int64_t v, uint64_t seed);

/* A fingerprint of bytes that come in pieces. Owned by the caller: hash_stream_free. Aborts when out of memory. */
struct hash_stream *hash_stream_new(void);

/* Add N bytes at P (borrowed) to H; cannot fail. */
void hash_stream_add(struct hash_stream *h, const void *p, size_t n);

/* Fingerprint of all bytes added to H so far (H can go on). Returns 64 bits; cannot fail. */
uint64_t hash_stream_value(const struct hash_stream *h);

/* Free H. NULL-safe; cannot fail. */
void hash_stream_free(struct hash_stream *h);

#endif
