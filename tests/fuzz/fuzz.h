/*
 * fuzz.h - for the targets in this folder. A target is one C file fuzz_NAME.c with
 * LLVMFuzzerTestOneInput, and one row in targets.txt.
 *
 * Sanitizers find wrong accesses; what a module promises beyond that is checked with MUST, which
 * ends the run like a crash.
 */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <sys/mman.h>
#include <unistd.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/str.h"
#include "base/xalloc.h"

#define MUST(what) \
	do { \
		if (!(what)) \
			bug("%s:%d: broken promise: %s", __FILE__, __LINE__, #what); \
	} while (0)

/* Called with each input: DATA of N bytes, borrowed. Returns 0 always. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* An open file without a name that holds the N bytes at P, at its start. Owned by the caller: close. */
static inline int
fuzz_file(const void *p, size_t n)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	MUST(fd >= 0);
	MUST(write(fd, p, n) == (ssize_t)n);
	MUST(lseek(fd, 0, SEEK_SET) == 0);
	return fd;
}

/* The N bytes at P in memory that ends where they end, not terminated. Owned by the caller: free(). */
static inline struct str
fuzz_exact(const void *p, size_t n)
{
	char *copy = xmalloc(n == 0 ? 1 : n);

	memcpy(copy, p, n);
	return str_n(copy, n);
}

/* Read all of S and mix it into H: finds a view into memory that is gone. Returns the new hash. */
static inline uint64_t
fuzz_mix(uint64_t h, struct str s)
{
	MUST(s.p != NULL || s.n == 0);
	return hash_i64((int64_t)s.n, s.p == NULL ? h : hash_bytes(s.p, s.n, h));
}

#endif
