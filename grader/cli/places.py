"""Where a command is, and which course, step and submission that means."""

import os
from pathlib import Path

import click

from grader.course.course import Course, Step, find_course
from grader.running.refused import Refused


def here() -> Path:
    try:
        return Path.cwd()
    except FileNotFoundError:
        raise Refused("the current folder is gone") from None


def shown(folder: Path) -> str:
    """The folder relative to the current one, where it is inside."""
    return str(folder.relative_to(here())) if folder.is_relative_to(here()) else str(folder)


def own_course() -> Course:
    """The course around the current folder. Raises CourseError."""
    return find_course(here())


def around(course: Course, folder: Path) -> Step:
    step = course.around(folder)
    if step is None:
        known = ", ".join(str(step.number) for step in course.steps)
        command = click.get_current_context().command.name
        raise Refused(f"which step? There are {known}; write for example: grader {command} step6")
    return step


def own(step: Step, *, solution: bool, inside: bool) -> Path:
    """The step's starter; its solution where that is asked for, or where we are in it."""
    if solution and not step.solution.is_dir():
        raise Refused(
            f"{shown(step.solution)} is not here, so there is no solution of step {step.number}; "
            f"among the branches of the steps it is step{step.number:02}-solution"
        )
    return step.solution if solution or inside else step.folder


def may_be_read(place: Path) -> None:
    """Raises Refused where a file or a folder may not be read by who runs this."""
    try:
        readable = not place.exists() or os.access(place, os.R_OK | os.X_OK * place.is_dir())
    except PermissionError:
        readable = False
    if not readable:
        raise Refused(f"{shown(place)} may not be read")


def has_app(folder: Path) -> None:
    """Raises Refused where it has none."""
    may_be_read(folder)
    if not (folder / "app.py").is_file():
        name = f"the current folder, {folder}," if folder == here() else shown(folder)
        raise Refused(f"{name} has no app.py")
    for file in sorted(folder.glob("*.py")):
        may_be_read(file)
