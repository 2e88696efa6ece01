"""Operators: each makes one small mistake wherever a file has a place for it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")  # the source that it reads
C = TypeVar("C")  # the changes that it makes


@dataclass(frozen=True)
class Operator(Generic[T, C]):
    """`kind` is what it is about, as "audience". `right` are the names of mistakes of which one
    is right for its mutants; where there are none, the names are not judged.
    """

    kind: str
    find: Callable[[T], Iterator[C]]
    right: frozenset[str]

    @property
    def name(self) -> str:
        """As "audience-to-dropped"."""
        return f"{self.kind}-{self.find.__name__.strip('_').replace('_', '-')}"

    @property
    def sentence(self) -> str:
        """What is wrong with its mutants."""
        return " ".join((self.find.__doc__ or "").split())


def operators(
    kind: str, into: list[Operator[T, C]]
) -> Callable[..., Callable[[Callable[[T], Iterator[C]]], Callable[[T], Iterator[C]]]]:
    """A decorator that adds a function to a list of operators; its arguments are the right names.

    The docstring of the function is the sentence of its mutants.
    """

    def named(
        *right: str,
    ) -> Callable[[Callable[[T], Iterator[C]]], Callable[[T], Iterator[C]]]:
        def make(find: Callable[[T], Iterator[C]]) -> Callable[[T], Iterator[C]]:
            into.append(Operator(kind, find, frozenset(right)))
            return find

        return make

    return named
