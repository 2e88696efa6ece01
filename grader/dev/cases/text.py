"""A case as text, which people read and write.

    The list of online users is broadcast instead of sent to the user who asked.

    mistake: answered-to-all
    unlike: list_to_others

    change chat.py
    -        await sio.emit("get online users", online_users, to=sid)
    +        await sio.emit("get online users", online_users)

    report
      ✗ only the one who asks gets the list of online users            0 of 2 points
      …

The sentence says what is wrong. The lines after it are the head: `grader.dev.cases.case.Head` says
what they mean. Then come the changes to the solution, and last the report, which the tests write
(`pytest --rewrite`). `change FILE` has hunks, with a line `@@` between two of them
(`grader.dev.cases.hunks`); `new FILE` has the lines of a new file, each with a `+` before it;
`remove FILE` has none.
"""

import re
import textwrap
from pathlib import PurePosixPath
from typing import NoReturn

from grader.dev.cases.case import (
    Case,
    CaseError,
    Change,
    Edit,
    Head,
    NewFile,
    RemovedFile,
)
from grader.dev.cases.hunks import ADDED, KEPT, REMOVED, Hunk

NONE = "none"
_WIDTH = 100
_SECTION = re.compile(r"(change|new|remove) (.+)|report")
_KEYS = ("step", "mistake", "unlike", "page", "whole", "unsteady")
_BETWEEN = "@@"


def parse(text: str, kind: str, name: str) -> Case:
    """The case that stands in the text. Raises CaseError."""
    return _Parser(text, f"{kind}/{name}.case").case(kind, name)


def write(case: Case) -> str:
    """The text of the case."""
    parts = [textwrap.fill(case.head.sentence, _WIDTH, break_on_hyphens=False), _head(case.head)]
    parts += map(_change, case.changes)
    if case.report:
        parts.append(f"report\n{case.report.rstrip()}")
    return "\n\n".join(parts) + "\n"


def _head(head: Head) -> str:
    lines = [f"step: {head.step}"] if head.step else []
    lines.append(f"mistake: {', '.join(head.mistakes) or NONE}")
    if head.unlike:
        lines.append(f"unlike: {', '.join(head.unlike)}")
    lines += [f"{key}: yes" for key in ("page", "whole") if getattr(head, key)]
    if head.unsteady:
        lines.append(f"unsteady: {', '.join(head.unsteady)}")
    return "\n".join(lines)


def _change(change: Change) -> str:
    if isinstance(change, RemovedFile):
        return f"remove {change.path}"
    if isinstance(change, NewFile):
        lines = change.text.split("\n")[:-1]
        return "\n".join([f"new {change.path}", *(ADDED + line for line in lines)])
    return f"change {change.path}\n" + f"\n{_BETWEEN}\n".join(map(_hunk, change.hunks))


def _hunk(hunk: Hunk) -> str:
    """Its lines. An empty line of the solution is left empty here too, except the last line."""
    *lines, last = hunk.lines
    return "\n".join(["" if line == KEPT else line for line in lines] + [last])


class _Parser:
    def __init__(self, text: str, place: str) -> None:
        self._lines = text.replace("\r\n", "\n").split("\n")
        self._place = place
        self._at = 0  # of the line that is read next

    def case(self, kind: str, name: str) -> Case:
        head = self._read_head()
        found: list[Change] = []
        report = ""
        while self._at < len(self._lines):
            if not self._lines[self._at]:
                self._at += 1
                continue
            section = _SECTION.fullmatch(self._lines[self._at])
            if section is None:
                self._wrong("“change FILE”, “new FILE”, “remove FILE” or “report” should be here")
            if section[0] == "report":
                report = "\n".join(self._lines[self._at + 1 :]).rstrip() + "\n"
                break
            if any(section[2] == change.path for change in found):
                self._wrong(f"{section[2]} is changed twice: put it under one line")
            found.append(self._change(section[1], section[2]))
        if not found:
            self._wrong("it changes nothing; write “change FILE” and what to search and replace")
        return Case(kind, name, head, tuple(found), report)

    def _wrong(self, what: str, line: int | None = None) -> NoReturn:
        number = min(self._at if line is None else line, len(self._lines) - 1) + 1
        raise CaseError(f"{self._place}:{number}: {what}")

    def _read_head(self) -> Head:
        sentence = " ".join(self._paragraph())
        if not sentence or re.match(rf"({'|'.join(_KEYS)}):|{_SECTION.pattern}$", sentence):
            self._wrong("the sentence that says what is wrong should be here", 0)
        if not sentence.endswith("."):
            self._wrong("the sentence that says what is wrong should end with a full stop", 0)
        while self._at < len(self._lines) and not self._lines[self._at]:
            self._at += 1
        start = self._at
        found: dict[str, str] = {}
        for number, line in enumerate(self._paragraph(), start):
            key, colon, value = line.partition(":")
            if not colon or key not in _KEYS or not value.strip():
                known = ", ".join(_KEYS)
                self._wrong(f"“{line}” is no line of a head; there are {known}", number)
            if key in found:
                self._wrong(f"“{key}” is said twice", number)
            if key in ("page", "whole") and value.strip() != "yes":
                self._wrong(f"“{key}” is yes, or left out", number)
            if key == "step" and not value.strip().isdecimal():
                self._wrong("“step” is a number", number)
            found[key] = value.strip()
        if "mistake" not in found:
            self._wrong("the head names no mistake; write “mistake: ID”, or “mistake: none”", start)
        mistakes = _listed(found["mistake"])
        return Head(
            sentence,
            int(found.get("step", "0")),
            () if mistakes == (NONE,) else mistakes,
            _listed(found.get("unlike", "")),
            "page" in found,
            "whole" in found,
            _listed(found.get("unsteady", "")),
        )

    def _paragraph(self) -> list[str]:
        """The lines up to an empty one, or to the end; `_at` moves along as they are taken."""
        lines = []
        while self._at < len(self._lines) and self._lines[self._at]:
            lines.append(self._lines[self._at])
            self._at += 1
        return lines

    def _change(self, verb: str, path: str) -> Change:
        parts = PurePosixPath(path).parts
        if path != "/".join(parts) or ".." in parts or path.startswith("/"):
            self._wrong(f"“{path}” is no path inside the solution")
        start = self._at
        self._at += 1
        lines = self._body()
        if verb == "remove":
            if any(line for _, line in lines):
                self._wrong("after “remove FILE” comes nothing", start)
            return RemovedFile(path)
        while lines and not lines[-1][1]:
            lines.pop()
        if verb == "new":
            for number, line in lines:
                if line[:1] != ADDED:
                    self._wrong("each line of a new file begins with +", number)
            return NewFile(path, "".join(f"{line[1:]}\n" for _, line in lines))
        return Edit(path, self._hunks(lines, start))

    def _body(self) -> list[tuple[int, str]]:
        """The lines of a section with their numbers, up to the next section's."""
        lines = []
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if _SECTION.fullmatch(line):
                break
            if line and line[0] not in (KEPT, REMOVED, ADDED) and line != _BETWEEN:
                self._wrong("a line of a change begins with a space, - or +")
            lines.append((self._at, line))
            self._at += 1
        return lines

    def _hunks(self, lines: list[tuple[int, str]], start: int) -> tuple[Hunk, ...]:
        found: list[Hunk] = []
        block: list[str] = []
        first = start + 1
        for number, line in [*lines, (self._at, _BETWEEN)]:
            if line != _BETWEEN:
                block.append(line or KEPT)
                continue
            if not any(one[0] in (REMOVED, ADDED) for one in block):
                self._wrong("nothing is changed here: no line begins with - or +", first)
            if all(one[0] == ADDED for one in block):
                self._wrong("nothing to search: add a line of the solution, after a space", first)
            found.append(Hunk(tuple(block)))
            block, first = [], number + 1
        return tuple(found)


def _listed(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())
