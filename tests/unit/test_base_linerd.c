/* Lines of a plain file: offsets, limits, buffer edges, offsets to begin at. */
#include "base/compat.h"

#include <setjmp.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/hash.h"
#include "base/linerd.h"
#include "base/sbuf.h"
#include "base/xalloc.h"

#define CHUNK ((size_t)262144)

static struct linerd *r;
static int fd = -1;
static struct err e;

static int
clean(void **state UNUSED)
{
	linerd_free(r);
	r = NULL;
	if (fd >= 0)
		close(fd);
	fd = -1;
	return 0;
}

/* A reader of a file that holds the N bytes at P. */
static void
open_text(const char *p, size_t n, size_t max_line)
{
	char name[] = "linerd-XXXXXX";

	(void)clean(NULL);
	fd = mkstemp(name);
	assert_true(fd >= 0);
	assert_int_equal(unlink(name), 0);
	while (n > 0) {
		ssize_t put = write(fd, p, n);

		assert_true(put > 0);
		p += put;
		n -= (size_t)put;
	}
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	r = linerd_new(fd, false, max_line);
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
expect_oversized(int64_t offset, int64_t end, bool complete)
{
	struct line l;

	assert_int_equal(linerd_next(r, &l, &e), 1);
	assert_true(l.oversized);
	assert_int_equal(l.offset, offset);
	assert_int_equal(l.end, end);
	assert_int_equal(l.complete, complete);
}

static void
expect_end(void)
{
	struct line l;

	assert_int_equal(linerd_next(r, &l, &e), 0);
	assert_int_equal(linerd_next(r, &l, &e), 0);
}

static void
small_files(void **state UNUSED)
{
	struct line l;

	open_text("", 0, 100);
	expect_end();
	assert_int_equal(linerd_bytes(r), 0);
	open_text("one\ntwo\n", 8, 100);
	expect("one", 0, 4, true);
	expect("two", 4, 8, true);
	expect_end();
	assert_int_equal(linerd_bytes(r), 8);
	open_text("\n\nx\n", 4, 100);
	expect("", 0, 1, true);
	expect("", 1, 2, true);
	expect("x", 2, 4, true);
	expect_end();
	/* the last line is not finished */
	open_text("one\ntw", 6, 100);
	expect("one", 0, 4, true);
	expect("tw", 4, 6, false);
	expect_end();
	/* CR stays, it is not ours to cut */
	open_text("a\r\nb\r\n", 6, 100);
	expect("a\r", 0, 3, true);
	expect("b\r", 3, 6, true);
	expect_end();
	open_text("a\0b\n\0\nz", 7, 100);
	assert_int_equal(linerd_next(r, &l, &e), 1);
	assert_int_equal(l.n, 3);
	assert_memory_equal(l.p, "a\0b", 3);
	assert_int_equal(linerd_next(r, &l, &e), 1);
	assert_int_equal(l.n, 1);
	assert_memory_equal(l.p, "\0", 1);
	expect("z", 6, 7, false);
	expect_end();
}

static void
too_long(void **state UNUSED)
{
	open_text("12345\n123456\nab\n1234567", 23, 5);
	expect("12345", 0, 6, true); /* exactly the limit */
	expect_oversized(6, 13, true);
	expect("ab", 13, 16, true);
	expect_oversized(16, 23, false);
	expect_end();
	/* nothing but a line that is too long */
	open_text("123456\n", 7, 5);
	expect_oversized(0, 7, true);
	expect_end();
	open_text("1\n", 2, 0);
	expect_oversized(0, 2, true);
	expect_end();
	open_text("\n", 1, 0);
	expect("", 0, 1, true);
	expect_end();
}

static void
too_long_for_the_buffer(void **state UNUSED)
{
	size_t n = 5 * CHUNK + 17;
	char *text = xmalloc(n + 8);

	memset(text, 'x', n);
	memcpy(text + n, "\nshort\n", 7);
	open_text(text, n + 7, 1000);
	expect_oversized(0, (int64_t)n + 1, true);
	expect("short", (int64_t)n + 1, (int64_t)n + 7, true);
	expect_end();
	/* the same line is handed out when it is allowed */
	text[n] = '\0';
	open_text(text, n, n);
	expect(text, 0, (int64_t)n, false);
	expect_end();
	text[n] = '\n';
	open_text(text, n + 7, n - 1);
	expect_oversized(0, (int64_t)n + 1, true);
	expect("short", (int64_t)n + 1, (int64_t)n + 7, true);
	expect_end();
	free(text);
}

/* First lines whose LF is the byte before, at and behind a multiple of the chunk. */
static void
at_the_edges(void **state UNUSED)
{
	char *text = xmalloc(5 * CHUNK);

	for (size_t k = 1; k <= 4; k++)
		for (size_t d = 0; d < 5; d++) {
			size_t n = k * CHUNK + d - 2; /* bytes of the line */

			memset(text, 'y', n);
			memcpy(text + n, "\nab\nc", 5);
			open_text(text, n + 5, 10 * CHUNK);
			text[n] = '\0';
			expect(text, 0, (int64_t)n + 1, true);
			expect("ab", (int64_t)n + 1, (int64_t)n + 4, true);
			expect("c", (int64_t)n + 4, (int64_t)n + 5, false);
			expect_end();
			assert_int_equal(linerd_bytes(r), n + 5);
		}
	free(text);
}

/* Many lines of many lengths: each is checked by its own first bytes. */
static void
many_lines(void **state UNUSED)
{
	struct sbuf b;
	struct line l;
	int64_t at = 0;
	char want[16];

	sbuf_init(&b, 100000000);
	for (int i = 0; i < 3000; i++) {
		sbuf_addf(&b, "%08d", i);
		for (int k = 0; k < (i * 37) % 997; k++)
			sbuf_addc(&b, (char)('a' + k % 26));
		sbuf_addc(&b, '\n');
	}
	open_text(b.buf, b.len, 1000000);
	for (int i = 0; i < 3000; i++) {
		int64_t n = 8 + (i * 37) % 997;

		assert_int_equal(linerd_next(r, &l, &e), 1);
		assert_int_equal(l.n, n);
		assert_int_equal(l.offset, at);
		assert_int_equal(l.end, at + n + 1);
		(void)snprintf(want, sizeof(want), "%08d", i);
		assert_memory_equal(l.p, want, 8);
		assert_memory_equal(l.p, b.buf + at, (size_t)n);
		at += n + 1;
	}
	expect_end();
	assert_int_equal(at, b.len);
	sbuf_free(&b);
}

/* A reading that begins behind the first line, as for a file that grew. */
static void
from_an_offset(void **state UNUSED)
{
	open_text("one\ntwo\nrest", 12, 100);
	assert_int_equal(linerd_seek(r, 4, &e), 0);
	expect("two", 4, 8, true);
	expect("rest", 8, 12, false);
	expect_end();
	open_text("one\n", 4, 100);
	assert_int_equal(linerd_seek(r, 4, &e), 0);
	expect_end();
	open_text("1234567\nab\n", 11, 3);
	assert_int_equal(linerd_seek(r, 2, &e), 0);
	expect_oversized(2, 8, true);
	expect("ab", 8, 11, true);
}

/* Feeds TEXT into a pipe in pieces of 1 to 4099 bytes, from a child. */
static void
feed(int to, const char *text, size_t n)
{
	size_t piece = 1;

	while (n > 0) {
		ssize_t put = write(to, text, piece < n ? piece : n);

		if (put <= 0)
			_exit(1);
		text += put;
		n -= (size_t)put;
		piece = (piece * 31 + 7) % 4099 + 1;
	}
	_exit(0);
}

static void
pieces_of_any_length(void **state UNUSED)
{
	struct sbuf b;
	struct line l;
	int ends[2], status;
	int64_t lines = 0;
	pid_t child;

	sbuf_init(&b, 100000000);
	for (int i = 0; i < 2000; i++)
		sbuf_addf(&b, "%d %0*d\n", i, i % 700 + 1, i);
	open_text("", 0, 300);
	assert_int_equal(pipe(ends), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		close(ends[0]);
		feed(ends[1], b.buf, b.len);
	}
	close(ends[1]);
	(void)clean(NULL);
	fd = ends[0];
	r = linerd_new(fd, false, 300); /* some are too long */
	while (linerd_next(r, &l, &e) == 1) {
		assert_true(l.complete);
		lines++;
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(lines, 2000);
	assert_int_equal(linerd_bytes(r), b.len);
	sbuf_free(&b);
}

/* Lines whose end is looked for ahead: of 3 MiB, the longest allowed, and one byte more. */
static void
looked_ahead(void **state UNUSED)
{
	const size_t max = (size_t)3 << 20;

	for (int ended = 0; ended < 2; ended++) {
		for (size_t over = 0; over < 2; over++) {
			size_t n = 2 + (max + over) + 1 + 2 + (max + over) + (size_t)ended;
			char *text = xmalloc(n + 1);
			int64_t second = (int64_t)(2 + (max + over) + 1 + 2);

			memset(text, 'x', n);
			memcpy(text, "a\n", 2);
			text[2 + max + over] = '\n';
			memcpy(text + second - 2, "b\n", 2);
			if (ended)
				text[n - 1] = '\n';
			text[n] = '\0';
			open_text(text, n, max);
			expect("a", 0, 2, true);
			if (over)
				expect_oversized(2, second - 2, true);
			else {
				text[2 + max] = '\0';
				expect(text + 2, 2, second - 2, true);
			}
			expect("b", second - 2, second, true);
			if (over)
				expect_oversized(second, (int64_t)n, ended);
			else {
				text[n - (size_t)ended] = '\0';
				expect(text + second, second, (int64_t)n, ended);
			}
			free(text);
		}
	}
}

static void
unreadable(void **state UNUSED)
{
	struct line l;

	(void)clean(NULL);
	r = linerd_new(-1, false, 10);
	assert_int_equal(linerd_next(r, &l, &e), -1);
	assert_int_equal(e.code, ERR_IO);
	linerd_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(small_files, clean),
		cmocka_unit_test_teardown(too_long, clean),
		cmocka_unit_test_teardown(too_long_for_the_buffer, clean),
		cmocka_unit_test_teardown(at_the_edges, clean),
		cmocka_unit_test_teardown(many_lines, clean),
		cmocka_unit_test_teardown(from_an_offset, clean),
		cmocka_unit_test_teardown(pieces_of_any_length, clean),
		cmocka_unit_test_teardown(looked_ahead, clean),
		cmocka_unit_test_teardown(unreadable, clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
