"""All mutants of a step's solution: each a case with one small mistake, in a fixed order."""

import ast
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.course.course import Course, Step
from grader.dev.cases.case import Case, Files, Head, changes, folder
from grader.dev.mutants import (
    audience,
    classical,
    handlers,
    names,
    pages,
    payload,
    state,
    waiting,
    web,
    wire,
)
from grader.dev.mutants.operator import Operator
from grader.dev.mutants.script import PageChange, Script
from grader.dev.mutants.source import Change, Edit, Source

# The field's own come first: of two operators that make the same mutant, the first one has it.
SERVER: tuple[Operator[Source, Change], ...] = (
    *audience.OPERATORS,
    *names.OPERATORS,
    *payload.OPERATORS,
    *state.OPERATORS,
    *handlers.OPERATORS,
    *waiting.OPERATORS,
    *web.OPERATORS,
    *wire.OPERATORS,
    *classical.OPERATORS,
)
PAGE: tuple[Operator[Script, PageChange], ...] = tuple(pages.OPERATORS)

SCRIPT = "public/index.js"
PAIRS = 20  # mutants of a step that have two mistakes
SEED = 1


@dataclass(frozen=True)
class Mutant:
    """A case that an operator has made.

    right: of these names of mistakes one is right for it; where there are none, its name is not
        judged.
    paired: it has two mistakes.
    carried: what it changes stands in an earlier step too whose contract does not hold here; the
        number of that step, 0 where there is none.
    """

    case: Case
    operator: str
    right: frozenset[str]
    paired: bool = False
    carried: int = 0

    @property
    def name(self) -> str:
        return str(self.case)


@dataclass(frozen=True)
class _Made:
    """A changed file, and what made it."""

    path: str
    text: str
    edits: tuple[Edit, ...]
    operator: str
    sentence: str
    scope: str
    right: frozenset[str]
    carried: int = 0


def of_step(step: Step, course: Course) -> list[Mutant]:
    """The mutants of the server of a step of the course. Raises CaseError."""
    solution = folder(step.solution)
    carried = _carried(step, course)
    made: list[_Made] = []
    for path in sorted(path for path in solution if path.endswith(".py")):
        made += _of_file(path, solution[path], carried)
    return [*_named(step, solution, made), *_paired(step, solution, made)]


def of_page(step: Step, course: Course) -> list[Mutant]:
    """The mutants of the script of a step's page; none where it has no page. Raises CaseError.

    What an earlier step's page has as well is changed there: a step's page checks are of what its
    own page adds.
    """
    solution = folder(step.solution)
    if SCRIPT not in solution:
        return []
    script = Script(solution[SCRIPT])
    earlier: set[str] = set()
    for before in _before(step, course):
        earlier |= Script(folder(before.solution).get(SCRIPT, "")).units
    made = [
        _Made(
            SCRIPT,
            edited(script.text, change.edits),
            change.edits,
            operator.name,
            operator.sentence,
            change.scope,
            operator.right,
        )
        for operator in PAGE
        for change in operator.find(script)
        if script.unit(change.edits[0]) not in earlier
    ]
    return _named(step, solution, made, page=True)


def edited(text: str, edits: Sequence[Edit]) -> str:
    """The text after all edits, which do not overlap."""
    for edit in sorted(edits, key=lambda one: (one.start, one.end), reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def _carried(step: Step, course: Course) -> dict[tuple[str, str], int]:
    """The functions and statements of steps that this one goes on from and does not hold: the path
    of a file and their text there → the number of the first step that has them.
    """
    found: dict[tuple[str, str], int] = {}
    for earlier in _before(step, course):
        if earlier.number not in (step.holds or ()):
            for path, text in folder(earlier.solution).items():
                if path.endswith(".py"):
                    source = Source(text)
                    found |= {(path, source.code(one)): earlier.number for one in source.tree.body}
    return found


def _before(step: Step, course: Course) -> Iterator[Step]:
    """The steps that this one goes on from, the latest first."""
    before = course.before(step)
    while before:
        yield before
        before = course.before(before)


def _of_file(path: str, text: str, carried: Mapping[tuple[str, str], int]) -> Iterator[_Made]:
    source = Source(text)
    for operator in SERVER:
        for change in operator.find(source):
            new = edited(text, change.edits)
            if _is_another_program(text, new):
                unit = source.code(source.unit(change.node))
                yield _Made(
                    path,
                    new,
                    change.edits,
                    operator.name,
                    operator.sentence,
                    source.scope(change.node),
                    operator.right,
                    carried.get((path, unit), 0),
                )


def _is_another_program(text: str, new: str) -> bool:
    """Whether the new text is a program, and not the same one in other words."""
    try:
        return ast.dump(ast.parse(new)) != ast.dump(ast.parse(text))
    except SyntaxError:
        return False


def _named(
    step: Step, solution: Files, made: Sequence[_Made], *, page: bool = False
) -> list[Mutant]:
    """The mutants, each under a name of its own; of several that are the same, the first."""
    found: list[Mutant] = []
    seen = {(path, text) for path, text in solution.items()}
    count: Counter[str] = Counter()
    for one in made:
        name = f"{one.operator}-{one.scope}"
        count[name] += 1
        if (one.path, one.text) in seen:
            continue
        seen.add((one.path, one.text))
        own = name if count[name] == 1 else f"{name}-{count[name]}"
        found.append(_mutant(step, solution, {one.path: one.text}, own, one, page=page))
    return found


def _mutant(
    step: Step, solution: Files, new: Files, name: str, *made: _Made, page: bool = False
) -> Mutant:
    sentence = " ".join(one.sentence for one in made)
    head = Head(sentence, page=page)
    case = Case(f"step{step.number:02}", name, head, changes(solution, {**solution, **new}))
    right = frozenset[str]().union(*(one.right for one in made))
    operator = "+".join(one.operator for one in made)
    carried = min(one.carried for one in made)
    return Mutant(case, operator, right, paired=len(made) > 1, carried=carried)


def _paired(step: Step, solution: Files, made: Sequence[_Made]) -> list[Mutant]:
    """A sample of mutants with two mistakes whose names can be judged, in one file."""
    chosen = [one for one in made if one.right]
    draw = random.Random(SEED * 100 + step.number)
    found: list[Mutant] = []
    seen = {(one.path, one.text) for one in made}
    for _ in range(20 * PAIRS):
        if len(found) == PAIRS or len(chosen) < 2:
            break
        one, other = draw.sample(chosen, 2)
        if one.path != other.path or one.scope == other.scope or _overlap(one.edits, other.edits):
            continue
        text = edited(solution[one.path], (*one.edits, *other.edits))
        if (one.path, text) in seen or not _is_another_program(solution[one.path], text):
            continue
        seen.add((one.path, text))
        name = f"both-{len(found) + 1}"
        found.append(_mutant(step, solution, {one.path: text}, name, one, other))
    return found


def _overlap(one: Sequence[Edit], other: Sequence[Edit]) -> bool:
    return any(a.start <= b.end and b.start <= a.end for a in one for b in other)
