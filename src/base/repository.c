#include "base/compat.h"

#include "base/repository.h"
#include "base/sbuf.h"
#include "base/xalloc.h"

char *
repository_name(struct str url)
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
