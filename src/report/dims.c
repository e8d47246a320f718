#include "base/compat.h"

#include "report/dims.h"

static const struct dim dims[] = {
	{ "model", "Model", "d.model", false },
	{ "directory", "Directory", "d.directory", true },
	{ "repo", "Repository", "d.repository", true },
	{ "branch", "Branch", "d.branch", false },
	{ "session", "Session", "t.uuid", false },
	{ "source", "Source", "d.source", false },
	{ "effort", "Effort", "d.effort", false },
	{ "tier", "Tier", "d.tier", false },
	{ "home", "Home", "h.path", true },
};

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
