/*
 * jm.h - a json-c tree as what a Mustache template shows.
 *
 * Members of objects have names, elements of arrays have none. Falsey: null,
 * false, "", []. Everything else is a value, 0 and {} too. As text: a string
 * as it is, true and false, an integer exactly, another number in the fewest
 * digits that read back as the same; null and numbers that are not finite are
 * empty, objects and arrays have no text.
 */
#ifndef JSON_JM_H
#define JSON_JM_H

#include <json-c/json.h>

#include "mustache/mustache.h"

/*
 * A view of ROOT, which it borrows: it must live, unchanged, until the render
 * ends. NULL is JSON's null. Default limits, not strict. Returns the view; cannot fail.
 */
struct mustache_view jm_view(struct json_object *root);

#endif
