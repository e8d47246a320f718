/*
 * sbuf.h - a growing string with a cap. buf is never NULL and always
 * terminated, may hold NULs; ownership leaves only by sbuf_detach. Going over
 * the cap sets `failed` and keeps what is there: one check at the end is enough.
 */
#ifndef BASE_SBUF_H
#define BASE_SBUF_H

#include "base/err.h"
#include "base/str.h"

struct sbuf {
	char *buf;
	size_t len;
	size_t alloc; /* 0 while buf is the shared empty string */
	size_t max;   /* bytes, without the final NUL */
	bool failed;  /* something did not fit */
};

/* Make *B an empty buffer that holds at most MAX bytes. Owns nothing yet; cannot fail. */
void sbuf_init(struct sbuf *b, size_t max);

/* Free what B owns and make it empty; B may be used again. NULL-safe; cannot fail. */
void sbuf_free(struct sbuf *b);

/* Forget the content but keep the memory; clears `failed`; cannot fail. */
void sbuf_reset(struct sbuf *b);

/* Append N bytes at P. Over the cap: sets B->failed and adds nothing. */
void sbuf_add(struct sbuf *b, const void *p, size_t n);

/* Append the terminated string S; errors as sbuf_add. */
void sbuf_addz(struct sbuf *b, const char *s);

/* Append the view S; errors as sbuf_add. */
void sbuf_adds(struct sbuf *b, struct str s);

/* Append the byte C; errors as sbuf_add. */
void sbuf_addc(struct sbuf *b, char c);

/* Append printf-style text FMT; errors as sbuf_add. */
void sbuf_addf(struct sbuf *b, const char *fmt, ...) PRINTF(2, 3);

/* 0, or -1 with ERR_LIMIT in *E when something did not fit. */
int sbuf_check(const struct sbuf *b, struct err *e);

/* Hand over the content as a terminated string, owned by the caller: free(). B is empty afterwards. */
char *sbuf_detach(struct sbuf *b);

#endif
