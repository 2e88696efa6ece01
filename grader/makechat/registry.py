"""The checks of each step, in modules step04, step05, …, those of its page in page04, page05, …

Those of the notebooks are in `exercises`. Each module ends in its tuple CHECKS.
"""

import importlib
import importlib.util

from grader.checking.check import Check

CHECKS = "grader.makechat.checks"
EXERCISES = "grader.makechat.exercises"


def of_step(number: int) -> tuple[Check, ...]:
    """The checks of a step, in the order in which they are reported; () where there are none."""
    return _checks(f"{CHECKS}.step{number:02}")


def of_page(number: int) -> tuple[Check, ...]:
    """The checks of a step's page in a browser, in order; () where there are none."""
    return _checks(f"{CHECKS}.page{number:02}")


def of_notebook(name: str) -> tuple[Check, ...]:
    """The checks of a notebook's exercises, in order; () where there are none."""
    return _checks(f"{EXERCISES}.{name}")


def _checks(name: str) -> tuple[Check, ...]:
    if importlib.util.find_spec(name) is None:
        return ()
    checks: tuple[Check, ...] = importlib.import_module(name).CHECKS
    return checks
