#include "base/compat.h"

#include "cli/tally_json.h"

void
tally_json(struct jw *w, const char *key, const struct tally *t)
{
	jw_key(w, key);
	jw_obj(w);
	for (size_t i = 0; i < t->len; i++)
		jw_kv_i64(w, t->rows[i].name, t->rows[i].n);
	jw_obj_end(w);
}

void
tally_problems_json(struct jw *w, const struct tally_problems *p)
{
	jw_key(w, "problems");
	jw_arr(w);
	for (size_t i = 0; i < p->len; i++) {
		jw_obj(w);
		jw_kv_str(w, "file", p->rows[i].path);
		jw_kv_str(w, "state", p->rows[i].state);
		jw_kv_str(w, "problem", p->rows[i].problem);
		jw_obj_end(w);
	}
	jw_arr_end(w);
}
