"""Python tracebacks in what a server prints, cut to the student's own files."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.result import Where

_FRAME = re.compile(r'^\s*File "(?P<file>[^"]+)", line (?P<line>\d+)(?:, in (?P<function>.+))?$')
_ERROR = re.compile(r"^(?P<error>[A-Za-z_][\w.]*)(?:: (?P<text>.*))?$")
_WARNING = re.compile(r"^(?P<file>.+?):(?P<line>\d+): (?P<kind>\w+Warning): (?P<text>.*)$")
_MARKERS = re.compile(r"^[\s^~]*$")


@dataclass(frozen=True, slots=True)
class Frame:
    """A place in the student's own files that a traceback names; `code` is the line there."""

    where: Where
    function: str
    code: str


@dataclass(frozen=True, slots=True)
class Trace:
    """One traceback: the frames in the student's files, the outermost first, and the error."""

    frames: tuple[Frame, ...]
    error: str
    text: str

    def lines(self) -> list[str]:
        """What a reader needs of it."""
        shown = []
        for frame in self.frames:
            shown.append(f"{frame.where.file}:{frame.where.line}, in {frame.function}")
            shown += [f"    {frame.code}"] if frame.code else []
        return [*shown, f"{self.error}: {self.text}" if self.text else self.error]


def tracebacks(lines: Iterable[str], folder: Path | None) -> list[Trace]:
    """Every traceback in the printed lines; `folder` is the submission's."""
    return list(_traces(iter(lines), folder)) if folder else []


def warnings(lines: Iterable[str], folder: Path | None) -> list[tuple[str, str, Where]]:
    """Every Python warning about a file of the student's: its kind, text and place."""
    found = []
    for line in lines:
        match = _WARNING.match(line)
        if match and folder and (name := _own(match["file"], folder)):
            found.append((match["kind"], match["text"], Where(name, int(match["line"]))))
    return found


def _traces(lines: Iterator[str], folder: Path) -> Iterator[Trace]:
    for line in lines:
        # A syntax error in app.py itself has no line "Traceback", only its "File …".
        if line.startswith("Traceback (most recent call last)"):
            trace = _trace(lines, None, folder)
        elif match := _FRAME.match(line):
            trace = _trace(lines, match, folder) if not match["function"] else None
        else:
            continue
        if trace:
            yield trace


def _trace(lines: Iterator[str], match: re.Match[str] | None, folder: Path) -> Trace | None:
    frames: list[Frame] = []
    while True:
        if match:
            code = ""
            after = next(lines, None)
            if after is not None and after.startswith("    ") and not _FRAME.match(after):
                code, after = after.strip(), next(lines, None)
            if name := _own(match["file"], folder):
                function = match["function"] or "the file"
                frames.append(Frame(Where(name, int(match["line"])), function, code))
        else:
            after = next(lines, None)
        while after is not None and (_MARKERS.match(after) or after.lstrip().startswith("[Prev")):
            after = next(lines, None)
        if after is None:
            return None
        match = _FRAME.match(after)
        if not match:
            error = _ERROR.match(after)
            return Trace(tuple(frames), error["error"], error["text"] or "") if error else None


def _own(file: str, folder: Path) -> str | None:
    """The file's path relative to the folder, or None where it is not inside."""
    try:
        relative = Path(file).resolve().relative_to(folder.resolve())
    except (ValueError, OSError):
        return None
    return relative.as_posix() if not relative.parts[0].startswith((".venv", "venv")) else None
