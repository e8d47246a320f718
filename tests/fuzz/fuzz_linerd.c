/*
 * Lines of a file. The first byte says how it is read (bit 0: zstd, bit 1: from an offset), the
 * second the longest line, in steps of 16; the rest is the file.
 */
#include "base/compat.h"

#include "base/linerd.h"
#include "fuzz.h"

/* What the line L says is possible behind the place END, and its text can be read. */
static void
check(const struct line *l, int64_t end, size_t max)
{
	MUST(l->offset == end && l->end >= l->offset);
	MUST(l->end > l->offset); /* at least its LF, or a byte */
	if (l->oversized) {
		MUST(l->n == 0);
		MUST(l->dense || (uint64_t)(l->end - l->offset) > max);
	} else {
		MUST(l->n <= max && (int64_t)l->n + l->complete == l->end - l->offset);
		MUST(memchr(l->p, '\n', l->n) == NULL);
	}
	MUST(!l->dense || l->oversized);
	(void)fuzz_mix(0, str_n(l->p, l->n));
}

/* The lines of plain text, found in another way. */
static void
plain(const uint8_t *data, size_t n, size_t max, int64_t from)
{
	int fd = fuzz_file(data, n);
	struct linerd *r = linerd_new(fd, false, max);
	struct err e;
	struct line l;
	size_t at = (size_t)from;
	int rc;

	if (from > 0)
		MUST(linerd_seek(r, from, &e) == 0);
	while ((rc = linerd_next(r, &l, &e)) == 1) {
		const uint8_t *lf = memchr(data + at, '\n', n - at);
		size_t len = (lf == NULL ? n : (size_t)(lf - data)) - at;

		check(&l, (int64_t)at, max);
		MUST(l.complete == (lf != NULL) && l.oversized == (len > max));
		if (!l.oversized)
			MUST(l.n == len && memcmp(l.p, data + at, len) == 0);
		at = (size_t)l.end;
	}
	MUST(rc == 0 && at == n);
	linerd_free(r);
	close(fd);
}

/* Twice, with lines of MAX bytes and with any: the lines are the same as far as both go. */
static void
packed(const uint8_t *data, size_t n, size_t max)
{
	int fd = fuzz_file(data, n), fd_too = fuzz_file(data, n);
	struct linerd *r = linerd_new(fd, true, max), *too = linerd_new(fd_too, true, SIZE_MAX);
	struct err e;
	struct line l, m;
	int64_t end = 0;
	int rc;

	while ((rc = linerd_next(r, &l, &e)) == 1) {
		check(&l, end, max);
		end = l.end;
		if (linerd_next(too, &m, &e) == 1) {
			MUST(m.offset == l.offset && m.end == l.end && m.complete == l.complete);
			if (!l.oversized && !m.oversized)
				MUST(m.n == l.n && memcmp(m.p, l.p, l.n) == 0);
		}
	}
	MUST(rc == 0 || e.code == ERR_INPUT || e.code == ERR_LIMIT);
	MUST(rc == 0 || e.msg[0] != '\0');
	MUST(linerd_next(r, &l, &e) == 0);
	MUST(linerd_bytes(r) <= (int64_t)n);
	linerd_free(r);
	linerd_free(too);
	close(fd);
	close(fd_too);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	size_t max;

	if (n < 2)
		return 0;
	max = (size_t)data[1] * 16;
	if (data[0] & 1)
		packed(data + 2, n - 2, max);
	else
		plain(data + 2, n - 2, max, data[0] & 2 ? (int64_t)((n - 2) / 2) : 0);
	return 0;
}
