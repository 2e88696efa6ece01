"""The command line's commands: arguments in, an exit code out."""

import math
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from grader.course.course import Course, CourseError, Step, find_course
from grader.servers.warm import WarmHost

if TYPE_CHECKING:
    from grader.running.session import Job

USAGE, UNJUDGED = 2, 3  # exit codes: wrong usage, and what is needed is not here

SOURCES = ("solution", "path", "server", "url")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="make-chat", prog_name="grader")
def grader() -> None:
    """Check the steps of Make Chat with real clients.

    Exit codes: 0 all passed, 1 a check failed, 2 wrong usage, 3 the grader could not judge.
    """


@grader.command()
@click.argument("steps", nargs=-1, metavar="[STEP]...")
@click.option("--solution", is_flag=True, help="Check the course's own solution.")
@click.option("--path", metavar="DIR", help="Check the app.py in this folder.")
@click.option(
    "--server", metavar="CMD", help="Check the server that this command starts here, or in --path."
)
@click.option("--url", metavar="URL", help="Check a server that is running already.")
@click.option("--page", is_flag=True, help="Check the step's page too, in a browser.")
@click.option("-k", "text", metavar="TEXT", help="Only checks with this text in their line or id.")
@click.option("--list", "list_only", is_flag=True, help="List the checks and run none.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    default=17,
    show_default=True,
    help="How many checks to run side by side.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0.1, 60),
    callback=lambda _context, _option, seconds: _seconds(seconds),
    default=2.0,
    show_default=True,
    help="Seconds to wait for what does not come.",
)
@click.option(
    "--isolation/--no-isolation",
    default=True,
    help="Give each check a network of its own, where the system can.",
)
@click.option("-v", "--verbose", is_flag=True, help="Show the whole history of every check.")
@click.pass_obj
def check(host: WarmHost | None, /, steps: tuple[str, ...], **options: Any) -> None:
    """Check steps: 6, step6, step06 or all; without STEP, the step whose folder you are in."""
    try:
        jobs = _jobs(steps, options)
    except CourseError as error:
        stop(str(error))
    from grader.running.session import run

    sys.exit(run(jobs, options, host))


@grader.command()
@click.argument("name", required=False, metavar="[STEP]")
@click.option("--solution", is_flag=True, help="Run the course's own solution.")
@click.option("--port", type=click.IntRange(1, 65535), default=3000, show_default=True)
@click.option("--open", "page", is_flag=True, help="Open the page in the browser.")
def run(name: str | None, *, solution: bool, port: int, page: bool) -> None:
    """Run a step's server for the browser, again after every change, until Ctrl-C."""
    course = _own_course()
    try:
        step = course.find(name) if name else _around(course, _here())
    except CourseError as error:
        stop(str(error))
    inside = not name and _here().is_relative_to(step.solution)
    folder = _own(step, solution=solution, inside=inside)
    _has_app(folder)
    from grader.servers.ports import is_listened_on
    from grader.student.serve import serve

    if is_listened_on(port):
        stop(f"port {port} is taken: end what listens there, or choose another with --port")
    click.echo(f"step {step.number} · {step.title}: http://127.0.0.1:{port} until Ctrl-C")
    sys.exit(serve(folder, port, page=page))


@grader.command()
@click.argument("name", required=False, metavar="[NOTEBOOK]")
@click.option("--solution", is_flag=True, help="Check it with the course's own solutions.")
@click.option("--list", "list_only", is_flag=True, help="List notebooks, and run none.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--seed", type=int, help="Draw again what a run with this seed has tried.")
@click.option(
    "--timeout",
    type=click.FloatRange(0.1, 3600),
    callback=lambda _context, _option, seconds: _seconds(seconds),
    default=60.0,
    show_default=True,
    help="Seconds that all cells together may take.",
)
def notebook(name: str | None, **options: Any) -> None:
    """Check a notebook's exercises: 2, frames, 02_frames, or a file that is your copy of it."""
    _here()
    from grader.running.notebook import run

    try:
        sys.exit(run(name, options))
    except CourseError as error:
        stop(str(error))


@grader.command("list")
def list_steps() -> None:
    """List the steps of the course."""
    try:
        for step in find_course(_here()).steps:
            click.echo(f"{step.number:3}  {step.title}")
    except CourseError as error:
        stop(str(error))


@grader.group()
def dev() -> None:
    """Keep the course itself in order."""


@dev.command()
@click.option("--quick", is_flag=True, help="Run no server.")
def lint(*, quick: bool) -> None:
    """Hold the course against its own rules; exit code 1 where it breaks one."""
    course = _own_course()
    try:
        from grader.dev.lint import lint as violations
        from grader.dev.lint import looked_at
    except ModuleNotFoundError as error:
        stop(f"dev lint needs {error.name}: pip install --editable '.[dev]'", UNJUDGED)

    found = violations(course, quick=quick)
    for violation in found:
        click.echo(violation)
    if not found:
        click.echo(f"{looked_at(course)}: all in order")
    sys.exit(bool(found))


@dev.command()
def lessons() -> None:
    """Write the generated parts of the lessons: quoted code, diffs, the checks of each task."""
    course = _own_course()
    from grader.dev.lessons import write

    written, wrong = write(course)
    for line in (*(f"{place}: written" for place in written), *wrong):
        click.echo(line)
    sys.exit(bool(wrong))


@dev.command()
@click.argument("number", type=click.IntRange(1, 99))
@click.argument("name")
@click.option("--continues", type=int, metavar="STEP", help="Whose solution it continues; 0: none.")
def new(number: int, name: str, continues: int | None) -> None:
    """Lay out a new step, which `grader dev lint` then asks to be filled in: 16 private_rooms."""
    course = _own_course()
    from grader.dev.new import lay_out

    try:
        for file in lay_out(course, number, name, continues):
            click.echo(file.relative_to(course.root))
    except CourseError as error:
        stop(str(error))


@dev.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--author", metavar="'NAME <MAIL>'", help="Who commits.")
@click.option("--date", metavar="ISO", help="When, as 2026-01-31 or 2026-01-31T12:00:00+01:00.")
def branches(folder: Path, author: str | None, date: str | None) -> None:
    """Write the course into the git repository DIR: main, and two branches for each step."""
    course = _own_course()
    from grader.dev.branches import AUTHOR, DATE, signature, write
    from grader.dev.git import GitError

    try:
        place = (_here() / folder).resolve()
        for branch in write(course, place, signature(author or AUTHOR, date or DATE)):
            click.echo(f"{branch.commit[:10]}  {branch.name:<15}  {branch.state}")
    except (CourseError, GitError, ValueError) as error:
        stop(str(error))


@dev.command()
@click.argument("name", metavar="CASE")
@click.option(
    "--into", type=click.Path(path_type=Path), metavar="DIR", help="Unfold into this folder."
)
@click.option(
    "--fold", type=click.Path(path_type=Path), metavar="DIR", help="Write the case of this folder."
)
@click.option("--says", "sentence", metavar="TEXT", default="", help="With --fold: what is wrong.")
@click.option("--rebase", is_flag=True, help="Merge it over a solution that has changed.")
def case(name: str, into: Path | None, fold: Path | None, sentence: str, *, rebase: bool) -> None:
    """Unfold a wrong server into a folder, to run and edit: step06/list_broadcast."""
    if fold and (into or rebase):
        stop("--fold excludes --into and --rebase: fold first")
    if sentence and not fold:
        stop("--says is for --fold alone")
    root = _own_course().root
    from grader.dev.cases import editing
    from grader.dev.cases.case import CaseError
    from grader.dev.git import GitError

    try:
        if fold:
            click.echo(f"{_shown(editing.folded(root, name, _here() / fold, sentence))}: written")
        elif rebase and not into:
            file = editing.rebased(root, name)
            click.echo(f"{_shown(file)}: written" if file else f"{name} fits the solution as it is")
        else:
            place = into and (_here() / into).resolve()
            found, place = editing.unfolded(root, name, place, merged=rebase)
            click.echo(f"{found}: {found.head.sentence}")
            click.echo(f"  run   {editing.command(root, found, place)}")
            click.echo(f"  edit  {_shown(place)}")
            click.echo(f"  fold  grader dev case {found} --fold {_shown(place)}")
    except (CaseError, CourseError, GitError) as error:
        stop(str(error))


@dev.command()
@click.argument("steps", nargs=-1, metavar="[STEP]...")
@click.option("--page", is_flag=True, help="Change the page's script instead of the server.")
@click.option(
    "-k", "text", metavar="TEXT", default="", help="Only mutants with this in their name."
)
@click.option("--list", "list_only", is_flag=True, help="List the mutants and grade none.")
@click.option("--show", is_flag=True, help="Show the mutants as cases and grade none.")
@click.option("--json", "file", type=click.Path(path_type=Path), help="Write the figures here.")
@click.option("--jobs", type=click.IntRange(1, 32), default=4, show_default=True)
def mutants(
    steps: tuple[str, ...],
    text: str,
    file: Path | None,
    jobs: int,
    *,
    page: bool,
    list_only: bool,
    show: bool,
) -> None:
    """Grade the grader: change the solutions in small ways, and count what it catches.

    A run that is ended goes on where it was.
    """
    course = _own_course()
    from grader.dev.cases.case import CaseError
    from grader.dev.mutants import command

    try:
        chosen = [course.find(name) for name in steps] or list(course.steps)
        if list_only or show:
            command.tell(course, chosen, text, page=page, whole=show)
        else:
            sys.exit(command.run(course, chosen, text, jobs, file, page=page))
    except (CaseError, CourseError) as error:
        stop(str(error))


@dev.command()
def pictures() -> None:
    """Take the pictures of the lessons anew, from the real pages."""
    course = _own_course()
    from grader.dev.pictures import PictureError, take

    try:
        for file in take(course):
            click.echo(file.relative_to(course.root))
    except PictureError as error:
        stop(str(error), UNJUDGED)


def stop(text: str, code: int = USAGE) -> NoReturn:
    """Say in one line why nothing is checked, and end."""
    click.echo(f"grader: {text}", err=True)
    sys.exit(code)


def _jobs(names: tuple[str, ...], options: dict[str, Any]) -> "list[Job]":
    """What to check: each step with its submission. Raises CourseError."""
    from grader.running.session import Job

    given = [source for source in SOURCES if options[source] not in (None, False)]
    if len(given) > 1 and set(given) != {"path", "server"}:
        stop(f"--{given[0]} and --{given[1]} exclude each other: give one of them")
    for source in given:
        if not str(options[source]).strip():
            stop(f"--{source} is empty")
    if options["server"]:
        try:
            shlex.split(options["server"])
        except ValueError as error:
            stop(f"--server {options['server']!r}: {str(error).lower()}")
    folder = (_here() / (options["path"] or "")).resolve()
    if not folder.is_dir():
        stop(f"no folder {options['path']}")
    course = _course(folder)
    jobs = []
    for step in _steps(course, names, folder):
        inside = not names and folder.is_relative_to(step.solution)
        own = _own(step, solution=options["solution"], inside=inside)
        jobs.append(Job(step, own if not (options["path"] or options["server"]) else folder))
    if not (options["server"] or options["url"]):
        for job in jobs:
            _has_app(job.folder)
    return jobs


def _own(step: Step, *, solution: bool, inside: bool) -> Path:
    """The step's starter; its solution where that is asked for, or where we are in it."""
    if solution and not step.solution.is_dir():
        stop(
            f"{_shown(step.solution)} is not here, and with it the solution of step {step.number}; "
            f"among the branches of the steps it is step{step.number:02}-solution"
        )
    return step.solution if solution or inside else step.folder


def _has_app(folder: Path) -> None:
    if not (folder / "app.py").is_file():
        stop(f"{_shown(folder)} has no app.py")


def _own_course() -> Course:
    """The course around the current folder."""
    try:
        return find_course(_here())
    except CourseError as error:
        stop(str(error))


def _course(folder: Path) -> Course:
    """The course around the current folder, or else around the submission."""
    try:
        return find_course(_here())
    except CourseError:
        if folder != _here():
            return find_course(folder)
        raise


def _steps(course: Course, names: tuple[str, ...], folder: Path) -> list[Step]:
    if "all" in names:
        return list(course.steps)
    if names:
        return list(dict.fromkeys(course.find(name) for name in names))
    return [_around(course, folder)]


def _around(course: Course, folder: Path) -> Step:
    step = course.around(folder)
    if step is None:
        known = ", ".join(str(step.number) for step in course.steps)
        command = click.get_current_context().command.name
        stop(f"which step? There are {known}; write for example: grader {command} step6")
    return step


def _shown(folder: Path) -> str:
    """The folder relative to the current one, where it is inside."""
    return str(folder.relative_to(_here())) if folder.is_relative_to(_here()) else str(folder)


def _here() -> Path:
    try:
        return Path.cwd()
    except FileNotFoundError:
        stop("the current folder is gone")


def _seconds(seconds: float) -> float:
    if math.isnan(seconds):  # it is in no range, and outside of none
        raise click.BadParameter("nan is no number of seconds")
    return seconds
