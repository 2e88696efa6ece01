"""Imports what a run may need later, while nobody else has touched the files that it is in.

A server that shares our files could write into them, and be judged by what it has written. Where
it has files of its own it cannot, and what is seldom needed is imported when it is.
"""

import contextlib
import importlib

_LATER = (
    "grader.explaining.evidence",
    "grader.explaining.javascript",
    "grader.explaining.rows",
    "grader.explaining.source",
    "grader.explaining.tokens",
    "grader.report.document",
    "grader.report.terminal",
    "psutil",
)


def import_all() -> None:
    """Import all that judges, explains and reports."""
    for name in _LATER:
        with contextlib.suppress(ImportError):  # psutil: not every machine needs it
            importlib.import_module(name)
