"""grader dev pictures: those of the lessons."""

import click

from grader.cli.places import own_course
from grader.running.refused import Unable


@click.command()
def pictures() -> None:
    """Take the pictures of the lessons again, from the real pages."""
    course = own_course()
    from grader.dev.pictures import PictureError, take

    try:
        for file in take(course):
            click.echo(file.relative_to(course.root))
    except PictureError as error:
        raise Unable(str(error)) from error
