"""git, asked so that what it answers depends on nobody's settings."""

import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

# What in anybody's settings would change a commit's bytes, or run a program of theirs.
_SETTINGS = {
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "core.splitIndex": "false",
    "i18n.commitEncoding": "UTF-8",
}

_MERGE_FAILED = 128  # the exit code is the number of conflicts, 127 at most


class GitError(Exception):
    """git refused, in its own words; or it must not be asked, in ours, which say how to fix it."""


class Git:
    """git in one folder. A repository around the folder is only found where `around` is set."""

    def __init__(self, folder: Path, *, around: bool = False) -> None:
        self.folder = folder
        self._options = [part for name, value in _SETTINGS.items() for part in _set(name, value)]
        kept = {name: value for name, value in os.environ.items() if name[:4] != "GIT_"}
        ceiling = {} if around else {"GIT_CEILING_DIRECTORIES": str(folder.parent)}
        self._environment = {**kept, **ceiling, "LC_ALL": "C"}

    def __call__(
        self, *arguments: str, stdin: str = "", env: Mapping[str, str] | None = None
    ) -> str:
        """What git prints, without white space at its end. Raises GitError."""
        done = self._run(arguments, stdin, env)
        if done.returncode:
            said = os.fsdecode(done.stderr).strip() or f"exit code {done.returncode}"
            raise GitError(f"git {arguments[0]} in {self.folder}: {said}")
        return os.fsdecode(done.stdout).rstrip()

    def content(self, commit: str, path: str) -> bytes | None:
        """A file of a commit, its path relative to the folder; None where it is not in it."""
        done = self._run(("cat-file", "blob", f"{commit}:./{path}"))
        return None if done.returncode else done.stdout

    def merged(self, ours: str, base: str, theirs: str) -> tuple[str, bool]:
        """What both have changed since the base; where that conflicts, with git's markers, and
        True. Raises GitError.
        """
        with tempfile.TemporaryDirectory() as place:
            names = {"solution": ours, "before": base, "case": theirs}
            for name, text in names.items():
                Path(place, name).write_bytes(text.encode())
            labels = [part for name in names for part in ("-L", name)]
            files = [str(Path(place, name)) for name in names]
            done = self._run(("merge-file", "-p", *labels, *files))
        if not 0 <= done.returncode < _MERGE_FAILED:
            raise GitError(f"git merge-file: {os.fsdecode(done.stderr).strip()}")
        return done.stdout.decode(), bool(done.returncode)

    def _run(
        self, arguments: Sequence[str], stdin: str = "", env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        try:
            return subprocess.run(
                ["git", *self._options, *arguments],
                cwd=self.folder,
                env={**self._environment, **(env or {})},
                input=os.fsencode(stdin),
                capture_output=True,
                check=False,
            )
        except FileNotFoundError as error:
            raise GitError("git is not here: install it") from error

    def is_repository(self) -> bool:
        """Whether the folder is one, bare or not. Raises GitError where git cannot tell."""
        try:
            self("rev-parse", "--git-dir")
        except GitError as error:
            if "not a git repository" in str(error):
                return False
            raise
        return True


def _set(name: str, value: str) -> tuple[str, str]:
    return "-c", f"{name}={value}"


def listed(text: str) -> list[str]:
    """What git lists with -z."""
    return [line for line in text.split("\0") if line]
