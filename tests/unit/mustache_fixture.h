/*
 * mustache_fixture.h - values written down in C, and templates given beside
 * them: what the tests of src/mustache need, without any JSON.
 */
#ifndef TESTS_MUSTACHE_FIXTURE_H
#define TESTS_MUSTACHE_FIXTURE_H

#include "base/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include "mustache/mustache.h"

enum val_kind { VAL_FALSE, VAL_TEXT, VAL_OBJECT, VAL_LIST };

struct val {
	const char *name;
	enum val_kind kind;
	struct str text;
	const struct val *in; /* members or elements */
	size_t len;
};

#define VALS(...) \
	((const struct val[]){ __VA_ARGS__ }), \
	    sizeof((const struct val[]){ __VA_ARGS__ }) / sizeof(struct val)
#define FALSE_(key) \
	{ \
		key, VAL_FALSE, { NULL, 0 }, NULL, 0 \
	}
#define TEXT(key, lit) \
	{ \
		key, VAL_TEXT, { lit, sizeof(lit) - 1 }, NULL, 0 \
	}
#define NONE(key) \
	{ \
		key, VAL_LIST, { NULL, 0 }, NULL, 0 \
	}
#define LIST(key, ...) \
	{ \
		key, VAL_LIST, { NULL, 0 }, VALS(__VA_ARGS__) \
	}
#define OBJECT(key, ...) \
	{ \
		key, VAL_OBJECT, { NULL, 0 }, VALS(__VA_ARGS__) \
	}

static enum mustache_state
val_judge(void *data UNUSED, const void *node)
{
	const struct val *v = node;

	if (v == NULL || v->kind == VAL_FALSE || (v->kind == VAL_LIST && v->len == 0))
		return MUSTACHE_FALSEY;
	return v->kind == VAL_LIST ? MUSTACHE_LIST : MUSTACHE_VALUE;
}

static enum mustache_state
val_lookup(void *data, const void *node, const struct mustache_name *name, const void **found)
{
	const struct val *v = node;

	for (size_t i = 0; v != NULL && v->kind == VAL_OBJECT && i < v->len; i++)
		if (strcmp(v->in[i].name, name->z) == 0) {
			*found = &v->in[i];
			return val_judge(data, &v->in[i]);
		}
	return MUSTACHE_ABSENT;
}

static bool
val_iterate(void *data UNUSED, const void *list, size_t i, const void **element)
{
	const struct val *v = list;

	/* as promised: the element before is handed in */
	assert_true(i == 0 || *element == &v->in[i - 1]);
	if (i >= v->len)
		return false;
	*element = &v->in[i];
	return true;
}

static struct str
val_text(void *data UNUSED, const void *node, char *scratch UNUSED)
{
	const struct val *v = node;

	return v != NULL && v->kind == VAL_TEXT ? v->text : (struct str){ NULL, 0 };
}

static const struct mustache_source val_source = { val_lookup, val_judge, val_iterate, val_text };

static inline struct mustache_view
val_view(const struct val *root)
{
	return (struct mustache_view){ .source = &val_source, .root = root };
}

/* A template or a partial: its name and text. */
struct piece {
	const char *name, *text;
};

#define MAX_PIECES 6

/* The set of PIECES, up to the first without a name; fails the test when it cannot be. */
static inline struct mustache_set *
set_of(const struct piece *pieces, bool lenient)
{
	struct mustache_set *s = mustache_set_new();
	struct err e = { .code = ERR_NONE };
	int rc = 0;

	for (size_t i = 0; i < MAX_PIECES && pieces[i].name != NULL && rc == 0; i++)
		rc = mustache_set_add(s, pieces[i].name, NULL, str_of(pieces[i].text), &e);
	if (rc == 0)
		rc = mustache_set_finish(s, lenient, &e);
	if (rc < 0) {
		mustache_set_free(s);
		fail_msg("%s", e.msg);
	}
	return s;
}

/* The template of the first piece shows ROOT as WANTED. */
static inline void
shows(const char *what, const struct piece *pieces, const struct val *root, const char *wanted)
{
	struct mustache_set *s = set_of(pieces, true);
	struct mustache_view view = val_view(root);
	struct err e = { .code = ERR_NONE };
	struct sbuf out;
	char *got;
	int rc;

	sbuf_init(&out, (size_t)1024 * 1024);
	rc = mustache_render(s, pieces[0].name, &view, &out, &e);
	mustache_set_free(s);
	got = sbuf_detach(&out);
	if (rc < 0 || strcmp(got, wanted) != 0) {
		print_error("# %s: got \"%s\", wanted \"%s\" %s\n", what, got, wanted, e.msg);
		free(got);
		fail();
	}
	free(got);
}

/* A case of a table: what it shows, its template, the others, and the result. */
struct shown {
	const char *what, *template, *wanted;
	struct piece others[MAX_PIECES - 1];
};

#define SHOWN(w, t, x) \
	{ \
		w, t, x, \
		{ \
			{ \
				NULL, NULL \
			} \
		} \
	}

static inline void
all_show(const struct shown *cases, size_t n, const struct val *root)
{
	for (size_t i = 0; i < n; i++) {
		struct piece pieces[MAX_PIECES] = { { "page", cases[i].template } };

		memcpy(pieces + 1, cases[i].others, sizeof(cases[i].others));
		shows(cases[i].what, pieces, root, cases[i].wanted);
	}
}

#endif
