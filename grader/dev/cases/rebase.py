"""Merges a case over a solution that has changed since the case was written.

A case does not say of which commit its solution is. The newest commit whose solution has all that
the case searches does as well: git merges what has changed since then with what the case changes.
"""

from dataclasses import replace
from pathlib import Path

from grader.dev.cases import shelf
from grader.dev.cases.case import Case, CaseError, Edit, Files, changes
from grader.dev.git import Git


def rebased(root: Path, case: Case) -> Case:
    """The case on today's solution; the same one where it still fits.

    Raises CaseError, CourseError and GitError.
    """
    merged, conflicts = submission(root, case)
    if conflicts:
        raise CaseError(
            f"{case}: the case and the solution both change the same lines of "
            f"{', '.join(conflicts)}; unfold it with --rebase --into DIR, edit what stands between "
            "git's markers, and fold it back with --fold DIR"
        )
    solution = shelf.solution_of(root, case)
    try:
        case.applied(solution)
    except CaseError:
        return replace(case, changes=changes(solution, merged))
    return case


def submission(root: Path, case: Case) -> tuple[dict[str, str], list[str]]:
    """The submission on today's solution, and the files of it that have git's conflict markers.

    Raises CaseError, CourseError and GitError.
    """
    solution = shelf.solution_of(root, case)
    try:
        return case.applied(solution), []
    except CaseError:
        before = _before(root, case)
    git = Git(root, around=True)
    edited = case.applied(before)
    result, conflicts = dict(solution), []
    for path in sorted({*before, *edited}):
        was, new, now = before.get(path), edited.get(path), solution.get(path)
        if new in (was, now):
            continue
        if was == now:
            result.pop(path, None)
            if new is not None:
                result[path] = new
        elif was is None or new is None or now is None:
            raise CaseError(
                f"{case}: {path} is new, gone or removed on one side only: write the case again"
            )
        else:
            result[path], conflict = git.merged(now, was, new)
            conflicts += [path] if conflict else []
    return result, conflicts


def _before(root: Path, case: Case) -> Files:
    """The files that the case changes as the newest commit has them that the case fits."""
    git = Git(root, around=True)
    origin = shelf.origin_of(root, case).relative_to(root)
    paths = [change.path for change in case.changes]
    in_folder = (root / origin).is_dir()
    for commit in git("log", "--format=%H", "--", str(origin)).split():
        found = {}
        for path in paths:
            content = git.content(commit, str(origin / path if in_folder else origin))
            if content is not None:
                found[path] = content.decode()
        try:
            case.applied(found)
        except CaseError:
            continue
        return found
    edited = ", ".join(change.path for change in case.changes if isinstance(change, Edit))
    raise CaseError(f"{case}: no commit has a solution that the case fits: {edited}")
