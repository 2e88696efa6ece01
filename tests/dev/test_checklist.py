"""What is wrong with a check is said at its function."""

import re

import pytest

from grader.checking.check import Check
from grader.checking.scene import Scene
from grader.dev.checklist import wrong_with


async def ok(_: Scene) -> None:
    """a title of the right length"""


async def short(_: Scene) -> None:
    """short"""


def found(*every: Check) -> list[str]:
    """What the linter says of these checks, without where."""
    said = [str(violation) for violation in wrong_with(every, set(every))]
    assert all(re.match(r"tests/dev/test_checklist\.py:\d+: ", line) for line in said)
    return [line.partition(": ")[2] for line in said]


def test_a_check_in_order_has_no_violation() -> None:
    first = Check(ok, 1, "Look here.")
    assert found(first, Check(short, 1, "Why?", needs=(first,)))[1:] == []


@pytest.mark.parametrize(
    ("checks", "line"),
    [
        (
            [Check(short, 1, "Look here.")],
            "the title of short has 5 characters; write 10 to 72 in the docstring",
        ),
        ([Check(ok, 1, "")], "ok has no hint; write a sentence on what to look at"),
        ([Check(ok, 0, "Look here.")], "ok is worth 0 points; give it at least 1"),
        (
            [Check(ok, 1, "Look here."), Check(ok, 1, "Look here.")],
            "ok is there twice; give each check a name of its own",
        ),
        (
            [Check(ok, 1, "Look here.", needs=(Check(short, 1, "Look here."),))],
            "ok needs short, which does not come before it; put that one before it",
        ),
    ],
)
def test_a_check_that_breaks_a_rule_is_one_line(checks: list[Check], line: str) -> None:
    assert found(*checks) == [line]


def test_checks_of_earlier_steps_are_theirs_to_answer_for() -> None:
    assert list(wrong_with([Check(short, 0, "")], set())) == []
