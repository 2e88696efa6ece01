"""The skeleton of a step: what is laid out, and what the linter then asks for."""

from pathlib import Path

import pytest

from grader.course.course import CourseError, find_course
from grader.dev.new import lay_out
from tests.tiny_course import CODE, lines

NEW = "step14_more_rooms"


@pytest.fixture
def course(root: Path) -> Path:
    """The tiny course, with a folder for its checks."""
    (root / "grader" / "makechat" / "checks").mkdir(parents=True)
    return root


def test_a_step_is_laid_out_from_the_one_that_it_continues(course: Path) -> None:
    made = lay_out(find_course(course), 14, "more_rooms")
    assert [file.relative_to(course).as_posix() for file in made] == [
        "grader/makechat/checks/page14.py",
        "grader/makechat/checks/step14.py",
        f"solutions/{NEW}",
        f"steps/{NEW}/README.md",
        f"steps/{NEW}/step.toml",
        "tests/cases/step14/nothing_done.case",
    ]
    solution = CODE["solutions/step05_talk"]
    for folder in ("steps", "solutions"):
        for name, text in solution.items():
            assert (course / folder / NEW / name).read_text(encoding="utf-8") == text
    step = find_course(course).find("14")
    assert (step.title, step.continues, step.holds) == ("More rooms", 5, (4, 5))


def test_a_step_can_continue_another_one_or_none(course: Path) -> None:
    lay_out(find_course(course), 14, "more_rooms", continues=4)
    lay_out(find_course(course), 15, "all_new", continues=0)
    assert find_course(course).find("14").continues == 4
    assert find_course(course).find("15").continues == 0
    assert [file.name for file in (course / "solutions" / "step15_all_new").iterdir()] == []


def test_the_linter_asks_for_what_is_missing(course: Path) -> None:
    lay_out(find_course(course), 14, "more_rooms")
    found = lines(course)
    place = f"steps/{NEW}"
    assert f"{place}: no check proves this step; write grader/makechat/checks/step14.py" in found
    assert "tests/cases/step14/nothing_done.case:1: it is not written yet; write it" in found
    assert "grader/makechat/checks/step14.py:1: it is not written yet; write it" in found
    assert f"{place}/README.md:3: it is not written yet; write it" in found
    told = "the starter has no TODO 1; say in the code where to do it"
    assert f"{place}/README.md:11: {told}" in found


@pytest.mark.parametrize(
    ("number", "name", "continues", "told"),
    [
        (5, "again", None, "there is a step 5 already"),
        (
            14,
            "More rooms",
            None,
            "'More rooms' cannot name a step: write lower-case words, as counting_users",
        ),
        (14, "more", 9, "it cannot continue step 9: it is no earlier step"),
    ],
)
def test_what_cannot_be_laid_out(
    course: Path, number: int, name: str, continues: int | None, told: str
) -> None:
    with pytest.raises(CourseError) as raised:
        lay_out(find_course(course), number, name, continues)
    assert str(raised.value) == told


def test_nothing_is_written_over(course: Path) -> None:
    file = course / "grader" / "makechat" / "checks" / "step14.py"
    file.write_text("KEPT = True\n", encoding="utf-8")
    with pytest.raises(CourseError, match="is there already"):
        lay_out(find_course(course), 14, "more_rooms")
    assert file.read_text(encoding="utf-8") == "KEPT = True\n"
    assert not (course / "steps" / NEW).exists()
