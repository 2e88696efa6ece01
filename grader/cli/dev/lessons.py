"""grader dev lessons: their generated parts."""

import sys

import click

from grader.cli.dev.tools import authors_tools
from grader.cli.places import own_course


@click.command()
def lessons() -> None:
    """Write the generated parts of the lessons: quoted code, diffs, the checks of each task."""
    course = own_course()
    with authors_tools():
        from grader.dev.lessons import write

    written, wrong = write(course)
    for line in (*(f"{place}: written" for place in written), *wrong):
        click.echo(line)
    sys.exit(bool(wrong))
