"""What a rule of the course finds: where, what is wrong, and how to fix it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.course.course import Course


@dataclass(frozen=True)
class Violation:
    """One line of the linter's. `path` is relative to the course's root; `line` counts from 1."""

    path: str
    what: str
    fix: str
    line: int | None = None

    def __str__(self) -> str:
        place = self.path if self.line is None else f"{self.path}:{self.line}"
        return f"{place}: {self.what}; {self.fix}"


Rule = Callable[[Course], Iterator[Violation]]


def shown(course: Course, path: Path) -> str:
    """The path as violations show it: relative to the course's root, with slashes."""
    return path.relative_to(course.root).as_posix()
