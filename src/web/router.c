#include "base/compat.h"

#include "web/router.h"

#define PAGE(name, path, twin, nav, flags, takes, title, question) \
	page_fn page_##name; \
	show_fn show_##name;
#define RAW(name, path, flags, takes, title) raw_fn raw_##name;
#include "web/routes.def"
#undef PAGE
#undef RAW

static const struct route routes[] = {
#define PAGE(name, path, twin, nav, flags, takes, title, question) \
	{ #name, path, twin, #nav, flags, takes, title, question, page_##name, show_##name, NULL },
#define RAW(name, path, flags, takes, title) \
	{ #name, path, NULL, "", flags, takes, title, "", NULL, NULL, raw_##name },
#include "web/routes.def"
#undef PAGE
#undef RAW
};

const struct route *
route_at(size_t i)
{
	return i < ARRAY_LEN(routes) ? &routes[i] : NULL;
}

static bool
matches(const char *pattern, struct str path, struct str args[CTX_ARGS])
{
	struct str want = str_of(pattern), w, p;
	size_t n = 0;

	for (;;) {
		bool some = str_split(&want, '/', &w), more = str_split(&path, '/', &p);

		if (!some || !more)
			return some == more;
		if (str_starts(w, "{")) {
			if (p.n == 0 || n == CTX_ARGS)
				return false;
			args[n++] = p;
		} else if (!str_eq(w, p))
			return false;
	}
}

const struct route *
route_find(struct str path, bool *is_html, struct str args[CTX_ARGS])
{
	for (size_t i = 0; i < ARRAY_LEN(routes); i++) {
		const struct route *r = &routes[i];

		*is_html = r->page != NULL;
		if (matches(r->path, path, args))
			return r;
		*is_html = false;
		if (r->twin != NULL && matches(r->twin, path, args))
			return r;
	}
	return NULL;
}

bool
route_is_api(struct str path)
{
	return str_starts(path, "/api/") || str_eqz(path, "/api") || str_eqz(path, "/metrics") ||
	       str_eqz(path, "/healthz");
}
