#include "base/compat.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "base/xalloc.h"
#include "time/tz.h"
#include "time/tzif.h"

#define FILE_MAX ((size_t)256 * 1024)
#define ZONES_MAX 2048
#define DEFAULT_DIR "/usr/share/zoneinfo"
#define DEFAULT_ETC "/etc"
/* more than any offset: an instant this much earlier has an earlier clock */
#define REACH_S INT64_C(93600)
#define FAR_S (INT64_MAX / 4000)
#define FAR_DAYS INT64_C(100000000)

/* one name asked for; two names may share a zone */
struct entry {
	struct entry *next;
	const struct tz *zone;
	char name[];
};

/* seconds since 1970 UTC, from_s inclusive, to_s exclusive */
struct span {
	int64_t from_s, to_s;
	int32_t off_s;
};

static struct {
	struct entry *head; /* names read from dir and etc; last used first */
	struct entry *old;  /* names read from other places: only kept */
	size_t n;
	char *dir, *etc; /* NULL: the default */
} zones;

static char utc_name[] = "UTC";
static const struct tz utc = { .name = utc_name };

/* ---- lookups ---- */

static struct span
span_at(const struct tz *z, int64_t s)
{
	struct span sp = { INT64_MIN, INT64_MAX, z->first_s };
	size_t lo = 0, hi = z->n;
	int64_t shift = 0;

	if (z->cyclic && s >= z->at_s[z->n - 1]) {
		shift = ((s - z->at_s[z->n - 1]) / TZIF_CYCLE_S + 1) * TZIF_CYCLE_S;
		s -= shift;
	}
	/* lo: number of changes at or before s */
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (z->at_s[mid] <= s)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo > 0) {
		sp.off_s = z->off_s[lo - 1];
		sp.from_s = z->at_s[lo - 1] + shift;
	}
	if (lo < z->n)
		sp.to_s = z->at_s[lo] + shift;
	return sp;
}

static int64_t
seconds(int64_t ms)
{
	int64_t s = civil_floor_div(ms, 1000);

	return s < -FAR_S ? -FAR_S : s > FAR_S ? FAR_S : s;
}

static int64_t
clock_seconds(struct date d, int32_t ms_of_day)
{
	int64_t days = civil_days(d);

	if (days > FAR_DAYS)
		days = FAR_DAYS;
	if (days < -FAR_DAYS)
		days = -FAR_DAYS;
	return days * CIVIL_DAY_S + civil_floor_div(ms_of_day, 1000);
}

int32_t
tz_offset_s(const struct tz *z, int64_t ms)
{
	return span_at(z, seconds(ms)).off_s;
}

void
tz_span(const struct tz *z, int64_t ms, int64_t *from_ms, int64_t *to_ms)
{
	struct span sp = span_at(z, seconds(ms));

	*from_ms = (sp.from_s < -FAR_S ? -FAR_S : sp.from_s) * 1000;
	*to_ms = (sp.to_s > FAR_S ? FAR_S : sp.to_s) * 1000;
}

int64_t
tz_from_local(const struct tz *z, struct date d, int32_t ms_of_day)
{
	int64_t clock = clock_seconds(d, ms_of_day), s;
	struct span sp = span_at(z, clock - REACH_S);
	int32_t before = sp.off_s;

	while ((s = clock - sp.off_s) >= sp.to_s) {
		before = sp.off_s;
		sp = span_at(z, sp.to_s);
	}
	if (s < sp.from_s)
		s = clock - before; /* the clock jumped over it */
	return s * 1000 + (ms_of_day - civil_floor_div(ms_of_day, 1000) * 1000);
}

int64_t
tz_day_start(const struct tz *z, struct date d)
{
	int64_t midnight = clock_seconds(d, 0), s;
	struct span sp = span_at(z, midnight - REACH_S);

	for (;;) {
		s = midnight - sp.off_s;
		if (s < sp.from_s)
			s = sp.from_s;
		if (s < sp.to_s)
			return s * 1000;
		sp = span_at(z, sp.to_s);
	}
}

void
tz_local(const struct tz *z, int64_t ms, struct date *d, int32_t *ms_of_day, int32_t *offset_s)
{
	int64_t s = seconds(ms), days, clock;
	int32_t off = span_at(z, s).off_s;
	int64_t rest = (ms % 1000 + 1000) % 1000;

	clock = s + off;
	days = civil_floor_div(clock, CIVIL_DAY_S);
	if (d != NULL)
		*d = civil_date(days);
	if (ms_of_day != NULL)
		*ms_of_day = (int32_t)((clock - days * CIVIL_DAY_S) * 1000 + rest);
	if (offset_s != NULL)
		*offset_s = off;
}

const char *
tz_name(const struct tz *z)
{
	return z->name;
}

/* ---- making zones ---- */

int
tz_parse(const void *p, size_t n, struct tz **out, struct err *e)
{
	struct tz z;

	if (n > FILE_MAX)
		return err_set(
		    e, ERR_INPUT, "not a usable time zone file: larger than %zu bytes", FILE_MAX);
	if (tzif_parse(p, n, &z, e) < 0)
		return -1;
	z.name = xstrdup("");
	*out = xmalloc(sizeof(**out));
	**out = z;
	return 0;
}

void
tz_free(struct tz *z)
{
	if (z == NULL)
		return;
	free(z->name);
	free(z->at_s);
	free(z->off_s);
	free(z);
}

bool
tz_name_valid(const char *name)
{
	struct str rest = str_of(name), part;

	if (rest.n == 0 || rest.n > TZ_NAME_MAX)
		return false;
	while (str_split(&rest, '/', &part)) {
		/* no byte is a dot, so no part can be ".." */
		for (size_t i = 0; i < part.n; i++)
			if (!str_isalpha(part.p[i]) && !str_isdigit(part.p[i]) &&
			    strchr("_+-", part.p[i]) == NULL)
				return false;
		if (part.n == 0)
			return false;
	}
	return true;
}

static int
unknown(const char *name, struct err *e)
{
	return err_set(e, ERR_USAGE,
	    "unknown time zone \"%.*s\": use a name like Europe/Stockholm, UTC or local",
	    TZ_NAME_MAX, name == NULL ? "" : name);
}

/*
 * Up to MAX bytes of the regular file PATH into *OUT, owned by the caller.
 * Returns the count; -1 with errno set, EINVAL when it is no such file.
 */
static ssize_t
read_small(const char *path, size_t max, char **out)
{
	struct stat st;
	size_t have = 0, room;
	ssize_t r = -1;
	char *buf = NULL;
	int saved, fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) < 0)
		goto fail;
	if (!S_ISREG(st.st_mode) || st.st_size < 0 || (uintmax_t)st.st_size > max) {
		errno = EINVAL;
		goto fail;
	}
	room = (size_t)st.st_size;
	buf = xmalloc(room);
	while (have < room && (r = read(fd, buf + have, room - have)) != 0) {
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			goto fail;
		have += (size_t)r;
	}
	close(fd);
	*out = buf;
	return (ssize_t)have;
fail:
	saved = errno;
	free(buf);
	close(fd);
	errno = saved;
	return -1;
}

/* no file for NAME: the name's fault, or the machine's */
static int
no_file(const char *dir, const char *path, const char *name, struct err *e)
{
	struct stat st;

	if (errno == ENOENT && stat(dir, &st) < 0)
		return err_set(e, ERR_NOTFOUND,
		    "%.200s: no time zone data here (package tzdata), only UTC is known", dir);
	if (errno == ENOENT || errno == ENOTDIR || errno == EINVAL || errno == ELOOP ||
	    errno == ENXIO)
		return unknown(name, e);
	return err_sys(e, "%s", path);
}

/* read the zone NAME, which is valid, from its file */
static struct tz *
load(const char *name, struct err *e)
{
	const char *dir = zones.dir == NULL ? DEFAULT_DIR : zones.dir;
	char *path = xasprintf("%s/%s", dir, name);
	char *data = NULL;
	struct tz *z = NULL;
	ssize_t n = read_small(path, FILE_MAX, &data);

	if (n < 0)
		(void)no_file(dir, path, name, e); /* NULL says it */
	else if (n < 4 || memcmp(data, "TZif", 4) != 0)
		(void)unknown(name, e);
	else if (tz_parse(data, (size_t)n, &z, e) < 0)
		(void)err_prefix(e, "%s", path);
	else {
		free(z->name);
		z->name = xstrdup(name);
	}
	free(data);
	free(path);
	return z;
}

/* ---- the list ---- */

static const struct tz *
remember(const char *name, const struct tz *z)
{
	size_t n = strlen(name) + 1;
	struct entry *en = xmalloc(sizeof(*en) + n);

	memcpy(en->name, name, n);
	en->zone = z;
	en->next = zones.head;
	zones.head = en;
	zones.n++;
	return z;
}

static const struct tz *
recall(const char *name)
{
	for (struct entry **p = &zones.head, *en; (en = *p) != NULL; p = &en->next)
		if (strcmp(en->name, name) == 0) {
			*p = en->next;
			en->next = zones.head;
			zones.head = en;
			return en->zone;
		}
	return NULL;
}

static void
forget_all(void)
{
	struct entry **p = &zones.old;

	while (*p != NULL)
		p = &(*p)->next;
	*p = zones.head;
	zones.head = NULL;
}

/* the zone that a link to ".../zoneinfo/NAME" names, or NULL */
static const struct tz *
from_link(const char *etc)
{
	char *path = xasprintf("%s/localtime", etc);
	char target[PATH_MAX];
	ssize_t n = readlink(path, target, sizeof(target) - 1);
	const char *name = NULL;
	struct err ignored;

	free(path);
	if (n <= 0)
		return NULL;
	target[n] = '\0';
	for (const char *q = target; (q = strstr(q, "zoneinfo/")) != NULL;)
		name = q += strlen("zoneinfo/");
	if (name != NULL && strncmp(name, "posix/", 6) == 0)
		name += 6;
	if (name == NULL || strcmp(name, "local") == 0)
		return NULL;
	return tz_get(name, &ignored); /* else the next way is tried */
}

/* the zone named in the first line of the file "timezone", or NULL */
static const struct tz *
from_file(const char *etc)
{
	char *path = xasprintf("%s/timezone", etc);
	char *data = NULL, *name = NULL;
	const struct tz *z = NULL;
	ssize_t n = read_small(path, 4096, &data);
	struct str line;
	struct err ignored;

	if (n >= 0) {
		line = str_n(data, (size_t)n);
		name = str_dup(str_trim(str_n(line.p, str_chr(line, '\n'))));
	}
	if (name != NULL && strcmp(name, "local") != 0)
		z = tz_get(name, &ignored); /* else the next way is tried */
	free(name);
	free(data);
	free(path);
	return z;
}

const struct tz *
tz_get(const char *name, struct err *e)
{
	const char *etc = zones.etc == NULL ? DEFAULT_ETC : zones.etc;
	const struct tz *z;

	if (name == NULL || !tz_name_valid(name)) {
		(void)unknown(name, e); /* NULL says it */
		return NULL;
	}
	if (strcmp(name, "UTC") == 0)
		return &utc;
	if ((z = recall(name)) != NULL)
		return z;
	if (zones.n >= ZONES_MAX) {
		(void)err_set(e, ERR_LIMIT, "more than %d time zones in use", ZONES_MAX);
		return NULL;
	}
	if (strcmp(name, "local") == 0) {
		if ((z = from_link(etc)) == NULL && (z = from_file(etc)) == NULL)
			z = &utc;
	} else if ((z = load(name, e)) == NULL)
		return NULL;
	return remember(name, z);
}

void
tz_set_dir(const char *dir)
{
	free(zones.dir);
	zones.dir = dir == NULL ? NULL : xstrdup(dir);
	forget_all();
}

void
tz_set_etc(const char *dir)
{
	free(zones.etc);
	zones.etc = dir == NULL ? NULL : xstrdup(dir);
	forget_all();
}
