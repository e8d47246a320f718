/* Variables, sections, comments and delimiters, and the lines that tags have for themselves. */
#include "base/compat.h"

#include "mustache_fixture.h"

static const struct val root = OBJECT("", TEXT("tool", "apply_patch"),
    TEXT("odd", "<a href=\"x\">'&'</a>"), TEXT("tags", "{{tool}} {{/end}}"), TEXT("empty", ""),
    TEXT("a.b", "a name with a dot"), FALSE_("no"), NONE("nobody"),
    OBJECT("day", TEXT("name", "Friday"), TEXT("tool", "shell"), FALSE_("odd"),
	OBJECT("night", TEXT("hour", "23"))),
    OBJECT("name", TEXT("first", "outer")),
    LIST("models", OBJECT("", TEXT("id", "o3")), OBJECT("", TEXT("id", "o4"), FALSE_("tool")),
	OBJECT("", TEXT("id", "o5"), TEXT("tool", "web"))),
    LIST("letters", TEXT("", "x"), TEXT("", "<y>"), FALSE_("")),
    LIST("grid", LIST("", TEXT("", "1"), TEXT("", "2")), LIST("", TEXT("", "3")), NONE("")));

static void
variables(void **state UNUSED)
{
	static const struct shown cases[] = {
		SHOWN("text only", "no tags } }} { here", "no tags } }} { here"),
		SHOWN("nothing at all", "", ""),
		SHOWN("a name", "<{{tool}}>", "<apply_patch>"),
		SHOWN("blanks in a tag", "<{{ tool\t}}{{\ntool\n}}>", "<apply_patchapply_patch>"),
		SHOWN("all five are escaped", "{{odd}}",
		    "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;"),
		SHOWN("three braces are raw", "{{{odd}}}", "<a href=\"x\">'&'</a>"),
		SHOWN("an ampersand is raw", "{{&odd}}|{{& odd }}",
		    "<a href=\"x\">'&'</a>|<a href=\"x\">'&'</a>"),
		SHOWN("a fourth brace is text", "{{{tool}}}}", "apply_patch}"),
		SHOWN("data is no template", "{{tags}}", "{{tool}} {{/end}}"),
		SHOWN("nothing for what is not there", "<{{nowhere}}{{{nowhere}}}{{no}}{{nobody}}>",
		    "<>"),
		SHOWN("nothing for an object", "<{{day}}>", "<>"),
		SHOWN("a path", "{{day.name}} {{day.night.hour}}", "Friday 23"),
		SHOWN("a broken path", "<{{day.night.hour.second}}{{day.week.hour}}>", "<>"),
		SHOWN("a dot is never part of a key", "<{{a.b}}>", "<>"),
		SHOWN("a variable keeps its line", "  {{tool}}\n {{{no}}}\n", "  apply_patch\n \n"),
		SHOWN("UTF-8 as it is", "å{{tool}}→", "åapply_patch→"),
	};

	all_show(cases, ARRAY_LEN(cases), &root);
}

static void
contexts(void **state UNUSED)
{
	static const struct shown cases[] = {
		SHOWN("the inner one first", "{{#day}}{{tool}}{{/day}}", "shell"),
		SHOWN("then the outer",
		    "{{#day}}{{#night}}{{hour}} {{tool}} {{tags}}{{/night}}{{/day}}",
		    "23 shell {{tool}} {{/end}}"),
		SHOWN("a false inner one hides the outer",
		    "{{#day}}<{{odd}}>{{^odd}}no{{/odd}}{{/day}}", "<>no"),
		SHOWN("only the first part of a path goes outwards",
		    "{{#day}}<{{name.first}}>{{/day}}<{{name.first}}>", "<><outer>"),
		SHOWN("a list", "{{#models}}{{id}} {{/models}}", "o3 o4 o5 "),
		SHOWN("each element has its own names", "{{#models}}<{{tool}}>{{/models}}",
		    "<apply_patch><><web>"),
		SHOWN("what is at hand", "{{#letters}}({{.}}{{{.}}}){{/letters}}",
		    "(xx)(&lt;y&gt;<y>)()"),
		SHOWN("lists of lists", "{{#grid}}[{{#.}}{{.}}{{/.}}{{^.}}none{{/.}}]{{/grid}}",
		    "[12][3][none]"),
		SHOWN("a text is its own context", "{{#tool}}{{.}} {{tool}}{{/tool}}",
		    "apply_patch apply_patch"),
		SHOWN("nothing false is shown",
		    "{{#no}}1{{/no}}{{#nobody}}2{{/nobody}}{{#nowhere}}3{{/nowhere}}"
		    "{{#day.odd}}4{{/day.odd}}{{#day.x.y}}5{{/day.x.y}}",
		    ""),
		SHOWN("and the other way round",
		    "{{^no}}1{{/no}}{{^nobody}}2{{/nobody}}{{^nowhere}}3{{/nowhere}}"
		    "{{^day.odd}}4{{/day.odd}}{{^tool}}5{{/tool}}{{^models}}6{{/models}}{{^day}}7{{/day}}",
		    "1234"),
		SHOWN("the same name inside itself", "{{#day}}{{#day}}{{name}}{{/day}}{{/day}}",
		    "Friday"),
		SHOWN(
		    "one after the other", "{{#day}}a{{/day}}{{#no}}b{{/no}}{{^no}}c{{/no}}", "ac"),
		SHOWN("blanks in section tags", "{{# day }}{{ name }}{{/ day }}", "Friday"),
	};

	all_show(cases, ARRAY_LEN(cases), &root);
}

static void
lines(void **state UNUSED)
{
	static const struct shown cases[] = {
		SHOWN("a section's tags leave no lines", "a\n{{#day}}\nb\n{{/day}}\nc\n",
		    "a\nb\nc\n"),
		SHOWN("nor their blanks", "a\n \t{{#day}} \nb\n\t{{/day}}\t \nc\n", "a\nb\nc\n"),
		SHOWN("CR LF, too", "a\r\n{{#day}}\r\nb\r\n{{/day}}\r\nc\r\n", "a\r\nb\r\nc\r\n"),
		SHOWN("a lone CR ends no line", "{{#day}}\rb{{/day}}", "\rb"),
		SHOWN("at both ends of the text", "  {{#day}}\nb\n  {{/day}}", "b\n"),
		SHOWN("text on the line keeps it", "a {{#day}}\nb\n{{/day}} c\n", "a \nb\n c\n"),
		SHOWN("two tags on a line keep it", "{{#day}}{{/day}}\n{{#no}} {{/no}}\n", "\n\n"),
		SHOWN("a section in a line", " {{#day}}y{{/day}}\n {{#no}}n{{/no}}\n", " y\n \n"),
		SHOWN(
		    "what is not shown takes its lines along", "a\n{{#no}}\nb\n{{/no}}\nc", "a\nc"),
		SHOWN("empty lines stay", "a\n\n{{#day}}\n\n{{/day}}\n\nb", "a\n\n\n\nb"),
		SHOWN("a comment", "a{{! {{tool }}b", "ab"),
		SHOWN("a comment on its line", "a\n  {{! tool }}\nb", "a\nb"),
		SHOWN("a comment of many lines", "a\n{{!\n # x\n\n/ y }} \nb", "a\nb"),
		SHOWN("a comment beside text", "a {{!\n\n}}\nb", "a \nb"),
		SHOWN(
		    "in each round", "{{#models}}\n- {{id}}\n{{/models}}\n", "- o3\n- o4\n- o5\n"),
	};

	all_show(cases, ARRAY_LEN(cases), &root);
}

static void
delimiters(void **state UNUSED)
{
	static const struct shown cases[] = {
		SHOWN("other ones", "{{=<% %>=}}<%tool%>{{tool}}", "apply_patch{{tool}}"),
		SHOWN("the same for both ends", "{{=| |=}}|tool|", "apply_patch"),
		SHOWN("long ones", "{{=<!--( )-->=}}<!--( tool )-->", "apply_patch"),
		SHOWN("and back", "{{=[ ]=}}[tool][={{ }}=]{{tool}}[tool]",
		    "apply_patchapply_patch[tool]"),
		SHOWN("blanks", "{{= \t< \n > =}}<tool>", "apply_patch"),
		SHOWN("in sections", "{{#day}}{{=( )=}}(name){{name}}(/day)(tool)",
		    "Friday{{name}}apply_patch"),
		SHOWN("raw ones", "{{=<% %>=}}<%{odd}%><%&tool%>",
		    "<a href=\"x\">'&'</a>apply_patch"),
		SHOWN("leave no line", "a\n  {{=@ @=}}  \nb", "a\nb"),
		{ "are those of one text", "{{=@ @=}}@>other@", "{{apply_patch@tool@",
		    { { "other", "{{=[ ]=}}{{[tool]@tool@" } } },
	};

	all_show(cases, ARRAY_LEN(cases), &root);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(variables),
		cmocka_unit_test(contexts),
		cmocka_unit_test(lines),
		cmocka_unit_test(delimiters),
	};

	return cmocka_run_group_tests_name("mustache tags", tests, NULL, NULL);
}
