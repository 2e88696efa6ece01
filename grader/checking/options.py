"""How the checks of a step are run."""

from dataclasses import dataclass
from pathlib import Path

SCREENSHOTS = "grader-screenshots"  # the folder of those that failed page checks leave


@dataclass(frozen=True)
class Options:
    """How to run: how many checks at a time, the patience in seconds with what is missing,
    whether each result carries its history, the longest that all checks of a step together may
    take, in seconds, and where the pictures of failed page checks go.
    """

    jobs: int = 40  # more than any step has: none waits for another that waits in vain
    patience: float = 2.0
    keep_history: bool = False
    deadline: float = 300.0
    pictures: Path = Path(SCREENSHOTS)
