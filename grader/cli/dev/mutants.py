"""grader dev mutants: the grader's own grade."""

import sys
from pathlib import Path

import click

from grader.cli.dev.tools import authors_tools
from grader.cli.places import own_course
from grader.running.refused import Refused


@click.command()
@click.argument("steps", nargs=-1, metavar="[STEP]...")
@click.option("--page", is_flag=True, help="Change the page's script instead of the server.")
@click.option(
    "-k", "text", metavar="TEXT", default="", help="Only mutants with this in their name."
)
@click.option("--list", "list_only", is_flag=True, help="List the mutants and grade none.")
@click.option("--show", is_flag=True, help="Show the mutants as cases and grade none.")
@click.option(
    "--every", type=click.IntRange(1), default=1, show_default=True, help="A sample: one of N."
)
@click.option("--keep", is_flag=True, help="Keep the figures in the course, for README and book.")
@click.option("--json", "file", type=click.Path(path_type=Path), help="Write the figures here.")
@click.option("--jobs", type=click.IntRange(1, 32), default=4, show_default=True)
def mutants(
    steps: tuple[str, ...],
    text: str,
    file: Path | None,
    jobs: int,
    every: int,
    *,
    page: bool,
    keep: bool,
    list_only: bool,
    show: bool,
) -> None:
    """Grade the grader: change the solutions in small ways, and count what it catches.

    A run that you stop continues later where it was.
    """
    course = own_course()
    from grader.dev.cases.case import CaseError

    with authors_tools():
        from grader.dev.mutants import command

    try:
        chosen = [course.find(name) for name in steps] or list(course.steps)
        if list_only or show:
            command.tell(course, chosen, text, page=page, whole=show)
        else:
            asked = command.Asked(text, jobs, every, file, page=page, keep=keep)
            sys.exit(command.run(course, chosen, asked))
    except CaseError as error:
        raise Refused(str(error)) from error
