"""What only the authors of a course need: it is not in a plain installation."""

import contextlib
from collections.abc import Iterator

import click

from grader.running.refused import Unable


@contextlib.contextmanager
def authors_tools() -> Iterator[None]:
    """Import what needs these tools; where one is not here, say what to install."""
    try:
        yield
    except ModuleNotFoundError as error:
        command = click.get_current_context().command.name
        text = f"dev {command} needs {error.name}: pip install --editable '.[dev]'"
        raise Unable(text) from error
