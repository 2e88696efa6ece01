"""The figures that are published: few, kept in the course, with the date and the commit."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from grader.course.course import Step
from grader.dev.git import Git
from grader.dev.mutants.table import Tally


@dataclass(frozen=True)
class Figures:
    """How many mutants of a step's servers, or pages, were made, and what became of them.

    Those that are `open` need not be caught. `date` is ISO 8601; of all mutants that there are,
    one of `every` so many was graded.
    """

    made: int
    open: int
    caught: int
    missed: int
    rightly: int
    wrongly: int
    unnamed: int
    every: int
    date: str
    commit: str

    @property
    def rate(self) -> float:
        """Of the mutants that are to be caught, the part that is; 1.0 where there are none."""
        return 1 - self.missed / max(self.caught + self.missed, 1)


def place(root: Path) -> Path:
    """The file with the figures of the course in `root`."""
    return root / "tests" / "mutants" / "figures.json"


def read(root: Path) -> dict[str, dict[str, Any]]:
    """What is kept: "servers" and "pages" → a step's number → its figures; "variants"."""
    file = place(root)
    kept: dict[str, dict[str, Any]] = {"servers": {}, "pages": {}, "variants": {}}
    return kept | json.loads(file.read_text(encoding="utf-8")) if file.is_file() else kept


def of(root: Path, what: str) -> dict[int, Figures]:
    """The figures of the "servers", or the "pages", of each step that was graded."""
    return {int(number): Figures(**one) for number, one in read(root)[what].items()}


def keep(root: Path, what: str, tallies: Mapping[int, Tally], every: int) -> None:
    """Write the figures of these steps into the file; those of others stay. Raises GitError."""
    kept = read(root)
    today, commit = _now(root)
    for number, tally in tallies.items():
        figures = Figures(
            tally.made,
            tally.open,
            tally.caught,
            len(tally.missed),
            tally.rightly,
            len(tally.wrongly),
            len(tally.unnamed),
            every,
            today,
            commit,
        )
        kept[what][str(number)] = asdict(figures)
    _write(root, kept)


def keep_variants(root: Path, steps: Mapping[Step, tuple[int, int]]) -> None:
    """Write how many variants of each step were made, and refused. Raises GitError."""
    kept = read(root)
    today, commit = _now(root)
    for step, (made, refused) in steps.items():
        one = {"made": made, "refused": refused, "date": today, "commit": commit}
        kept["variants"][str(step.number)] = one
    _write(root, kept)


def sentence(root: Path) -> str:
    """What the README says."""
    servers = of(root, "servers").values()
    variants = read(root)["variants"].values()
    caught, missed = (sum(getattr(one, name) for one in servers) for name in ("caught", "missed"))
    names = ("rightly", "wrongly", "unnamed")
    rightly, wrongly, unnamed = (sum(getattr(one, name) for one in servers) for name in names)
    named = rightly + wrongly + unnamed
    right = sum(one["made"] for one in variants)
    refused = sum(one["refused"] for one in variants)
    last = max(one.date for one in servers)
    whole = all(one.every == 1 for one in servers)
    return (
        f"Of {'' if whole else 'a sample of '}{caught + missed} wrong servers that were made by "
        f"machine, it caught {caught} "
        f"({caught / (caught + missed):.1%}); of {named} whose mistake has a name, it named "
        f"{rightly} rightly ({rightly / named:.1%}) and {wrongly} wrongly ({wrongly / named:.1%}). "
        f"Of {right} right ones it refused {refused} ({last})."
    )


def _now(root: Path) -> tuple[str, str]:
    """The date, and the commit that is graded."""
    return datetime.now(UTC).date().isoformat(), Git(root)("rev-parse", "--short=7", "HEAD")


def _write(root: Path, kept: Mapping[str, dict[str, Any]]) -> None:
    ordered = {
        what: dict(sorted(ones.items(), key=lambda one: int(one[0]))) for what, ones in kept.items()
    }
    place(root).parent.mkdir(parents=True, exist_ok=True)
    place(root).write_text(f"{json.dumps(ordered, indent=2)}\n", encoding="utf-8")
