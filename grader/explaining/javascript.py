"""A Node server's JavaScript, read well enough to locate handlers and emits: never to judge.

It is cut into tokens, not parsed: a call of `on` or `emit` whose first argument is a text looks the
same however the rest is written. What is written in another way is not found, and nothing is
concluded from that.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r"""
      (?P<space>\s+ | //[^\n]* | /\*.*?\*/ )
    | (?P<text>"(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' | `(?:\\.|[^`\\])*` )
    | (?P<name>[\w$]+ )
    | (?P<sign>=> | \?\. | \.\.\. | && | \|\| | . )
    """,
    re.VERBOSE | re.DOTALL,
)
_REGEX = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+/\w*")
_PAIRS = {"(": ")", "[": "]", "{": "}"}
_CONNECTING = ("connection", "connect")
_LOOPS = ("for", "while", "forEach", "map")
_DECIDES = frozenset(("if", "?", "&&", "||", "switch"))


@dataclass(frozen=True, slots=True)
class Heard:
    """A call of `on`: the event, the line, and the event of the handler that it stands in, which is
    "" for those in the handler of a connection, where they belong.
    """

    event: str
    line: int
    inside: str
    decides: bool


@dataclass(frozen=True, slots=True)
class Said:
    """A call of `emit`: the event, the line, and whom it reaches: `to` the socket itself, a `room`,
    all others, which is `skip_sid` as python-socketio has it.
    """

    event: str
    line: int
    narrowed: tuple[str, ...]
    in_loop: bool


@dataclass(slots=True)
class Script:
    """What is found in one file."""

    listeners: list[Heard] = field(default_factory=list)
    emits: list[Said] = field(default_factory=list)
    calls: list[tuple[str, int]] = field(default_factory=list)  # of methods: the name, the line
    texts: set[str] = field(default_factory=set)
    namespaces: list[tuple[str, int]] = field(default_factory=list)  # as in io.of("/chat"), a line
    paths: list[tuple[str, int]] = field(default_factory=list)  # as in path: "/ws", and the line


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    code: str
    line: int

    @property
    def text(self) -> str:
        """What a literal says; of a template, only one that nothing is put into."""
        return re.sub(r"\\(.)", r"\1", self.code[1:-1])


@dataclass(frozen=True, slots=True)
class _Handler:
    """A call of `on` that is not over yet: where it ends, and the name of its first parameter."""

    event: str
    end: int
    parameter: str


def read(source: str) -> Script:
    """What the text of a file has, as far as it can be read."""
    tokens = list(_tokens(source))
    ends = _ends(tokens)
    found = Script()
    around: list[_Handler] = []
    loops: list[int] = []  # where the loops end that are not over yet
    for i, token in enumerate(tokens):
        around = [one for one in around if one.end > i]
        loops = [end for end in loops if end > i]
        if token.kind == "text":
            found.texts.add(token.text)
            if i > 1 and (tokens[i - 2].code, tokens[i - 1].code) == ("path", ":"):
                found.paths.append((token.text, token.line))
        if token.code in _LOOPS and _is(tokens, i + 1, "("):
            loops.append(_end_of_loop(tokens, ends, i + 1))
        if token.kind != "name" or not _is(tokens, i + 1, "("):
            continue
        found.calls.append((token.code, token.line))
        first = tokens[i + 2] if i + 2 < len(tokens) else None
        if first is None or first.kind != "text" or not (i and tokens[i - 1].code in (".", "?.")):
            continue
        end = ends.get(i + 1, len(tokens))
        if token.code in ("on", "once"):
            inside = [one.event for one in around if one.event not in _CONNECTING]
            decides = any(one.code in _DECIDES for one in tokens[i + 3 : end])
            found.listeners.append(
                Heard(_event(first.text), token.line, inside[-1] if inside else "", decides)
            )
            around = [*around, _Handler(first.text, end, _parameter(tokens, i + 3))]
        elif token.code == "emit":
            sockets = {one.parameter for one in around if one.event in _CONNECTING} | {"socket"}
            narrowed = _narrowed(_receiver(tokens, i - 1), sockets)
            found.emits.append(Said(first.text, token.line, narrowed, bool(loops)))
        elif token.code == "of":
            found.namespaces.append((first.text, token.line))
    return found


def _event(name: str) -> str:
    """The event as Python's servers call it: Node's "connection" is "connect" there."""
    return "connect" if name in _CONNECTING else name


def _tokens(source: str) -> Iterator[_Token]:
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
            yield _Token(kind, match[0], line)
            before = match[0]
        line += match[0].count("\n")
        at = match.end()


def _ends(tokens: list[_Token]) -> dict[int, int]:
    """Where each bracket is closed."""
    found: dict[int, int] = {}
    open_ones: list[int] = []
    for i, token in enumerate(tokens):
        if token.kind == "sign" and token.code in _PAIRS:
            open_ones.append(i)
        elif token.kind == "sign" and token.code in _PAIRS.values() and open_ones:
            found[open_ones.pop()] = i
    return found


def _is(tokens: list[_Token], at: int, code: str) -> bool:
    return at < len(tokens) and tokens[at].code == code


def _end_of_loop(tokens: list[_Token], ends: dict[int, int], at: int) -> int:
    """Where a loop ends whose bracket is at `at`: that of forEach(…) with it, that of for (…) with
    the block after it.
    """
    end = ends.get(at, len(tokens))
    return ends.get(end + 1, end) if _is(tokens, end + 1, "{") else end


def _parameter(tokens: list[_Token], at: int) -> str:
    """The first parameter of the function that follows a comma, "" where it has none."""
    for token in tokens[at : at + 8]:
        if token.kind == "name" and token.code not in ("async", "function"):
            return token.code
        if token.code == ")":
            return ""
    return ""


def _receiver(tokens: list[_Token], dot: int) -> list[str]:
    """The names and calls before a dot: `io`, `.to(` … as ["io", "to"]."""
    found: list[str] = []
    at = dot - 1
    depth = 0
    while at >= 0:
        token = tokens[at]
        if token.code in _PAIRS.values():
            depth += 1
        elif token.code in _PAIRS:
            depth -= 1
            if depth < 0:
                break
        elif depth == 0:
            if token.kind == "name" and (not found or tokens[at + 1].code in (".", "?.", "(")):
                found.insert(0, token.code)
            elif token.code not in (".", "?."):
                break
            if token.kind == "name" and not (at and tokens[at - 1].code in (".", "?.")):
                break
        at -= 1
    return found


def _narrowed(receiver: list[str], sockets: set[str]) -> tuple[str, ...]:
    """Whom an emit reaches, in the words of python-socketio."""
    own = bool(receiver) and receiver[0] in sockets
    room = any(one in ("to", "in", "get") for one in receiver[1:])  # io.sockets.sockets.get(id)
    skips = "except" in receiver or (own and (room or "broadcast" in receiver))
    if own and not skips:
        return ("to",)
    return (*(("room",) if room else ()), *(("skip_sid",) if skips else ()))
