"""grader list: the steps."""

import click

from grader.cli.places import here
from grader.course.course import find_course


@click.command("list")
def list_steps() -> None:
    """List the steps of the course."""
    for step in find_course(here()).steps:
        click.echo(f"{step.number:3}  {step.title}")
