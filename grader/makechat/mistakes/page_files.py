"""The page's own files, as text."""

import re
from collections.abc import Iterator
from itertools import pairwise

from grader.explaining.evidence import Evidence
from grader.report.result import Where

SOCKET = "io("  # where a page makes its socket: there is the place for what it lacks
_SUBMIT = re.compile(r"""["']submit["']|onsubmit""")
_FILES = ("public/index.html", "public/index.js")


def text_of_page(e: Evidence) -> str:
    """The page's own files, one after the other."""
    return "\n".join(text for _, text in _files(e))


def naming(e: Evidence, text: str) -> Where | None:
    """The one line of the page's own files that has the text."""
    found = [
        Where(file, i)
        for file, whole in _files(e)
        for i, line in enumerate(whole.splitlines(), 1)
        if text in line
    ]
    return found[0] if len(found) == 1 else None


def submitted_without(e: Evidence, text: str) -> Where | None:
    """Where the one form is handled in whose handler the text does not stand."""
    found = []
    for file, whole in _files(e):
        lines = whole.splitlines()
        begins = [i for i, line in enumerate(lines) if _SUBMIT.search(line)]
        for i, end in pairwise((*begins, len(lines))):
            if text not in "\n".join(lines[i:end]):
                found.append(Where(file, i + 1))
    return found[0] if len(found) == 1 else None


def _files(e: Evidence) -> Iterator[tuple[str, str]]:
    """Those of the files that are there, each with its text."""
    if e.source.folder is None:
        return
    for name in _FILES:
        file = e.source.folder / name
        if file.is_file():
            yield name, file.read_text(encoding="utf-8", errors="replace")
