"""Whose an error is: the grader's own, or that of a library that tripped over what came."""

import traceback
from pathlib import Path

_GRADER = Path(__file__).parent.parent


def is_ours(error: BaseException, *, outside: str = "") -> bool:
    """Whether a line of the grader takes part in it, one that is not in the file `outside`."""
    files = (frame.f_code.co_filename for frame, _ in traceback.walk_tb(error.__traceback__))
    return any(Path(file).is_relative_to(_GRADER) and file != outside for file in files)
