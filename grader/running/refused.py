"""Why nothing is checked."""

from typing import IO, Any

import click

from grader.report.result import ExitCode


class Refused(click.ClickException):
    """A wrong use: one line says why a run does not begin."""

    exit_code = ExitCode.USAGE

    def show(self, file: IO[Any] | None = None) -> None:
        """Say it, on the standard error."""
        click.echo(f"grader: {self.message}", file=file, err=True)


class Unable(Refused):
    """What a run needs is not here."""

    exit_code = ExitCode.UNJUDGED
