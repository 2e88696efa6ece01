"""How a notebook and its checks are run."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    """How to run: the seed of what the checks draw, and how many seconds the notebook's cells may
    take in all, and one call of a student's function.
    """

    seed: int
    seconds: float = 60.0
    patience: float = 2.0
