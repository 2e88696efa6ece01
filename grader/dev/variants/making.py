"""Variants of a step's solution that are as right as it is, composed at random from a seed."""

import ast
import random

from grader.course.course import Step
from grader.dev.cases.case import Case, Files, Head, changes, folder
from grader.dev.mutants.making import Mutant
from grader.dev.variants.doing import DOING
from grader.dev.variants.form import FORM
from grader.dev.variants.transform import Transform

# What a server does is changed first: what comes after looks for less in its text.
TRANSFORMS: tuple[Transform, ...] = (*DOING, *FORM)
MOST = 5  # transformations of one variant
LAST = ("names-changed",)  # after it nothing is found by its name any more
ALONE = ("port-of-its-own",)  # one in a few has it


def of_step(step: Step, count: int, seed: int) -> list[Mutant]:
    """So many variants of the step's server, each another one; fewer where no more are found."""
    solution = folder(step.solution)
    draw = random.Random(f"{seed} {step.number}")
    found: list[Mutant] = []
    seen = {tuple(sorted(solution.items()))}
    for _ in range(20 * count):
        if len(found) == count:
            break
        names, files = variant(solution, draw)
        key = tuple(sorted(files.items()))
        if names and key not in seen:
            seen.add(key)
            found.append(_case(step, solution, files, names, len(found) + 1))
    return found


def variant(solution: Files, draw: random.Random) -> tuple[list[Transform], Files]:
    """A solution after some transformations, and those that changed something."""
    chosen = draw.sample(TRANSFORMS, draw.randint(1, MOST))
    chosen = [one for one in chosen if one.name not in ALONE or draw.random() < 0.3]
    chosen.sort(key=lambda one: (one.name in LAST, TRANSFORMS.index(one)))
    return applied(solution, chosen, draw)


def applied(
    solution: Files, chosen: list[Transform], draw: random.Random
) -> tuple[list[Transform], Files]:
    """The files after these transformations, and those of them that changed something."""
    trees = {path: ast.parse(text) for path, text in solution.items() if path.endswith(".py")}
    before = {path: ast.dump(tree) for path, tree in trees.items()}
    done = [one for one in chosen if one.change(trees, draw)]
    written = {
        path: f"{ast.unparse(ast.fix_missing_locations(tree))}\n"
        for path, tree in trees.items()
        if ast.dump(tree) != before.get(path)
    }
    return done, {**solution, **written}


def _case(step: Step, solution: Files, files: Files, names: list[Transform], number: int) -> Mutant:
    sentence = " ".join(one.sentence for one in names)
    case = Case(
        f"step{step.number:02}", f"variant-{number}", Head(sentence), changes(solution, files)
    )
    return Mutant(case, "+".join(one.name for one in names), frozenset())
