/*
 * err.h - how a fallible function says what went wrong.
 *
 * A function that can fail returns 0 (or a count) for success and -1 for
 * failure, with *e filled; e is the last parameter and never NULL. The message
 * is made where the facts are, names the object, is lower case without a full
 * stop, and is printed once, at the edge of the program.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

enum err_code {
	ERR_NONE,     /* no error */
	ERR_USAGE,    /* the caller's words are wrong: exit 2 */
	ERR_INPUT,    /* data is not what it must be */
	ERR_NOTFOUND, /* the thing named does not exist */
	ERR_BUSY,     /* somebody else holds it: try again */
	ERR_IO,       /* the system refused */
	ERR_DB,       /* SQLite refused */
	ERR_LIMIT,    /* larger than the bound we keep */
	ERR_STOPPED,  /* a signal asked us to end */
	ERR_BUG       /* cannot happen */
};

struct err {
	enum err_code code;
	int sys;       /* errno, or 0 */
	char msg[512]; /* always terminated; cut if longer */
};

/*
 * Fill *e with CODE and the printf-style message FMT.
 * Returns always -1, so that callers can `return err_set(…)`.
 */
int err_set(struct err *e, enum err_code code, const char *fmt, ...) PRINTF(3, 4);

/*
 * Fill *e from errno: message FMT followed by ": " and the system's text; code
 * ERR_NOTFOUND for ENOENT and ENOTDIR, else ERR_IO. Returns always -1.
 */
int err_sys(struct err *e, const char *fmt, ...) PRINTF(2, 3);

/*
 * Put the printf-style text FMT and ": " before the message *e already has
 * (code and errno stay). Returns always -1.
 */
int err_prefix(struct err *e, const char *fmt, ...) PRINTF(2, 3);

/*
 * End the process for a broken invariant: prints the printf-style FMT on
 * stderr and aborts. Never for anything that input can cause. Does not return.
 */
NORETURN void bug(const char *fmt, ...) PRINTF(1, 2);

#endif
