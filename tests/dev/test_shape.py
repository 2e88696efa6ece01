"""Sources of one shape are one program: comments and layout alone may differ."""

import pytest

from grader.dev.shape import ShapeError, is_comment, shape

ALIKE = {
    "python": ("a.py", "def f(a):\n    return a\n", "def f( a ):  # TODO 1\n\n    return (a)\n"),
    "script": ("a.js", "f(`a ${b} c`);\n", "// TODO 1\nf(\n  `a ${b} c` /* 2 */\n);\n"),
    "page": ("a.html", "<ul><li>a b</li></ul>", "<ul>\n  <!-- TODO 1 -->\n  <li>a b</li>\n</ul>\n"),
    "style": ("a.css", "a b{top:1px}", "/* TODO 1 */\na b {\n  top: 1px\n}\n"),
}

DIFFERENT = {
    "python": ("a.py", "a = 1", "a = 2"),
    "a string's spaces": ("a.js", 'f("  ")', 'f(" ")'),
    "a template's spaces": ("a.js", "`${a} ${b}`", "`${a}  ${b}`"),
    "an operator": ("a.js", "a + b", "a - b"),
    "a line break that ends a statement": ("a.js", "{ a\nb }", "{ a(b) }"),
    "a page's text": ("a.html", "<p>a b</p>", "<p>a c</p>"),
    "an attribute": ("a.html", "<p id='a'></p>", "<p id='b'></p>"),
    "a script in a page": ("a.html", "<script>f(1)</script>", "<script>f(2)</script>"),
    "a number before its unit": ("a.css", "a{top:1px}", "a{top:2px}"),
    "a selector": ("a.css", "a b{}", "a>b{}"),
    "a style's spaces": ("a.css", 'a{content:" "}', 'a{content:"  "}'),
    "what is no program": ("a.txt", "a", "a "),
}


@pytest.mark.parametrize(("name", "one", "other"), ALIKE.values(), ids=ALIKE)
def test_comments_and_layout_make_no_difference(name: str, one: str, other: str) -> None:
    assert shape(name, one.encode()) == shape(name, other.encode())


@pytest.mark.parametrize(("name", "one", "other"), DIFFERENT.values(), ids=DIFFERENT)
def test_everything_else_does(name: str, one: str, other: str) -> None:
    assert shape(name, one.encode()) != shape(name, other.encode())


@pytest.mark.parametrize(
    ("name", "source", "line"),
    [
        ("a.py", "a = 1\ndef\n", 2),
        ("a.js", "f();\nlet = {;\n", 2),
        ("a.html", "<p>\n<b </p>\n", 2),
        ("a.css", "a {}\n}\n", 2),
    ],
)
def test_what_is_no_program_is_named_with_its_line(name: str, source: str, line: int) -> None:
    with pytest.raises(ShapeError) as failed:
        shape(name, source.encode())
    assert str(failed.value) == f"a syntax error in line {line}"


@pytest.mark.parametrize(
    ("name", "source"),
    [("a.py", "# a\n"), ("a.js", "// a\n/* b */"), ("a.html", "<!-- a -->"), ("a.css", "/* a */")],
)
def test_a_file_of_comments_is_told_from_one_with_code(name: str, source: str) -> None:
    code = {"a.py": "a", "a.js": "a", "a.html": "<p></p>", "a.css": "a{}"}[name]
    assert is_comment(name, source.encode())
    assert not is_comment(name, f"{source}\n{code}".encode())
    assert not is_comment("a.txt", source.encode())
