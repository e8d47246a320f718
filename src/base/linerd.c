/*
 * Two stages: raw bytes come from the file (and through zstd) into `buf`; lines
 * are cut from it. A line that does not fit grows the buffer up to the limit,
 * then is passed over.
 */
#include "base/compat.h"

#include <unistd.h>
#include <zstd.h>

#include "base/linerd.h"
#include "base/xalloc.h"

#define CHUNK_BYTES ((size_t)256 * 1024)
#define WINDOW_LOG_MAX 27 /* 128 MiB: what zstd's own tool accepts by default */

struct linerd {
	int fd;
	size_t max_line;
	char *buf;
	size_t alloc, from, to; /* unread text is buf[from, to) */
	int64_t offset;         /* of buf[from] in the text */
	int64_t bytes;
	bool eof;
	/* zstd */
	ZSTD_DStream *zs;
	char *zin;
	size_t zin_from, zin_to;
	size_t zhint; /* 0: between two frames */
};

struct linerd *
linerd_new(int fd, bool zstd, size_t max_line)
{
	struct linerd *r = xcalloc(1, sizeof(*r));

	r->fd = fd;
	r->max_line = max_line;
	r->alloc = 2 * CHUNK_BYTES;
	r->buf = xmalloc(r->alloc);
	if (zstd) {
		r->zs = ZSTD_createDStream();
		if (r->zs == NULL)
			bug("out of memory");
		(void)ZSTD_DCtx_setParameter(
		    r->zs, ZSTD_d_windowLogMax, WINDOW_LOG_MAX); /* fails for bad constants only */
		r->zin = xmalloc(CHUNK_BYTES);
	}
	return r;
}

void
linerd_free(struct linerd *r)
{
	if (r == NULL)
		return;
	ZSTD_freeDStream(r->zs);
	free(r->zin);
	free(r->buf);
	free(r);
}

/* Up to N bytes from the file. Returns the count, 0 at its end, -1. */
static ssize_t
read_some(struct linerd *r, char *p, size_t n, struct err *e)
{
	ssize_t got;

	do
		got = read(r->fd, p, n);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return err_sys(e, "read");
	r->bytes += got;
	return got;
}

static int
fill_zstd(struct linerd *r, struct err *e)
{
	ZSTD_inBuffer in;
	ZSTD_outBuffer out = { r->buf + r->to, r->alloc - r->to, 0 };

	while (out.pos == 0) {
		if (r->zin_from == r->zin_to) {
			ssize_t got = read_some(r, r->zin, CHUNK_BYTES, e);

			if (got < 0)
				return -1;
			if (got == 0) {
				r->eof = true;
				if (r->zhint != 0)
					return err_set(
					    e, ERR_INPUT, "compressed data ends in the middle");
				return 0;
			}
			r->zin_from = 0;
			r->zin_to = (size_t)got;
		}
		in = (ZSTD_inBuffer){ r->zin, r->zin_to, r->zin_from };
		r->zhint = ZSTD_decompressStream(r->zs, &out, &in);
		r->zin_from = in.pos;
		if (ZSTD_isError(r->zhint)) {
			r->eof = true;
			return err_set(
			    e, ERR_INPUT, "compressed data: %s", ZSTD_getErrorName(r->zhint));
		}
	}
	r->to += out.pos;
	return 0;
}

/* More text into buf. Returns 0 (r->eof tells the end) or -1. */
static int
fill(struct linerd *r, struct err *e)
{
	ssize_t got;

	if (r->from > 0) {
		memmove(r->buf, r->buf + r->from, r->to - r->from);
		r->to -= r->from;
		r->from = 0;
	}
	if (r->to == r->alloc) {
		r->alloc *= 2;
		r->buf = xreallocarray(r->buf, r->alloc, 1);
	}
	if (r->zs != NULL)
		return fill_zstd(r, e);
	got = read_some(r, r->buf + r->to, r->alloc - r->to, e);
	if (got < 0)
		return -1;
	if (got == 0)
		r->eof = true;
	r->to += (size_t)got;
	return 0;
}

/* Hand out LEN bytes from the front, of which USED (with the LF) are consumed. */
static int
hand_out(struct linerd *r, size_t len, size_t used, struct line *out)
{
	*out = (struct line){
		.p = r->buf + r->from,
		.n = len,
		.offset = r->offset,
		.end = r->offset + (int64_t)used,
		.complete = used > len,
	};
	r->from += used;
	r->offset += (int64_t)used;
	return 1;
}

/*
 * Pass over the rest of a line that is too long. Its beginning is not kept: the
 * caller is given an empty view and the offsets.
 */
static int
skip_long(struct linerd *r, struct line *out, struct err *e)
{
	int64_t start = r->offset;

	for (;;) {
		size_t n = r->to - r->from;
		char *lf = memchr(r->buf + r->from, '\n', n);
		size_t used = lf == NULL ? n : (size_t)(lf - r->buf) - r->from + 1;

		r->from += used;
		r->offset += (int64_t)used;
		if (lf != NULL || r->eof) {
			*out = (struct line){ .p = "",
				.offset = start,
				.end = r->offset,
				.complete = lf != NULL,
				.oversized = true };
			return 1;
		}
		if (fill(r, e) < 0)
			return -1;
	}
}

int
linerd_next(struct linerd *r, struct line *out, struct err *e)
{
	size_t scanned = 0;

	for (;;) {
		size_t n = r->to - r->from;
		char *lf = memchr(r->buf + r->from + scanned, '\n', n - scanned);

		if (lf != NULL) {
			size_t len = (size_t)(lf - r->buf) - r->from;

			if (len > r->max_line)
				return skip_long(r, out, e);
			return hand_out(r, len, len + 1, out);
		}
		if (n > r->max_line)
			return skip_long(r, out, e);
		if (r->eof)
			return n == 0 ? 0 : hand_out(r, n, n, out);
		scanned = n;
		if (fill(r, e) < 0)
			return -1;
	}
}

int64_t
linerd_bytes(const struct linerd *r)
{
	return r->bytes;
}

int
linerd_seek(struct linerd *r, int64_t offset, struct err *e)
{
	if (lseek(r->fd, offset, SEEK_SET) < 0)
		return err_sys(e, "seek");
	r->offset = offset;
	return 0;
}
