"""What the checks of several notebooks draw for their inputs."""

from grader.notebook.exercise import Trial

ROUNDS = 10  # of inputs that are drawn
NAMES = ("amy", "ben", "cleo", "dan", "terry", "zoë")


def some_names(trial: Trial, count: int) -> list[str]:
    """Different ones, in no order."""
    return trial.random.sample(NAMES, count)


def some_sids(trial: Trial, count: int) -> list[str]:
    """Different ones, in no order."""
    return [f"s{number}" for number in trial.random.sample(range(10, 99), count)]
