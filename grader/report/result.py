"""Results as data: what the runner hands to the reports. Nothing here knows how it came about."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any


class Verdict(StrEnum):
    """What a check came to."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_JUDGED = "not judged"


class ExitCode(IntEnum):
    """How a run of the grader ended, as a shell hears it."""

    PASSED = 0
    FAILED = 1
    USAGE = 2  # wrong usage: nothing was begun
    UNJUDGED = 3  # what is needed is not here, or the grader has failed


@dataclass(frozen=True, slots=True)
class Where:
    """A place in the submission: a path relative to its folder, and a line from 1."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Mistake:
    """A known mistake: its id, what it looks like, and where, as far as that is known."""

    id: str
    text: str
    where: Where | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One line of what happened: who, did what, with which event and payload; and what is wrong.

    `payload` is text, as it is shown. `note` is "" where nothing is wrong with the line.
    """

    who: str
    does: str
    event: str = ""
    payload: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a check failed: what happened, what the server printed of it, what it looks like.

    Of a page check also the errors in the pages' consoles, files with pictures of the pages, and
    the place in the page's own files that it is about, where that can be told.
    `unwritten` is a notebook's exercise, where nobody has begun it. `fault` is one of the grader's
    own, in a rule that looked for the mistake.
    """

    rows: tuple[Row, ...]
    printed: tuple[str, ...] = ()
    mistake: Mistake | None = None
    console: tuple[str, ...] = ()
    screenshots: tuple[str, ...] = ()
    place: Where | None = None
    unwritten: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Happening:
    """One entry of a check's history; `at` in seconds since the check began."""

    at: float
    kind: str
    client: str
    event: str
    args: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check's outcome. `reason` says why it was not judged; `seconds` is its duration;
    `in_browser`: it looked at the page. `not_run`: something that it needs is not installed here;
    it counts for nothing.
    """

    id: str
    title: str
    verdict: Verdict
    points: int
    hint: str
    reason: str = ""
    explanation: Explanation | None = None
    history: tuple[Happening, ...] = ()
    seconds: float = 0.0
    graders_fault: bool = False
    in_browser: bool = False
    not_run: bool = False

    @property
    def earned(self) -> int:
        """The points, where the check passed."""
        return self.points if self.verdict is Verdict.PASSED else 0


@dataclass(frozen=True, slots=True)
class StepResult:
    """The checks of one step, notes on how they were run, and how many of its page's were not.

    `holds` are the numbers of the earlier steps that this one has to hold, and `held` the checks of
    those; they are worth no points here. `kind` is "step" or "notebook".
    """

    number: int
    title: str
    checks: tuple[CheckResult, ...]
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    page_checks_not_run: int = 0
    kind: str = "step"
    holds: tuple[int, ...] = ()
    held: tuple[CheckResult, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """Failed where a check failed, passed where all did that could be run here."""
        every = (*self.checks, *self.held)
        return overall(check.verdict for check in _run(every) or every)

    @property
    def possible(self) -> int:
        """The points of the step's own checks that could be run here."""
        return sum(check.points for check in _run(self.checks))


@dataclass(frozen=True, slots=True)
class Report:
    """One run of the grader: the submission, as the caller named it, and its steps.

    `isolation` names what each server had of its own: "network", "files", "processes", or no more
    than a copy of its folder, "copies"; nothing: they shared the machine. `submission_hash` is of
    its files, where it is a folder, and was asked for.
    """

    submission: str
    steps: tuple[StepResult, ...]
    isolation: tuple[str, ...] = ()
    submission_hash: str | None = None

    @property
    def verdict(self) -> Verdict:
        """Failed where a step failed, passed where all did."""
        return overall(step.verdict for step in self.steps)

    @property
    def exit_code(self) -> ExitCode:
        """All passed, a check failed, or the grader could not judge."""
        checks = [check for step in self.steps for check in (*step.checks, *step.held)]
        if any(check.graders_fault for check in checks):
            return ExitCode.UNJUDGED
        return {
            Verdict.PASSED: ExitCode.PASSED,
            Verdict.FAILED: ExitCode.FAILED,
            Verdict.NOT_JUDGED: ExitCode.UNJUDGED,
        }[self.verdict]


def _run(checks: Iterable[CheckResult]) -> list[CheckResult]:
    return [check for check in checks if not check.not_run]


def overall(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict on a whole from those on its parts."""
    found = set(verdicts)
    for verdict in (Verdict.FAILED, Verdict.NOT_JUDGED):
        if verdict in found:
            return verdict
    return Verdict.PASSED


def steps_text(numbers: Sequence[int]) -> str:
    """`step 4`, `steps 4 and 5`, `steps 4 to 6`."""
    if len(numbers) == 1:
        return f"step {numbers[0]}"
    *first, last = map(str, numbers)
    if len(numbers) > 2 and list(numbers) == list(range(numbers[0], numbers[-1] + 1)):
        return f"steps {first[0]} to {last}"
    return f"steps {', '.join(first)} and {last}"
