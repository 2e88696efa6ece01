"""A Node server's JavaScript, read well enough to locate handlers and emits: never to judge.

It is cut into tokens, not parsed: a call of `on` or `emit` whose first argument is a text, or a
name for one, looks the same however the rest is written. What is written in another way is not
found, and nothing is concluded from that.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from grader.explaining.tokens import PAIRS, Token
from grader.explaining.tokens import ends as closed
from grader.explaining.tokens import tokens as cut

_CONNECTING = ("connection", "connect")
_LOOPS = ("for", "while", "forEach", "map")
_DECIDES = frozenset(("if", "?", "&&", "||", "switch"))
_OF_A_BROWSER = ("document", "window", "localStorage", "sessionStorage")
_OF_A_SERVER = ("require", "process", "express", "createServer", "Server")
_ASSIGNING = ("=", "??=", "||=", "&&=")
_NO_HELPERS = ("on", "once", "emit", "log", "error", "require", "get", "of", "to", "in")


@dataclass(frozen=True, slots=True)
class Heard:
    """A call of `on`: the event, the line, and the event of the handler around it.

    That is "" for calls in the handler of a connection, where they belong.
    """

    event: str
    line: int
    inside: str
    decides: bool
    on_server: bool = False  # it is registered with the server, not with the socket of a client


@dataclass(frozen=True, slots=True)
class Said:
    """A call of `emit`: the event, the line, and whom it reaches: `to` the socket itself, a `room`,
    all others, which is `skip_sid` as python-socketio has it.
    """

    event: str
    line: int
    narrowed: tuple[str, ...]
    in_loop: bool
    inside: str  # the event of the handler that it stands in, "" where it is in none


@dataclass(slots=True)
class Script:
    """What is found in one file."""

    listeners: list[Heard] = field(default_factory=list)
    emits: list[Said] = field(default_factory=list)
    calls: list[tuple[str, int]] = field(default_factory=list)  # of methods: the name, the line
    texts: set[str] = field(default_factory=set)
    texts_beside_emits: set[str] = field(default_factory=set)  # those that no emit names its event
    namespaces: list[tuple[str, int]] = field(default_factory=list)  # as in io.of("/chat"), a line
    paths: list[tuple[str, int]] = field(default_factory=list)  # as in path: "/ws", and the line
    deletes: list[int] = field(default_factory=list)  # the lines of `delete`
    assigned: set[str] = field(default_factory=set)  # properties that are assigned
    read: list[tuple[str, int]] = field(default_factory=list)  # as in socket.username or x.rooms
    handed: set[str] = field(default_factory=set)  # texts that functions of the student's are given
    emits_unread: bool = False  # an event is emitted whose name cannot be read


@dataclass(frozen=True, slots=True)
class _Handler:
    """A call of `on` that is not over yet: where it ends, and the name of its first parameter."""

    event: str
    end: int
    parameter: str


def read_all(sources: Mapping[str, str]) -> dict[str, Script]:
    """What each file has, except those that are a page's.

    A name that stands for a text may come from another file.
    """
    tokens = {name: list(cut(source)) for name, source in sources.items()}
    servers = {name: those for name, those in tokens.items() if not _is_of_a_page(those)}
    constants = _constants(those for those in servers.values())
    return {name: _Reader(those, constants).read() for name, those in servers.items()}


def _is_of_a_page(tokens: list[Token]) -> bool:
    """Whether it is written for a browser, which has a document, and no server."""
    names = {token.code for token in tokens if token.kind == "name"}
    return not names.isdisjoint(_OF_A_BROWSER) and names.isdisjoint(_OF_A_SERVER)


def _constants(scripts: Iterable[list[Token]]) -> dict[str, str]:
    """The names, and keys of objects, that stand for one text, in whichever file."""
    found: dict[str, set[str]] = {}
    for tokens in scripts:
        for name, sign, value in zip(tokens, tokens[1:], tokens[2:], strict=False):
            if name.kind == "name" and sign.code in ("=", ":") and value.kind == "text":
                found.setdefault(name.code, set()).add(value.text)
    return {name: texts.pop() for name, texts in found.items() if len(texts) == 1}


class _Reader:
    """Goes through the tokens of one file once, and notes in `found` what begins at each."""

    def __init__(self, tokens: list[Token], constants: Mapping[str, str]) -> None:
        self.found = Script()
        self._tokens = tokens
        self._constants = constants
        self._ends = closed(tokens)
        self._servers = _servers(tokens)
        self._around: list[_Handler] = []  # the handlers that are not over yet, the inmost last
        self._loops: list[int] = []  # where the loops end that are not over yet

    def read(self) -> Script:
        for i, token in enumerate(self._tokens):
            self._around = [one for one in self._around if one.end > i]
            self._loops = [end for end in self._loops if end > i]
            if token.kind == "text":
                self._text(i)
            if token.code == "delete":
                self.found.deletes.append(token.line)
            if name := _property(self._tokens, i):
                self._uses(name, i)
            if token.kind == "name" and _is(self._tokens, i + 1, "("):
                self._call(i)
        return self.found

    def _text(self, at: int) -> None:
        token = self._tokens[at]
        before = [one.code for one in self._tokens[max(at - 2, 0) : at]]
        self.found.texts.add(token.text)
        if before != ["emit", "("]:
            self.found.texts_beside_emits.add(token.text)
        if before == ["path", ":"]:
            self.found.paths.append((token.text, token.line))

    def _uses(self, name: str, at: int) -> None:
        """A property is assigned, or read."""
        token = self._tokens[at]
        if self._tokens[at + (2 if token.code == "." else 3)].code in _ASSIGNING:
            self.found.assigned.add(name)
        elif (
            token.code == "." and at and (self._tokens[at - 1].code == "socket" or name == "rooms")
        ):
            self.found.read.append((name, token.line))

    def _call(self, at: int) -> None:
        """A function, a method or a loop, with its bracket after it."""
        token = self._tokens[at]
        if token.code in _LOOPS:
            self._loops.append(_end_of_loop(self._tokens, self._ends, at + 1))
        self.found.calls.append((token.code, token.line))
        text, after = _first_argument(self._tokens, at + 2, self._constants)
        if text is not None and token.code not in _NO_HELPERS:
            self.found.handed.add(text)
        if not (at and self._tokens[at - 1].code in (".", "?.")):
            return
        if text is None:
            self.found.emits_unread |= token.code == "emit"
        elif token.code in ("on", "once"):
            self._listens(text, at, after)
        elif token.code == "emit":
            self._emits(text, at)
        elif token.code == "of":
            self.found.namespaces.append((text, token.line))

    def _listens(self, event: str, at: int, after: int) -> None:
        end = self._ends.get(at + 1, len(self._tokens))
        inside = [one.event for one in self._around if one.event not in _CONNECTING]
        receiver = _receiver(self._tokens, at - 1)
        self.found.listeners.append(
            Heard(
                _event(event),
                self._tokens[at].line,
                inside[-1] if inside else "",
                any(one.code in _DECIDES for one in self._tokens[after:end]),
                on_server=receiver in self._servers and event not in _CONNECTING,
            )
        )
        self._around.append(_Handler(event, end, _parameter(self._tokens, after)))

    def _emits(self, event: str, at: int) -> None:
        sockets = {one.parameter for one in self._around if one.event in _CONNECTING} | {"socket"}
        narrowed = _narrowed(_receiver(self._tokens, at - 1), sockets)
        inside = _event(self._around[-1].event) if self._around else ""
        line = self._tokens[at].line
        self.found.emits.append(Said(event, line, narrowed, bool(self._loops), inside))


def _property(tokens: list[Token], at: int) -> str:
    """The name of a property, where .name or ["name"] begins; "" where none does."""
    sign, name, after, last = (*tokens[at : at + 4], *[Token("", "", 0)] * 4)[:4]
    if sign.code == "." and name.kind == "name" and after.code:
        return name.code
    whole = sign.code == "[" and name.kind == "text" and after.code == "]" and last.code
    return name.text if whole else ""


def _first_argument(
    tokens: list[Token], at: int, constants: Mapping[str, str]
) -> tuple[str | None, int]:
    """The text that a call gets first, by itself or by its name, and where the next token is.

    None where it is neither.
    """
    if at < len(tokens) and tokens[at].kind == "text":
        return tokens[at].text, at + 1
    end = at
    while end < len(tokens) and (tokens[end].kind == "name" or tokens[end].code == "."):
        end += 1
    whole = end > at and end < len(tokens) and tokens[end].code in (",", ")")
    return constants.get(tokens[end - 1].code) if whole else None, end


def _servers(tokens: list[Token]) -> list[list[str]]:
    """The names with which a handler of "connection" is registered."""
    calls = zip(tokens, tokens[1:], tokens[2:], tokens[3:], tokens[4:], strict=False)
    return [
        [name.code]
        for name, _, on, _, event in calls
        if name.kind == "name" and on.code == "on" and event.kind == "text"
        if event.text == "connection"
    ]


def _event(name: str) -> str:
    """The event as Python's servers call it: Node's "connection" is "connect" there."""
    return "connect" if name in _CONNECTING else name


def _is(tokens: list[Token], at: int, code: str) -> bool:
    return at < len(tokens) and tokens[at].code == code


def _end_of_loop(tokens: list[Token], ends: dict[int, int], at: int) -> int:
    """Where a loop ends whose bracket is at `at`: that of forEach(…) with it, that of for (…) with
    the block after it.
    """
    end = ends.get(at, len(tokens))
    return ends.get(end + 1, end) if _is(tokens, end + 1, "{") else end


def _parameter(tokens: list[Token], at: int) -> str:
    """The first parameter of the function that follows a comma, "" where it has none."""
    for token in tokens[at : at + 8]:
        if token.kind == "name" and token.code not in ("async", "function"):
            return token.code
        if token.code == ")":
            return ""
    return ""


def _receiver(tokens: list[Token], dot: int) -> list[str]:
    """The names and calls before a dot: `io`, `.to(` … as ["io", "to"]."""
    found: list[str] = []
    at = dot - 1
    depth = 0
    while at >= 0:
        token = tokens[at]
        if token.code in PAIRS.values():
            depth += 1
        elif token.code in PAIRS:
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
