"""Both launchers start, watch and stop processes alike; a fork is what `python app.py` would be."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from textwrap import dedent

import pytest

from grader.servers.direct import SubprocessLauncher
from grader.servers.launcher import HostLauncher
from grader.servers.output import Output
from grader.servers.process import HostDiedError, LaunchError, Process
from grader.servers.protocol import Launcher
from grader.servers.warm import WarmHost
from tests.support import LONGEST, ROOT, is_running, open_files, wait_until

LAUNCHERS: dict[str, Callable[[], Launcher]] = {
    "host": lambda: HostLauncher(WarmHost()),
    "subprocess": SubprocessLauncher,
}
PYTHON = {
    "PYTHONUNBUFFERED": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONIOENCODING": "utf-8:backslashreplace",
}
NEVER = 60.0  # seconds: a moment that no test waits for


@pytest.fixture(params=LAUNCHERS)
async def launcher(request: pytest.FixtureRequest) -> AsyncIterator[Launcher]:
    one = LAUNCHERS[request.param]()
    yield one
    await one.close()


@pytest.fixture
async def host() -> AsyncIterator[HostLauncher]:
    one = HostLauncher(WarmHost(()))
    yield one
    await one.close()


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, **PYTHON, **more}


def write(folder: Path, source: str, name: str = "app.py") -> Path:
    (folder / name).write_text(dedent(source), encoding="utf-8")
    return folder


async def start(launcher: Launcher, folder: Path, *argv: str) -> Process:
    return await launcher.start(folder, environment(), argv or None, Output())


async def finish(launcher: Launcher, folder: Path, *argv: str) -> Process:
    """Start it, and let it run to its own end."""
    process = await start(launcher, folder, *argv)
    await process.ended
    await launcher.stop(process, 0)
    return process


async def printed(process: Process, lines: int = 1) -> list[str]:
    """What the process has printed, once it is so many lines."""
    changed = asyncio.Event()
    process.output.on_change = changed.set
    async with asyncio.timeout(LONGEST):
        while process.output.total_lines < lines:
            await changed.wait()
            changed.clear()
    return text(process)


def text(process: Process) -> list[str]:
    return [line.text for line in process.output.lines()]


def by_python(folder: Path) -> subprocess.CompletedProcess[str]:
    """What `python app.py` does there."""
    return subprocess.run(
        [sys.executable, "app.py"],
        cwd=folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


async def test_what_a_program_prints_comes_line_by_line(launcher: Launcher, tmp_path: Path) -> None:
    write(
        tmp_path,
        """
        import os, sys
        print("to the output")
        print("to the error", file=sys.stderr)
        os.write(1, b"past Python\\n")
        print("¡ü!", end="")
        """,
    )
    process = await finish(launcher, tmp_path)
    assert text(process) == ["to the output", "to the error", "past Python", "¡ü!"]
    assert process.code == 0


async def test_a_print_is_seen_while_the_program_runs(launcher: Launcher, tmp_path: Path) -> None:
    process = await start(
        launcher, write(tmp_path, "import time\nprint('here')\ntime.sleep(600)\n")
    )
    assert await printed(process) == ["here"]
    assert process.code is None
    await launcher.stop(process, NEVER)


async def test_a_program_that_prints_much_at_its_end_is_heard_out(
    launcher: Launcher, tmp_path: Path
) -> None:
    process = await finish(launcher, write(tmp_path, "print('x' * 99 + '\\n', end='' * 1)\n" * 900))
    assert process.output.total_bytes == 90_000


ENDINGS = {
    "pass": 0,
    "sys.exit()": 0,
    "sys.exit(None)": 0,
    "sys.exit(3)": 3,
    "sys.exit(True)": 1,
    "sys.exit(-1)": 255,
    "sys.exit(256)": 0,
    "sys.exit('no more')": 1,
    "sys.exit((1, 2))": 1,
    "os._exit(9)": 9,
    "raise SystemExit(4)": 4,
    "1 / 0": 1,
    "this is no Python": 1,
    "os.kill(os.getpid(), signal.SIGTERM)": -15,
    "os.kill(os.getpid(), signal.SIGKILL)": -9,
}


@pytest.mark.parametrize("ending", ENDINGS)
async def test_the_exit_code_is_pythons(launcher: Launcher, tmp_path: Path, ending: str) -> None:
    write(tmp_path, f"import os, signal, sys\n{ending}\n")
    process = await finish(launcher, tmp_path)
    expected = by_python(tmp_path)
    assert (process.code, text(process)) == (expected.returncode, expected.stdout.splitlines())
    assert process.code == ENDINGS[ending]


TRACEBACKS = {
    "in a function": "def deeper():\n    raise ValueError('deep')\n\ndeeper()\n",
    "chained": "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    raise KeyError('k') from e\n",
    "in another file": "import other\nother.fail()\n",
    "a syntax error": "print('never')\nprint('open'\n",
    "a syntax error in another file": "import broken\n",
    "a missing module": "import no_such_module\n",
    "a group": "raise ExceptionGroup('g', [ValueError(1), TypeError(2)])\n",
    "in a thread": "import threading\nthreading.Thread(target=lambda: 1 / 0).start()\n",
    "with a hook": "import sys\nsys.excepthook = lambda *e: print(e[0].__name__)\n1 / 0\n",
    "empty": "raise RuntimeError\n",
}


@pytest.mark.parametrize("source", TRACEBACKS.values(), ids=TRACEBACKS)
async def test_a_traceback_is_pythons_to_the_letter(
    launcher: Launcher, tmp_path: Path, source: str
) -> None:
    write(tmp_path, "def fail():\n    return {}['nothing']\n", "other.py")
    write(tmp_path, "def fail(:\n    pass\n", "broken.py")
    process = await finish(launcher, write(tmp_path, source))
    expected = by_python(tmp_path)
    assert text(process) == expected.stdout.splitlines()
    assert process.code == expected.returncode


SEES = """
    '''The docstring.'''
    import gc, json, os, signal, sys, threading

    later: int = 1
    print(json.dumps({
        "__name__": __name__,
        "__file__": __file__,
        "__doc__": __doc__,
        "__package__": __package__,
        "__spec__": repr(__spec__),
        "__main__": sys.modules["__main__"].__dict__ is globals(),
        "names": sorted(globals()),
        "argv": sys.argv,
        "path": sys.path,
        "cwd": os.getcwd(),
        "env": dict(os.environ),
        "stdin": sys.stdin.read(),
        "encodings": [(s.encoding, s.errors) for s in (sys.stdout, sys.stderr)],
        "originals": [sys.stdout is sys.__stdout__, sys.stderr is sys.__stderr__],
        "line buffering": sys.stderr.line_buffering,
        "writes bytecode": not sys.dont_write_bytecode,
        "collects": gc.isenabled(),
        "signals": {n: str(signal.getsignal(n)) for n in (1, 2, 13, 15, 17)},
        "wakeup": signal.set_wakeup_fd(-1),
        "main thread": threading.current_thread() is threading.main_thread(),
        "open files": sorted(os.listdir("/proc/self/fd")),
        "leads its group": os.getpgrp() == os.getpid(),
        "leads its session": os.getsid(0) == os.getpid(),
    }))
"""


async def test_a_program_sees_what_it_would_see_under_python(
    launcher: Launcher, tmp_path: Path
) -> None:
    process = await finish(launcher, write(tmp_path, SEES))
    expected = json.loads(by_python(tmp_path).stdout)
    expected |= {"leads its group": True, "leads its session": True}
    assert json.loads("".join(text(process))) == expected


async def test_only_the_environment_that_is_given_is_there(
    launcher: Launcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "import os\nprint(sorted(k for k in os.environ if k[:4] == 'TEST'))\n")
    env = {**environment(), "TEST_GIVEN": "ü\n=\udcff"}
    monkeypatch.setenv("TEST_OURS", "1")
    process = await launcher.start(tmp_path, env, None, Output())
    await process.ended
    assert text(process) == ["['TEST_GIVEN']"]


async def test_a_folder_may_have_any_name(launcher: Launcher, tmp_path: Path) -> None:
    folder = tmp_path / "mon école — 李小龙 'quoted' \udcff"
    folder.mkdir()
    write(folder, "import helper, os\nprint(helper.__file__ == os.path.abspath('helper.py'))\n")
    write(folder, "", "helper.py")
    assert text(await finish(launcher, folder)) == ["True"]


async def test_what_runs_at_the_end_runs_in_pythons_order(
    launcher: Launcher, tmp_path: Path
) -> None:
    write(
        tmp_path,
        """
        import atexit, sys, threading
        go = threading.Event()
        threading.Thread(target=lambda: (go.wait(), print("the thread"))).start()
        threading.Thread(target=threading.Event().wait, daemon=True).start()
        atexit.register(print, "the last")
        atexit.register(go.wait)
        print("the main part")
        go.set()
        sys.exit(5)
        """,
    )
    process = await finish(launcher, tmp_path)
    assert text(process) == ["the main part", "the thread", "the last"]
    assert process.code == 5


async def test_an_output_stream_of_the_programs_own_is_flushed_at_the_end(
    launcher: Launcher, tmp_path: Path
) -> None:
    write(
        tmp_path,
        """
        import io, sys
        sys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8")
        print("still there")
        """,
    )
    assert text(await finish(launcher, tmp_path)) == ["still there"]


async def test_another_program_runs_in_the_folder(launcher: Launcher, tmp_path: Path) -> None:
    process = await finish(launcher, tmp_path, "sh", "-c", "pwd; echo $0 $1; exit 3", "a", "b c")
    assert text(process) == [str(tmp_path), "a b c"]
    assert process.code == 3


async def test_another_program_has_no_file_open_but_its_three(
    launcher: Launcher, tmp_path: Path
) -> None:
    list_them = "import os; print(sorted(os.listdir('/proc/self/fd')))"
    process = await finish(launcher, tmp_path, sys.executable, "-c", list_them)
    assert text(process) == ["['0', '1', '2', '3']"]  # the last is the folder that it lists


async def test_another_program_gets_the_signals_as_a_shell_leaves_them(
    launcher: Launcher, tmp_path: Path
) -> None:
    process = await finish(launcher, tmp_path, "sh", "-c", "yes | head -1; kill -INT $$; echo no")
    assert text(process) == ["y"]
    assert process.code == -2


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("no-such-program", "no-such-program: No such file or directory"),
        ("./nothing", "./nothing: No such file or directory"),
        ("./app.py", "./app.py: Permission denied"),
    ],
)
async def test_a_program_that_cannot_be_started_ends_with_127_and_says_why(
    launcher: Launcher, tmp_path: Path, program: str, said: str
) -> None:
    process = await finish(launcher, write(tmp_path, "pass\n"), program)
    assert (process.code, text(process)) == (127, [said])


async def test_a_file_that_is_gone_ends_as_under_python(launcher: Launcher, tmp_path: Path) -> None:
    process = await finish(launcher, tmp_path)
    expected = by_python(tmp_path)
    assert process.code == expected.returncode == 2
    assert text(process)[0].endswith(": [Errno 2] No such file or directory")
    assert len(text(process)) == 1


async def test_stop_sends_sigterm_first(launcher: Launcher, tmp_path: Path) -> None:
    write(
        tmp_path,
        """
        import signal, sys, time
        signal.signal(signal.SIGTERM, lambda *_: (print("goodbye"), sys.exit(7)))
        print("ready")
        time.sleep(600)
        """,
    )
    process = await start(launcher, tmp_path)
    await printed(process)
    await launcher.stop(process, NEVER)
    assert text(process) == ["ready", "goodbye"]
    assert process.code == 7


async def test_stop_kills_a_process_that_ignores_sigterm(
    launcher: Launcher, tmp_path: Path
) -> None:
    write(
        tmp_path,
        """
        import signal, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        print("ready")
        time.sleep(600)
        """,
    )
    process = await start(launcher, tmp_path)
    await printed(process)
    await launcher.stop(process, 0.05)
    assert process.code == -9
    assert not is_running(process.pid)


async def test_stop_is_at_once_for_a_process_that_has_ended(
    launcher: Launcher, tmp_path: Path
) -> None:
    process = await finish(launcher, write(tmp_path, "pass\n"))
    await launcher.stop(process, NEVER)
    assert process.code == 0


async def test_a_process_can_be_stopped_as_soon_as_it_is_started(
    launcher: Launcher, tmp_path: Path
) -> None:
    write(tmp_path, "import time\ntime.sleep(600)\n")
    for _ in range(5):
        process = await start(launcher, tmp_path)
        await launcher.stop(process, 0)
        assert process.code in (-15, -9)


CHILDREN = """
    import os, subprocess, sys, time
    for arguments in {commands!r}:
        print(subprocess.Popen(arguments, start_new_session={session}).pid)
    print("started")
    {then}
"""
SLEEP = ["sleep", "600"]
STUBBORN = ["sh", "-c", "trap '' TERM; sleep 600 & wait"]


async def test_children_go_with_the_process_that_is_stopped(
    launcher: Launcher, tmp_path: Path
) -> None:
    then = "time.sleep(600)"
    write(tmp_path, CHILDREN.format(commands=[SLEEP, STUBBORN], session=False, then=then))
    process = await start(launcher, tmp_path)
    *pids, _ = await printed(process, 3)
    await launcher.stop(process, 0.05)
    await launcher.close()
    wait_until(lambda: not any(is_running(int(pid)) for pid in pids), f"{pids} to go")


async def test_children_go_with_the_process_that_ends_by_itself(
    launcher: Launcher, tmp_path: Path
) -> None:
    write(tmp_path, CHILDREN.format(commands=[SLEEP, STUBBORN], session=False, then="sys.exit()"))
    *pids, _ = text(await finish(launcher, tmp_path))
    wait_until(lambda: not any(is_running(int(pid)) for pid in pids), f"{pids} to go")


async def test_children_go_when_the_launcher_is_closed(launcher: Launcher, tmp_path: Path) -> None:
    then = "time.sleep(600)"
    write(tmp_path, CHILDREN.format(commands=[SLEEP, STUBBORN], session=False, then=then))
    process = await start(launcher, tmp_path)
    *pids, _ = await printed(process, 3)
    await launcher.close()
    wait_until(lambda: not any(is_running(int(pid)) for pid in pids), f"{pids} to go")
    assert not is_running(process.pid)


DAEMON = """
    import os, time
    if os.fork():
        os.wait()
        os.write(1, b"started\\n")
        time.sleep({seconds})
    else:
        os.setsid()
        if os.fork():
            os._exit(0)
        os.write(1, b"%d\\n" % os.getpid())
        os.execvp("sleep", ["sleep", "600"])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells whose child a daemon was")
@pytest.mark.parametrize("seconds", [0, 600])
async def test_a_daemon_goes_when_the_host_is_closed(
    host: HostLauncher, tmp_path: Path, seconds: int
) -> None:
    process = await start(host, write(tmp_path, DAEMON.format(seconds=seconds)))
    lines = await printed(process, 2)
    (pid,) = set(lines) - {"started"}
    await host.stop(process, 0.05)
    assert is_running(int(pid))
    await host.close()
    assert not is_running(int(pid))


async def test_a_child_that_prints_without_end_holds_nobody_up(
    launcher: Launcher, tmp_path: Path
) -> None:
    write(tmp_path, CHILDREN.format(commands=[["yes"]] * 8, session=True, then="sys.exit(3)"))
    process = await start(launcher, tmp_path)
    assert await process.ended == 3
    await launcher.stop(process, 0)


async def test_many_start_at_once(launcher: Launcher, tmp_path: Path) -> None:
    write(tmp_path, "import os\nprint(os.environ['NUMBER'] * 50)\n")

    async def one(number: int) -> None:
        env = environment(NUMBER=f"{number},", PADDING="x" * 100_000)
        process = await launcher.start(tmp_path, env, None, Output())
        assert await process.ended == 0
        await launcher.stop(process, 0)
        assert text(process) == [f"{number}," * 50]

    await asyncio.gather(*map(one, range(64)))


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="no /proc")
async def test_no_file_stays_open(launcher: Launcher, tmp_path: Path) -> None:
    write(tmp_path, "print('here')\n")

    async def opened_after(count: int) -> int:
        for _ in range(count):
            await finish(launcher, tmp_path)
        await finish(launcher, tmp_path, "no-such-program")
        return open_files()

    before = await opened_after(1)
    assert await opened_after(5) == before


async def test_the_servers_go_when_the_host_is_killed(tmp_path: Path) -> None:
    warm = WarmHost(())
    launcher = HostLauncher(warm)
    process = await start(launcher, write(tmp_path, "import time\ntime.sleep(600)\n"))
    os.kill(warm._process.pid, signal.SIGKILL)
    with pytest.raises(LaunchError, match=r"^the host of the servers has died$"):
        await process.ended
    with pytest.raises(LaunchError, match=r"^the host of the servers has died$"):
        await start(launcher, tmp_path)
    wait_until(lambda: not is_running(process.pid), "the server to go")
    warm.control.close()  # as for the next one, which another check begins
    with pytest.raises(HostDiedError):
        await start(launcher, tmp_path)
    await launcher.close()


async def test_who_gives_up_waiting_holds_nobody_else_up(
    launcher: Launcher, tmp_path: Path
) -> None:
    write(tmp_path, "import time\nprint('here')\ntime.sleep(600)\n")
    stayed = [await start(launcher, tmp_path) for _ in range(4)]
    starting = [asyncio.create_task(start(launcher, tmp_path)) for _ in range(4)]
    await asyncio.sleep(0)
    stopping = [asyncio.create_task(launcher.stop(process, 0)) for process in stayed[:2]]
    await asyncio.sleep(0)
    for task in (*starting, *stopping):
        task.cancel()
    await asyncio.gather(*starting, *stopping, return_exceptions=True)
    for process in stayed:
        await launcher.stop(process, 0)
    # What the first two print, nobody reads any more: they may end by themselves before the signal.
    assert {process.code for process in stayed[:2]} <= {-15, -9, 1}
    assert {process.code for process in stayed[2:]} <= {-15, -9}


async def test_a_network_that_nobody_waits_for_any_more_is_given_back(
    host: HostLauncher, tmp_path: Path
) -> None:
    await host.forget(await host.world())
    before = open_files()
    asking = asyncio.create_task(host.world())
    await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await host.forget(await host.world())  # the host answers in order
    assert open_files() == before


UNABLE_TO_FORK = """
import os
from grader.servers.host import isolation, program

def refuse():
    raise BlockingIOError(11, "Resource temporarily unavailable")

isolation.begin = lambda: []  # it tries what there is in a fork
os.fork = refuse
program.main()
"""


async def test_a_machine_that_can_start_no_more_processes_is_said_to_be_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "grader.servers.warm._HOST", write(tmp_path, UNABLE_TO_FORK, "unable.py") / "unable.py"
    )
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    launcher = HostLauncher(WarmHost(()))
    for _ in range(2):
        with pytest.raises(LaunchError, match=r"^Resource temporarily unavailable$"):
            await start(launcher, tmp_path)
    await launcher.close()
