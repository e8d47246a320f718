#include "base/compat.h"

#include "base/repository.h"
#include "base/str.h"
#include "report/dims.h"

/* Models are stored in lower case. */
static char *
lower(struct str s)
{
	char *text = str_dup(s);

	str_lowerz(text);
	return text;
}

static const struct dim dims[] = {
	{ "model", "Model", "d.model", false, false, lower },
	{ "directory", "Directory", "d.directory", true, true, str_dup },
	{ "repo", "Repository", "d.repository", true, true, repository_name },
	{ "branch", "Branch", "d.branch", false, false, str_dup },
	{ "session", "Session", "t.uuid", false, false, str_dup },
	{ "source", "Source", "d.source", false, false, str_dup },
	{ "effort", "Effort", "d.effort", false, false, str_dup },
	{ "tier", "Tier", "d.tier", false, false, str_dup },
	{ "home", "Home", "h.path", true, false, str_dup },
};

const struct dim dim_project = { "project", "Project",
	"CASE d.repository WHEN '' THEN d.directory ELSE d.repository END", true, true, str_dup };

const struct dim *
dim_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(dims); i++)
		if (strcmp(name, dims[i].name) == 0)
			return &dims[i];
	return NULL;
}

const struct dim *
dim_at(size_t i)
{
	return i < ARRAY_LEN(dims) ? &dims[i] : NULL;
}

void
dim_names(struct sbuf *b)
{
	for (size_t i = 0; i < ARRAY_LEN(dims); i++)
		sbuf_addf(b, "%s%s",
		    i == 0                     ? ""
		    : i + 1 == ARRAY_LEN(dims) ? " or "
					       : ", ",
		    dims[i].name);
}
