/* Headers of a request: Accept, and dates. */
#include "base/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include "web/header.h"

static void
test_accept(void **state UNUSED)
{
	static const struct {
		const char *accept, *type;
		bool taken;
	} cases[] = {
		{ NULL, "text/html", true },
		{ "", "text/html", true },
		{ " , ", "text/html", true },
		{ "*/*", "text/html", true },
		{ "text/html", "text/html", true },
		{ "Text/HTML", "text/html", true },
		{ "text/*", "text/html", true },
		{ "text/*", "application/json", false },
		{ "text/html", "application/json", false },
		{ "text/htm", "text/html", false },
		{ "text/html5", "text/html", false },
		{ "text", "text/html", false },
		{ "application/json, text/html", "text/html", true },
		{ "text/html;q=0", "text/html", false },
		{ "text/html;q=0.000, */*", "text/html", false },
		{ "*/*, text/html; q=0", "text/html", false },
		{ "*/*;q=0, text/html", "text/html", true },
		{ "text/*;q=0, text/html;q=0.1", "text/html", true },
		{ "text/html;q=0.001", "text/html", true },
		{ "text/html;level=1;Q=0", "text/html", false },
		{ "text/html;q=x", "text/html", true },
		{ "image/png, */*;q=0.1", "application/json", true },
		{ "image/png", "application/json", false },
		{ "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
		    "application/json", true },
		{ "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5",
		    "text/plain", true },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		if (header_accepts(cases[i].accept, cases[i].type) != cases[i].taken)
			fail_msg("%s: %s", cases[i].accept, cases[i].type);
}

/* The instants are those of `date -u -d TEXT +%s`. */
static void
test_date(void **state UNUSED)
{
	static const struct {
		const char *text;
		int64_t ms;
	} good[] = {
		{ "Sun, 06 Nov 1994 08:49:37 GMT", 784111777000 },
		{ "Thu, 01 Jan 1970 00:00:00 GMT", 0 },
		{ "Sun, 22 Nov 2026 12:00:00 GMT", 1795348800000 },
		{ "Thu, 29 Feb 2024 23:59:59 GMT", 1709251199000 },
		{ "Mon, 01 Jan 2024 00:00:00 GMT", 1704067200000 },
		{ "Sat, 06 Jan 2024 00:00:00 GMT", 1704499200000 },
	};
	static const char *const bad[] = { NULL, "", "yesterday", "Sunday, 06-Nov-94 08:49:37 GMT",
		"Sun Nov  6 08:49:37 1994", "Mon, 06 Nov 1994 08:49:37 GMT",
		"Sun, 06 nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:60 GMT",
		"Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 UTC",
		"Sun, 31 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT ",
		"Sun, -6 Nov 1994 08:49:37 GMT", "Thu, 01 Jan 1970 00-00-00 GMT" };
	char text[HEADER_DATE_LEN];

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		header_date(good[i].ms + 999, text);
		assert_string_equal(text, good[i].text);
		assert_int_equal(header_date_ms(text), good[i].ms);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (header_date_ms(bad[i]) != -1)
			fail_msg("%s is a date", bad[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accept),
		cmocka_unit_test(test_date),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
