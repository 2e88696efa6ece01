"""What of this machine's files a submission's server does not see, where the host can hide it.

Hidden are the homes of people, temporary files and the sockets of services, the course with its
solutions, the folders beside the submission, and the grader. What is needed to run anything, the
interpreter with its packages and the folders of PATH, is shown wherever it is. All that is left
cannot be written to.
"""

import contextlib
import os
import re
import site
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

# In the folder for temporary files: of a server's own, empty at first.
SCRATCH, _HOME = "grader-scratch", "grader-home"

_GRADER = Path(__file__).parent.parent
_HIDDEN = (
    "/home",
    "/root",
    "/run",
    "/mnt",
    "/media",
    "/srv",
    "/var/tmp",
    "/var/mail",
    "/var/spool",
)
_NEVER = {"/", "/usr", "/bin", "/lib", "/lib64", "/etc", "/opt", "/var", "/dev", "/proc", "/sys"}
# Programs that PATH finds in these run others that are elsewhere in them.
_MANAGERS = (".pyenv", ".nvm", ".volta", ".asdf", ".nodenv", ".fnm", ".bun", ".deno", ".rbenv")
_MANAGERS_OF_XDG = ("mise", "fnm", "uv", "pipx")  # in ~/.local/share
_WITH_FOLDER = re.compile(r"""[^\s'"=:;]*/[^\s'"=:;]+""")
_LIBRARIES = ("lib", "lib64", "libexec", "include", "share")
_PACKAGES = ("node_modules", ".venv", "venv", "package.json")  # above a submission


@dataclass(frozen=True)
class Sight:
    """Absolute paths that are hidden, and those that are shown nevertheless, to be read."""

    hidden: tuple[str, ...]
    shown: tuple[str, ...]


def temporary() -> str:
    """The folder for temporary files, as servers know it."""
    return os.path.realpath(tempfile.gettempdir())


def scratch() -> str:
    """A folder that is hidden, and so a new and empty one for each server."""
    return f"{temporary()}/{SCRATCH}"


def home() -> str:
    """The home of a server: the path of ours, which is hidden, or one that is made for it."""
    ours = Path("~").expanduser()
    if ours.is_absolute() and _is_there(f"{ours}/.") and str(ours) not in _NEVER:
        return str(ours)
    return f"{temporary()}/{_HOME}"


@cache
def of(folder: Path, course: Path, static: Path, command: str = "") -> Sight:
    """What a server sees whose submission is in the folder.

    `course` is the course's folder, `static` that of the shared files, and `command` what starts
    the server, where that is not its app.py.
    """
    hidden = {
        *_HIDDEN,
        temporary(),
        scratch(),
        *_both(Path(home())),
        *_both(folder.parent),
        *_both(course),
        *_both(_GRADER),
    } - _NEVER
    packed = _GRADER.is_relative_to(sys.prefix)  # installed among other packages, with a course
    roots = [folder.parent] if packed else [folder.parent, _GRADER.parent]
    if not course.is_relative_to(_GRADER):
        roots.append(course)
    wanted = {
        path
        for place in (
            *_of_python(),
            *_of_path(Path(home())),
            *_of_command(command, folder),
            *_of_packages(folder),
            static,
        )
        for path in _both(place)
        if not any(root.is_relative_to(path) for root in roots)
    }
    shown = {path for path in wanted if _is_hidden(path, hidden, wanted) and _is_there(path)}
    return Sight(tuple(sorted(hidden)), tuple(sorted(shown)))


def _is_hidden(path: str, hidden: set[str], shown: set[str]) -> bool:
    """Whether it would be hidden, were it not shown itself: by the nearest folder around it."""
    for around in map(str, Path(path).parents):
        if around in hidden or around in shown:
            return around in hidden
    return False


def _is_there(path: str | Path) -> bool:
    """Whether it is there, and this user may know it: PATH may name what others alone may see."""
    # Path.exists raises an error where one may not look.
    return os.path.exists(path)  # noqa: PTH110


def _both(path: Path) -> set[str]:
    """The path as it is written and as it is without links, where it is absolute."""
    return {str(one) for one in (path, Path(os.path.realpath(path))) if one.is_absolute()}


def _of_python() -> Iterator[Path]:
    """Where the interpreter and its packages are."""
    for place in {sys.prefix, sys.base_prefix, sys.exec_prefix, *sys.path}:
        if place:
            yield Path(place)
    yield Path(os.path.realpath(sys.executable)).parent
    if virtual := os.environ.get("VIRTUAL_ENV"):
        yield Path(virtual)
    with contextlib.suppress(AttributeError):  # a venv of old has no such function
        yield Path(site.getusersitepackages())


def _of_path(home: Path) -> Iterator[Path]:
    """The folders of PATH, with the libraries beside them and the managers that they belong to."""
    managers = [home / name for name in _MANAGERS]
    managers += [home / ".local" / "share" / name for name in _MANAGERS_OF_XDG]
    for place in map(Path, os.environ.get("PATH", "").split(os.pathsep)):
        if not place.is_absolute():
            continue
        yield from _of_programs(place, home)
        yield from (manager for manager in managers if place.is_relative_to(manager))


def _of_programs(place: Path, home: Path) -> Iterator[Path]:
    """A folder of programs, and the libraries beside it."""
    yield place
    if place.name in ("bin", "sbin") and str(place.parent) not in _NEVER:
        yield from (place.parent / name for name in _LIBRARIES[:3])
        if place.parent not in (home, home / ".local"):
            yield from (place.parent / name for name in _LIBRARIES[3:])


def _of_command(command: str, folder: Path) -> Iterator[Path]:
    """Where the programs are that a command names with their folder, and what belongs to them."""
    for name in _WITH_FOLDER.findall(command):
        named = Path(os.path.normpath(folder / name))
        if not (_is_there(named) and os.access(named, os.X_OK)):
            continue
        for program in (named, Path(os.path.realpath(named))):
            yield from _of_programs(program.parent, Path(home()))
            if _is_there(program.parent.parent / "pyvenv.cfg"):
                yield program.parent.parent


def _of_packages(folder: Path) -> Iterator[Path]:
    """Packages in the folders above, where Node and Python look for them, and those that the
    submission's own folder of packages is a link to, as package managers make it.
    """
    for name in _PACKAGES:
        packages = Path(os.path.realpath(folder / name))
        if packages.name == name and packages.parent != folder and _is_there(packages):
            yield packages
    for above in folder.parents:
        for name in _PACKAGES:
            if _is_there(above / name):
                yield above / name
