"""How far a long run is, said now and then."""

import click

from grader.course.course import Step
from grader.dev.mutants.journal import Graded

EVERY = 25  # graded ones, after which a line says how far it is


class Progress:
    """Says now and then how far a step is."""

    def __init__(self, step: Step, count: int) -> None:
        self._step = step
        self._count = count
        self._done = 0

    def __call__(self, _: Graded) -> None:
        self._done += 1
        if self._done % EVERY == 0 or self._done == self._count:
            click.echo(f"step {self._step.number}: {self._done} of {self._count}", err=True)
