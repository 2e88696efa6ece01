"""The mutants that need not be caught, each with the reason why: reviewed, and kept in the course.

`tests/mutants/step06.txt` has a line for each, as

    state-key-changed-new_user-3: the contract allows any name up to 32 characters

Empty lines, and those that begin with #, say nothing.
"""

from pathlib import Path

from grader.dev.cases.case import CaseError


def place(root: Path) -> Path:
    """The folder of the lists of the course in `root`."""
    return root / "tests" / "mutants"


def read(root: Path, number: int) -> dict[str, str]:
    """The reviewed mutants of a step: name → reason. Raises CaseError."""
    file = place(root) / f"step{number:02}.txt"
    if not file.is_file():
        return {}
    found: dict[str, str] = {}
    for line_number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, colon, reason = line.partition(": ")
        where = f"{file.name}:{line_number}"
        if not colon or not reason.strip():
            raise CaseError(f"{where}: a line has the name of a mutant, a colon, and a reason")
        if name in found:
            raise CaseError(f"{where}: {name} is listed twice")
        found[name] = reason.strip()
    return found
