"""grader check: which submission at which step, with which options."""

import os
import re
import shlex
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.checking.options import Options
from grader.cli import startup
from grader.cli.documented import Documented
from grader.cli.places import around, has_app, here, may_be_read, own
from grader.cli.values import finite
from grader.course.course import (
    INSTALLED,
    SETTINGS,
    Course,
    Step,
    bundled_course,
    course_root,
    find_course,
    package_of,
)
from grader.report.result import ExitCode
from grader.running.options import CheckOptions
from grader.running.refused import Refused
from grader.servers.surroundings import path_of
from grader.servers.warm import WarmHost

if TYPE_CHECKING:
    from grader.running.session import Job

SOURCES = ("solution", "path", "server", "url")

# PORT as a word, neither of a shell's ($PORT, PORT=3000) nor of a program's (process.env.PORT).
_BARE_PORT = re.compile(r"""(?<![\w$.{"'%])PORT(?![\w}"'%=])""")


@click.command(cls=Documented)
@click.argument("steps", nargs=-1, metavar="[STEP]...")
@click.option("--solution", is_flag=True, help="Check the course's own solution.")
@click.option("--path", metavar="DIR", help="Check the app.py in this folder.")
@click.option(
    "--server", metavar="CMD", help="Check the server that this command starts here, or in --path."
)
@click.option("--url", metavar="URL", help="Check a server that is running already.")
@click.option(
    "--env",
    multiple=True,
    metavar="NAME[=VALUE]",
    help="Give the server this variable too; without =VALUE, with your value.",
)
@click.option("--page", is_flag=True, help="Check the step's page too, in a browser.")
@click.option("-k", "text", metavar="TEXT", help="Only checks with this text in their line or id.")
@click.option("--list", "list_only", is_flag=True, help="List the checks and run none.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--output", metavar="FILE", help="Write the JSON document into this file.")
@click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    default=Options.jobs,
    show_default=True,
    help="How many checks to run side by side; 1 also skips those that need a failed one.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0.1, 60),
    callback=lambda _context, _option, seconds: finite(seconds),
    default=Options.patience,
    show_default=True,
    help="Seconds to wait for what has not come yet.",
)
@click.option(
    "--isolation/--no-isolation",
    default=True,
    help="Keep each server's network, files and processes apart, where the system can.",
)
@click.option("-v", "--verbose", is_flag=True, help="Show the whole history of every check.")
@click.pass_obj
def check(host: WarmHost | None, /, steps: tuple[str, ...], **given: Any) -> None:
    """Check steps: 6, step6, step06 or all; without STEP, the step whose folder you are in."""
    options = CheckOptions(**given)
    with startup.imports(certificates=bool(options.url)):
        jobs = _jobs(steps, options)
        from grader.running.session import planned, run, show

        plan = planned(jobs, options, host)
    if options.list_only:
        show(plan)
        sys.exit(ExitCode.PASSED)
    sys.exit(run(plan, options, host))


def _jobs(names: tuple[str, ...], options: CheckOptions) -> "list[Job]":
    """What to check: each step with its submission. Raises CourseError and Refused."""
    from grader.running.session import Job

    _source(options)
    _output(options.output)
    _variables(options.env)
    folder = (here() / (options.path or "")).resolve()
    may_be_read(folder)
    if folder.is_file():
        raise Refused(f"--path {options.path} is a file: give the folder that it is in")
    if not folder.is_dir():
        raise Refused(f"no folder {options.path}")
    if options.server:
        _has_program(options.server, folder)
    course = _course(folder, options)
    jobs = []
    for step in _steps(course, names, folder):
        inside = not names and folder.is_relative_to(step.solution)
        elsewhere = options.path or options.server or (course.bundled and not options.solution)
        mine = folder if elsewhere else own(step, solution=options.solution, inside=inside)
        jobs.append(Job(step, mine))
    if not (options.server or options.url):
        for job in jobs:
            has_app(job.folder)
    return jobs


def _source(options: CheckOptions) -> None:
    """Refuse what names no submission, or several."""
    named = {source: getattr(options, source) for source in SOURCES}
    given = [source for source, value in named.items() if value not in (None, False)]
    if len(given) > 1 and set(given) != {"path", "server"}:
        raise Refused(f"--{given[0]} and --{given[1]} exclude each other: give one of them")
    for source in given:
        if not str(named[source]).strip():
            raise Refused(f"--{source} is empty")
    if options.server:
        try:
            shlex.split(options.server)
        except ValueError as error:
            raise Refused(f"--server {options.server!r}: {str(error).lower()}") from error
        if _BARE_PORT.search(options.server):
            raise Refused(
                f"--server {options.server!r}: the port is in the environment variable PORT: "
                "write $PORT, and the command in single quotes"
            )


def _has_program(command: str, folder: Path) -> None:
    """See that the command begins with a program that can be run: on the PATH, or from a folder."""
    name = shlex.split(command)[0]
    named = name if Path(name).name == name else str(folder / name)
    if shutil.which(named, path=path_of(os.environ)) is None:
        raise Refused(f"--server: there is no program {name!r} to run; no shell reads the command")


def _output(name: str | None) -> None:
    """Refuse a file that could not be written."""
    if name is None:
        return
    file = here() / name
    try:
        if not name.strip() or file.is_dir():
            raise Refused(f"--output {name!r} is no file")
        special = file.exists() and not file.is_file()
    except PermissionError:
        special = False
    place = file if special else file.resolve().parent
    if not os.access(place, os.W_OK):
        kind = "file" if special else "folder"
        raise Refused(f"--output: {place} is no {kind} that can be written to")


def _variables(given: tuple[str, ...]) -> None:
    """Refuse what no variable can be called."""
    for one in given:
        if not one.partition("=")[0] or "\0" in one:
            raise Refused(f"--env {one!r} names no variable")


def _course(folder: Path, options: CheckOptions) -> Course:
    """The course around the current folder; where there is none, the one of the grader.

    Nor is it one that a submission brings along, and that names a package of its own: that would
    be loaded here.
    """
    root = course_root(here())
    if root and options.path and package_of(root) != INSTALLED:
        brought = root.is_relative_to(folder) or folder.is_relative_to(root)
        if brought:
            click.echo(f"grader: {root / SETTINGS} is the submission's own: not used", err=True)
        root = None if brought else root
    return find_course(root) if root else bundled_course()


def _steps(course: Course, names: tuple[str, ...], folder: Path) -> list[Step]:
    if "all" in names:
        return list(course.steps)
    if names:
        return list(dict.fromkeys(course.find(name) for name in names))
    return [around(course, folder)]
