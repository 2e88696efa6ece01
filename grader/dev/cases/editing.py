"""What `grader dev case` does: a case becomes a folder to run and edit, and a folder a case."""

from dataclasses import replace
from pathlib import Path

from grader.course.course import find_course
from grader.dev.cases import rebase, shelf
from grader.dev.cases.case import Case, CaseError, Head, changes, folder, unfold

BUILD = Path("build") / "cases"  # where cases are unfolded unless another folder is named
_MARKERS = ("<<<<<<< ", ">>>>>>> ")


def unfolded(root: Path, name: str, into: Path | None, *, merged: bool) -> tuple[Case, Path]:
    """Write the case's submission into a folder that is new or empty; the case, and the folder.

    `merged`: as it is on a solution that has changed, with git's markers where that conflicts.
    Raises CaseError, CourseError and GitError.
    """
    case = shelf.read(root, shelf.find(root, name))
    place = into or root / BUILD / str(case)
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise CaseError(f"{place} is not empty: fold it back, remove it, or name another folder")
    if merged:
        submission, _ = rebase.submission(root, case)
    else:
        submission = case.applied(shelf.solution_of(root, case))
    unfold(submission, place)
    return case, place


def folded(root: Path, name: str, edited: Path, sentence: str) -> Path:
    """Write the case whose submission is the edited folder; its file.

    A new case has the sentence, and names no mistake. Raises CaseError and CourseError.
    """
    if not edited.is_dir():
        raise CaseError(f"there is no folder {edited}")
    if shelf.exists(root, name):
        case = shelf.read(root, shelf.find(root, name))
        if sentence:
            case = replace(case, head=replace(case.head, sentence=sentence))
    elif "/" not in name:
        raise CaseError(
            f"there is no case {name}; a new one has its step's name too: step06/{name}"
        )
    elif not sentence.endswith("."):
        raise CaseError(f"there is no case {name}; a new one needs --says 'What is wrong.'")
    else:
        kind, _, short = name.rpartition("/")
        case = Case(kind, short, Head(sentence), ())
    submission = folder(edited)
    for path, text in submission.items():
        if any(line.startswith(_MARKERS) for line in text.splitlines()):
            raise CaseError(
                f"{edited / path} has git's conflict markers: edit what is between them"
            )
    made = changes(shelf.solution_of(root, case), submission)
    if not made:
        raise CaseError(f"{edited} is as the solution: a case changes something")
    return shelf.save(root, replace(case, changes=made))


def rebased(root: Path, name: str) -> Path | None:
    """Write the case again for a solution that has changed; its file, None where it fits as it is.

    Raises CaseError, CourseError and GitError.
    """
    case = shelf.read(root, shelf.find(root, name))
    merged = rebase.rebased(root, case)
    return None if merged == case else shelf.save(root, merged)


def command(root: Path, case: Case, place: Path) -> str:
    """The command that grades the folder of an unfolded case; of a notebook's, the case itself."""
    if case.kind.startswith(f"{shelf.NOTEBOOKS}/"):
        return f"python -m pytest tests/test_notebook_exercises.py -k {case.name}"
    number = shelf.step_of(find_course(root), case).number
    page = " --page" if case.head.page else ""
    return f"grader check {number} --path {place}{page}"
