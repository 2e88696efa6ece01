"""What the command line asks for, as values; the names are those of its options."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckOptions:
    """The options of `grader check`.

    solution, path, server, url: what is checked, where it is not the step's own folder.
    env: variables that its server gets, NAME or NAME=VALUE.
    page: whether the page is checked too. text: which checks, or all. list_only: run none.
    as_json, output, verbose: how the report is written, and into which file as well.
    jobs: checks at a time. timeout: seconds of patience. isolation: whether each check has a world
    of its own, where the system can.
    """

    solution: bool
    path: str | None
    server: str | None
    url: str | None
    env: tuple[str, ...]
    page: bool
    text: str | None
    list_only: bool
    as_json: bool
    output: str | None
    jobs: int
    timeout: float
    isolation: bool
    verbose: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class NotebookOptions:
    """The options of `grader notebook`; `timeout` is in seconds, for all cells together."""

    solution: bool
    list_only: bool
    as_json: bool
    seed: int | None
    timeout: float
