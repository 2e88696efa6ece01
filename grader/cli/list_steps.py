"""grader list: the steps."""

import click

from grader.cli.places import here
from grader.cli.stopping import stop
from grader.course.course import CourseError, find_course


@click.command("list")
def list_steps() -> None:
    """List the steps of the course."""
    try:
        for step in find_course(here()).steps:
            click.echo(f"{step.number:3}  {step.title}")
    except CourseError as error:
        stop(str(error))
