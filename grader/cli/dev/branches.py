"""grader dev branches: the course as a git repository for a class."""

from pathlib import Path

import click

from grader.cli.places import here, own_course
from grader.running.refused import Refused


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--author", metavar="'NAME <MAIL>'", help="Who commits.")
@click.option("--date", metavar="ISO", help="When, as 2026-01-31 or 2026-01-31T12:00:00+01:00.")
def branches(folder: Path, author: str | None, date: str | None) -> None:
    """Write the course into the git repository DIR: main, and two branches for each step."""
    course = own_course()
    from grader.dev.branches import AUTHOR, DATE, signature, write
    from grader.dev.git import GitError

    try:
        place = (here() / folder).resolve()
        for branch in write(course, place, signature(author or AUTHOR, date or DATE)):
            click.echo(f"{branch.commit[:10]}  {branch.name:<15}  {branch.state}")
    except (GitError, ValueError) as error:
        raise Refused(str(error)) from error
