#include "base/compat.h"

#include "rollout/command.h"

/* Words that run the command behind them. */
static bool
is_prefix(struct str word)
{
	static const char *const words[] = { "sudo", "env", "command", "exec", "time", "nohup",
		"nice", "builtin", "doas", "stdbuf", "setsid", "then", "do", "!", "{", "(", "if",
		"while", "until" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_eqz(word, words[i]))
			return true;
	return false;
}

static bool
is_assignment(struct str word)
{
	size_t eq = str_chr(word, '=');

	if (eq == 0 || eq == word.n)
		return false;
	for (size_t i = 0; i < eq; i++)
		if (!str_isalpha(word.p[i]) && !str_isdigit(word.p[i]) && word.p[i] != '_')
			return false;
	return true;
}

static struct str
base_name(struct str word)
{
	size_t start = 0;

	for (size_t i = 0; i < word.n; i++)
		if (word.p[i] == '/')
			start = i + 1;
	return str_n(word.p + start, word.n - start);
}

/* Only what looks like a program's name is kept: never an argument or a text. */
static size_t
keep(struct str word, char *buf, size_t n)
{
	word = base_name(word);
	buf[0] = '\0';
	if (word.n == 0 || word.n >= n || word.p[0] == '-')
		return 0;
	for (size_t i = 0; i < word.n; i++) {
		char c = word.p[i];

		if (!str_isalpha(c) && !str_isdigit(c) && strchr("._+-[", c) == NULL)
			return 0;
	}
	memcpy(buf, word.p, word.n);
	buf[word.n] = '\0';
	return word.n;
}

/* The next word of *S: up to a blank or an operator; a quoted value is passed over whole. */
static struct str
next_word(struct str *s)
{
	size_t i = 0;
	char quote = '\0';
	struct str word;

	*s = str_trim(*s);
	while (i < s->n && (s->p[i] == '(' || s->p[i] == ';' || s->p[i] == '&'))
		i++;
	*s = str_trim(str_n(s->p + i, s->n - i));
	for (i = 0; i < s->n; i++) {
		char c = s->p[i];

		if (quote != '\0') {
			if (c == quote)
				quote = '\0';
		} else if (c == '"' || c == '\'')
			quote = c;
		else if (strchr(" \t\r\n;|&<>()", c) != NULL)
			break;
	}
	word = str_n(s->p, i);
	*s = str_n(s->p + i, s->n - i);
	return word;
}

static struct str
unquote(struct str w)
{
	if (w.n >= 2 && (w.p[0] == '"' || w.p[0] == '\'') && w.p[w.n - 1] == w.p[0])
		return str_n(w.p + 1, w.n - 2);
	return w;
}

size_t
command_head(struct str script, char *buf, size_t n)
{
	bool after_prefix = false;

	buf[0] = '\0';
	if (script.p == NULL)
		return 0;
	for (int words = 0; words < 64; words++) {
		struct str w = next_word(&script);

		if (w.n == 0)
			return 0;
		if (is_assignment(w))
			continue;
		if (is_prefix(w)) {
			after_prefix = true;
			continue;
		}
		if (after_prefix && w.p[0] == '-')
			continue; /* an option of sudo or env */
		if (w.p[0] == '#')
			return 0; /* a comment may be any text */
		return keep(unquote(w), buf, n);
	}
	return 0;
}

static bool
is_shell(struct str word)
{
	static const char *const names[] = { "bash", "sh", "zsh", "dash", "ksh", "fish",
		"powershell", "pwsh", "powershell.exe", "cmd", "cmd.exe" };

	word = base_name(word);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (str_eqz(word, names[i]))
			return true;
	return false;
}

size_t
command_head_json(struct json_object *v, char *buf, size_t n)
{
	struct str text = jx_text(v), first;
	size_t len = jx_len(v);

	buf[0] = '\0';
	if (text.p != NULL)
		return command_head(text, buf, n);
	first = jx_text(jx_at(v, 0));
	if (first.p == NULL)
		return 0;
	if (is_shell(first) && len >= 3 && str_starts(jx_text(jx_at(v, 1)), "-"))
		return command_head(jx_text(jx_at(v, len - 1)), buf, n);
	for (size_t i = 0; i < len; i++) {
		struct str w = jx_text(jx_at(v, i));

		if (w.p != NULL && !is_prefix(w) && !is_assignment(w))
			return keep(w, buf, n);
	}
	return 0;
}
