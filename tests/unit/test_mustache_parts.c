/* Partials with their indentation, dynamic names, parents and blocks. */
#include "base/compat.h"

#include "mustache_fixture.h"

static const struct val root = OBJECT("", TEXT("name", "Ada"), TEXT("lines", "1\n2\n"),
    FALSE_("no"), TEXT("which", "a"), TEXT("star", "*a"), TEXT("unknown", "x"),
    OBJECT("at", TEXT("which", "b"), OBJECT("deep", TEXT("which", "sub/c"))),
    LIST("kinds", TEXT("", "a"), TEXT("", "b"), TEXT("", "none")),
    OBJECT("tree", TEXT("n", "1"),
	LIST("kids",
	    OBJECT("", TEXT("n", "2"), LIST("kids", OBJECT("", TEXT("n", "3"), NONE("kids")))),
	    OBJECT("", TEXT("n", "4"), NONE("kids")))));

static void
partials(void **state UNUSED)
{
	static const struct shown cases[] = {
		{ "in a line", "<{{>p}}{{> p }}>", "<AdaAda>", { { "p", "{{name}}" } } },
		{ "none of that name", "<{{>q}}>\n  {{>q}}\n.", "<>\n.", { { "p", "x" } } },
		{ "a name with folders", "{{>a/b.c}}", "x", { { "a/b.c", "x" } } },
		{ "leaves no line", "a\n{{>p}}\nb\n", "a\nx\nb\n", { { "p", "x\n" } } },
		{ "without a line end of its own", "a\n{{>p}}\nb\n", "a\nxb\n", { { "p", "x" } } },
		{ "CR LF", "a\r\n {{>p}}\r\nb", "a\r\n x\r\nb", { { "p", "x\r\n" } } },
		{ "each line is indented", "  {{>p}}\n.", "  x\n  y\n.", { { "p", "x\ny\n" } } },
		{ "empty lines, too", "\t{{>p}}", "\tx\n\t\n\ty", { { "p", "x\n\ny" } } },
		{ "but not those of the data", " {{>p}}", " [1\n2\n]\n 1\n2\n",
		    { { "p", "[{{lines}}]\n{{{lines}}}" } } },
		{ "a variable begins a line", " {{>p}}", " Ada\n Ada!\n Ada",
		    { { "p", "{{name}}\n{{name}}!\n{{name}}" } } },
		{ "not in the middle of a line", "  - {{>p}}\n", "  - x\ny\n\n",
		    { { "p", "x\ny\n" } } },
		{ "one in another", " {{>p}}", " a\n  x\n  y\n b\n",
		    { { "p", "a\n {{>q}}\nb\n" }, { "q", "x\ny\n" } } },
		{ "an inline one in an indented one", " {{>p}}", " a x\ny\n\n b\n",
		    { { "p", "a {{>q}}\nb\n" }, { "q", "x\ny\n" } } },
		{ "back to the indentation before", " {{>p}}\n {{>p}}\n.", "   x\n b\n   x\n b\n.",
		    { { "p", "  {{>q}}\nb\n" }, { "q", "x\n" } } },
		{ "tags on their lines leave none", "  {{>p}}", "  a\n  b\n",
		    { { "p",
			"{{#name}}\na\n{{/name}}\n{{! x }}\n{{^no}}\n{{=| |=}}\nb\n|/no|\n" } } },
		{ "a comment beside text", " {{>p}}", " x\n y",
		    { { "p", "{{! c }}x\n{{! c }}y" } } },
		{ "over elements", "{{#kinds}}\n  {{>p}}\n{{/kinds}}", "  - a\n  - b\n  - none\n",
		    { { "p", "- {{.}}\n" } } },
		{ "contains itself", "{{#tree}}{{>p}}{{/tree}}", "1(2(3())4())",
		    { { "p", "{{n}}({{#kids}}{{>p}}{{/kids}})" } } },
		{ "and grows to the right", "{{#tree}}\n{{>p}}\n{{/tree}}", "1\n 2\n  3\n 4\n",
		    { { "p", "{{n}}\n{{#kids}}\n {{>p}}\n{{/kids}}\n" } } },
	};

	all_show(cases, ARRAY_LEN(cases), &root);
}

static void
dynamic(void **state UNUSED)
{
#define THREE \
	{ "a", "A" }, { "b", "B\n" }, \
	{ \
		"sub/c", "C{{which}}" \
	}
	static const struct shown cases[] = {
		{ "by the data", "{{>*which}}{{> * which }}{{>* which}}", "AAA", { THREE } },
		{ "a path", "{{>*at.which}}", "B\n", { THREE } },
		{ "the context stays", "{{>*at.deep.which}}", "Ca", { THREE } },
		{ "in a context", "{{#at}}{{>*which}}{{#deep}}{{>*which}}{{/deep}}{{/at}}",
		    "B\nCsub/c", { THREE } },
		{ "what is at hand", "{{#kinds}}{{>*.}}|{{/kinds}}", "A|B\n||", { THREE } },
		{ "no such name, no such template, no text",
		    "<{{>*x}}{{>*unknown}}{{>*at}}{{>*no}}>", "<>", { THREE } },
		{ "once only", "<{{>*star}}{{>**which}}>", "<>", { THREE } },
		{ "indented", " {{>*at.which}}\n.", " B\n.", { THREE } },
		{ "a parent", "{{<*which}}{{$x}}new{{/x}}{{/*which}} {{< * which }}{{/ * which }}",
		    "<new> <old>", { { "a", "<{{$x}}old{{/x}}>" } } },
	};
#undef THREE

	all_show(cases, ARRAY_LEN(cases), &root);
}

static void
blocks(void **state UNUSED)
{
#define LAYOUT \
	{ \
		"l", "[{{$t}}title{{/t}}|{{$b}}body {{name}}{{/b}}]" \
	}
	static const struct shown cases[] = {
		{ "a block shows its own text", "{{$x}}a {{name}}{{/x}}", "a Ada", { { 0 } } },
		{ "a parent without blocks", "{{<l}}{{/l}}", "[title|body Ada]", { LAYOUT } },
		{ "a parent that is not there", "<{{<x}}{{$t}}T{{/t}}{{/x}}>", "<>", { LAYOUT } },
		{ "one block", "{{<l}}{{$b}}B{{/b}}{{/l}}", "[title|B]", { LAYOUT } },
		{ "both, and text and comments between",
		    "{{<l}} a {{$b}}B{{/b}} b {{!c}}{{$t}}T{{/t}} c {{/l}}", "[T|B]", { LAYOUT } },
		{ "an empty one", "{{<l}}{{$b}}{{/b}}{{/l}}", "[title|]", { LAYOUT } },
		{ "one of another name", "{{<l}}{{$z}}Z{{/z}}{{/l}}", "[title|body Ada]",
		    { LAYOUT } },
		{ "names of blocks are no names of data", "{{<l}}{{$t}}{{t}}{{name}}{{/t}}{{/l}}",
		    "[Ada|body Ada]", { LAYOUT } },
		{ "two calls", "{{<l}}{{$t}}1{{/t}}{{/l}}{{<l}}{{$b}}2{{/b}}{{/l}}",
		    "[1|body Ada][title|2]", { LAYOUT } },
		{ "in the context of the block", "{{<p}}{{$x}}<{{which}}>{{/x}}{{/p}}", "<b>",
		    { { "p", "{{#at}}{{$x}}{{/x}}{{/at}}" } } },
		{ "for each element", "{{<p}}{{$x}}<{{.}}>{{/x}}{{/p}}", "<a><b><none>",
		    { { "p", "{{#kinds}}{{$x}}{{/x}}{{/kinds}}" } } },
		{ "a block twice", "{{<p}}{{$x}}new{{/x}}{{/p}}", "new new",
		    { { "p", "{{$x}}1{{/x}} {{$x}}2{{/x}}" } } },
		{ "through a partial of the parent", "{{<p}}{{$x}}new{{/x}}{{/p}}", "(new)",
		    { { "p", "({{>q}})" }, { "q", "{{$x}}old{{/x}}" } } },
		{ "three generations: the youngest decides", "{{<m}}{{$x}}young{{/x}}{{/m}}",
		    "<young|mid>",
		    { { "m", "{{<o}}{{$x}}mid{{/x}}{{$y}}mid{{/y}}{{/o}}" },
			{ "o", "<{{$x}}old{{/x}}|{{$y}}old{{/y}}>" } } },
		{ "a block in a block of a parent", "{{<m}}{{$in}}new{{/in}}{{/m}}", "<a new b>",
		    { { "m", "{{<o}}{{$x}}a {{$in}}mid{{/in}} b{{/x}}{{/o}}" },
			{ "o", "<{{$x}}{{/x}}>" } } },
		{ "a block of its own name", "{{<o}}{{$x}}a {{$x}}b{{/x}}{{/x}}{{/o}}", "<a b>",
		    { { "o", "<{{$x}}{{/x}}>" } } },
		{ "a parent in a block", "{{<o}}{{$x}}{{<l}}{{$t}}T{{/t}}{{/l}}{{/x}}{{/o}}",
		    "<[T|body Ada]>", { LAYOUT, { "o", "<{{$x}}{{/x}}>" } } },
		{ "a block around a parent", "{{<o}}{{$b}}B{{/b}}{{/o}}", "<[title|B]>",
		    { LAYOUT, { "o", "<{{$x}}{{<l}}{{/l}}{{/x}}>" } } },
		{ "delimiters change inside", "{{<l}}{{=( )=}}($t)(name)(/t)(/l)", "[Ada|body Ada]",
		    { LAYOUT } },
		{ "a section around it all",
		    "{{#at}}{{<l}}{{$t}}{{which}}{{/t}}{{/l}}{{/at}}{{^at}}x{{/at}}",
		    "[b|body Ada]", { LAYOUT } },
	};
#undef LAYOUT

	all_show(cases, ARRAY_LEN(cases), &root);
}

static void
block_lines(void **state UNUSED)
{
	static const struct shown cases[] = {
		{ "a parent leaves no line", "a\n{{<p}}\n{{/p}}\nb\n", "a\nx\nb\n",
		    { { "p", "x\n" } } },
		{ "in one line, either", "a\n {{<p}}{{/p}} \nb\n", "a\n x\nb\n",
		    { { "p", "x\n" } } },
		{ "but with text beside it", "a {{<p}}{{/p}}\n{{<p}}{{/p}} b\n", "a x\nx b\n",
		    { { "p", "x" } } },
		{ "a parent is indented", "  {{<p}}\n {{$x}}new{{/x}}\n  {{/p}}\n",
		    "  1\n  new\n  2\n", { { "p", "1\n{{$x}}old{{/x}}\n2\n" } } },
		{ "block tags leave no lines", "1\n  {{$x}}\n  2\n  {{/x}}\n3\n", "1\n  2\n3\n",
		    { { 0 } } },
		{ "a page in a layout",
		    "{{<p}}\n{{$main}}\n<h1>{{name}}</h1>\n{{#kinds}}\n<i>{{.}}</i>\n{{/kinds}}\n{{/main}}\n{{/p}}\n",
		    "<body>\n  <h1>Ada</h1>\n  <i>a</i>\n  <i>b</i>\n  <i>none</i>\n</body>\n",
		    { { "p", "<body>\n  {{$main}}\n  {{/main}}\n</body>\n" } } },
		{ "the same, indented in its file",
		    "{{<p}}\n\t{{$main}}\n\t\t<h1>\n\t\t\t{{name}}\n\t\t</h1>\n\n\t\t{{>q}}\n\t{{/main}}\n{{/p}}\n",
		    "<body>\n  <h1>\n  \tAda\n  </h1>\n  \n  q\n</body>\n",
		    { { "p", "<body>\n  {{$main}}\n  {{/main}}\n</body>\n" }, { "q", "q\n" } } },
		{ "a line with less than the others", "{{<p}}{{$x}}\n    a\n  b\n{{/x}}{{/p}}",
		    "a\nb\n", { { "p", "{{$x}}{{/x}}" } } },
		{ "tabs and blanks are not the same", "{{<p}}{{$x}}\n \ta\n  b\n{{/x}}{{/p}}",
		    "a\n b\n", { { "p", "{{$x}}{{/x}}" } } },
		{ "in a line of the parent", "{{<p}}{{$x}}\n  a\n  b\n{{/x}}{{/p}}", "- a\nb\n\n",
		    { { "p", "- {{$x}}{{/x}}\n" } } },
		{ "after blanks of the parent", "{{<p}}{{$x}}\na\nb{{/x}}{{/p}}", "  a\n  b!\n",
		    { { "p", "  {{$x}}{{/x}}!\n" } } },
		{ "a section first, and false",
		    "{{<p}}{{$x}}\n{{#no}}\na\n{{/no}}\nb\nc{{/x}}{{/p}}", "  b\n  c!\n",
		    { { "p", "  {{$x}}{{/x}}!\n" } } },
		{ "as the default is indented", "{{<p}}{{$x}}\na\n{{/x}}{{/p}}", "1\n    a\n2\n",
		    { { "p", "1\n{{$x}}\n    old\n{{/x}}\n2\n" } } },
		{ "empty lines of the default do not count", "{{<p}}{{$x}}\na\n{{/x}}{{/p}}",
		    "  a\n", { { "p", "{{$x}}\n\n \n  old\n{{/x}}\n" } } },
		{ "one behind its tag", "{{<p}}\n  {{$x}}a\n  b{{/x}}\n{{/p}}", "<a\nb>",
		    { { "p", "<{{$x}}{{/x}}>" } } },
		{ "its own blanks stay", "{{<p}}{{$x}} a {{/x}}{{/p}}", "< a >",
		    { { "p", "<{{$x}}{{/x}}>" } } },
		{ "a block in it, deeper", "{{<m}}{{$in}}\nnew\n{{/in}}{{/m}}",
		    "\ta\n\t  new\n\tb\n",
		    { { "m",
			  "{{<o}}{{$x}}\n    a\n    {{$in}}\n      mid\n    {{/in}}\n    b\n{{/x}}{{/o}}" },
			{ "o", "\t{{>o2}}" }, { "o2", "{{$x}}\n{{/x}}" } } },
	};

	all_show(cases, ARRAY_LEN(cases), &root);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(partials),
		cmocka_unit_test(dynamic),
		cmocka_unit_test(blocks),
		cmocka_unit_test(block_lines),
	};

	return cmocka_run_group_tests_name("mustache parts", tests, NULL, NULL);
}
