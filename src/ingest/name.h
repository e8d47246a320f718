/*
 * name.h - what the name of a rollout file says.
 */
#ifndef INGEST_NAME_H
#define INGEST_NAME_H

#include "base/str.h"

/* True when NAME (without folder) is that of a rollout: rollout-*.jsonl, or .jsonl.zst (then *COMPRESSED is set). Borrows NAME; cannot fail. */
bool name_is_rollout(struct str name, bool *compressed);

/*
 * Thread and page in the file name NAME (without folder): …-<uuid>.jsonl or
 * …-<uuid>_<uuid>.jsonl, read from the right; *THREAD is {NULL,0} when there is none,
 * *PAGE empty. Views into NAME; cannot fail. Source: formats.md 1.4.
 */
void name_ids(struct str name, struct str *thread, struct str *page);

/*
 * Time in the file name NAME (rollout-YYYY-MM-DDThh-mm-ss-…) as milliseconds, read as UTC
 * because its zone is not known; -1 when there is none. Borrows NAME; cannot fail.
 * Source: formats.md 7.1 trap 29.
 */
int64_t name_ms(struct str name);

/* The name in PATH (terminated): what follows its last slash. A view into PATH; cannot fail. */
struct str name_of_path(const char *path);

/*
 * When the rollout at PATH (terminated) began, in milliseconds, for lines that carry no time and
 * follow none: name_ms, else MTIME_MS, the file's own time. Borrows PATH; cannot fail.
 */
int64_t name_begin_ms(const char *path, int64_t mtime_ms);

#endif
