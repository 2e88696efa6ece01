"""The skeleton of a step: what `grader dev lint` then asks to be filled in, until it is whole."""

import re
from collections.abc import Iterator
from pathlib import Path

from grader.course.course import Course, CourseError, Step
from grader.dev import files
from grader.dev.cases import shelf
from grader.dev.lesson import SECTIONS
from grader.dev.violation import Violation, shown

TODO = "TODO:"


def lay_out(course: Course, number: int, name: str, continues: int | None = None) -> list[Path]:
    """Make starter, solution, lesson, checks and a case of a step; the files, in order.

    The code is the solution of the step that it `continues`: the last one before it unless told,
    0 for a new app. Raises CourseError where there is such a step, or a file is in the way.
    """
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name):
        raise CourseError(f"{name!r} cannot name a step: write lower-case words, as counting_users")
    if any(step.number == number for step in course.steps):
        raise CourseError(f"there is a step {number} already")
    earlier = [step for step in course.steps if step.number < number]
    before = earlier[-1] if earlier and continues is None else None
    if continues:
        before = next((step for step in earlier if step.number == continues), None)
        if before is None:
            raise CourseError(f"it cannot continue step {continues}: it is no earlier step")
    made = dict(_texts(course, number, name, before))
    in_the_way = [file for file in (*made, _solution(course, number, name)) if file.exists()]
    if in_the_way:
        raise CourseError(f"{in_the_way[0]} is there already")
    for folder in (_starter(course, number, name), _solution(course, number, name)):
        if before:
            files.write(folder, files.code(before.solution))
        else:
            folder.mkdir(parents=True)
    for file, text in made.items():
        files.write(file.parent, {file.name: text.encode()})
    return sorted([*made, _solution(course, number, name)])


def _texts(
    course: Course, number: int, name: str, before: Step | None
) -> Iterator[tuple[Path, str]]:
    title = name.replace("_", " ").capitalize()
    settings = [f"number = {number}", f'title = "{title}"']
    if (before.number if before else 0) != number - 1:
        settings.append(f"continues = {before.number if before else 0}")
    held = [*(step.number for step in course.held(before)), before.number] if before else []
    settings.append(f"holds = {held}")
    starter = _starter(course, number, name)
    yield starter / files.SETTINGS, "\n".join(settings) + "\n"
    yield starter / files.LESSON, _lesson(number, title)
    checks = _package(course, before) / "checks"
    yield (
        checks / f"step{number:02}.py",
        f'"""Step {number}, {title}: {TODO} what it is about."""\n',
    )
    yield (
        checks / f"page{number:02}.py",
        f'"""Step {number}, {title}: {TODO} what its page shows."""\n',
    )
    case = f"{TODO} one sentence that says what is wrong.\n\nmistake: none\n"
    yield shelf.file_of(course.root, f"step{number:02}/nothing_done"), case


def _lesson(number: int, title: str) -> str:
    parts = [f"# Step {number} · {title}", f"{TODO} what the student can do after this step."]
    for section in SECTIONS:
        parts.append(f"## {section}")
        if section == "Build it":
            parts += [
                f"### {n} · {TODO} the task (`app.py`)\n\n<!-- checks -->\n<!-- /checks -->"
                for n in (1, 2)
            ]
        elif section == "Hints":
            parts += [
                f"<details><summary>{n}: {TODO} where to look</summary>\n\n</details>"
                for n in (1, 2)
            ]
        elif section == "What changed":
            parts.append("<!-- diff -->\n<!-- /diff -->")
    return "\n\n".join(parts) + "\n"


def _starter(course: Course, number: int, name: str) -> Path:
    return course.root / "steps" / f"step{number:02}_{name}"


def _solution(course: Course, number: int, name: str) -> Path:
    return course.root / "solutions" / f"step{number:02}_{name}"


def _package(course: Course, before: Step | None) -> Path:
    """The folder of the package that has the course's checks."""
    package = (before or course.steps[0]).package
    folder = course.root.joinpath(*package.split("."))
    if not folder.is_dir():
        raise CourseError(f"the package {package} is not in {course.root}, so it gets no checks")
    return folder


def filled_in(course: Course) -> Iterator[Violation]:
    """Nothing of a skeleton is left: no lesson, check or case says what is still to be written."""
    skeletons = [step.folder / files.LESSON for step in course.steps]
    for package in {step.package for step in course.steps}:
        skeletons += sorted((course.root.joinpath(*package.split(".")) / "checks").glob("*.py"))
    skeletons += [shelf.file_of(course.root, name) for name in shelf.names(course.root)]
    for file in skeletons:
        for number, line in enumerate(_lines(file), 1):
            if TODO in line:
                yield Violation(shown(course, file), "it is not written yet", "write it", number)


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []  # another rule's
