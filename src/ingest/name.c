#include "base/compat.h"

#include "ingest/name.h"
#include "time/civil.h"

#define UUID_LEN 36

bool
name_is_rollout(struct str name, bool *compressed)
{
	*compressed = str_ends(name, ".jsonl.zst");
	return str_starts(name, "rollout-") && (*compressed || str_ends(name, ".jsonl"));
}

static bool
is_uuid(const char *p)
{
	for (int i = 0; i < UUID_LEN; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;
		bool hex = str_isdigit(p[i]) || (p[i] >= 'a' && p[i] <= 'f') ||
			   (p[i] >= 'A' && p[i] <= 'F');

		if (dash ? p[i] != '-' : !hex)
			return false;
	}
	return true;
}

void
name_ids(struct str name, struct str *thread, struct str *page)
{
	struct str last;

	*thread = str_n(NULL, 0);
	*page = str_n("", 0);
	if (str_ends(name, ".zst"))
		name.n -= 4;
	if (str_ends(name, ".jsonl"))
		name.n -= 6;
	if (name.n < UUID_LEN || !is_uuid(name.p + name.n - UUID_LEN))
		return;
	last = str_n(name.p + name.n - UUID_LEN, UUID_LEN);
	name.n -= UUID_LEN;
	*thread = last;
	if (name.n > UUID_LEN && name.p[name.n - 1] == '_' &&
	    is_uuid(name.p + name.n - 1 - UUID_LEN)) {
		*thread = str_n(name.p + name.n - 1 - UUID_LEN, UUID_LEN);
		*page = last;
	}
}

int64_t
name_ms(struct str name)
{
	char text[20];
	int64_t ms;

	if (!str_starts(name, "rollout-") || name.n < 8 + 19)
		return -1;
	memcpy(text, name.p + 8, 19);
	text[13] = text[13] == '-' ? ':' : '?'; /* 2025-05-07T17-24-21 */
	text[16] = text[16] == '-' ? ':' : '?';
	text[19] = '\0';
	return civil_parse_instant(str_of(text), &ms) == 0 ? ms : -1;
}

struct str
name_of_path(const char *path)
{
	const char *slash = strrchr(path, '/');

	return str_of(slash == NULL ? path : slash + 1);
}

int64_t
name_begin_ms(const char *path, int64_t mtime_ms)
{
	int64_t ms = name_ms(name_of_path(path));

	return ms >= 0 ? ms : mtime_ms;
}
