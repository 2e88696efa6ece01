"""grader dev new: a step laid out, to be filled."""

import click

from grader.cli.places import own_course


@click.command()
@click.argument("number", type=click.IntRange(1, 99))
@click.argument("name")
@click.option("--continues", type=int, metavar="STEP", help="Whose solution it continues; 0: none.")
def new(number: int, name: str, continues: int | None) -> None:
    """Lay out a new step, which `grader dev lint` then asks to be filled in: 16 private_rooms."""
    course = own_course()
    from grader.dev.new import lay_out

    for file in lay_out(course, number, name, continues):
        click.echo(file.relative_to(course.root))
