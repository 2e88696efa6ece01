"""grader list: the steps."""

import click

from grader.cli.places import here
from grader.course.course import bundled_course, course_root, find_course


@click.command("list")
def list_steps() -> None:
    """List the steps of the course."""
    course = find_course(here()) if course_root(here()) else bundled_course()
    for step in course.steps:
        click.echo(f"{step.number:3}  {step.title}")
