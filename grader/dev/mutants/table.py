"""What the mutants say of the grader: how many it catches, and names rightly."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from grader.dev.mutants.journal import Graded
from grader.dev.mutants.making import Mutant
from grader.report.result import Verdict


@dataclass
class Tally:
    """The figures of one step, or of several. The lists have names of mutants.

    misplaced: a mistake is named, and its place is in the page where the server was changed, or is
        not where the page was.
    """

    made: int = 0
    open: int = 0
    caught: int = 0
    rightly: int = 0
    wrongly: list[str] = field(default_factory=list)
    unnamed: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    unjudged: list[str] = field(default_factory=list)
    open_and_caught: list[str] = field(default_factory=list)
    misplaced: list[str] = field(default_factory=list)
    paired_caught: int = 0
    paired_wrongly: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Of the mutants that are to be caught, the part that is."""
        expected = self.caught + len(self.missed)
        return self.caught / expected if expected else 1.0


def tally(
    mutants: Sequence[Mutant], results: Sequence[Graded], reviewed: Mapping[str, str]
) -> Tally:
    """The figures of these mutants. Those that are `reviewed` need not be caught, nor those of what
    an earlier step has brought whose contract does not hold any more.
    """
    found = Tally(made=len(mutants))
    for mutant, graded in zip(mutants, results, strict=True):
        if graded.verdict == Verdict.NOT_JUDGED:
            found.unjudged.append(mutant.name)
        elif graded.verdict == Verdict.FAILED:
            if mutant.case.name in reviewed:
                found.open_and_caught.append(mutant.name)
            found.caught += 1
            if graded.named and graded.into_public != mutant.case.head.page:
                found.misplaced.append(mutant.name)
            _name(found, mutant, set(graded.named))
        elif mutant.case.name in reviewed or mutant.carried:
            found.open += 1
        else:
            found.missed.append(mutant.name)
    return found


def together(tallies: Iterable[Tally]) -> Tally:
    """The figures of all together."""
    every = Tally()
    for one in tallies:
        for name, value in vars(one).items():
            setattr(every, name, getattr(every, name) + value)
    return every


def lines(tallies: Mapping[str, Tally]) -> list[str]:
    """The table for a terminal: a line for each, and one for all."""
    head = ("", "made", "open", "caught", "missed", "", "rightly", "wrongly", "not named")
    rows = [head, *(_row(name, one) for name, one in tallies.items())]
    if len(tallies) > 1:
        rows.append(_row("all", together(tallies.values())))
    widths = [max(len(row[i]) for row in rows) for i in range(len(head))]
    return [
        f"{row[0]:<{widths[0]}}"
        + "".join(f"  {cell:>{width}}" for cell, width in zip(row[1:], widths[1:], strict=True))
        for row in rows
    ]


def alone(results: Iterable[Graded]) -> dict[str, int]:
    """For each check that failed some mutant: how many it alone catches."""
    results = list(results)
    counts = Counter(one.failed[0] for one in results if len(one.failed) == 1)
    every = {check for one in results for check in one.failed}
    return {check: counts[check] for check in sorted(every)}


def document(tallies: Mapping[str, Tally], results: Iterable[Graded]) -> dict[str, Any]:
    """The figures as one document for JSON."""
    return {
        "steps": {name: {**vars(one), "rate": one.rate} for name, one in tallies.items()},
        "all": vars(together(tallies.values())),
        "caught_by_one_check_alone": alone(results),
    }


def _name(found: Tally, mutant: Mutant, named: set[str]) -> None:
    if mutant.paired:
        found.paired_caught += 1
        if named - mutant.right:
            found.paired_wrongly.append(mutant.name)
    elif mutant.right:
        if named - mutant.right:
            found.wrongly.append(f"{mutant.name} ({', '.join(sorted(named - mutant.right))})")
        elif named:
            found.rightly += 1
        else:
            found.unnamed.append(mutant.name)


def _row(name: str, one: Tally) -> tuple[str, ...]:
    numbers = (one.made, one.open, one.caught, len(one.missed))
    names = (one.rightly, len(one.wrongly), len(one.unnamed))
    return (name, *map(str, numbers), f"{one.rate:.1%}", *map(str, names))
