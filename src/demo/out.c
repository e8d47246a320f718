#include "base/compat.h"

#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include "base/xalloc.h"
#include "demo/out.h"

#define LEVEL 3

struct out_zstd {
	ZSTD_CCtx *ctx;
	size_t room;
	char *buf;
};

int
out_folder(const char *path, struct err *e)
{
	char *copy = xstrdup(path);
	int rc = 0;

	for (char *p = copy + 1; rc == 0; p++) {
		char c = *p;

		if (c != '/' && c != '\0')
			continue;
		*p = '\0';
		if (mkdir(copy, 0777) < 0 && errno != EEXIST)
			rc = err_sys(e, "cannot make the folder %s", copy);
		*p = c;
		if (c == '\0')
			break;
	}
	free(copy);
	return rc;
}

static int
parent_folder(const char *path, struct err *e)
{
	const char *slash = strrchr(path, '/');
	char *dir;
	int rc;

	if (slash == NULL || slash == path)
		return 0;
	dir = xstrndup(path, (size_t)(slash - path));
	rc = access(dir, F_OK) == 0 ? 0 : out_folder(dir, e);
	free(dir);
	return rc;
}

int
out_open(struct out *o, const char *path, bool append, bool compressed, struct err *e)
{
	*o = (struct out){ .failed = false };
	if (parent_folder(path, e) < 0)
		return -1;
	if ((o->f = fopen(path, append ? "ae" : "wxe")) == NULL)
		return err_sys(e, "cannot write %s", path);
	o->path = xstrdup(path);
	(void)setvbuf(o->f, NULL, _IOFBF, 65536); /* otherwise the default size */
	if (compressed) {
		o->zstd = xcalloc(1, sizeof(*o->zstd));
		o->zstd->room = ZSTD_CStreamOutSize();
		o->zstd->buf = xmalloc(o->zstd->room);
		if ((o->zstd->ctx = ZSTD_createCCtx()) == NULL ||
		    ZSTD_isError(
			ZSTD_CCtx_setParameter(o->zstd->ctx, ZSTD_c_compressionLevel, LEVEL)))
			o->failed = true;
	}
	return 0;
}

static void
compress(struct out *o, struct str s, ZSTD_EndDirective how)
{
	ZSTD_inBuffer in = { s.p, s.n, 0 };
	size_t left = 1;

	while (!o->failed && (left > 0 || in.pos < in.size)) {
		ZSTD_outBuffer out = { o->zstd->buf, o->zstd->room, 0 };

		left = ZSTD_compressStream2(o->zstd->ctx, &out, &in, how);
		if (ZSTD_isError(left) || fwrite(out.dst, 1, out.pos, o->f) < out.pos)
			o->failed = true;
		if (how == ZSTD_e_continue && in.pos == in.size)
			break;
	}
}

void
out_write(struct out *o, struct str s)
{
	o->plain += (int64_t)s.n;
	if (o->zstd != NULL)
		compress(o, s, ZSTD_e_continue);
	else if (fwrite(s.p, 1, s.n, o->f) < s.n)
		o->failed = true;
}

void
out_flush(struct out *o)
{
	if (o->f != NULL && fflush(o->f) != 0)
		o->failed = true;
}

int
out_close(struct out *o, int64_t ms, struct err *e)
{
	struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
	int rc = 0;

	if (o->f == NULL)
		return 0;
	if (o->zstd != NULL) {
		compress(o, STR(""), ZSTD_e_end);
		(void)ZSTD_freeCCtx(o->zstd->ctx); /* always 0 */
		free(o->zstd->buf);
		free(o->zstd);
		o->zstd = NULL;
	}
	if (fflush(o->f) != 0)
		o->failed = true;
	o->disk = (int64_t)ftello(o->f);
	if (futimens(fileno(o->f), (const struct timespec[]){ t, t }) < 0)
		o->failed = true;
	if (fclose(o->f) != 0)
		o->failed = true;
	if (o->failed)
		rc = err_set(e, ERR_IO, "cannot write %s: %s", o->path, strerror(errno));
	free(o->path);
	*o = (struct out){ .plain = o->plain, .disk = o->disk };
	return rc;
}

int64_t
out_copy(const char *from, const char *to, int64_t bytes, int64_t ms, struct err *e)
{
	char buf[16384];
	FILE *in = fopen(from, "re");
	struct out o;
	int64_t left = bytes < 0 ? INT64_MAX : bytes;
	size_t n;

	if (in == NULL)
		return err_sys(e, "%s", from);
	if (out_open(&o, to, false, str_ends(str_of(to), ".zst"), e) < 0) {
		(void)fclose(in); /* was only read */
		return -1;
	}
	while (
	    left > 0 &&
	    (n = fread(buf, 1, left < (int64_t)sizeof(buf) ? (size_t)left : sizeof(buf), in)) > 0) {
		out_write(&o, str_n(buf, n));
		left -= (int64_t)n;
	}
	(void)fclose(in); /* was only read */
	return out_close(&o, ms, e) < 0 ? -1 : o.disk;
}
