/*
 * skim_tape.h - inside of the skimmer: the tape of values and the buffer that
 * strings are decoded into. For src/json/skim*.c only.
 */
#ifndef JSON_SKIM_TAPE_H
#define JSON_SKIM_TAPE_H

#include "json/skim.h"

/* Values of strings and names. */
#define SKIM_ESCAPED 1U /* has escapes: the bytes are not yet the text */
#define SKIM_HIGH 2U    /* some character of it is not ASCII */
#define SKIM_DECODED 4U /* its text stands in the buffer */
/* Values of a boolean. */
#define SKIM_TRUE 1U

/*
 * One value, or the name of a member, which stands before its value. NEXT leads
 * behind all that belongs to it: of an object or array to the value after its
 * last, of a name to the name that follows or the object's end. Of a string
 * NEXT is the length of its text.
 */
struct skim_value {
	uint32_t from, to; /* bytes of the text; of a string those between the quotes */
	uint32_t next;
	uint8_t kind;  /* enum jv_kind; a name is a JV_STR */
	uint8_t flags; /* SKIM_… */
};

/* An object or array that is not closed yet. */
struct skim_level {
	uint32_t at, name; /* its value, and the last name in it */
	unsigned char closing;
};

struct skim {
	const unsigned char *text;
	uint32_t text_n;
	uint32_t n; /* values on the tape */
	size_t alloc;
	struct skim_value *tape;
	unsigned char *buf; /* a string's text stands where it stands in the text */
	size_t buf_alloc;
	size_t depth;
	struct skim_level levels[]; /* the first stands for none; then DEPTH */
};

/*
 * The text of the escaped bytes FROM to TO of S's text, into S's buffer at FROM:
 * it is never longer than they are. Returns its length; cannot fail.
 */
size_t skim_decode(struct skim *s, uint32_t from, uint32_t to);

/*
 * The character of the escape at P, behind its backslash and before END, into
 * *C; half a surrogate pair is U+FFFD. Returns the bytes used, 0 for no escape.
 */
size_t skim_escape(const unsigned char *p, const unsigned char *end, uint32_t *c);

#endif
