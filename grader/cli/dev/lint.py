"""grader dev lint: the course against its own rules."""

import sys

import click

from grader.cli.dev.tools import authors_tools
from grader.cli.places import own_course


@click.command()
@click.option("--quick", is_flag=True, help="Run no server.")
def lint(*, quick: bool) -> None:
    """Check the course against its own rules; exit code 1 if it breaks one."""
    course = own_course()
    with authors_tools():
        from grader.dev.lint import lint as violations
        from grader.dev.lint import looked_at

    found = violations(course, quick=quick)
    for violation in found:
        click.echo(violation)
    if not found:
        click.echo(f"{looked_at(course)}: all in order")
    sys.exit(bool(found))
