/*
 * A request as a client, or a server in front, may have sent it: read or refused;
 * what was read keeps its promises, and its canonical query means the same.
 *
 * Input: REQUEST_URI, SCRIPT_NAME, PATH_INFO, QUERY_STRING, HTTP_HOST, REQUEST_METHOD, each
 * ended by a byte 0x1e; one that begins with 0x1f is not set.
 */
#include "base/compat.h"

#include "base/utf8.h"
#include "fuzz.h"
#include "web/params.h"
#include "web/url.h"

#define TAKES \
	"period date from to tz group week by q counted limit cursor format theme refresh filters"

static const char *const names[] = { "REQUEST_URI", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING",
	"HTTP_HOST", "REQUEST_METHOD" };

struct vars {
	char *v[ARRAY_LEN(names)]; /* NULL: not set */
};

static const char *
param(const void *arg, const char *name)
{
	const struct vars *vars = arg;

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(names[i], name) == 0)
			return vars->v[i];
	return NULL;
}

/* What is in P, in the canonical form, into OUT; and all of its texts are looked at. */
static void
canonical(const struct params *p, struct sbuf *out)
{
	for (size_t i = 0; i < p->len; i++)
		MUST(p->v[i].text[0] != '\0');
	for (size_t i = 0; i < p->faults_len; i++)
		MUST(p->faults[i].param != NULL && p->faults[i].value != NULL &&
		     p->faults[i].what[0] != '\0');
	MUST(params_int(p, "limit", 1) >= 1 && params_int(p, "limit", 1) <= 1000);
	(void)params_get(p, "period");
	params_canonical(p, "", NULL, NULL, out);
	MUST(!out->failed);
	for (size_t i = 0; i < out->len; i++)
		MUST(out->buf[i] > ' ' && out->buf[i] < 0x7f &&
		     strchr("\"'<>#?+", out->buf[i]) == NULL);
}

/* The canonical query of R, read as a request of its own, has itself as its canonical query. */
static void
check_query(const struct request *r)
{
	struct vars again = { { NULL } };
	struct sbuf first, second;
	struct request other;
	struct params p;
	struct err e;

	sbuf_init(&first, 4 * REQUEST_MAX_QUERY);
	sbuf_init(&second, 4 * REQUEST_MAX_QUERY);
	params_read(&p, TAKES, r->pairs, r->pairs_len);
	canonical(&p, &first);
	if (p.len > 0)
		params_fault(&p, p.v[0].def.name, NULL, "not wanted", NULL);
	params_clear(&p);
	again.v[3] = first.buf;
	again.v[0] = (char[]){ "/" };
	if (request_read(&other, param, &again, &e) == 0) {
		params_read(&p, TAKES, other.pairs, other.pairs_len);
		MUST(p.faults_len == 0);
		canonical(&p, &second);
		MUST(strcmp(first.buf, second.buf) == 0);
		params_clear(&p);
	} else
		MUST(e.code == ERR_LIMIT); /* encoded it may be longer than we take */
	request_clear(&other);
	sbuf_free(&first);
	sbuf_free(&second);
}

static void
check(const struct request *r)
{
	MUST(r->path != NULL && (r->path[0] == '/' || r->path[0] == '\0'));
	MUST(!url_climbs(str_of(r->path)) && !url_climbs(str_of(r->prefix)));
	MUST(url_is_text(str_of(r->path)));
	for (const char *c = r->path; *c != '\0'; c++)
		MUST((unsigned char)*c >= ' ' && *c != 0x7f && *c != '\\');
	MUST(r->pairs_len <= REQUEST_MAX_PAIRS);
	for (size_t i = 0; i < r->pairs_len; i++) {
		MUST(url_is_text(str_of(r->pairs[i].name)) &&
		     url_is_text(str_of(r->pairs[i].value)));
		MUST(!url_climbs(str_of(r->pairs[i].value)));
	}
	check_query(r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct str rest = str_n((const char *)data, n), piece;
	struct vars vars = { { NULL } };
	struct request r;
	struct sbuf log;
	struct err e;

	sbuf_init(&log, 4096);
	url_escape_log(&log, rest, 1000);
	for (size_t i = 0; i < log.len; i++)
		MUST(log.buf[i] >= ' ' && log.buf[i] <= '~' && log.buf[i] != '"');
	sbuf_free(&log);
	for (size_t i = 0; i < ARRAY_LEN(names) && str_split(&rest, '\x1e', &piece); i++)
		if (piece.n == 0 || piece.p[0] != '\x1f')
			vars.v[i] = str_dup(piece);
	if (request_read(&r, param, &vars, &e) == 0)
		check(&r);
	else
		MUST((e.code == ERR_INPUT || e.code == ERR_LIMIT) && e.msg[0] != '\0');
	MUST(r.host != NULL && r.prefix != NULL && strchr(r.prefix, '\n') == NULL);
	(void)request_is_loopback(r.host);
	request_clear(&r);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		free(vars.v[i]);
	return 0;
}
