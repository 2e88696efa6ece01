"""The command line's commands: arguments in, an exit code out."""

from typing import Any

import click

from grader.cli.check import check
from grader.cli.dev import dev
from grader.cli.list_steps import list_steps
from grader.cli.notebook import notebook
from grader.cli.run import run
from grader.course.course import CourseError
from grader.running.refused import Refused


class Commands(click.Group):
    """Commands that are refused where the course is not in order."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except CourseError as error:
            raise Refused(str(error)) from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="make-chat", prog_name="grader")
def grader() -> None:
    """Check the steps of Make Chat with real clients.

    Exit codes: 0 all passed, 1 a check failed, 2 wrong usage, 3 the grader could not judge.
    """


for command in (check, run, notebook, list_steps, dev):
    grader.add_command(command)
