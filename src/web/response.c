#include "base/compat.h"

#include "base/err.h"
#include "web/response.h"

#define HEAD_MAX ((size_t)32 * 1024)
#define STREAM_BUFFER ((size_t)16 * 1024)

static const char SECURITY[] =
    "Content-Security-Policy: default-src 'none'; style-src 'self'; script-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n"
    "Vary: Accept\r\n";

static const struct {
	int status;
	const char *words;
} statuses[] = {
	{ 200, "OK" },
	{ 204, "No Content" },
	{ 304, "Not Modified" },
	{ 308, "Permanent Redirect" },
	{ 400, "Bad Request" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 406, "Not Acceptable" },
	{ 413, "Content Too Large" },
	{ 414, "URI Too Long" },
	{ 500, "Internal Server Error" },
	{ 503, "Service Unavailable" },
};

const char *
resp_words(int status)
{
	for (size_t i = 0; i < ARRAY_LEN(statuses); i++)
		if (statuses[i].status == status)
			return statuses[i].words;
	return "Error";
}

void
resp_init(struct resp *r, struct gw *gw, bool is_head)
{
	memset(r, 0, sizeof(*r));
	r->gw = gw;
	r->is_head = is_head;
	r->status = 200;
	sbuf_init(&r->headers, HEAD_MAX);
	sbuf_init(&r->body, RESP_MAX_BODY);
}

void
resp_reset(struct resp *r, int status)
{
	if (r->is_sent)
		bug("a status behind the head");
	sbuf_reset(&r->headers);
	sbuf_reset(&r->body);
	r->status = status;
}

void
resp_header(struct resp *r, const char *name, const char *value)
{
	if (r->is_sent)
		bug("the header %s behind the head", name);
	sbuf_addf(&r->headers, "%s: ", name);
	for (; *value != '\0'; value++)
		sbuf_addc(
		    &r->headers, (unsigned char)*value < ' ' || *value == 0x7f ? ' ' : *value);
	sbuf_addz(&r->headers, "\r\n");
}

static void
put(struct resp *r, const void *p, size_t n)
{
	if (!r->is_gone && n > 0 && r->gw->write(r->gw, p, n) < 0)
		r->is_gone = true;
}

static void
send_head(struct resp *r)
{
	struct sbuf head;

	sbuf_init(&head, 2 * HEAD_MAX);
	sbuf_addf(&head, "Status: %d %s\r\n", r->status, resp_words(r->status));
	sbuf_addz(&head, SECURITY);
	sbuf_add(&head, r->headers.buf, r->headers.len);
	sbuf_addz(&head, "\r\n");
	put(r, head.buf, head.len);
	sbuf_free(&head);
	r->is_sent = true;
}

void
resp_send(struct resp *r)
{
	char length[32];

	if (r->status != 304 && r->status != 204) {
		(void)snprintf(length, sizeof(length), "%zu", r->body.len);
		resp_header(r, "Content-Length", length);
	}
	send_head(r);
	if (!r->is_head && r->status != 304 && r->status != 204)
		put(r, r->body.buf, r->body.len);
}

static ssize_t
stream_write(void *cookie, const char *p, size_t n)
{
	struct resp *r = cookie;

	if (r->is_head)
		r->is_gone = true; /* nobody reads: the writer is to stop */
	else
		put(r, p, n);
	return r->is_gone ? 0 : (ssize_t)n;
}

FILE *
resp_stream(struct resp *r)
{
	cookie_io_functions_t io = { .write = stream_write };

	resp_header(r, "X-Accel-Buffering", "no"); /* nginx would collect it */
	send_head(r);
	if ((r->stream = fopencookie(r, "w", io)) == NULL)
		bug("out of memory for a stream");
	(void)setvbuf(r->stream, NULL, _IOFBF, STREAM_BUFFER); /* only a size */
	return r->stream;
}

void
resp_end(struct resp *r, bool whole)
{
	if (r->stream != NULL)
		(void)fclose(r->stream); /* a client that is gone is no error */
	r->stream = NULL;
	if (!whole && r->is_sent && !r->is_gone && !r->is_head)
		r->gw->cut(r->gw);
	sbuf_free(&r->headers);
	sbuf_free(&r->body);
}

bool
resp_matches(const char *header, const char *etag)
{
	struct str rest = str_of(header), part;

	if (header == NULL)
		return false;
	while (str_split(&rest, ',', &part)) {
		part = str_trim(part);
		if (str_starts(part, "W/"))
			part = str_n(part.p + 2, part.n - 2);
		if (str_eqz(part, "*") || str_eqz(part, etag))
			return true;
	}
	return false;
}
