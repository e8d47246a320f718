/* Lines of compressed files: frames, damage, sizes around the buffers. */
#include "base/compat.h"

#include <setjmp.h>
#include <unistd.h>
#include <zstd.h>

#include <cmocka.h>

#include "base/hash.h"
#include "base/linerd.h"
#include "base/sbuf.h"
#include "base/xalloc.h"

#define CHUNK ((size_t)262144)

static struct linerd *r;
static int fd = -1;
static struct err e;
static struct sbuf packed;

static int
clean(void **state UNUSED)
{
	linerd_free(r);
	r = NULL;
	if (fd >= 0)
		close(fd);
	fd = -1;
	sbuf_free(&packed);
	sbuf_init(&packed, SIZE_MAX / 4);
	return 0;
}

/* Adds a frame that holds TEXT to PACKED; returns its length. */
static size_t
frame(const char *text, size_t n, bool checksum)
{
	ZSTD_CCtx *c = ZSTD_createCCtx();
	size_t room = ZSTD_compressBound(n), used;
	char *out = xmalloc(room);

	assert_non_null(c);
	(void)ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag, checksum);
	used = ZSTD_compress2(c, out, room, text, n);
	assert_false(ZSTD_isError(used));
	sbuf_add(&packed, out, used);
	free(out);
	ZSTD_freeCCtx(c);
	return used;
}

/* A reader of the first N bytes of PACKED. */
static void
open_packed(size_t n, size_t max_line)
{
	char name[] = "zstd-XXXXXX";
	size_t at = 0;

	linerd_free(r);
	if (fd >= 0)
		close(fd);
	fd = mkstemp(name);
	assert_true(fd >= 0);
	assert_int_equal(unlink(name), 0);
	while (at < n) {
		ssize_t put = write(fd, packed.buf + at, n - at);

		assert_true(put > 0);
		at += (size_t)put;
	}
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	r = linerd_new(fd, true, max_line);
}

static void
expect(const char *text, int64_t offset, int64_t end, bool complete)
{
	struct line l;
	size_t n = strlen(text);

	assert_int_equal(linerd_next(r, &l, &e), 1);
	assert_int_equal(l.n, n);
	assert_memory_equal(l.p, text, n);
	assert_int_equal(l.offset, offset);
	assert_int_equal(l.end, end);
	assert_int_equal(l.complete, complete);
	assert_false(l.oversized);
}

static void
expect_end(void)
{
	struct line l;

	assert_int_equal(linerd_next(r, &l, &e), 0);
}

static void
expect_damaged(void)
{
	struct line l;

	assert_int_equal(linerd_next(r, &l, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
}

static void
one_frame(void **state UNUSED)
{
	size_t n = frame("one\ntwo\nrest", 12, true);

	open_packed(n, 100);
	expect("one", 0, 4, true);
	expect("two", 4, 8, true);
	expect("rest", 8, 12, false);
	expect_end();
	assert_int_equal(linerd_bytes(r), n);
	/* the same fingerprint as the plain text has */
}

static void
several_frames(void **state UNUSED)
{
	/* a skippable frame of 3 bytes: magic, length, content */
	static const char skippable[] = "\x50\x2a\x4d\x18\x03\x00\x00\x00xyz";

	(void)frame("one\ntw", 6, true);
	(void)frame("", 0, false);
	sbuf_add(&packed, skippable, sizeof(skippable) - 1);
	(void)frame("o\n", 2, false);
	(void)frame("three\n", 6, true);
	open_packed(packed.len, 100);
	expect("one", 0, 4, true);
	expect("two", 4, 8, true); /* over the edge of two frames */
	expect("three", 8, 14, true);
	expect_end();
	assert_int_equal(linerd_bytes(r), packed.len);
}

static void
nothing_in_it(void **state UNUSED)
{
	open_packed(0, 100);
	expect_end();
	(void)frame("", 0, true);
	open_packed(packed.len, 100);
	expect_end();
}

static void
cut(void **state UNUSED)
{
	size_t first = frame("one\ntwo\n", 8, false), all = first + frame("three\n", 6, false);

	open_packed(first, 100); /* between two frames: a whole file */
	expect("one", 0, 4, true);
	expect("two", 4, 8, true);
	expect_end();
	for (size_t n = first + 1; n < all; n++) {
		open_packed(n, 100);
		expect("one", 0, 4, true);
		expect("two", 4, 8, true);
		expect_damaged();
	}
	for (size_t n = 1; n < 5; n++) {
		open_packed(n, 100);
		expect_damaged();
	}
}

static void
damaged(void **state UNUSED)
{
	size_t first = frame("one\n", 4, true);

	/* text instead of a second frame */
	sbuf_addz(&packed, "plain text\n");
	open_packed(packed.len, 100);
	expect("one", 0, 4, true);
	expect_damaged();
	/* a wrong checksum at the end */
	packed.buf[first - 1] ^= 1;
	open_packed(first, 100);
	expect_damaged();
	/* a plain file with a wrong name */
	sbuf_reset(&packed);
	sbuf_addz(&packed, "{\"timestamp\":\"2026\"}\n");
	open_packed(packed.len, 100);
	expect_damaged();
}

/* Frames by hand: magic, descriptor 0, window 2^(10 + exponent), one raw block of "a\n". */
static void
window_sizes(void **state UNUSED)
{
	static const char w25[] = "\x28\xb5\x2f\xfd\x00\x78\x11\x00\x00"
				  "a\n";
	static const char w26[] = "\x28\xb5\x2f\xfd\x00\x80\x11\x00\x00"
				  "a\n";

	sbuf_add(&packed, w25, sizeof(w25) - 1);
	open_packed(packed.len, 100);
	expect("a", 0, 2, true);
	expect_end();
	sbuf_reset(&packed);
	sbuf_add(&packed, w26, sizeof(w26) - 1); /* would take 64 MiB */
	open_packed(packed.len, 100);
	expect_damaged();
	assert_non_null(strstr(e.msg, "too much memory"));
	expect_end(); /* nothing more comes out of it */
}

/* The formats before version 1 have magic numbers that end in FD2FB522 to FD2FB527. */
static void
old_formats(void **state UNUSED)
{
	for (int v = 0x22; v <= 0x27; v++) {
		sbuf_reset(&packed);
		(void)frame("one\n", 4, false);
		sbuf_addc(&packed, (char)v);
		sbuf_add(&packed, "\xb5\x2f\xfd\x00\x00\x00\x00\x00\x00\x00\x00", 11);
		open_packed(packed.len, 100);
		expect("one", 0, 4, true);
		expect_damaged();
		assert_non_null(strstr(e.msg, "no zstd frame at byte"));
	}
}

static void
add_block(char kind, size_t size, const char *bytes, size_t n)
{
	size_t head = size << 3 | (size_t)kind;

	for (int i = 0; i < 3; i++)
		sbuf_addc(&packed, (char)(head >> (8 * i) & 0xff));
	sbuf_add(&packed, bytes, n);
}

#define RAW 0
#define LAST 1
#define RLE 2
#define BLOCK ((size_t)131072)

static void
begin_blocks(void)
{
	sbuf_reset(&packed);
	sbuf_add(&packed, "\x28\xb5\x2f\xfd\x00\x58", 6); /* a window of 2 MiB */
}

/* One frame: TEXT, then a block of the reserved kind 3. */
static void
good_before_bad(void **state UNUSED)
{
	begin_blocks();
	add_block(RAW, 4, "one\n", 4);
	add_block(RAW, 4, "two\n", 4);
	add_block(6, 1, "x", 1);
	open_packed(packed.len, 100);
	expect("one", 0, 4, true);
	expect("two", 4, 8, true);
	expect_damaged();
	/* the last block is cut in its middle: what came of it is read */
	begin_blocks();
	add_block(RAW, 4, "one\n", 4);
	add_block(RAW, 100, "two\nthr", 7);
	open_packed(packed.len, 100);
	expect("one", 0, 4, true);
	expect("two", 4, 8, true);
	expect_damaged();
	assert_non_null(strstr(e.msg, "ends in the middle"));
}

/* More text in one frame than fits into the buffer, whose file ends behind a whole block. */
static void
cut_behind_much(void **state UNUSED)
{
	struct line l;
	int64_t lines = 0;
	int rc;

	begin_blocks();
	for (int i = 0; i < 12; i++) {
		add_block(RLE, BLOCK - 1, "x", 1);
		add_block(RAW, 1, "\n", 1);
	}
	open_packed(packed.len, BLOCK);
	while ((rc = linerd_next(r, &l, &e)) == 1) {
		assert_int_equal(l.offset, lines * (int64_t)BLOCK);
		assert_int_equal(l.n, BLOCK - 1);
		lines++;
	}
	assert_int_equal(rc, -1);
	assert_int_equal(lines, 12);
}

/* Skippable frames that are larger than a read, frames without text, and only such. */
static void
frames_without_text(void **state UNUSED)
{
	size_t n = 3 * CHUNK + 1;
	char *junk = xcalloc(1, n);

	for (int i = 0; i < 2; i++) {
		sbuf_add(&packed, "\x5f\x2a\x4d\x18\x01\x00\x0c\x00", 8); /* 0x0c0001 = n */
		sbuf_add(&packed, junk, n);
		for (int k = 0; k < 1000; k++)
			(void)frame("", 0, k % 2 == 0);
	}
	open_packed(packed.len, 100);
	expect_end();
	(void)frame("one\n", 4, true);
	open_packed(packed.len, 100);
	expect("one", 0, 4, true);
	expect_end();
	open_packed(CHUNK, 100); /* inside the first one */
	expect_damaged();
	free(junk);
}

/* A line of N blocks of 128 KiB, each in 4 bytes, between two short ones. */
static void
dense_line(size_t blocks)
{
	begin_blocks();
	add_block(RAW, 4, "one\n", 4);
	for (size_t i = 0; i < blocks; i++)
		add_block(RLE, BLOCK, "A", 1);
	add_block(LAST, 5, "\ntwo\n", 5);
	open_packed(packed.len, SIZE_MAX);
}

static void
dense(void **state UNUSED)
{
	struct line l;

	dense_line(64); /* 8 MiB: handed out */
	expect("one", 0, 4, true);
	assert_int_equal(linerd_next(r, &l, &e), 1);
	assert_false(l.oversized || l.dense);
	assert_int_equal(l.n, 64 * BLOCK);
	expect("two", 64 * (int64_t)BLOCK + 5, 64 * (int64_t)BLOCK + 9, true);
	expect_end();
	dense_line(70);
	expect("one", 0, 4, true);
	assert_int_equal(linerd_next(r, &l, &e), 1);
	assert_true(l.oversized && l.dense && l.complete);
	assert_int_equal(l.n, 0);
	assert_int_equal(l.offset, 4);
	assert_int_equal(l.end, 70 * BLOCK + 5);
	expect("two", 70 * (int64_t)BLOCK + 5, 70 * (int64_t)BLOCK + 9, true);
	expect_end();
}

/*
 * 2048 blocks are the 256 MiB that any file may have. With k blocks of 4 bytes, 1000 bytes of
 * text for each byte are reached where 131072 k = 268435456 + 4000 k, at 2112 and a half.
 */
static void
more_text_than_allowed(void **state UNUSED)
{
	struct line l;

	dense_line(2112);
	expect("one", 0, 4, true);
	assert_int_equal(linerd_next(r, &l, &e), 1);
	assert_true(l.dense);
	expect("two", 2112 * (int64_t)BLOCK + 5, 2112 * (int64_t)BLOCK + 9, true);
	expect_end();
	dense_line(2120);
	expect("one", 0, 4, true);
	assert_int_equal(linerd_next(r, &l, &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	assert_non_null(strstr(e.msg, "256 MiB"));
	expect_end();
}

/* N lines without text, of which 20000 are free and each 8 compressed bytes pay for one more. */
static int64_t
empty_lines(size_t n, int *rc)
{
	int64_t lines = 0;
	struct line l;

	begin_blocks();
	for (size_t left = n; left > 0; left -= left < BLOCK ? left : BLOCK)
		add_block(RLE, left < BLOCK ? left : BLOCK, "\n", 1);
	add_block(LAST, 0, "", 0);
	open_packed(packed.len, 100);
	while ((*rc = linerd_next(r, &l, &e)) == 1) {
		assert_int_equal(l.n, 0);
		assert_int_equal(l.offset, lines);
		lines++;
	}
	return lines;
}

static void
more_lines_than_allowed(void **state UNUSED)
{
	int rc;

	assert_int_equal(empty_lines(20000, &rc), 20000);
	assert_int_equal(rc, 0);
	/* 6 bytes of the frame and 4 of the block were used, 3 of the next one may be */
	assert_int_equal(empty_lines(100 * BLOCK, &rc), 20001);
	assert_int_equal(rc, -1);
	assert_int_equal(e.code, ERR_LIMIT);
	assert_non_null(strstr(e.msg, "20,000"));
	expect_end();
}

/*
 * Text that is much longer than its compressed form, so that the output buffer
 * is full while the decoder still holds a part of the last block.
 */
static void
sizes_around_the_buffer(void **state UNUSED)
{
	size_t room = 5 * CHUNK;
	char *text = xmalloc(room);

	for (size_t i = 0; i < room; i++)
		text[i] = (char)(i % 1000 == 999 ? '\n' : 'a' + (int)(i / 1000 % 26));
	for (size_t k = 1; k <= 4; k++)
		for (size_t d = 0; d < 9; d++) {
			size_t n = k * CHUNK + d * 20000, lines = 0;
			struct line l;
			int rc;

			(void)clean(NULL);
			(void)frame(text, n, d % 2 == 1);
			open_packed(packed.len, 2000);
			while ((rc = linerd_next(r, &l, &e)) == 1) {
				assert_int_equal(l.offset, lines * 1000);
				assert_memory_equal(l.p, text + lines * 1000, l.n);
				if (l.complete)
					lines++;
				else
					assert_int_equal(l.end, n);
			}
			if (rc != 0)
				fail_msg("%zu bytes: %s", n, e.msg);
			assert_int_equal(lines, n / 1000);
		}
	free(text);
}

static void
too_long(void **state UNUSED)
{
	size_t n = 4 * CHUNK + 5;
	char *text = xmalloc(n + 4);
	struct line l;

	memset(text, 'x', n);
	memcpy(text + n, "\nab\n", 4);
	(void)frame(text, n + 4, false);
	open_packed(packed.len, 1000);
	assert_int_equal(linerd_next(r, &l, &e), 1);
	assert_true(l.oversized && l.complete);
	assert_int_equal(l.end, n + 1);
	expect("ab", (int64_t)n + 1, (int64_t)n + 4, true);
	expect_end();
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(one_frame, clean, clean),
		cmocka_unit_test_setup_teardown(several_frames, clean, clean),
		cmocka_unit_test_setup_teardown(nothing_in_it, clean, clean),
		cmocka_unit_test_setup_teardown(cut, clean, clean),
		cmocka_unit_test_setup_teardown(damaged, clean, clean),
		cmocka_unit_test_setup_teardown(window_sizes, clean, clean),
		cmocka_unit_test_setup_teardown(old_formats, clean, clean),
		cmocka_unit_test_setup_teardown(good_before_bad, clean, clean),
		cmocka_unit_test_setup_teardown(cut_behind_much, clean, clean),
		cmocka_unit_test_setup_teardown(frames_without_text, clean, clean),
		cmocka_unit_test_setup_teardown(dense, clean, clean),
		cmocka_unit_test_setup_teardown(more_text_than_allowed, clean, clean),
		cmocka_unit_test_setup_teardown(more_lines_than_allowed, clean, clean),
		cmocka_unit_test_setup_teardown(sizes_around_the_buffer, clean, clean),
		cmocka_unit_test_setup_teardown(too_long, clean, clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
