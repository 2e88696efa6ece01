"""The checks of each step, in modules step04, step05, …: each ends in its tuple CHECKS."""

import importlib
import importlib.util

from grader.check import Check


def of_step(number: int) -> tuple[Check, ...]:
    """The checks of a step, in the order in which they are reported; () where there are none."""
    name = f"{__name__}.step{number:02}"
    if importlib.util.find_spec(name) is None:
        return ()
    checks: tuple[Check, ...] = importlib.import_module(name).CHECKS
    return checks
