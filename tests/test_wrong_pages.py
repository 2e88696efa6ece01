"""Every wrong page fails, and its report is the golden text to the letter; right pages pass."""

from pathlib import Path

import pytest

from grader.checking import suite
from tests.golden import failed, golden, grade, pages, steady
from tests.support import TESTS, grader, need_browser, normal

# One browser at a time, whatever else runs beside it: see the Makefile.
pytestmark = pytest.mark.xdist_group("browser")

WRONG = pages()
STEPS = (2, 3, 4, 5, 6, 7)

# The last step whose page checks a right page in another style passes. Over polling alone nobody
# hears of a closed tab before the server's ping has gone unanswered, so that one ends before 6.
RIGHT = {"page_other_style": 7, "page_polling_only": 5}

# How the text of a known mistake begins → the pages that have it; all others have none.
NAMED = {
    "the page asks for /index.js": ("02/page_script_path",),
    "only a module can import": ("03/page_not_a_module",),
    "the page connects to localhost:3000": ("03/page_fixed_address",),
    "the browser sends the form as well": ("04/page_reloads", "05/page_reloads"),
    'the page emits "new-user"': ("04/page_misspelt_emit",),
    "what somebody has typed becomes elements": (
        "04/page_name_as_html",
        "05/page_message_as_html",
        "07/page_channel_as_html",
    ),
    "the message has come once and is shown twice": ("05/page_shown_twice",),
    "new_message() stopped here, with KeyError": ("05/page_other_keys",),
}


def name(folder: Path) -> str:
    return f"{folder.parent.name.removeprefix('step')}/{folder.name}"


@pytest.mark.parametrize("folder", WRONG, ids=name)
def test_a_wrong_page_fails_with_its_golden_report(folder: Path) -> None:
    need_browser()
    run = grade(folder)
    assert (run.code, run.err) == (1, "")
    assert steady(folder, normal(run.out)) == steady(folder, golden(folder))


def test_there_are_at_least_forty() -> None:
    assert len(WRONG) >= 40


@pytest.mark.parametrize("number", STEPS)
def test_every_page_check_is_failed_by_some_wrong_page(number: int) -> None:
    """Read from the golden reports: a check that nothing fails is a defect."""
    found = set().union(*(failed(golden(folder)) for folder in WRONG))
    assert [check.title for check in suite.of_step(number).page if check.title not in found] == []


@pytest.mark.parametrize("number", STEPS)
def test_a_page_check_has_what_every_check_has(number: int) -> None:
    every = (*suite.of_step(number).server, *suite.of_step(number).page)
    assert len({check.id for check in every}) == len({check.title for check in every})
    assert len({check.id for check in every}) == len(every)
    for check in suite.of_step(number).page:
        assert check.needs_browser
        assert 10 < len(check.title) <= 62, check.title
        assert check.hint.endswith((".", "?"))
        assert check.points > 0


def test_there_are_at_least_twenty_four_different_page_checks() -> None:
    assert len({check for number in STEPS for check in suite.of_step(number).page}) >= 24


@pytest.mark.parametrize("folder", WRONG, ids=name)
def test_a_wrong_page_says_what_is_wrong_with_it(folder: Path) -> None:
    text = (folder / "mistake.txt").read_text(encoding="utf-8").strip()
    assert text.endswith(".")
    assert "\n" not in text


@pytest.mark.parametrize("folder", WRONG, ids=name)
def test_what_is_named_is_what_was_done(folder: Path) -> None:
    """No other mistake as well, and none where none is known."""
    text = " ".join(golden(folder).split())
    beginnings = [beginning for beginning, having in NAMED.items() if name(folder) in having]
    named = text.count("Looks like: ")
    assert bool(named) is bool(beginnings)
    assert sum(text.count(f"Looks like: {beginning}") for beginning in beginnings) == named


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("right", RIGHT)
def test_a_right_page_in_another_style_passes(right: str, step: int) -> None:
    if step > RIGHT[right]:
        pytest.skip("it is not made for this step")
    need_browser()
    run = grader("check", str(step), "--page", "--path", str(TESTS / "right" / right))
    assert (run.code, run.err) == (0, ""), run.out
