"""The environment in which a submission's server runs.

Of the caller's own variables a server gets those that say which language, time zone and programs
the machine has, and no others: an instructor's tokens and passwords are not a student's business.
`--env NAME` hands one more on.
"""

import os
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

# Names, or beginnings of names that end with a *.
ALLOWED = (
    "PATH",
    "USER",
    "LOGNAME",
    "SHELL",
    "LANG",
    "LANGUAGE",
    "LC_*",
    "TZ",
    "TZDIR",
    "TERM",
    "NO_COLOR",
    "TMPDIR",
    # where Python and its packages are, and how it runs
    "VIRTUAL_ENV",
    "CONDA_PREFIX",
    "PYTHONPATH",
    "PYTHONHOME",
    "PYTHONUSERBASE",
    "PYTHONHASHSEED",
    "PYTHONUTF8",
    "PYTHONWARNINGS",
    "PYTHONDEVMODE",
    "PYTHONASYNCIODEBUG",
    "PYENV_*",
    # where Node and its packages are
    "NODE_PATH",
    "NODE_ENV",
    "NODE_OPTIONS",
    "NVM_DIR",
    "VOLTA_HOME",
    # where programs find their libraries on machines that keep them elsewhere
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "NIX_LD*",
    # without these hardly any program starts on Windows
    "SYSTEMROOT",
    "SYSTEMDRIVE",
    "WINDIR",
    "COMSPEC",
    "PATHEXT",
    "PROGRAMFILES*",
    "PROGRAMDATA",
    "APPDATA",
    "LOCALAPPDATA",
    "USERPROFILE",
    "NUMBER_OF_PROCESSORS",
    "PROCESSOR_*",
    "TEMP",
    "TMP",
)
PYTHON = {
    "PYTHONUNBUFFERED": "1",  # what is printed is seen when it happens
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONIOENCODING": "utf-8:backslashreplace",
}
_ALLOWED = re.compile("|".join(re.escape(name).replace(r"\*", ".*") for name in ALLOWED), re.DOTALL)


def allowed() -> dict[str, str]:
    """Of our own variables those that are nobody's secret."""
    return {name: value for name, value in os.environ.items() if _ALLOWED.fullmatch(name)}


def given(port: int, static: Path, home: str, more: Iterable[str] = ()) -> dict[str, str]:
    """What a submission's server gets. `more` are NAMEs of ours to hand on, or NAME=VALUEs."""
    asked = [one.partition("=") for one in more]
    handed = {
        name: value if equals else os.environ[name]
        for name, equals, value in asked
        if equals or name in os.environ
    }
    ours = allowed()
    return {**ours, "HOME": home, **promised(ours, port, static), **handed}


def promised(ours: Mapping[str, str], port: int, static: Path) -> dict[str, str]:
    """What COURSE.md promises a server, and what shows at once what it prints."""
    return {
        "PATH": path_of(ours),
        "PORT": str(port),
        "STATIC_DIR": str(static),
        **PYTHON,
    }


def path_of(ours: Mapping[str, str]) -> str:
    """Where a server finds programs: ours, after those beside the grader's own Python.

    So python is that one, with its packages.
    """
    return os.pathsep.join([str(Path(sys.executable).parent), ours.get("PATH", os.defpath)])


def static_of(folder: Path, static: Path | None) -> Path:
    """The folder of shared files: the caller's variable, or else the course's own."""
    return Path(os.environ.get("STATIC_DIR") or static or folder.parent.parent / "static")
