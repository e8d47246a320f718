/*
 * link.h - addresses of pages and twins that keep the parameters of the request
 * at hand, as far as the other page takes them.
 */
#ifndef WEB_LINK_H
#define WEB_LINK_H

#include "web/ctx.h"

struct link_pair {
	const char *name, *value; /* value NULL: left out */
};

/*
 * Address of PATH (below the prefix, with its pieces already encoded) with what C was asked
 * for, without the parameters named in LESS (blanks between), and with the N pairs MORE
 * behind. Parameters that the route of PATH does not take are left out. Returns the
 * address, owned by the caller; cannot fail.
 */
char *link_with(const struct ctx *c, const char *path, const char *less,
    const struct link_pair *more, size_t n);

/* As link_with for PATH, with NAME=VALUE instead of what NAME was; VALUE NULL leaves it out. Owned by the caller; cannot fail. */
char *link_to(const struct ctx *c, const char *path, const char *name, const char *value);

/* Address of the page of the session ID, without parameters of C but the frame's. Owned by the caller; cannot fail. */
char *link_session(const struct ctx *c, struct str id);

/* Address of the WORD (an id) in the glossary. Owned by the caller; cannot fail. */
char *link_word(const struct ctx *c, const char *word);

/* Member KEY of O becomes the address HREF, which is freed; NULL gives null. Aborts when out of memory. */
void link_put(struct json_object *o, const char *key, char *href);

#endif
