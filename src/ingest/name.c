#include "base/compat.h"

#include "base/sbuf.h"
#include "base/xalloc.h"
#include "ingest/name.h"

#define UUID_LEN 36

bool
name_is_rollout(struct str name, bool *compressed)
{
	*compressed = str_ends(name, ".jsonl.zst");
	return str_starts(name, "rollout-") && (*compressed || str_ends(name, ".jsonl"));
}

static bool
is_uuid(const char *p)
{
	for (int i = 0; i < UUID_LEN; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;
		bool hex = str_isdigit(p[i]) || (p[i] >= 'a' && p[i] <= 'f') ||
			   (p[i] >= 'A' && p[i] <= 'F');

		if (dash ? p[i] != '-' : !hex)
			return false;
	}
	return true;
}

void
name_ids(struct str name, struct str *thread, struct str *page)
{
	struct str last;

	*thread = str_n(NULL, 0);
	*page = str_n("", 0);
	if (str_ends(name, ".zst"))
		name.n -= 4;
	if (str_ends(name, ".jsonl"))
		name.n -= 6;
	if (name.n < UUID_LEN || !is_uuid(name.p + name.n - UUID_LEN))
		return;
	last = str_n(name.p + name.n - UUID_LEN, UUID_LEN);
	name.n -= UUID_LEN;
	*thread = last;
	if (name.n > UUID_LEN && name.p[name.n - 1] == '_' &&
	    is_uuid(name.p + name.n - 1 - UUID_LEN)) {
		*thread = str_n(name.p + name.n - 1 - UUID_LEN, UUID_LEN);
		*page = last;
	}
}

char *
name_repository(struct str url)
{
	const char *scheme;
	struct sbuf b;
	bool has_scheme = false, in_host = true;
	size_t start = 0, at, slash;

	if (url.p == NULL || url.n == 0)
		return xstrdup("");
	scheme = memmem(url.p, url.n, "://", 3);
	if (scheme != NULL) {
		has_scheme = true;
		start = (size_t)(scheme - url.p) + 3;
	}
	url = str_n(url.p + start, url.n - start);
	slash = str_chr(url, '/');
	at = str_chr(url, '@');
	if (at < slash)
		url = str_n(url.p + at + 1, url.n - at - 1);
	while (url.n > 0 && url.p[url.n - 1] == '/')
		url.n--;
	if (str_ends(url, ".git"))
		url.n -= 4;
	sbuf_init(&b, url.n + 1);
	for (size_t i = 0; i < url.n; i++) {
		if (in_host && url.p[i] == ':') {
			in_host = false;
			if (!has_scheme) {
				sbuf_addc(&b, '/'); /* git@host:path */
				if (i + 1 < url.n && url.p[i + 1] == '/')
					i++;
				continue;
			}
			while (i + 1 < url.n && str_isdigit(url.p[i + 1]))
				i++; /* a port */
			continue;
		}
		if (url.p[i] == '/')
			in_host = false;
		sbuf_addc(&b, in_host ? str_lower(url.p[i]) : url.p[i]);
	}
	return sbuf_detach(&b);
}
