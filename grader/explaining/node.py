"""The errors of Node in what a server prints, cut to the student's own files.

Node prints the line that failed, the error, and the functions that were being run, the innermost
first; most of those are its own.
"""

import re
from collections.abc import Callable, Iterator, Sequence

from grader.explaining.frames import Frame, Trace
from grader.report.result import Where

_ERROR = re.compile(r"^(?:Uncaught )?(?P<error>\w*Error)(?: \[\w+\])?: (?P<text>.*)$")
_CALL = re.compile(
    r"^ {4}at (?:(?:async )?(?P<function>.+) \()?(?:file://)?(?P<file>/[^()]+?):(?P<line>\d+):\d+\)?$"
)
_HEAD = re.compile(r"^(?:file://)?(?P<file>/.+?):(?P<line>\d+)$")
_BEFORE = 8  # lines above the error in which it may say where it came about
_BETWEEN = 12  # lines between the error and the first function

Own = Callable[[str], str | None]


def node_errors(lines: Sequence[str], own: Own) -> Iterator[Trace]:
    """Every error that Node printed; `own` gives the path of a file in the submission, or None."""
    for at, line in enumerate(lines):
        error = _ERROR.match(line)
        calls = error and [*_calls(lines[at + 1 :])]
        if not error or not calls:
            continue
        frames = [*_frames(calls, own)][::-1]
        head = _head(lines[max(0, at - _BEFORE) : at], own)
        if head and frames and frames[-1].where == head.where:
            frames[-1] = Frame(head.where, frames[-1].function, head.code)
        elif head:
            frames.append(head)
        yield Trace(tuple(frames), error["error"], error["text"])


def _calls(lines: Sequence[str]) -> Iterator[str]:
    """The functions of a stack, which begin a few lines after the error."""
    begun = False
    for number, line in enumerate(lines):
        if line.startswith("    at "):
            begun = True
            yield line
        elif begun or number == _BETWEEN:
            return


def _frames(calls: Sequence[str], own: Own) -> Iterator[Frame]:
    for call in calls:
        match = _CALL.match(call)
        if match and (name := own(match["file"])):
            yield Frame(Where(name, int(match["line"])), match["function"] or "the file", "")


def _head(lines: Sequence[str], own: Own) -> Frame | None:
    """What stands above the error: the file and line that failed, and the line's text."""
    for match, code in zip(map(_HEAD.match, lines), (*lines[1:], ""), strict=False):
        if match and (name := own(match["file"])):
            return Frame(Where(name, int(match["line"])), "the file", code.strip())
    return None
