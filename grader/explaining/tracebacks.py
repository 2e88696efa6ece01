"""Tracebacks in what a server prints, cut to the student's own files."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from grader.explaining.frames import Frame, Trace
from grader.explaining.node import node_errors
from grader.report.result import Where

_BEGINS = "Traceback (most recent call last)"
_FRAME = re.compile(r'^  File "(?P<file>[^"]+)", line (?P<line>\d+)(?:, in (?P<function>.+))?$')
_ERROR = re.compile(r"^(?P<error>[^\W\d][\w.<>]*)(?:: (?P<text>.*))?$")
_CHAINED = re.compile(  # what Python prints between two tracebacks, the second of which went on
    r"^(During handling of the above exception|The above exception was the direct cause)"
)
_WARNING = re.compile(r"^(?P<file>.+?):(?P<line>\d+): (?P<kind>\w+Warning): (?P<text>.*)$")


def tracebacks(lines: Iterable[str], folder: Path | None) -> list[Trace]:
    """Every traceback in the printed lines; `folder` is the submission's.

    Of an exception that came of handling another one, only its own, if it is the student's. Where
    there is none of Python's, those of Node.
    """
    if folder is None:
        return []
    found: list[Trace] = []
    printed = list(lines)
    for trace, chained in _traces(printed, folder):
        if chained and found and trace.frames:
            found.pop()
        found.append(trace)
    return found or [*node_errors(printed, lambda file: _own(file, folder))]


def warnings(lines: Iterable[str], folder: Path | None) -> list[tuple[str, str, Where]]:
    """Every Python warning about a file of the student's: its kind, text and place."""
    found = []
    for line in lines:
        match = _WARNING.match(line)
        if match and folder and (name := _own(match["file"], folder)):
            found.append((match["kind"], match["text"], Where(name, int(match["line"]))))
    return found


def _traces(lines: list[str], folder: Path) -> Iterator[tuple[Trace, bool]]:
    """Each traceback, and whether it came of the one before."""
    at, chained = 0, False
    while at < len(lines):
        # A syntax error in app.py itself has no line "Traceback", only its "File …".
        frame = _FRAME.match(lines[at])
        # It may stand after a prompt, which has no line of its own.
        if (frame and not frame["function"]) or lines[at].endswith(_BEGINS + ":"):
            end = at + 1
            while end < len(lines) and (not lines[end].strip() or lines[end].startswith(" ")):
                end += 1
            error = _ERROR.match(lines[end]) if end < len(lines) else None
            if error:
                frames = tuple(_frames(lines[at:end], folder))
                yield Trace(frames, error["error"], error["text"] or ""), chained
                at, chained = end, False
        elif _CHAINED.match(lines[at]):
            chained = True
        at += 1


def _frames(lines: list[str], folder: Path) -> Iterator[Frame]:
    for line, after in zip(lines, (*lines[1:], ""), strict=True):
        frame = _FRAME.match(line)
        if frame and (name := _own(frame["file"], folder)):
            code = after.strip() if after.startswith("    ") else ""
            where = Where(name, int(frame["line"]))
            yield Frame(where, frame["function"] or "the file", code)


def _own(file: str, folder: Path) -> str | None:
    """The file's path relative to the folder, or None where it is not inside.

    Python names what has no file `<string>` or the like, and its server runs in the folder.
    """
    if file.startswith("<"):
        return None
    try:
        relative = (folder / file).resolve().relative_to(folder.resolve())
    except (ValueError, OSError, RuntimeError):  # no path, none inside, a loop of links
        return None
    folders = relative.parts[:-1]
    if not relative.name or {"site-packages", "node_modules"}.intersection(folders):
        return None
    return None if folders and folders[0].startswith((".venv", "venv")) else relative.as_posix()
