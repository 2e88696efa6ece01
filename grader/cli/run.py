"""grader run: a step's server for the browser."""

import sys

import click

from grader.cli.places import around, has_app, here, own, own_course
from grader.running.refused import Refused


@click.command()
@click.argument("name", required=False, metavar="[STEP]")
@click.option("--solution", is_flag=True, help="Run the course's own solution.")
@click.option("--port", type=click.IntRange(1, 65535), default=3000, show_default=True)
@click.option("--open", "page", is_flag=True, help="Open the page in the browser.")
def run(name: str | None, *, solution: bool, port: int, page: bool) -> None:
    """Run a step's server for the browser, again after every change, until Ctrl-C."""
    course = own_course()
    step = course.find(name) if name else around(course, here())
    inside = not name and here().is_relative_to(step.solution)
    folder = own(step, solution=solution, inside=inside)
    has_app(folder)
    from grader.servers.ports import is_listened_on
    from grader.student.serve import serve

    if is_listened_on(port):
        how = "end what listens there, or choose another with --port"
        raise Refused(f"port {port} is taken: {how}")
    click.echo(f"step {step.number} · {step.title}: http://127.0.0.1:{port} until Ctrl-C")
    sys.exit(serve(folder, port, page=page))
