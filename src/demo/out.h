/*
 * out.h - a rollout being written: plain or compressed, new or continued, with
 * the time of its last line as its own.
 */
#ifndef DEMO_OUT_H
#define DEMO_OUT_H

#include "base/err.h"
#include "base/str.h"

struct out_zstd;

struct out {
	FILE *f;
	char *path;
	struct out_zstd *zstd; /* NULL: plain */
	int64_t plain;         /* bytes before compression */
	int64_t disk;          /* bytes in the file: after out_close */
	bool failed;
};

/* Open PATH for *O, with the folders above it: a new file, or its end when APPEND; COMPRESSED as zstd. Returns 0; -1 with the reason in *E. */
int out_open(struct out *o, const char *path, bool append, bool compressed, struct err *e);

/* Write the bytes S to O. Errors are told by out_close. */
void out_write(struct out *o, struct str s);

/* Let others read what was written to the plain O so far. Errors are told by out_close. */
void out_flush(struct out *o);

/* Close O and give the file the time MS. Returns 0; -1 with the first failure in *E; O is closed in any case. NULL-safe in its file. */
int out_close(struct out *o, int64_t ms, struct err *e);

/* Make the folder PATH and those above it. Returns 0; -1 with the reason in *E. */
int out_folder(const char *path, struct err *e);

/* Copy the first BYTES of the file FROM (negative: all) to the new file TO, compressed by its name, with the time MS. Returns the bytes of TO; -1 with the reason in *E. */
int64_t out_copy(const char *from, const char *to, int64_t bytes, int64_t ms, struct err *e);

#endif
