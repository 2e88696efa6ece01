"""grader dev: the commands that keep the course in order."""

import click

from grader.cli.dev.branches import branches
from grader.cli.dev.case import case
from grader.cli.dev.lessons import lessons
from grader.cli.dev.lint import lint
from grader.cli.dev.mutants import mutants
from grader.cli.dev.new import new
from grader.cli.dev.pictures import pictures
from grader.cli.dev.variants import variants


@click.group()
def dev() -> None:
    """Keep the course itself in order."""


for command in (lint, lessons, new, branches, case, mutants, variants, pictures):
    dev.add_command(command)
