"""JavaScript, cut into tokens: names, texts, and signs, each with its line.

It is cut, not parsed; what stands after a comment without its end is left out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
      (?P<space>\s+ | //[^\n]* | /\*.*?\*/ )
    | (?P<text>"(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' | `(?:\\.|[^`\\])*` )
    | (?P<name>[\w$]+ )
    | (?P<sign>=> | ={2,3} | \?\?= | &&= | \|\|= | \?\. | \.\.\. | && | \|\| | . )
    """,
    re.VERBOSE | re.DOTALL,
)
_REGEX = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+/\w*")
PAIRS = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True, slots=True)
class Token:
    """A `kind` of name, text, sign or regex; the code as it is written, and its line."""

    kind: str
    code: str
    line: int

    @property
    def text(self) -> str:
        """What a literal says; of a template, only one that nothing is put into."""
        return re.sub(r"\\(.)", r"\1", self.code[1:-1])


def tokens(source: str) -> Iterator[Token]:
    """The tokens of a file, as far as it can be cut; a comment is none."""
    at, line = 0, 1
    before = ""
    while at < len(source):
        match = None
        value = before and (before[-1].isalnum() or before[-1] in "_$)]\"'`")
        if source[at] == "/" and source[at + 1 : at + 2] not in ("/", "*") and not value:
            match = _REGEX.match(source, at)
        match = match or _TOKEN.match(source, at)
        if match is None:  # a comment without its end
            return
        kind = match.lastgroup or "regex"
        if kind != "space":
            yield Token(kind, match[0], line)
            before = match[0]
        line += match[0].count("\n")
        at = match.end()


def ends(tokens: list[Token]) -> dict[int, int]:
    """Where each bracket is closed."""
    found: dict[int, int] = {}
    open_ones: list[int] = []
    for i, token in enumerate(tokens):
        if token.kind == "sign" and token.code in PAIRS:
            open_ones.append(i)
        elif token.kind == "sign" and token.code in PAIRS.values() and open_ones:
            found[open_ones.pop()] = i
    return found
