/*
 * rollout_fixture.h - a parser and its last record for the tests of src/rollout: lines are
 * written with single quotes for double ones.
 */
#ifndef TESTS_ROLLOUT_FIXTURE_H
#define TESTS_ROLLOUT_FIXTURE_H

#include "base/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include "rollout/rollout.h"

static struct rollout *r;
static struct record rec;
static const char *why;

static UNUSED int
prepare(void **state UNUSED)
{
	r = rollout_new();
	return 0;
}

static UNUSED int
clean(void **state UNUSED)
{
	rollout_free(r);
	r = NULL;
	return 0;
}

/* One line; single quotes stand for double ones. Returns what rollout_line does. */
static UNUSED int
feed(const char *text)
{
	static char buf[16384];
	size_t n = strlen(text);

	assert_true(n < sizeof(buf));
	for (size_t i = 0; i < n; i++)
		buf[i] = text[i] == '\'' ? '"' : text[i];
	why = NULL;
	return rollout_line(r, str_n(buf, n), &rec, &why);
}

/* A line of the type TYPE at 06:00:00.000 with the payload PAYLOAD. */
static UNUSED void
line(const char *type, const char *payload)
{
	static char text[16384];
	int n = snprintf(text, sizeof(text),
	    "{'timestamp':'2026-11-22T06:00:00.000Z','type':'%s','payload':%s}", type, payload);

	assert_in_range(n, 1, sizeof(text) - 1);
	if (feed(text) != 1)
		fail_msg("%s: %s", why == NULL ? "blank" : why, text);
}

static UNUSED void
event(const char *payload)
{
	line("event_msg", payload);
}

static UNUSED void
item(const char *payload)
{
	line("response_item", payload);
}

#endif
