/*
 * str.h - views: a pointer and a length, not owned, not terminated. ASCII
 * rules only: no locale takes part.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

struct str {
	const char *p;
	size_t n;
};

#define STR(lit) ((struct str){ (lit), sizeof(lit) - 1 })

/* View of the terminated string S; NULL gives the empty view. Borrows S. Returns the view; cannot fail. */
struct str str_of(const char *s);

/* View of N bytes at P. Borrows P. Returns the view; cannot fail. */
struct str str_n(const char *p, size_t n);

/* True when A and B hold the same bytes. Borrows both; cannot fail. */
bool str_eq(struct str a, struct str b);

/* True when A holds the bytes of the terminated string B. Borrows both; cannot fail. */
bool str_eqz(struct str a, const char *b);

/* Byte order of A and B as memcmp, a prefix first. Returns <0, 0, >0; cannot fail. */
int str_cmp(struct str a, struct str b);

/* True when S begins with the terminated string PREFIX. Borrows both; cannot fail. */
bool str_starts(struct str s, const char *prefix);

/* True when S ends with the terminated string SUFFIX. Borrows both; cannot fail. */
bool str_ends(struct str s, const char *suffix);

/* S without ASCII blanks (space, tab, CR, LF) at both ends. Returns a view into S; cannot fail. */
struct str str_trim(struct str s);

/*
 * Split off the part of *REST before the first SEP byte: *PART gets it, *REST
 * what follows. Returns false when *REST was used up (PART is not set then).
 * A text without SEP gives one part. Views into the given text; cannot fail.
 */
bool str_split(struct str *rest, char sep, struct str *part);

/* Position of the first byte C in S, or S.n when it has none; cannot fail. */
size_t str_chr(struct str s, char c);

/* True for an ASCII digit; cannot fail. */
bool str_isdigit(char c);

/* True for an ASCII letter; cannot fail. */
bool str_isalpha(char c);

/* ASCII lower case of C; other bytes as they are; cannot fail. */
char str_lower(char c);

/* Lower the terminated string S in place, ASCII letters only; cannot fail. */
void str_lowerz(char *s);

/* Terminated copy of S. Returns memory owned by the caller: free(). Aborts when out of memory. */
char *str_dup(struct str s);

#endif
