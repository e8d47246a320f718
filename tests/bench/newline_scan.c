/*
 * newline_scan.c - the yardstick of `make bench`: the least that a program which
 * reads every byte once can do. File names stand on stdin, each ended by a NUL.
 * One core: open, read in blocks of 256 KiB, memchr for LF. Prints the number of
 * files, bytes and lines (an unterminated last line is none).
 */
#include "base/compat.h"

#include <fcntl.h>
#include <unistd.h>

#define BLOCK ((size_t)256 * 1024)

static char block[BLOCK];

/* Add the bytes and lines of the file NAME. Returns 0, -1 with a message on stderr. */
static int
scan(const char *name, int64_t *bytes, int64_t *lines)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	ssize_t got = -1;

	while (fd >= 0 && (got = read(fd, block, BLOCK)) > 0) {
		const char *p = block, *end = block + got;

		*bytes += got;
		while ((p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
			p++;
			++*lines;
		}
	}
	if (got < 0)
		(void)fprintf(stderr, "newline_scan: %s: %s\n", name, strerror(errno));
	if (fd >= 0)
		close(fd);
	return got < 0 ? -1 : 0;
}

int
main(void)
{
	int64_t files = 0, bytes = 0, lines = 0;
	char *name = NULL;
	size_t alloc = 0;
	int rc = 0;

	while (getdelim(&name, &alloc, '\0', stdin) > 0) {
		files++;
		if (scan(name, &bytes, &lines) < 0)
			rc = 1;
	}
	if (ferror(stdin)) {
		(void)fprintf(stderr, "newline_scan: stdin: %s\n", strerror(errno));
		rc = 1;
	}
	free(name);
	(void)printf(
	    "%" PRId64 " files %" PRId64 " bytes %" PRId64 " lines\n", files, bytes, lines);
	return rc;
}
