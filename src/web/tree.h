/*
 * tree.h - JSON trees of pages (json/jt.h), written out.
 */
#ifndef WEB_TREE_H
#define WEB_TREE_H

#include "json/jt.h"
#include "json/jw.h"
#include "json/jx.h"

/* The text S, copied, becomes the last element of the array A. Aborts when out of memory. */
void tree_push_str(struct json_object *a, struct str s);

/* Write the tree V (borrowed; NULL is null) with W. Errors stay in W's target; levels beyond JW_DEPTH are a bug. */
void tree_write(struct jw *w, struct json_object *v);

#endif
