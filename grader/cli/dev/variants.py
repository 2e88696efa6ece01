"""grader dev variants: right servers, none of which may be refused."""

import sys

import click

from grader.cli.places import own_course
from grader.running.refused import Refused


@click.command()
@click.argument("steps", nargs=-1, metavar="[STEP]...")
@click.option("--count", type=click.IntRange(1, 10_000), default=50, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed makes others.")
@click.option("--show", is_flag=True, help="Show the variants as cases and grade none.")
@click.option("--keep", is_flag=True, help="Keep the figures in the course, for README and book.")
@click.option("--jobs", type=click.IntRange(1, 32), default=4, show_default=True)
def variants(
    steps: tuple[str, ...], count: int, seed: int, jobs: int, *, show: bool, keep: bool
) -> None:
    """Grade right servers: the solutions in other words, and tell which are refused.

    COUNT of each step. A run that you stop continues later where it was.
    """
    course = own_course()
    from grader.dev.cases.case import CaseError
    from grader.dev.variants import command

    try:
        chosen = [course.find(name) for name in steps] or command.transformable(course)
        if show:
            command.tell(chosen, count, seed)
        else:
            sys.exit(command.run(course, chosen, count, seed, jobs, keep=keep))
    except CaseError as error:
        raise Refused(str(error)) from error
