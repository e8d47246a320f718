/*
 * linerd.h - lines of a file, plain or zstd, with their byte offsets in the
 * (decompressed) text. Memory is bounded by the buffers and the longest line
 * that is allowed; a longer line is skipped and reported as such.
 *
 * Compressed data is read as a sequence of frames, skippable ones among them. Whatever it
 * says of itself, the work that it makes is bounded by its own size: see LINERD_… below.
 * What lies before the place where a bound is reached, or where the data is damaged or
 * cut, is handed out first.
 *
 * Source: RFC 8878 (frames, 3.1.1.1.2 window); the zstd command's levels: a window of 2 MiB at
 * level 3, which Codex writes, 8 MiB up to 19, 32 MiB at 20; files of the lab compressed at level
 * 3: 14 to 31 bytes of text for each byte, and no line in less than 10 bytes.
 */
#ifndef BASE_LINERD_H
#define BASE_LINERD_H

#include "base/err.h"

/* The largest window that a frame may ask for, 2^25 bytes = 32 MiB: four times what RFC 8878 wants. */
#define LINERD_WINDOW_LOG 25

/*
 * Text of a compressed file: at most 256 MiB and 1000 bytes for each compressed one, never more
 * than 4 GiB. Thirty times the density of real files; the worst file ends in half a minute.
 */
#define LINERD_TEXT_BASE ((int64_t)256 * 1024 * 1024)
#define LINERD_TEXT_RATIO ((int64_t)1000)
#define LINERD_TEXT_MAX ((int64_t)4 * 1024 * 1024 * 1024)

/*
 * Lines of a compressed file: at most 20000 and one for each 8 compressed bytes. A line costs a row
 * in the database even when it is bad, so short ones are dearer than their text.
 */
#define LINERD_LINES_BASE ((int64_t)20000)
#define LINERD_LINE_PACKED ((int64_t)8)

/*
 * A line of compressed text that is longer than 8 MiB and more than LINERD_TEXT_RATIO times its
 * compressed bytes is passed over without being kept: with the largest window a program stays
 * below 48 MiB.
 */
#define LINERD_DENSE_LINE ((size_t)8 * 1024 * 1024)

struct linerd;

struct line {
	const char *p; /* without the LF; valid until the next call */
	size_t n;
	int64_t offset; /* of its first byte in the text */
	int64_t end;    /* of the byte behind its LF */
	bool complete;  /* ended by a LF */
	bool oversized; /* longer than the limit: p is empty */
	bool dense;     /* oversized because of LINERD_DENSE_LINE */
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
 * 0 at the end, -1 with ERR_IO, ERR_INPUT (compressed data is damaged or cut) or ERR_LIMIT
 * (compressed data unpacks to more than is read of it) in *E; the lines before were good.
 * After -1 or 0 every further call returns 0.
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
