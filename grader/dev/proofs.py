"""The checks that prove a step: its server's, then its page's."""

from dataclasses import dataclass

from grader.checking import suite
from grader.checking.check import Check
from grader.course.course import Step
from grader.explaining.vocabulary import Vocabulary


@dataclass(frozen=True)
class Proof:
    """A check of a step; whether a browser is needed; whether it is the step's own.

    A step repeats checks of earlier steps; those belong to the earlier step's lesson.
    """

    check: Check
    in_browser: bool
    own: bool


def of_step(step: Step) -> tuple[Proof, ...]:
    """All checks of a step, in the order in which they are reported."""
    found = suite.of_step(step.number, step.package)
    return tuple(
        Proof(check, in_browser, check in found.own)
        for in_browser, checks in ((False, found.server), (True, found.page))
        for check in checks
    )


def vocabulary(step: Step) -> Vocabulary:
    """The words of the step's application."""
    return suite.of_step(step.number, step.package).vocabulary
