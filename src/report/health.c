#include "base/compat.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sbuf.h"
#include "base/xalloc.h"
#include "report/health_db.h"

#define TEXT_MAX ((size_t)65536)

void
health_find(
    struct health *h, const char *check, const char *what, const char *where, const char *fix)
{
	h->findings = xreallocarray(h->findings, h->findings_len + 1, sizeof(*h->findings));
	h->findings[h->findings_len++] =
	    (struct health_finding){ check, xstrdup(what), xstrdup(where), xstrdup(fix) };
}

/* PATH as a word of a shell. */
static void
add_word(struct sbuf *b, const char *path)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789/._+-@:,";

	if (path[0] != '-' && path[strspn(path, plain)] == '\0') {
		sbuf_addz(b, path);
		return;
	}
	sbuf_addc(b, '\'');
	for (; *path != '\0'; path++)
		if (*path == '\'')
			sbuf_addz(b, "'\\''");
		else
			sbuf_addc(b, *path);
	sbuf_addc(b, '\'');
}

/* SQLite gives its log and index the mode of the database: one finding for the three. */
static bool
is_copied(const struct health_file *f, const struct health_file *db)
{
	return db->is_wrong && f->is_wrong && f->mode == db->mode &&
	       (strcmp(f->role, "log") == 0 || strcmp(f->role, "index") == 0);
}

static void
find_mode(struct health *h, const struct health_file *f)
{
	char *what =
	    xasprintf("the %s has mode %04o, it should be %04o", f->role, f->mode, f->wanted);
	struct sbuf fix;

	sbuf_init(&fix, TEXT_MAX);
	if (f->is_ours)
		sbuf_addf(&fix, "chmod %o ", f->wanted);
	else
		sbuf_addz(&fix, "move the database into a folder of its own, or: chmod go-w ");
	add_word(&fix, f->path);
	for (size_t i = 0; f == &h->files[0] && i < HEALTH_FILES; i++)
		if (is_copied(&h->files[i], f)) {
			sbuf_addc(&fix, ' ');
			add_word(&fix, h->files[i].path);
		}
	health_find(h, "permissions", what, f->path, fix.buf);
	sbuf_free(&fix);
	free(what);
}

/* Does the folder DIR hold nothing but the database called BASE, and what belongs to it? */
static bool
is_only_ours(const char *dir, const char *base)
{
	static const char *const tails[] = { "", "-wal", "-shm", "-journal", ".lock" };
	DIR *d = opendir(dir);
	struct dirent *x;
	bool ours = d != NULL;

	while (ours && (x = readdir(d)) != NULL) {
		struct str name = str_of(x->d_name);
		size_t n = strlen(base);

		ours =
		    str_eqz(name, ".") || str_eqz(name, "..") || str_starts(name, "notes.sqlite");
		for (size_t i = 0; !ours && i < ARRAY_LEN(tails); i++)
			ours = str_starts(name, base) && strcmp(x->d_name + n, tails[i]) == 0;
	}
	if (d != NULL)
		closedir(d);
	return ours;
}

static void
look_at(struct health_file *f, const char *role, char *path, unsigned wanted, bool follow)
{
	struct stat st;

	*f = (struct health_file){ .role = role, .path = path, .wanted = wanted, .is_ours = true };
	if ((follow ? stat(path, &st) : lstat(path, &st)) < 0)
		return;
	f->exists = true;
	f->mode = st.st_mode & 07777;
	f->is_wrong = !S_ISLNK(st.st_mode) && f->mode != wanted;
}

/*
 * The folder that was made for the database is for its owner alone. One that
 * holds other things is not ours to close, but nobody else may replace the file.
 */
static void
look_at_folder(struct health_file *f, char *dir, const char *base)
{
	look_at(f, "folder", dir, 0700, true);
	f->is_ours = is_only_ours(dir, base);
	if (!f->is_ours)
		f->is_wrong = f->exists && (f->mode & 0022) != 0 && (f->mode & 01000) == 0;
}

static void
permissions(const struct health_in *in, struct health *h)
{
	char *real = realpath(in->db, NULL), *db = real == NULL ? xstrdup(in->db) : real;
	const char *slash = strrchr(db, '/');
	const char *base = slash == NULL ? db : slash + 1;
	char *dir = slash == NULL ? xstrdup(".")
		    : slash == db ? xstrdup("/")
				  : xstrndup(db, (size_t)(slash - db));

	look_at(&h->files[0], "database", xstrdup(in->db), 0600, true);
	look_at_folder(&h->files[1], dir, base);
	look_at(&h->files[2], "log", xasprintf("%s-wal", db), 0600, false);
	look_at(&h->files[3], "index", xasprintf("%s-shm", db), 0600, false);
	look_at(&h->files[4], "lock", xasprintf("%s.lock", in->db), 0600, false);
	for (size_t i = 0; i < HEALTH_FILES; i++) {
		h->files[i].is_wrong &= h->is_open; /* no mode of a stranger's file is wrong */
		if (h->files[i].is_wrong && !is_copied(&h->files[i], &h->files[0]))
			find_mode(h, &h->files[i]);
	}
	free(db);
}

static void
roots(const struct health_in *in, struct health *h)
{
	for (size_t i = 0; i < in->roots_len; i++) {
		const struct place_root *r = &in->roots[i];
		struct stat st;
		char *what;

		if (stat(r->path, &st) == 0 &&
		    access(r->path, S_ISDIR(st.st_mode) ? R_OK | X_OK : R_OK) == 0)
			continue;
		what = xasprintf("the %s named by %s cannot be read: %s",
		    r->is_home ? "home" : "folder of rollouts", r->origin, strerror(errno));
		health_find(h, "places", r->is_named ? what : "there is no Codex data", r->path,
		    r->is_named ? "name another one, or make it readable"
				: "name the folder with --home DIR, or set CODEX_HOME");
		free(what);
	}
}

#define REFILL \
	"move the file away and run `codex-track ingest`: it is filled again from Codex's files; " \
	"what was known of files that are gone is lost with it"

/* What the store says of the file DB, without its name. */
static const char *
message(const struct err *why, const char *db)
{
	size_t n = strlen(db);

	return strncmp(why->msg, db, n) == 0 && strncmp(why->msg + n, ": ", 2) == 0
		   ? why->msg + n + 2
		   : why->msg;
}

/* One line of what SQLite said. */
static void
find_damage(struct health *h, const char *what, const char *db)
{
	char *line = xstrdup(what);

	for (char *p = line; *p != '\0'; p++)
		if (*p == '\n')
			*p = ' ';
	health_find(h, "database", line, db, REFILL);
	free(line);
}

static void
find_closed(struct health *h, const char *db, const struct err *why)
{
	const char *what = message(why, db);

	if (why->code == ERR_NOTFOUND)
		health_find(h, "database", what, db,
		    "run `codex-track ingest` to make it, or name another one with --db");
	else if (why->code == ERR_INPUT)
		health_find(
		    h, "database", what, db, "name the right one with --db; if it is, " REFILL);
	else
		health_find(h, "database", what, db,
		    "see that you may read the file and write in its folder, or name another "
		    "one with --db");
}

static void
check(struct store *s, const struct health_in *in, struct health *h)
{
	struct err why;

	h->schema = store_schema(s);
	h->schema_known = store_schema_known();
	h->generation = store_generation(s);
	if (h->schema < h->schema_known)
		health_find(h, "database", "the database was written by an older version", in->db,
		    "run `codex-track ingest`, which brings it up to date");
	if (in->step != NULL)
		in->step(in->arg, "the database file");
	h->is_sound = store_check(s, &why) == 0;
	if (!h->is_sound)
		find_damage(h, message(&why, in->db), in->db);
}

static int
steps(struct store *s, const struct health_in *in, struct health *h, struct err *e)
{
	const struct health_step *step;

	for (size_t i = 0; (step = health_step_at(i)) != NULL; i++) {
		struct err why;
		char *what;

		if (in->stop != NULL && *in->stop != 0)
			return err_set(e, ERR_STOPPED, "stopped");
		if (in->step != NULL)
			in->step(in->arg, step->name);
		if (step->run(s, in, h, &why) == 0)
			continue;
		what =
		    xasprintf("%s could not be looked at: %s", step->name, message(&why, in->db));
		if (why.code == ERR_INPUT)
			find_damage(h, what, in->db);
		else
			health_find(h, "database", what, in->db, "try again");
		free(what);
	}
	return 0;
}

int
health_run(const struct health_in *in, struct health *out, struct err *e)
{
	struct store *s = NULL;
	struct stat st;
	struct err why;
	int rc = 0;

	memset(out, 0, sizeof(*out));
	if (stat(in->db, &st) == 0)
		out->bytes = (int64_t)st.st_size;
	out->is_open = store_open(&s, in->db, STORE_READER, &why) == 0;
	roots(in, out);
	permissions(in, out); /* the log and the index are there now */
	if (out->is_open) {
		check(s, in, out);
		rc = steps(s, in, out, e);
	} else
		find_closed(out, in->db, &why);
	store_close(s);
	if (rc < 0)
		health_clear(out);
	return rc;
}

void
health_clear(struct health *h)
{
	if (h == NULL)
		return;
	for (size_t i = 0; i < HEALTH_FILES; i++)
		free(h->files[i].path);
	tally_clear(&h->states);
	tally_clear(&h->kinds);
	tally_problems_clear(&h->problems);
	for (size_t i = 0; i < h->models_len; i++) {
		free(h->models[i].model);
		free(h->models[i].reason);
	}
	free(h->models);
	for (size_t i = 0; i < h->findings_len; i++) {
		free(h->findings[i].what);
		free(h->findings[i].where);
		free(h->findings[i].fix);
	}
	free(h->findings);
	free(h->months);
	memset(h, 0, sizeof(*h));
}
