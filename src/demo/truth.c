#include "base/compat.h"

#include "base/xalloc.h"
#include "demo/truth.h"
#include "json/jw.h"

size_t
truth_session(struct truth *t, const char *id)
{
	struct truth_session *s;

	xgrow(&t->sessions, t->len, &t->alloc, sizeof(*t->sessions));
	s = &t->sessions[t->len];
	memset(s, 0, sizeof(*s));
	memcpy(s->id, id, ID_SIZE - 1);
	return t->len++;
}

static int64_t
between(int64_t v, int64_t high)
{
	return v < 0 ? 0 : v > high ? high : v;
}

static void
add(struct truth_sum *sum, const struct usage *u)
{
	sum->u.input += u->input;
	sum->u.cached += between(u->cached, u->input);
	sum->u.write += u->write;
	sum->u.output += u->output;
	sum->u.reasoning += between(u->reasoning, u->output);
	sum->responses++;
}

void
truth_add(struct truth *t, size_t at, const char *model, const struct usage *u)
{
	size_t i = 0;

	if (model == NULL)
		model = "<unknown>";
	while (i < t->models_len && strcmp(t->models[i].name, model) != 0)
		i++;
	if (i == TRUTH_MODELS)
		bug("more than %d models", TRUTH_MODELS);
	if (i == t->models_len)
		t->models[t->models_len++].name = model;
	add(&t->models[i].sum, u);
	add(&t->sessions[at].sum, u);
	add(&t->total, u);
}

void
truth_odd(struct truth *t, const char *path)
{
	if (t->odd_len == TRUTH_ODD)
		bug("more than %d odd files", TRUTH_ODD);
	t->odd[t->odd_len++] = xstrdup(path);
}

static void
sum_json(struct jw *w, const char *key, const struct truth_sum *s)
{
	jw_key(w, key);
	jw_obj(w);
	jw_kv_i64(w, "input_tokens", s->u.input);
	jw_kv_i64(w, "cached_input_tokens", s->u.cached);
	jw_kv_i64(w, "output_tokens", s->u.output);
	jw_kv_i64(w, "reasoning_output_tokens", s->u.reasoning);
	jw_kv_i64(w, "total_tokens", s->u.input + s->u.output);
	jw_kv_i64(w, "responses", s->responses);
	jw_obj_end(w);
}

int
truth_write(const struct truth *t, const char *path, const char *notes, struct err *e)
{
	FILE *f = fopen(path, "wxe");
	struct jw w;

	if (f == NULL)
		return err_sys(e, "cannot write %s", path);
	jw_file(&w, f, true);
	jw_obj(&w);
	jw_kv_str(&w, "codex_version", "0.169.0");
	jw_kv_str(&w, "scenario", "demo");
	jw_kv_str(&w, "notes", notes);
	jw_kv_i64(&w, "files", t->files);
	jw_kv_i64(&w, "bytes", t->bytes);
	jw_key(&w, "expected");
	jw_obj(&w);
	sum_json(&w, "total", &t->total);
	jw_key(&w, "by_session");
	jw_obj(&w);
	for (size_t i = 0; i < t->len; i++)
		sum_json(&w, t->sessions[i].id, &t->sessions[i].sum);
	jw_obj_end(&w);
	jw_key(&w, "by_model");
	jw_obj(&w);
	for (size_t i = 0; i < t->models_len; i++)
		sum_json(&w, t->models[i].name, &t->models[i].sum);
	jw_obj_end(&w);
	jw_obj_end(&w);
	jw_key(&w, "files_with_bad_lines");
	jw_arr(&w);
	for (size_t i = 0; i < t->odd_len; i++)
		jw_strz(&w, t->odd[i]);
	jw_arr_end(&w);
	jw_obj_end(&w);
	(void)fputc('\n', f); /* told by ferror */
	if (fflush(f) != 0 || ferror(f)) {
		(void)err_sys(e, "cannot write %s", path);
		(void)fclose(f); /* failed already */
		return -1;
	}
	return fclose(f) == 0 ? 0 : err_sys(e, "cannot write %s", path);
}

void
truth_free(struct truth *t)
{
	for (size_t i = 0; i < t->odd_len; i++)
		free(t->odd[i]);
	free(t->sessions);
	t->sessions = NULL;
}
