/*
 * repository.h - one name for one repository, however its URL was written.
 */
#ifndef BASE_REPOSITORY_H
#define BASE_REPOSITORY_H

#include "base/str.h"

/*
 * URL as one repository is called everywhere: without scheme, user, port, .git;
 * git@host:path is host/path. Returns a new string, "" for none, owned by the caller: free.
 * Source: design.md 10 "Project".
 */
char *repository_name(struct str url);

#endif
