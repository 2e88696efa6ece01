"""A command whose refusal is a document too, where one was asked for."""

import contextlib
import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from grader.course.course import CourseError
from grader.report.printing import write
from grader.report.result import ExitCode
from grader.running.refused import Refused

_NAMED = ("--path", "--server", "--url")  # what may say which submission was meant


class Documented(click.Command):
    """Says why nothing is checked in JSON as well: with --json, and into the file of --output."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        given = list(args)  # the parser empties the list
        with _documented(given):
            context = super().make_context(info_name, args, parent, **extra)
        context.meta[__name__] = given
        return context

    def invoke(self, ctx: click.Context) -> Any:
        with _documented(ctx.meta[__name__]):
            return super().invoke(ctx)


@contextlib.contextmanager
def _documented(args: Sequence[str]) -> Iterator[None]:
    """Write the document of what is refused meanwhile."""
    try:
        yield
    except click.ClickException as error:
        _tell(args, error)
        raise
    except CourseError as error:
        refused = Refused(str(error))
        _tell(args, refused)
        raise refused from error


def _tell(args: Sequence[str], error: click.ClickException) -> None:
    file = _value(args, "--output")
    if file is None and "--json" not in args:
        return
    from grader.report.document import dumped, refusal

    submission = next(filter(None, (_value(args, name) for name in _NAMED)), "")
    text = dumped(refusal(submission, error.format_message(), ExitCode(error.exit_code)))
    if file:
        with contextlib.suppress(OSError):  # that may be why it is refused
            write(text, Path(file))
    if "--json" in args:
        click.echo(text)


def _value(args: Sequence[str], name: str) -> str | None:
    """The value of an option, as far as it can be read where the others are wrong."""
    for argument, after in itertools.pairwise((*args, "")):
        if argument == name:
            return after
        if argument.startswith(f"{name}="):
            return argument.partition("=")[2]
    return None
