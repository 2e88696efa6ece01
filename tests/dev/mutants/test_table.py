"""What is counted of mutants, and what is kept of a run that was ended."""

from dataclasses import replace
from pathlib import Path

import pytest

from grader.dev.cases.case import Case, CaseError, Head
from grader.dev.mutants import reviewed, table
from grader.dev.mutants.figures import Figures
from grader.dev.mutants.journal import Graded, Journal, key_of
from grader.dev.mutants.making import Mutant

RIGHT = frozenset({"answered-to-all", "wrapped"})


def mutant(name: str, right: frozenset[str] = RIGHT, *, paired: bool = False) -> Mutant:
    return Mutant(Case("step06", name, Head("It is wrong."), ()), "operator", right, paired)


def graded(name: str, *named: str, verdict: str = "failed", failed: int = 1) -> Graded:
    checks = tuple(f"check-{i}" for i in range(failed))
    return Graded(
        f"step06/{name}", "key", verdict, checks if verdict == "failed" else (), named, False, 1.0
    )


MUTANTS = {
    mutant("right"): graded("right", "wrapped"),
    mutant("beside"): graded("beside", "wrapped", "blocks"),
    mutant("other"): graded("other", "blocks"),
    mutant("none"): graded("none", failed=2),
    mutant("free", frozenset()): graded("free", "blocks"),
    mutant("both", paired=True): graded("both", "wrapped"),
    mutant("both-wrong", paired=True): graded("both-wrong", "blocks"),
    mutant("open"): graded("open", verdict="passed"),
    mutant("missed"): graded("missed", verdict="passed"),
    mutant("listed"): graded("listed", "wrapped"),
    mutant("fault"): graded("fault", verdict="not judged"),
}
REVIEWED = {"open": "it is the same", "listed": "it is the same"}


def tally() -> table.Tally:
    return table.tally(list(MUTANTS), list(MUTANTS.values()), REVIEWED)


def test_what_is_caught_missed_open_and_unjudged_is_counted() -> None:
    found = tally()
    assert (found.made, found.open, found.caught) == (11, 1, 8)
    assert found.missed == ["step06/missed"]
    assert found.unjudged == ["step06/fault"]
    assert found.open_and_caught == ["step06/listed"]
    assert found.rate == 8 / 9


def test_what_a_step_only_carries_over_need_not_be_caught() -> None:
    carried = Mutant(Case("step04", "old", Head("It is wrong."), ()), "operator", RIGHT, carried=3)
    found = table.tally([carried], [graded("old", verdict="passed")], {})
    assert (found.open, found.missed) == (1, [])
    assert table.tally([carried], [graded("old", "wrapped")], {}).caught == 1


def test_names_are_right_wrong_or_none_and_those_of_classical_operators_do_not_count() -> None:
    found = tally()
    assert found.rightly == 2
    assert found.wrongly == ["step06/beside (blocks)", "step06/other (blocks)"]
    assert found.unnamed == ["step06/none"]
    assert (found.paired_caught, found.paired_wrongly) == (2, ["step06/both-wrong"])


def test_a_name_with_its_place_in_the_other_half_is_told() -> None:
    inside = replace(graded("right", "wrapped"), into_public=True)
    assert table.tally([mutant("right")], [inside], {}).misplaced == ["step06/right"]
    assert table.tally([mutant("right")], [graded("right", "wrapped")], {}).misplaced == []
    page = Mutant(Case("step06", "right", Head("It is wrong.", page=True), ()), "operator", RIGHT)
    assert table.tally([page], [inside], {}).misplaced == []
    assert table.tally([page], [graded("right", "wrapped")], {}).misplaced == ["step06/right"]


def test_the_table_has_a_line_for_each_step_and_one_for_all() -> None:
    assert table.lines({"step 6": tally(), "step 7": tally()}) == [
        "        made  open  caught  missed         rightly  wrongly  not named",
        "step 6    11     1       8       1  88.9%        2        2          1",
        "step 7    11     1       8       1  88.9%        2        2          1",
        "all       22     2      16       2  88.9%        4        4          2",
    ]
    assert table.lines({"step 6": tally()})[1].startswith("step 6")


def test_each_check_says_what_it_alone_catches() -> None:
    assert table.alone(MUTANTS.values()) == {"check-0": 7, "check-1": 0}
    document = table.document({"step 6": tally()}, MUTANTS.values())
    assert document["steps"]["step 6"]["rate"] == 8 / 9
    assert document["caught_by_one_check_alone"] == {"check-0": 7, "check-1": 0}


def test_a_run_goes_on_where_it_was_ended(tmp_path: Path) -> None:
    file = tmp_path / "made" / "step06.jsonl"
    Journal(file).add(graded("right", "wrapped"))
    with file.open("a") as open_file:
        open_file.write('{"name": "step06/half')
    again = Journal(file)
    assert again.get("step06/right", "key") == graded("right", "wrapped")
    assert again.get("step06/right", "another grader, or another mutant") is None
    assert again.get("step06/half", "key") is None


def test_another_submission_has_another_key() -> None:
    keys = {key_of({"a": "b"}), key_of({"a": "c"}), key_of({"b": "b"}), key_of({"a": "b"})}
    assert len(keys) == 3


def test_the_reviewed_list_has_a_reason_for_each(tmp_path: Path) -> None:
    assert reviewed.read(tmp_path, 6) == {}
    file = reviewed.place(tmp_path) / "step06.txt"
    file.parent.mkdir(parents=True)
    file.write_text("# a remark\n\nsome-mutant: it is the same program\n")
    assert reviewed.read(tmp_path, 6) == {"some-mutant": "it is the same program"}


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("some-mutant\n", "1: a line has the name of a mutant, a colon, and a reason"),
        ("a: \n", "1: a line has the name of a mutant, a colon, and a reason"),
        ("a: b\na: c\n", "2: a is listed twice"),
    ],
)
def test_what_is_wrong_with_the_list_is_told(tmp_path: Path, text: str, what: str) -> None:
    file = reviewed.place(tmp_path) / "step06.txt"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    with pytest.raises(CaseError) as caught:
        reviewed.read(tmp_path, 6)
    assert str(caught.value) == f"step06.txt:{what}"


@pytest.mark.parametrize(
    ("caught", "missed", "rate"), [(3, 1, 0.75), (3, 0, 1.0), (0, 2, 0.0), (0, 0, 1.0)]
)
def test_the_rate_is_of_those_that_are_to_be_caught(caught: int, missed: int, rate: float) -> None:
    one = Figures(9, 2, caught, missed, 0, 0, 0, 1, "2026-11-27", "e6cdcdb")
    assert one.rate == rate
