"""The checks of a step or a notebook, found in the modules of the package that a course names.

A package has `checks.step06` and `checks.page06`, the checks of a step's server and of its page in
a browser, and `exercises.NAME`, those of a notebook; what does not fit goes on in `step06_more`,
whatever comes after the underscore. The checks of a module are those that it defines, in the order
in which they stand there, after those in its tuple REPEATS, if it has one: checks of earlier steps.
A step's module names its VOCABULARY.
"""

import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import ModuleType

from grader.checking.check import Check
from grader.course.course import INSTALLED
from grader.explaining.vocabulary import EMPTY, Vocabulary


@dataclass(frozen=True)
class Suite:
    """The checks of a step's server and of its page, in the order in which they are reported.

    `held` are those of the servers of earlier steps, whose contract still applies.
    """

    server: tuple[Check, ...]
    page: tuple[Check, ...]
    vocabulary: Vocabulary
    held: tuple[Check, ...]
    own: frozenset[Check]  # those that are the step's own, and no earlier one's


def of_step(number: int, package: str = INSTALLED, holds: Iterable[int] = ()) -> Suite:
    """The suite of a step that holds these earlier ones; without checks where there are none."""
    server = _modules(f"{package}.checks", f"step{number:02}")
    page = _modules(f"{package}.checks", f"page{number:02}")
    every = (*_repeated(server), *_defined(server))
    held = (one for n in holds for one in _defined(_modules(f"{package}.checks", f"step{n:02}")))
    return Suite(
        every,
        (*_repeated(page), *_defined(page)),
        getattr(server[0], "VOCABULARY", EMPTY) if server else EMPTY,
        tuple(check for check in held if check not in every),
        frozenset((*_defined(server), *_defined(page))),
    )


def of_notebook(name: str, package: str = INSTALLED) -> tuple[Check, ...]:
    """The checks of a notebook's exercises; () where there are none."""
    return tuple(_defined(_modules(f"{package}.exercises", name)))


def _modules(package: str, name: str) -> list[ModuleType]:
    """The module of this name in the package, and those that go on with it."""
    try:
        inside = importlib.import_module(package).__path__
    except ModuleNotFoundError as error:
        if error.name and package.startswith(error.name):
            return []
        raise
    names = sorted(one.name for one in pkgutil.iter_modules(inside))
    found = [one for one in names if one == name or one.startswith(f"{name}_")]
    return [importlib.import_module(f"{package}.{one}") for one in found]


def _defined(modules: Iterable[ModuleType]) -> Iterator[Check]:
    for module in modules:
        for value in vars(module).values():
            if isinstance(value, Check) and value.play.__module__ == module.__name__:
                yield value


def _repeated(modules: Iterable[ModuleType]) -> Iterator[Check]:
    for module in modules:
        yield from getattr(module, "REPEATS", ())
