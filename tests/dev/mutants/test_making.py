"""Mutants are cases: always the same ones, each another program than the solution, with a name."""

from grader.dev.cases import text
from grader.dev.cases.case import folder
from grader.dev.mutants.making import Mutant, of_page, of_step
from tests.support import course

STEPS = [step for step in course().steps if step.number <= 7]


def made() -> list[Mutant]:
    return [
        mutant for step in STEPS for mutant in (*of_step(step, course()), *of_page(step, course()))
    ]


def test_they_are_the_same_each_time() -> None:
    assert made() == made()


def test_each_has_a_name_of_its_own_and_is_a_case_that_is_written_and_read() -> None:
    every = made()
    assert len({mutant.name for mutant in every}) == len(every)
    for mutant in every:
        case = mutant.case
        assert text.parse(text.write(case), case.kind, case.name) == case


def test_each_fits_its_solution_and_no_two_are_one_program() -> None:
    for step in STEPS:
        solution = folder(step.solution)
        programs = [
            mutant.case.applied(solution)
            for mutant in (*of_step(step, course()), *of_page(step, course()))
        ]
        assert solution not in programs
        assert len({tuple(sorted(one.items())) for one in programs}) == len(programs)


def test_there_are_enough_of_servers_and_of_pages() -> None:
    assert sum(len(of_step(step, course())) for step in STEPS) >= 900
    assert sum(len(of_page(step, course())) for step in STEPS) >= 150


def test_some_have_two_mistakes() -> None:
    paired = [mutant for mutant in made() if mutant.paired]
    assert len(paired) >= 80
    assert all("+" in mutant.operator for mutant in paired)


def test_what_a_step_only_carries_over_is_not_its_own() -> None:
    (step,) = (step for step in STEPS if step.number == 4)
    carried = {mutant.case.name: mutant.carried for mutant in of_step(step, course())}
    assert carried["handler-removed-connect"] == 3
    assert carried["handler-removed-new_user"] == 0


def test_a_page_is_changed_where_a_step_adds_to_it() -> None:
    fourth, fifth = (
        {mutant.case.name for mutant in of_page(step, course())}
        for step in STEPS
        if step.number in (4, 5)
    )
    assert "page-handler-missing-new-user" in fourth
    assert "page-handler-missing-new-message" in fifth
    assert "page-handler-missing-new-user" not in fifth
