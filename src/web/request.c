#include "base/compat.h"

#include "base/num.h"
#include "base/sbuf.h"
#include "base/xalloc.h"
#include "web/header.h"
#include "web/request.h"
#include "web/url.h"

static struct str
named(request_param *param, const void *arg, const char *name)
{
	return str_of(param(arg, name));
}

static enum request_method
method_of(struct str s)
{
	if (str_eqz(s, "GET"))
		return METHOD_GET;
	if (str_eqz(s, "HEAD"))
		return METHOD_HEAD;
	return str_eqz(s, "OPTIONS") ? METHOD_OPTIONS : METHOD_OTHER;
}

/* "Name.Example.:80" is name.example; "[::1]:80" is [::1]. What is no host stays as it is: it is on no list. */
static char *
host_of(struct str s)
{
	size_t n = s.n;
	char *host;

	if (n > 0 && s.p[0] == '[') {
		size_t end = str_chr(s, ']');

		if (end < s.n && (end + 1 == s.n || s.p[end + 1] == ':'))
			n = end + 1;
	} else
		n = str_chr(s, ':');
	if (n > 1 && s.p[n - 1] == '.')
		n--;
	host = str_dup(str_n(s.p, n));
	str_lowerz(host);
	return host;
}

#define HOST_MAX 300 /* bytes */

/* Only what a host has in it: the address is shown to be copied into a shell. */
static char *
origin_of(struct str host, request_param *param, const void *arg)
{
	bool secure = str_eqz(named(param, arg, "HTTPS"), "on") ||
		      str_eqz(named(param, arg, "REQUEST_SCHEME"), "https");

	for (size_t i = 0; i < host.n; i++)
		if (!str_isalpha(host.p[i]) && !str_isdigit(host.p[i]) &&
		    strchr(".-:[]", host.p[i]) == NULL)
			return xstrdup("");
	if (host.n == 0 || host.n > HOST_MAX)
		return xstrdup("");
	return xasprintf("http%s://%.*s", secure ? "s" : "", (int)host.n, host.p);
}

bool
request_is_loopback(const char *host)
{
	struct str rest = str_of(host), part;
	int parts = 0;
	int64_t v;

	if (strcmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0 ||
	    (str_ends(rest, ".localhost") && rest.n > strlen(".localhost")))
		return true;
	while (str_split(&rest, '.', &part)) {
		if (num_i64(part, 0, 255, &v) < 0 || part.n > 3 || (parts == 0 && v != 127))
			return false;
		parts++;
	}
	return parts == 4;
}

/* The path of REQUEST_URI without its query; {NULL, 0} when there is none. */
static struct str
raw_path(struct str uri)
{
	struct str s = uri;

	if (s.n > 0 && s.p[0] != '/') { /* http://host/path */
		const char *at = memmem(s.p, s.n, "://", 3);
		size_t skip;

		if (at == NULL)
			return str_n(NULL, 0);
		skip = (size_t)(at - s.p) + 3;
		s = str_n(s.p + skip, s.n - skip);
		skip = str_chr(s, '/');
		s = str_n(s.p + skip, s.n - skip);
	}
	s.n = str_chr(s, '?');
	return s.n == 0 ? str_n(NULL, 0) : s;
}

static int
check_path(struct str path, struct err *e)
{
	if (url_climbs(path))
		return err_set(e, ERR_INPUT, "the path has a .. in it");
	for (size_t i = 0; i < path.n; i++)
		if ((unsigned char)path.p[i] < ' ' || path.p[i] == 0x7f || path.p[i] == '\\')
			return err_set(
			    e, ERR_INPUT, "the path has a control character or a backslash in it");
	return 0;
}

/* PATH without the prefix of R; false when it does not lie below it. */
static bool
below_prefix(const struct request *r, struct str path, struct str *rest)
{
	size_t n = strlen(r->prefix);

	if (path.p == NULL || !str_starts(path, r->prefix) || (path.n > n && path.p[n] != '/'))
		return false;
	*rest = str_n(path.p + n, path.n - n);
	return true;
}

static int
read_path(struct request *r, request_param *param, const void *arg, struct err *e)
{
	struct str uri = named(param, arg, "REQUEST_URI"), raw = raw_path(uri), rest;
	struct str info = named(param, arg, "PATH_INFO");
	struct sbuf path;
	int rc = -1;

	if (raw.n > REQUEST_MAX_PATH || info.n > REQUEST_MAX_PATH)
		return err_set(e, ERR_LIMIT, "the path is longer than %zu bytes", REQUEST_MAX_PATH);
	sbuf_init(&path, REQUEST_MAX_PATH);
	if (raw.p != NULL && (url_decode(raw, false, &path, e) < 0 ||
				 check_path(str_n(path.buf, path.len), e) < 0)) {
		(void)err_prefix(e, "path");
		goto out;
	}
	if (raw.p == NULL || !below_prefix(r, str_n(path.buf, path.len), &rest)) {
		/* decoded by the server, so a % in it is a % */
		rest = info;
		if (!url_is_text(info)) {
			(void)err_set(e, ERR_INPUT, "path: bytes that are no UTF-8");
			goto out;
		}
		if (check_path(rest, e) < 0)
			goto out;
	}
	if (rest.n > 0 && rest.p[0] != '/') {
		(void)err_set(e, ERR_INPUT, "the path does not begin with a slash");
		goto out;
	}
	r->path = str_dup(rest);
	rc = 0;
out:
	sbuf_free(&path);
	return rc;
}

static int
read_pair(struct request *r, struct str pair, struct err *e)
{
	size_t at = str_chr(pair, '=');
	struct str name = str_n(pair.p, at);
	struct str value = at < pair.n ? str_n(pair.p + at + 1, pair.n - at - 1) : str_n("", 0);
	struct sbuf n, v;
	int rc = -1;

	sbuf_init(&n, REQUEST_MAX_QUERY);
	sbuf_init(&v, REQUEST_MAX_QUERY);
	if (r->pairs_len == REQUEST_MAX_PAIRS)
		(void)err_set(e, ERR_LIMIT, "more than %d parameters", REQUEST_MAX_PAIRS);
	else if (url_decode(name, true, &n, e) < 0 || url_decode(value, true, &v, e) < 0)
		(void)err_prefix(e, "query");
	else if (url_climbs(str_n(v.buf, v.len)) || url_climbs(str_n(n.buf, n.len)))
		(void)err_set(e, ERR_INPUT, "the query has a .. in it");
	else {
		r->pairs = xreallocarray(r->pairs, r->pairs_len + 1, sizeof(*r->pairs));
		r->pairs[r->pairs_len++] =
		    (struct request_pair){ sbuf_detach(&n), sbuf_detach(&v) };
		rc = 0;
	}
	sbuf_free(&n);
	sbuf_free(&v);
	return rc;
}

static int
read_query(struct request *r, struct str query, struct err *e)
{
	struct str pair;

	if (query.n > REQUEST_MAX_QUERY)
		return err_set(
		    e, ERR_LIMIT, "the query is longer than %zu bytes", REQUEST_MAX_QUERY);
	while (query.n > 0 && str_split(&query, '&', &pair))
		if (pair.n > 0 && read_pair(r, pair, e) < 0)
			return -1;
	return 0;
}

int
request_read(struct request *out, request_param *param, const void *arg, struct err *e)
{
	struct str script = named(param, arg, "SCRIPT_NAME");
	const char *etag = param(arg, "HTTP_IF_NONE_MATCH"), *accept = param(arg, "HTTP_ACCEPT");

	memset(out, 0, sizeof(*out));
	out->method = method_of(named(param, arg, "REQUEST_METHOD"));
	out->host = host_of(named(param, arg, "HTTP_HOST"));
	out->origin = origin_of(named(param, arg, "HTTP_HOST"), param, arg);
	out->accept = xstrdup(accept);
	out->if_none_match = xstrdup(etag);
	out->since_ms = header_date_ms(param(arg, "HTTP_IF_MODIFIED_SINCE"));
	out->wants_html = accept != NULL && strstr(accept, "text/html") != NULL;
	while (script.n > 0 && script.p[script.n - 1] == '/')
		script.n--;
	out->prefix = str_dup(script);
	if (script.n > REQUEST_MAX_PATH || (script.n > 0 && script.p[0] != '/') ||
	    check_path(script, e) < 0) {
		out->prefix[0] = '\0';
		return err_set(e, ERR_INPUT, "the server's SCRIPT_NAME is no path");
	}
	if (read_path(out, param, arg, e) < 0)
		return -1;
	return read_query(out, named(param, arg, "QUERY_STRING"), e);
}

bool
request_is_large(request_param *param, const void *arg)
{
	struct str length = named(param, arg, "CONTENT_LENGTH");
	int64_t n;

	return length.n > 0 && num_i64(length, 0, REQUEST_MAX_BODY, &n) < 0;
}

void
request_clear(struct request *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->pairs_len; i++) {
		free(r->pairs[i].name);
		free(r->pairs[i].value);
	}
	free(r->pairs);
	free(r->host);
	free(r->origin);
	free(r->prefix);
	free(r->path);
	free(r->accept);
	free(r->if_none_match);
	memset(r, 0, sizeof(*r));
}
