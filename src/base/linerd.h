/*
 * linerd.h - lines of a file, plain or zstd, with their byte offsets in the
 * (decompressed) text. Memory is bounded by the buffers and the longest line
 * that is allowed; a longer line is skipped and reported as such.
 */
#ifndef BASE_LINERD_H
#define BASE_LINERD_H

#include "base/err.h"

struct linerd;

struct line {
	const char *p; /* without the LF; valid until the next call */
	size_t n;
	int64_t offset; /* of its first byte in the text */
	int64_t end;    /* of the byte behind its LF */
	bool complete;  /* ended by a LF */
	bool oversized; /* longer than the limit: p is its beginning only */
};

/*
 * A reader of the open file FD (borrowed, at its start). ZSTD says that it is
 * compressed; MAX_LINE is the longest line in bytes that is handed out.
 * Returns a reader owned by the caller: linerd_free. Aborts when out of memory.
 */
struct linerd *linerd_new(int fd, bool zstd, size_t max_line);

/* Free R (not its file). NULL-safe; cannot fail. */
void linerd_free(struct linerd *r);

/*
 * Next line into *OUT (a view into R). Returns 1 for a line (the last one may be incomplete),
 * 0 at the end, -1 with ERR_IO or ERR_INPUT (compressed data is damaged or
 * cut; the lines before were good) in *E.
 */
int linerd_next(struct linerd *r, struct line *out, struct err *e);

/* Bytes read from the file so far (compressed ones for zstd); cannot fail. */
int64_t linerd_bytes(const struct linerd *r);

/*
 * Begin at byte OFFSET of the text instead of its start, before the first call of
 * linerd_next; plain files only. Returns 0; -1 with ERR_IO in *E.
 */
int linerd_seek(struct linerd *r, int64_t offset, struct err *e);

#endif
