"""What a run of the grader writes: its progress on a terminal, and its report."""

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from grader.report.result import CheckResult, Report


@contextlib.contextmanager
def spinner(total: int, *, hidden: bool) -> "Iterator[Callable[[CheckResult], None]]":
    """A spinner with a count, while the checks run: on a terminal only."""
    if hidden or not (sys.stdout.isatty() and sys.stderr.isatty()):
        yield lambda _: None
        return
    from rich.console import Console

    done = 0
    with Console(stderr=True).status(f"{total} checks") as status:

        def progress(result: "CheckResult") -> None:
            nonlocal done
            done += 1
            status.update(f"{done} of {total} checks · {result.title}")

        yield progress


def write(text: str, file: Path) -> None:
    """Write the file under another name, and give it its own once it is whole. Raises OSError.

    A link stays, and its file is written. What is no file, as /dev/stdout, is written to.
    """
    if file.exists() and not file.is_file():
        file.write_text(f"{text}\n", encoding="utf-8")
        return
    file = file.resolve()
    # Where several write it, each its own; beside the file, as only there it can be renamed.
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        beside.write_text(f"{text}\n", encoding="utf-8")
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)


def print_report(report: "Report", *, as_json: bool, verbose: bool = False) -> None:
    """Print it for a reader, coloured on a terminal alone, or as JSON."""
    if as_json:
        from grader.report import document

        click.echo(document.render(report))
        return
    from grader.report import terminal

    dull = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    colour = sys.stdout.isatty() and not dull
    click.echo(terminal.render(report, colour=colour, verbose=verbose), nl=False)
