"""A fork becomes the server: as `python app.py`, or the program given, does in its folder."""

import atexit
import builtins
import contextlib
import gc
import io
import os
import re
import signal
import sys
import threading
import types
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import BinaryIO, cast

from . import kernel
from .running import Job

# In the first line, or in the second one below a blank line or a comment (PEP 263).
_ENCODING = re.compile(rb"(?:[ \t\f]*(?:#.*)?\r?\n)?[ \t\f]*#.*?coding[:=][ \t]*[-\w.]+")
_OWN = "_grader_host"  # the names of the host's modules begin so


def standard(descriptor: int, name: str) -> io.TextIOWrapper:
    """A standard stream as `python -u` makes it: what is printed is seen when it happens."""
    mode = "w" if descriptor else "r"
    raw = io.FileIO(descriptor, mode, closefd=False)
    raw.name = f"<{name}>"
    stream = io.TextIOWrapper(
        cast("BinaryIO", raw) if descriptor else io.BufferedReader(raw),
        encoding="utf-8",
        errors="backslashreplace",
        newline="\n",
        write_through=True,
    )
    setattr(stream, "mode", mode)  # noqa: B010
    return stream


def run(job: Job) -> None:
    """Become the server: as `python app.py`, or the program given, does in its folder."""
    os.setsid()
    if job.parent:  # in a PID namespace of its own it ends with the keeper of that
        kernel.prctl(kernel.SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != job.parent:
            os._exit(1)  # it has died already
    nothing = job.terminal if job.terminal is not None else os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(job.output, 1)
    os.dup2(job.output, 2)
    os.closerange(3, max(nothing, job.output) + 1)
    os.environ.clear()
    os.environ.update(job.env)
    try:
        os.chdir(job.folder)
        if job.argv:
            signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # Python ignores it, others should not
            os.execvp(job.argv[0], job.argv)
    except OSError as error:
        os.write(2, f"{job.argv[0] if job.argv else job.folder}: {error.strerror}\n".encode())
        os._exit(127)
    for descriptor, name in enumerate(("stdin", "stdout", "stderr")):
        setattr(sys, name, standard(descriptor, name))
        setattr(sys, f"__{name}__", getattr(sys, name))
    path = str(Path(job.folder) / "app.py")
    sys.argv = ["app.py"]
    sys.orig_argv = ["python", "app.py"]  # with this a reloader starts its server again
    sys.path.insert(0, job.folder)
    sys.dont_write_bytecode = True
    main = types.ModuleType("__main__")
    loader = SourceFileLoader("__main__", path)
    main.__dict__.update(__file__=path, __builtins__=builtins, __cached__=None, __loader__=loader)
    sys.modules["__main__"] = main
    for name in [name for name in sys.modules if name.startswith(_OWN)]:
        del sys.modules[name]
    gc.enable()
    code = execute(path, main)
    # What the interpreter does at its end, except taking every imported module apart.
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
    os._exit(code)


def execute(path: str, main: types.ModuleType) -> int:
    """Run the file as the module `main`; the exit code."""
    try:
        source = Path(path).read_bytes()
    except OSError as error:
        reason = f"[Errno {error.errno}] {error.strerror}"
        print(f"{sys.executable}: can't open file {path!r}: {reason}", file=sys.stderr)
        return 2
    try:
        if wrong := not_utf8(source, path):
            raise SyntaxError(wrong)
        exec(compile(source, path, "exec", dont_inherit=True), main.__dict__)
    except SystemExit as ending:
        if ending.code is None or isinstance(ending.code, int):
            return (ending.code or 0) & 0xFF
        print(ending.code, file=sys.stderr)
        return 1
    except BaseException as error:
        # The student's own lines only: the first frame is this function's.
        trace = error.__traceback__ and error.__traceback__.tb_next
        sys.excepthook(type(error), error.with_traceback(trace), trace)
        return 130 if isinstance(error, KeyboardInterrupt) else 1
    return 0


def not_utf8(source: bytes, path: str) -> str:
    """What `python app.py` says of a file in another encoding than it declares; "" of others.

    compile() looks at strings alone, and takes a comment in any encoding (PEP 263).
    """
    if _ENCODING.match(source):
        return ""
    try:
        source.decode()
    except UnicodeDecodeError as error:
        byte, line = source[error.start], source.count(b"\n", 0, error.start) + 1
        return (
            f"Non-UTF-8 code starting with '\\x{byte:02x}' in file {path} on line {line}, but no "
            "encoding declared; see https://peps.python.org/pep-0263/ for details"
        )
    return ""
