#include "base/compat.h"

#include "base/num.h"
#include "rollout/command.h"

/* Words that run the command behind them, and their options of one letter that take a word. */
static const struct prefix {
	const char *word, *valued;
} prefixes[] = {
	{ "sudo", "CDghpRrTtUu" },
	{ "env", "CSu" },
	{ "command", "Vv" },
	{ "exec", "a" },
	{ "time", "fo" },
	{ "nohup", "" },
	{ "nice", "n" },
	{ "builtin", "" },
	{ "doas", "Cu" },
	{ "stdbuf", "eio" },
	{ "setsid", "" },
	{ "then", "" },
	{ "do", "" },
	{ "!", "" },
	{ "{", "" },
	{ "(", "" },
	{ "if", "" },
	{ "while", "" },
	{ "until", "" },
};

static struct str base_name(struct str word);

/* The row of WORD, NULL when it is the command itself. */
static const struct prefix *
find_prefix(struct str word)
{
	for (size_t i = 0; i < ARRAY_LEN(prefixes); i++)
		if (str_eqz(base_name(word), prefixes[i].word))
			return &prefixes[i];
	return NULL;
}

/* True when OPTION of PREFIX takes the word behind it. */
static bool
takes_word(const struct prefix *prefix, struct str option)
{
	for (size_t i = 1; i < option.n; i++)
		if (strchr(prefix->valued, option.p[i]) != NULL)
			return i + 1 == option.n; /* else the value is attached */
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
	int64_t number;

	word = base_name(word);
	buf[0] = '\0';
	if (word.n == 0 || word.n >= n || word.p[0] == '-')
		return 0;
	if (num_i64(word, 0, INT64_MAX, &number) == 0)
		return 0; /* the number of a file, as in 2>/dev/null */
	for (size_t i = 0; i < word.n; i++) {
		char c = word.p[i];

		if (!str_isalpha(c) && !str_isdigit(c) && strchr("._+-[", c) == NULL)
			return 0;
	}
	memcpy(buf, word.p, word.n);
	buf[word.n] = '\0';
	return word.n;
}

/* The length of the word at the start of S: up to a blank or an operator outside of quotes and brackets. */
static size_t
word_length(struct str s)
{
	char closing[32]; /* the quotes and brackets that are open */
	size_t open = 0, i;

	for (i = 0; i < s.n; i++) {
		char c = s.p[i], inner = open > 0 ? closing[open - 1] : '\0';
		char before = i > 0 ? s.p[i - 1] : '\0', opens = '\0';

		if (c == '\\' && inner != '\'')
			i++;
		else if (inner != '\0' && c == inner)
			open--;
		else if (inner == '\'')
			continue;
		else if (c == '`' || (c == '"' && inner != '"') || (c == '\'' && inner != '"'))
			opens = c;
		else if (c == '(' && (before == '$' || before == '=' || inner == ')'))
			opens = ')';
		else if (c == '{' && before == '$')
			opens = '}';
		else if (open == 0 && strchr(" \t\r\n;|&<>()", c) != NULL)
			break;
		if (opens != '\0' && open == sizeof(closing))
			return s.n;
		if (opens != '\0')
			closing[open++] = opens;
	}
	return i < s.n ? i : s.n;
}

/* The next word of *S; a quoted value is passed over whole. */
static struct str
next_word(struct str *s)
{
	size_t i = 0;
	struct str word;

	*s = str_trim(*s);
	while (i < s->n && (s->p[i] == '(' || s->p[i] == ';' || s->p[i] == '&'))
		i++;
	*s = str_trim(str_n(s->p + i, s->n - i));
	i = word_length(*s);
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
	const struct prefix *prefix = NULL, *found;

	buf[0] = '\0';
	if (script.p == NULL)
		return 0;
	for (int words = 0; words < 64; words++) {
		struct str w = next_word(&script);

		if (w.n == 0)
			return 0;
		if (is_assignment(w))
			continue;
		if ((found = find_prefix(w)) != NULL) {
			prefix = found;
			continue;
		}
		if (prefix != NULL && w.p[0] == '-') {
			if (str_starts(w, "--") && w.n > 2 && str_chr(w, '=') == w.n)
				return 0; /* may take a word or not */
			if (!str_starts(w, "--") && takes_word(prefix, w))
				(void)next_word(&script);
			continue;
		}
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

/* The script among the words of a shell's command V, what stands behind -c or the like, into *SCRIPT. False when there is none. */
static bool
script_of(struct jv v, struct str *script)
{
	struct jv_walk words = jv_walk(v);
	bool here = false;

	(void)jv_next(&words); /* the shell */
	while (jv_next(&words)) {
		struct str w = jv_text(words.value);
		bool is_short = w.n >= 2 && w.n <= 4 && w.p[1] != '-';

		*script = w;
		if (here)
			return true;
		if (!str_starts(w, "-"))
			break;
		here = str_eqz(w, "-Command") || str_eqz(w, "-command") ||
		       (is_short && w.p[w.n - 1] == 'c');
	}
	return false;
}

size_t
command_head_json(struct jv v, char *buf, size_t n)
{
	struct jv_walk words = jv_walk(jv_if(v, JV_ARR));
	struct str text = jv_text(v), first, script;

	buf[0] = '\0';
	if (text.p != NULL)
		return command_head(text, buf, n);
	first = jv_text(jv_at(v, 0));
	if (first.p == NULL)
		return 0;
	if (is_shell(first))
		return script_of(v, &script) ? command_head(script, buf, n) : keep(first, buf, n);
	while (jv_next(&words)) {
		struct str w = jv_text(words.value);

		if (w.p != NULL && find_prefix(w) == NULL && !is_assignment(w))
			return keep(w, buf, n);
	}
	return 0;
}
