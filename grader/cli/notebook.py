"""grader notebook: the exercises of a notebook."""

import sys
from typing import Any

import click

from grader.cli.places import here
from grader.cli.values import finite
from grader.notebook.options import Options
from grader.running.options import NotebookOptions


@click.command()
@click.argument("name", required=False, metavar="[NOTEBOOK]")
@click.option("--solution", is_flag=True, help="Check it with the course's own solutions.")
@click.option("--list", "list_only", is_flag=True, help="List notebooks, and run none.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--seed", type=int, help="Try the same values again as a run with this seed.")
@click.option(
    "--timeout",
    type=click.FloatRange(0.1, 3600),
    callback=lambda _context, _option, seconds: finite(seconds),
    default=Options.seconds,
    show_default=True,
    help="Seconds that all cells together may take.",
)
def notebook(name: str | None, **options: Any) -> None:
    """Check a notebook's exercises: 2, frames, 02_frames, or a file that is your copy of it."""
    here()
    from grader.running.notebook import run

    sys.exit(run(name, NotebookOptions(**options)))
