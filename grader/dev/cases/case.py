"""A case: a solution with one thing wrong, and what the grader must say of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.dev import files
from grader.dev.cases.hunks import (
    Hunk,
    HunkError,
    NoFinalNewlineError,
    apply,
    difference,
    overlapping,
)

Files = Mapping[str, str]  # a folder's files: path inside it, with slashes → text


class CaseError(Exception):
    """A case cannot be read, applied, folded or rebased. Says which, where, and how to fix it."""


@dataclass(frozen=True)
class Edit:
    """A changed file of the solution."""

    path: str
    hunks: tuple[Hunk, ...]


@dataclass(frozen=True)
class NewFile:
    """A file that the solution does not have."""

    path: str
    text: str


@dataclass(frozen=True)
class RemovedFile:
    """A file of the solution that is not there."""

    path: str


Change = Edit | NewFile | RemovedFile


@dataclass(frozen=True)
class Head:
    """What a case says of itself. `sentence`: what is wrong.

    step: the number of the step whose solution is changed and whose checks are run, where the
        case's folder does not say it; 0 where it does.
    mistakes: the ids of those that must be named, and no others.
    unlike: cases of other mistakes with a like symptom, which must not be given the same name.
    page: the checks of the page are run too.
    whole: the report is kept whole.
    unsteady: the ids of the checks whose explanation differs from run to run; "all": so does
        which checks fail, and no report is kept.
    """

    sentence: str
    step: int = 0
    mistakes: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    page: bool = False
    whole: bool = False
    unsteady: tuple[str, ...] = ()


@dataclass(frozen=True)
class Case:
    """`kind` is the folder that it stands in: "step06", "notebooks/03_engineio", "hostile".

    `report` is what a student reads of the checks that fail; "" where none does.
    """

    kind: str
    name: str
    head: Head
    changes: tuple[Change, ...]
    report: str = ""

    def __str__(self) -> str:
        return f"{self.kind}/{self.name}"

    @property
    def of_scripts(self) -> bool:
        """Whether only scripts of the page are changed, which no check of the server looks into."""
        return all(
            isinstance(change, Edit) and Path(change.path).match("public/*.js")
            for change in self.changes
        )

    def applied(self, solution: Files) -> dict[str, str]:
        """The files of the submission. Raises CaseError where the change does not fit."""
        result = dict(solution)
        for change in self.changes:
            path = change.path
            if isinstance(change, NewFile):
                if path in solution:
                    raise CaseError(
                        f"{self}: the solution has {path} already; write “change {path}”"
                    )
                result[path] = change.text
            elif path not in solution:
                how = (
                    f"write “new {path}”"
                    if isinstance(change, Edit)
                    else "there is nothing to remove"
                )
                raise CaseError(f"{self}: the solution has no {path}; {how}")
            elif isinstance(change, RemovedFile):
                del result[path]
            else:
                result[path] = self._edited(change, solution[path])
        return result

    def _edited(self, edit: Edit, text: str) -> str:
        try:
            edited = apply(text, edit.hunks)
        except HunkError as error:
            searched = "\n".join(f"    {line}" for line in error.hunk.old)
            stands = (
                f"stands in the solution {error.times} times"
                if error.times
                else ("does not stand in the solution")
            )
            how = (
                "add lines around it"
                if error.times
                else f"the solution has changed: run grader dev case {self} --rebase"
            )
            raise CaseError(
                f"{self}: {edit.path}: this {stands}, and must stand there once; {how}\n{searched}"
            ) from error
        except NoFinalNewlineError as error:
            raise CaseError(
                f"{self}: {edit.path} of the solution does not end with a newline: add one"
            ) from error
        if hunk := overlapping(text, edit.hunks):
            searched = "\n".join(f"    {line}" for line in hunk.old)
            raise CaseError(
                f"{self}: {edit.path}: two changes search the same line; make them one\n{searched}"
            )
        return edited


def changes(solution: Files, edited: Files) -> tuple[Change, ...]:
    """What makes the edited files of the solution's. Raises CaseError."""
    found: list[Change] = []
    for path in sorted({*solution, *edited}):
        try:
            if path not in edited:
                found.append(RemovedFile(path))
            elif path not in solution:
                if not edited[path].endswith("\n"):
                    raise NoFinalNewlineError
                found.append(NewFile(path, edited[path]))
            elif hunks := difference(solution[path], edited[path]):
                found.append(Edit(path, hunks))
        except NoFinalNewlineError:
            raise CaseError(f"{path} does not end with a newline: add one") from None
    return tuple(found)


def folder(place: Path) -> dict[str, str]:
    """The files of a solution or of an edited folder. Raises CaseError."""
    found = {}
    for path, content in files.code(place).items():
        text = files.text(content)
        if text is None:
            raise CaseError(f"{place / path} is no text in UTF-8: a case cannot hold it")
        found[path] = text
    return found


def unfold(submission: Files, place: Path) -> None:
    """Write the files into the folder, which is made where it is not there."""
    files.write(place, {path: text.encode() for path, text in submission.items()})
