"""The page on codes and statuses: what each number says, and the cells in which one meets it.

Sphinx leaves numbers out of what its search looks through, except for titles and entries of the
index: so each number is an entry.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from websockets.frames import CLOSE_CODE_EXPLANATIONS

from book.reference import plain

PAGE = "reference/codes.md"

CODES = """\
# Codes and statuses

Every number with which a server or a client says how it went, as far as the notebooks meet it: the
statuses of HTTP (RFC 9110, 15), and the codes with which a WebSocket closes (RFC 6455, 7.4.1). Each
links to the cells that have it in their text, or in what they printed when this book was built.
"""

_STATUSES = {status.value: status.phrase for status in HTTPStatus}
_CLOSES = {int(code): text for code, text in CLOSE_CODE_EXPLANATIONS.items()}
# A number by itself: not in 1,000 or 10.404, and not of ms or users.
_UNITS = r"\s*(?:ms|s|seconds|bytes?|users|clients|messages|times|Mbit|%)\b"
_IN_TEXT = re.compile(rf"(?<![\w.,:/-])(\d{{3,4}})(?![\w:/-]|[.,]\d|{_UNITS})")
# Lines of an output with a status, or with a code; other lines may be about anything.
_STATUS_LINE = re.compile(r"HTTP/1|status|upgraded|^[2-5]\d\d(?: [2-5]\d\d)*$")
_CLOSE_LINE = re.compile(r"\bclos|\bcode\b|for the client")


@dataclass(frozen=True)
class Met:
    """A cell that has a number in it: the label that leads there, and what the cell is below.

    printed: the number is in its output.
    """

    label: str
    book: str
    section: str
    printed: bool


def with_labels(executed: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """The page, and the executed notebooks with a label at each cell that the page links to."""
    met: dict[int, list[Met]] = {}
    labelled = {}
    for name, text in executed.items():
        book = nbformat.reads(text, as_version=4)
        book.cells = [*_labelled(book.cells, name, met)]
        labelled[name] = nbformat.writes(book)
    return "\n".join(_lines(met)), labelled


def numbers(cell: NotebookNode) -> set[int]:
    """The statuses and codes that a cell speaks of in its text, or has printed."""
    if cell.cell_type == "markdown":
        found = {int(number) for number in _IN_TEXT.findall(cell.source)}
        return found & (_STATUSES.keys() | _CLOSES.keys())
    found = set()
    for output in cell.get("outputs", ()):
        for line in output.get("text", "").splitlines():
            known = _STATUSES.keys() if _STATUS_LINE.search(line) else set()
            known |= _CLOSES.keys() if _CLOSE_LINE.search(line) else set()
            found |= {int(number) for number in _IN_TEXT.findall(line)} & known
    return found


def _labelled(
    cells: list[NotebookNode], name: str, met: dict[int, list[Met]]
) -> Iterator[NotebookNode]:
    """The cells, a label before each that has a number; what is met where is added to `met`."""
    book, section = "", ""
    for cell in cells:
        for level, title in re.findall(r"^(#+) (.+)", cell.source, re.MULTILINE):
            if cell.cell_type == "markdown":
                book, section = (title, "") if level == "#" else (book, title)
        if here := numbers(cell):
            label = f"{name.removesuffix('.ipynb')}/{cell.id}"
            yield new_markdown_cell(f"({label})=", id=f"label-{cell.id}"[:64])
            for number in sorted(here):
                printed = cell.cell_type == "code"
                met.setdefault(number, []).append(Met(label, book, section, printed))
        yield cell


def _lines(met: Mapping[int, list[Met]]) -> Iterator[str]:
    yield CODES
    for title, known, kind in (
        ("Statuses of HTTP", _STATUSES, "status"),
        ("Codes of a WebSocket's close", _CLOSES, "close code"),
    ):
        yield f"## {title}\n"
        for number in sorted(known.keys() & met.keys()):
            yield f"```{{index}} {number}, {kind} {number}\n```\n"
            yield f"(code-{number})=\n### {number} · {plain(known[number])}\n"
            for one in dict.fromkeys(met[number]):
                where = plain(f"{one.book} › {one.section}" if one.section else one.book)
                yield f"- [{where}](#{one.label}){', printed' if one.printed else ''}"
            yield ""
