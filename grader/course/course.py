"""The course: found by walking up from a folder, its steps read from their step.toml."""

import re
import sys
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

INSTALLED = "grader.makechat"  # the package of the course that the grader comes with
SETTINGS = "course.toml"


class CourseError(Exception):
    """There is no course here, or no such step, or a file of it is wrong; says how to fix it."""


@dataclass(frozen=True)
class Step:
    """One step: its number and title, and where its starter and its solution are.

    `continues` is the number of the step whose solution the starter continues; 0: a new app.
    `holds` are the numbers of the earlier steps whose contract still applies. None: a submission is
    asked for no earlier step, the course's own code for the one that it continues, and for all
    that that one holds.
    `warm` names the modules that its servers import beside those that all do: a grader that
    imports them once starts each server sooner.
    `package` has the checks of the course (see `checking.suite`).
    """

    number: int
    title: str
    folder: Path
    solution: Path
    continues: int
    holds: tuple[int, ...] | None = None
    warm: tuple[str, ...] = ()
    package: str = INSTALLED


@dataclass(frozen=True)
class Course:
    """The steps in order, and the folder that holds `steps/` and `solutions/`.

    `bundled`: it comes with the grader, and nobody works in it.
    """

    root: Path
    steps: tuple[Step, ...]
    bundled: bool = False

    def find(self, name: str) -> Step:
        """The step that a student means by `6`, `06`, `step6`, `step06` or its folder's name.

        Raises CourseError where there is none.
        """
        match = re.fullmatch(r"(?:step)?0*(\d{1,4})(_\w+)?", name.rstrip("/"))
        number = int(match[1]) if match else None
        for step in self.steps:
            if match and step.number == number and (not match[2] or step.folder.name == match[0]):
                return step
        known = ", ".join(str(step.number) for step in self.steps)
        raise CourseError(f"no step {name!r}: there are {known}; write for example step6, 6 or all")

    def before(self, step: Step) -> Step | None:
        """The step whose solution this one's starter continues; None where there is none."""
        return next((s for s in self.steps if s.number == step.continues), None)

    def held(self, step: Step) -> list[Step]:
        """The earlier steps whose contract still applies in this one, in order."""
        if step.holds is not None:
            return [s for s in self.steps if s.number in step.holds]
        before = self.before(step)
        return [*self.held(before), before] if before else []

    def around(self, folder: Path) -> Step | None:
        """The step in whose starter or solution `folder` is, or None."""
        places = [folder.resolve(), *folder.resolve().parents]
        if self.bundled:  # then it is a copy elsewhere, known by its name
            names = {place.name for place in places}
            return next((s for s in self.steps if s.folder.name in names), None)
        return next((s for s in self.steps if s.folder in places or s.solution in places), None)


def find_course(start: Path) -> Course:
    """The course whose folder is `start` or the nearest above it.

    Raises CourseError where there is none, or where its course.toml or a step.toml cannot be read.
    """
    if root := course_root(start):
        package = package_of(root)
        foreign = package.partition(".")[0] != INSTALLED.partition(".")[0]
        if foreign and str(root) not in sys.path:
            sys.path.insert(0, str(root))  # it can be imported now
        return _course(root, package)
    raise CourseError(
        f"no course here: neither {start} nor a folder above it has steps/; "
        "run grader inside your copy of the course"
    )


def course_root(start: Path) -> Path | None:
    """The folder of that course; nothing of it is read."""
    for root in (start.resolve(), *start.resolve().parents):
        if next(root.glob("steps/*/step.toml"), None):
            return root
    return None


def bundled_course() -> Course:
    """The course that comes with the grader: its own checkout, or what a wheel has of it.

    Raises CourseError where there is neither.
    """
    grader = Path(__file__).parents[1]
    for root in (grader / "makechat" / "course", grader.parent):
        if course_root(root) == root:
            return replace(_course(root, INSTALLED), bundled=True)
    raise CourseError("the grader is installed without its course: pip install it again")


def _course(root: Path, package: str) -> Course:
    files = sorted(root.glob("steps/*/step.toml"))
    steps = [replace(_read(file), package=package) for file in files]
    return Course(root, tuple(sorted(steps, key=lambda step: step.number)))


def package_of(root: Path) -> str:
    """The package that the course names. Raises CourseError."""
    file = root / SETTINGS
    if not file.exists():
        return INSTALLED
    package = _table(file, "package")["package"]
    if not isinstance(package, str) or not re.fullmatch(r"[^\W\d]\w*(\.[^\W\d]\w*)*", package):
        raise CourseError(f"{file}: package must be the name of a Python package")
    return package


def _read(file: Path) -> Step:
    folder = file.parent
    table = _table(file, "number", "title")
    number, title = table["number"], table["title"]
    if type(number) is not int or not isinstance(title, str):
        raise CourseError(f"{file}: number must be a whole number and title a string")
    continues = table.get("continues", number - 1)
    if type(continues) is not int or not 0 <= continues < number:
        raise CourseError(
            f"{file}: continues must be the number of an earlier step, or 0 for a new app"
        )
    holds = table.get("holds")
    if holds is not None:
        if not isinstance(holds, list) or not all(
            type(one) is int and 0 < one < number for one in holds
        ):
            raise CourseError(f"{file}: holds must be a list of the numbers of earlier steps")
        holds = tuple(holds)
    warm = table.get("warm", [])
    if not isinstance(warm, list) or not all(isinstance(name, str) for name in warm):
        raise CourseError(f"{file}: warm must be a list of names of modules")
    solution = folder.parent.parent / "solutions" / folder.name
    return Step(number, title, folder, solution, continues, holds, tuple(warm))


def _table(file: Path, *keys: str) -> dict[str, Any]:
    """A TOML file that has these keys. Raises CourseError."""
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CourseError(f"{file}: {error}") from error
    for key in keys:
        if key not in table:
            raise CourseError(f"{file}: {key} is missing")
    return table
