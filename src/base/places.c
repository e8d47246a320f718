#include "base/compat.h"

#include "base/places.h"
#include "base/str.h"
#include "base/xalloc.h"

static const char *
var(const struct places_in *in, const char *name)
{
	const char *v = in->env(in->arg, name);

	return v == NULL || v[0] == '\0' ? NULL : v;
}

const char *
places_env(void *arg, const char *name)
{
	(void)arg;
	return getenv(name);
}

static int
user_home(const struct places_in *in, const char **home, struct err *e)
{
	*home = var(in, "HOME");
	if (*home == NULL || (*home)[0] != '/')
		return err_set(e, ERR_USAGE,
		    "HOME is not set to a folder; name the database with --db "
		    "and Codex's home with --home");
	return 0;
}

/* A leading ~/ is the user's home: configuration files and quoted options have it. */
static char *
absolute(const struct places_in *in, const char *path)
{
	const char *home = var(in, "HOME");

	if (path[0] == '~' && (path[1] == '/' || path[1] == '\0') && home != NULL)
		return xasprintf("%s%s", home, path + 1);
	if (path[0] == '/' || in->cwd == NULL)
		return xstrdup(path);
	return xasprintf("%s/%s", in->cwd, path);
}

/* An XDG folder: the variable when it is absolute, else HOME and DFLT. */
static int
xdg(const struct places_in *in, const char *name, const char *dflt, char **out, struct err *e)
{
	const char *v = var(in, name), *home;

	if (v != NULL && v[0] == '/') {
		*out = xstrdup(v);
		return 0;
	}
	if (user_home(in, &home, e) < 0)
		return -1;
	*out = xasprintf("%s/%s", home, dflt);
	return 0;
}

int
places_config(const struct places_in *in, struct place *out, struct err *e)
{
	const char *v = var(in, "CODEX_USAGE_CONFIG");
	char *dir;

	*out = (struct place){ NULL, "default" };
	if (v != NULL) {
		out->origin = "CODEX_USAGE_CONFIG";
		if (strcmp(v, "/dev/null") != 0)
			out->path = absolute(in, v);
		return 0;
	}
	if (xdg(in, "XDG_CONFIG_HOME", ".config", &dir, e) < 0)
		return -1;
	out->path = xasprintf("%s/codex-usage-tracker/config.json", dir);
	free(dir);
	return 0;
}

static int
default_db(const struct places_in *in, char **out, struct err *e)
{
	const char *home;
	char *dir;

	if (in->macos) {
		if (user_home(in, &home, e) < 0)
			return -1;
		*out = xasprintf(
		    "%s/Library/Application Support/codex-usage-tracker/usage.sqlite", home);
		return 0;
	}
	if (xdg(in, "XDG_DATA_HOME", ".local/share", &dir, e) < 0)
		return -1;
	*out = xasprintf("%s/codex-usage-tracker/usage.sqlite", dir);
	free(dir);
	return 0;
}

static int
find_db(const struct places_in *in, struct place *out, struct err *e)
{
	const char *v = var(in, "CODEX_USAGE_DB");

	if (in->db != NULL && in->db[0] != '\0') {
		*out = (struct place){ absolute(in, in->db), "option --db" };
		return 0;
	}
	if (in->db != NULL)
		return err_set(e, ERR_USAGE, "--db needs a file name");
	if (v != NULL) {
		*out = (struct place){ absolute(in, v), "CODEX_USAGE_DB" };
		return 0;
	}
	if (in->conf_db != NULL && in->conf_db[0] != '\0') {
		*out = (struct place){ absolute(in, in->conf_db), "configuration" };
		return 0;
	}
	*out = (struct place){ NULL, "default" };
	return default_db(in, &out->path, e);
}

static void
add_root(const struct places_in *in, struct places *out, const char *path, const char *label,
    bool is_home, const char *origin)
{
	struct place_root *r;

	out->roots = xreallocarray(out->roots, out->roots_len + 1, sizeof(*out->roots));
	r = &out->roots[out->roots_len++];
	*r = (struct place_root){ absolute(in, path), xstrdup(label), is_home, true, origin };
}

/* What the configuration calls the home PATH; "": nothing. */
static const char *
label_of(const struct places_in *in, const char *path)
{
	const char *found = "";

	for (size_t i = 0; i < in->conf_homes_len; i++) {
		char *home = absolute(in, in->conf_homes[i]);

		if (strcmp(home, path) == 0)
			found = in->conf_labels[i];
		free(home);
	}
	return found;
}

/* A list of folders with commas between them. */
static void
add_list(const struct places_in *in, struct places *out, const char *list, bool is_home,
    const char *origin)
{
	struct str rest = str_of(list), part;

	while (str_split(&rest, ',', &part)) {
		char *path;

		part = str_trim(part);
		if (part.n == 0)
			continue;
		path = str_dup(part);
		add_root(in, out, path, label_of(in, path), is_home, origin);
		free(path);
	}
}

static int
find_roots(const struct places_in *in, struct places *out, struct err *e)
{
	const char *home;
	char *path;

	for (size_t i = 0; i < in->homes_len + in->rollouts_len; i++)
		if ((i < in->homes_len ? in->homes[i] : in->rollouts[i - in->homes_len])[0] == '\0')
			return err_set(e, ERR_USAGE, "--%s needs the name of a folder",
			    i < in->homes_len ? "home" : "rollouts");
	for (size_t i = 0; i < in->homes_len; i++)
		add_root(in, out, in->homes[i], "", true, "option --home");
	for (size_t i = 0; i < in->rollouts_len; i++)
		add_root(in, out, in->rollouts[i], "", false, "option --rollouts");
	if (out->roots_len > 0)
		return 0;
	if (var(in, "CODEX_USAGE_ROLLOUTS") != NULL)
		add_list(in, out, var(in, "CODEX_USAGE_ROLLOUTS"), false, "CODEX_USAGE_ROLLOUTS");
	if (out->roots_len == 0 && var(in, "CODEX_HOME") != NULL)
		add_list(in, out, var(in, "CODEX_HOME"), true, "CODEX_HOME");
	if (out->roots_len == 0)
		for (size_t i = 0; i < in->conf_homes_len; i++)
			add_root(
			    in, out, in->conf_homes[i], in->conf_labels[i], true, "configuration");
	if (out->roots_len > 0)
		return 0;
	if (user_home(in, &home, e) < 0)
		return -1;
	path = xasprintf("%s/.codex", home);
	add_root(in, out, path, "", true, "default");
	out->roots[0].is_named = false;
	free(path);
	return 0;
}

int
places_find(const struct places_in *in, struct places *out, struct err *e)
{
	memset(out, 0, sizeof(*out));
	if (find_db(in, &out->db, e) < 0 || find_roots(in, out, e) < 0) {
		places_clear(out);
		return -1;
	}
	return 0;
}

void
place_clear(struct place *p)
{
	if (p == NULL)
		return;
	free(p->path);
	p->path = NULL;
}

void
places_clear(struct places *p)
{
	if (p == NULL)
		return;
	place_clear(&p->db);
	for (size_t i = 0; i < p->roots_len; i++) {
		free(p->roots[i].path);
		free(p->roots[i].label);
	}
	free(p->roots);
	memset(p, 0, sizeof(*p));
}
