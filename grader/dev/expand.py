"""The generated parts of a lesson: quoted code, what changed, and the checks of a task."""

import difflib
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from textwrap import dedent

from grader.course.course import Course, Step
from grader.dev import files, proofs
from grader.dev.lesson import Block, Lesson

_LANGUAGES = {".css": "css", ".html": "html", ".js": "js", ".py": "python", ".toml": "toml"}
_CLOSING = ("}", ")", "]", "</")  # how the last line of a block begins that stands out again


class ExpandError(Exception):
    """A block cannot be generated: what is wrong, and how to fix it."""

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(f"{what}; {fix}")
        self.what = what
        self.fix = fix


def expand(course: Course, step: Step | None, block: Block) -> str:
    """What belongs into the block; `step` is None on a page that is no step's lesson.

    Raises ExpandError.
    """
    if block.kind == "quote":
        return quote(course, step, block.argument)
    if step is None:
        raise ExpandError(f"this page is no step's, and has a {block.kind} block", "remove it")
    return diff(course, step) if block.kind == "diff" else listed(step, block.argument)


def rewritten(course: Course, step: Step | None, lesson: Lesson) -> str:
    """The lesson's text with every block as the files say. Raises ExpandError."""
    text, end = "", 0
    for block in lesson.blocks:
        text += lesson.text[end : block.start] + expand(course, step, block)
        end = block.end
    return text + lesson.text[end:]


def quote(course: Course, step: Step | None, argument: str) -> str:
    """The lines that `FILE: FIRST … LAST` names, in a fence; FILE: see `_source`.

    From the one line with FIRST in it: up to the next with LAST in it; with "…" and no LAST, as
    far as what it begins is indented; with FIRST alone, that line. Raises ExpandError.
    """
    name, lines, span = located(course, step, argument)
    quoted = dedent("\n".join(lines[span.start : span.stop]))
    return _fenced(quoted, _LANGUAGES.get(PurePosixPath(name).suffix, ""))


def located(course: Course, step: Step | None, argument: str) -> tuple[str, list[str], range]:
    """The file that a quote names, its lines, and which of them are quoted. Raises ExpandError."""
    name, colon, text = argument.partition(": ")
    if not colon:
        raise ExpandError("this quote names no line", "write <!-- quote FILE: FIRST … LAST -->")
    try:
        lines = _source(course, step, name).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ExpandError(f"{name} cannot be quoted", "name a text file that is there") from error
    first, more, last = (part.strip() for part in text.partition(" …"))
    found = [i for i, line in enumerate(lines) if first in line]
    if len(found) != 1:
        count = f"{len(found)} lines of {name} have" if found else f"no line of {name} has"
        raise ExpandError(f"{count} {first!r}", "quote a text that one line has")
    start = found[0]
    end = start
    if last:
        after = (i for i in range(start, len(lines)) if last in lines[i])
        end = next(after, -1)
        if end < 0:
            what = f"no line of {name} from line {start + 1} on has {last!r}"
            raise ExpandError(what, "end the quote with a text that is there")
    elif more:
        end = _end_of_block(lines, start)
    return name, lines, range(start, end + 1)


def diff(course: Course, step: Step) -> str:
    """What the step's solution changes, file by file, folded.

    Against the solution that the step continues; in a new app, against its starter.
    """
    before = course.before(step)
    old = files.code(before.solution if before else step.folder)
    new = files.code(step.solution)
    since = f"Since step {before.number}" if before else "Since the starter"
    changes = [(n, list(_changes(n, old, new))) for n in sorted(old.keys() | new.keys())]
    changes = [(name, lines) for name, lines in changes if lines]
    lines = [line for _, changed in changes for line in changed]
    added, removed = (sum(line.startswith(sign) for line in lines) for sign in "+-")
    parts = [f"<summary>{since}: {added} lines added, {removed} removed</summary>\n"]
    for name, changed in changes:
        state = "" if name in old and name in new else " (new)" if name in new else " (gone)"
        parts.append(f"`{name}`{state}\n\n" + _fenced("\n".join(changed), "diff"))
    return "<details>\n" + "\n".join(parts) + "\n</details>\n"


def listed(step: Step, argument: str) -> str:
    """The titles of the checks whose ids the argument has. Raises ExpandError."""
    known = {proof.check.id: proof for proof in proofs.of_step(step)}
    titles = []
    for name in argument.split():
        if name not in known:
            fix = f"grader check {step.number} --list shows them"
            raise ExpandError(f"step {step.number} has no check {name}", fix)
        where = " (in the browser)" if known[name].in_browser else ""
        titles.append(f"- ✓ {known[name].check.title}{where}\n")
    return "*Proved by*\n\n" + "".join(titles)


def _source(course: Course, step: Step | None, name: str) -> Path:
    """solution/… and starter/… are the step's; other names begin at the course's root."""
    kind, _, rest = name.partition("/")
    if step is not None and kind in ("solution", "starter"):
        return (step.solution if kind == "solution" else step.folder) / rest
    return course.root / name


def _end_of_block(lines: list[str], start: int) -> int:
    """The last line of what the line at `start` begins, by its indentation."""
    margin = _margin(lines[start])
    end = start
    for i in range(start + 1, len(lines)):
        if not lines[i].strip():
            continue
        if _margin(lines[i]) <= margin:
            closes = _margin(lines[i]) == margin and lines[i].lstrip().startswith(_CLOSING)
            return i if closes else end
        end = i
    return end


def _margin(line: str) -> int:
    return len(line) - len(line.lstrip())


def _changes(name: str, old: dict[str, bytes], new: dict[str, bytes]) -> Iterator[str]:
    """The lines of a unified diff of one file without its head; none where it is no text."""
    texts = [files.text(tree.get(name, b"")) for tree in (old, new)]
    if None not in texts:
        before, after = (str(text).splitlines() for text in texts)
        yield from list(difflib.unified_diff(before, after, lineterm=""))[2:]


def _fenced(text: str, language: str) -> str:
    """The text as a code block, in a fence longer than any in it."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}\n"
