"""Pages that show the code that lessons and notebooks speak of, from the files themselves."""

import os
import posixpath
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from grader.course.course import Course
from grader.dev import files

INDEX = "code/index.md"

_LINK = re.compile(r"\]\((?!\w+:)([^)#\s]+)")
_LANGUAGES = {".css": "css", ".html": "html", ".js": "js", ".py": "python", ".toml": "toml"}


def pages(course: Course, others: Mapping[str, str], to: Path) -> dict[str, str]:
    """The pages by their names: the finished steps, what the notebooks import, and whatever else
    the `others` link to. `to` is the folder in which Sphinx will read them.

    Everything shown has its path in the course as its label, to which `conf` leads the links.
    """
    titles = {
        **{f"solutions/{s.folder.name}": f"Step {s.number}, finished" for s in course.steps},
        "notebooks/wire": "The modules of the notebooks",
    }
    known = (*titles, "solutions")  # the index is the page of all solutions
    for path in sorted(set(_linked(course.root, others))):
        if path not in known and not path.startswith(tuple(f"{one}/" for one in titles)):
            titles[path] = f"`{path}`"
    made = {f"code/{path}.md": _page(course.root, path, titles[path], to) for path in titles}
    return {INDEX: _index(titles), **made}


def _linked(root: Path, pages: Mapping[str, str]) -> Iterator[str]:
    """The paths in the course of what the pages link to that is no page itself, nor an image."""
    for page, text in pages.items():
        for link in _LINK.findall(text):
            path = posixpath.normpath(posixpath.join(posixpath.dirname(page), link))
            file = root / path
            is_text = file.is_file() and files.text(file.read_bytes()) is not None
            if path not in pages and (file.is_dir() or is_text):
                yield path


def _index(titles: Mapping[str, str]) -> str:
    rows = [f"| [{title}]({path}.md) | `{path}` |" for path, title in titles.items()]
    return "\n".join(
        [
            "(solutions)=",
            "# The code",
            "",
            "The finished code of each step, and what the lessons and the notebooks point at.",
            "These pages show the files of the repository as they are.",
            "",
            "| what | where |",
            "|---|---|",
            *rows,
            "",
            "```{toctree}",
            ":hidden:",
            *titles,
            "```",
            "",
        ]
    )


def _page(root: Path, path: str, title: str, to: Path) -> str:
    """A page of one file, or of all files of a folder that are text."""
    folder = (to / "code" / path).parent
    lines = [f"({path})=", f"# {title}", ""]
    if (root / path).is_file():
        return "\n".join([*lines, *_shown(root / path, folder)])
    lines += [f"The files of `{path}`.", ""]
    for name, content in files.code(root / path).items():
        if files.text(content):
            lines += [f"({path}/{name})=", f"## `{name}`", ""]
            lines += _shown(root / path / name, folder)
    return "\n".join(lines)


def _shown(file: Path, folder: Path) -> list[str]:
    """A file's text, read by Sphinx when it makes the page that is in the folder."""
    language = _LANGUAGES.get(file.suffix, "text")
    there = Path(os.path.relpath(file, folder)).as_posix()
    return [f"```{{literalinclude}} {there}", f":language: {language}", "```", ""]
