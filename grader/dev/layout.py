"""Rules of the course's folders: what belongs in them, and what does not."""

import os
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from grader.course.course import Course
from grader.dev import files
from grader.dev.violation import Violation, shown

_PLACES = ("steps", "solutions", "static")
_INSTALLED = "node_modules"  # npm's; not ours, and not committed
_STALE = re.compile(r"\bTODO\b")


def folders(course: Course) -> Iterator[Violation]:
    """Each step has one starter and one solution, both with an app.py, and a number of its own."""
    numbers: dict[int, str] = {}
    for step in course.steps:
        place = shown(course, step.folder)
        if step.number in numbers:
            what = f"it has number {step.number}, as has {numbers[step.number]}"
            yield Violation(f"{place}/step.toml", what, "give each step its own")
        numbers[step.number] = place
        if not step.folder.name.startswith(f"step{step.number:02}_"):
            what = f"the folder of step {step.number} is called {step.folder.name}"
            yield Violation(place, what, f"let its name begin with step{step.number:02}_")
        if step.continues and course.before(step) is None:
            what = f"it continues step {step.continues}, and there is no such step"
            yield Violation(
                f"{place}/step.toml", what, "write continues = N, or continues = 0 for a new app"
            )
        known = {one.number for one in course.steps}
        for held in (one for one in step.holds or () if one not in known):
            what = f"it holds step {held}, and there is no such step"
            yield Violation(f"{place}/step.toml", what, "write holds = [N], of steps that are here")
        for folder in (step.folder, step.solution):
            if not (folder / "app.py").is_file():
                what = "app.py is missing"
                yield Violation(shown(course, folder), what, "every starter and solution has one")
    yield from _strangers(course)


def _strangers(course: Course) -> Iterator[Violation]:
    """Folders that are called as a step's, and belong to none."""
    names = {step.folder.name for step in course.steps}
    for kind in ("steps", "solutions"):
        for folder in sorted((course.root / kind).glob("step*/")):
            if folder.name not in names:
                fix = "give it a step.toml, or remove it"
                if kind == "solutions":
                    fix = "name it as its step's folder, or remove it"
                yield Violation(shown(course, folder), "it belongs to no step", fix)


def stray_files(course: Course) -> Iterator[Violation]:
    """A starter holds its lesson and code, a solution finished code; nothing else is there."""
    for step in course.steps:
        for name, file in files.every(step.folder).items():
            if not _is_code(name) and not _is_lessons(name):
                fix = "a starter is *.py, public/, README.md, step.toml and images/*.png"
                yield Violation(shown(course, file), "it is no part of a starter", fix)
        for name, file in files.every(step.solution).items():
            if not _is_code(name):
                fix = "a solution is *.py and public/ alone"
                yield Violation(shown(course, file), "it is no part of a solution", fix)


def finished(course: Course) -> Iterator[Violation]:
    """No solution leaves anything to do."""
    for step in course.steps:
        for name, content in files.code(step.solution).items():
            for number, line in enumerate((files.text(content) or "").splitlines(), 1):
                if _STALE.search(line):
                    place = shown(course, step.solution / name)
                    fix = "finish it, and remove the comment"
                    yield Violation(place, "a solution has a TODO", fix, number)


def links(course: Course) -> Iterator[Violation]:
    """No symbolic links: they break in zip files and on Windows."""
    for place in _PLACES:
        for top, inner, outer in os.walk(course.root / place):
            inner[:] = sorted(name for name in inner if name != _INSTALLED)
            for name in sorted((*inner, *outer)):
                if (path := Path(top, name)).is_symlink():
                    fix = "make it a copy: links break in zip files and on Windows"
                    yield Violation(shown(course, path), "it is a symbolic link", fix)


def _is_code(name: str) -> bool:
    path = PurePosixPath(name)
    if any(part.startswith(".") for part in path.parts) or path.suffix == ".pyc":
        return False
    return path.suffix == ".py" or path.parts[0] == "public"


def _is_lessons(name: str) -> bool:
    path = PurePosixPath(name)
    pictures = str(path.parent) == files.IMAGES and path.suffix == ".png"
    return name in (files.LESSON, files.SETTINGS) or (pictures and not path.name.startswith("."))
