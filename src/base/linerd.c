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

#ifdef TRACK_FUZZ /* tests/fuzz: small files meet the edges of the buffers, too */
#define CHUNK_BYTES ((size_t)256)
#else
#define CHUNK_BYTES ((size_t)256 * 1024)
#endif
#define BUFFER_BYTES (2 * CHUNK_BYTES)
#define LONG_LINE (8 * CHUNK_BYTES)
#define MAGIC_BYTES ((size_t)4) /* of a frame: RFC 8878, 3.1.1 */
#define BLOCK_HEADER ((size_t)3)
#define CHECKSUM ((size_t)4)

struct linerd {
	int fd;
	size_t max_line;
	char *buf;
	size_t alloc, from, to; /* unread text is buf[from, to) */
	int64_t offset;         /* of buf[from] in the text */
	int64_t bytes;
	bool eof, ended;
	/* zstd */
	ZSTD_DStream *zs;
	char *zin;
	size_t zin_from, zin_to;
	size_t zwant;  /* what the decoder asked for; 0: between two frames */
	int64_t lines; /* handed out, for the bound */
};

struct linerd *
linerd_new(int fd, bool zstd, size_t max_line)
{
	struct linerd *r = xcalloc(1, sizeof(*r));

	r->fd = fd;
	r->max_line = max_line;
	r->alloc = BUFFER_BYTES;
	r->buf = xmalloc(r->alloc);
	if (zstd) {
		r->zs = ZSTD_createDStream();
		if (r->zs == NULL)
			bug("out of memory");
		(void)ZSTD_DCtx_setParameter(r->zs, ZSTD_d_windowLogMax,
		    LINERD_WINDOW_LOG); /* fails for bad constants only */
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

/* Compressed bytes that were used so far. */
static int64_t
used_bytes(const struct linerd *r)
{
	return r->bytes - (int64_t)(r->zin_to - r->zin_from);
}

/* More compressed bytes behind those that are not used yet. Returns 1, 0 at the end of the file, -1. */
static int
more_packed(struct linerd *r, struct err *e)
{
	size_t left = r->zin_to - r->zin_from;
	ssize_t got;

	memmove(r->zin, r->zin + r->zin_from, left);
	r->zin_from = 0;
	r->zin_to = left;
	got = read_some(r, r->zin + left, CHUNK_BYTES - left, e);
	if (got > 0)
		r->zin_to += (size_t)got;
	return got < 0 ? -1 : got > 0;
}

static int
ends_early(struct err *e)
{
	return err_set(e, ERR_INPUT, "compressed data ends in the middle");
}

/*
 * Is there one more frame? libzstd would also take the formats from before version 1, each with a
 * decoder of its own that heeds no bound on windows, and that no rollout was ever written in.
 * Returns 1, 0 at the end of the file, -1.
 */
static int
begin_frame(struct linerd *r, struct err *e)
{
	const unsigned char *p;
	uint32_t magic;
	int rc;

	while (r->zin_to - r->zin_from < MAGIC_BYTES) {
		if ((rc = more_packed(r, e)) < 0)
			return -1;
		if (rc == 0)
			return r->zin_to == r->zin_from ? 0 : ends_early(e);
	}
	p = (const unsigned char *)r->zin + r->zin_from;
	magic = (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
	if (magic != ZSTD_MAGICNUMBER &&
	    (magic & ZSTD_MAGIC_SKIPPABLE_MASK) != ZSTD_MAGIC_SKIPPABLE_START)
		return err_set(
		    e, ERR_INPUT, "compressed data: no zstd frame at byte %" PRId64, used_bytes(r));
	r->zwant = MAGIC_BYTES;
	return 1;
}

/* Is the text that was unpacked so far more than the compressed bytes so far can stand for? */
static int
check_text(const struct linerd *r, struct err *e)
{
	int64_t text = r->offset + (int64_t)(r->to - r->from);

	if (text > LINERD_TEXT_MAX)
		return err_set(e, ERR_LIMIT, "compressed data: more than 4 GiB of text");
	if (text > LINERD_TEXT_BASE &&
	    (text - LINERD_TEXT_BASE) / LINERD_TEXT_RATIO > used_bytes(r))
		return err_set(e, ERR_LIMIT,
		    "compressed data: more text than 256 MiB and 1,000 bytes for each of its own");
	return 0;
}

static int
check_lines(struct linerd *r, struct err *e)
{
	if (++r->lines > LINERD_LINES_BASE + used_bytes(r) / LINERD_LINE_PACKED)
		return err_set(e, ERR_LIMIT,
		    "compressed data: more lines than 20,000 and one for each 8 of its bytes");
	return 0;
}

/*
 * How many bytes the decoder is given: those of one block, or of a block's header. When it meets an
 * error it keeps back all that the same call had unpacked before, and behind a block it asks for
 * the next header, too.
 */
static size_t
ration(const struct linerd *r)
{
	size_t want = r->zwant, there = r->zin_to - r->zin_from;

	if (want > BLOCK_HEADER)
		want -= BLOCK_HEADER;
	return want < there ? want : there;
}

static int
fill_zstd(struct linerd *r, struct err *e)
{
	ZSTD_outBuffer out = { r->buf + r->to, r->alloc - r->to, 0 };
	bool sum = false; /* all text of a frame is there: is its checksum right? */
	int rc;

	if (check_text(r, e) < 0)
		return -1;
	while (out.pos == 0 || sum) {
		ZSTD_inBuffer in = { r->zin, 0, 0 };

		if (r->zwant == 0 && (rc = begin_frame(r, e)) <= 0) {
			r->eof = true;
			return rc;
		}
		if (r->zin_from == r->zin_to && more_packed(r, e) < 0)
			return -1;
		in.pos = r->zin_from;
		in.size = in.pos + ration(r);
		r->zwant = ZSTD_decompressStream(r->zs, &out, &in);
		if (ZSTD_isError(r->zwant))
			return err_set(
			    e, ERR_INPUT, "compressed data: %s", ZSTD_getErrorName(r->zwant));
		if (in.size == r->zin_from) { /* nothing came in */
			if (out.pos == 0 && r->zwant != 0)
				return ends_early(e);
			break;
		}
		r->zin_from = in.pos;
		sum = out.pos > 0 && out.pos < out.size &&
		      (sum ? r->zwant > 0 : r->zwant == CHECKSUM);
	}
	r->to += out.pos;
	return 0;
}

/* More text into buf. Returns 0 (r->eof tells the end) or -1. */
static int
fill(struct linerd *r, struct err *e)
{
	ssize_t got;
	size_t room;

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
	room = r->alloc - r->to < BUFFER_BYTES ? r->alloc - r->to : BUFFER_BYTES;
	got = read_some(r, r->buf + r->to, room, e);
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

/* All text is handed out: give back what a long line made the buffer grow to. */
static void
shrink(struct linerd *r)
{
	r->from = r->to = 0;
	if (r->alloc > BUFFER_BYTES) {
		r->alloc = BUFFER_BYTES;
		r->buf = xreallocarray(r->buf, r->alloc, 1);
	}
}

/*
 * Pass over the rest of a line that is too long, or too DENSE. Its beginning is not kept: the
 * caller is given an empty view and the offsets.
 */
static int
skip_long(struct linerd *r, bool dense, struct line *out, struct err *e)
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
				.oversized = true,
				.dense = dense };
			return 1;
		}
		shrink(r);
		if (fill(r, e) < 0)
			return -1;
	}
}

/* Did N bytes of text without an end come out of the compressed bytes from START on? */
static bool
is_dense(const struct linerd *r, size_t n, int64_t start)
{
	return r->zs != NULL && n > LINERD_DENSE_LINE &&
	       (int64_t)n / LINERD_TEXT_RATIO > used_bytes(r) - start;
}

/*
 * Where the line in the buffer ends is looked for ahead, once it has outgrown LONG_LINE: one that
 * will be passed over is not kept, for one that will be handed out there is room at once. Returns
 * whether it is too long.
 */
static bool
will_be_too_long(struct linerd *r)
{
	size_t n = r->to - r->from, more = 0;
	char *chunk = xmalloc(CHUNK_BYTES), *lf = NULL;
	ssize_t got = 1;

	while (lf == NULL && got > 0 && n + more <= r->max_line) {
		got = pread(r->fd, chunk, CHUNK_BYTES, (off_t)(r->offset + (int64_t)(n + more)));
		if (got > 0) {
			lf = memchr(chunk, '\n', (size_t)got);
			more += lf == NULL ? (size_t)got : (size_t)(lf - chunk) + 1;
		}
	}
	free(chunk);
	if (n + more > r->max_line + 1)
		return true;
	if (r->from + n + more + 1 > r->alloc) {
		r->alloc = r->from + n + more + 1;
		r->buf = xreallocarray(r->buf, r->alloc, 1);
	}
	return false;
}

static int
next_line(struct linerd *r, struct line *out, struct err *e)
{
	size_t before = r->to - r->from, scanned = 0;
	int64_t start = used_bytes(r);
	bool looked = r->zs != NULL; /* what is not unpacked cannot be looked at */

	for (;;) {
		size_t n = r->to - r->from;
		char *lf = memchr(r->buf + r->from + scanned, '\n', n - scanned);

		if (lf != NULL) {
			size_t len = (size_t)(lf - r->buf) - r->from;

			if (len > r->max_line)
				return skip_long(r, false, out, e);
			return hand_out(r, len, len + 1, out);
		}
		if (n > r->max_line)
			return skip_long(r, false, out, e);
		if (is_dense(r, n - before, start))
			return skip_long(r, true, out, e);
		if (!looked && n > LONG_LINE) {
			looked = true;
			if (will_be_too_long(r))
				return skip_long(r, false, out, e);
		}
		if (r->eof)
			return n == 0 ? 0 : hand_out(r, n, n, out);
		scanned = n;
		if (fill(r, e) < 0)
			return -1;
	}
}

int
linerd_next(struct linerd *r, struct line *out, struct err *e)
{
	int rc;

	if (r->ended)
		return 0;
	if ((rc = next_line(r, out, e)) == 1 && r->zs != NULL && check_lines(r, e) < 0)
		rc = -1;
	if (rc <= 0)
		r->ended = true;
	return rc;
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
