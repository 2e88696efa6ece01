"""Mistakes that keep a program from being read: a file's name, its syntax, what it imports."""

import codecs
import contextlib
import importlib.util
import io
import re
import tokenize
from pathlib import Path

from grader.explaining.evidence import Evidence
from grader.explaining.files import texts
from grader.explaining.frames import Trace
from grader.history.findings import Fault
from grader.report.result import Mistake, Where

_JAVASCRIPT = re.compile(r"^\s*(const|let|var)\s|=>|\bfunction\b|;\s*$|\$\(|^\s*//")
_SCRIPTS = (".js", ".mjs", ".cjs", ".ts")
_CONFLICT = ("<<<<<<<", "=======", ">>>>>>>")  # what git writes where two changes meet
_BROWSER_NAMES = ("socket", "io", "document", "window", "console")
_NO_PACKAGE = re.compile(r"Cannot find (?:module|package) '([^']+)'")  # what Node says
_NEEDS = "requirements.txt"
# What Python says of a file in another encoding, by where it finds that out.
_UNREAD = re.compile(r"Non-UTF-8 code|'utf-8' codec can't decode|source code .*null bytes")


def program(e: Evidence) -> str:
    """The file that is started, as far as that is known."""
    for trace in e.traces:
        if trace.frames:
            return trace.frames[0].where.file
    folder = e.source.folder
    return "the program" if folder and not (folder / "app.py").is_file() else "app.py"


def last_place(trace: Trace) -> Where | None:
    """The line of the submission at which an error came about."""
    return trace.frames[-1].where if trace.frames else None


def hides_a_package(e: Evidence) -> Mistake | None:
    """A file or package of the student's has the name of an installed module, and hides it."""
    folder = e.source.folder
    if folder is None:
        return None
    for trace in e.traces:
        match = re.search(
            r"cannot import name '[^']+' from (?:partially initialized module )?'(?P<name>\w+)|"
            r"(?:partially initialized )?module '(?P<module>\w+)' has no attribute|"
            r"No module named '(?P<package>\w+)\.",
            trace.text,
        )
        name = next(filter(None, match.groups()), "") if match else ""
        for own in (f"{name}/__init__.py", f"{name}.py") if name else ():
            if (file := folder / own).is_file() and _is_installed(name, file):
                what = "file" if own.endswith(f"{name}.py") else "folder"
                return Mistake(
                    "hides-a-package",
                    f"your own {what} {own.removesuffix('/__init__.py')} hides the module {name}: "
                    f"Python looks in the folder of app.py first. Give the {what} another name.",
                    Where(own, 1),
                )
    return None


def _is_installed(name: str, own: Path) -> bool:
    """Whether there is a module of this name besides the student's own file."""
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return False
    return spec is not None and (not spec.origin or Path(spec.origin).resolve() != own.resolve())


def syntax_error(e: Evidence) -> Mistake | None:
    """The file is no Python; where it is the page's JavaScript, say so."""
    for trace in e.traces:
        if trace.error in ("SyntaxError", "IndentationError", "TabError") and trace.frames:
            frame = trace.frames[-1]
            if frame.where.file.endswith(_SCRIPTS):
                return Mistake("syntax-error", f"this is no JavaScript: {trace.text}.", frame.where)
            if frame.code.startswith(_CONFLICT):
                return Mistake(
                    "merge-conflict",
                    "git has left a merge conflict here: keep one side, and delete the lines with "
                    "<<<<<<<, ======= and >>>>>>>.",
                    frame.where,
                )
            if _JAVASCRIPT.search(frame.code):
                return Mistake(
                    "client-code-in-server",
                    f"“{frame.code}” is JavaScript: it belongs to the page, in "
                    "public/index.js, not to the server.",
                    frame.where,
                )
            return Mistake(
                "syntax-error", f"Python cannot read this line: {trace.text}.", frame.where
            )
    return None


def no_utf8(e: Evidence) -> Mistake | None:
    """A file is saved in another encoding than the one in which Python reads it."""
    folder = e.source.folder if e.of(Fault.NOT_READY) else None
    unread = any(_UNREAD.search(line) for line in e.printed)
    for name, saved in texts(folder, ".py") if unread else ():
        if saved[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            what = f"{name} is saved as UTF-16, which Python does not read: save it as UTF-8."
            return Mistake("not-utf-8", what, Where(name, 1))
        if (line := _line_of_another_encoding(saved)) and _encoding(saved).startswith("utf-8"):
            what = f"{name} is not saved as UTF-8, as Python expects it: save it as UTF-8."
            return Mistake("not-utf-8", what, Where(name, line))
    return None


def _encoding(saved: bytes) -> str:
    """The encoding in which Python reads a file: what it declares, or UTF-8."""
    with contextlib.suppress(SyntaxError):  # nothing is declared, or what there is none of
        return tokenize.detect_encoding(io.BytesIO(saved).readline)[0]
    return "utf-8"


def _line_of_another_encoding(saved: bytes) -> int:
    """The first line that is no UTF-8, or has a NUL in it; 0 where there is none."""
    at = saved.find(0)
    try:
        saved.decode()
    except UnicodeDecodeError as error:
        at = error.start
    return saved.count(b"\n", 0, at) + 1 if at >= 0 else 0


def browser_name(e: Evidence) -> Mistake | None:
    """The server uses what exists in the page only."""
    for trace in e.traces:
        match = re.match(r"name '(\w+)' is not defined", trace.text)
        if trace.error == "NameError" and match and match[1] in _BROWSER_NAMES:
            return Mistake(
                "client-code-in-server",
                f"{match[1]} is a name of the page's JavaScript; on the server it is sio.",
                last_place(trace),
            )
    return None


def missing_module(e: Evidence) -> Mistake | None:
    """An import finds nothing."""
    for trace in e.traces:
        if package := _NO_PACKAGE.match(trace.text):
            return Mistake(
                "missing-module",
                f"there is no module '{package[1]}' here. Is it spelt right? A package has to be "
                "installed in the folder of the server: npm install.",
                last_place(trace),
            )
        if trace.error == "ModuleNotFoundError":
            return Mistake(
                "missing-module",
                f"{trace.text.lower()} here. Is it spelt right? If it is a file of yours, is it "
                f"beside {program(e)}? {_installed(e)}",
                last_place(trace),
            )
    return None


def _installed(e: Evidence) -> str:
    """What a package that is not there has to do with."""
    if e.source.folder and (e.source.folder / _NEEDS).is_file():
        return (
            f"What is in {_NEEDS} has to be installed for the Python that runs the server; "
            "--server '.venv/bin/python app.py' names another one than the grader's."
        )
    return "The course needs nothing but what its own set-up installs."
