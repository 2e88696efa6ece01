"""What has been graded of the mutants, so that a run that was ended goes on where it was.

A line for each mutant, in JSON. A line counts while the mutant, and the grader, are the same.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

_GRADER = Path(__file__).parent.parent.parent
_NOT_OF_A_VERDICT = ("dev", "cli", "student", "report")


@dataclass(frozen=True)
class Graded:
    """What the grader says of one mutant. `verdict` as a step's; `failed` are the checks' ids.

    `into_public`: it points into the page's folder. `key` is of the mutant and the grader.
    """

    name: str
    key: str
    verdict: str
    failed: tuple[str, ...]
    named: tuple[str, ...]
    into_public: bool
    seconds: float


def kept(root: Path, kind: str, number: int) -> "Journal":
    """The journal of a step of the course in `root`; `kind` is what is graded."""
    return Journal(root / "build" / kind / f"step{number:02}.jsonl")


class Journal:
    """The file with the lines. Each is written as soon as it is known."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._known: dict[tuple[str, str], Graded] = {}
        if file.is_file():
            for line in file.read_text(encoding="utf-8").splitlines():
                one = _read(line)
                if one:
                    self._known[one.name, one.key] = one

    def get(self, name: str, key: str) -> Graded | None:
        """What is known of the mutant."""
        return self._known.get((name, key))

    def add(self, graded: Graded) -> None:
        """Keep what is known now."""
        self._known[graded.name, graded.key] = graded
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(graded)) + "\n")


def key_of(submission: Mapping[str, str]) -> str:
    """A text that is another one where the submission or the grader is."""
    digest = hashlib.sha256(_grader().encode())
    for path, text in sorted(submission.items()):
        digest.update(f"{path}\0{text}\0".encode())
    return digest.hexdigest()[:16]


@cache
def _grader() -> str:
    """A digest of what decides a verdict or a name."""
    digest = hashlib.sha256()
    for file in sorted(_GRADER.rglob("*.py")):
        part = file.relative_to(_GRADER).parts[0]
        if part not in _NOT_OF_A_VERDICT:
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _read(line: str) -> Graded | None:
    """The line; None where it was not written to its end."""
    try:
        table = json.loads(line)
        return Graded(**{**table, "failed": tuple(table["failed"]), "named": tuple(table["named"])})
    except (ValueError, TypeError, KeyError):
        return None
