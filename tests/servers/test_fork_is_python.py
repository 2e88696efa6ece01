"""A fork of the host is what `python app.py` would be, as far as a program can see.

What may differ is listed, with the reason; everything else is equal.
"""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from grader.servers import sight, surroundings
from grader.servers.launcher import HostLauncher, a_world
from grader.servers.output import Output
from grader.servers.warm import WarmHost
from grader.servers.world import World
from tests.support import LONGEST

SEES = """
    '''The docstring.'''
    import builtins, gc, json, locale, os, resource, signal, stat, sys, threading, warnings

    later: int = 1

    def status(name):
        with open("/proc/self/status") as lines:
            return next(line.split()[1] for line in lines if line.startswith(name + ":"))

    def kind(descriptor):
        mode = os.fstat(descriptor).st_mode
        return "pipe" if stat.S_ISFIFO(mode) else "terminal" if os.isatty(descriptor) else oct(mode)

    def stream(one):
        return [one.name, one.mode, one.encoding, one.errors, one.line_buffering, one.newlines,
                one.write_through, type(one.buffer).__name__, one.closed]

    print(json.dumps({
        "orig_argv": sys.orig_argv[1:],
        "argv": sys.argv,
        "flags": repr(sys.flags),
        "path": sys.path,
        "executable": os.path.realpath(sys.executable),
        "prefixes": [sys.prefix, sys.exec_prefix, sys.base_prefix],
        "main": sorted(globals()),
        "main's values": [__name__, __file__, __doc__, __package__, repr(__spec__), __cached__
                          if "__cached__" in globals() else None],
        "main's loader": [type(__loader__).__name__, __loader__.name, __loader__.path],
        "main's annotations": sorted(__annotations__),
        "builtins": __builtins__ is builtins,
        "main in sys.modules": sys.modules["__main__"].__dict__ is globals(),
        "the host's modules": [name for name in sys.modules if "grader" in name],
        "descriptors": {n: kind(n) for n in range(100) if os.path.exists(f"/proc/self/fd/{n}")},
        "inheritable": [os.get_inheritable(n) for n in range(3)],
        "blocking": [os.get_blocking(n) for n in range(3)],
        "streams": [stream(one) for one in (sys.stdin, sys.stdout, sys.stderr)],
        "original streams": [sys.stdin is sys.__stdin__, sys.stdout is sys.__stdout__,
                             sys.stderr is sys.__stderr__],
        "signals": {n: str(signal.getsignal(n)) for n in sorted(signal.valid_signals())},
        "blocked signals": [status("SigBlk"), sorted(signal.pthread_sigmask(0, []))],
        "ignored signals": [status("SigIgn"), status("SigCgt")],
        "wakeup": signal.set_wakeup_fd(-1),
        "environment": dict(os.environ),
        "limits": {n: resource.getrlimit(getattr(resource, n))
                   for n in sorted(dir(resource)) if n.startswith("RLIMIT_")},
        "umask": os.umask(0o22),
        "nice": os.nice(0),
        "folder": os.getcwd(),
        "user": [os.getresuid(), os.getresgid(), sorted(os.getgroups())],
        "capabilities": [status("CapEff"), status("NoNewPrivs")],
        "leads": [os.getpgrp() == os.getpid(), os.getsid(0) == os.getpid()],
        "threads": [threading.active_count(), threading.current_thread().name,
                    threading.current_thread() is threading.main_thread()],
        "collector": [gc.isenabled(), gc.get_threshold(), gc.get_debug(), len(gc.callbacks)],
        "bytecode": sys.dont_write_bytecode,
        "recursion": sys.getrecursionlimit(),
        "switching": sys.getswitchinterval(),
        "digits": sys.get_int_max_str_digits(),
        "hooks": [sys.excepthook is sys.__excepthook__, sys.displayhook is sys.__displayhook__,
                  sys.unraisablehook is sys.__unraisablehook__, sys.gettrace(), sys.getprofile(),
                  threading.excepthook is threading.__excepthook__],
        "finders": [getattr(one, "__name__", type(one).__name__) for one in sys.meta_path],
        "path hooks": len(sys.path_hooks),
        "warnings": [str(one) for one in warnings.filters],
        "warn options": sys.warnoptions,
        "encodings": [sys.getfilesystemencoding(), sys.getdefaultencoding(),
                      locale.getlocale(), locale.getpreferredencoding()],
        "stdin": sys.stdin.read(),
    }, indent=0))
"""

ALLOWED = {
    "warnings": "what the host has imported has added filters: once, before the fork",
    "limits": "limits.py: what a stranger's program may use of the machine",
    "capabilities": "files.py: it could undo what keeps it apart",
    "leads": "fork.py: so that it can be ended with all that it has started",
}


@pytest.fixture(params=[True, False], ids=["kept apart", "on the machine"])
async def launcher(request: pytest.FixtureRequest) -> AsyncIterator[HostLauncher]:
    one = HostLauncher(WarmHost(isolated=request.param))
    yield one
    await one.close()


async def by_fork(launcher: HostLauncher, folder: Path, env: dict[str, str], world: World) -> Any:
    output = Output()
    seen = sight.of(folder, folder.parent, folder)
    process = await launcher.start(folder, env, None, output, world, seen)
    async with asyncio.timeout(LONGEST):
        await process.ended
    await launcher.stop(process, 0)
    said = "\n".join(line.text for line in output.lines())
    assert process.code == 0, said
    return json.loads(said)


def by_python(folder: Path, env: dict[str, str]) -> Any:
    """As a student starts it: at a terminal, at which nobody types; what it prints is piped."""
    ours, theirs = os.openpty()
    os.write(ours, b"\x04" * 9)
    try:
        done = subprocess.run(
            [sys.executable, "app.py"],
            cwd=folder,
            env=env,
            stdin=theirs,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=True,
        )
    finally:
        os.close(ours)
        os.close(theirs)
    return json.loads(done.stdout)


async def test_a_fork_is_what_python_would_be(launcher: HostLauncher, tmp_path: Path) -> None:
    folder = tmp_path / "class" / "amy"
    folder.mkdir(parents=True)
    (folder / "app.py").write_text(dedent(SEES), encoding="utf-8")
    env = surroundings.given(4321, folder, str(Path.home()))
    async with a_world(launcher) as world:
        fork = await by_fork(launcher, folder, env, world)
    python = by_python(folder, env)
    others = set(python) - set(ALLOWED)
    assert {name: fork[name] for name in others} == {name: python[name] for name in others}
    assert fork.keys() == python.keys()
    lowered = {name for name in fork["limits"] if fork["limits"][name] != python["limits"][name]}
    assert lowered <= {
        "RLIMIT_CORE",
        "RLIMIT_DATA",
        "RLIMIT_FSIZE",
        "RLIMIT_NOFILE",
        "RLIMIT_OFILE",
    }
    assert set(python["warnings"]) <= set(fork["warnings"])


def told_by_python(folder: Path) -> tuple[int, str]:
    """The exit code, and what it prints."""
    done = subprocess.run(
        [sys.executable, "app.py"], cwd=folder, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    "saved",
    [
        "# café\nprint(1)\n".encode("latin-1"),
        "print(1)\nname = 'café'\n".encode("latin-1"),
        "# coding: latin-1\n# café\nprint(1)\n".encode("latin-1"),
        "# a chat\n# coding: latin-1\n# café\nprint(1)\n".encode("latin-1"),
        "import os\n# coding: latin-1\n# café\nprint(1)\n".encode("latin-1"),
        "# coding: utf-8\n# café\nprint(1)\n".encode("latin-1"),
        "# café\nprint(1)\n".encode("utf-8-sig"),
    ],
)
async def test_a_file_in_another_encoding_is_refused_as_by_python(
    launcher: HostLauncher, tmp_path: Path, saved: bytes
) -> None:
    (tmp_path / "app.py").write_bytes(saved)
    output = Output()
    async with a_world(launcher) as world:
        process = await launcher.start(tmp_path, {**os.environ}, None, output, world)
        async with asyncio.timeout(LONGEST):
            await process.ended
        await launcher.stop(process, 0)
    said = "".join(f"{line.text}\n" for line in output.lines())
    assert (process.code, said) == told_by_python(tmp_path)
