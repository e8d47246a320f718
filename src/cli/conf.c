#include "base/compat.h"

#include <unistd.h>

#include "base/xalloc.h"
#include "cli/app.h"
#include "cli/conf.h"

#define SAMPLE_MAX ((size_t)65536)

char *
conf_prefix(const char *text, struct err *e)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789/_-";
	size_t n = text == NULL ? 0 : strlen(text);

	while (n > 0 && text[n - 1] == '/')
		n--;
	if (n == 0)
		return xstrdup("/");
	if (text[0] != '/' || n > 200 || strspn(text, plain) < n || strstr(text, "//") != NULL) {
		(void)err_set(e, ERR_USAGE,
		    "prefix %.60s: use a path like /codex, of letters, digits, - and _", text);
		return NULL;
	}
	return xstrndup(text, n);
}

/* /x/versions/S/… is /x/current/… when that is the same. Takes PATH, returns what is to be used. */
static char *
stable(char *path)
{
	char *versions = strstr(path, "/versions/"), *rest, *link, *real, *other;

	if (versions == NULL || (rest = strchr(versions + strlen("/versions/"), '/')) == NULL)
		return path;
	link = xasprintf("%.*s/current%s", (int)(versions - path), path, rest);
	real = realpath(link, NULL);
	other = realpath(path, NULL);
	if (real == NULL || other == NULL || strcmp(real, other) != 0) {
		free(link);
		link = NULL;
	}
	free(real);
	free(other);
	if (link == NULL)
		return path;
	free(path);
	return link;
}

char *
conf_fcgi(struct err *e)
{
	char *self = realpath("/proc/self/exe", NULL), *slash, *path, *real;

	if (self != NULL && (slash = strrchr(self, '/')) != NULL)
		*slash = '\0';
	for (size_t i = 0; self != NULL && i < 3; i++) {
		path = i == 0   ? xasprintf("%s/codex-track.fcgi", self)
		       : i == 1 ? xasprintf("%s/../libexec/codex-track/codex-track.fcgi", self)
				: xstrdup(LIBEXECDIR "/codex-track.fcgi");
		real = realpath(path, NULL);
		free(path);
		if (real != NULL && access(real, X_OK) == 0) {
			free(self);
			return stable(real);
		}
		free(real);
	}
	free(self);
	(void)err_set(e, ERR_NOTFOUND,
	    "codex-track.fcgi was not found beside the program or in %s; install again",
	    LIBEXECDIR);
	return NULL;
}

char *
conf_statics(void)
{
	char *path = app_data_path("static"), *real = path == NULL ? NULL : realpath(path, NULL);

	free(path);
	return real == NULL ? xstrdup(PKGDATADIR "/static") : stable(real);
}

static int
read_sample(const char *name, struct sbuf *out, struct err *e)
{
	char *path = app_data_path(name), buf[4096];
	size_t n;
	FILE *f;
	int rc = 0;

	if (path == NULL || (f = fopen(path, "re")) == NULL) {
		free(path);
		return err_set(e, ERR_NOTFOUND, "the sample %s was not found; install again", name);
	}
	while ((n = fread(buf, 1, sizeof(buf), f)) > 0)
		sbuf_add(out, buf, n);
	if (ferror(f))
		rc = err_sys(e, "%s", path);
	(void)fclose(f); /* only read */
	free(path);
	return rc < 0 ? -1 : sbuf_check(out, e);
}

/* A value that could end its quotes, or mean something in one of the languages, is refused. */
static int
add_value(const char *name, const char *value, struct sbuf *out, struct err *e)
{
	if (value == NULL)
		value = "";
	for (const char *p = value; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || strchr("\"\\$%`;'{}#", *p) != NULL)
			return err_set(e, ERR_USAGE,
			    "%s %s: has a character that a server's configuration cannot hold; "
			    "make a link with a plain name to it",
			    name, value);
	sbuf_addz(out, value);
	return 0;
}

/* One line of a sample, with its end. */
static int
add_line(struct str line, const struct conf_values *v, struct sbuf *out, struct err *e)
{
	bool is_root = strcmp(v->prefix, "/") == 0;
	const struct {
		const char *name, *value;
	} values[] = {
		{ "PREFIX", v->prefix },
		{ "BASE", is_root ? "" : v->prefix },
		{ "SLASH", is_root ? "/" : "" },
		{ "FCGI", v->fcgi },
		{ "STATIC", v->statics },
		{ "SOCKET", v->socket },
		{ "DB", v->db },
		{ "CONFIG", v->config == NULL ? "/dev/null" : v->config },
		{ "USER", v->user },
		{ "BELOW", "" },
		{ "ENV", "" },
	};

	if ((is_root && str_starts(line, "@BELOW@")) || (!v->has_env && str_starts(line, "@ENV@")))
		return 0;
	while (line.n > 0) {
		size_t at = str_chr(line, '@'), end, i;

		sbuf_add(out, line.p, at);
		line = str_n(line.p + at, line.n - at);
		if (line.n == 0)
			break;
		end = str_chr(str_n(line.p + 1, line.n - 1), '@');
		for (i = 0; i < ARRAY_LEN(values); i++)
			if (str_eqz(str_n(line.p + 1, end), values[i].name))
				break;
		if (i == ARRAY_LEN(values)) { /* an @ that means itself */
			sbuf_addc(out, '@');
			line = str_n(line.p + 1, line.n - 1);
			continue;
		}
		if (add_value(values[i].name, values[i].value, out, e) < 0)
			return -1;
		line = str_n(line.p + end + 2, line.n - end - 2);
	}
	sbuf_addc(out, '\n');
	return 0;
}

int
conf_render(const char *name, const struct conf_values *v, struct sbuf *out, struct err *e)
{
	struct sbuf sample;
	struct str rest, line;
	int rc;

	sbuf_init(&sample, SAMPLE_MAX);
	rc = read_sample(name, &sample, e);
	rest = str_n(sample.buf, sample.len);
	while (rc == 0 && rest.n > 0 && str_split(&rest, '\n', &line))
		rc = add_line(line, v, out, e);
	sbuf_free(&sample);
	return rc;
}
