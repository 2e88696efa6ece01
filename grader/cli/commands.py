"""The command line's commands: arguments in, an exit code out."""

import click

from grader.cli.check import check
from grader.cli.dev import dev
from grader.cli.list_steps import list_steps
from grader.cli.notebook import notebook
from grader.cli.run import run


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="make-chat", prog_name="grader")
def grader() -> None:
    """Check the steps of Make Chat with real clients.

    Exit codes: 0 all passed, 1 a check failed, 2 wrong usage, 3 the grader could not judge.
    """


for command in (check, run, notebook, list_steps, dev):
    grader.add_command(command)
