"""The checks of pages have what every check has, and right pages in another style pass them."""

import pytest

from grader.checking import suite
from tests.support import TESTS, course, grader, need_browser

# One browser at a time, whatever else runs beside it.
pytestmark = pytest.mark.xdist_group("browser")

STEPS = [step.number for step in course().steps if suite.of_step(step.number).page]

# The steps whose page checks a right page in another style passes. Over polling alone nobody hears
# of a closed tab before the server's ping has gone unanswered, so that one ends before 6.
RIGHT = {
    "page_other_style": (2, 3, 4, 5, 6, 7),
    "page_polling_only": (2, 3, 4, 5),
    "tabs_and_modals": (12,),
}


@pytest.mark.parametrize("number", STEPS)
def test_a_page_check_has_what_every_check_has(number: int) -> None:
    every = (*suite.of_step(number).server, *suite.of_step(number).page)
    assert len({check.id for check in every}) == len({check.title for check in every})
    assert len({check.id for check in every}) == len(every)
    for check in suite.of_step(number).page:
        assert check.needs_browser


def test_there_are_at_least_twenty_four_different_page_checks() -> None:
    assert len({check for number in STEPS for check in suite.of_step(number).page}) >= 24


@pytest.mark.parametrize(
    ("right", "step"), [(right, step) for right, steps in RIGHT.items() for step in steps]
)
def test_a_right_page_in_another_style_passes(right: str, step: int) -> None:
    need_browser()
    run = grader("check", str(step), "--page", "--path", str(TESTS / "right" / right))
    assert (run.code, run.err) == (0, ""), run.out
