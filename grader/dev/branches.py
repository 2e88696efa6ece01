"""The course as a git repository: `main`, and two branches for each step.

    main               the whole course: what git tracks of it, as it is on the disk
    step06             where a student begins: the starter, on top of …
    step05-solution    … the solution that it continues, one commit for each step

A step that continues none begins on top of the one before it. In a step's branch the step is in
steps/make_chat whatever its number, so that `git diff step05-solution step06-solution` is that
step. What all steps share is where it is in the course: static/, and the files of steps/ itself.

Only objects and references are written, by git's plumbing; the same course gives the same commits.
"""

import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from grader.course.course import Course, CourseError, Step
from grader.dev import files
from grader.dev.git import Git, GitError, listed
from grader.dev.lesson import Lesson
from grader.dev.violation import shown

AUTHOR = "Make Chat <make-chat@example.org>"
DATE = "2026-01-01T00:00:00+00:00"
PLACE = "steps/make_chat"
_SHARED = re.compile(r"\.gitignore|static/.+|steps/[^/]+")  # what all steps have in common

Tree = Mapping[str, tuple[str, Path]]  # a file's path in a commit: its mode, and where it is now


@dataclass(frozen=True)
class Branch:
    """A branch: its commit, and the one it had before, or None."""

    name: str
    commit: str
    before: str | None

    @property
    def state(self) -> str:
        """What happened to it."""
        if self.before is None:
            return "new"
        return "unchanged" if self.before == self.commit else "moved"


@dataclass(frozen=True)
class Signature:
    """Who commits, and when, in git's own form: seconds since 1970, and the offset from UTC."""

    name: str
    email: str
    date: str

    @property
    def environment(self) -> dict[str, str]:
        """The variables from which git takes it, for the author and the committer."""
        parts = {"NAME": self.name, "EMAIL": self.email, "DATE": self.date}
        return {f"GIT_{who}_{k}": v for who in ("AUTHOR", "COMMITTER") for k, v in parts.items()}


def signature(author: str, date: str) -> Signature:
    """The signature of `NAME <MAIL>` at an ISO 8601 date, in UTC where it names no offset.

    Raises ValueError, saying what is wrong.
    """
    match = re.fullmatch(r"([^<>\n]*[^<>\s]) <([^<>\s]+)>", author)
    if match is None:
        raise ValueError(f"{author!r} is no author: write NAME <MAIL>")
    try:
        when = datetime.fromisoformat(date)
    except ValueError as error:
        raise ValueError(f"{date!r} is no date: write for example 2026-01-31") from error
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return Signature(match[1], match[2], f"@{int(when.timestamp())} {when:%z}")


def write(course: Course, folder: Path, signature: Signature) -> list[Branch]:
    """Write the branches into the repository in the folder, which is made where there is none.

    Nothing but these branches is touched; where one is checked out, its files follow it. Raises
    GitError and CourseError, and has then changed no branch.
    """
    tracked = snapshot(course.root)
    messages = {step: _message(course, step) for step in course.steps}
    git = _repository(folder)
    heads = _heads(git)
    with tempfile.TemporaryDirectory() as scratch:
        writer = _Writer(git, signature, Path(scratch))
        commits = {"main": _main(writer, course, tracked, heads.get("main"))}
        last = None
        solutions: dict[int, str] = {}
        for step in course.steps:
            starter, solution = _trees(course, step, tracked)
            name = f"step{step.number:02}"
            parent = solutions.get(step.continues, last)
            start = f"Start step {step.number}: {step.title}"
            commits[name] = writer.commit(writer.tree(starter), parent, start)
            last = solutions[step.number] = writer.commit(
                writer.tree(solution), parent, messages[step]
            )
            commits[f"{name}-solution"] = last
    branches = [Branch(name, commit, heads.get(name)) for name, commit in commits.items()]
    _move(git, [branch for branch in branches if branch.state != "unchanged"])
    return branches


def snapshot(root: Path) -> Tree:
    """The course's files: those that git tracks; where it tracks none, those it does not ignore."""
    git = Git(root, around=True)
    try:
        staged = [line.partition("\t") for line in listed(git("ls-files", "-z", "--stage"))]
        modes = {name: stage.split()[0] for stage, _, name in staged}
    except GitError:
        modes = {}
    found = {name: (mode, root / name) for name, mode in modes.items()} or _unignored(root)
    for name, (_, file) in found.items():
        if file.is_symlink():
            raise CourseError(f"{name} is a symbolic link: make it a copy")
    return {name: entry for name, entry in found.items() if entry[1].is_file()}


def _unignored(root: Path) -> Tree:
    """All files that no .gitignore names, with the mode that they have on the disk."""
    git = Git(root)
    with tempfile.TemporaryDirectory() as scratch:
        git("init", "--quiet", "--bare", "--template=", scratch)
        env = {"GIT_DIR": scratch, "GIT_WORK_TREE": str(root)}
        others = ("--others", "--exclude-per-directory=.gitignore")
        names = listed(git("ls-files", "-z", *others, env=env))
    return {n: ("100755" if os.access(root / n, os.X_OK) else "100644", root / n) for n in names}


class _Writer:
    """Writes files, trees and commits into a repository; each is known by its hash."""

    def __init__(self, git: Git, signature: Signature, scratch: Path) -> None:
        self._git = git
        self._signature = signature
        self._scratch = scratch
        self._hashes: dict[Path, str] = {}

    def tree(self, tree: Tree) -> str:
        new = [file for _, file in tree.values() if file not in self._hashes]
        paths = "".join(f"{file}\n" for file in new)
        hashes = self._git("hash-object", "-w", "--no-filters", "--stdin-paths", stdin=paths)
        self._hashes.update(zip(new, hashes.split(), strict=True))
        lines = (f"{mode} {self._hashes[file]}\t{name}\0" for name, (mode, file) in tree.items())
        index = {"GIT_INDEX_FILE": str(self._scratch / "index")}
        self._git("read-tree", "--empty", env=index)
        self._git("update-index", "-z", "--index-info", stdin="".join(lines), env=index)
        return self._git("write-tree", env=index)

    def commit(self, tree: str, parent: str | None, message: str) -> str:
        parents = ("-p", parent) if parent else ()
        env = self._signature.environment
        return self._git("commit-tree", tree, *parents, stdin=f"{message}\n", env=env)

    def tree_of(self, commit: str) -> str:
        return self._git("rev-parse", f"{commit}^{{tree}}")


def _main(writer: _Writer, course: Course, tracked: Tree, before: str | None) -> str:
    """The whole course on top of what `main` is; the same commit where it is that already."""
    tree = writer.tree(tracked)
    if before and writer.tree_of(before) == tree:
        return before
    numbers = ", ".join(str(step.number) for step in course.steps)
    return writer.commit(tree, before, f"The whole course, with steps {numbers}")


def _trees(course: Course, step: Step, tracked: Tree) -> tuple[Tree, Tree]:
    """The trees of a step's starter and solution."""
    shared = {name: entry for name, entry in tracked.items() if _SHARED.fullmatch(name)}
    starter, solution = (
        {
            name.replace(shown(course, folder), PLACE, 1): entry
            for name, entry in tracked.items()
            if name.startswith(f"{shown(course, folder)}/")
        }
        for folder in (step.folder, step.solution)
    )
    settings = f"{PLACE}/{files.SETTINGS}"  # so that the grader knows which step it is
    if settings not in starter:
        place = shown(course, step.folder)
        raise CourseError(f"{place}/{files.SETTINGS} is not tracked by git: run git add {place}")
    return shared | starter, shared | solution | {settings: starter[settings]}


def _message(course: Course, step: Step) -> str:
    """What the step's lesson suggests for its commit. Raises CourseError."""
    file = step.folder / files.LESSON
    try:
        (message,) = Lesson.read(file).messages
    except (OSError, ValueError) as error:
        what = f"{shown(course, file)} does not suggest one commit"
        raise CourseError(f'{what}: write git commit -am "MESSAGE" once under ## Commit') from error
    return message


def _repository(folder: Path) -> Git:
    """git in the folder, with a repository there. Raises GitError."""
    if folder.exists() and not folder.is_dir():
        raise GitError(f"{folder} is a file: name a folder")
    folder.mkdir(parents=True, exist_ok=True)
    git = Git(folder)
    if not git.is_repository():
        if any(folder.iterdir()):
            raise GitError(f"{folder} is not empty, and no git repository: name another folder")
        git("init", "--quiet", "--template=", "--object-format=sha1", "--initial-branch=main")
    return git


def _heads(git: Git) -> dict[str, str]:
    """The repository's branches and their commits."""
    listed = git("for-each-ref", "--format=%(objectname) %(refname:lstrip=2)", "refs/heads")
    pairs = (line.split(" ", 1) for line in listed.splitlines())
    return {name: commit for commit, name in pairs}


def _move(git: Git, branches: list[Branch]) -> None:
    """Move the branches, all or none, and the files of those that are checked out with them."""
    follow = []
    for tree, branch in _checked_out(git, branches):
        if tree("status", "--porcelain", "--untracked-files=no"):
            raise GitError(
                f"{branch.name} is checked out in {tree.folder}, with changes: "
                "commit or undo them first"
            )
        step = [branch.commit] if branch.before is None else [branch.before, branch.commit]
        tree("read-tree", "-n", "-m", "-u", *step)  # would it overwrite a file of the user's?
        follow.append((tree, step))
    none = "0" * 40
    lines = [f"update refs/heads/{b.name} {b.commit} {b.before or none}\n" for b in branches]
    message = ("-m", "grader dev branches")
    git("update-ref", *message, "--stdin", stdin="".join(["start\n", *lines, "commit\n"]))
    for tree, step in follow:
        tree("read-tree", "-m", "-u", *step)


def _checked_out(git: Git, branches: list[Branch]) -> Iterator[tuple[Git, Branch]]:
    """The branches that are checked out, and git in the folders where they are."""
    by_reference = {f"refs/heads/{branch.name}": branch for branch in branches}
    for block in git("worktree", "list", "--porcelain").split("\n\n"):
        lines = dict(line.partition(" ")[::2] for line in block.splitlines())
        branch = by_reference.get(lines.get("branch", ""))
        if branch and Path(lines["worktree"]).is_dir():
            yield Git(Path(lines["worktree"])), branch
