"""The checks that prove a step: its server's, then its page's."""

from dataclasses import dataclass

from grader.checking.check import Check
from grader.makechat import registry


@dataclass(frozen=True)
class Proof:
    """A check of a step; whether a browser is needed; whether it is the step's own.

    A step repeats checks of earlier steps; those belong to the earlier step's lesson.
    """

    check: Check
    in_browser: bool
    own: bool


def of_step(number: int) -> tuple[Proof, ...]:
    """All checks of a step, in the order in which they are reported."""
    own = {f"{registry.CHECKS}.{kind}{number:02}" for kind in ("step", "page")}
    return tuple(
        Proof(check, in_browser, check.play.__module__ in own)
        for in_browser, kind in ((False, registry.of_step), (True, registry.of_page))
        for check in kind(number)
    )
